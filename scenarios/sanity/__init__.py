"""``plaza sanity``: statements that any practitioner would bet on, tried as paired runs."""
