"""Leaving and falling silent: survival at constant hazard, frailty, newcomers, dropout."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, UNMOVED, lived, opened, setting

from plaza_lab.agents.decisions.leaving import exit_hazard, quit_probability
from plaza_lab.agents.member import Status
from plaza_lab.agents.packed import as_part
from plaza_lab.engine.plain import plain
from plaza_lab.sim.engine import live_until

PLAIN = {
    **CLOSED,
    **UNMOVED,
    "population.initial_members": 1000,
    "population.ties": 0.0,
    "world.visiting.activity_factor": 0.0,
    "world.churn.newcomer_days": 0,
    "world.churn.belonging_weight": 0.0,
    "world.churn.satisfaction_weight": 0.0,
    "world.churn.trust_weight": 0.0,
    "world.churn.strong_tie_weight": 0.0,
    "world.churn.load_weight": 0.0,
    "world.churn.silent_weight": 0.0,
}
"""Nothing moves the hazard of leaving."""


def survival(changes, seeds=range(12), days=364):
    """Share of members of day 0 still there at the end of each day."""
    left = np.concatenate(
        [lived(setting(PLAIN, changes), s, days).members.left[:1000] for s in seeds]
    )
    return np.array([(left > day).mean() for day in range(days)]), left.size


@pytest.mark.parametrize("variance", [0.01, 0.5, 2.0])
def test_survival_is_that_of_a_constant_hazard_under_frailty(kernels, variance):
    """S(t) = (1 + v h t) ** (-1 / v), exponential as v falls to 0; 12,000 members, 4 errors."""
    hazard = 0.005
    seen, n = survival({"world.churn.established_hazard": hazard,
                        "world.activity.frailty_variance": variance})  # fmt: skip
    days = np.arange(1, 365)
    expected = (1 + variance * hazard * days) ** (-1 / variance)
    error = np.sqrt(expected * (1 - expected) / n)
    assert (np.abs(seen - expected) < 4.5 * error).all()


def test_without_frailty_it_is_exponential(kernels):
    seen, n = survival({"world.churn.established_hazard": 0.01,
                        "world.activity.frailty_variance": 0.01})  # fmt: skip
    for day in (30, 100, 200):
        expected = np.exp(-0.01 * day)
        assert abs(seen[day - 1] - expected) < 4 * np.sqrt(expected * (1 - expected) / n) + 0.003


def test_default_hazard_keeps_80_percent_a_year():
    """W18, F40: 1 - .80 ** (1 / 52) = .428 % a week."""
    default = setting().world.churn.established_hazard
    assert np.exp(-364 * default) == pytest.approx(0.80, abs=0.005)
    assert pytest.approx(0.00428, abs=5e-6) == 1 - 0.80 ** (1 / 52)


def test_zero_hazard_keeps_everybody(kernels):
    assert survival({"world.churn.established_hazard": 0.0}, range(2), 200)[0].min() == 1.0


def test_newcomers_leave_as_many_times_as_said(kernels):
    """Four times the hazard in the first 28 days of members, 12 runs."""
    slow = {
        "world.churn.established_hazard": 0.002,
        "world.churn.newcomer_days": 28,
        "world.churn.newcomer_factor": 4.0,
        "world.activity.frailty_variance": 0.01,
    }
    seen, _ = survival(slow, days=120)
    early = -np.log(seen[20]) / 21
    late = -np.log(seen[119] / seen[40]) / 79
    assert early / late == pytest.approx(4.0, rel=0.15)


def member_and_world(**changes):
    tables = opened(setting(PLAIN, {f"world.churn.{k}": v for k, v in changes.items()}), 1, 7)
    return tables.members[0], (tables, tables.policy[0], tables.params[0])


@pytest.mark.parametrize(("state", "low", "high", "weight"), [
    ("belonging", 0.1, 0.9, "belonging_weight"), ("satisfaction", 0.1, 0.9, "satisfaction_weight"),
    ("trust", 0.1, 0.9, "trust_weight"), ("n_strong", 0, 3, "strong_tie_weight"),
])  # fmt: skip
def test_each_bond_divides_the_hazard_by_its_exponential(kernels, state, low, high, weight):
    """Causal skeleton, item 2: terms add on the log hazard."""
    m, around = member_and_world(**{weight: 0.8})
    hazards = []
    for value in (low, high):
        m[state] = value
        hazards.append(plain(exit_hazard)(m, 100, False, *around))
    ratio = np.log(hazards[0] / hazards[1])
    assert ratio == pytest.approx(0.8 * (high - low), rel=1e-5)


def test_overload_dues_and_silence_raise_the_hazard(kernels):
    m, around = member_and_world(load_weight=0.4, dues_weight=0.3, silent_weight=0.7)
    m.belonging = 0.0
    base = plain(exit_hazard)(m, 100, False, *around)
    assert np.log(plain(exit_hazard)(m, 100, True, *around) / base) == pytest.approx(0.7)
    around[0].dues_state[0].dues_share = 1.0
    assert np.log(plain(exit_hazard)(m, 100, False, *around) / base) == pytest.approx(0.3)
    around[0].dues_state[0].dues_share = 0.0
    m.load = 1.0
    assert np.log(plain(exit_hazard)(m, 100, False, *around) / base) == pytest.approx(0.4)


def test_dropout_is_the_member_s_own_in_a_neutral_mood(kernels):
    """BG/NBD: the logit moves with belonging and satisfaction around .3 and .5."""
    m, around = member_and_world(belonging_weight=1.5, satisfaction_weight=1.5)
    m.belonging, m.satisfaction, m.quit = 0.3, 0.5, plain(as_part)(0.2)
    assert plain(quit_probability)(m, *around) == pytest.approx(0.2, rel=1e-6)
    m.belonging = 0.8
    assert plain(quit_probability)(m, *around) < 0.12


def test_the_silent_come_back_at_their_hazard(kernels):
    """Return hazard .006 a day falling e-fold in 120 days: of 1,000 silent, 1 - exp(-H) return."""
    back = {**PLAIN, **FAITHFUL, "world.visiting.activity_factor": 1.0,
            "world.churn.lurker_quit": 0.0, "world.churn.return_hazard": 0.01,
            "world.activity.weekday": [1.0] * 7, "world.activity.lurker_share": 0.99,
            "world.activity.core_share": 0.0, "world.activity.lurker_posting": 0.0,
            "world.help.answer_base": -20.0}  # fmt: skip
    returned = 0
    for seed in range(6):
        tables = opened(setting(back), seed, 60)
        n = 1000
        tables.fate.status[:n] = Status.SILENT
        tables.fate.visit_hazard[:n] = 0.01
        tables.members.last_visit[:n] = -1
        tables.people_state[0].n_silent = n
        tables = live_until(tables, 0, 60)
        returned += (tables.members.last_visit[:n] >= 0).sum()
    # between reviews the hazard is that of the last review: up to 7 days old
    days = np.arange(60)
    cumulated = (0.01 * np.exp(-(days - 3.0) / 120.0)).sum()
    expected = 1 - np.exp(-cumulated)
    error = np.sqrt(expected * (1 - expected) / 6000)
    assert abs(returned / 6000 - expected) < 4 * error + 0.01
