"""What a scenario can look at: outcomes of runs, and daily metrics over a span of weeks."""

from __future__ import annotations

import re
from functools import cache

from plaza_lab.scenarios.outcomes import OUTCOMES, Outcome

RATIO = re.compile(r"(\w+(?: *\+ *\w+)*) */ *(\w+)")


@cache
def metric_units() -> dict[str, str]:
    """Return the daily metrics and their units."""
    from plaza_lab.sim.recording.metrics import METRICS

    return {metric.name: metric.unit for metric in METRICS}


def parts_of(measure: str) -> tuple[str, ...]:
    """Return the names a measure is made of: one, or those of a ratio, the divisor last."""
    ratio = RATIO.fullmatch(measure)
    if not ratio:
        return (measure,)
    return (*(name.strip() for name in ratio[1].split("+")), ratio[2])


def is_outcome(measure: str, *, over_weeks: bool) -> bool:
    """Return whether a measure is read from the outcomes: where no weeks are named, if it is one.

    Parameters
    ----------
    measure : str
        As in a scenario file.
    over_weeks : bool
        Whether a span of weeks is asked for.
    """
    return not over_weeks and measure in OUTCOMES


def lacking(measure: str, *, over_weeks: bool) -> list[str]:
    """Return the parts of a measure that this version does not have.

    Parameters
    ----------
    measure : str
        As in a scenario file.
    over_weeks : bool
        Whether a span of weeks is asked for, which only daily metrics have.

    Returns
    -------
    list of str
        Empty for a measure that can be taken.
    """
    if is_outcome(measure, over_weeks=over_weeks):
        return []
    return [part for part in parts_of(measure) if part not in metric_units()]


def shown_as(measure: str, size: float) -> Outcome:
    """Say how the numbers of a measure are written.

    Parameters
    ----------
    measure : str
        As in a scenario file.
    size : float
        A typical absolute value, from which the decimals follow.

    Returns
    -------
    Outcome
        Label, unit and digits.
    """
    if measure in OUTCOMES:
        return OUTCOMES[measure]
    name = measure.replace("_", " ")
    unit = metric_units().get(measure, "")
    if re.search(r"_(share|rate|retention)\b|^(retained|kept|compliance)$", measure):
        unit = "share"
    if unit == "share":
        return Outcome(measure, name, "share", "neither", 1, "", name)
    unit = "yuan" if measure.endswith("_yuan") else ("" if unit in ("1", "flag") else unit)
    digits = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else 3
    return Outcome(measure, name, unit, "neither", digits, "", name)


def window_query(measure: str) -> str:
    """Return the SQL expression of a daily metric's mean, or of a ratio of sums.

    Parameters
    ----------
    measure : str
        A metric, or ``a / b``, of which ``a`` may be a sum: ``a + b / c`` is ``(a + b) / c``.

    Returns
    -------
    str
        An aggregate over the rows of a run; days without a value are left out.
    """
    names = parts_of(measure)
    if len(names) > 1:
        *top, bottom = (f'sum("{name}") FILTER (isfinite("{name}"))' for name in names)
        return f"({' + '.join(top)}) / nullif({bottom}, 0)"
    return f'avg("{measure}") FILTER (isfinite("{measure}"))'
