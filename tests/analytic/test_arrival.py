"""Arrival: Poisson counts with the mean of their exposure, the Bass curve, the gate."""

from __future__ import annotations

import numpy as np
import pytest
from communities import FAITHFUL, daily, live_by_hand, opened, setting
from scipy import integrate, stats

from plaza_lab.agents.member import Route
from plaza_lab.sim.recording import metrics as mt

ALONE = {
    **FAITHFUL,
    "population.initial_members": 20,
    "policy.acquisition.has_referral": False,
    "world.arrival.quality_pull": 0.0,
    "world.arrival.q_imitation": 0.0,
    "world.prospects.unlike": 0.0,
}
"""Only people who find the community by themselves."""


def test_arrivals_are_poisson_with_the_mean_of_their_exposure(kernels):
    """1e6 x 3e-6 = 3 a day (less those already gone): 40 runs of 100 days, 4 standard errors."""
    rate = {"world.arrival.market_size": 1e6, "world.arrival.p_external": 3e-6}
    counts = daily(setting(ALONE, rate), "applicants", range(40), 100)
    n = counts.size
    expected = 3.0 * (1 - 2e-5 - 1.5e-4)
    assert abs(counts.mean() - expected) < 4 * np.sqrt(expected / n)
    assert abs(counts.var(ddof=1) / counts.mean() - 1) < 4 * np.sqrt(2 / n)
    observed = np.bincount(counts.astype(int).ravel(), minlength=9)[:9]
    law = stats.poisson.pmf(np.arange(9), counts.mean()) * n
    assert stats.chisquare(observed[:9] * law.sum() / observed.sum(), law, ddof=1).pvalue > 1e-4


def test_arrivals_of_neighbouring_days_are_independent(kernels):
    rate = {"world.arrival.market_size": 1e6, "world.arrival.p_external": 3e-6}
    counts = daily(setting(ALONE, rate), "applicants", range(40), 100)
    today, tomorrow = counts[:, :-1].ravel(), counts[:, 1:].ravel()
    assert abs(np.corrcoef(today, tomorrow)[0, 1]) < 4 / np.sqrt(today.size)


def test_a_trend_multiplies_the_external_hazard(kernels):
    rate = {"world.arrival.market_size": 1e7, "world.arrival.p_external": 3e-7,
            "world.arrival.trend": 0.01}  # fmt: skip
    counts = daily(setting(ALONE, rate), "applicants", range(40), 100).sum(axis=0)
    expected = 40 * 3.0 * np.exp(0.01 * np.arange(100))
    assert abs(counts.sum() - expected.sum()) < 4 * np.sqrt(expected.sum())
    assert abs(counts[50:].sum() - expected[50:].sum()) < 4 * np.sqrt(expected[50:].sum())


def test_a_small_market_runs_dry(kernels):
    """M (1 - exp(-p t)) have come, and never more than there are."""
    rate = {"world.arrival.market_size": 520.0, "world.arrival.p_external": 0.02,
            "world.entry.join_base": 20.0}  # fmt: skip
    come = daily(setting(ALONE, rate), "joins", range(30), 200).cumsum(axis=1)
    assert come.max() <= 500
    share = 1 - (1 - 0.02) ** np.arange(1, 201)  # the market is looked at once a day
    error = np.sqrt(share * (1 - share) / 500 / 30)
    assert (np.abs(come.mean(axis=0) / 500 - share) < 5 * error + 0.002).all()


LIVELY = {
    **FAITHFUL,
    "policy.acquisition.has_referral": False,
    "world.arrival.quality_pull": 0.0,
    "world.prospects.unlike": 0.0,
    "world.entry.join_base": 20.0,
    "world.activity.lurker_share": 0.0,
    "world.activity.core_share": 0.0,
    "world.activity.rate_shape": 10.0,
    "world.activity.rate_weeks": 0.3,
    "world.activity.dropout_a": 0.01,
    "world.activity.dropout_b": 500.0,
    "world.activity.posts_ln_mean": -2.0,
    "world.activity.posts_ln_sd": 0.0,
    "world.activity.attention_ln_mean": 0.0,
    "world.activity.first_belonging": 0.4,
    "world.belonging.belonging_gain": 0.0,
    "world.belonging.belonging_decay": 0.0,
    "world.belonging.satisfaction_gain": 0.0,
    "world.belonging.harm_weight": 0.0,
    "world.belonging.trust_gain": 0.0,
    "world.belonging.trust_loss": 0.0,
    "world.review.removal_trust": 0.0,
    "policy.stewarding.volunteers_per_100": 0.0,
    "world.churn.lurker_quit": 0.0,
}
"""Everybody is active at once, feels the same for ever, and nobody leaves."""


