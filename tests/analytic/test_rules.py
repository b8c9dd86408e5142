"""Rules against their equations: ties, motive, points, review, KOCs, partners, concentration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import (
    CLOSED,
    EVERYTHING,
    FAITHFUL,
    STILL,
    daily,
    live_by_hand,
    lived,
    opened,
    setting,
)

from plaza_lab.agents.choices import shift_probability
from plaza_lab.agents.decisions.partnering import END, stays
from plaza_lab.agents.decisions.visiting import visit_hazard
from plaza_lab.agents.member import Status
from plaza_lab.agents.moderator import accepts_duty, items_per_day, volunteers_wanted
from plaza_lab.agents.partner import Deal, PartnerClass, conversion
from plaza_lab.agents.rewards import goal_pull, reward_log_odds
from plaza_lab.engine.plain import plain
from plaza_lab.sim.engine import live_until
from plaza_lab.sim.mechanisms.money import budget
from plaza_lab.sim.policy import Review, Staff
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.recording.outcomes import gini
from plaza_lab.sim.state import weekly


def world_of(**changes):
    return opened(setting(STILL, {"population.initial_members": 5}, changes), 1, 7)


# ---- ties ----------------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.025, 0.03, 0.035])
def test_ties_fade_exponentially_and_are_dropped_at_the_weekly_look(kernels, decay):
    """What is kept is what is still above the limit on the member's last review day."""
    fading = setting(STILL, {"population.initial_members": 200, "population.ties": 5.0,
                             "world.ties.decay": decay})  # fmt: skip
    start = opened(fading, 3, 85)
    held = start.ties.strength[:200] / 64.0
    used = np.arange(held.shape[1]) < start.members.n_ties[:200, None]
    review = np.zeros(200)
    for day in range(78, 85):
        for number in range(plain(weekly.spans)(start, day)):
            first, beyond = plain(weekly.span)(start, number, day)
            review[first:beyond] = day
    expected = (used & (held * np.exp(-decay * review)[:, None] >= 0.15)).sum(axis=1)
    tables = live_until(start, 0, 85)
    assert 0 < expected.sum() < used.sum()
    assert tables.members.n_ties[:200].tolist() == expected.tolist()


# ---- motive and rewards --------------------------------------------------------------------


def visit_by_hand(tables, member, day):
    """One member comes by: what it does to her motive and her feelings."""
    from plaza_lab.sim.mechanisms.rewards import motive
    from plaza_lab.sim.mechanisms.visiting import belonging

    tables.visitors[0] = member
    tables.people_state[0].n_visitors = 1
    motive.step(tables, day)
    belonging.step(tables, day)


def test_a_controlling_reward_wears_motive_geometrically(kernels):
    """Science A.10: m <- m (1 - k_x) on every visit under a prize as good as sure."""
    tables = opened(setting(STILL, {"population.initial_members": 5,
                                    "policy.incentive.has_prize": True,
                                    "policy.fund.brand_week_cents": 10**9,
                                    "world.incentives.recovery": 0.0}), 1, 30)  # fmt: skip
    budget.step(tables, 0)
    assert tables.budget_state[0].prize_cents > 10**6
    start = float(tables.members[0].motive)
    for visit in range(1, 21):
        visit_by_hand(tables, 0, visit)
        assert tables.members[0].motive == pytest.approx(start * (1 - 0.015) ** visit, rel=1e-5)


@pytest.mark.parametrize("absent", [5, 30, 58, 120])
def test_motive_comes_home_at_its_rate_however_long_one_is_away(kernels, absent):
    """Half of the way in ln 2 / .012 = 58 days (science A.10: 30-120), visits or not."""
    tables = opened(setting(STILL, {"population.initial_members": 20}), 1, 200)
    tables.members.native_motive[:20] = 0.6
    tables.members.motive[:20] = 0.2
    tables = live_until(tables, 0, absent)
    for member in range(20):
        visit_by_hand(tables, member, absent)
    expected = 0.6 - 0.4 * math.exp(-0.012 * absent)
    assert tables.members.motive[:20] == pytest.approx(expected, abs=0.004)
    assert 0.6 - 0.4 * math.exp(-0.012 * 58) == pytest.approx(0.4, abs=0.001)


