"""Compare until sure enough: pairs are added until every named difference is narrow enough.

The intervals are valid at every look (``statistics/anytime.py``), so that looking after
each round and stopping when they are narrow costs no coverage; the level holds for all named
differences together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.widths import Target

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.scenarios.experiments.design import DesignPoint
    from plaza_lab.scenarios.experiments.evaluate import Evaluate

FIRST_ROUND = 20  # pairs before the first look: fewer have no interval
GROWTH = (1.05, 2.0)  # pairs after a round, as multiples of those before: least and most


@dataclass(frozen=True)
class Sharpness:
    """How narrow the interval of one difference is.

    Parameters
    ----------
    alternative, outcome : str
        Which difference: alternative minus baseline.
    target : str
        What was asked for, as written.
    pairs, dropped : int
        Pairs used, and pairs left out because a side is undefined.
    difference, low, high : float
        In the outcome's unit, with the anytime-valid interval; NaN where there is none yet.
    wanted, half_width : float
        Half-widths in the outcome's unit: asked for and reached.
    is_reached : bool
        Whether the interval is narrow enough.
    pairing_gain : float
        How many times more runs independent seeds would have taken for the same interval.
    runs_used, runs_unpaired : float
        Runs of the two policies, and what independent seeds would have taken.
    pairs_needed : float
        Pairs this spread would take for the width asked for; NaN if unknown.
    finding : str
        Why no width can be reached at all, such as a baseline mean of zero; mostly empty.
    """

    alternative: str
    outcome: str
    target: str
    pairs: int
    dropped: int
    difference: float
    low: float
    high: float
    wanted: float
    half_width: float
    is_reached: bool
    pairing_gain: float
    runs_used: float
    runs_unpaired: float
    pairs_needed: float
    finding: str


@dataclass(frozen=True)
class Precision:
    """How sure a comparison became, and what that took.

    Parameters
    ----------
    baseline : str
        Policy the others are compared with.
    policies : int
        Policies, the baseline included.
    level : float
        Coverage of all named intervals together, at every look.
    tightest : int
        Pairs at which the intervals are narrowest, for ``compare_all(..., anytime=...)``.
    pairs : int
        Seeds every policy has lived through.
    max_pairs : int
        Most that were allowed.
    lost : int
        Seeds left out because a run failed.
    looks : tuple of int
        Seeds at each look.
    rows : tuple of Sharpness
        One for each alternative and named outcome.
    is_interrupted : bool
        Whether it was stopped by hand; the intervals are valid all the same.
    """

    baseline: str
    policies: int
    level: float
    tightest: int
    pairs: int
    max_pairs: int
    lost: int
    looks: tuple[int, ...]
    rows: tuple[Sharpness, ...]
    is_interrupted: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether every difference that can be known is narrow enough."""
        return all(row.is_reached or row.finding for row in self.rows)

    @property
    def runs_used(self) -> int:
        """Runs of all policies."""
        return self.policies * self.pairs

    @property
    def pairs_saved(self) -> int:
        """Pairs spared against running all that were allowed."""
        return self.max_pairs - self.pairs

    @property
    def runs_saved(self) -> int:
        """Runs spared against running all pairs that were allowed."""
        return self.policies * self.pairs_saved

    def frame(self) -> pd.DataFrame:
        """Return one row per alternative and named outcome, with the fields of a Sharpness."""
        import pandas as pd

        names = [field.name for field in fields(Sharpness)]
        return pd.DataFrame(
            [[getattr(row, name) for name in names] for row in self.rows], columns=names
        )


