"""Measures of members, money and content on communities small enough to be counted by hand (R70).

A second part of :mod:`test_measures`: one test for each measure of the catalogue, by its id.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import lived, paid, runs, setting
from test_measures import adds_up, toy

from plaza_lab.agents.koc import Stage
from plaza_lab.agents.member import Flag, Status
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.trying.living import judge
from plaza_lab.sim.mechanisms.commerce import winback
from plaza_lab.sim.mechanisms.governance import alerting, quarterly
from plaza_lab.sim.policy import Programme
from plaza_lab.sim.recording import daybook, outcomes
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.commerce_outcomes import route_outcomes, top_share
from plaza_lab.sim.state import dashboard, fund
from plaza_lab.sim.state.items import Format, Source
from plaza_lab.sim.state.people import HISTORY

YEAR = 364


def found_of(t, days: int) -> dict[str, float]:
    """Outcomes of a toy that was founded with all its members, after so many days."""
    t.run_state.n_founders = t.run_state.n_founders or t.people_state.n_members
    return outcomes.outcomes_of(t, days)


def post(t, day: int, purpose: int, payer: int, payee: int, cents: int) -> None:
    """Write a payment into a toy's journal."""
    row = t.journal[t.fund_state[0].n_journal]
    row.day, row.purpose, row.payer, row.payee, row.amount_cents = day, purpose, payer, payee, cents
    t.fund_state[0].n_journal += 1


def test_members_joins_by_route_and_growth_of_a_year():
    """T01, T02, T04: 130 of 100 after a year; every join has one route."""
    t = toy(1)
    t.run_state.n_founders = 100
    t.daily[:YEAR, mt.MEMBERS] = np.linspace(100, 130, YEAR)
    t.daily[10:13, mt.JOINS] = 5
    found = found_of(t, YEAR)
    assert (found["members_end"], found["joins"]) == (130.0, 15.0)
    assert found["growth"] == pytest.approx(0.3)
    # a quarter of 91 days from 100 to 105: a year of four of them
    assert plain(quarterly.yearly)(105.0, 100.0, 91) == pytest.approx(1.05**4 - 1.0)


def test_every_join_of_a_lived_community_has_one_route(kernels):
    """T02: routes sum to joins, day by day."""
    advertised = {
        "policy.fund.brand_week_cents": 50_000,
        "policy.acquisition.media_week_cents": 50_000,
        "policy.acquisition.offline_traffic_week": 20.0,
    }
    days = lived(setting(advertised), 1, 90).daily[:90]
    routes = [mt.NAMES.index(n) for n in mt.NAMES if n.startswith("joins_") and n != "joins_lost"]
    assert days[:, mt.JOINS].sum() > 50
    assert np.array_equal(days[:, routes].sum(axis=1), days[:, mt.JOINS])


def test_active_members_of_a_day_a_week_and_a_month():
    """T06, T07: of ten, who acted last today, five days, six, seven, 27 and 28 days ago."""
    t = toy(10)
    for ago in (0, 5, 6, 7, 27, 28):
        t.acts[40 + HISTORY - ago] += 1
    daybook.close_day(t, 40)
    row = t.daily[40]
    assert (row[mt.DAU], row[mt.ACTIVE_7D], row[mt.ACTIVE_28D]) == (1, 3, 5)
    assert row[mt.ACTIVE_SHARE] == 0.5


def test_swing_of_the_week_against_the_four_before():
    """T09: 30 of 100 after 20 of 100 is a swing of a half, up or down."""
    t = toy(1, {"policy.alerts.min_n": 50})
    t.daily[:, mt.MEMBERS], t.daily[:, mt.ACTIVE_7D] = 100, 20
    for active, swing in ((30, 0.5), (10, 0.5), (20, 0.0)):
        t.daily[69, mt.ACTIVE_7D] = active
        assert plain(dashboard._swing)(t, 70, mt.ACTIVE_7D) == pytest.approx(swing)
    assert math.isnan(plain(dashboard._swing)(t, 34, mt.ACTIVE_7D))


