"""Measures of the catalogue on toy data with a closed form (R70)."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from communities import setting

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Channel, Route, Status
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.commerce import channels
from plaza_lab.sim.mechanisms.operation import hosting
from plaza_lab.sim.mechanisms.partners import co_brand
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording import outcomes, shape
from plaza_lab.sim.recording.densest import densest, voice_top_share
from plaza_lab.sim.recording.partner_outcomes import partner_outcomes
from plaza_lab.sim.recording.sums import sums_of
from plaza_lab.sim.setting import to_record
from plaza_lab.sim.state import fund
from plaza_lab.sim.state.places import Place, herfindahl
from plaza_lab.sim.tables import allocate

DAYS = 420


def toy(n: int, *changes: dict):
    """Tables with so many members, who hold no ties and have done nothing."""
    which = setting(*changes)
    t = allocate(to_record(which.policy), to_record(which.world), 64, 64, DAYS)
    t.people_state.n_rows = t.people_state.n_members = n
    t.fate.status[:n] = Status.ENGAGED
    return t


def tie(t, i: int, j: int, *, have_met: bool = False) -> None:
    """Let ``i`` hold a tie to ``j``, strong where they have met face to face."""
    slot = int(t.members[i].n_ties)
    t.ties[i, slot].other, t.ties[i, slot].met = j, -int(have_met)
    t.members[i].n_ties = slot + 1


def adds_up(t, daily):
    """The sums of a toy's community with a day book of its own."""
    return sums_of(dataclasses.replace(t, daily=daily), len(daily))


def test_voices_of_the_densest_twentieth():
    """T51: 40 members in a ring, two of whom hold each other as well: they are the 5 %."""
    t = toy(40)
    for i in range(40):
        tie(t, i, (i + 1) % 40)
    tie(t, 7, 19)
    tie(t, 19, 7)
    t.members.exposures[:40] = 2
    t.members.exposures[[7, 19]] = 12
    assert voice_top_share(t) == pytest.approx(24 / (38 * 2 + 24))
    t.fate.status[19] = Status.LEFT  # her ties and exposures count no more
    assert voice_top_share(t) < 24 / 100
    t.members.exposures[:] = 0
    assert math.isnan(voice_top_share(t))


def test_a_clique_is_found_among_chance_ties():
    rng = np.random.default_rng(3)
    members = rng.choice(400, 20, replace=False)
    clique = [(i, j) for i in members for j in members if i < j]
    chance = rng.integers(0, 400, (800, 2))
    assert set(densest(np.array([*clique, *chance]).T, 400, 20)) == set(members)


def test_the_shape_of_a_triangle_and_an_isolate():
    """T55: three who all know each other, one of them of another interest, and one alone."""
    t = toy(4)
    for i in range(3):
        for j in range(3):
            if i != j:
                tie(t, i, j, have_met=(i, j) == (0, 1))
    t.members.topic[:4] = [0, 0, 1, 2]
    plain(shape.take)(t, 0)
    row = t.daily[0]
    assert row[mt.ISOLATES] == 0.25 and row[mt.CLUSTERING] == 1.0
    assert row[mt.STRONG_SHARE] == pytest.approx(1 / 6)
    # of six ties two are within an interest; by chance (4 x 4 + 2 x 2) / 36
    assert row[mt.MODULARITY] == pytest.approx(2 / 6 - 20 / 36)


def test_the_survey_is_of_a_quarter_and_recommending_of_four_weeks():
    """T44: thirteen weekly surveys are pooled; friends told or invited, per active member."""
    daily = np.zeros((DAYS, mt.N_METRICS))
    daily[6::7, mt.PROMOTER_SCORE] = np.arange(60)
    daily[6::7, mt.RECOMMEND_SHARE] = 0.25
    daily[:, mt.TOLD], daily[:, mt.INVITATIONS] = 2.0, 1.0
    daily[-1, mt.ACTIVE_28D] = 42.0
    found = outcomes._watch(daily)
    assert found["promoter_score"] == np.arange(47, 60).mean()
    assert found["recommend_share"] == 0.25
    assert found["recommendations_per_active"] == 28 * 3 / 42


def test_load_of_staff_in_a_week():
    """T61: the mean of the last seven days; nothing where nobody tires."""
    daily = np.zeros((DAYS, mt.N_METRICS))
    daily[-7:, mt.STAFF_LOAD] = [0.5, 1.0, 1.5, 0.5, 1.0, 1.5, 1.0]
    daily[-1, mt.STAFF_FATIGUE] = 0.3
    felt = toy(1, {"world.fatigue.is_felt": True})
    found = outcomes._governance(felt, adds_up(felt, daily))
    assert (found["staff_load_7d"], found["staff_fatigue_end"]) == (1.0, 0.3)
    assert found["staff_load"] == pytest.approx(7 / DAYS)
    still = outcomes._governance(toy(1), adds_up(toy(1), daily))
    assert math.isnan(still["staff_load_7d"]) and math.isnan(still["staff_fatigue_end"])


