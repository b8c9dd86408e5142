"""Policies looked at before any run: what is wrong with one, and what two differ in."""