def mean_belonging() -> float:
    """Mean of .4 exp(.3 z), clipped as a newcomer's belonging is."""
    z = np.linspace(-8, 8, 4001)
    return float(np.average(np.clip(0.4 * np.exp(0.3 * z), 0.02, 0.9), weights=stats.norm.pdf(z)))


def test_word_of_mouth_follows_the_bass_curve(kernels):
    """Science A.1: dF/dt = (p + q F)(1 - F), all members active, advocacy of weight 1.

    10 runs of 150 days in a market of 2,000. Newcomers need a day or two before they count as
    active and word of mouth looks at yesterday, so the curve may lag the equation by 3 days.
    """
    p, q, market, founders = 0.002, 0.05, 2000, 20
    bass = setting(LIVELY, {
        "population.initial_members": founders, "world.arrival.market_size": float(market),
        "world.arrival.p_external": p, "world.arrival.q_imitation": q,
        "world.arrival.advocacy_neutral": (1.0 + mean_belonging()) / 3.0,
    })  # fmt: skip
    members = daily(bass, "members", range(10), 150) / market
    mean, error = members.mean(axis=0), members.std(axis=0, ddof=1) / np.sqrt(10)
    days = np.arange(1, 151)
    curve = integrate.solve_ivp(
        lambda t, f: (p + q * f) * (1 - f), (0, 150), [founders / market], t_eval=days, rtol=1e-8
    ).y[0]
    late = np.interp(days - 3, days, curve)
    assert (mean < curve + 4 * error + 0.005).all()
    assert (mean > late - 4 * error - 0.005).all()
    peak = np.argmax(np.convolve(np.diff(mean), np.ones(9) / 9, "same"))
    start = np.log(1 + q / p * founders / market) / (p + q)  # head start that the founders give
    assert peak == pytest.approx(np.log(q / p) / (p + q) - start, abs=12)


def test_every_route_can_be_the_only_one(kernels):
    """R09: joins by each route, each alone."""
    none = {
        "world.arrival.q_imitation": 0.0,
        "world.arrival.p_external": 0.0,
        "policy.acquisition.has_referral": False,
        "population.initial_members": 200,
        "policy.fund.brand_week_cents": 1_000_000,
    }
    only = {
        "joins_organic": {"world.arrival.p_external": 1e-3},
        "joins_word_of_mouth": {"world.arrival.q_imitation": 0.05},
        "joins_referral": {"policy.acquisition.has_referral": True,
                           "world.referral.invite_visit": 0.5, "world.referral.accept_base": 2.0},
        "joins_paid": {"policy.acquisition.media_week_cents": 200_000},
        "joins_partner": {"policy.partnership.form": 1, "policy.partnership.min_fit": 0.0,
                          "world.partnership.negotiation_days": 2,
                          "world.partnership.join_value_cents": 100_000},
    }  # fmt: skip
    for route, change in only.items():
        tables = live_by_hand(opened(setting(none, change), 3, 60, 6000), 0, 60)
        joined = tables.daily[:60, mt.JOINS].sum()
        assert joined > 3, route
        assert tables.daily[:60, mt.NAMES.index(route)].sum() == joined, route


def test_the_more_willing_come_first(kernels):
    """Gamma willingness of relative variance v: of exposure h, a share 1 - (1 + v h)^(-1/v) comes.

    Everybody is exposed to .01 a day for 200 days; 30 runs in a market of 500 beside the founders.
    """
    rate = {"world.arrival.market_size": 520.0, "world.arrival.p_external": 0.01,
            "world.entry.join_base": 20.0}  # fmt: skip
    for unlike in (0.5, 1.0, 2.0):
        which = setting(ALONE, rate, {"world.prospects.unlike": unlike})
        come = daily(which, "joins", range(30), 200).cumsum(axis=1) / 500
        share = 1 - (1 + unlike * 0.01 * np.arange(1, 201)) ** (-1 / unlike)
        assert (np.abs(come.mean(axis=0) - share) < 0.02).all()


