"""Deals against their equations: split to the cent, bargaining, effort, trust, disputes, reach."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import STILL, opened, setting

from plaza_lab.agents.decisions import bargaining
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.partners.co_marketing import reached_by
from plaza_lab.sim.mechanisms.partners.contract import Params
from plaza_lab.sim.policy import (
    Consent,
    Form,
    IncompatiblePolicy,
    Scope,
    Split,
)
from plaza_lab.sim.state import deals, fund

P = Params()


@pytest.mark.mechanism("M113")
@pytest.mark.parametrize(
    ("cents", "one", "two", "parts"),
    [
        (100_001, 60, 40, (60_001, 40_000)),
        (1, 50, 50, (1, 0)),
        (10_000, 70, 50, (5_833, 4_167)),
        (7, 0, 0, (4, 3)),
        (0, 1, 2, (0, 0)),
    ],
)
def test_parts_are_whole_cents_and_sum_to_all(cents, one, two, parts):
    """Largest remainder, ties to the first."""
    assert plain(deals.parts)(cents, float(one), float(two)) == parts


def test_who_is_more_patient_gets_more():
    """Patience .9 and .8: 5/7 for who offers first, as Rubinstein says; alike and patient: half."""
    assert plain(bargaining.demand)(0.9, 0.8) == pytest.approx(5 / 7)
    assert plain(bargaining.demand)(0.8, 0.9) == pytest.approx((1 - 0.9) / (1 - 0.72))
    assert plain(bargaining.demand)(0.9999, 0.9999) == pytest.approx(0.5, abs=1e-4)
    steps = [plain(bargaining.offer)(0.5, k) for k in range(4)]
    assert steps == sorted(steps) and steps[0] == pytest.approx(0.2) and steps[-1] < 0.5


def test_offers_are_accepted_as_in_ultimatum_games():
    """Oosterbeek et al. 2004: two fifths are mostly taken, a fifth is refused by half; no loss."""
    assert plain(bargaining.accepts)(0.4, 0.11) == pytest.approx(0.84, abs=0.005)
    assert plain(bargaining.accepts)(0.2, 0.11) == pytest.approx(0.455, abs=0.01)
    assert plain(bargaining.accepts)(-0.001, 0.11) == 0.0


def test_nobody_proposes_without_gain():
    assert plain(bargaining.proposes)(1000.0, 1000.0) == 0.0
    assert plain(bargaining.proposes)(3000.0, 1000.0) == pytest.approx(1 - math.exp(-0.03))


def test_shares_never_bring_full_effort_and_trust_matters():
    """Holmstrom 1982; partners.md 6, 3: half of what full effort brings, at equal shares."""
    assert plain(bargaining.effort)(0.5, 1.0, 1.0) == 0.5
    assert plain(bargaining.effort)(1.0, 1.0, 1.0) == 1.0
    assert plain(bargaining.effort)(1.0, 1.0, 0.25) == 0.5


@pytest.mark.mechanism("M103")
def test_trust_grows_slowly_and_falls_fast():
    """Partners.md 6, 4: twelve plain reviews from .6 give .755; loss is ten times gain."""
    trust = 0.6
    for _ in range(12):
        trust = plain(bargaining.trust_after)(trust, 1.0, 0.0, 0.0, P)
    assert trust == pytest.approx(0.755, abs=0.001)
    assert plain(bargaining.trust_after)(0.6, 1.0, 2.0, 0.0, P) - 0.6 == pytest.approx(0.032)
    assert plain(bargaining.trust_after)(0.6, 0.45, 0.0, 0.0, P) == pytest.approx(0.48)
    assert plain(bargaining.trust_after)(0.6, 1.0, 0.0, 0.5, P) < 0.6


@pytest.mark.mechanism("M113")
@pytest.mark.parametrize(("excess", "in_half_a_year"), [(0.30, 0.933), (0.20, 0.453), (0.0, 0.030)])
def test_disputes_follow_unfair_shares(excess, in_half_a_year):
    """Partners.md 6, 5: shares 40 points off, tolerated 10 or 20; and shares within tolerance."""
    hazard = plain(bargaining.dispute_hazard)(excess, 0.5, P)
    assert 1 - math.exp(-6 * hazard) == pytest.approx(in_half_a_year, abs=0.001)


def test_mediation_and_open_books_mend():
    chances = [
        plain(bargaining.mends)(mediated, is_open, 0.5)
        for mediated, is_open in ((0, 0), (0, 1), (1, 0), (1, 1))
    ]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(1 / (1 + math.exp(0.5)))


def test_beliefs_follow_what_is_seen():
    """A scalar filter: sure of itself it stays, unsure it follows; variance falls."""
    assert plain(bargaining.learned)(100.0, 0.0, 500.0, 0.4) == (100.0, 0.0)
    belief, variance = plain(bargaining.learned)(100.0, 1600.0, 200.0, 0.4)
    assert (belief, variance) == pytest.approx((150.0, 800.0))


def test_splits_stop_at_what_is_money():
    assert plain(bargaining.kept_after_split)(0.0, 100.0, 0.5, 1.0) == 50.0
    assert plain(bargaining.kept_after_split)(0.0, 100.0, 0.5, 0.2) == 20.0
    assert plain(bargaining.kept_after_split)(100.0, 0.0, 0.5, 0.2) == 80.0


@pytest.mark.mechanism("M105")
def test_reach_runs_into_the_audience():
    """Partners.md 6, 8: 25,000 yuan at .5 a person reach 31,606 of 50,000."""
    assert plain(reached_by)(50_000.0, 2_500_000.0, 50.0) == pytest.approx(31_606, abs=1)
    assert plain(reached_by)(0.0, 2_500_000.0, 50.0) == 0.0
    assert plain(reached_by)(50_000.0, 1e12, 50.0) == pytest.approx(50_000)


def test_a_small_quiet_or_scandalous_host_looks_worse():
    usual = (500.0, 0.3, 0.0, 0.2, 0.0)
    assert plain(bargaining.look)(*usual) == pytest.approx(1.0)
    for worse in ((50.0, 0.3, 0, 0.2, 0), (500.0, 0.03, 0, 0.2, 0), (500.0, 0.3, 2, 0.2, 0),
                  (500.0, 0.3, 0, 0.4, 0), (500.0, 0.3, 0, 0.2, 1)):  # fmt: skip
        assert plain(bargaining.look)(*worse) < 0.9


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"policy.partnership.host_share": 0.5, "policy.partnership.partner_share": 0.4},
         "sum to 0.9; make them sum to 1"),
        ({"policy.partnership.partner_share": -0.5}, "is no share"),
        ({"policy.partnership.term_weeks": 4, "policy.partnership.review_weeks": 8},
         "is after the end of the contract"),
        ({"policy.partnership.data_scope": Scope.USER_LEVEL,
          "policy.data_policy.consent": Consent.NOT_ASKED}, "need the members' consent"),
        ({"policy.partnership.split": Split.FIXED_FEE}, "a fixed fee of 0"),
    ],
)  # fmt: skip
def test_impossible_contracts_are_refused_in_one_line(changes, line):
    usual = {"policy.partnership.form": Form.CO_MARKETING,
             "policy.fund.brand_week_cents": 300_000}  # fmt: skip
    setting(usual)
    with pytest.raises(IncompatiblePolicy) as error:
        setting(usual, changes)
    assert line in str(error.value) and "\n" not in str(error.value)


def test_purses_are_the_account_of_partners(kernels):
    """Whatever is filled, spent, granted: purses sum to the account, nothing is overdrawn."""
    t = opened(setting(STILL, {"population.initial_members": 5}), 1, 7)
    t.balances[fund.BRAND_POOL], t.balances[fund.BRAND] = 5_000, -5_000
    day = np.int64(0)
    plain(deals.fill)(t, day, 0, np.int64(1_000))
    plain(deals.fill)(t, day, 3, np.int64(500))
    assert plain(deals.spend)(t, day, fund.CAMPAIGN, 0, fund.OUTSIDE, np.int64(4_000)) == 1_000
    assert plain(deals.host_pays)(t, day, fund.PARTNER_BENEFIT, 3, np.int64(9_000)) == 5_000
    assert t.partners.purse_cents[[0, 3]].tolist() == [0, 5_500]
    assert t.partners.purse_cents.sum() == t.balances[fund.PARTNER]
    assert t.balances.sum() == 0
    rows = t.journal[: t.fund_state[0].n_journal]
    assert rows.member.tolist() == [-2, -5, -2, -5, -5]
