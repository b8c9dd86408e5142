"""Trials inside a community: what an A/B test would say, and what is true."""
