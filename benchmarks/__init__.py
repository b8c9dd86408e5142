"""Benchmarks: how fast Plaza is, against what, and how far from what the machine can do."""
