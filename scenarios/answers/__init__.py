"""Answers: what a study says, as a table, a sentence, pictures and a page."""

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.answers.comparison import Comparison
from plaza_lab.scenarios.answers.policy import PolicyAnswer, Sweep
from plaza_lab.scenarios.answers.sensitivity import Sensitivity
from plaza_lab.scenarios.answers.worlds import Worlds

__all__ = ["Answer", "Comparison", "PolicyAnswer", "Sensitivity", "Sweep", "Worlds"]
