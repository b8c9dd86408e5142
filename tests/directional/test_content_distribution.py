"""How items reach readers: curation, recommendation, shares, channels. 95 %, paired seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import CLOSED, daily, lived, runs, setting
from effects import assert_falls, assert_rises, share, total

from plaza_lab.sim.policy import Feed
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

BRIEF = {"seeds": range(1, 9), "days": 56}
TALK = {"population.initial_members": 150, "world.activity.attention_ln_mean": 1.5}
CURATED = {**TALK, "policy.distribution.feed": Feed.CURATED, "world.feed.curated_quality": 0.0}


@pytest.mark.mechanism("M32")
def test_a_hot_list_raises_what_is_seen(kernels):
    """R25: items, a little better on average, are seen by many; their authors are known."""
    hot = {"policy.distribution.top_share": 0.1, "policy.distribution.curation_error": 0.0}
    assert_rises(CURATED, hot, share("value", "views"), **BRIEF)
    assert_rises(CURATED, hot, "reactions_per_view", **BRIEF)
    known = {**CURATED, **hot, "world.curation.promoted_reputation": 0.0}
    reputation = [
        float(lived(setting(known, {"world.curation.promoted_reputation": gain}), 1, 56)
              .members.reputation.sum())
        for gain in (0.0, 0.3)
    ]  # fmt: skip
    assert reputation[1] > reputation[0]


@pytest.mark.mechanism("M32")
def test_suppressing_the_poor_raises_quality_and_errors_annoy(kernels):
    """R25: nothing poor is read any more; errors hit the good and cost their authors' trust."""
    strict = {"policy.distribution.suppress_below": 0.4, "policy.distribution.curation_error": 0.0}
    assert_rises(TALK, strict, share("value", "views"), **BRIEF)
    careless = {"policy.distribution.curation_error": 0.8}
    assert_rises({**TALK, **strict}, careless, total("wrong_suppressed"), **BRIEF)
    assert_falls({**TALK, **strict}, careless, "trust_end", **BRIEF)


TUNED = {
    "population.initial_members": 150,
    "policy.distribution.feed": Feed.PERSONALISED,
    "policy.distribution.recommended": 4,
    "policy.distribution.explore_share": 0.0,
    "policy.distribution.accuracy": 1.0,
    "world.calibration.scale": 1.0,
}


def click_rate(change) -> float:
    results = runs(setting(TUNED, change), range(1, 9), 56)
    table = np.sum([run.days for run in results], axis=(0, 1))
    return float(table[mt.RECOMMENDED_CLICKS] / table[mt.RECOMMENDED])


@pytest.mark.mechanism("M33")
def test_the_click_rate_moves_from_its_baseline(kernels):
    """R25: 8 % without belief in the uplift, 18 % when it always hits (F70, F71), less between."""
    assert click_rate({"world.calibration.scale": 0.0}) == pytest.approx(0.08, abs=0.006)
    assert click_rate({}) == pytest.approx(0.18, abs=0.01)
    untuned = {"policy.distribution.accuracy": 0.0}
    assert_falls(TUNED, untuned, "recommended_click_rate", **BRIEF)
    assert_falls(TUNED, {"policy.distribution.explore_share": 0.9}, "recommended_click_rate",
                 **BRIEF)  # fmt: skip


@pytest.mark.mechanism("M33")
def test_recommending_is_worth_something(kernels):
    assert_rises({**TUNED, "policy.distribution.recommended": 0},
                 {"policy.distribution.recommended": 8}, "satisfaction_end", **BRIEF)  # fmt: skip


SHARED = {
    "population.initial_members": 200,
    "population.ties": 4.0,
    "world.spreading.is_on": True,
    "world.spreading.share_base": 0.05,
}
EVEN = {
    **SHARED,
    # nothing but who made it may tell, and nobody reads an item twice
    "policy.distribution.tie_share": 0.0,
    "world.spreading.quality_weight": 0.0,
    "world.spreading.weak_tie_bonus": 0.0,
    "policy.content.brand_posts_day": 12.0,
    "policy.content.brand_centricity": 0.0,
    "policy.content.promo_share": 0.0,
}


