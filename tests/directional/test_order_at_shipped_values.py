"""Rules, those who keep them, and how members feel about it: one lever moved, nothing else turned.

As :mod:`test_growth_at_shipped_values`; what only the full world has is looked for there.
"""

from __future__ import annotations

import numpy as np
import pytest
from communities import copied, runs
from shipped import FULL, HALF, PAID, SEEDS, YEAR, falls, interval_of, rises, seen, setting_of

from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.own.own_mechanisms import own_mechanisms
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.recording import metrics as mt

pytestmark = pytest.mark.slow
FILTERED = (*PAID, "moderation=filter_queue")
FORUM = (*PAID, "feedback=open_forum")


def of_members(words, field, seeds=range(1, 7)):
    """Mean of a field over the members of each seed after half a year."""
    found = []
    for seed in seeds:
        t = live_until(open_tables(setting_of(words), seed, HALF), 0, HALF)
        here = t.fate.status[: t.people_state[0].n_rows] > 0
        found.append(getattr(t.members, field)[: here.size][here].mean())
    return np.array(found)


@pytest.mark.mechanism("M60")
def test_a_filter_leaves_less_harm_and_its_false_alarms_cost_trust(kernels):
    none = (*PAID, "moderation=none")
    rises(none, FILTERED, "blocked", "false_blocked", "trust")
    falls(none, FILTERED, "broken_share")
    blind, keen = ((*FILTERED, f"moderation.filter_recall={x}") for x in (0.2, 0.98))
    rises(blind, keen, "blocked", "trust")
    falls(blind, keen, "broken_share")
    sure, jumpy = ((*FILTERED, f"moderation.filter_false_positive={x}") for x in (0, 0.2))
    falls(sure, jumpy, "trust", "belonging")


@pytest.mark.mechanism("M61")
def test_a_layered_team_reviews_at_once_and_solves_more(kernels):
    alone, layered = ((*PAID, f"stewarding={staff}") for staff in ("founder_only", "layered"))
    rises(alone, layered, "core_team", "administrators", "reviewed", "removed", "solved")
    falls(alone, layered, "review_backlog", "review_wait_days/reviewed")
    hired = (*PAID, "stewarding=professional")
    rises(alone, hired, "hired_staff", "fund_out_yuan", "reviewed", "solved")


@pytest.mark.mechanism("M61", "M121")
def test_volunteers_whom_a_core_team_looks_after_drift_less(kernels):
    few, many = ((*PAID, "stewarding=layered", f"stewarding.core_team={n}") for n in (0, 6))
    falls(few, many, "filler_items")


@pytest.mark.mechanism("M64")
def test_who_removes_whatever_is_doubtful_manages_the_place_to_death(kernels):
    """Lenient, middling and strict: harm falls, and past the middle fairness and posts with it."""
    mild, usual, harsh = ((*FULL, f"moderation.strictness={x}") for x in (0.1, 0.5, 1))
    falls(mild, usual, "broken_share")
    falls(usual, harsh, "broken_share", "fairness", "posts", "visits")
    rises(usual, harsh, "false_removed")
    falls(PAID, (*PAID, "rules.speak_threshold=0.5"), "posts", "fairness", "violations")


@pytest.mark.mechanism("M68")
def test_a_charter_that_was_voted_on_is_kept_better_where_enough_come_to_vote(kernels):
    fixed, voted = ((*PAID, f"rules={x}") for x in ("static", "voted"))
    rises(fixed, voted, "turnout", "charters", "fairness", days=YEAR)
    falls(fixed, voted, "violations/posts", days=YEAR)
    hard = (*voted, "rules.quorum=0.5")
    assert not seen(hard, "charters", YEAR).any()
    rises(voted, hard, "violations/posts", days=YEAR)


@pytest.mark.mechanism("M69")
def test_openness_is_fair_and_draws_contributions_an_exempt_owner_drives_them_away(kernels):
    for open_ in ("rules.transparency=1", "rules.open_books=true"):
        rises(PAID, (*PAID, open_), "fairness", "answers")
    falls(PAID, (*PAID, "moderation.owner_exempt=true"), "fairness", "posts")


