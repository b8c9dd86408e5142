"""The first lines of an answer: what to do, what it brings, what it costs, how sure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from plaza_lab.scenarios.app.estimates import Difference, Estimate, Price
from plaza_lab.scenarios.app.question import Question
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.outcomes import OUTCOMES, difference_unit, display_scale, outcome_unit
from plaza_lab.scenarios.outcomes.outcome import Outcome


@dataclass(frozen=True)
class Line:
    """A line of the answer.

    Parameters
    ----------
    head : str
        What it answers.
    text : str
        The answer.
    """

    head: str
    text: str


def shown(outcome: Outcome, value: float, say: Language, *, is_difference: bool = False) -> str:
    """Write a value with its unit: ``12.3 %``, ``+1.2 points``; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    scaled = round(value * display_scale(outcome), outcome.digits) + 0.0
    sign = "+" if is_difference and scaled else ""
    text = f"{scaled:{sign},.{outcome.digits}f}"
    return f"{text} {unit_of(outcome, say, is_difference=is_difference)}".rstrip()


def unit_of(outcome: Outcome, say: Language, *, is_difference: bool) -> str:
    """Return a unit as people read it; points are those that members earn, and nothing else."""
    if is_difference and difference_unit(outcome) == "points":
        return say.tr("percentage points")
    return say.tr(outcome_unit(outcome))


def between(own: Difference, say: Language) -> str:
    """Write an interval of a difference, or why there is none yet."""
    outcome, found = OUTCOMES[own.name], own.interval
    if not math.isfinite(found.low):
        return say.tr("not yet")
    unit = unit_of(outcome, say, is_difference=True)
    low = shown(outcome, found.low, say, is_difference=True).removesuffix(unit).rstrip()
    high = shown(outcome, found.high, say, is_difference=True)
    return say.tr("{low} to {high}", low=low, high=high)


def advice(question: Question, found: Estimate, names: list[str], say: Language) -> list[Line]:
    """Write the first lines of an answer.

    Parameters
    ----------
    question : Question
        What is asked.
    found : Estimate
        What the runs so far say.
    names : list of str
        Names of the policies as people read them, the baseline first.
    say : Language
        In which language.
    """
    outcome = OUTCOMES[question.outcome]
    label = say.tr(outcome.label)
    own = [differences[question.outcome] for differences in found.differences]
    best = max(range(len(own)), key=lambda k: own[k].interval.mean)
    lines = [Line(say.tr("Advice"), _what_to_do(own, best, names, label, say))]
    for k, difference in enumerate(own):
        name = names[k + 1]
        change = shown(outcome, difference.interval.mean, say, is_difference=True)
        lines.append(
            Line(
                say.tr("{name} brings", name=name),
                say.tr(
                    "{label} {change} against {base} ({span}, 95 % at every look)",
                    label=label, change=change, base=names[0], span=between(difference, say),
                ),
            )
        )  # fmt: skip
        lines.append(
            Line(
                say.tr("A member more kept with {name} costs", name=name),
                price_words(found.prices[k], found.pairs, say),
            )
        )
    lines.append(Line(say.tr("How sure"), _how_sure(question, found, own, say)))
    return lines


def _what_to_do(
    own: list[Difference], best: int, names: list[str], label: str, say: Language
) -> str:
    if not math.isfinite(own[best].interval.low):
        return say.tr("Too early: an interval needs twenty pairs, wait a moment.")
    if own[best].interval.low > 0:
        rivals = [
            names[k + 1] for k in range(len(own)) if k != best and _overlap(own[best], own[k])
        ]
        if rivals:
            return say.tr(
                "{best} or {rivals}: both beat {base} on {label}, and cannot be told apart yet.",
                best=names[best + 1], rivals=", ".join(rivals), base=names[0],
                label=label.lower(),
            )  # fmt: skip
        return say.tr("Choose {best}: it is best on {label}.", best=names[best + 1],
                      label=label.lower())  # fmt: skip
    if all(one.interval.high < 0 for one in own):
        return say.tr("Stay with {base}: the others are worse on {label}.", base=names[0],
                      label=label.lower())  # fmt: skip
    return say.tr(
        "No clear winner on {label}: nothing here clearly beats {base}; take the cheaper one.",
        label=label.lower(), base=names[0],
    )  # fmt: skip


def _overlap(best: Difference, other: Difference) -> bool:
    return not other.interval.high < best.interval.low


def price_words(price: Price, pairs: int, say: Language) -> str:
    """Say what one more member kept costs, or why that cannot be said."""
    spend = f"{price.spend:+,.0f}"
    if not math.isfinite(price.low):
        return say.tr(
            "cannot be told: members kept are not clearly more or fewer "
            "({members} on average, {spend} yuan spent)",
            members=f"{price.members:+,.1f}", spend=spend,
        )  # fmt: skip
    if price.members < 0:
        return say.tr(
            "it keeps {members} fewer members and spends {spend} yuan: the money buys none",
            members=f"{-price.members:,.1f}", spend=spend,
        )  # fmt: skip
    if price.spend <= 0:
        return say.tr(
            "nothing extra: it keeps {members} more members and spends {spend} yuan",
            members=f"{price.members:,.1f}", spend=spend,
        )  # fmt: skip
    return say.tr(
        "{value} yuan ({low} to {high}); {members} more members kept for {spend} yuan",
        value=f"{price.value:,.0f}", low=f"{price.low:,.0f}", high=f"{price.high:,.0f}",
        members=f"{price.members:,.1f}", spend=spend,
    )  # fmt: skip


def _how_sure(question: Question, found: Estimate, own: list[Difference], say: Language) -> str:
    outcome = OUTCOMES[question.outcome]
    widest = max(one.half_width for one in own)
    if not math.isfinite(widest):
        return say.tr("{pairs} pairs of runs so far", pairs=found.pairs)
    width = shown(outcome, widest, say, is_difference=True).lstrip("+")
    asked = shown(outcome, question.width, say, is_difference=True).lstrip("+")
    if widest <= question.width:
        return say.tr("sure to ± {width} after {pairs} pairs (asked: ± {asked})",
                      width=width, pairs=found.pairs, asked=asked)  # fmt: skip
    return say.tr("± {width} after {pairs} pairs, going on to ± {asked}",
                  width=width, pairs=found.pairs, asked=asked)  # fmt: skip
