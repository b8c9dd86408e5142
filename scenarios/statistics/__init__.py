"""Statistics of studies: policies paired by seed, sweeps by design point, prices of retention."""

from scenarios.statistics.comparison import compare, compare_all
from scenarios.statistics.incremental import IncrementalCost, incremental_cost
from scenarios.statistics.intervals import MeanInterval, holm, mean_interval
from scenarios.statistics.pairing import BadRuns, paired_runs
from scenarios.statistics.sweeps import summarise, tied_with_best

__all__ = [
    "BadRuns",
    "IncrementalCost",
    "MeanInterval",
    "compare",
    "compare_all",
    "holm",
    "incremental_cost",
    "mean_interval",
    "paired_runs",
    "summarise",
    "tied_with_best",
]