@pytest.mark.mechanism("M70")
def test_an_open_forum_yields_ideas_and_trust_where_it_is_answered_soon(kernels):
    rises(PAID, FORUM, "complaints", "ideas", "improvements", "trust", "satisfaction", days=YEAR)
    rises((*PAID, "feedback=hotline"), FORUM, "ideas", "trust", days=YEAR)
    soon, slow = ((*FORUM, f"feedback.response_hours={hours}") for hours in (2, 240))
    falls(soon, slow, "trust", "satisfaction", days=YEAR)
    falls(PAID, slow, "trust", days=YEAR)
    none, every = ((*FORUM, f"feedback.implement_rate={x}") for x in (0, 1))
    rises(none, every, "improvements", "satisfaction", days=YEAR)


@pytest.mark.mechanism("M92")
def test_messages_that_fit_the_stage_move_members_up_and_lost_trust_moves_them_down(kernels):
    fitting = (*PAID, "crm.has_stage_messages=true")
    falls(PAID, fitting, "stage_awareness", days=YEAR)
    struck = (*PAID, "shocks=public_event")
    rises(PAID, struck, "stage_downs", "stage_awareness", days=YEAR)


@pytest.mark.mechanism("M96")
def test_what_was_exchanged_and_cared_for_grows_with_less_harm_and_more_answers(kernels):
    """Harm seen breaks a promise; a layered team answers, which is care."""
    for field, low, high in (
        ("exchange", "moderation=none", "moderation=filter_queue"),
        ("affect", "stewarding=founder_only", "stewarding=layered"),
    ):
        gained = of_members((*FULL, high), field) - of_members((*FULL, low), field)
        assert interval_of(gained)[0] > 0, (field, high)


@pytest.mark.mechanism("M97")
def test_rising_needs_cost_satisfaction_and_offers_for_the_next_rung_save_it(kernels):
    """Against the same community without the mechanism, with and without such offers."""

    def cost(words):
        with own_mechanisms("run", ["mechanisms=-needs"]):
            static = one_policy(list(words)).setting
        gone = [run.days[:, mt.SATISFACTION].mean() for run in runs(static, SEEDS, YEAR)]
        return seen(words, "satisfaction", YEAR) - np.array(gone)

    usual, offered = cost(PAID), cost((*PAID, "events=online", "incentive=points"))
    assert interval_of(usual)[1] < 0
    assert interval_of(offered - usual)[0] > 0


@pytest.mark.mechanism("M98")
def test_rights_that_hold_on_both_channels_keep_points_belonging_and_members(kernels):
    two = (*PAID, "incentive=points", "crm.channels=2")
    common = (*two, "crm.cross_platform=true")
    falls(two, common, "points_expired", "exits", days=YEAR)
    rises(two, common, "belonging", days=YEAR)
    one, both = ((*PAID, f"hosting={place}") for place in ("open_group", "group_and_app"))
    rises(one, both, "place_added", "held_twice", days=YEAR)
    falls(one, both, "held_one_platform", days=YEAR)


@pytest.mark.mechanism("M99")
def test_who_is_matched_is_taken_up_more_often_than_who_is_met_by_chance(kernels):
    chance = (*PAID, "network.proposals_week=0.5")
    rises(PAID, chance, "introductions", "ties_per_member", "ties_by_match")
    for matching in ("interest_match", "need_skill_match"):
        rises(chance, (*PAID, f"network={matching}"), "introductions_accepted/introductions")


@pytest.mark.mechanism("M101")
def test_a_quarter_in_a_bad_mood_spoils_the_others_more_than_a_good_one_cheers(kernels):
    """Against their own twins, two weeks on; where moods are sensed and answered, less of it."""
    down, up = spread(PAID, -0.8), spread(PAID, 0.8)
    assert interval_of(down)[1] < 0 < interval_of(up)[0]
    assert interval_of(down + up)[1] < 0
    answered = (*PAID, "climate=mood_sensing")
    assert interval_of(spread(answered, -0.8) - down)[0] > 0


def spread(words, mood):
    """How far the mood of the others moves, per seed, when a quarter's mood is set so."""
    found = []
    for seed in SEEDS:
        t = live_until(open_tables(setting_of(words), seed, 98), 0, 84)
        twin, rows = copied(t), t.people_state[0].n_rows
        struck = np.arange(rows) % 4 == 0
        t.members.mood[:rows][struck] = mood
        for one in (t, twin):
            live_until(one, 84, 98)
        rest = ~struck & (t.fate.status[:rows] > 0) & (twin.fate.status[:rows] > 0)
        found.append((t.members.mood[:rows] - twin.members.mood[:rows])[rest].mean())
    return np.array(found)
