"""Operation: where the community lives, and how much of it is the brand's."""
