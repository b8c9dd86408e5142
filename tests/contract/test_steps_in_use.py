"""What a model leaves off is neither compiled nor called, and nothing is different for it."""

from __future__ import annotations

import dataclasses
import functools
import subprocess
import sys

import numpy as np
import pytest
from communities import (
    EVERYTHING,
    OUTSIDE,
    STILL,
    copied,
    fields_changed,
    live_by_hand,
    lived,
    opened,
    setting,
)

from plaza_lab.agents.deal import Form
from plaza_lab.agents.record import first_row
from plaza_lab.sim.day import DAY, MECHANISMS, _steps_of, steps_in_use
from plaza_lab.sim.engine import live_until
from plaza_lab.sim.policy import Review, RuleSet
from plaza_lab.sim.setting import to_record

SWITCHED = {p.__name__.rsplit(".", 1)[1]: p for p in MECHANISMS if hasattr(p, "is_on")}
NEARLY = {**EVERYTHING, "policy.alerts.ruleset": RuleSet.DISABLED}
LIVED, DAYS = 20, 28
MIXES, TRIED = 400, 6


@functools.cache
def mixes():
    """Settings whose every lever and parameter is that of a bare one or that of EVERYTHING."""
    choose = np.random.default_rng(1)
    nobody = {"policy.acquisition.has_referral": False, "world.gaming.farmer_share": 0.0}
    plain = setting(nobody)
    full = setting(EVERYTHING, OUTSIDE, {"policy.moderation.review": Review.FILTER_QUEUE,
                                "policy.partnership.form": Form.PORTFOLIO,
                                "policy.steering.departments": 6,
                                "world.shocks.surge_day": LIVED + 1,
                                "world.shocks.public_event_day": LIVED + 3})  # fmt: skip

    def mixed(one, other):
        if dataclasses.is_dataclass(one):
            names = [field.name for field in dataclasses.fields(one)]
            parts = {name: mixed(getattr(one, name), getattr(other, name)) for name in names}
            return dataclasses.replace(one, **parts)
        return other if choose.random() < share else one

    pairs = []
    for _ in range(MIXES):
        share = choose.choice([0.4, 0.6])
        pairs.append((mixed(plain.policy, full.policy), mixed(plain.world, full.world)))
    return pairs


@pytest.fixture(scope="module")
def found():
    """A community in which everything has happened, and mixes of levers by what they leave off."""
    rows = opened(setting(EVERYTHING), 1, LIVED + DAYS + 1)
    tables = live_until(rows, 0, LIVED)
    off = {name: [] for name in SWITCHED}
    for policy, world in mixes():
        for name, process in SWITCHED.items():
            if len(off[name]) < TRIED and not process.is_on(policy, world):
                off[name].append((to_record(policy), to_record(world)))
    return tables, off


@pytest.mark.parametrize("name", SWITCHED)
def test_a_step_that_says_it_is_off_changes_nothing(found, name):
    tables, off = found
    assert off[name], "no mix of levers leaves it off"
    for policy, world in off[name]:
        community = dataclasses.replace(copied(tables), policy=policy, params=world)
        community.daily[LIVED:] = 0.5  # what the other steps of these days would have noted
        before = copied(community)
        for day in range(LIVED, LIVED + DAYS):
            SWITCHED[name].step(community, day)
        assert not fields_changed(before, community)


@pytest.mark.parametrize("name", SWITCHED)
def test_every_switch_can_be_on(name):
    assert any(SWITCHED[name].is_on(policy, world) for policy, world in mixes())


def test_a_switch_reads_settings_and_records_alike():
    for policy, world in mixes()[:20]:
        rows = first_row(to_record(policy)), first_row(to_record(world))
        assert steps_in_use(policy, world) == steps_in_use(*rows)


@pytest.mark.parametrize("changes", [{}, STILL, NEARLY], ids=["default", "still", "nearly all"])
def test_a_community_is_the_same_whether_idle_steps_are_called_or_not(changes):
    which = setting(changes)
    assert len(steps_in_use(which.policy, which.world)) < len(DAY)
    by_hand = live_by_hand(opened(which, 3, 40, rows=3000), 0, 40)
    assert not fields_changed(by_hand, live_until(opened(which, 3, 40, rows=3000), 0, 40))


def test_where_alerts_move_levers_every_step_is_in_use():
    which = setting({"policy.alerts.ruleset": RuleSet.STRICT})
    assert steps_in_use(which.policy, which.world) == DAY


def test_without_partners_none_of_their_steps_is_called_and_a_form_brings_its_own_alone():
    def called(form):
        which = setting({"policy.partnership.form": form,
                         "policy.partnership.cobrand_units": 500,
                         "policy.fund.brand_week_cents": 1_000_000})  # fmt: skip
        used = steps_in_use(which.policy, which.world)
        return {name for name in forms | shared if SWITCHED[name].step in used}

    shared = {"partnership", "talks", "contract"}
    forms = {form.name.lower() for form in Form} - {"none", "portfolio"}
    assert called(Form.NONE) == set()
    for form in forms - {"points_alliance"}:  # which needs points as well
        assert called(Form[form.upper()]) == shared | {form}


def test_levers_changed_between_two_days_are_seen():
    tables = lived(setting({}), 2, 3)
    tables = dataclasses.replace(tables, policy=tables.policy.copy())
    changed = dataclasses.replace(copied(tables), policy=tables.policy.copy())
    changed.policy[0].incentive.has_levels = 1
    changed.policy[0].incentive.level_count = 3
    levels = SWITCHED["levels"].step
    assert levels not in _steps_of(tables)
    assert levels in _steps_of(changed)


def test_only_the_kernels_in_use_are_loaded():
    code = (
        "from plaza_lab.sim.setting import Setting; from plaza_lab.sim import engine\n"
        "engine.run_one(Setting(), 1, 7)\n"
        "from plaza_lab.sim.day import DAY, steps_in_use\n"
        "used = steps_in_use(Setting().policy, Setting().world)\n"
        "assert all(step.is_ready == (step in used) for step in DAY)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
