"""Departments: decisions wait for who has a say, some are lost, and a coordinator helps."""

from __future__ import annotations

import numpy as np
import pytest
from communities import lived, opened, setting

from plaza_lab.engine.plain import plain
from plaza_lab.sim.policy import Form, RuleSet
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import agreement, alert_rules, fund
from plaza_lab.sim.state.alerts import Act

PAID = {"policy.fund.brand_week_cents": 400_000}
MANY = {"policy.steering.departments": 6}
COORDINATED = {**MANY, "policy.steering.has_coordinator": True}
SELLING = {
    "population.initial_members": 100,
    "policy.content.promo_share": 0.9,
    "policy.content.brand_posts_day": 4.0,
    "policy.alerts.ruleset": RuleSet.SOURCE_THRESHOLDS,
    "policy.alerts.min_n": 0,
    **PAID,
}
DEAL = {
    "population.initial_members": 150,
    "policy.fund.brand_week_cents": 1_000_000,
    "policy.partnership.form": Form.CO_MARKETING,
    "policy.partnership.min_fit": 0.0,
    "policy.partnership.deals": 3,
    "policy.partnership.pool": 12,
    "world.partnership.join_value_cents": 100_000,
}


@pytest.mark.mechanism("M139")
@pytest.mark.parametrize(
    ("departments", "coordinated", "wait"),
    [(0, 0, 0.0), (1, 0, 0.9), (4, 0, 0.9), (5, 0, 1.8), (6, 1, 0.9)],
)
def test_a_decision_waits_for_those_whose_field_it_touches(departments, coordinated, wait):
    """A pause of promotion is of marketing and of content: .9 days each, half if coordinated."""
    t = opened(setting({"policy.steering.departments": departments}), 1, 7)
    t.departments_state[0].is_coordinated = coordinated
    areas = int(alert_rules.AREAS[Act.PAUSE])
    waits = [plain(agreement.wait_of)(t, areas, day, 3) for day in range(1000)]
    assert np.mean(waits) == pytest.approx(wait, abs=0.05)
    assert max(waits) <= 2


@pytest.mark.mechanism("M139")
def test_what_is_lost_is_what_one_of_the_departments_refuses():
    """Partners.md 1: 1 - .97^6 of the decisions that all six touch, none where nobody is asked."""
    lost = []
    for departments in (0, 6):
        t = opened(setting({"policy.steering.departments": departments}), 1, 7)
        found = [plain(agreement.is_lost)(t, agreement.ALL, day, 0) for day in range(3000)]
        lost.append(np.mean(found))
    assert lost[0] == 0.0
    assert lost[1] == pytest.approx(1 - 0.97**6, abs=0.02)


@pytest.mark.slow
@pytest.mark.mechanism("M139", "M131")
def test_interventions_begin_later_and_a_coordinator_gets_them_sooner(kernels):
    """M139: from the day on which each act is wanted to the day on which it begins."""
    waits, first = [], []
    for lever in ({}, COORDINATED, MANY):
        lives = [lived(setting(SELLING, lever), seed, 98) for seed in range(1, 7)]
        waits.append(sum(one.daily[:98, mt.DECISIONS_WAITING].sum() for one in lives))
        first.append([begun(one) for one in lives])
    assert waits[0] == 0.0 < waits[1] < waits[2]
    lags = np.subtract(first[2], first[0])  # the same community up to that day
    assert lags.min() >= 0 and lags.max() >= 1


def begun(tables):
    """Day on which the first act began that another department has a say in."""
    log = tables.interventions[: tables.alerting_state[0].n_interventions]
    touches = alert_rules.AREAS[log.act] > 1
    return int(log.day[(log.is_start == 1) & touches][0])


@pytest.mark.slow
@pytest.mark.mechanism("M139")
def test_deals_are_signed_later_and_a_coordinator_is_paid(kernels):
    """Partners.md 6, statement 18, by the lever: later signing, and less for the host of it."""
    first, gain, paid = [], [], []
    for lever in ({}, MANY, COORDINATED):
        lives = [lived(setting(DEAL, lever), seed, 98) for seed in (1, 2, 3, 4)]
        days = [np.flatnonzero(one.daily[:, mt.DEALS_SIGNED]) for one in lives]
        first.append(np.mean([found[0] for found in days]))
        states = [one.partnership_state[0] for one in lives]
        gain.append(sum(s.host_benefit_cents - s.host_cost_cents for s in states))
        rows = [one.journal[: one.fund_state[0].n_journal] for one in lives]
        paid.append(sum(int(one.amount_cents[one.purpose == fund.WAGE].sum()) for one in rows))
    assert first[0] < first[2] < first[1]
    assert gain[0] > gain[1]
    assert paid == [0, 0, 4 * 14 * 100_000]
