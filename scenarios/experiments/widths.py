"""Widths asked for: ``retention=1pp,spend=2%`` read and checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.outcomes import COMPARED, SUGGESTED, Outcome, known_outcomes
from plaza_lab.scenarios.settings.options import nearest

SHORT = {
    "cost": "cost_per_retained_yuan",
    "members": "members_end",
    "messages": "messages_per_day",
    "solved": "solved_rate",
    "spend": "fund_spend_yuan",
    "violations": "violation_rate",
}
PLEASE = "write widths as in --until retention=1pp,spend=2%"
AMOUNT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """Half-width wanted for the interval of one outcome's difference.

    Parameters
    ----------
    outcome : Outcome
        Which outcome.
    amount : float
        Half-width in the outcome's stored unit, or a fraction of the baseline's mean; above 0.
    is_relative : bool
        Whether it is a fraction of the baseline's mean.
    text : str
        As it was written.
    """

    outcome: Outcome
    amount: float
    is_relative: bool
    text: str

    def half_width(self, baseline: float) -> float:
        """Return the half-width in the outcome's unit.

        Parameters
        ----------
        baseline : float
            Mean of the baseline, in the outcome's unit.

        Returns
        -------
        float
            Zero for a relative width when that mean is zero.
        """
        return self.amount * abs(baseline) if self.is_relative else self.amount

    @property
    def example(self) -> str:
        """How a width that is not relative is written for this outcome."""
        return f"{self.outcome.name}={'1pp' if self.outcome.unit == 'share' else '10'}"


def parse_targets(text: str | Sequence[str]) -> tuple[Target, ...]:
    """Read the widths asked for, in the order written.

    Parameters
    ----------
    text : str or sequence of str
        ``outcome=width`` with commas between: ``1pp`` is one percentage point of a share, ``2%``
        is relative to the baseline's mean, a plain number is in the outcome's unit, which may
        follow it (``500yuan``).

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    pieces = [piece.strip() for part in ([text] if isinstance(text, str) else text)
              for piece in part.split(",")]  # fmt: skip
    pieces = [piece for piece in pieces if piece]
    if not pieces:
        raise UserError(f"--until names no outcome; {PLEASE}")
    targets: list[Target] = []
    for piece in pieces:
        name, equals, width = (part.strip() for part in piece.partition("="))
        if not equals or not name or not width:
            raise UserError(f"--until {piece}: no width; {PLEASE}")
        outcome = find_outcome(name)
        if any(outcome == other.outcome for other in targets):
            raise UserError(f"--until {piece}: {outcome.name} is named twice; keep one width")
        targets.append(_target(outcome, width, piece))
    return tuple(targets)


def find_outcome(name: str) -> Outcome:
    """Find the outcome a name or a short name means.

    Parameters
    ----------
    name : str
        A column, a short name such as ``spend``, or a part of exactly one column.

    Raises
    ------
    UserError
        If it means none or several.
    """
    key = name.lower()
    exact = SHORT.get(key, key)
    known = known_outcomes()
    if exact in known:
        return known[exact]
    words = _with_part(key, [outcome.name for outcome in COMPARED]) or _with_part(key, known)
    if len(words) == 1:
        return known[words[0]]
    if words:
        raise UserError(f"{name} may be {', '.join(words[:-1])} or {words[-1]}; name one of them")
    near = nearest(key, [*known, *SHORT]) or f"; outcomes are {SUGGESTED}"
    raise UserError(f"{name} is no outcome{near}")


def _with_part(key: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if f"_{key}" in f"_{name}"]


def _target(outcome: Outcome, width: str, text: str) -> Target:
    found = AMOUNT.fullmatch(width)
    value = float(found[1]) if found else math.nan
    unit = found[2].strip().lower() if found else ""
    is_share = outcome.unit == "share"
    if not found or unit not in ("", "pp", "points", "%", outcome.unit.lower()):
        raise UserError(f"--until {text}: {width!r} is no width; {PLEASE}")
    if not 0 < value < math.inf:
        raise UserError(f"--until {text}: a width is above zero; {PLEASE}")
    if unit == "%":
        return Target(outcome, value / 100, True, text)
    if unit in ("pp", "points") and unit != outcome.unit:
        if not is_share:
            raise UserError(
                f"--until {text}: {outcome.label.lower()} is in {outcome.unit}, not in percentage "
                f"points; write {outcome.name}=10 or {outcome.name}=2%"
            )
        value /= 100
    if is_share and value >= 1:
        raise UserError(
            f"--until {text}: a share lies between 0 and 1, so this width says nothing; "
            f"write {outcome.name}=1pp for one percentage point"
        )
    return Target(outcome, value, False, text)
