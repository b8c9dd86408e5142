"""Governance: who looks after the community, by which rules, and what members make of it."""
