"""Questions and answers: among members, and by the service desk."""
