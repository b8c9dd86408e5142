"""Eight acts whose effect was measured outside, and what the same act does here.

Act, outcome and number were fixed before anything was measured. A single number is reached within a
factor of two, a range inside it; an act with two numbers is reached when both are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.agents.member import Contact, Route
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.experiments.execute import observe
from plaza_lab.scenarios.validation.chronicle import Chronicle
from plaza_lab.scenarios.validation.lab import COMMUNITIES, Lab
from plaza_lab.scenarios.validation.patterns import PATTERNS, Measure, of
from plaza_lab.sim.engine import day_by_day, lived

if TYPE_CHECKING:
    from plaza_lab.sim.setting import Setting
    from plaza_lab.sim.tables import Tables

YEAR, MONTH, TRIAL = 364, 28, 14
PAYS = ("entry=open", "fund=brand_funded", "fund.brand_week_cents=500000")
LARGE = (*PAYS, "population.initial_members=2000")
OWN: dict[str, tuple[str, ...]] = {
    "pays": PAYS,
    "honours": (*PAYS, "incentive.has_badges=true", "incentive.badge_share=0.01"),
    "honours newcomers": (*PAYS, "incentive.has_newcomer_award=true"),
    "rewarded referral": (*LARGE, "acquisition=rewarded_referral"),
    "offers": (*LARGE, "crm=segments"),
    "no offers": (*LARGE, "crm=disabled"),
}
"""Communities that are lived for the acts beside those of the patterns, as overrides."""


@dataclass(frozen=True)
class Act:
    """An act, and one number of it.

    From ``low`` to ``high`` it counts as reached: the range found outside, or half to twice the
    number; ``outside`` and ``source`` are what was found, and by whom; ``measure`` the same here,
    NaN where a community is too small to tell.
    """

    act: str
    outcome: str
    low: float
    high: float
    outside: str
    source: str
    measure: Measure


def _pattern(number: int) -> Measure:
    (one,) = (pattern for pattern in PATTERNS if pattern.number == number)
    return one.statistics[0].measure


def taking_part(plain: Chronicle, shown: Chronicle) -> float:
    """Newcomers who post within two weeks where rules are shown, over those where they are not."""

    def share(seen: Chronicle) -> float:
        new = (seen.joined >= 0) & (seen.joined < seen.n_days - TRIAL)
        soon = seen.threads.day - seen.joined[seen.threads.author] < TRIAL
        wrote = np.zeros(seen.joined.size, bool)
        wrote[seen.threads.author[soon]] = True
        return float(wrote[new].mean())

    return share(shown) / share(plain)


def referred_refer(lab: Lab, seed: int) -> float:
    """Invitations of newcomers who were invited, over those of who found it by themselves."""
    t = lived(lab.setting("rewarded referral"), seed, YEAR)
    rows = slice(int(t.run_state[0].n_founders), int(t.people_state[0].n_rows))
    sent, route = t.members.invited[rows].astype(float), t.members.route[rows]
    days = YEAR - t.members.joined[rows]
    per_day = [
        sent[route == way].sum() / days[route == way].sum()
        for way in (Route.REFERRAL, Route.ORGANIC)
    ]
    return per_day[0] / per_day[1] if per_day[1] > 0 else math.nan


def _acts(t: Tables, n: int) -> np.ndarray:
    """Messages and answers of today by row; int64[n]."""
    found = np.zeros(n, np.int64)
    here = t.visitors[: t.people_state[0].n_visitors].astype(np.int64)
    rows = t.members[here]
    found[here] = rows.posts_today.astype(int) + rows.replies_today + rows.answers_today
    return found


def honoured_do(community: str, newcomers: bool, after: Callable[[np.ndarray], float]) -> Measure:
    """What those who were honoured do in the four weeks after, over the same people without."""

    def measure(lab: Lab, seed: int) -> float:
        honoured, acts = _honoured(lab.setting(community), seed)
        _, plain = _honoured(lab.setting("pays"), seed)
        done, undone = [], []
        for day, uid in honoured:
            if newcomers or uid in plain:
                done.append(after(acts[uid][day + 1 : day + 1 + MONTH]))
                other = plain.get(uid)
                undone.append(after(other[day + 1 : day + 1 + MONTH]) if other is not None else 0.0)
        return float(np.sum(done) / np.sum(undone)) if np.sum(undone) > 0 else math.nan

    return measure


def _honoured(setting: Setting, seed: int) -> tuple[list[tuple[int, int]], dict[int, np.ndarray]]:
    """First honours (day, person) of the first eleven months, and everybody's acts by day."""
    by_day, honoured = [], []
    known: set[int] = set()
    for day, t in enumerate(day_by_day(setting, seed, YEAR), -1):
        n = int(t.people_state[0].n_rows)
        if day < 0:
            continue
        by_day.append(_acts(t, n))
        if day < YEAR - MONTH - 1:
            for i in np.flatnonzero(t.members.honour[:n] > 0):
                uid = int(t.fate.uid[i])
                if uid not in known:
                    known.add(uid)
                    honoured.append((day, uid))
    table = np.zeros((YEAR, n), np.int64)
    for day, found in enumerate(by_day):
        table[day, : found.size] = found
    return honoured, {int(t.fate.uid[i]): table[:, i] for i in range(n)}


