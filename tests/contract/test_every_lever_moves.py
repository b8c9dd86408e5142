"""Every lever, at both bounds, moves more than its own column in a community where it can live."""

from __future__ import annotations

import dataclasses
import enum
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from communities import EVERYTHING, VOLUNTEERS, setting

from plaza_lab.agents.deal import Form
from plaza_lab.scenarios.policies.inert import NEEDS, levers_of
from plaza_lab.sim.engine import run_one
from plaza_lab.sim.policy import GROUPS, Policy
from plaza_lab.sim.setting import Setting

EXPLAINED = Path(__file__).with_name("levers_that_move_nothing.yaml")
DAYS, SEEDS, MOST_TIMES = 84, (5, 6, 7), 20.0
WORLD = {
    "population.initial_members": 150,
    "world.mood.is_felt": True, "world.conflict.has_quarrels": True,
    "world.incidents.happen": True, "world.review.is_felt": True, "world.fatigue.is_felt": True,
    "world.funnel.is_tracked": True, "world.purchase.stock_share": 0.1,
    "world.gaming.farmer_share": 0.1, "world.incidents.breach_year": 2.0,
    "world.leaks.leak_year": 1.0, "world.rivals.relative_size": 2.0,
    "world.localising.abroad": 0.3,
}  # fmt: skip
"""What the levers act on is there, and shows within twelve weeks."""


def communities() -> list[dict[str, Any]]:
    """Where levers are tried: with everything in use, in two ways, and with little."""
    known = {f"world.{g.name}.{p.name}" for g in dataclasses.fields(Setting().world)
             for p in dataclasses.fields(getattr(Setting().world, g.name))}  # fmt: skip
    world = {k: v for k, v in WORLD.items() if not k.startswith("world.") or k in known}
    little = world | {"policy.fund.brand_week_cents": 3_000_000}
    return [EVERYTHING | world, VOLUNTEERS | world, little]


FORMS = {
    "alliance": Form.POINTS_ALLIANCE, "cobrand": Form.CO_BRAND, "content": Form.CO_CONTENT,
    "is_disclosed": Form.CO_CONTENT, "joint": Form.JOINT_EVENT, "platform": Form.OPEN_PLATFORM,
    "promo": Form.CO_PROMOTION, "swap": Form.TRAFFIC_SWAP,
}  # fmt: skip
"""Levers of partnership that belong to one form, by the beginning of their names."""


AMONG_MEMBERS = {
    "insiders": {"policy.insiders.staff": 3},
    "trading": {"policy.trading.is_open": True, "policy.trading.certifies": True,
                "policy.trading.mediates": True},
    "assembly": {"policy.assembly.orders_month": 8.0},
}  # fmt: skip
"""Groups of levers that are tried where the group is in use."""


def communities_of(path: str) -> list[dict[str, Any]]:
    """Where a lever is tried: one of a form of partnership where that form is at work."""
    group, _, name = path.partition(".")
    if group in AMONG_MEMBERS:
        return [changes | AMONG_MEMBERS[group] for changes in communities()]
    own = [form for start, form in FORMS.items() if name.startswith(start)]
    if group != "partnership" or not own:
        return communities()
    at_work = {"policy.partnership.form": own[0], "policy.partnership.cobrand_units": 100,
               "policy.partnership.min_fit": 0.0, "policy.partnership.deals": 3,
               "world.partnership.join_value_cents": 100_000}  # fmt: skip
    return [communities()[0] | at_work]


def levers() -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    for group in GROUPS:
        for lever in dataclasses.fields(getattr(Policy(), group)):
            yield f"{group}.{lever.name}", lever


def values(lever: dataclasses.Field[Any], now: Any) -> list[Any]:
    """Both ends of a lever, large ones within twenty times of what it is; every other choice."""
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, enum.Enum):
        return [one for one in type(now) if one != now]
    if isinstance(now, (list, tuple)):
        return [type(now)(reversed([*now[:-1], now[-1] + 2.0]))]
    most = MOST_TIMES * max(abs(now), 1 if isinstance(now, int) else 1.0)
    ends = {lever.metadata["low"], min(lever.metadata["high"], most)}
    return [type(now)(end) for end in sorted(ends) if end != now]


def columns_moved(base: np.ndarray, other: np.ndarray) -> int:
    return int((~((base == other) | (np.isnan(base) & np.isnan(other)))).any(axis=0).sum())


Bases = dict[tuple[str, int, int], np.ndarray]


def moves(path: str, lever: dataclasses.Field[Any], bases: Bases) -> int:
    """Columns that a lever moves in the community, of several tries, in which it moves most."""
    group, _, name = path.partition(".")
    most = 0
    for seed, (place, changes) in itertools.product(SEEDS, enumerate(communities_of(path))):
        usual = setting(changes)
        in_use = group if group in AMONG_MEMBERS else repr(usual.policy.partnership.form)
        at = (in_use, place, seed)
        if at not in bases:
            bases[at] = run_one(usual, seed, DAYS).days
        now = getattr(getattr(usual.policy, group), name)
        for value in values(lever, now):
            try:
                which = setting(changes, {f"policy.{path}": value})
            except ValueError:  # it contradicts another lever, or cannot be so large beside it
                continue
            most = max(most, columns_moved(bases[at], run_one(which, seed, DAYS).days))
            if most > 1:
                return most
    return most


def moved_by_nothing() -> list[str]:
    bases: Bases = {}
    return [path for path, lever in levers() if moves(path, lever, bases) <= 1]


def test_the_explained_levers_are_levers_and_known_needs_name_levers():
    known = {path for path, _ in levers()}
    explained = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}
    assert set(explained) <= known and all(explained.values())
    assert {path for need in NEEDS for path in levers_of(need)} <= known


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_lever_moves_something_or_it_is_explained_why_not(kernels):
    explained = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}
    found = moved_by_nothing()
    assert sorted(set(found) - set(explained)) == []
    assert sorted(set(explained) - set(found)) == [], "these move something now"


if __name__ == "__main__":
    sys.stdout.write("\n".join(moved_by_nothing()) + "\n")
