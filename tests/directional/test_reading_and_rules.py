"""Feed, review and stewards: what the policy does to readers and writers. 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
from communities import CLOSED, FAITHFUL, live_by_hand, lived, opened, setting
from effects import assert_falls, assert_rises, late, share, total

from plaza_lab.agents.moderator import Duty
from plaza_lab.sim.policy import Feed, Review, Staff
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

TALK = {"population.initial_members": 250, "world.activity.attention_ln_mean": 1.5}


def test_a_curated_feed_is_better_and_more_unequal(kernels):
    """R25, M32; Salganik, Dodds & Watts 2006: what is shown first gets the views."""
    curated = {"policy.distribution.feed": Feed.CURATED}
    assert_rises(TALK, curated, "voice_gini")
    assert_rises(TALK, curated, "reactions_per_view")
    assert_rises(TALK, curated, share("value", "views"))


def test_a_personalised_feed_fits_better(kernels):
    """R25, M33: against a ranking that does not know the reader, at the same exploration."""
    base = {
        **TALK,
        "policy.distribution.feed": Feed.PERSONALISED,
        "policy.distribution.accuracy": 0.0,
    }
    assert_rises(base, {"policy.distribution.accuracy": 1.0}, share("value", "views"))
    assert_rises(base, {"policy.distribution.accuracy": 1.0}, "reactions_per_view")


def test_exploration_spreads_attention(kernels):
    base = {
        **TALK,
        "policy.distribution.feed": Feed.CURATED,
        "policy.distribution.explore_share": 0.0,
    }
    seeds = range(1, 31)
    assert_falls(base, {"policy.distribution.explore_share": 0.8}, "voice_gini", seeds=seeds)


def test_brand_centred_content_is_worth_less(kernels):
    """R24, M28, F30."""
    loud = {**TALK, "policy.content.brand_posts_day": 40.0, "policy.content.brand_centricity": 0.0}
    assert_falls(loud, {"policy.content.brand_centricity": 1.0}, share("value", "views"))


def test_too_much_promotion_costs_satisfaction_and_trust(kernels):
    """R29, M122: beyond what is tolerated."""
    loud = {**TALK, "policy.content.brand_posts_day": 60.0, "policy.content.promo_share": 0.0}
    assert_falls(loud, {"policy.content.promo_share": 1.0}, "satisfaction_end")
    assert_falls(loud, {"policy.content.promo_share": 1.0}, "trust_end")


def test_more_than_one_can_read_silences(kernels):
    """M120, Jones et al. 2004: overload lowers belonging's fruits and visits."""
    full = {**TALK, "world.interaction.overload_cost": 0.0}
    assert_falls(full, {"world.interaction.overload_cost": 0.6}, "satisfaction_end")
    assert_falls(full, {"world.interaction.overload_cost": 0.6}, total("visits"))


REVIEWED = {
    **TALK,
    "policy.stewarding.founder_hours_week": 60.0,
    "world.posting.violation_base": 0.05,
    "policy.moderation.strictness": 0.4,
}


def test_strictness_removes_more_and_errs_more(kernels):
    """R44, M64."""
    strict = {"policy.moderation.strictness": 0.9}
    assert_rises(REVIEWED, strict, total("removed"))
    assert_rises(REVIEWED, strict, total("false_removed"))
    assert_rises(REVIEWED, strict, "false_removal_share")


def test_strictness_costs_the_trust_of_authors(kernels):
    assert_falls(REVIEWED, {"policy.moderation.strictness": 0.95}, "trust_end")


def test_explained_removals_keep_trust(kernels):
    """Jhaver, Bruckman & Gilbert 2019."""
    silent = {
        **REVIEWED,
        "policy.moderation.strictness": 0.9,
        "policy.moderation.explains_removals": False,
    }
    assert_rises(silent, {"policy.moderation.explains_removals": True}, "trust_end")
    assert_rises(silent, {"policy.moderation.explains_removals": True}, "motive_end")


def test_review_before_publishing_without_hands_holds_posts_back(kernels):
    """R44, M59: with hardly an hour a week the queue keeps most posts from being read."""
    few = {
        **TALK,
        "policy.stewarding.founder_hours_week": 0.5,
        "policy.stewarding.staff": Staff.FOUNDER_ONLY,
        "policy.content.brand_posts_day": 0.0,
    }
    assert_falls(few, {"policy.moderation.review": Review.PRE}, total("views"))
    assert_falls(few, {"policy.moderation.review": Review.PRE}, total("replies"))