def test_trust_and_deviation_are_shares_and_none_without_deals():
    """T63: 25 points of deviation are a share of .25."""
    daily = np.zeros((DAYS, mt.N_METRICS))
    daily[-1, mt.PARTNER_TRUST], daily[30:58, mt.SHARE_DEVIATION] = 0.7, 25.0
    t = toy(1)
    assert math.isnan(partner_outcomes(t, adds_up(t, daily))["partner_trust_end"])
    daily[9, mt.DEALS_SIGNED] = 1.0
    found = partner_outcomes(t, adds_up(t, daily))
    assert (found["partner_trust_end"], found["share_deviation"]) == (0.7, 0.25)


def test_balances_of_swap_and_points():
    """T65: joins by the swap less who moved over; points of theirs used here less ours there."""
    daily = np.zeros((DAYS, mt.N_METRICS))
    t = toy(6)
    assert math.isnan(partner_outcomes(t, adds_up(t, daily))["swap_balance"])
    t.deals.partner[:2] = [0, 1]
    t.deals.form[:2] = [Form.TRAFFIC_SWAP, Form.POINTS_ALLIANCE]
    t.members.route[:5] = Route.PARTNER
    t.members.inviter[:5] = [-2, -2, -2, -3, -2]
    t.members.joined[:6] = [DAYS - 1, DAYS - 28, DAYS - 29, DAYS - 1, DAYS - 2, DAYS - 1]
    daily[DAYS - 40 :: 10, mt.SWAP_LEAVERS] = 1.0
    daily[DAYS - 40 :: 10, mt.POINTS_HONOURED] = 100.0
    daily[DAYS - 40 :: 10, mt.POINTS_ABROAD] = 30.0
    found = partner_outcomes(t, adds_up(t, daily))
    assert found["swap_balance"] == 3 - 2 and found["points_balance"] == 200 - 60


def test_incidents_of_a_year_and_protection():
    """T66: breaches, rows and offences of 364 days, those of set days among them."""
    daily = np.zeros((DAYS, mt.N_METRICS))
    for day in (10, DAYS - 364, DAYS - 1):
        daily[day, mt.PRIVACY_INCIDENTS] = daily[day, mt.CULTURE_OFFENCES] = 1.0
    daily[200, mt.PUBLIC_INCIDENTS] = 1.0
    daily[-1, mt.ENCRYPTED_SHARE], daily[-1, mt.DAYS_SINCE_AUDIT] = 0.9, 55.0
    t = toy(1, {"world.incidents.happen": True, "world.shocks.culture_offence_day": 100,
                "world.shocks.public_event_day": 20})  # fmt: skip
    found = partner_outcomes(t, adds_up(t, daily))
    assert found["incidents"] == 5 + 1
    assert (found["encrypted_share"], found["days_since_audit"]) == (0.9, 55.0)
    assert math.isnan(partner_outcomes(toy(1), adds_up(toy(1), daily))["encrypted_share"])


def test_herfindahl_of_channels():
    """T67: all in one place 1, two equal places a half, three to one 10/16."""
    values = [plain(herfindahl)(*pair) for pair in ((3, 0), (2, 2), (3, 1), (0, 0))]
    assert values == [1.0, 0.5, 10 / 16, 0.0]


def test_contacts_on_one_platform_and_activity_by_place():
    """T67: ten contacts, four only in the group and two in both; activity by the active alone."""
    t = toy(10, {"policy.hosting.first": Place.OPEN_GROUP, "policy.hosting.second": Place.FORUM,
                 "policy.fund.brand_week_cents": 10_000,
                 "world.hosting.rules_scale": 0.0})  # fmt: skip
    t.hosting_state.n_placed = 10
    t.members.channel[:4] = Channel.HELD_FIRST
    t.members.channel[4:8] = Channel.HELD_SECOND
    t.members.channel[8:10] = Channel.HELD_FIRST | Channel.HELD_SECOND
    t.members.last_act[:10] = -32000
    t.members.last_act[[0, 1, 4, 8]] = 6
    hosting.step(t, 7)
    assert t.daily[7, mt.HELD_ONE_PLATFORM] == 0.4 and t.daily[7, mt.HELD_TWICE] == 0.2
    part = 0.35 / 0.45  # a group reaches .35, a forum .10
    shares = np.array([2 + part, 1 + 1 - part]) / 4
    assert t.daily[7, mt.CHANNEL_HERFINDAHL] == pytest.approx((shares**2).sum())


def test_activity_by_home_where_there_are_two_channels():
    t = toy(8, {"policy.crm.channels": 2, "world.channels.several_share": 0.0,
                "world.channels.move_week": 0.0})  # fmt: skip
    t.members.channel[:3] = Channel.SECOND
    t.members.last_act[:8] = -32000
    t.members.last_act[[0, 4, 5, 6]] = 13
    with np.errstate(over="ignore"):
        channels.step(t, 13)
    assert t.daily[13, mt.CHANNEL_HERFINDAHL] == pytest.approx((1 + 9) / 16)


