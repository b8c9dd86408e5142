"""Answers: what a study says, as a table, a sentence, pictures and a page."""

from scenarios.answers.answer import Answer
from scenarios.answers.comparison import Comparison
from scenarios.answers.policy import PolicyAnswer
from scenarios.answers.sweep import Sweep

__all__ = ["Answer", "Comparison", "PolicyAnswer", "Sweep"]
