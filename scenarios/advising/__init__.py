"""Answers that advise: what to do, what it brings and costs, how sure, and when it flips."""
