"""Alerts on day books filled by hand: each rule fires when it is broken, and only then."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from communities import copied, setting

from plaza_lab.sim.mechanisms.governance import alerting, sensing
from plaza_lab.sim.policy import Channel, Policy, Programme, RuleSet, Schedule, Staff
from plaza_lab.sim.recording import daybook
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Setting, to_record
from plaza_lab.sim.state import fund
from plaza_lab.sim.state.alert_rules import INDEX, RULES, words_of
from plaza_lab.sim.state.alerts import ACTIONS, GREEN, RED, YELLOW, Act
from plaza_lab.sim.state.people import HISTORY
from plaza_lab.sim.tables import Tables, allocate

DAYS = 200
BREAK = 84
DELAY = 3
Curve = float | Callable[[np.ndarray], np.ndarray]


def grown(start: float, a_month: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda day: start * (1.0 + a_month) ** (day / 28.0)


HEALTHY: dict[str, Curve] = {
    "members": grown(1000, 0.06),
    "active_7d": grown(500, 0.06),
    "active_share": 0.6,
    "expert_active_share": 0.6,
    "interactions": grown(1000, 0.2),
    "negative_share": 0.03,
    "sensed_negative": 0.03,
    "invited_joins": 4.0,
    "joins": 6.0,
    "exits": 2.0,
    "threads_closed": 10.0,
    "threads_good": 8.0,
    "joins_content": 3.0,
    "outside_visits": 10.0,
    "audience_retention": 0.4,
    "conversion": 0.3,
    "posts": 100.0,
    "removed": 1.0,
    "kocs": 60.0,
    "messages": 100.0,
    "brand_items": 5.0,
    "items_created": 105.0,
    "purchases": 10.0,
    "items_left": 100.0,
    "left_unseen": 10.0,
    "brand_pool_yuan": 100_000.0,
    "fund_out_yuan": 100.0,
    "staffed": 1.0,
    "newcomer_share": 0.1,
    "capacity_use": 0.5,
    "voice_gini": 0.5,
    "voice_top": 0.2,
    "impressions": 1000.0,
    "promo_views": 50.0,
    "unread": 10.0,
    "reviewed": 10.0,
    "review_wait_days": 1.0,
    "staff_load": 0.8,
    "rewards_yuan": 100.0,
    "farmed_yuan": 1.0,
    "service_questions": 10.0,
    "service_answered": 9.5,
    "replies_given": 2.0,
    "reply_hours": 20.0,
    "health": 80.0,
    "data_gap": 0.0,
    "partner_strain": 0.0,
    "privacy_incidents": 0.0,
    "central_weight": 0.5,
    "held_one_platform": 0.3,
}
"""Days on which no rule is broken."""

BROKEN: dict[str, dict[str, Curve]] = {
    "A01": {"members": 1200.0, "active_7d": 600.0},
    "A02": {"active_7d": lambda day: 600.0 * (1.0 + 0.9 * ((day // 7) % 2))},
    "A03": {"interactions": 1500.0},
    "A04": {"sensed_negative": 0.35},
    "A05": {"invited_joins": 2.0},
    "A06": {"churn_scored": 3.0},
    "A07": {"public_incidents": 1.0},
    "A08": {"threads_good": 5.0},
    "A09": {"joins_content": 1.0},
    "A10": {"audience_retention": 0.2},
    "A11": {"members": lambda day: 1000.0 * 1.06 ** (BREAK / 28.0) + 0.0 * day},
    "A12": {"unproven": 1.0},
    "A13": {"central_weight": 0.7},
    "A14": {"conversion": 0.05},
    "A15": {"active_share": 0.35},
    "A16": {"topic_anomaly": 4.0},
    "A17": {"removed": 12.0},
    "A18": {"data_gap": 1.0},
    "A19": {"kocs": 3.0},
    "A20": {"purchases": 3.0, "sensed_negative": 0.15},
    "A21": {"left_unseen": 60.0},
    "A22": {"brand_pool_yuan": 700.0},
    "A23": {"staffed": 0.0},
    "A24": {"newcomer_share": 0.3},
    "A25": {"voice_top": 0.6},
    "A26": {"promo_views": 300.0},
    "A27": {"expert_active_share": lambda day: np.maximum(0.05, 0.6 - 0.01 * (day - BREAK))},
    "A28": {"review_wait_days": 15.0},
    "A29": {"partner_strain": 0.5},
    "A30": {"privacy_incidents": 1.0},
    "A31": {"held_one_platform": 0.8},
    "A32": {"staff_load": 1.5},
    "A33": {"farmed_yuan": 10.0},
    "A34": {"service_answered": 6.0},
    "A35": {"reply_hours": 120.0},
}
"""What breaks each rule, from day ``BREAK`` on."""

WORST = dict.fromkeys(("A01", "A02", "A04", "A07", "A18", "A22", "A24", "A29", "A30"), RED)
"""Colours of the catalogue; all others are yellow."""

WATCHFUL = setting({
    "policy.alerts.ruleset": RuleSet.SOURCE_THRESHOLDS,
    "policy.alerts.delay_days": DELAY,
    "policy.alerts.min_n": 0,
    "policy.climate.senses_mood": True,
    "world.mood.is_felt": True,
    "policy.feedback.channel": Channel.HOTLINE,
    "policy.feedback.response_hours": 30.0,
    "policy.koc.programme": Programme.INCUBATE,
    "policy.koc.target": 50,
    "policy.koc.target_weeks": 26,
    "policy.fund.brand_week_cents": 1_000_000,
    "policy.fund.dues_month_cents": 1000,
    "policy.stewarding.staff": Staff.PAID_ROTATION,
    "policy.programme.schedule": Schedule.STAGED_BY_TIME,
    "policy.stewarding.kpi_pressure": 0.5,
    "policy.service.has_service": True,
    "policy.service.coverage_hours": 8.0,
    "policy.steering.items_week": 7.0,
})  # fmt: skip


def book(broken: dict[str, Curve], which: Setting = WATCHFUL) -> Tables:
    """Tables of nobody, with a day book that is healthy until ``BREAK``."""
    t = allocate(to_record(which.policy), to_record(which.world), 64, 64, DAYS)
    t.balances[fund.BRAND_POOL] = 10_000_000
    t.run_state.n_founders = 1000
    day = np.arange(DAYS + 1.0)
    for name, curve in HEALTHY.items():
        t.daily[:, mt.NAMES.index(name)] = curve(day) if callable(curve) else curve
    for name, curve in broken.items():
        late = curve(day[BREAK:]) if callable(curve) else curve
        t.daily[BREAK:, mt.NAMES.index(name)] = late
    return t


def watched(t: Tables, rule: str = "A01") -> tuple[int, int, int, np.ndarray]:
    """Worst colour of a rule, day it rose, day it was acted on, and the policy's words then."""
    k = INDEX[rule]
    worst, rose, acted = GREEN, -1, -1
    moved = t.policy.view(np.int64).copy()
    for day in range(DAYS):
        alerting.step(t, day)
        alert = t.alerts[k]
        worst = max(worst, int(alert.colour))
        if rose < 0 and alert.colour != GREEN:
            rose = day
        if acted < 0 and alert.acted >= 0:
            acted = int(alert.acted)
            moved = t.policy.view(np.int64).copy()
    return worst, rose, acted, moved


