"""Answers: what a study says, as a table, a sentence, pictures and a page."""

from scenarios.answers.answer import Answer
from scenarios.answers.comparison import Comparison
from scenarios.answers.policy import PolicyAnswer
from scenarios.answers.sensitivity import Sensitivity
from scenarios.answers.sweep import Sweep
from scenarios.answers.worlds import Worlds

__all__ = ["Answer", "Comparison", "PolicyAnswer", "Sensitivity", "Sweep", "Worlds"]
