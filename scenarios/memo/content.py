"""What stands in a memo, in the language of who reads it; page and document lay it out alike."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.advising.advice import Advice
from plaza_lab.scenarios.advising.choice import BETTER, WORSE
from plaza_lab.scenarios.advising.lines import (
    advice_text,
    brings,
    budget_text,
    changes,
    farmed_text,
    flips_text,
    interval,
    label_of,
    left_text,
    price_text,
    sure_text,
    unpaid_text,
)
from plaza_lab.scenarios.advising.writing import policy_name, shown
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.memo.trial import trial_text, trials
from plaza_lab.scenarios.outcomes import HEADLINE, Outcome, outcome_named
from plaza_lab.scenarios.outcomes.compared import COST_KEPT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.answers import Comparison

MOST_ASSUMED = 8
"""Settings listed as assumptions: more would not be read (assumption)."""
ROWS = (*(outcome.name for outcome in HEADLINE[:4]), COST_KEPT)


@dataclass(frozen=True)
class Section:
    """A part of the memo: paragraphs, then a list of points, a table and a command as it is typed.

    The first row of the table holds its heads.
    """

    head: str
    paragraphs: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    points: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Memo:
    """A memo in one language.

    Title (the question), day it was written, what to do or why nothing can be advised; the sections
    below, in order; and the one picture, which stands after the first, for a page and for a phone,
    with what it shows.
    """

    title: str
    written: str
    advice: str
    sections: tuple[Section, ...]
    figure: Figure
    tall: Figure
    caption: str
    say: Language = field(default_factory=Language)


def memo_of(answer: Comparison, say: Language) -> Memo:
    """Write the memo of a comparison that is answered; ``document`` lays it out."""
    from plaza_lab.scenarios.memo.document import differences

    advice = answer.advice
    size = _size(advice)
    figure, caption = differences(advice, say)
    tall, _ = differences(advice, say, is_tall=True)
    sections = (
        _what_it_brings(advice, say),
        _price(advice, say),
        _risk(answer, say),
        Section(say.tr("What would change the mind"), (_flips(answer, say),)),
        _small_test(answer, size, say),
        _origin(answer, say),
    )
    return Memo(
        _question(answer, size, say), date.today().isoformat(), advice_text(advice, say), sections,
        figure, tall, caption, say,
    )  # fmt: skip


def _question(answer: Comparison, size: int, say: Language) -> str:
    names = [policy_name(name, say) for name in answer.advice.others]
    return say.tr(
        "What changes with {others} against {base}, in a community of {size} members over {weeks} "
        "weeks?",
        others=say.listed(names), base=policy_name(answer.advice.baseline, say),
        size=f"{size:,}", weeks=answer.study.weeks,
    )  # fmt: skip


def _size(advice: Advice) -> int:
    runs = advice.runs
    if not {"members_end", "growth"} <= set(runs.columns):
        return 0
    return round(float((runs["members_end"] / (1.0 + runs["growth"])).mean()))


def _what_it_brings(advice: Advice, say: Language) -> Section:
    from plaza_lab.scenarios.statistics import compare_all

    names = [outcome for outcome in ROWS if outcome in advice.runs]
    frame = compare_all(advice.runs, advice.baseline, advice.others, names, advice.level,
                        advice.anytime)  # fmt: skip
    base = policy_name(advice.baseline, say)
    table = [("", base, *(f"{policy_name(other, say)} − {base}" for other in advice.others))]
    for name in names:
        outcome = outcome_named(name)
        own = frame[frame["outcome"] == name].to_dict("records")
        levels = [row["mean_baseline"] for row in own if math.isfinite(row["mean_baseline"])]
        level = shown(outcome, levels[0] if levels else math.nan, say)
        table.append((say.tr(outcome.label), level, *(_cell(outcome, row, say) for row in own)))
    better = tuple(
        _named(policy_name(other, say), say.tr("better on {list}", list=changes(found, say)), say)
        for other in advice.others
        if (found := advice.sides(other)[BETTER])
    )
    paragraphs = tuple(brings(advice, other, say) for other in advice.others)
    return Section(say.tr("What it brings"), paragraphs, tuple(table), better)


def _cell(outcome: Outcome, row: Mapping[Any, Any], say: Language) -> str:
    """Write a difference with its interval; the level itself where the baseline has none."""
    if not row["pairs"]:
        return shown(outcome, row["mean_alternative"], say)
    change = shown(outcome, row["difference"], say, is_difference=True)
    if not math.isfinite(row["difference"]):
        return change
    return say.tr("{change} ({span})", change=change, span=interval(row, say))


def _named(name: str, what: str, say: Language) -> str:
    return say.tr("{name}: {what}", name=name, what=what)


def _price(advice: Advice, say: Language) -> Section:
    texts = [price_text(advice, say)]
    if spent := budget_text(advice, say):
        texts.append(spent)
    if left := left_text(advice, say):
        texts.append(say.sentence([_named(say.tr("Not spent"), left, say)]))
    return Section(say.tr("Price"), tuple(texts), points=_kinds_of_price(advice, say))


def _kinds_of_price(advice: Advice, say: Language) -> tuple[str, ...]:
    """Tell apart the amounts a member that stand in the memo."""
    base = policy_name(advice.baseline, say)
    told = [say.tr(
        "Cost per retained member: all that was spent, over those members of the first day who "
        "are still active, most of whom would be without it."
    )] if COST_KEPT in advice.runs else []  # fmt: skip
    told.append(say.tr(
        "Price of a member more kept: only what is spent beyond {base}, over only the members of "
        "the first day who are active and would not be with {base}; the one to decide by.",
        base=base,
    ))  # fmt: skip
    if any(advice.priced(policy, "active") for policy in advice.others):
        told.append(say.tr(
            "Price of an active member more: the same spending, over everybody who is active at "
            "the end and would not be with {base}, newcomers too.",
            base=base,
        ))  # fmt: skip
    return tuple(told)


def _risk(answer: Comparison, say: Language) -> Section:
    """Say what gets worse, what is undecided, what was lost, and what assumptions carry it all."""
    advice = answer.advice
    points = []
    for policy in advice.others:
        name = policy_name(policy, say)
        is_worse = advice.effects[advice.others.index(policy)].side == WORSE
        worse = [advice.row(policy, advice.aim.name)] if is_worse else []
        if worse := [*worse, *advice.sides(policy)[WORSE]]:
            points.append(_named(name, say.tr("worse on {list}", list=changes(worse, say)), say))
        if unclear := [label_of(outcome, say) for outcome in advice.undecided(policy)]:
            text = say.tr("undecided on {list}", list=say.listed(unclear))
            points.append(_named(name, text, say))
    lost = (
        (say.tr("Lost to farmers"), farmed_text(advice, say)),
        (say.tr("Not paid"), unpaid_text(advice, say)),
    )
    points += [_named(head, text, say) for head, text in lost if text]
    points += [*_assumptions(answer, say), *(say.told(text) for text in answer.warnings())]
    return Section(say.tr("Risk"), (sure_text(advice, say),), points=tuple(points))


def _flips(answer: Comparison, say: Language) -> str:
    told = answer.flip_text()
    if told != flips_text(None, say):
        return told
    return say.tr("Not asked: with --flips, the command at the end moves one setting of the world "
                  "after another and asks again.")  # fmt: skip


def _small_test(answer: Comparison, size: int, say: Language) -> Section:
    advice = answer.advice
    policy = (advice.chosen or [_leader(advice)])[0]
    plans = trials(advice, answer.shown_days, policy, answer.study.weeks, size)
    return Section(say.tr("How to test it small"), (trial_text(advice, plans, policy, size, say),))


def _leader(advice: Advice) -> str:
    means = [row["difference"] if row else -math.inf for row in advice.rows]
    return advice.others[max(range(len(means)), key=lambda place: means[place])]


def _origin(answer: Comparison, say: Language) -> Section:
    manifest = answer.manifest()
    versions = ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())
    configs = ", ".join(f"{name} {own['config']}" for name, own in manifest["policies"].items())
    points = [
        say.tr("Runs: {runs}, seeds {seeds}, {weeks} weeks", runs=manifest["runs"],
               seeds=_seeds(manifest["seeds"], say), weeks=manifest["weeks"]),
        say.tr("Code {code}; versions: {versions}", code=manifest["code"], versions=versions),
        say.tr("Settings: {configs}", configs=configs),
    ]  # fmt: skip
    limits = say.tr("These are simulated communities: an effect found here is a reason to try a "
                    "policy on a small part, not a forecast of its size.")  # fmt: skip
    return Section(say.tr("Where it comes from"), (limits,), points=tuple(points),
                   code=answer.command)  # fmt: skip


def _seeds(seeds: Sequence[int], say: Language) -> str:
    from plaza_lab.scenarios.statistics.pairing import name_seeds

    if len(seeds) > 1 and len(seeds) == seeds[-1] - seeds[0] + 1:
        return say.tr("{low} to {high}", low=seeds[0], high=seeds[-1])
    return name_seeds(seeds)


def _assumptions(answer: Comparison, say: Language) -> list[str]:
    """List the assumptions that carry the result: what moved it, and what the policies set."""
    from plaza_lab.scenarios.report.rendering import settings_that_differ
    from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys

    paths: dict[str, str] = {}
    if answer.moved is not None:
        for one in answer.moved.of("flips", "appears", "fades"):
            paths[one.path] = say.tr("moves the answer")
    settings = answer.settings()
    for path, _ in settings_that_differ(settings, list(settings)):
        paths.setdefault(path, say.tr("the policies differ in it"))
    found = []
    for path, why in paths.items():
        if path not in setting_keys():
            continue
        source = str(declaration(path)[1].metadata.get("source", ""))
        if source.startswith("assumption"):
            found.append(f"{path} ({why})")
    if not found:
        return []
    shown_ones = _cut(found, say)
    return [say.tr("Assumptions that carry the result: {list}", list=shown_ones)]


def _cut(found: Sequence[str], say: Language) -> str:
    if len(found) <= MOST_ASSUMED:
        return ", ".join(found)
    more = say.tr("and {count} more", count=len(found) - MOST_ASSUMED)
    return f"{', '.join(found[:MOST_ASSUMED])} {more}"
