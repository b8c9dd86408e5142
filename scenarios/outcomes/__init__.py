"""The outcomes a study reports: what each number means, its unit and which way is better.

One declaration serves the statistics, the tables, the figures and the pages, so that a number is
called the same and written the same wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable

from plaza_lab.scenarios.outcomes.compared import DERIVED, HEADLINE, SECONDARY, with_derived
from plaza_lab.scenarios.outcomes.further import FURTHER
from plaza_lab.scenarios.outcomes.outcome import (
    Better,
    Outcome,
    difference_unit,
    display_scale,
    outcome_title,
    outcome_unit,
    show_difference,
    show_value,
)
from plaza_lab.scenarios.outcomes.own import TOLD

__all__ = [
    "COMPARED",
    "DERIVED",
    "FURTHER",
    "HEADLINE",
    "OUTCOMES",
    "SECONDARY",
    "SUGGESTED",
    "Better",
    "Outcome",
    "difference_unit",
    "display_scale",
    "known_outcomes",
    "outcome_named",
    "outcome_title",
    "outcome_unit",
    "outcomes_in",
    "show_difference",
    "show_value",
    "with_derived",
]

COMPARED = HEADLINE + SECONDARY
"""What a report shows unless others are asked for by name."""

SUGGESTED = ", ".join(outcome.name for outcome in COMPARED)
"""Their names, for a message about a name that is none."""

OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in COMPARED + FURTHER}


def known_outcomes() -> dict[str, Outcome]:
    """Return the outcomes that runs have: Plaza's, and those of the mechanisms in force."""
    from plaza_lab.scenarios.own.own_mechanisms import own_model

    own = own_model()
    return OUTCOMES if own is None else OUTCOMES | own.outcomes


def outcome_named(name: str) -> Outcome:
    """Return the declaration of a column of ``runs``.

    A column nobody declared gets its own name as label, no unit and no preferred direction.
    """
    return (
        OUTCOMES.get(name)
        or DERIVED.get(name)
        or TOLD.get(name)
        or Outcome(name, name.replace("_", " "), "", "neither", 3, "", "column of the runs table")
    )


def outcomes_in(columns: Iterable[str], wanted: Iterable[str | Outcome] | None) -> list[Outcome]:
    """Choose the outcomes to report among the columns of ``runs``, in the order of `wanted`.

    None takes the outcomes of :data:`COMPARED` that are there, headlines first, then those of a
    user's own.

    Raises
    ------
    KeyError
        If an outcome asked for by name is no column.
    """
    present = set(columns)
    if wanted is None:
        return [outcome for outcome in (*COMPARED, *TOLD.values()) if outcome.name in present]
    chosen = [item if isinstance(item, Outcome) else outcome_named(item) for item in wanted]
    missing = [outcome.name for outcome in chosen if outcome.name not in present]
    if missing:
        raise KeyError(missing[0])
    return chosen