def test_review_before_publishing_spares_readers_harm(kernels):
    able = {
        **REVIEWED,
        "world.posting.violation_base": 0.3,
        "policy.moderation.review": Review.NONE,
        "policy.moderation.strictness": 0.6,
    }
    assert_rises(able, {"policy.moderation.review": Review.PRE}, "satisfaction_end")


def test_an_exempt_owner_loses_trust(kernels):
    """R51, M69."""
    assert_falls(TALK, {"policy.moderation.owner_exempt": True}, "trust_end")


# ---- stewards ------------------------------------------------------------------------------

VOLUNTARY = {
    "population.initial_members": 250,
    "policy.stewarding.volunteers_per_100": 4.0,
    "world.stewarding.volunteer_base": 0.0,
}


def test_volunteers_drift_toward_liveliness(kernels):
    """R48, M121: filler rises over the months, and with the speed of drift."""
    assert_rises(VOLUNTARY, {"world.stewarding.drift_week": 0.3}, total("filler_items"))
    runs_filler = lived(setting(VOLUNTARY, {"world.review.fatigue_gain": 0.0}), 2, 200).daily
    filler = runs_filler[:200, mt.FILLER_ITEMS]
    assert filler[130:].mean() > 2 * filler[:40].mean()


def test_volunteers_tire_and_stop(kernels):
    """M127: full queues wear them out."""
    tired = {
        **VOLUNTARY,
        "policy.moderation.review": Review.POST,
        "policy.stewarding.volunteer_hours_week": 0.1,
        "policy.stewarding.founder_hours_week": 0.0,
        "world.review.fatigue_gain": 0.0,
    }
    tenures = {}
    for gain in (0.0, 0.3):
        tables = lived(
            setting(
                tired,
                CLOSED,
                FAITHFUL,
                {"world.review.fatigue_gain": gain, "world.churn.lurker_quit": 0.0},
            ),
            2,
            120,
        )
        served = tables.moderators[1 : tables.team_state[0].n_moderators]
        tenures[gain] = 119 - served.since[served.duty == Duty.VOLUNTEER]
    assert tenures[0.0].max() > 90
    assert tenures[0.3].size == 0 or tenures[0.3].max() <= 28


def test_more_hands_review_more(kernels):
    few = {
        **REVIEWED,
        "policy.stewarding.founder_hours_week": 1.0,
        "policy.stewarding.staff": Staff.FOUNDER_ONLY,
    }
    hands = {
        "policy.stewarding.staff": Staff.VOLUNTEERS,
        "policy.stewarding.volunteers_per_100": 5.0,
        "world.stewarding.volunteer_base": 2.0,
    }
    assert_rises(few, hands, total("removed"))


def test_founder_hours_spread_over_groups_answer_less(kernels):
    """R45, F18."""
    founder = {"population.initial_members": 250, "policy.stewarding.founder_hours_week": 14.0}
    assert_falls(founder, {"policy.stewarding.groups": 4}, total("founder_answers"))


PAID = {
    "population.initial_members": 250,
    "policy.stewarding.staff": Staff.PAID_ROTATION,
    "policy.fund.brand_week_cents": 1_000_000,
    "world.stewarding.sign_up": 1.0,
    "world.stewarding.reserve_ln_sd": 0.0,
    "world.roles.steward_wage": 0.0,
    "world.churn.lurker_quit": 0.0,
}


def test_the_post_is_filled_from_the_reserve_wage_on_and_vacant_below(kernels):
    """R46, W05: 1,000 yuan for 15 hours, in proportion to the hours."""
    for hours, stipend, is_filled in (
        (15.0, 100_000, True),
        (15.0, 99_999, False),
        (30.0, 199_999, False),
        (30.0, 200_000, True),
    ):
        which = setting(PAID, {"policy.stewarding.stipend_week_cents": stipend,
                               "policy.stewarding.steward_hours_week": hours})  # fmt: skip
        staffed = lived(which, 1, 70).daily[7:70:7, mt.STAFFED]
        assert (staffed == (1.0 if is_filled else 0.0)).all()


