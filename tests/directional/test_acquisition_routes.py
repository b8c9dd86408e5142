"""Ways in: word of mouth, referral, media, content, shops, influencers, stars. Paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import FAITHFUL, live_by_hand, lived, opened, runs, setting
from effects import assert_falls, assert_rises, effect, total

from plaza_lab.agents.member import Route, Status
from plaza_lab.agents.star import Fame
from plaza_lab.engine.plain import plain
from plaza_lab.sim.policy import Gate
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund, traits

FEW = {"seeds": range(1, 9), "days": 84}
ALONE = {
    "population.initial_members": 150,
    "world.arrival.q_imitation": 0.0,
    "world.arrival.p_external": 0.0,
    "policy.acquisition.has_referral": False,
    "policy.fund.brand_week_cents": 1_000_000,
}
"""Nobody comes unless a route is opened."""
OPEN = {
    "joins_content": {"policy.acquisition.content_share": 1.0},
    "joins_offline": {"policy.acquisition.offline_traffic_week": 70.0},
    "joins_influencer": {"policy.acquisition.influencer_posts_week": 2.0},
    "joins_star": {"policy.acquisition.star_attempts": 20, "world.star.accept_base": 5.0},
    "joins_word_of_mouth": {"policy.acquisition.tell_week": 1.0},
    "joins_challenge": {
        "policy.entry.gate": Gate.FEE_PLUS_CHALLENGE,
        "policy.entry.fee_cents": 5000,
        "policy.fund.has_entry_pool": True,
        "policy.incentive.has_prize": True,
    },
}


def interests(which, seeds, days, route=None):
    """Interest of everybody who joined since day 0, standard normal before any selection."""
    found = []
    for seed in seeds:
        tables = lived(which, seed, days)
        rows = range(int(tables.run_state[0].n_founders), int(tables.people_state[0].n_rows))
        rows = [i for i in rows if route is None or tables.members.route[i] == route]
        found += [plain(traits.interest_of)(tables, tables.fate.uid[i]) for i in rows]
    return np.array(found)


def assert_larger(one, other):
    """The first mean exceeds the second by more than twice the error of their difference."""
    error = np.sqrt(one.var() / one.size + other.var() / other.size)
    assert min(one.size, other.size) > 30
    assert one.mean() - other.mean() > 2 * error


@pytest.mark.mechanism("M02", "M05", "M06", "M07", "M08", "M11")
@pytest.mark.parametrize("route", OPEN)
def test_each_route_can_be_the_only_one(kernels, route):
    """R09: joins by each route, each alone, and by route they sum to joins."""
    come = 0
    for seed in range(3, 7):
        tables = lived(setting(ALONE, OPEN[route]), seed, 364)
        joined = tables.daily[:364, mt.JOINS].sum()
        assert tables.daily[:364, mt.NAMES.index(route)].sum() == joined
        rows = tables.members.route[150 : tables.people_state[0].n_rows]
        assert (rows == Route[route.removeprefix("joins_").upper()]).all()
        come += joined
    assert come > 3


def test_joins_by_route_sum_to_joins(kernels):
    """R09: with all routes open at once; R14: cost per join is reported by route."""
    every = {key: value for change in OPEN.values() for key, value in change.items()}
    every |= {
        "policy.acquisition.media_week_cents": 100_000,
        "policy.acquisition.has_referral": True,
        "world.arrival.p_external": 1e-4,
        "world.arrival.q_imitation": 0.01,
    }
    run = runs(setting(ALONE, every), (1,), 84)[0]
    by_route = [k for k, name in enumerate(mt.NAMES) if name.startswith("joins_")]
    assert (run.days[:, by_route].sum(axis=1) == run.days[:, mt.JOINS]).all()
    assert (run.days[:, by_route].sum(axis=0) > 0).sum() >= 8
    for route in ("paid", "offline", "influencer", "challenge"):
        assert run.outcomes[f"cost_per_join_{route}_yuan"] > 0, route
    assert run.outcomes["value_to_cost"] > 0 or run.outcomes["purchases_yuan"] == 0
    cheaper = run.outcomes["cost_per_join_offline_yuan"] < run.outcomes["cost_per_join_paid_yuan"]
    assert cheaper, "F51"


@pytest.mark.mechanism("M02")
def test_members_who_talk_bring_joins_of_high_fit(kernels):
    """M02: unpaid joins, closer and more interested than who comes by herself."""
    tell = {"policy.acquisition.tell_week": 1.0, "policy.acquisition.tell_negative": 0.0}
    assert_rises({**ALONE, "world.arrival.p_external": 1e-4}, tell, "joins", **FEW)
    often = {**tell, "policy.acquisition.tell_week": 4.0}
    both = setting({**ALONE, "world.arrival.p_external": 2e-4}, often)
    told = interests(both, range(1, 7), 100, Route.WORD_OF_MOUTH)
    assert_larger(told, interests(both, (1, 2, 3), 100, Route.ORGANIC))
    tables = lived(both, 1, 100)
    rows = tables.members[: tables.people_state[0].n_rows]
    assert (rows.inviter[rows.route == Route.WORD_OF_MOUTH] >= 0).all()


@pytest.mark.mechanism("M02")
def test_unhappy_members_warn_others_off(kernels):
    """M02, negative: the same strangers at the gate, fewer of whom wish to join."""
    unhappy = {**ALONE, "world.arrival.p_external": 5e-4, "world.telling.glad_above": 1.0,
               "world.telling.unhappy_below": 0.5, "policy.acquisition.tell_week": 1.0,
               "policy.acquisition.tell_negative": 0.0}  # fmt: skip
    warn = {"policy.acquisition.tell_negative": 1.0}
    assert_falls(unhappy, warn, "joins", **FEW)
    assert_rises(unhappy, warn, total("warned"), **FEW)


@pytest.mark.mechanism("M01")
def test_aimed_reach_brings_more_and_better_members(kernels):
    """M01: for the same money more join, and they are the more active."""
    paid = {**ALONE, "policy.acquisition.media_week_cents": 300_000}
    aimed = {"policy.acquisition.targeting_accuracy": 0.95}
    assert_rises(paid, aimed, "joins", **FEW)
    assert_falls(paid, aimed, "cost_per_join_paid_yuan", **FEW)
    fits = [interests(setting(paid, change), (1, 2), 84) for change in (aimed, {})]
    assert_larger(*fits)


@pytest.mark.mechanism("M01")
def test_reviews_of_peers_outweigh_advertisements(kernels):
    """M01: where reviews are shown, advertised visitors join less and a loved place gains."""
    paid = {**ALONE, "policy.acquisition.media_week_cents": 300_000}
    shown = {"policy.acquisition.peer_vs_ad_weight": 1.0}
    assert_falls((paid, {"world.entry.review_weight": 0.0}), shown, "joins", **FEW)
    loved = {**ALONE, "world.arrival.p_external": 5e-4, "world.activity.first_belonging": 0.7}
    assert_rises(loved, shown, "joins", **FEW)


REFERRAL = {
    **ALONE,
    "policy.acquisition.has_referral": True,
    "policy.acquisition.referral_reward_cents": 5000,
    "world.referral.invite_visit": 0.15,
    "world.referral.accept_base": -0.5,
}


@pytest.mark.mechanism("M03")
def test_rewarded_friends_fit_less(kernels):
    """M03: friends who come for the inviter's sake have less interest of their own."""

    worlds = [
        setting(REFERRAL, FAITHFUL, {"world.referral.obliging": o, "world.entry.join_base": 2.0})
        for o in (0.0, 1.0)
    ]
    assert_larger(*(interests(which, range(1, 6), 100) for which in worlds))
    assert_rises(REFERRAL, {"world.referral.obliging": 1.0}, "joins", **FEW)