def offered_do(what: str) -> Measure:
    """Visits, or purchases, of members on days they hold an offer, over the same without offers."""

    def measure(lab: Lab, seed: int) -> float:
        holders: list[np.ndarray] = []
        offered = _counted(lab.setting("offers"), seed, what, holders)
        plain = _counted(lab.setting("no offers"), seed, what, holders)
        return offered / plain if plain > 0 else math.nan

    return measure


def _counted(setting: Setting, seed: int, what: str, holders: list[np.ndarray]) -> float:
    """Acts of day-0 members on days on which they hold an offer; fills ``holders`` if empty."""
    first, total, is_noted, before = 0, 0, not holders, np.zeros(0, int)
    for day, t in enumerate(day_by_day(setting, seed, YEAR), -1):
        first = first or int(t.run_state[0].n_founders)
        bought = t.members.buys[:first].astype(int)
        if day >= 0:
            did = bought - before
            if what == "visits":
                did = np.zeros(first, int)
                here = t.visitors[: t.people_state[0].n_visitors].astype(np.int64)
                did[here[here < first]] = 1
            total += int(did[holders[day]].sum())
        before = bought
        if is_noted:
            holders.append(t.members.contact[:first] & Contact.OFFERED > 0)
    return float(total)


ACTS: tuple[Act, ...] = (
    Act("rules shown to newcomers", "their compliance, points", 4.0, 16.0, "+8",
        "Matias 2019", _pattern(24)),
    Act("rules shown to newcomers", "newcomers who post, times", 1.35, 2.4, "+70 %",
        "Matias 2019", of(taking_part, "strict", "strict with rules")),
    Act("a referral reward", "invitations of the invited over those of others", 1.31, 1.57,
        "31 to 57 % more", "Gershon & Jiang 2024", referred_refer),
    Act("an e-mail offer that fits", "visits while it is held, times", 1.42, 1.73,
        "10.6 to 15.1 and 18.3 %", "Hillstrom 2008", offered_do("visits")),
    Act("an e-mail offer that fits", "purchases while it is held, times", 1.5, 2.2,
        "x1.5 and x2.2", "Hillstrom 2008", offered_do("purchases")),
    Act("cash for an act", "first unit of cash / two units", 0.4, 1.6, ".81", "Thornton 2008",
        _pattern(19)),
    Act("a first post answered", "odds ratio of return", 1.0, 1.8, "1.0 to 1.8",
        "Joyce & Kraut 2006", _pattern(18)),
    Act("an award to the top 1 %", "output of the honoured in four weeks, times", 1.3, 2.2,
        "+60 %", "Restivo & van de Rijt 2012",
        honoured_do("honours", False, lambda acts: float(acts.sum()))),
    Act("an award to newcomers", "active in the four weeks after, times", 1.1, 1.4, "+20 %",
        "Gallus 2017",
        honoured_do("honours newcomers", True, lambda acts: float(acts.any()))),
    Act("paid arrivals", "odds ratio of return", 0.25, 0.60, ".25 to .60",
        "October surges, three repositories", _pattern(20)),
    Act("a partner with fit 1 against fit 0", "newcomers through it, times", 1.1, 7.0,
        "1.1 to 7", "Hillstrom 2008", _pattern(23)),
)  # fmt: skip
"""The acts of the table; an act with two lines is reached when both are."""

GROUPS = {"an award to newcomers": "an award to the top 1 %"}
"""Acts that count as one with another: awards."""


@dataclass(frozen=True, eq=False)
class Measured:
    """An act, and its number in communities of several seeds."""

    act: Act
    values: np.ndarray

    @property
    def middle(self) -> float:
        """Median over the seeds that can tell."""
        told = self.values[np.isfinite(self.values)]
        return float(np.median(told)) if told.size else math.nan

    @property
    def is_reached(self) -> bool:
        """Whether it lies where the number found outside asks for."""
        return self.act.low <= self.middle <= self.act.high


def measure_acts(seeds: Sequence[int], progress: Progress) -> list[Measured]:
    """Measure every act at some seeds, in the order of :data:`ACTS`; what fails is raised."""
    lab, failures = Lab((), COMMUNITIES | OWN), list[str]()
    measures = [one.measure for one in ACTS]
    rows = observe(
        partial(lab.measured, measures), seeds, lab.settings, failures, progress=progress
    )
    if failures:
        raise RuntimeError(failures[0])
    table = np.array(rows, float)
    return [Measured(one, table[:, k]) for k, one in enumerate(ACTS)]


def reached(found: Sequence[Measured]) -> tuple[int, int]:
    """Acts whose every number is reached, and acts in all."""
    by_act: dict[str, bool] = {}
    for one in found:
        name = GROUPS.get(one.act.act, one.act.act)
        by_act[name] = by_act.get(name, True) and one.is_reached
    return sum(by_act.values()), len(by_act)
