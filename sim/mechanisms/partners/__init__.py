"""Partner brands and key opinion consumers."""