def test_the_table_holds_every_rule_about_members_money_and_staff():
    """R72: A01 to A35."""
    assert set(BROKEN) == set(INDEX) == {f"A{k:02}" for k in range(1, 36)}
    assert {act for rule in RULES for act in rule.acts} == set(Act)


@pytest.mark.mechanism("M114")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_broken_rule_fires_and_triggers_its_act(rule):
    """R72: every alert fires and triggers its action."""
    t = book(BROKEN[rule.id])
    before = t.policy.view(np.int64).copy()
    worst, rose, acted, after = watched(t, rule.id)
    assert worst == WORST.get(rule.id, YELLOW)
    assert rose >= BREAK
    if not rule.acts:  # A12: what is not proven is not scaled, see the tests of trials
        assert acted < 0
        return
    assert acted == rose + DELAY
    words = words_of(Policy())
    moves = [move.lever for act in rule.acts for move in ACTIONS[act].moves]
    moved = [lever for lever in moves if before[words[lever][0]] != after[words[lever][0]]]
    assert moved, "no lever has moved"
    log = t.interventions[: t.alerting_state[0].n_interventions]
    mine = log[(log.rule == INDEX[rule.id]) & (log.is_start == 1)]
    assert set(mine.act) <= {int(act) for act in rule.acts}
    assert mine.day[0] == acted


@pytest.mark.parametrize("ruleset", list(RuleSet)[1:])
def test_nothing_fires_on_a_healthy_day_book(ruleset):
    """R72: no alert without a cause, under any rule set."""
    which = dataclasses.replace(
        WATCHFUL,
        policy=dataclasses.replace(
            WATCHFUL.policy,
            alerts=dataclasses.replace(WATCHFUL.policy.alerts, ruleset=ruleset),
        ),
    )
    t = book({}, which)
    before = t.policy.copy()
    watched(t)
    assert not t.daily[:DAYS, [mt.ALERTS_YELLOW, mt.ALERTS_RED, mt.ALERT_LIGHT]].any()
    assert t.alerting_state[0].n_interventions == 0
    assert t.policy.tobytes() == before.tobytes()


