"""Whom members know and find: ties, introductions, groups, the directory and what leaks from it."""