def test_off_topic_backlog_quality_and_peak_of_newcomers_from_the_days():
    """T16, T20, T27, T28: two months, of which the last week or the whole counts."""
    t = toy(1)
    t.run_state.n_founders = 100
    t.daily[:56, mt.MEMBERS] = 100
    t.daily[:56, [mt.THREADS_CLOSED, mt.OFF_TOPIC]] = (8, 2)
    t.daily[:56, mt.UNREAD], t.daily[49:56, mt.UNREAD] = 1, 5
    t.daily[:56, mt.NEWCOMER_SHARE], t.daily[40, mt.NEWCOMER_SHARE] = 0.2, 0.35
    t.daily[10, mt.NEWCOMER_SHARE] = 1.0  # founders are new themselves
    t.daily[:56, [mt.ANSWERS, mt.ANSWER_QUALITY, mt.SEARCHES, mt.SKILLS_HELD]] = (4, 3, 5, 2)
    found = found_of(t, 56)
    assert found["off_topic_share"] == 0.25
    assert (found["unread_backlog"], found["unread_per_visit"]) == (5.0, 1.5)
    assert found["newcomer_share_peak"] == 0.35
    assert found["member_quality"] == pytest.approx(0.5 * 0.75 + 0.5 * 0.4)


def test_stock_is_taken_of_members_who_are_here():
    """T27, T46, T52: means over three of four, of whom one came a week ago."""
    t = toy(4)
    t.people_state.n_members = 3
    t.fate.status[3] = Status.LEFT
    t.members.joined[:4] = (-300, -300, 34, 34)
    for field, values in (("belonging", (0.2, 0.4, 0.6, 1.0)), ("trust", (0.3, 0.3, 0.9, 1.0)),
                          ("fairness", (0.5, 0.2, 0.2, 1.0))):  # fmt: skip
        getattr(t.members, field)[:4] = values
    daybook.close_day(t, 41)
    row = t.daily[41]
    assert row[mt.NEWCOMER_SHARE] == pytest.approx(1 / 3)
    means = [row[mt.BELONGING], row[mt.TRUST], row[mt.FAIRNESS]]
    assert means == pytest.approx([0.4, 0.5, 0.3], abs=1e-3)
    found = found_of(t, 42)
    ends = [found[name] for name in ("belonging_end", "trust_end", "fairness_end")]
    assert ends == pytest.approx(means)


def test_a_score_is_right_as_often_as_pairs_are_in_order():
    """T24: of two lost and two kept, three of four pairs in order; each class off by its gap."""
    t = toy(1)
    t.risks[:] = 0.0
    t.risks[1, [90, 40]] = 1.0
    t.risks[0, [20, 60]] = 1.0
    plain(winback._judge_score)(t, 5)
    assert t.daily[5, mt.CHURN_AUC] == 0.75
    assert t.daily[5, mt.CHURN_ERROR] == pytest.approx((0.1 + 0.6 + 0.2 + 0.6) / 4)


def test_sorted_members_stand_where_they_belong_as_often_as_the_data_say(kernels):
    """T30: right by accuracy .85, and by a quarter of what is left to chance; all are sorted."""
    which = one_policy(["crm=segments", "entry=open", "fund=brand_funded"]).setting
    days = np.array([run.days[62] for run in runs(which, range(1, 9), 63)])
    assert days[:, mt.TARGETING_ACCURACY].mean() == pytest.approx(0.85 + 0.15 / 4, abs=0.01)
    heads = days[:, [mt.SEGMENT_ORDINARY, mt.SEGMENT_CORE, mt.SEGMENT_VIP, mt.SEGMENT_AT_RISK]]
    assert heads.sum(axis=1) == pytest.approx(days[:, mt.MEMBERS], abs=10)


