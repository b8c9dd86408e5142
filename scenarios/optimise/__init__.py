"""Optimise: a search over levers for the policies that no other policy beats, and how sure."""