def test_the_consistent_set_asks_for_what_the_yearly_goal_needs():
    """C05: 3 % in 28 days is too little for the sources, and enough for 30 % a year."""
    slow = {"members": grown(1100, 0.03), "active_7d": grown(550, 0.03)}
    assert watched(book(slow))[0] == RED
    which = setting_with(ruleset=RuleSet.CONSISTENT_THRESHOLDS)
    assert watched(book(slow, which))[0] == GREEN


def setting_with(**changes) -> Setting:
    alerts = dataclasses.replace(WATCHFUL.policy.alerts, **changes)
    policy = dataclasses.replace(WATCHFUL.policy, alerts=alerts)
    return dataclasses.replace(WATCHFUL, policy=policy)


def test_small_communities_swing_by_chance():
    """F91: below min_n the swing of activity raises no alert."""
    which = setting_with(min_n=100_000)
    assert watched(book(BROKEN["A02"], which), "A02")[0] == GREEN


def test_smoothing_lets_one_bad_week_pass():
    spike = {"sensed_negative": lambda day: np.where(day < BREAK + 7, 0.2, 0.03)}
    assert watched(book(spike), "A04")[0] == YELLOW
    assert watched(book(spike, setting_with(smoothing=0.7)), "A04")[0] == GREEN


def test_three_yellow_alerts_make_a_red_light():
    two = BROKEN["A08"] | BROKEN["A21"]
    t = book(two)
    watched(t)
    assert t.daily[DAYS - 1, mt.ALERTS_YELLOW] == 2
    assert t.daily[DAYS - 1, mt.ALERT_LIGHT] == YELLOW
    t = book(two | BROKEN["A09"])
    watched(t)
    assert t.daily[DAYS - 1, mt.ALERTS_RED] == 0
    assert t.daily[DAYS - 1, mt.ALERT_LIGHT] == RED


def test_poor_health_turns_the_light():
    """T71: below 60 yellow, below 40 red, without any alert."""
    t = book({"health": lambda day: np.where(day < BREAK + 7, 50.0, 30.0)})
    watched(t)
    lights = t.daily[[BREAK - 1, BREAK, BREAK + 7], mt.ALERT_LIGHT]
    assert lights.tolist() == [GREEN, YELLOW, RED]
    assert not t.daily[:, [mt.ALERTS_YELLOW, mt.ALERTS_RED]].any()


def test_levers_go_back_when_the_alert_has_gone():
    """An intervention ends after four weeks at the least, once its alert is green."""
    t = book({"promo_views": lambda day: np.where(day < BREAK + 14, 300.0, 50.0)})
    before = t.policy.copy()
    watched(t, "A26")
    assert t.policy.tobytes() == before.tobytes()
    log = t.interventions[: t.alerting_state[0].n_interventions]
    start, end = log
    assert (start.act, start.is_start, end.act, end.is_start) == (Act.PAUSE, 1, Act.PAUSE, 0)
    assert end.day - start.day == 29


def test_an_intervention_costs_staff_hours_and_waits_for_money():
    """M114: mediation takes four hours a week from the brand's budget; without it, none begins."""
    t = book(BROKEN["A04"])
    watched(t)
    log = t.interventions[: t.alerting_state[0].n_interventions]
    mediation = log[log.act == Act.MEDIATE]
    wage = WATCHFUL.world.alerting.hour_cents
    assert mediation.cents[0] == 4 * wage
    weeks = (DAYS - 1 - int(mediation.day[0])) // 7 + 1
    assert t.balances[fund.OUTSIDE] == weeks * 4 * wage
    t = book(BROKEN["A04"])
    t.balances[fund.BRAND_POOL] = 2 * 4 * wage
    watched(t)
    log = t.interventions[: t.alerting_state[0].n_interventions]
    begun, ended = log[log.act == Act.MEDIATE]
    assert (ended.is_start, ended.day - begun.day) == (0, 14), "the third week is not paid"
    t = book(BROKEN["A04"])
    t.balances[fund.BRAND_POOL] = 0
    watched(t)
    log = t.interventions[: t.alerting_state[0].n_interventions]
    assert list(log.act) == [Act.PAUSE]
    assert t.daily[:, mt.POLICY_STOPS].sum() > 0