@pytest.mark.mechanism("M31", "M35")
@pytest.mark.parametrize(("scale", "odds"), [(1.0, 1.35), (0.5, math.sqrt(1.35)), (0.0, 1.0)])
def test_the_measured_reshare_ratio_is_the_configured_one(scale, odds, kernels):
    """R26: member-made over institution's share rate (F63), by the calibration."""
    results = runs(setting(EVEN, {"world.calibration.scale": scale}), range(1, 13), 84)
    days = np.sum([run.days for run in results], axis=1)
    shares = days[:, [mt.MEMBER_MADE_SHARES, mt.BRAND_SHARES]]
    views = days[:, [mt.MEMBER_MADE_VIEWS, mt.BRAND_VIEWS]]
    rate = shares.sum(axis=0) / views.sum(axis=0)
    measured = rate / (1.0 - rate)
    # Shares of a run hang together, by item and by who shares: only runs are independent. To first
    # order one with s shares of v views moves the log-odds of the rate p = S / V of all runs by
    # (s - p v) / (S (1 - p)).
    moved = (shares - rate * views) / (shares.sum(axis=0) * (1.0 - rate))
    error = math.sqrt(len(results)) * (moved[:, 0] - moved[:, 1]).std(ddof=1)
    assert error < 0.1
    assert abs(math.log(measured[0] / measured[1] / odds)) < 2.5 * error


@pytest.mark.mechanism("M35")
def test_content_k_is_measured_and_follows_its_causes(kernels):
    """R26: reshares per share rise with reach; without contacts and visitors there are none."""
    assert_rises(SHARED, {"world.spreading.reach": 0.8}, "content_k", **BRIEF)
    assert_rises(SHARED, {"world.spreading.emotion_weight": 4.0}, total("shares"), **BRIEF)
    alone = {"world.spreading.reach": 0.0, "world.spreading.outside_share": 0.0}
    assert (daily(setting(SHARED, alone), "reshares", range(1, 4), 56) == 0.0).all()


@pytest.mark.mechanism("M35", "M05")
def test_shared_items_bring_people_from_outside(kernels):
    """T38: applications from shared items come to the gate."""
    known = {**SHARED, "world.outreach.share_to_register": 0.0}
    some = {"world.outreach.share_to_register": 0.05}
    assert_rises(known, some, total("joins"), **BRIEF)
    result = runs(setting(known, some), range(1, 9), 56)[0]
    visits = result.days[:, mt.OUTSIDE_VISITS].sum()
    assert visits > 0
    assert_rises({**SHARED, "world.spreading.is_on": False}, {"world.spreading.is_on": True},
                 total("outside_visits"), **BRIEF)  # fmt: skip


@pytest.mark.mechanism("M34")
def test_channels_add_reach_and_each_costs(kernels):
    """R25: three channels reach more than one, less than three times as many, at three times."""
    paid = {
        **CLOSED,
        "population.initial_members": 100,
        "policy.fund.brand_week_cents": 1_000_000,
        "policy.distribution.channels": 1,
        "policy.distribution.adapt_cost_cents": 5000,
    }
    assert_rises(paid, {"policy.distribution.channels": 3}, total("outside_visits"), **BRIEF)
    visits, cost = [], []
    for channels in (1, 3):
        reach = daily(setting(paid, {"policy.distribution.channels": channels}), "outside_visits",
                      **BRIEF)  # fmt: skip
        visits.append(reach.sum())
        tables = lived(setting(paid, {"policy.distribution.channels": channels}), 1, 56)
        journal = tables.journal[: tables.fund_state[0].n_journal]
        cost.append(int(journal.amount_cents[journal.purpose == fund.CHANNELS].sum()))
    assert visits[1] / visits[0] == pytest.approx(1.0 + 0.7 + 0.49, rel=0.1)
    assert cost[1] == 3 * cost[0] > 0


@pytest.mark.mechanism("M34")
def test_reposting_brings_applicants(kernels):
    base = {"population.initial_members": 100, "world.reposting.visits": 200.0}
    assert_rises(base, {"policy.distribution.channels": 3}, total("joins"), **BRIEF)
