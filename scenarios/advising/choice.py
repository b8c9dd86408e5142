"""What to do, as far as the intervals allow, and what one more member kept costs.

One policy, one of several, the baseline, or nothing: serves the command line, the memo and the page
alike. A policy is chosen only where it is clearly better than the baseline; of several that are,
the best by its mean together with all that cannot be told from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.language import Language

CHOOSE, EITHER, STAY, UNCLEAR, EARLY = "choose", "either", "stay", "unclear", "early"
BETTER, WORSE = "better", "worse"


@dataclass(frozen=True)
class Effect:
    """What a policy changes in the outcome one decides by; more is better.

    Parameters
    ----------
    mean, low, high : float
        Difference to the baseline and its interval, in storage units; bounds are NaN before there
        is one.
    is_clear : bool
        Whether the difference is told from none, with all questions counted.
    """

    mean: float
    low: float
    high: float
    is_clear: bool

    @property
    def side(self) -> str:
        """``better``, ``worse``, ``unclear``, or ``early`` where there is no interval yet."""
        if math.isnan(self.mean) or not math.isfinite(self.low):
            return EARLY
        if not self.is_clear:
            return UNCLEAR
        return BETTER if self.mean > 0 else WORSE


@dataclass(frozen=True)
class Choice:
    """What to do.

    Parameters
    ----------
    kind : str
        ``choose``, ``either``, ``stay``, ``unclear`` or ``early``.
    chosen : tuple of int
        Places of the policies to choose among, 0 for the first after the baseline, the best first;
        empty where none is advised.
    """

    kind: str
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True)
class Aside:
    """What else must be known of policies before one acts, in words.

    Parameters
    ----------
    worth : str
        What a member kept must be worth, of the policy chosen; empty where no price is known.
    better, worse : tuple of str
        For each policy but the baseline, the other headlines it is clearly better or worse on.
    """

    worth: str
    better: tuple[str, ...]
    worse: tuple[str, ...]


def choose(effects: Sequence[Effect], is_behind: Callable[[int, int], bool]) -> Choice:
    """Say what to do, from the effect of each policy but the baseline.

    No policy is chosen unless it is clearly better than the baseline; ``is_behind`` tells whether
    the policy at the first place is clearly behind that at the second.
    """
    sides = [effect.side for effect in effects]
    better = [place for place, side in enumerate(sides) if side == BETTER]
    if better:
        best = max(better, key=lambda place: effects[place].mean)
        tied = [place for place in better if place != best and not is_behind(place, best)]
        return Choice(EITHER if tied else CHOOSE, (best, *tied))
    if EARLY in sides:
        return Choice(EARLY)
    return Choice(STAY if all(side == WORSE for side in sides) else UNCLEAR)


def verdict(
    kind: str, base: str, label: str, say: Language, *, best: str = "", worth: str = "",
    worse: str = "",
) -> str:  # fmt: skip
    """Say in one sentence what a choice of kind ``choose``, ``stay`` or ``unclear`` comes to.

    Policies are named as people read them, `label` is the outcome one decides by as it stands
    within a sentence; `worth` and `worse` are those of :class:`Aside`, of the policy chosen.
    """
    known = {"best": best, "label": label, "worth": worth}
    if kind == CHOOSE and worse:
        return say.tr(
            "If {label} is what counts, choose {best}{worth}: it is best on it, and worse on "
            "{list}.",
            list=worse, **known,
        )  # fmt: skip
    if kind == CHOOSE:
        return say.tr("Choose {best}: it is best on {label}{worth}.", **known)
    if kind == STAY:
        return say.tr("Stay with {base}: the others are worse on {label}.", base=base, label=label)
    return say.tr("No advice on {label}: nothing here is clearly better than {base}.",
                  label=label, base=base)  # fmt: skip


def elsewhere(better: Mapping[str, str], say: Language) -> list[str]:
    """Say of each policy, by its name, on what else it is better; nothing where there is none."""
    return [
        say.tr("{name} is better on {list}: choose it if that is what you want.",
               name=name, list=told)
        for name, told in better.items()
        if told
    ]  # fmt: skip


def choice_words(
    choice: Choice, names: Sequence[str], label: str, say: Language, aside: Aside
) -> str:
    """Say the advice, with what speaks against it, in finished sentences.

    Names of the policies begin with the baseline; `label` is the outcome one decides by, in the
    language.
    """
    what, base = label.lower(), names[0]
    if choice.kind == EARLY:
        return say.tr("Too early: an interval needs twenty pairs, wait a moment.")
    if choice.kind == EITHER:
        best, *rivals = (names[place + 1] for place in choice.chosen)
        return say.tr(
            "{best} or {rivals}: both beat {base} on {label}, and cannot be told apart yet.",
            best=best, rivals=", ".join(rivals), base=base, label=what,
        )  # fmt: skip
    if choice.kind == CHOOSE:
        place = choice.chosen[0]
        return verdict(CHOOSE, base, what, say, best=names[place + 1], worth=aside.worth,
                       worse=aside.worse[place])  # fmt: skip
    others = elsewhere(dict(zip(names[1:], aside.better, strict=True)), say)
    if choice.kind == STAY or others:
        return say.joined([verdict(choice.kind, base, what, say), *others])
    return say.tr(
        "No clear winner on {label}: nothing here clearly beats {base}; take the cheaper one.",
        label=what, base=base,
    )  # fmt: skip


@dataclass(frozen=True)
class Price:
    """What one more member kept costs: extra spend, extra members, and their ratio.

    Parameters
    ----------
    spend : float
        Yuan more than the baseline spends.
    members : float
        Members more than under the baseline.
    value, low, high : float
        Yuan a member, with Fieller's interval; bounds are NaN where members are not clearly more or
        fewer.
    """

    spend: float
    members: float
    value: float
    low: float
    high: float

    @property
    def buys(self) -> bool:
        """Whether clearly more members are there, and clearly for money."""
        return math.isfinite(self.low) and self.members > 0 and self.spend > 0


def price_words(price: Price, say: Language) -> str:
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
