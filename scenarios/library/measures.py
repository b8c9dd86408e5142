"""What a scenario can look at, and what it asks for that this version does not have (yet).

Outcomes of runs are measures, and daily metrics over a span of weeks.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from functools import cache

from plaza_lab.scenarios.library.scenario import Expectation, Scenario
from plaza_lab.scenarios.outcomes import OUTCOMES, Outcome
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys
from plaza_lab.scenarios.settings.options import GROUPS, nearest, option_names

RATIO = re.compile(r"(\w+(?: *\+ *\w+)*) */ *(\w+)")


@cache
def _metric_units() -> dict[str, str]:
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
    """Whether a measure is read from the outcomes: if it is one, and no span of weeks is asked."""
    return not over_weeks and measure in OUTCOMES


def lacking(measure: str, *, over_weeks: bool) -> list[str]:
    """Return the parts of a measure that this version does not have.

    A span of weeks only daily metrics have; empty for a measure that can be taken.
    """
    if is_outcome(measure, over_weeks=over_weeks):
        return []
    return [part for part in parts_of(measure) if part not in _metric_units()]


def shown_as(measure: str, size: float) -> Outcome:
    """Say how the numbers of a measure are written: label, unit and digits.

    Parameters
    ----------
    measure : str
        As in a scenario file.
    size : float
        A typical absolute value, from which the decimals follow.
    """
    if measure in OUTCOMES:
        return OUTCOMES[measure]
    name = measure.replace("_", " ")
    unit = _metric_units().get(measure, "")
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


def absent(words: Iterable[str]) -> list[str]:
    """Return the overrides that name a group, an option or a setting that is not there.

    As they were written, each once; what cannot be read is found when the arms are planned.
    """
    return [word for word in dict.fromkeys(words) if not _is_there(*word.split("=", 1))]


def _is_there(key: str, value: str = "") -> bool:
    value = value.strip("'\"")
    if key in GROUPS:
        return value in option_names(key)
    if key not in setting_keys() or "." not in key:
        return False
    kind = declaration(key)[1].type
    if isinstance(kind, enum.EnumMeta):
        return value.lower() in kind.__members__
    return True


def settings_awaited(scenario: Scenario) -> list[str]:
    """Return what all arms of a scenario wait for."""
    return absent(scenario.settings)


def _arms_awaited(scenario: Scenario) -> dict[str, list[str]]:
    """Return what single arms wait for; arms that can be run are left out."""
    found = {name: absent(words) for name, words in scenario.arms.items()}
    return {name: words for name, words in found.items() if words}


def awaited_by(scenario: Scenario, expectation: Expectation) -> list[str]:
    """Return what one expectation waits for: options of its arms, and its measure.

    Overrides as they were written, and measures after the word ``measure``.
    """
    awaited = _arms_awaited(scenario)
    words = [word for arm in expectation.arms for word in awaited.get(arm, [])]
    over_weeks = bool(expectation.weeks or expectation.against_weeks)
    names = lacking(expectation.measure, over_weeks=over_weeks)
    return list(dict.fromkeys([*words, *(f"measure {name}" for name in names)]))


def all_awaited(scenario: Scenario) -> list[str]:
    """Return everything a scenario waits for, each once."""
    words = settings_awaited(scenario)
    for awaited in _arms_awaited(scenario).values():
        words += awaited
    for expectation in scenario.expectations:
        words += awaited_by(scenario, expectation)
    return list(dict.fromkeys(words))


def what_is_near(word: str) -> str:
    """Suggest what there is in place of an override or a measure that is not there."""
    from plaza_lab.scenarios.settings.declared_settings import suggestion

    if word.startswith("measure "):
        return nearest(word.removeprefix("measure "), [*OUTCOMES, *_metric_units()])
    key, _, value = word.partition("=")
    if key in GROUPS:
        return nearest(value, option_names(key)) or (f"; {key} has {', '.join(option_names(key))}")
    return suggestion(key)
