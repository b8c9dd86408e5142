"""The first screen of a comparison: what to do, what it brings and costs, how sure, what was lost.

Each line answers one question of somebody who has to decide. Nothing is advised that the
intervals do not allow; what it would take is said instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.advising.advice import LEAST_YUAN, MOST_PAIRS, Advice, is_clear
from plaza_lab.scenarios.advising.choice import (
    BETTER,
    CHOOSE,
    EARLY,
    EITHER,
    UNCLEAR,
    WORSE,
    Price,
    elsewhere,
    verdict,
)
from plaza_lab.scenarios.advising.flips import Flips, flip_sentences
from plaza_lab.scenarios.advising.partners import sides_of, sides_text
from plaza_lab.scenarios.advising.writing import money, policy_name, shown, span
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.outcomes.outcome import Outcome

PRICES = {
    "kept": marked("a member more kept with {name} costs {price} yuan ({low} to {high})"),
    "active": marked(
        "an active member more with {name}, newcomers included, costs {price} yuan "
        "({low} to {high})"
    ),
}
"""Who is counted, and how the price of one more is said."""


@dataclass(frozen=True)
class Line:
    """A line of the answer: what it answers, and the answer."""

    head: str
    text: str


def first_lines(
    advice: Advice,
    say: Language,
    flips: str = "",
    notes: Sequence[str] = (),
    *,
    is_equal_spend: bool = False,
) -> list[Line]:
    """Write the first screen, in the order it is read.

    Parameters
    ----------
    advice : Advice
        What the comparison advises.
    say : Language
        In which language.
    flips : str
        When the advice flips; empty where it was not asked.
    notes : sequence of str
        What else must be known before one acts, finished sentences.
    is_equal_spend : bool
        Whether the budgets were made as equal as they can be, so that no hint is of use.
    """
    lines = [Line(say.tr("Advice"), advice_text(advice, say))]
    lines += [
        Line("" if place else say.tr("It brings"), brings(advice, policy, say))
        for place, policy in enumerate(advice.others)
    ]
    lines += _partner_lines(advice, say)
    lines.append(Line(say.tr("Price"), price_text(advice, say)))
    lines.append(Line(say.tr("How sure"), sure_text(advice, say)))
    lines.append(Line(say.tr("When it flips"), flips or flips_text(None, say)))
    texts = [
        (marked("Not spent"), unspent_text(advice, say)),
        (marked("Lost to farmers"), farmed_text(advice, say)),
        (marked("Budgets"), budget_text(advice, say, has_hint=not is_equal_spend)),
    ]
    lines += [Line(say.tr(head), text) for head, text in texts if text]
    lines += [Line(say.tr("Note"), _noted(text, advice, say)) for text in notes]
    return lines


def _noted(text: str, advice: Advice, say: Language) -> str:
    """Say a note, and call the policy it begins with as the other lines do."""
    told = say.told(text)
    for policy in sorted(advice.others, key=len, reverse=True):
        if told.startswith(f"{policy} "):
            return policy_name(policy, say) + told.removeprefix(policy)
    return told


def advice_text(advice: Advice, say: Language) -> str:
    """Say what to do, or that nothing can be advised, why, and what it would take."""
    names = {name: policy_name(name, say) for name in (advice.baseline, *advice.others)}
    base, what = names[advice.baseline], label_of(advice.aim, say)
    kind, chosen = advice.choice.kind, [names[name] for name in advice.chosen]
    worse = changes(advice.sides(advice.chosen[0])[WORSE], say) if chosen else ""
    if kind == EITHER:
        said = [say.tr(
            "Choose {best} or {rivals}: both beat {base} on {label}, and cannot be told apart; "
            "take the cheaper one.",
            best=chosen[0], rivals=say.listed(chosen[1:]), base=base, label=what,
        )]  # fmt: skip
        if worse:
            said.append(say.tr("{best} is worse on {list}.", best=chosen[0], list=worse))
    elif kind == EARLY:
        said = [say.tr("No advice: so few pairs of runs give no interval.")]
    elif kind == CHOOSE:
        worth = worth_words(advice.priced(advice.chosen[0], "kept"), say)
        said = [verdict(kind, base, what, say, best=chosen[0], worth=worth, worse=worse)]
    else:
        better = {names[one]: changes(advice.sides(one)[BETTER], say) for one in advice.others}
        said = [verdict(kind, base, what, say), *elsewhere(better, say)]
    if kind in (UNCLEAR, EARLY) and (more := _what_it_takes(advice, base, say)):
        said.append(more)
    return say.joined(said)


def worth_words(price: Price | None, say: Language) -> str:
    """Say what a member kept must be worth, where money clearly keeps members."""
    if price is None or not price.buys:
        return ""
    return say.tr(", provided a member kept is worth more than {price} yuan to you",
                  price=money(price.value))  # fmt: skip


def _what_it_takes(advice: Advice, base: str, say: Language) -> str:
    """How many pairs would tell the leading policy from the baseline."""
    if advice.choice.kind == EARLY:
        return say.tr("Take thirty pairs: run.replicates=30.")
    leading = [name for name, row in zip(advice.others, advice.rows, strict=True)
                 if row and not is_clear(row) and row["difference"] > 0]  # fmt: skip
    needed = {name: advice.needed(name) for name in leading}
    told = {name: pairs for name, pairs in needed.items() if advice.pairs < pairs < math.inf}
    if not leading:
        return say.tr("Not even on average is any policy ahead, so more runs are no remedy.")
    if not told:
        return ""
    nearest = min(told, key=lambda name: told[name])
    if told[nearest] > MOST_PAIRS:
        return say.tr("The difference is so small that no number of runs worth taking tells it.")
    return say.tr(
        "About {pairs} pairs would tell {name} from {base}, if what was measured is the truth: "
        "run.replicates={plain}.",
        pairs=f"{told[nearest]:,.0f}", name=policy_name(nearest, say), base=base,
        plain=f"{told[nearest]:.0f}",
    )  # fmt: skip


def brings(advice: Advice, policy: str, say: Language) -> str:
    """Say what a policy changes in what one decides by."""
    row = advice.row(policy, advice.aim.name)
    base = policy_name(advice.baseline, say)
    if not row or not math.isfinite(row["difference"]):
        return say.tr("{name}: {label} is undefined", name=policy_name(policy, say),
                      label=label_of(advice.aim, say))  # fmt: skip
    change = shown(advice.aim, row["difference"], say, is_difference=True)
    known = {"name": policy_name(policy, say), "label": label_of(advice.aim, say), "base": base,
             "change": change, "span": interval(row, say)}  # fmt: skip
    if row["interval"] == "exact":
        return say.tr("{name}: {label} {change} against {base} ({span})", **known)
    return say.tr(
        "{name}: {label} {change} against {base} ({span}, {level} %)",
        level=f"{100 * advice.level:g}", **known,
    )  # fmt: skip


def _partner_lines(advice: Advice, say: Language) -> list[Line]:
    """Say of each policy with a deal what it brings both sides; a deal has two."""
    said = [
        sides_text(policy, sides, say)
        for policy in (advice.baseline, *advice.others)
        if (sides := sides_of(advice.runs[advice.runs["policy"] == policy], advice.level))
    ]
    head = say.tr("Partnership")
    return [Line("" if place else head, text) for place, text in enumerate(said)]


def interval(row: Mapping[Any, Any], say: Language) -> str:
    """Write the interval of a difference, inside its scale; or why there is none."""
    from plaza_lab.scenarios.report.words import inside_scale

    if row["interval"] == "exact":
        return say.tr("same in every pair")
    if not math.isfinite(row["low"]):
        return say.tr("not yet")
    return span(outcome_named(row["outcome"]), *inside_scale(row), say, has_unit=False)


def changes(rows: Sequence[dict[str, Any]], say: Language) -> str:
    """List changes: ``member growth (+37.5 percentage points)``."""
    found = []
    for row in rows:
        outcome = outcome_named(row["outcome"])
        change = shown(outcome, row["difference"], say, is_difference=True)
        found.append(say.tr("{label} ({change})", label=label_of(outcome, say), change=change))
    return say.listed(found)


def label_of(outcome: Outcome, say: Language) -> str:
    """Return the label of an outcome as it stands within a sentence."""
    text = say.tr(outcome.label)
    return text[:1].lower() + text[1:]


def price_text(advice: Advice, say: Language) -> str:
    """Say what a member more costs, where money clearly keeps or brings members."""
    said = []
    for policy in advice.others:
        name = policy_name(policy, say)
        for people, text in PRICES.items():
            if (price := advice.priced(policy, people)) is not None:
                said.append(
                    say.tr(text, name=name, price=money(price.value), low=money(price.low),
                           high=money(price.high))
                )  # fmt: skip
    if all(advice.priced(policy, "kept") is None for policy in advice.others):
        said.insert(0, say.tr("no price for a member more kept: no money here clearly keeps any"))
    return say.sentence(said)


def sure_text(advice: Advice, say: Language) -> str:
    """Say what the answer rests on, and of what its intervals do not speak."""
    said = [
        say.tr("{pairs} pairs of runs, the same people with the same luck under each policy",
               pairs=f"{advice.pairs:,}")
    ]  # fmt: skip
    if advice.worlds > 1:
        said.append(say.tr("over {worlds} worlds", worlds=f"{advice.worlds:,}"))
        said.append(say.tr("intervals speak of luck and of the worlds, not of the model"))
    else:
        said.append(say.tr("intervals speak of luck in this one world, not of the model"))
    return say.sentence(said)


def flips_text(flips: Flips | None, say: Language) -> str:
    """Say when the advice flips, or how to ask."""
    if flips is None:
        return say.tr("not asked; --flips moves the world and asks again")
    return say.joined(flip_sentences(flips, say))


def unspent_text(advice: Advice, say: Language) -> str:
    """Say what money was paid in and not spent, and what could not be paid."""
    parts = [part for part in (left_text(advice, say), unpaid_text(advice, say)) if part]
    return ("; " if say.code == "en" else "；").join(parts)


def left_text(advice: Advice, say: Language) -> str:
    """Say what money was paid in and not spent."""
    return say.listed(
        say.tr("{name} {left} of {paid} yuan", name=policy_name(policy, say),
               left=money(purse.left), paid=money(purse.paid_in))
        for policy, purse in advice.purses.items()
        if purse.paid_in > LEAST_YUAN
    )  # fmt: skip


def unpaid_text(advice: Advice, say: Language) -> str:
    """Say what the funds were asked for and could not pay."""
    return say.listed(
        say.tr("the funds of {name} could not pay {stops} times a run",
               name=policy_name(policy, say), stops=f"{purse.stops:,.0f}")
        for policy, purse in advice.purses.items()
        if purse.stops >= 1.0
    )  # fmt: skip


def farmed_text(advice: Advice, say: Language) -> str:
    """Say what farmers took under each policy that gives anything."""
    said = [
        say.tr("{name} {farmed} of {spent} yuan", name=policy_name(policy, say),
               farmed=money(purse.farmed), spent=money(purse.spent))
        for policy, purse in advice.purses.items()
        if math.isfinite(purse.farmed) and max(purse.spent, purse.farmed) > LEAST_YUAN
    ]  # fmt: skip
    return say.listed(said)


def budget_text(advice: Advice, say: Language, *, has_hint: bool = False) -> str:
    """Say that the policies do not spend the same, where they do not."""
    if not advice.differs_in_spending:
        return ""
    spent = [
        say.tr("{name} {spent} yuan", name=policy_name(name, say), spent=money(purse.spent))
        for name, purse in advice.purses.items()
    ]
    said = [say.tr("the policies do not spend the same: {list}", list=say.listed(spent))]
    if has_hint:
        said.append(say.tr("--equal-spend compares at equal cost"))
    return say.sentence(said)
