"""What can be set and chosen, and how words and files become one configuration."""