def test_engagement_by_source_and_form():
    """T32: likes, comments and shares by views, of what members wrote and of the brand's videos."""
    t = toy(1)
    kinds = t.kinds.view(np.ndarray).reshape(len(Source), -1)
    for source, form, views, likes in (
        (Source.MEMBER, Format.TEXT, 100, 10),
        (Source.MEMBER, Format.VIDEO, 100, 20),
        (Source.BRAND, Format.VIDEO, 50, 5),
    ):
        cell = kinds[int(source), int(form)]
        cell["views"], cell["reactions"], cell["replies"], cell["shares"] = views, likes, 3, 2
    t.daily[:28, [mt.RESPONSES_LEFT, mt.VIEWS_LEFT]] = (3, 12)
    found = found_of(t, 28)
    assert found["engagement_rate"] == 0.25
    assert found["engagement_member"] == pytest.approx((15 + 25) / 200)
    assert found["engagement_brand"] == pytest.approx(10 / 50)
    assert found["engagement_video"] == pytest.approx((25 + 10) / 150)
    assert math.isnan(found["engagement_koc"])


def test_buyers_of_a_half_year_who_bought_in_the_next():
    """T40: four bought in the first half of the year, one of them again; a fifth buys anew."""
    t = toy(6)
    t.members.last_buy[:6] = (100, 120, 150, 181, -32000, -32000)
    plain(daybook._repurchase)(t, 181)
    assert t.daily[181, mt.REPURCHASE] == 0.0
    assert ((t.fate.circles[:6] & Flag.BUYER) > 0).tolist() == [True] * 4 + [False] * 2
    t.members.last_buy[[1, 4]] = (200, 300)
    plain(daybook._repurchase)(t, 363)
    assert t.daily[363, mt.REPURCHASE] == 0.25


def test_sales_to_members_are_all_sales_there_are(kernels):
    """T41: what members spent with the brand is what the journal holds of sales."""
    t = lived(setting(), 1, 120)
    sold = paid(t, fund.SALE).sum() / 100.0
    assert sold > 0.0
    assert found_of(t, 120)["purchases_yuan"] == pytest.approx(sold)


def test_what_a_join_costs_by_route_and_what_a_member_is_worth():
    """T42: 600 yuan for 20 joins by reach, 100 for 4 by invitation, a margin of 7,000."""
    t = toy(1)
    t.run_state.n_founders = 100
    t.daily[:100, mt.MEMBERS] = 100
    t.daily[:100, mt.EXITS] = 0.5
    t.daily[50, [mt.JOINS, mt.JOINS_PAID, mt.JOINS_REFERRAL]] = (25, 20, 4)
    pool = fund.BRAND_POOL
    post(t, 3, fund.MEDIA, pool, fund.OUTSIDE, 60_000)
    post(t, 4, fund.REFERRAL_REWARD, pool, fund.MEMBERS, 10_000)
    post(t, 5, fund.SALE, fund.MEMBERS, fund.OUTSIDE, 1_000_000)
    post(t, 5, fund.COST_OF_GOODS, fund.OUTSIDE, fund.MEMBERS, 300_000)
    found = found_of(t, 100)
    assert found["cost_per_join_paid_yuan"] == 30.0
    assert found["cost_per_join_referral_yuan"] == 25.0
    assert found["acquisition_cost_yuan"] == 28.0
    # .7 yuan a member-day over the 200 days that a hazard of half a percent leaves
    assert found["lifetime_value_yuan"] == pytest.approx(140.0)
    assert found["value_to_cost"] == pytest.approx(5.0)
    assert math.isnan(found["cost_per_join_offline_yuan"])


def test_spending_of_the_top_buyers_and_evenness():
    """T43: three of ten hold 60 of 100; one who has all of ten is a Gini of .9."""
    t = toy(11)
    t.members.spent[:10] = (20, 20, 20, 10, 10, 4, 4, 4, 4, 4)
    assert found_of(t, 28)["spend_top30"] == pytest.approx(0.6)
    assert top_share(np.ones(10), 0.3) == pytest.approx(0.3)
    assert outcomes.gini(np.array([0.0] * 9 + [5.0])) == pytest.approx(0.9)