def until_precise(
    evaluate: Evaluate,
    points: Sequence[DesignPoint],
    targets: Sequence[Target],
    *,
    first_seed: int = 1,
    max_pairs: int = 2000,
    level: float = 0.95,
    on_look: Callable[[Precision], None] | None = None,
) -> tuple[pd.DataFrame, Precision]:
    """Add pairs of runs until every named difference is narrow enough.

    Parameters
    ----------
    evaluate : Evaluate
        Runs design points at seeds; asked for new seeds only.
    points : sequence of DesignPoint
        Two policies or more, the baseline first.
    targets : sequence of Target
        Half-widths wanted (:func:`plaza_lab.scenarios.experiments.widths.parse_targets`).
    first_seed : int
        Seeds count up from here.
    max_pairs : int
        Most seeds, at least 20.
    level : float
        Coverage of all named intervals together, at all looks together, in (0, 1).
    on_look : callable, optional
        Told how far it is after every round.

    Returns
    -------
    tuple
        The runs table of complete pairs (``policy, world, population, seed``, factors, outcomes),
        and what was reached.

    Raises
    ------
    UserError
        If an argument makes no sense, an outcome is no column, or no pair was finished.

    Notes
    -----
    Ctrl-C after the first look ends the comparison with the pairs complete by then. A difference
    that cannot be known, because a relative width has a baseline mean of zero or the outcome is
    undefined in every pair, is named as a finding and holds nothing up.
    """
    import pandas as pd

    if len(points) < 2 or not targets:
        raise UserError("name two policies and at least one width, as in --until retention=1pp")
    if max_pairs < FIRST_ROUND:
        raise UserError(
            f"--max-pairs {max_pairs}: the first look is after {FIRST_ROUND} pairs; allow at least "
            "that many"
        )
    if not 0 < level < 1:
        raise UserError(f"level={level:g} is no coverage: give a number between 0 and 1")
    plan = _Plan(points, targets, level, max_pairs)
    runs, asked, wanted = pd.DataFrame(), 0, FIRST_ROUND
    looks: list[int] = []
    precision: Precision | None = None
    while True:
        try:
            new = evaluate(points, range(first_seed + asked, first_seed + wanted))
        except KeyboardInterrupt:
            if precision is None:
                raise
            return runs, plan.look(runs, asked, looks, is_interrupted=True)
        runs = pd.concat([runs, _labelled(new, points)], ignore_index=True)
        asked, looks = wanted, [*looks, wanted]
        precision = plan.look(runs, asked, looks)
        if on_look:
            on_look(precision)
        if precision.is_reached or asked >= max_pairs:
            return runs, precision
        wanted = _next_round(precision, max_pairs)


def _next_round(precision: Precision, max_pairs: int) -> int:
    """Seeds after the next round: as many as the widest interval seems to need, in steps."""
    missing = [row for row in precision.rows if not (row.is_reached or row.finding)]
    guesses = [row.pairs_needed + row.dropped for row in missing]
    guess = max(math.inf if math.isnan(needed) else needed for needed in guesses)
    least, most = (math.ceil(factor * precision.pairs) for factor in GROWTH)
    return int(min(max(guess + precision.lost, least), most, max_pairs))


def _labelled(new: pd.DataFrame, points: Sequence[DesignPoint]) -> pd.DataFrame:
    """Outcomes as rows of a runs table; seeds that not every policy has finished are left out."""
    import numpy as np
    import pandas as pd

    if new.empty:
        return pd.DataFrame()
    new = new[new.groupby("seed")["point"].transform("size") == len(points)]
    heads: list[dict[str, Any]] = [
        {
            "policy": point.policy,
            "world": point.world,
            "population": point.composed.choices.get("population", ""),
            **point.factors,
        }
        for point in points
    ]
    places = new["point"].to_numpy()
    names = {key: np.array([head[key] for head in heads])[places] for key in heads[0]}
    rest = new.drop(columns=["point", *names], errors="ignore").reset_index(drop=True)
    return pd.concat([pd.DataFrame(names), rest], axis=1)


