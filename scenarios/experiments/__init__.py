"""Experiments: what is run, and in which order; one module for each kind of study."""