def test_a_higher_stipend_fills_more_weeks(kernels):
    spread = {
        **PAID,
        "world.stewarding.reserve_ln_sd": 0.5,
        "world.stewarding.sign_up": 0.05,
        "policy.stewarding.stipend_week_cents": 60_000,
    }
    assert_rises(spread, {"policy.stewarding.stipend_week_cents": 160_000}, "steward_fill")


def test_terms_end_and_duty_rotates(kernels):
    """R46, F11: nobody serves longer than the term; the place is taken anew."""
    which = setting(PAID, FAITHFUL, {"policy.stewarding.stipend_week_cents": 150_000,
                                     "policy.stewarding.term_weeks": 2,
                                     "world.activity.dropout_a": 0.01,
                                     "world.activity.dropout_b": 500.0})  # fmt: skip
    served: list[tuple[int, int]] = []

    def after(tables, day, name):
        if name == "stewarding" and day % 7 == 0:
            staff = tables.moderators[1 : tables.team_state[0].n_moderators]
            on_duty = staff[staff.duty == Duty.STEWARD]
            assert on_duty.size <= 1
            if on_duty.size:
                served.append((int(on_duty.member[0]), int(on_duty.since[0])))
                assert day <= on_duty.until[0] == on_duty.since[0] + 13

    tables = live_by_hand(opened(which, 3, 140, 2500), 0, 140, after)
    starts = {since for _, since in served}
    assert len(starts) == 10
    assert len({member for member, _ in served}) > 5
    journal = tables.journal[: tables.fund_state[0].n_journal]
    stipends = journal[journal.purpose == fund.STIPEND]
    assert stipends.size == 20
    assert [int(m) for m in stipends.member] == [m for m, _ in served]


def test_the_queue_is_served_in_its_order(kernels):
    """R46: whoever signed up first among those whom the pay is enough."""
    from steward_queue import sign_up_times

    from plaza_lab.sim import draw_ids

    which = setting(PAID, {"policy.stewarding.stipend_week_cents": 150_000})
    box = {"weeks": 0}

    def before(tables, day, name):
        if name == "stewarding" and day % 7 == 0:
            rows = tables.visitors[: tables.people_state[0].n_visitors]
            free = rows[(tables.fate.circles[rows] & 16) == 0]
            old = tables.moderators.member[1]
            box["free"] = [int(i) for i in free] + ([int(old)] if old in rows else [])
            box["times"] = sign_up_times(tables, draw_ids.SIGN_UP, day, box["free"])

    def after(tables, day, name):
        if name == "stewarding" and day % 7 == 0:
            first = min(zip(box["times"], box["free"], strict=True))[1]
            assert tables.moderators.member[1] == first
            box["weeks"] += 1

    live_by_hand(opened(which, 3, 70, 2500), 0, 70, after, before)
    assert box["weeks"] == 10


def test_duty_adds_belonging(kernels):
    """M62: rotation spreads skill and bonds."""
    pay = {
        **PAID,
        "policy.stewarding.stipend_week_cents": 150_000,
        "world.stewarding.duty_belonging": 0.0,
        "population.initial_members": 60,
    }
    assert_rises(pay, {"world.stewarding.duty_belonging": 0.6}, late("belonging"))


def test_a_steward_s_quality_kpi_makes_a_better_digest(kernels):
    """R46: the weight of quality in the KPI decides the hours the digest gets."""
    from plaza_lab.sim.policy import Protocol

    qualities = []
    for weight in (0.0, 0.2, 1.0):
        which = setting(
            PAID,
            {
                "policy.stewarding.stipend_week_cents": 150_000,
                "policy.stewarding.kpi_quality": weight,
                "policy.comms.digest_hours_week": 10.0,
                "world.help.answer_base": 0.0,
                "policy.stewarding.founder_hours_week": 0.0,
                "policy.comms.protocol": Protocol.STRUCTURED_DIGEST,
            },
        )
        qualities.append(float(lived(which, 1, 71).stewarding_state[0].digest_quality))
    assert qualities[0] == 0.0 < qualities[1] < qualities[2]
    assert np.isfinite(qualities).all()
