"""Values, differences and names as people read them, in their language."""

from __future__ import annotations

import math

from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.outcomes import difference_unit, display_scale, outcome_unit
from plaza_lab.scenarios.outcomes.outcome import Outcome

DASH = "–"


def shown(outcome: Outcome, value: float, say: Language, *, is_difference: bool = False) -> str:
    """Write a value with its unit: ``12.3 %``, ``+1.2 points``; a dash where there is none."""
    if not math.isfinite(value):
        return DASH
    scaled = round(value * display_scale(outcome), outcome.digits) + 0.0
    sign = "+" if is_difference and scaled else ""
    text = f"{scaled:{sign},.{outcome.digits}f}"
    return f"{text} {unit_of(outcome, say, is_difference=is_difference)}".rstrip()


def unit_of(outcome: Outcome, say: Language, *, is_difference: bool) -> str:
    """Return a unit as people read it; points are those that members earn, and nothing else."""
    if is_difference and difference_unit(outcome) == "points":
        return say.tr("percentage points")
    return say.tr(outcome_unit(outcome))


def span(outcome: Outcome, low: float, high: float, say: Language, *, has_unit: bool = True) -> str:
    """Write the interval of a difference: ``+0.2 to +1.1 percentage points``."""
    unit = unit_of(outcome, say, is_difference=True)
    ends = [shown(outcome, end, say, is_difference=True) for end in (low, high)]
    bare = [end.removesuffix(unit).rstrip() for end in ends]
    return say.tr("{low} to {high}", low=bare[0], high=ends[1] if has_unit else bare[1])


def policy_name(name: str, say: Language) -> str:
    """Return a policy's name as people read it, as it was given or as the catalogue has it.

    In English names stay as they are given to the command line.
    """
    for sign in ("@", " if "):
        option, _, date = name.partition(sign)
        if date:
            break
    spaced = option.replace("_", " ")
    said = say.tr(spaced)
    if said == spaced:
        return name
    if not date:
        return said
    if "<" in date or ">" in date:
        when, _, lasting = date.replace("/", " for ").partition(" for ")
        weeks = lasting.removesuffix("weeks").removesuffix("week").strip()
        return said + (say.tr(" (if {when}, {weeks} weeks)", when=when, weeks=weeks) if weeks
                       else say.tr(" (if {when})", when=when))  # fmt: skip
    weeks = date.removeprefix("weeks").removeprefix("week")
    if weeks == date:
        return f"{said}（{date}）"
    if weeks.endswith("-"):
        return said + say.tr(" (from week {span} on)", span=weeks.removesuffix("-"))
    return said + say.tr(" (weeks {span})", span=weeks)


def money(value: float) -> str:
    """Write an amount of yuan: ``1,240``."""
    return f"{round(value) + 0:,}"