def test_thanks_move_half_as_much_every_six_answers(kernels):
    tables = opened(setting(STILL, {"population.initial_members": 5,
                                    "world.incentives.recovery": 0.0}), 1, 30)  # fmt: skip
    gains = []
    for answers in (0, 6, 12):
        m = tables.members[0]
        m.motive, m.answers, m.answers_today = 0.0, answers, 1
        m.unread_replies = m.unread_reactions = 0
        visit_by_hand(tables, 0, 1)
        gains.append(float(tables.members[0].motive))
    assert gains[0] == pytest.approx(0.06)
    assert gains[0] / gains[1] == gains[1] / gains[2] == pytest.approx(2.0, rel=1e-5)


def test_cash_works_as_measured_at_literal_calibration(kernels):
    """Thornton 2008: b0 = 1.37 for any sure reward, .54 for each unit; nothing for nothing."""
    p = world_of(**{"world.calibration.scale": 1.0}).params[0]
    rule = plain(reward_log_odds)
    assert rule(0.0, p) == 0.0
    assert rule(400.0, p) == pytest.approx(1.37 + 2 * 0.54, abs=1e-6)
    assert rule(600.0, p) == pytest.approx(1.37 + 3 * 0.54)
    # beyond the doses that were measured each doubling adds alike
    assert rule(1200.0, p) - rule(600.0, p) == pytest.approx(3 * 0.54 * math.log(2.0))
    assert rule(2400.0, p) - rule(1200.0, p) == pytest.approx(3 * 0.54 * math.log(2.0))
    steps = [rule(x, p) for x in (1, 10, 20, 50, 200, 600)]
    assert steps == sorted(steps)
    off = world_of(**{"world.calibration.scale": 0.0}).params[0]
    assert rule(400.0, off) == 0.0


def test_the_goal_pulls_more_as_it_comes_near(kernels):
    """Science A.10: log(1 + g (points / goal) ** h), starting anew after each reward."""
    p = world_of(**{"world.calibration.scale": 1.0}).params[0]
    pulls = [plain(goal_pull)(points, 500, p) for points in (0, 100, 250, 400, 499)]
    expected = [math.log(1 + 0.4 * (x / 500) ** 3) for x in (0, 100, 250, 400, 499)]
    assert pulls == pytest.approx(expected)
    assert plain(goal_pull)(500, 500, p) == 0.0
    assert plain(goal_pull)(730, 500, p) == plain(goal_pull)(230, 500, p)


