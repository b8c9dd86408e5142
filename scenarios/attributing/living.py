"""Runs for attribution: with all channels, and the twins in which one, or several, are off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Stance, Status
from plaza_lab.scenarios.attributing.credit import RULES, shapley, shares, whole_parts
from plaza_lab.scenarios.attributing.touching import (
    PARTNER,
    WINDOW,
    Joined,
    Reached,
    joined,
    live_watched,
)
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint, one_policy
from plaza_lab.sim.engine import lived
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.outcomes import outcomes_with_own
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.tables import Tables

OFF: dict[str, dict[str, Any]] = {
    "paid": {"acquisition.media_week_cents": 0},
    "referral": {"acquisition.has_referral": False, "acquisition.referral_reward_cents": 0},
    "content": {"acquisition.content_share": 0.0},
    "offline": {"acquisition.offline_traffic_week": 0.0},
    "influencer": {"acquisition.influencer_posts_week": 0.0},
    "star": {"acquisition.star_attempts": 0},
    PARTNER: {"partnership.form": Form.NONE},
}
"""How each channel that the operator opens is closed in a twin run."""
RETAINED = 84
"""Days after which a join counts as retained (T64)."""


@dataclass(frozen=True)
class Ended:
    """What a run has come to: joins, of these retained, sales, and what the fund spent."""

    joins: float
    retained: float
    sales_yuan: float
    cost_yuan: float


@dataclass(frozen=True)
class Credited:
    """One run with all channels: joins and cents that each rule credits each channel with."""

    joins: dict[str, dict[str, float]]
    cents: dict[str, dict[str, int]]
    n_joins: int
    n_touches: int
    total_cents: int


@dataclass
class Channels:
    """The channels of a policy, and their twins.

    Parameters
    ----------
    point : DesignPoint
        The policy with all its channels.
    off : dict of str to Setting
        The setting with one channel closed.
    """

    point: DesignPoint
    off: dict[str, Setting] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Days of a run."""
        return 7 * self.point.run.weeks

    @property
    def seeds(self) -> range:
        """Seeds."""
        return range(self.point.run.seed, self.point.run.seed + self.point.run.replicates)

    def without(self, closed: Sequence[str]) -> Setting:
        """The setting with some channels closed."""
        setting = self.point.setting
        policy = setting.policy
        for path, value in (pair for name in closed for pair in OFF[name].items()):
            group, _, lever = path.partition(".")
            changed = dataclasses.replace(getattr(policy, group), **{lever: value})
            policy = dataclasses.replace(policy, **{group: changed})
        return dataclasses.replace(setting, policy=policy)


def channels_of(overrides: Sequence[str]) -> Channels:
    """Find the channels that a policy, with its world, opens, with a twin for each.

    Raises
    ------
    UserError
        If it opens none, changes on a date, or has one run only.
    """
    point = one_policy(list(overrides))
    if point.setting.changes:
        raise UserError("attribution is of a policy that holds throughout; leave out the @")
    if point.run.replicates < 2:
        raise UserError("run.replicates=1: what a channel brings needs 2 or more pairs of runs")
    found = Channels(point)
    for name in OFF:
        twin = found.without([name])
        if twin.policy != point.setting.policy:
            found.off[name] = twin
    if not found.off:
        raise UserError(
            "no channel is open: choose acquisition=mixed, paid_media or another, or a partnership"
        )
    return found


def settings_of(channels: Channels) -> tuple[Setting, ...]:
    """Settings that are lived, so that all their kernels are ready."""
    return channels.point.setting, *channels.off.values()


@dataclass(frozen=True)
class Life:
    """One seed: the run with all channels, and the twins."""

    credited: Credited
    all_on: Ended
    without: dict[str, Ended]
    true_shapley: dict[str, float]


def live_seed(channels: Channels, has_shapley: bool, seed: int) -> Life:
    """Live one seed with all channels and with each closed, or with every set of them."""
    point, days = channels.point, channels.days
    tables, reached = live_watched(point.setting, seed, days)
    market = max(1.0, float(point.setting.world.arrival.market_size))
    touches = joined(tables, reached, market)

    def joins(some: frozenset[str]) -> float:
        setting = channels.without([name for name in channels.off if name not in some])
        return _ended(lived(setting, seed, days), days).joins

    return Life(
        credit(touches, touched_shares(reached, market)),
        _ended(tables, days),
        {name: _ended(lived(one, seed, days), days) for name, one in channels.off.items()},
        shapley(list(channels.off), joins) if has_shapley else {},
    )


def _ended(tables: Tables, days: int) -> Ended:
    first, last = int(tables.run_state[0].n_founders), int(tables.people_state[0].n_rows)
    m, fate = tables.members[first:last], tables.fate[first:last]
    is_real = (m.stance.astype(int) & Stance.FAKE) == 0
    stayed = np.where(fate.status == Status.LEFT, m.left, days).astype(int) - m.joined.astype(int)
    is_old = m.joined <= days - RETAINED
    return Ended(
        float(is_real.sum()), float((is_real & is_old & (stayed >= RETAINED)).sum()),
        float(tables.daily[:days, mt.SALES_YUAN].sum()),
        float(outcomes_with_own(tables, days)["fund_spend_yuan"]),
    )  # fmt: skip


def touched_shares(reached: Reached, market: float) -> dict[str, float]:
    """Share of the market that each channel reaches in the days that count, on the mean."""
    return {
        name: float(1.0 - np.exp(-min(WINDOW, reached.days) * persons.mean() / market))
        for name, persons in reached.persons.items()
    }


def credit(people: Sequence[Joined], touched: dict[str, float]) -> Credited:
    """Credit channels with joins and with what those who joined have bought.

    `touched` is the share of the market that each channel reaches, for what a set of channels
    brings. For every rule, joins sum to the joins, cents to the cents.
    """
    names = sorted({channel for one in people for channel in one.channels})
    joins = {rule: dict.fromkeys(names, 0.0) for rule in RULES}
    cents = {rule: dict.fromkeys(names, 0) for rule in RULES}
    for one in people:
        for rule in RULES[:-1]:
            parts = shares(rule, one.ages)
            money = whole_parts(one.cents, parts)
            for channel, part, own in zip(one.channels, parts, money, strict=True):
                joins[rule][channel] += float(part)
                cents[rule][channel] += own
    total = sum(one.cents for one in people)
    joins["shapley"] = _by_sets(people, names, touched, lambda one: 1.0)
    if people and total > 0:
        worth = _by_sets(people, names, touched, lambda one: float(one.cents))
        weights = np.maximum(0.0, [worth[name] for name in names])
        cents["shapley"] = dict(zip(names, whole_parts(total, weights), strict=True))
    return Credited(joins, cents, len(people), sum(len(one.ages) for one in people), total)


def _by_sets(
    people: Sequence[Joined], names: Sequence[str], touched: dict[str, float],
    worth: Callable[[Joined], float],
) -> dict[str, float]:  # fmt: skip
    """Shapley values of what comes from persons whom no channel beyond a set has touched, a head.

    Persons of the market untouched by the others are the fewer the more the others reach.
    """
    rows: dict[frozenset[str], float] = {}
    for one in people:
        key = frozenset(one.channels)
        rows[key] = rows.get(key, 0.0) + worth(one)

    def value(some: frozenset[str]) -> float:
        left = 1.0
        for name in names:
            left *= 1.0 if name in some else 1.0 - touched.get(name, 0.0)
        return sum(got for key, got in rows.items() if key <= some) / max(left, 1e-9)

    return shapley(names, value)