@pytest.mark.mechanism("M104")
def test_images_move_by_fit_and_awareness_by_reach():
    """A thousand views at fit 1 close .7 % of the gap, at .3 nothing, at 0 they widen it."""
    p = co_brand.Params()
    moved = [plain(co_brand.image_step)(fit, 20.0, 1000.0, p) for fit in (1.0, 0.6, 0.3, 0.0)]
    assert moved == pytest.approx([0.14, 0.06, 0.0, -0.06])
    assert plain(co_brand.image_step)(1.0, 20.0, 1e9, p) == 10.0  # they meet half-way
    seen = ((0.0, 1000.0), (0.0, 100.0), (0.5, 1000.0), (1.0, 1000.0))
    aware = [plain(co_brand.newly_aware)(known, views, 1000.0, p) for known, views in seen]
    assert aware == pytest.approx([0.3, 0.03, 0.15, 0.0])
    rates = [plain(co_brand.look_rate)(0.5, image, p, 1.0) for image in (50.0, 100.0)]
    assert rates == pytest.approx([0.003, 0.003 * math.exp(0.25)])


FIRST_AND_LAST_MONTH = {
    "MEMBERS": (100, 125), "ACTIVE_28D": (0, 50), "DAU": (5, 10), "EXITS": (1, 0.5),
    "INVITED_JOINS": (0, 1), "INTERACTIONS": (10, 15), "MESSAGES": (8, 12), "POSTS": (4, 6),
    "FILLER_ITEMS": (1, 1), "BRAND_ITEMS": (2, 3), "REQUESTS": (2, 2), "SOLVED": (1, 2),
    "VALUE": (6, 6), "SOCIAL_VALUE": (2, 4), "MINUTES": (20, 20), "VIOLATIONS": (1, 0),
    "ACTIVATED": (0, 1), "ACTIVATION_BASE": (0, 2), "JOINERS_28": (0, 4),
    "JOINERS_28_KEPT": (0, 3), "FUND_OUT_YUAN": (100, 50), "PROMO_VIEWS": (5, 30),
    "IMPRESSIONS": (100, 120), "VIEWS": (50, 60), "ITEMS_LEFT": (5, 4), "LEFT_UNSEEN": (0, 1),
    "MEMBER_MADE_SHARES": (0, 3), "MEMBER_MADE_VIEWS": (10, 20), "BRAND_SHARES": (1, 1),
    "BRAND_VIEWS": (5, 10), "JOINS_CONTENT": (0, 1), "OUTSIDE_VISITS": (9, 20),
    "ORDERS": (1, 1), "PAGE_VIEWS": (10, 10), "STAFFED": (0, 1), "FARMED_YUAN": (9, 1),
    "REWARDS_YUAN": (9, 10), "NEGATIVE_MESSAGES": (1, 2), "JUDGED_MESSAGES": (10, 10),
    "REVIEW_WAIT_DAYS": (1, 1), "REVIEWED": (8, 4), "STAGE_UPS": (1, 3),
    "STAGE_AWARENESS": (10, 40),
}  # fmt: skip
"""A day of each metric in the first 28 days and in the last."""
DEFINED = {
    "growth": 0.25,  # T03, from 100 founders
    "stickiness": 0.2,  # T08: 10 of 50
    "exit_hazard_week": 7 * 42 / 6300,  # T23
    "k_28d": 28 / 125,  # T37
    "k_lifetime": 2.0,  # T37: 28 by invitation while 14 leave
    "interaction_growth": 0.5,  # T12: the last 28 days and the 28 before
    "interactions_per_active": 8.4,  # T11: 420 by 50
    "messages_per_day": 10.0,  # T13
    "member_made_share": 280 / 476,  # T35
    "solved_rate": 0.75,  # T17
    "value_per_minute": 0.45,  # T19: 504 points in 1,120 minutes
    "violation_rate": 0.1,  # T49: 28 of 280 posts
    "activation_14d": 0.5,  # T26
    "joiner_retention_28d": 0.75,  # T22
    "fund_spend_yuan": 4200.0,  # T58
    "cost_per_retained_yuan": 84.0,  # T59
    "runway_weeks": 2.0,  # T58: 700 yuan at 350 a week, of the last four
    "promotion_share": 0.25,  # T68: of the last week
    "open_rate": 0.5,  # T31
    "unseen_share": 0.25,  # T34: of the last 28 days
    "reshare_advantage": 0.5,  # T33: .15 against .1
    "share_to_registration": 0.05,  # T38
    "group_conversion": 0.1,  # T39
    "steward_fill": 0.5,  # T60
    "gaming_loss": 0.1,  # T69: of the last 28 days
    "negative_share": 0.15,  # T47
    "review_wait_hours": 4.0,  # T50
    "stage_up_28d": 28 * 4 / 50,  # T29
}


def test_measures_of_the_day_book_by_their_definitions_and_windows():
    """Two months of a toy community, worked out by hand."""
    t = toy(1)
    t.run_state.n_founders = 100
    t.balances[fund.POOLS[0]] = 70_000
    for name, (first, last) in FIRST_AND_LAST_MONTH.items():
        t.daily[:28, getattr(mt, name)], t.daily[28:56, getattr(mt, name)] = first, last
    found = outcomes.outcomes_of(t, 56)
    assert {name: found[name] for name in DEFINED} == pytest.approx(DEFINED)
