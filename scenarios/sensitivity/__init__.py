"""Sensitivity and discovery: which uncertainty moves an outcome, and which flips the winner.

Every analysis takes a runs table and, where the plan matters, the sample it was run from; it works
on the outcome of one policy or on the difference of two, paired by world and seed.
"""

from plaza_lab.scenarios.sensitivity.discovery import Flip, discover
from plaza_lab.scenarios.sensitivity.indices import morris, sobol
from plaza_lab.scenarios.sensitivity.luck import Luck, luck_of
from plaza_lab.scenarios.sensitivity.responses import Responses, responses
from plaza_lab.scenarios.sensitivity.robustness import (
    Threshold,
    regret,
    regret_summary,
    satisficing,
    thresholds,
)
from plaza_lab.scenarios.sensitivity.tornado import tornado

__all__ = [
    "Flip",
    "Luck",
    "Responses",
    "Threshold",
    "discover",
    "luck_of",
    "morris",
    "regret",
    "regret_summary",
    "responses",
    "satisficing",
    "sobol",
    "thresholds",
    "tornado",
]