def test_no_lever_belongs_to_two_acts_and_each_is_found_in_the_record():
    levers = [move.lever for action in ACTIONS.values() for move in action.moves]
    assert len(set(levers)) == len(levers)
    record = to_record(Policy())
    for lever, (word, is_whole) in words_of(Policy()).items():
        group, name = lever.split(".")
        within, start = record.dtype.fields[group]
        kind, offset = within.fields[name]
        assert 8 * word == start + offset, lever
        assert is_whole == (kind == np.int64), lever


def test_runs_that_watch_have_a_policy_of_their_own():
    """A policy is shared by runs; one whose levers move has a copy."""
    levers = to_record(WATCHFUL.policy)
    params = to_record(WATCHFUL.world)
    assert allocate(levers, params, 64, 64, 7).policy is not levers
    plain = to_record(Policy())
    assert allocate(plain, params, 64, 64, 7).policy is plain


@pytest.mark.mechanism("M117")
def test_listening_hears_its_part_of_the_talk_some_days_later():
    t = book({})
    alerting.step(t, 10)
    expected = 0.5 * 100.0 * 5.0 / 105.0
    assert t.daily[10, mt.MENTIONS] == pytest.approx(expected)
    t.daily[:, mt.COMPLAINTS] = 2.0
    alerting.step(t, 11)
    assert t.daily[11, mt.MENTIONS] == pytest.approx(expected + 2.0)


def test_disabled_does_nothing():
    t = book(BROKEN["A04"], setting_with(ruleset=RuleSet.DISABLED))
    before = copied(t)
    for day in range(DAYS):
        alerting.step(t, day)
    assert t.daily.tobytes() == before.daily.tobytes()
    assert t.policy.tobytes() == before.policy.tobytes()


def test_health_is_the_weighted_mean_of_what_can_be_measured():
    """T71 by hand: active .2 of .4, no growth, no threads, tone .15 of .3, .6, half a year."""
    t = book({})
    t.people_state.n_members = 1000
    t.daily[:, mt.MEMBERS] = 1000.0
    t.acts[62 + HISTORY] = 200
    t.daily[:, mt.THREADS_CLOSED] = 0.0
    t.daily[:, mt.SENSED_NEGATIVE] = 0.15
    t.daily[:, mt.SENSED_SATISFACTION] = 0.6
    t.balances[fund.BRAND_POOL] = 26 * 70_000
    daybook.close_day(t, 62)
    assert t.daily[62, mt.HEALTH] == pytest.approx(100.0 * (0.5 + 0.5 + 0.5 + 0.6 + 0.5) / 5.0)
    t.policy["alerts"]["health_weights"][0] = [1, 0, 0, 0, 1, 0]
    daybook.close_day(t, 62)
    assert t.daily[62, mt.HEALTH] == pytest.approx(100.0 * (0.5 + 0.6) / 2.0)
    daybook.close_day(t, 20)
    assert t.daily[20, mt.HEALTH] == 0.0, "measured before four weeks were lived"


def test_experts_are_the_fifth_with_most_skill():
    """T07 among the top skill quintile: of two experts among ten, one was active."""
    t = allocate(to_record(Policy()), to_record(WATCHFUL.world), 64, 64, 60)
    t.people_state.n_rows = t.people_state.n_members = 10
    t.fate.status[:10] = 1
    t.members.skill[:10] = [0.1, 0.2, 0.3, 0.95, 0.4, 0.15, 0.9, 0.35, 0.25, 0.05]
    t.members.last_act[:10] = -32000
    t.members.last_act[[3, 0, 1]] = 40
    daybook.close_day(t, 48)
    assert t.daily[48, mt.EXPERT_ACTIVE_SHARE] == pytest.approx(0.5)


@pytest.mark.mechanism("M118")
def test_the_survey_asks_whether_members_would_recommend():
    """T44: all of one mind and no noise: each answer is ten times the willingness."""
    which = setting({"world.sensing.answer_noise": 0.0, "world.sensing.bias": 0.0})
    t = allocate(to_record(which.policy), to_record(which.world), 64, 64, 60)
    t.people_state.n_rows = t.people_state.n_members = 60
    t.fate.status[:60] = 1
    for level, willing, score in ((0.9, 1.0, 100.0), (0.7, 1.0, 0.0), (0.5, 0.0, -100.0)):
        for feeling in ("satisfaction", "trust", "belonging"):
            t.members[feeling][:60] = level + 0.01
        with np.errstate(over="ignore"):  # in plain Python, hashes wrap around
            sensing.step(t, 13)
        assert t.daily[13, mt.RECOMMEND_SHARE] == willing
        assert t.daily[13, mt.PROMOTER_SCORE] == score
