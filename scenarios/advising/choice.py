"""What to do, as far as the intervals allow: one policy, one of several, the baseline, or nothing.

Serves the command line, the memo and the page alike. A policy is chosen only where it is clearly
better than the baseline; of several that are, the best by its mean together with all that cannot
be told from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
    """Say what to do.

    Parameters
    ----------
    effects : sequence of Effect
        One for each policy but the baseline.
    is_behind : callable
        Whether the policy at the first place is clearly behind that at the second.

    Returns
    -------
    Choice
        No policy is chosen unless it is clearly better than the baseline.
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


def choice_words(
    choice: Choice, names: Sequence[str], label: str, say: Language, aside: Aside
) -> str:
    """Say the advice, with what speaks against it.

    Parameters
    ----------
    choice : Choice
        What to do.
    names : sequence of str
        Names of the policies, the baseline first.
    label : str
        Outcome one decides by, in the language.
    say : Language
        In which language.
    aside : Aside
        What else must be known before one acts.

    Returns
    -------
    str
        Finished sentences.
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
        best = names[choice.chosen[0] + 1]
        known = {"best": best, "label": what, "worth": aside.worth}
        if worse := aside.worse[choice.chosen[0]]:
            return say.tr(
                "If {label} is what counts, choose {best}{worth}: it is best on it, and worse on "
                "{list}.",
                list=worse, **known,
            )  # fmt: skip
        return say.tr("Choose {best}: it is best on {label}{worth}.", **known)
    elsewhere = [
        say.tr("{name} is better on {list}: choose it if that is what you want.",
               name=name, list=better)
        for name, better in zip(names[1:], aside.better, strict=True)
        if better
    ]  # fmt: skip
    if choice.kind == STAY:
        stay = say.tr("Stay with {base}: the others are worse on {label}.", base=base, label=what)
        return say.joined([stay, *elsewhere])
    if elsewhere:
        none = say.tr("No advice on {label}: nothing here is clearly better than {base}.",
                      label=what, base=base)  # fmt: skip
        return say.joined([none, *elsewhere])
    return say.tr(
        "No clear winner on {label}: nothing here clearly beats {base}; take the cheaper one.",
        label=what, base=base,
    )  # fmt: skip
