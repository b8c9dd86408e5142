"""Decisions: one file for each, or for a family; each is a base rate and registered terms.

What belongs to the person stands here, beside the decision; every other term stands in the file of
its mechanism. See :mod:`plaza_lab.agents.decisions.decision`.
"""