@pytest.mark.mechanism("M03")
def test_a_quality_gate_pays_only_for_contributors(kernels):
    """R10: rewards equal invitees who stayed and had written enough by the vesting day."""
    gate = {"policy.acquisition.referral_least_acts": 2}
    pays = {}
    for change in ({}, gate):
        tables = lived(setting(REFERRAL, change), 2, 100)
        journal = tables.journal[: tables.fund_state[0].n_journal]
        cents = journal.amount_cents[journal.purpose == fund.REFERRAL_REWARD].sum()
        pays[len(change)] = cents / 5000
    assert 0 < pays[1] < pays[0]


@pytest.mark.mechanism("M05")
def test_shared_items_bring_able_people(kernels):
    """M05, T38: more sharing, more joins; answered questions attract the able."""
    share = {"policy.acquisition.content_share": 1.0}
    assert_rises(ALONE, share, "joins", **FEW)
    pulled = {**ALONE, **share, "world.arrival.quality_pull": 0.0, "world.help.request_week": 1.0}
    skills = []
    for pull in (0.0, 1.0):
        rows = []
        for seed in (1, 2, 3):
            tables = lived(setting(pulled, {"world.outreach.good_pull": pull}), seed, 100)
            rows.append(tables.members.skill[150 : tables.people_state[0].n_rows])
        skills.append(np.concatenate(rows).mean())
    assert skills[1] > skills[0] + 0.03
    assert runs(setting(ALONE, share), (1,), 84)[0].outcomes["share_to_registration"] > 0


