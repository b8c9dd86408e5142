"""Names of options in place of objects: ``Community(policy="weekly_prize")``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plaza_lab.scenarios.experiments.design import policy_overrides
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.overrides import check_overrides


def parts_named(names: Mapping[str, str]) -> dict[str, Any]:
    """Compose what is named.

    Parameters
    ----------
    names : mapping of str to str
        ``policy``, ``world`` or ``population`` to the name of an option; of a policy also a
        scenario, or overrides in one text.

    Returns
    -------
    dict
        The parts that are named, as dataclasses; those of a scenario with its world and population.

    Raises
    ------
    UserError
        With one line, if there is no such option.
    """
    words = [f"{part}={name}" for part, name in names.items() if part != "policy"]
    if "policy" in names:
        words += policy_overrides(names["policy"])
    check_overrides(words)
    made = compose(words)
    parts = dict.fromkeys(names)
    if made.choices.get("scenario", "none") != "none":
        parts = dict.fromkeys(("policy", "world", "population"))
    return {part: getattr(made.config, part) for part in parts}
