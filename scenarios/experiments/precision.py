"""How sure a comparison became that adds pairs until it is sure enough."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


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
