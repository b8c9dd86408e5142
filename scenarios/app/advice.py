"""The first lines of an answer: what to do, what it brings, what it costs, how sure."""

from __future__ import annotations

import math

from plaza_lab.scenarios.advising.advice import LEAST_YUAN, MONEY
from plaza_lab.scenarios.advising.choice import Aside, Effect, choice_words, choose, price_words
from plaza_lab.scenarios.advising.lines import Line, changes, worth_words
from plaza_lab.scenarios.advising.writing import shown, span
from plaza_lab.scenarios.app.estimates import Difference, Estimate
from plaza_lab.scenarios.app.question import Question
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.outcomes import HEADLINE, OUTCOMES


def between(own: Difference, say: Language, *, has_unit: bool = True) -> str:
    """Write an interval of a difference, or why there is none yet."""
    outcome, found = OUTCOMES[own.name], own.interval
    if not math.isfinite(found.low):
        return say.tr("not yet")
    return span(outcome, found.low, found.high, say, has_unit=has_unit)


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
    lines = [Line(say.tr("Advice"), _what_to_do(question, found, names, say))]
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
                price_words(found.prices[k], say),
            )
        )
    lines += _money_lines(found, names, say)
    lines.append(Line(say.tr("How sure"), _how_sure(question, found, own, say)))
    asked = say.tr("not asked; the part above of that name moves the world and asks again")
    lines.append(Line(say.tr("When does it flip?"), asked))
    return lines


def _money_lines(found: Estimate, names: list[str], say: Language) -> list[Line]:
    """Say what farmers took of what each policy gave, and that policies spend differently."""
    told: dict[str, list[str]] = {"gaming_loss": [], "fund_spend_yuan": []}
    for name, said in told.items():
        own = [one[name] for one in found.differences]
        means = [own[0].base, *(one.mean for one in own)]
        said += [
            say.tr("{name} {value}", name=policy, value=shown(OUTCOMES[name], mean, say))
            for policy, mean in zip(names, means, strict=True)
            if math.isfinite(mean)
        ]
    lines = []
    if told["gaming_loss"]:
        lines.append(Line(say.tr("Lost to farmers"), say.listed(told["gaming_loss"])))
    spent = [one["fund_spend_yuan"] for one in found.differences]
    if any(abs(one.mean - one.base) > LEAST_YUAN for one in spent):
        text = say.tr("the policies do not spend the same: {list}",
                      list=say.listed(told["fund_spend_yuan"]))  # fmt: skip
        lines.append(Line(say.tr("Budgets"), say.sentence([text])))
    return lines


def _what_to_do(question: Question, found: Estimate, names: list[str], say: Language) -> str:
    own = [differences[question.outcome] for differences in found.differences]

    def is_behind(place: int, best: int) -> bool:
        return own[place].interval.high < own[best].interval.low

    effects = [
        Effect(one.interval.mean, one.interval.low, one.interval.high, one.is_clear) for one in own
    ]
    choice = choose(effects, is_behind)
    sides = [_sides(differences, question.outcome, say) for differences in found.differences]
    aside = Aside(
        worth_words(found.prices[choice.chosen[0]], say) if choice.chosen else "",
        tuple(better for better, _ in sides),
        tuple(worse for _, worse in sides),
    )
    return choice_words(choice, names, say.tr(OUTCOMES[question.outcome].label), say, aside)


def _sides(own: dict[str, Difference], aim: str, say: Language) -> tuple[str, str]:
    """List the other headlines a policy is clearly better on, and those it is worse on."""
    told = [
        one for one in (own[outcome.name] for outcome in HEADLINE)
        if one.is_clear and one.name not in (*MONEY, aim)
    ]  # fmt: skip
    good = [one for one in told
            if (one.interval.mean > 0) == (OUTCOMES[one.name].better == "higher")]  # fmt: skip
    return _changes(good, say), _changes([one for one in told if one not in good], say)


def _changes(found: list[Difference], say: Language) -> str:
    rows = [{"outcome": one.name, "difference": one.interval.mean} for one in found]
    return changes(rows, say) if rows else ""


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