class _Plan:
    """What was asked for, and how far the runs so far answer it."""

    def __init__(
        self, points: Sequence[DesignPoint], targets: Sequence[Target], level: float, most: int
    ) -> None:
        from plaza_lab.scenarios.statistics.multiplicity import shared_level

        self.names = [point.policy for point in points]
        self.targets, self.level, self.most = list(targets), level, most
        self.each = shared_level(level, len(self.targets) * (len(points) - 1))
        self.tightest = round(math.sqrt(FIRST_ROUND * most))  # between the first look and the last

    def look(
        self, runs: pd.DataFrame, asked: int, looks: Sequence[int], *, is_interrupted: bool = False
    ) -> Precision:
        """Measure every named difference."""
        from plaza_lab.scenarios.statistics.comparison import SPEND
        from plaza_lab.scenarios.statistics.pairing import paired_runs

        if runs.empty:
            raise UserError(
                f"none of the first {asked} pairs of runs was finished; plaza run with the same "
                "settings shows why"
            )
        for target in self.targets:
            if target.outcome.name not in runs:
                raise UserError(f"{target.text}: {target.outcome.name} is no outcome of these runs")
        rows = []
        wanted = {target.outcome.name for target in self.targets} | ({SPEND} & set(runs))
        few = runs[["policy", "seed", *wanted]]
        for other in self.names[1:]:
            first, second = paired_runs(few, self.names[0], other)
            rows += [self._sharpness(first, second, other, target) for target in self.targets]
        lost = asked - len(runs) // len(self.names)
        return Precision(
            self.names[0], len(self.names), self.level, self.tightest, asked, self.most, lost,
            tuple(looks), tuple(rows), is_interrupted,
        )  # fmt: skip

    def _sharpness(
        self, first: pd.DataFrame, second: pd.DataFrame, other: str, target: Target
    ) -> Sharpness:
        import numpy as np

        from plaza_lab.scenarios.statistics.anytime import anytime_interval
        from plaza_lab.scenarios.statistics.comparison import both_sides, pairing_gain

        a, b, why = both_sides(first, second, target.outcome.name)
        kept = np.isfinite(a) & np.isfinite(b)
        a, b, dropped = a[kept], b[kept], int((~kept).sum())
        size = float(max(np.abs(a).max(), np.abs(b).max())) if a.size else 0.0
        d = anytime_interval(b - a, self.each, tightest=self.tightest, scale=size)
        wanted = target.half_width(float(a.mean())) if a.size else math.nan
        finding = why or _finding(a, wanted, target)
        half = (d.high - d.low) / 2
        gain = pairing_gain(a, b)
        return Sharpness(
            alternative=other,
            outcome=target.outcome.name,
            target=target.text,
            pairs=d.n,
            dropped=dropped,
            difference=d.mean,
            low=d.low,
            high=d.high,
            wanted=wanted,
            half_width=half,
            is_reached=not finding and half <= wanted,
            pairing_gain=gain,
            runs_used=2.0 * d.n,
            runs_unpaired=2.0 * math.ceil(d.n * gain) if math.isfinite(gain) else math.nan,
            pairs_needed=math.nan if finding else self._needed(b - a, d.sd, wanted),
            finding=finding,
        )

    def _needed(self, differences: Any, sd: float, wanted: float) -> float:
        """Pairs at which values of this spread and skewness would be narrow enough."""
        import numpy as np

        from plaza_lab.scenarios.statistics.anytime import FEWEST_EQUAL, half_width, sample_skewness

        if differences.size < 3:
            return math.nan
        if sd == 0:
            return float(FEWEST_EQUAL)
        n = np.unique(np.geomspace(FIRST_ROUND, 1e7, 2000).astype(int))
        # beyond what is allowed now, the plan would be one that allows as much
        tightest = np.where(n <= self.most, self.tightest, np.sqrt(FIRST_ROUND * n))
        skewness = sample_skewness(differences)
        enough = half_width(n, sd, skewness, self.each, tightest) <= wanted
        return float(n[enough.argmax()]) if enough.any() else math.nan


def _finding(baseline: Any, wanted: float, target: Target) -> str:
    if not baseline.size:
        return "undefined in every pair"
    if target.is_relative and wanted == 0:
        return (
            "the baseline's mean is 0, and a width relative to it says nothing; name the width "
            f"itself, as in {target.example}"
        )
    return ""
