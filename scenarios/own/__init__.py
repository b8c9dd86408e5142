"""A user's own mechanisms, measures and hooks: found, checked, kept and stood in for."""
