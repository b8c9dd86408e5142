"""Comparing policies: the same seeds under each, the first policy is the baseline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint, seeds_of, several_policies
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.settings.grammar import bare
from plaza_lab.scenarios.settings.overrides import parsed

DEMO = ("volunteer_group_baseline", "learning_fund_500")
PLEASE = "name them as in: policies=[thanks_only,weekly_prize]"

PLAIN_LIST = re.compile(r"policies=\[([a-z][a-z0-9_]*(?:,[a-z][a-z0-9_]*)*)\]")
"""Names that need no grammar, which takes a third of a second to load."""


def split_policies(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take ``policies=[...]`` out of the overrides, where it must be.

    Raises
    ------
    UserError
        If the policies are missing, named twice or unreadable.
    """
    names, rest = policies_in(arguments)
    if not names:
        near = [text for text in rest if text.lower().startswith(("policy", "polic"))]
        raise UserError(f"{near[0]}: {PLEASE}" if near else f"which policies? {PLEASE}")
    return names, rest


def policies_in(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take ``policies=[...]`` out of the overrides, if it is there.

    Returns
    -------
    tuple of list of str
        Names of the policies, none if they are not given, and the other overrides.

    Raises
    ------
    UserError
        If the policies are named twice or unreadable.
    """
    own = [text for text in arguments if text.startswith("policies=")]
    rest = [text for text in arguments if not text.startswith("policies=")]
    if not own:
        return [], rest
    if len(own) > 1:
        raise UserError(f"policies is given twice; {PLEASE}")
    if (plain := PLAIN_LIST.fullmatch(own[0])) is not None:
        return plain[1].split(","), rest
    (override,) = parsed(own)
    if override.is_sweep_override():
        return list(map(bare, override.sweep_iterator())), rest
    value = override.value()
    return [str(name) for name in value] if isinstance(value, list) else [str(value)], rest


def plan(
    names: Sequence[str], overrides: Sequence[str], verb: str = "compare"
) -> tuple[Study, list[DesignPoint]]:
    """Plan a comparison: an empty study and the design points; nothing is run yet.

    Parameters
    ----------
    names, overrides
        As for :func:`plaza_lab.scenarios.experiments.design.several_policies`.
    verb : str
        Command that asks.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    points = several_policies(names, overrides)
    run = points[0].run
    return Study(verb, seeds_of(run), run.weeks), points
