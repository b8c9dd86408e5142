"""What is published, chosen, recommended, spread and kept, one process a module."""