@pytest.mark.mechanism("M06")
def test_the_saving_of_shops_is_believed_by_degrees(kernels):
    """F51, P36: literal belief saves more than discounted, neutral saves nothing."""
    shop = {**ALONE, "policy.acquisition.offline_traffic_week": 140.0}
    for less, more in ((0.0, 0.5), (0.5, 1.0)):
        base = (shop, {"world.calibration.scale": less})
        believe = {"world.calibration.scale": more}
        assert_falls(base, believe, "cost_per_join_offline_yuan", **FEW)


@pytest.mark.mechanism("M07")
def test_influencers_who_fit_bring_more(kernels):
    """M07: fit raises conversion; a small market, once reached, is reached less."""
    base = {**ALONE, "policy.acquisition.influencer_posts_week": 1.0,
            "policy.acquisition.influencer_min_fit": 0.0,
            "world.outreach.audience_ln_sd": 0.0}  # fmt: skip
    assert_rises(base, {"policy.acquisition.influencer_min_fit": 0.6}, "joins", **FEW)
    assert_falls(base, {"world.arrival.market_size": 400.0}, "joins", **FEW)


STAR = {
    **ALONE,
    "world.arrival.p_external": 5e-5,
    "policy.acquisition.has_referral": True,
    "policy.acquisition.star_seed": 150,
    "world.star.accept_base": 3.0,
}
ASK = {"policy.acquisition.star_attempts": 20}


@pytest.mark.mechanism("M08")
def test_a_star_speeds_growth_and_holds_members(kernels):
    """R13, M08: bulk inflow, and a hold on those who are in; the star-free run lives on."""
    assert_rises(STAR, ASK, "growth", **FEW)
    still = {**STAR, "world.star.follow_share": 0.0, "policy.acquisition.star_seed": 50,
             "world.churn.established_hazard": 0.004,
             "policy.acquisition.star_cohesion": 3.0}  # fmt: skip
    assert_rises(still, ASK, "membership_retention", **FEW)
    for run in runs(setting(STAR), FEW["seeds"], FEW["days"]):
        assert run.outcomes["growth"] > 0
        assert run.days[-1, mt.DAU] > 0


@pytest.mark.mechanism("M08")
def test_a_star_calms_disputes_while_present(kernels):
    """M08: fewer replies turn into quarrels than under a star without that gift."""
    base = {**STAR, **ASK, "policy.acquisition.star_seed": 50, "policy.acquisition.star_calm": 0.0,
            "world.star.going_week": 0.0, "world.star.follow_share": 0.0,
            "world.conflict.has_quarrels": True, "world.conflict.spark": 0.02}  # fmt: skip
    assert_falls(base, {"policy.acquisition.star_calm": 3.0}, total("quarrels"), **FEW)


