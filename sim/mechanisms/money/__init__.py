"""Weeks are closed: dues, staff, prizes and stipends."""
