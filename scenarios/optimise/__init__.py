"""Optimise: a search over levers for the policies that no other policy beats, and how sure."""

MEAN, WORST, REGRET = "mean", "worst", "regret"
WAYS = (MEAN, WORST, REGRET)
"""What a robust search judges by."""
