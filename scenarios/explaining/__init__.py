"""Explaining a member: her days, and the terms of her decisions."""