@pytest.mark.parametrize("probability", [0.0, 1e-9, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("shift", [-30.0, -0.5, 0.0, 2.0, 30.0])
def test_uplifts_never_leave_the_unit_interval(probability, shift):
    """W19: 0.80 x 1.28 is no probability; the same claim on the odds is."""
    moved = plain(shift_probability)(probability, shift)
    assert 0.0 <= moved <= 1.0
    assert (moved - probability) * shift >= 0.0
    if shift == 0.0:
        assert moved == pytest.approx(probability)


def test_visit_hazard_is_base_times_exponentials(kernels):
    tables = world_of()
    m, p = tables.members[0], tables.params[0].visiting
    around = (tables, tables.policy[0], tables.params[0])
    m.belonging, m.satisfaction, m.load = 0.3, 0.5, 0.0
    assert plain(visit_hazard)(m, *around) == pytest.approx(float(m.visit_rate))
    m.belonging, m.satisfaction, m.load = 0.8, 0.9, 0.5
    shift = p.belonging_weight * 0.5 + p.satisfaction_weight * 0.4 - p.load_weight * 0.5
    assert plain(visit_hazard)(m, *around) == pytest.approx(float(m.visit_rate) * math.exp(shift))


def test_points_are_earned_by_the_tariff_up_to_the_cap(kernels):
    """Posts 10, replies 2, answers 20, at most 60 a day; held = granted - redeemed - lapsed."""
    which = setting(
        EVERYTHING,
        {
            "policy.incentive.points_reward": 1_000_000,
            "policy.incentive.points_expiry_weeks": 0,
            "policy.incentive.tier_bonus": 0.0,
            "policy.incentive.has_detection": False,
            "policy.fund.is_allocated": False,
            "policy.fund.brand_week_cents": 10_000_000,
        },
    )
    box = {}

    def before(tables, day, name):
        if name == "points":
            box["points"] = tables.members.points.copy()

    def after(tables, day, name):
        if name == "points":
            rows = tables.visitors[: tables.people_state[0].n_visitors]
            m = tables.members[rows]
            earned = 10 * m.posts_today.astype(int) + 2 * m.replies_today + 20 * m.answers_today
            given = m.points - box["points"][rows]
            earned[tables.fate.status[rows] == Status.LEFT] = 0  # what they do, they do no more
            assert (given == np.minimum(earned, 60)).all()
            assert given.sum() == tables.daily[day, mt.POINTS_ISSUED]
            box["seen"] = box.get("seen", 0) + int((given == 60).sum())

    live_by_hand(opened(which, 3, 40, 1500), 0, 40, after, before)
    assert box["seen"] > 0


# ---- review --------------------------------------------------------------------------------

QUEUE = {
    **STILL,
    "population.initial_members": 20,
    "policy.moderation.review": Review.PRE,
    "policy.stewarding.staff": Staff.FOUNDER_ONLY,
    "policy.stewarding.founder_hours_week": 7.0,
    "world.review.fatigue_gain": 0.0,
}
"""A founder with an hour a day: 12.5 items by default."""


def test_a_queue_below_capacity_stays_short(kernels):
    """Load 8 against 12.5 a day: what waits at night is rarely more than a day's surplus."""
    backlog = daily(setting(QUEUE, {"policy.content.brand_posts_day": 8.0}), "review_backlog",
                    range(6), 120)  # fmt: skip
    assert backlog.mean() < 1.0


def test_a_queue_above_capacity_grows_by_the_difference(kernels):
    """30 a day against 12.5: 17.5 more every day, until items expire after 3 days."""
    which = setting(QUEUE, {"policy.content.brand_posts_day": 30.0})
    backlog = daily(which, "review_backlog", range(60), 2)
    growth = np.diff(backlog, axis=1, prepend=0.0)
    error = math.sqrt(30.0 / growth.size)
    assert abs(growth.mean() - 17.5) < 4 * error + 0.5
    late = daily(which, "review_backlog", range(6), 60)[:, 10:]
    assert late.max() <= 3 * 60
    assert late.mean() == pytest.approx(3 * 30 - 12.5, rel=0.1)


def test_a_day_reviews_as_many_items_as_the_hours_allow(kernels):
    """Whole items, the rest carried over: 12.5 a day are 25 in two days."""
    tables = opened(setting(QUEUE, {"policy.content.brand_posts_day": 100.0}), 2, 40)
    reviewed = []

    def before(t, day, name):
        if name == "review":
            reviewed.append(
                -max(int(t.review_state[0].review_next), int(t.items_state[0].item_tail))
            )

    def after(t, day, name):
        if name == "review":
            reviewed[-1] += int(t.review_state[0].review_next)

    live_by_hand(tables, 0, 30, after, before)
    pairs = np.array(reviewed).reshape(-1, 2).sum(axis=1)
    assert set(reviewed) == {12, 13}
    assert (pairs == 25).all()


def test_tired_moderators_are_slower(kernels):
    tables = world_of()
    founder, p = tables.moderators[0], tables.params[0].review
    founder.hours_day, founder.fatigue = 2.0, 0.0
    assert items_per_day.py_func(founder, p) == 50.0
    founder.fatigue = 1.0
    assert items_per_day.py_func(founder, p) == 25.0


def test_a_stipend_is_accepted_from_the_reserve_wage_on():
    assert accepts_duty.py_func(100.0, 100.0)
    assert not accepts_duty.py_func(99.0, 100.0)


# ---- KOCs and partners ---------------------------------------------------------------------


def test_koc_fatigue_follows_its_recursion(kernels):
    """f <- f (1 - rest) a day, then f <- f + g (1 - f) for each sponsored item."""
    which = setting(EVERYTHING, {"policy.koc.slots": 10})
    box = {"items": 0, "fatigue": {}, "sponsored": {}}

    def before(tables, day, name):
        if name == "kocs":
            box["kocs"] = tables.kocs.copy()

    def after(tables, day, name):
        if name != "kocs":
            return
        for k in range(tables.kocs_state[0].n_kocs):
            old, now = box["kocs"][k], tables.kocs[k]
            n = int(now.sponsored) - int(old.sponsored)
            if n > 0 and now.member == old.member:
                expected = 1 - (1 - float(old.fatigue) * (1 - 0.03)) * (1 - 0.05) ** n
                assert now.fatigue == pytest.approx(expected, rel=1e-4)
                box["items"] += n

    live_by_hand(opened(which, 3, 70, 1500), 0, 70, after, before)
    assert box["items"] > 20


def test_conversion_grows_with_fit_and_falls_with_wear(kernels):
    """Science A.15, as log-odds: fit 0 to 1 is an odds ratio of 2.7, ten weeks one of e^-.5."""
    tables = world_of()
    p = tables.params[0].partnership
    partner = tables.partners[0]
    partner.fit, partner.campaigns = 0.5, 0
    partner.kind = PartnerClass.BRAND
    base = p.base_conversion / (1.0 - p.base_conversion)
    assert plain(conversion)(partner, 0.0, p) == pytest.approx(p.base_conversion)
    partner.campaigns = 10
    worn = plain(conversion)(partner, 0.0, p)
    assert worn / (1.0 - worn) == pytest.approx(base * math.exp(-0.5))
    low, high = [], []
    for fit, into in ((0.0, low), (1.0, high)):
        partner.fit = fit
        into.append(plain(conversion)(partner, 0.0, p))
    odds = [x / (1.0 - x) for x in (high[0], low[0])]
    assert odds[0] / odds[1] == pytest.approx(math.exp(1.0), rel=1e-6)


def test_partners_stay_by_their_hazard(kernels):
    """Partners.md 1: at surplus .3, trust .7 and fit .6 alone, .84 .68 .56 .47 .40 are left."""
    p = world_of().params[0].contract
    usual = (p.usual_trust, p.usual_surplus, p.usual_fit)
    new = (0.0, 0.0, 0.0, 1.0, 0.0)
    u = 1 - math.exp(-p.exit_hazard_month)
    assert plain(stays)(*usual, new, 1.0, p, u) and not plain(stays)(*usual, new, 1.0, p, 0.99 * u)
    assert plain(stays)(0.9, 1.0, 0.6, new, 1.0, p, 0.5 * u)
    assert not plain(stays)(0.1, -1.0, 0.6, new, 1.0, p, 2.0 * u)
    left, by_year = 1.0, []
    for month in range(60):
        around = (month + 0.5, 0.0, 0.0, 1.0, 0.0)
        left *= math.exp(-p.exit_hazard_month * (1 + around[0] / 18 * math.exp(1 - around[0] / 18)))
        if month % 12 == 11:
            by_year.append(left)
    assert by_year == pytest.approx([0.84, 0.68, 0.56, 0.47, 0.40], abs=0.01)
    # half of all partnerships ended in 3 to 5 years (science A.15)
    assert by_year[2] > 0.5 > by_year[4]


def test_a_dying_host_is_left(kernels):
    """Partners.md 6, 6: active members from 500 to 15: exits x192; halved: x2.83."""
    p = world_of().params[0].contract
    usual = (p.usual_trust, p.usual_surplus, p.usual_fit)
    log = [END(*usual, (0.0, 0.0, 0.0, kept, 0.0), p) for kept in (15 / 500, 0.5)]
    assert [math.exp(one) for one in log] == pytest.approx([192, 2.83], rel=0.01)


def test_a_campaign_reaches_what_its_budget_buys(kernels):
    """Persons = yuan / price; arrivals expected = persons x (1 - overlap) x conversion."""
    which = setting(EVERYTHING, {"world.partnership.audience_median": 1e7,
                                 "policy.partnership.budget_week_cents": 70_000,
                                 "policy.partnership.data_scope": 0,
                                 "policy.partnership.deals": 1})  # fmt: skip
    seen = []

    def after(tables, day, name):
        deal = tables.deals[0]
        if name == "co_marketing" and deal.today > 0:
            partner, p = tables.partners[deal.partner], tables.params[0].partnership
            new = 10_000 / p.person_cost_cents * (1 - float(partner.overlap)) * float(deal.effort)
            if int(deal.state) == Deal.ACTIVE and (day - deal.signed) % 7 < 6:
                seen.append(deal.today / (new * plain(conversion)(partner, 0.0, p)))

    live_by_hand(opened(which, 3, 50, 1500), 0, 50, after)
    assert len(seen) > 15
    assert seen == pytest.approx([1.0] * len(seen), rel=2e-3)


# ---- what is counted -----------------------------------------------------------------------


def test_voice_concentration_is_the_gini_of_exposures(kernels):
    box = {}

    def after(tables, day, name):
        if name == "sensing" and day == 27:
            box["exposures"] = tables.members.exposures[: tables.people_state[0].n_rows].copy()

    tables = live_by_hand(opened(setting(EVERYTHING), 4, 29, 1500), 0, 28, after)
    seen = box["exposures"][box["exposures"] > 0]
    assert tables.daily[27, mt.VOICE_GINI] == pytest.approx(gini(seen))
    live_by_hand(tables, 28, 29)
    assert tables.members.exposures.sum() < seen.sum() / 5  # counted anew


@pytest.mark.parametrize(("values", "expected"), [
    ([1, 1, 1, 1], 0.0), ([0, 0, 0, 1], 0.75), ([1, 2, 3, 4], 0.25)
])  # fmt: skip
def test_gini_of_known_values(values, expected):
    assert gini(np.array(values)) == pytest.approx(expected)


def test_the_survey_is_a_week_late_biased_and_close(kernels):
    """T45: last week's sample of 60, mean error below .05, bias .03."""
    which = setting(CLOSED, FAITHFUL, {"population.initial_members": 400,
                                       "world.belonging.satisfaction_gain": 0.0,
                                       "world.belonging.harm_weight": 0.0})  # fmt: skip
    sensed = daily(which, "sensed_satisfaction", range(10), 90)[:, 20:]
    assert sensed.mean() == pytest.approx(0.53, abs=0.01)
    assert (np.diff(sensed, axis=1) != 0).sum(axis=0)[1:].max() == 10
    changes = np.nonzero(np.diff(sensed[0]))[0]
    assert (np.diff(changes) % 7 == 0).all()


def test_requests_are_closed_within_the_patience_of_the_askers(kernels):
    tables = lived(setting({"population.initial_members": 300}), 3, 90)
    known = tables.requests[: min(1024, tables.help_state[0].n_requests)]
    closed = known[known.ticket != 0]
    assert (closed.closed - closed.opened <= 15).all()
    assert (known.answers[known.ticket == 1] >= 0).all()


def test_volunteers_wanted_grow_as_a_power_of_size():
    """Moderators ~ members ** .24 (science A.11), and as asked for at the usual size."""
    wanted = [plain(volunteers_wanted)(1.0, n, 0.24, 500.0) for n in (125.0, 500.0, 2000.0)]
    assert wanted[1] == pytest.approx(5.0)
    assert wanted[2] / wanted[0] == pytest.approx(16**0.24)
    assert plain(volunteers_wanted)(2.0, 2000.0, 1.0, 500.0) == pytest.approx(40.0)
