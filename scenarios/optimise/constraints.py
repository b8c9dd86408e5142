"""Constraints on a policy: the share of runs in which something happens, or a mean outcome.

A constraint is written as people say it, ``p(fund_dry)<=0.05`` or ``mean(growth)>=0``, and is
surely met, possibly met or surely not met by a policy. Reference: Clopper & Pearson (1934) for the
exact bounds of a share.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, stdtrit

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.outcomes import SUGGESTED, Outcome, known_outcomes, outcome_named

SURELY, POSSIBLY, SURELY_NOT = 1, 0, -1
WORDS = {SURELY: "surely", POSSIBLY: "possibly", SURELY_NOT: "surely not"}
# assumption: what is the same in each of so many runs (or pairs) is the same always
FEWEST_FOR_SAME = 15
SPEND = "fund_spend_yuan"

EVENTS = {
    "fund_dry": Outcome(
        "fund_dry", "Fund ran dry", "share", "lower", 0, "T58",
        "runs in which a payment was cut because its pool was empty / runs",
    )
}  # fmt: skip
_SOURCES = {"fund_dry": "policy_stops"}

_COMPARISONS = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_NUMBER = r"([-+]?[0-9.,_]+(?:e[-+]?[0-9]+)?%?)"
_FORM = re.compile(
    rf"^(p|mean)\((\w+)(?:(<=|>=|<|>){_NUMBER})?\)(<=|>=|<|>){_NUMBER}$", re.IGNORECASE
)
_EXAMPLE = "write 'p(fund_dry)<=0.05', 'p(growth<0)<=10%' or 'mean(fund_spend_yuan)<=50000'"


@dataclass(frozen=True)
class Constraint:
    """What a policy must meet.

    Parameters
    ----------
    text : str
        As written.
    outcome : str
        Column of the runs table.
    comparison : {"<=", ">=", "<", ">"}
        Between the estimate and the limit.
    limit : float
        A share for a chance constraint, otherwise in the outcome's unit.
    is_chance : bool
        Whether it is about the share of runs in which an event happens, not about the mean.
    event_comparison : str
        Comparison that makes the event; empty for an outcome that is an event itself.
    event_value : float
        What the outcome is compared with, in its unit.
    """

    text: str
    outcome: str
    comparison: str
    limit: float
    is_chance: bool
    event_comparison: str = ""
    event_value: float = math.nan

    def facts(self, runs: pd.DataFrame) -> np.ndarray:
        """Return what the constraint looks at in every run, shape ``(len(runs),)``.

        1 or 0 for a chance constraint, the outcome otherwise; NaN where the outcome is undefined.
        """
        if self.text in runs:  # told already, of runs in several worlds
            return runs[self.text].to_numpy(dtype=float)
        values = runs[self.outcome].to_numpy(dtype=float)
        if not self.event_comparison:
            return values
        happened = _COMPARISONS[self.event_comparison](values, self.event_value)
        return np.where(np.isfinite(values), happened, np.nan)

    def violation(self, facts: np.ndarray) -> float:
        """Return by how much an estimate from :meth:`facts` misses the limit, for the search.

        At most 0 where it is met; from -1 to 1, relative to the limit of a mean.
        """
        known = facts[np.isfinite(facts)]
        if not known.size:
            return 1.0
        over = float(known.mean()) - self.limit
        over = over if self._is_ceiling else -over
        size = 1.0 if self.is_chance else max(abs(self.limit), abs(float(known.mean())), 1e-12)
        return min(1.0, max(-1.0, over / size))

    def bounds(self, facts: np.ndarray, alpha: float) -> tuple[float, float]:
        """Bound the share or the mean from below and from above.

        Clopper-Pearson bounds of a share, Student's t bounds of a mean, from :meth:`facts`; the
        truth lies beyond each with probability `alpha`, in (0, 0.5). Infinite where runs are too
        few to say anything.
        """
        known = facts[np.isfinite(facts)]
        n = known.size
        if self.is_chance:
            k = float(known.sum())
            low = float(betaincinv(k, n - k + 1, alpha)) if k > 0 else 0.0
            high = float(betaincinv(k + 1, n - k, 1 - alpha)) if k < n else 1.0
            return low, high
        if n < 2:
            return -math.inf, math.inf
        mean, sd = float(known.mean()), float(known.std(ddof=1))
        if sd <= 1e-12 * float(np.abs(known).max()):
            return (mean, mean) if n >= FEWEST_FOR_SAME else (-math.inf, math.inf)
        half = float(stdtrit(n - 1, 1 - alpha)) * sd / math.sqrt(n)
        return mean - half, mean + half

    def status(self, facts: np.ndarray, alpha: float) -> int:
        """Return ``SURELY``, ``POSSIBLY`` or ``SURELY_NOT``: whether a policy meets it.

        `alpha` is the probability of a wrong "surely", and of a wrong "surely not".
        """
        low, high = self.bounds(facts, alpha)
        worst, best = (high, low) if self._is_ceiling else (low, high)
        keeps = _COMPARISONS[self.comparison]
        if keeps(worst, self.limit):
            return SURELY
        return POSSIBLY if keeps(best, self.limit) else SURELY_NOT

    def runs_needed(self, alpha: float) -> int:
        """Return the fewest runs, none of which breaks it, to surely meet it; 2 for a mean."""
        if not self.is_chance:
            return 2
        allowed = self.limit if self._is_ceiling else 1 - self.limit
        return math.ceil(math.log(alpha) / math.log1p(-allowed))

    @property
    def _is_ceiling(self) -> bool:
        return self.comparison in ("<=", "<")


def parse_constraint(text: str) -> Constraint:
    """Read a constraint.

    Parameters
    ----------
    text : str
        ``p(event)<=share``, ``p(outcome<value)<=share`` or ``mean(outcome)>=value``; numbers may
        be per cent.

    Returns
    -------
    Constraint
        Its outcome may still be unknown.

    Raises
    ------
    UserError
        If it cannot be read, or a share is none or can never be shown.
    """
    found = _FORM.match(text.replace(" ", ""))
    if found is None:
        raise UserError(f"--where {text!r} cannot be read; {_EXAMPLE}")
    kind, outcome, event, value, comparison, limit = found.groups()
    bound = _number(limit, text)
    if kind.lower() == "mean":
        if event:
            raise UserError(f"--where {text!r}: a mean is taken of an outcome alone; {_EXAMPLE}")
        return Constraint(text, outcome, comparison, bound, False)
    if not 0 < bound < 1:
        raise UserError(
            f"--where {text!r}: the share {limit} must lie between 0 and 1; no number of runs "
            "shows that something never, or always, happens"
        )
    if not event and outcome not in EVENTS:
        raise UserError(
            f"--where {text!r}: {outcome} is no event; compare it, as in "
            f"p({outcome}<0){comparison}{limit}"
        )
    if not event:
        return Constraint(text, outcome, comparison, bound, True)
    return Constraint(text, outcome, comparison, bound, True, event, _number(value, text))


def budget_constraint(text: str) -> Constraint:
    """Return the constraint that the mean fund spend stays within a budget.

    In yuan, such as ``100000`` or ``100,000``; a single run may spend more.

    Raises
    ------
    UserError
        If it is no amount.
    """
    try:
        amount = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        raise UserError(f"--budget {text}: an amount in yuan is expected, such as 100000")
    return Constraint(f"mean({SPEND})<={amount:g}", SPEND, "<=", amount, False)


def with_events(runs: pd.DataFrame) -> pd.DataFrame:
    """Add the events that can be told from the recorded outcomes of runs.

    ``fund_dry`` is 1 if at least one payment was cut because its pool was empty, else 0, where
    ``policy_stops`` is known.
    """
    added = {
        name: (runs[source].to_numpy(dtype=float) > 0).astype(float)
        for name, source in _SOURCES.items()
        if source in runs and name not in runs
    }
    return runs.assign(**added)


def described(name: str) -> Outcome:
    """Return the declaration of an outcome or an event."""
    return EVENTS.get(name) or outcome_named(name)


def check_outcomes(names: Iterable[str], columns: Iterable[str] | None = None) -> bool:
    """Refuse outcomes that no run has.

    Parameters
    ----------
    names : iterable of str
        What was asked for.
    columns : iterable of str, optional
        Columns of a runs table; default: only the declared outcomes are known.

    Returns
    -------
    bool
        Whether all of them are known; without `columns`, an undeclared one may still be recorded.

    Raises
    ------
    UserError
        If one is no column.
    """
    from plaza_lab.scenarios.settings.options import nearest

    if columns is None:
        return all(name in known_outcomes() or name in EVENTS for name in names)
    known = set(columns)
    for name in names:
        if name not in known:
            near = nearest(name, {*known_outcomes(), *EVENTS, *known})
            raise UserError(f"{name} is no outcome{near or '; such as ' + SUGGESTED}")
    return True


def _number(text: str, whole: str) -> float:
    try:
        number = float(text.replace(",", "").replace("_", "").rstrip("%"))
    except ValueError:
        raise UserError(f"--where {whole!r}: {text} is no number; {_EXAMPLE}") from None
    return number / 100 if text.endswith("%") else number
