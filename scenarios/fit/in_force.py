"""The policy in force while a log was written: asked for, checked, and written down."""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.scenarios.errors import UserError

USUAL = "default"


def policy_words(given: Sequence[str]) -> list[str]:
    """Check the words of ``--policy`` as overrides of levers.

    Parameters
    ----------
    given : sequence of str
        Such as ``incentive=points``, or the name of a scenario or option.

    Returns
    -------
    list of str
        Overrides; empty where nothing was said.

    Raises
    ------
    UserError
        They are no levers.
    """
    if not given:
        return []
    from plaza_lab.scenarios.experiments.design import policy_overrides
    from plaza_lab.scenarios.settings.options import LEVERS
    from plaza_lab.scenarios.settings.overrides import check_overrides

    words: list[str] = []
    for word in given:
        words += policy_overrides(word)
    for word in words:
        group = word.partition("=")[0].partition(".")[0]
        if group not in (*LEVERS, "scenario"):
            raise UserError(f"--policy {word}: {group} is no lever group; a policy is levers only")
    check_overrides(words)
    return words


def policy_line(words: Sequence[str]) -> str:
    """Line of a world's file that says under which policy its numbers were seen."""
    if words:
        return f"# Seen under the policy: {' '.join(words)}\n"
    return f"# Seen under the policy: {USUAL} (assumed; say --policy)\n"