@pytest.mark.mechanism("M08")
def test_a_star_comes_only_once_the_seed_has_proved_itself(kernels):
    """M08: seed first, star second."""
    early = setting(STAR, ASK, {"policy.acquisition.star_seed": 10_000})
    assert lived(early, 1, 100).star_state[0].star_asked == 0


def test_a_star_comes_acts_and_goes(kernels):
    """R03: the star is asked, comes in free, acts as a member, withdraws, and followers feel it."""
    which = setting(STAR, ASK, {"world.star.going_week": 0.5})
    seen = set()

    def after(tables, day, name):
        if name == "star":
            seen.update(Fame(int(f)) for f in tables.stars.fame[: tables.star_state[0].star_asked])
            here = (tables.stars.fame == Fame.PRESENT).any()
            assert (tables.star_state[0].star_cohesion > 0) == here
            assert tables.daily[day, mt.STARS] == here

    tables = live_by_hand(opened(which, 2, 150, 4000), 0, 150, after)
    assert {Fame.COMING, Fame.PRESENT, Fame.GONE} <= seen
    gone = tables.stars[tables.stars.fame == Fame.GONE][0]
    row = gone.member
    assert tables.fate.uid[row] == gone.uid and tables.fate.status[row] == Status.LEFT
    assert tables.members.route[row] == Route.STAR and tables.members.skill[row] > 0.9
    assert tables.members.last_act[tables.stars.member[tables.stars.member >= 0]].max() > 0


@pytest.mark.mechanism("M04")
def test_invitation_by_anybody_extends_further_than_by_the_owner(kernels):
    """M04, S20: who may add decides how far the group extends."""
    crowd = {
        **REFERRAL,
        "policy.acquisition.referral_reward_cents": 0,
        "policy.stewarding.founder_hours_week": 1.0,
        "world.arrival.p_external": 2e-3,
    }
    assert_falls(crowd, {"policy.entry.gate": Gate.OWNER_ONLY}, "joins", **FEW)


@pytest.mark.mechanism("M09")
def test_a_closed_club_is_smaller_and_closer(kernels):
    """M09: fewer joins; those who are in feel it."""
    crowd = {**ALONE, "world.arrival.p_external": 1e-3}
    club = {"policy.entry.gate": Gate.EXCLUSIVE, "policy.entry.status_bonus": 0.4}
    assert_falls(crowd, club, "joins", **FEW)
    assert_rises((crowd, club, {"policy.entry.status_bonus": 0.0}), club, "belonging_end", **FEW)


@pytest.mark.mechanism("M10")
def test_a_higher_fee_lowers_joins_and_raises_commitment(kernels):
    """R11, M10: fewer join; those who do have more of the interest that activity follows."""
    crowd = {**ALONE, "world.arrival.p_external": 1e-3}
    joiners = []
    for cents in (60_000, 20_000, 2000):
        fee = {"policy.entry.gate": Gate.FEE, "policy.entry.fee_cents": cents}
        joiners.append(interests(setting(crowd, fee), (1, 2, 3), 70))
    assert joiners[0].size < joiners[1].size < joiners[2].size
    assert_larger(joiners[0], joiners[1])
    assert_larger(joiners[1], joiners[2])


@pytest.mark.slow
def test_who_came_for_a_reward_stays_active_less(kernels):
    """Science A.10: arrivals of a paid surge contribute again less often than others."""
    bought = {**ALONE, "policy.acquisition.media_week_cents": 400_000}
    alike = {"world.activity.seeker_motive": 1.0, "world.activity.seeker_quit": 1.0}
    seekers = {"world.activity.seeker_motive": 0.4, "world.activity.seeker_quit": 1.5}
    assert_falls((bought, alike), seekers, "active_share")
    # whoever found the community herself is the same under both
    found = {**ALONE, "world.arrival.p_external": 0.01}
    assert effect((found, alike), seekers, "active_share") == (0.0, 0.0)
