"""What a scenario asks for that this version does not have (yet)."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from plaza_lab.scenarios.library.measures import lacking
from plaza_lab.scenarios.library.scenario import Expectation, Scenario
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys
from plaza_lab.scenarios.settings.options import GROUPS, nearest, option_names


def absent(words: Iterable[str]) -> list[str]:
    """Return the overrides that name a group, an option or a setting that is not there.

    Parameters
    ----------
    words : iterable of str
        Overrides of one value each; what cannot be read is found when the arms are planned.

    Returns
    -------
    list of str
        As they were written, each once.
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


def arms_awaited(scenario: Scenario) -> dict[str, list[str]]:
    """Return what single arms wait for; arms that can be run are left out."""
    found = {name: absent(words) for name, words in scenario.arms.items()}
    return {name: words for name, words in found.items() if words}


def awaited_by(scenario: Scenario, expectation: Expectation) -> list[str]:
    """Return what one expectation waits for: options of its arms, and its measure.

    Parameters
    ----------
    scenario : Scenario
        A scenario.
    expectation : Expectation
        One of it.

    Returns
    -------
    list of str
        Overrides, and measures after the word ``measure``.
    """
    awaited = arms_awaited(scenario)
    words = [word for arm in expectation.arms for word in awaited.get(arm, [])]
    over_weeks = bool(expectation.weeks or expectation.against_weeks)
    names = lacking(expectation.measure, over_weeks=over_weeks)
    return list(dict.fromkeys([*words, *(f"measure {name}" for name in names)]))


def all_awaited(scenario: Scenario) -> list[str]:
    """Return everything a scenario waits for, each once."""
    words = settings_awaited(scenario)
    for awaited in arms_awaited(scenario).values():
        words += awaited
    for expectation in scenario.expectations:
        words += awaited_by(scenario, expectation)
    return list(dict.fromkeys(words))


def what_is_near(word: str) -> str:
    """Suggest what there is in place of an override or a measure that is not there."""
    from plaza_lab.scenarios.library.measures import metric_units
    from plaza_lab.scenarios.outcomes import OUTCOMES
    from plaza_lab.scenarios.settings.declared_settings import suggestion

    if word.startswith("measure "):
        return nearest(word.removeprefix("measure "), [*OUTCOMES, *metric_units()])
    key, _, value = word.partition("=")
    if key in GROUPS:
        return nearest(value, option_names(key)) or (f"; {key} has {', '.join(option_names(key))}")
    return suggestion(key)
