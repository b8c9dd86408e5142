"""What interventions change, on paired seeds; and that nobody watching changes nothing."""

from __future__ import annotations

import pytest
from communities import lived, setting
from effects import assert_falls, assert_rises, late, share, total

from plaza_lab.sim.policy import Gate, RuleSet
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.tables import NAMES

SMALL = {"population.initial_members": 100}
WATCHED = {
    "policy.alerts.ruleset": RuleSet.SOURCE_THRESHOLDS,
    "policy.alerts.min_n": 0,
}
SELLING = {
    **SMALL,
    "policy.content.promo_share": 0.9,
    "policy.content.brand_posts_day": 4.0,
}
SEEDS = range(1, 7)
DAYS = 70


@pytest.mark.mechanism("M114")
def test_too_much_promotion_is_paused():
    """M114, A26: the share of promotion falls where somebody watches it."""
    assert_falls(SELLING, WATCHED, share("promo_views", "impressions"), seeds=SEEDS, days=DAYS)


@pytest.mark.mechanism("M114")
def test_a_late_intervention_does_less():
    """M114: the delay costs: promotion goes on until something is done."""
    base = (SELLING, WATCHED)
    late_on = {"policy.alerts.delay_days": 40}
    assert_rises(base, late_on, share("promo_views", "impressions"), seeds=SEEDS, days=DAYS)


@pytest.mark.mechanism("M114")
def test_an_intervention_starts_a_digest():
    """M114, A27: under overload the protocol becomes a written one with a digest."""
    crowded = {
        **SMALL,
        "policy.content.brand_posts_day": 60.0,
        "world.churn.established_hazard": 0.0,
    }
    assert_falls(crowded, WATCHED, late("unread", 28), seeds=SEEDS, days=DAYS)


@pytest.mark.mechanism("M114")
def test_the_literal_set_stays_red_longer_than_the_consistent_one():
    """S11, C05: alerts of the sources' thresholds stand on more days.

    The two disagree on red where growth lies between 2.2 and 5 % a month, as behind a fee.
    """
    consistent = {**WATCHED, "policy.alerts.ruleset": RuleSet.CONSISTENT_THRESHOLDS}
    larger = {
        "population.initial_members": 500,
        "policy.entry.gate": Gate.FEE,
        "policy.entry.fee_cents": 20_000,
    }
    for colour in ("alerts_yellow", "alerts_red"):
        assert_falls((larger, WATCHED), consistent, total(colour), seeds=range(1, 13), days=364)


def test_nobody_watching_changes_no_byte():
    """R72: with alerts=disabled the other levers of the group change nothing."""
    one = lived(setting(SMALL), 3, 60)
    other = lived(
        setting(
            SMALL,
            {
                "policy.alerts.delay_days": 0,
                "policy.alerts.min_n": 0,
                "policy.alerts.smoothing": 0.5,
                "policy.alerts.listening_coverage": 1.0,
                "world.alerting.least_days": 1,
            },
        ),
        3,
        60,
    )
    for name in NAMES:
        if name not in ("policy", "params"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    watched = ("alerts_yellow", "alerts_red", "alert_light", "interventions", "mentions")
    assert not one.daily[:, [mt.NAMES.index(name) for name in watched]].any()


def test_watching_alone_changes_only_what_is_written_down():
    """With a delay beyond the run alerts rise, and no member notices."""
    unseen = setting(SMALL)
    seen = setting(SMALL, WATCHED, {"policy.alerts.delay_days": 364})
    one, other = lived(unseen, 3, 60), lived(seen, 3, 60)
    assert one.members.tobytes() == other.members.tobytes()
    assert one.balances.tobytes() == other.balances.tobytes()
    assert other.daily[:, mt.ALERT_LIGHT].any()
