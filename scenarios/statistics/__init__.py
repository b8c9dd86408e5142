"""Statistics of studies: policies paired by seed, sweeps by design point, prices of retention."""

from plaza_lab.scenarios.statistics.anytime import anytime_interval
from plaza_lab.scenarios.statistics.comparison import compare, compare_all, compare_contrasts
from plaza_lab.scenarios.statistics.incremental import IncrementalCost, incremental_cost
from plaza_lab.scenarios.statistics.intervals import MeanInterval, mean_interval
from plaza_lab.scenarios.statistics.multiplicity import benjamini_hochberg, holm
from plaza_lab.scenarios.statistics.pairing import BadRuns, paired_runs
from plaza_lab.scenarios.statistics.sweeps import against_first, hsu, summarise, tied_with_best

__all__ = [
    "BadRuns",
    "IncrementalCost",
    "MeanInterval",
    "against_first",
    "anytime_interval",
    "benjamini_hochberg",
    "compare",
    "compare_all",
    "compare_contrasts",
    "holm",
    "hsu",
    "incremental_cost",
    "mean_interval",
    "paired_runs",
    "summarise",
    "tied_with_best",
]
