"""Customers: purchases, stages, segments, win-back, channels, income from the community."""