@pytest.mark.parametrize(
    ("yuan", "units"), [(20, 0.1), (400, 2.0), (2000, 3 * (1 + np.log(10 / 3)))]
)
def test_the_lure_of_pay_follows_its_law(kernels, yuan, units):
    """exp(.4 (1 - exp(-y / 20) + .54 / 1.37 units)), in units of 200 yuan."""
    pay = {
        "world.arrival.market_size": 1e8, "world.arrival.p_external": 5e-8,
        "policy.incentive.oneoff_cents": 100 * yuan, "policy.incentive.oneoff_weeks": 52,
        "policy.incentive.oneoff_related": 1.0, "policy.fund.brand_week_cents": 10**10,
    }  # fmt: skip
    counts = daily(setting(ALONE, pay), "applicants", range(20), 60)
    expected = 5.0 * np.exp(0.4 * (1 - np.exp(-yuan / 20) + 0.54 / 1.37 * units))
    assert abs(counts.mean() - expected) < 4 * np.sqrt(expected / counts.size)


def test_money_buys_visitors_at_their_price(kernels):
    """1,500 yuan a week at 15 yuan a visitor are 100 visitors a week."""
    media = {
        "policy.acquisition.media_week_cents": 150_000,
        "policy.fund.brand_week_cents": 150_000,
        "world.arrival.p_external": 0.0,
        "world.arrival.market_size": 1e8,
    }
    counts = daily(setting(ALONE, media), "applicants", range(20), 70).sum()
    assert abs(counts - 20 * 1000) < 4 * np.sqrt(20 * 1000)


GATE = {**ALONE, "world.arrival.market_size": 1e7, "world.arrival.p_external": 4e-6}


def share_joining(change, seeds=range(12), days=60):
    which = setting(GATE, change)
    came = daily(which, "applicants", seeds, days).sum()
    return daily(which, "joins", seeds, days).sum() / came, came


def expected_share(fee_yuan: float) -> float:
    """Wish by interest; half pay nothing, the others log-normally and by interest (.6)."""

    def density(z: float) -> float:
        able = 1.0
        if fee_yuan > 0:
            level = np.log(fee_yuan / 200.0) / 0.8
            able = 0.5 * stats.norm.sf((level - 0.6 * z) / 0.8)
        return stats.norm.pdf(z) / (1 + np.exp(-0.8 * z)) * able

    return integrate.quad(density, -8, 8)[0]


@pytest.mark.parametrize("fee_yuan", [0, 50, 200, 600])
def test_the_gate_lets_in_the_share_of_its_law(kernels, fee_yuan):
    """12 runs of 60 days, about 28,000 applicants, 4 standard errors."""
    change = {}
    if fee_yuan:
        change = {"policy.entry.gate": 1, "policy.entry.fee_cents": 100 * fee_yuan}
    share, n = share_joining(change)
    expected = expected_share(fee_yuan)
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


def test_the_invite_gate_turns_strangers_away(kernels):
    assert share_joining({"policy.entry.gate": 2})[0] == 0.0


def test_admissions_a_day_are_limited_and_the_rest_wait(kernels):
    which = setting(GATE, {"policy.entry.admits_day": 3, "world.entry.join_base": 20.0})
    joins = daily(which, "joins", range(3), 40)
    assert joins.max() == 3
    assert joins[:, 1:].min() == 3


def test_inviters_are_known_and_become_contacts(kernels):
    """Science A.2: whoever is invited knows her inviter, by a tie on both sides."""
    refer = setting(
        {
            "world.referral.invite_visit": 0.5,
            "world.referral.accept_base": 2.0,
            "population.initial_members": 100,
            "population.ties": 0.0,
            "world.ties.triad": 0.0,
            "world.ties.match": 0.0,
        }
    )
    seen = []

    def after(tables, day, name):
        if name == "entry":
            new = slice(int(tables.first_row[day]), int(tables.first_row[day + 1]))
            for i in range(new.start, new.stop):
                if tables.members.route[i] == Route.REFERRAL:
                    inviter = int(tables.members.inviter[i])
                    seen.append(inviter in tables.ties.other[i, : tables.members.n_ties[i]])

    live_by_hand(opened(refer, 2, 40, 2500), 0, 40, after)
    assert len(seen) > 20 and all(seen)