def test_talk_about_the_brand_that_listening_finds():
    """T48: half of the messages of two days ago, as far as items were the brand's, and complaints;
    a purchase, against those of the first four weeks."""
    t = toy(1, {"policy.alerts.listening_coverage": 0.5, "policy.alerts.listening_lag_days": 2,
                "world.mood.is_felt": True})  # fmt: skip
    t.daily[37, [mt.BRAND_ITEMS, mt.KOC_ITEMS, mt.ITEMS_CREATED, mt.MESSAGES]] = (3, 1, 10, 40)
    t.daily[37, mt.COMPLAINTS] = 2
    plain(alerting._listen)(t, 40, t.policy[0].alerts)
    assert t.daily[40, mt.MENTIONS] == pytest.approx(0.5 * 40 * 0.4 + 2)
    t.daily[:, [mt.MENTIONS, mt.PURCHASES]] = (2, 4)
    t.daily[42:70, mt.MENTIONS] = 3
    t.daily[:, mt.NEGATIVE_SHARE] = 0.2
    heard = plain(dashboard._mentions)
    assert heard(t, 70, mt.MENTIONS, mt.PURCHASES, 28, 0.1) == pytest.approx(1.5)
    assert math.isnan(heard(t, 70, mt.MENTIONS, mt.PURCHASES, 28, 0.3))


def test_how_many_share_the_prizes():
    """T57: ten prizes of four winners, one of whom has won seven times."""
    t = toy(6)
    t.members.wins[:6] = (7, 1, 1, 1, 0, 0)
    found = found_of(t, 28)
    assert found["award_winners_share"] == 0.4
    assert found["award_gini"] == pytest.approx(2 * (1 + 2 + 3 + 28) / 40 - 5 / 4)


def test_what_kocs_bring_and_where_they_stand_against_the_plan():
    """T62: twelve of the 15 who were due in 13 of 26 weeks; reach, joins and sales a head."""
    t = toy(8, {"policy.koc.target": 30, "policy.koc.target_weeks": 26,
                "policy.koc.programme": Programme.INCUBATE,
                "policy.fund.brand_week_cents": 1_000_000})  # fmt: skip
    t.daily[30, mt.KOC_GRADUATES], t.daily[60, mt.KOC_GRADUATES] = 5, 7
    t.daily[:91, [mt.SALES_YUAN, mt.PURCHASES]] = (100, 2)
    t.kocs_state.n_kocs = 3
    t.kocs.stage[:3] = (Stage.ACTIVE, Stage.ACTIVE, Stage.FREE)
    t.kocs.member[:3], t.kocs.reach[:3], t.kocs.joins[:3] = (0, 1, 2), (300, 100, 99), (3, 0, 0)
    t.members.inviter[:8] = (-1, -1, -1, 0, 0, 2, -1, -1)
    t.members.buys[:8] = (0, 0, 0, 4, 2, 9, 0, 0)
    found = route_outcomes(t, adds_up(t, t.daily[:91]))
    assert (found["koc_graduates"], found["koc_path_gap"]) == (12.0, -3.0)
    assert (found["koc_reach"], found["koc_joins"]) == (200.0, 1.5)
    assert found["koc_sales_yuan"] == pytest.approx(6 * 50 / 2)


def test_the_lift_of_a_trial_and_how_often_chance_parts_groups_as_far():
    """T70: three groups of two against three, wholly apart: 2 of the 20 ways to draw them do so."""
    values = np.array([1.0, 1.2, 1.1, 1.3, 0.9, 1.1, 2.1, 2.3, 2.0, 2.2, 2.4, 2.2])
    arm, group = np.repeat([0, 1], 6), np.repeat(np.arange(6), 2)
    found = judge(values, arm, group)
    assert found.effect == pytest.approx(values[6:].mean() - values[:6].mean())
    assert found.p == pytest.approx(2 / 20, abs=0.02)
    assert found.low < found.effect < found.high
    assert judge(values, np.zeros(12, int), group).p == 1.0
