"""Help, service, culture, needs, relationship, stages. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, daily, lived, outcome, paid, runs, setting
from effects import SEEDS, assert_falls, assert_rises, late, total

from plaza_lab.sim.policy import Protocol, Schedule
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

SOME = {
    **CLOSED,
    "population.initial_members": 200,
    "population.tenure_days": 200.0,
    "policy.fund.brand_week_cents": 5_000_000,
}
STEADY = {**SOME, **FAITHFUL}

# ---- problems and help ---------------------------------------------------------------------

STREAM = {**STEADY, "world.help.bury_items": 60.0, "policy.stewarding.founder_hours_week": 0.0}
WRITTEN = {"policy.comms.protocol": Protocol.STRUCTURED, "policy.comms.lead_days": 1}


@pytest.mark.mechanism("M20")
def test_written_problems_are_solved_more_often_and_wait_less(kernels):
    """R21, M20: against free chat, whose stream carries questions off."""
    assert_rises(STREAM, WRITTEN, "solved_rate")
    assert_falls(STREAM, WRITTEN, "unsolved_hours")


@pytest.mark.mechanism("M20")
def test_rigid_use_turns_into_bureaucracy(kernels):
    """M20: the form keeps people from asking and from answering."""
    rigid = {"policy.comms.rigidity": 1.0}
    assert_falls({**STREAM, **WRITTEN}, rigid, total("requests"))
    assert_falls({**STREAM, **WRITTEN}, rigid, total("answers"))


@pytest.mark.mechanism("M20")
def test_the_stream_buries_what_was_asked(kernels):
    """M20: what free chat carries off is solved less often."""
    kept = {**STREAM, "world.help.bury_items": 0.0}
    assert_falls(kept, {"world.help.bury_items": 30.0}, "solved_rate")


@pytest.mark.mechanism("M21")
def test_matching_solves_more_and_sooner(kernels):
    """R21, M21: need and skill brought together."""
    busy = {**STREAM, "world.help.request_week": 0.4, "world.help.bury_items": 0.0}
    match = {"policy.comms.has_matching": True}
    assert_rises(busy, match, "solved_rate")
    assert_falls(busy, match, "unsolved_hours")


@pytest.mark.mechanism("M21")
def test_bystanders_learn(kernels):
    """M21: looking on is worth something."""
    busy = {**STEADY, "world.help.request_week": 0.5}
    assert_rises(busy, {"world.help.learning": 0.5}, "mean:satisfaction")


# ---- service -------------------------------------------------------------------------------

SERVED = {
    **STEADY,
    "policy.service.has_service": True,
    "policy.service.answers_hour": 500.0,
    "world.service.question_week": 0.5,
}


@pytest.mark.mechanism("M23")
def test_response_hours_follow_coverage(kernels):
    """R22: 8, 16 and 24 hours; the mean wait is (24 - c)^2 / 48 of those who ask any time."""
    for covered in (8.0, 16.0, 24.0):
        which = setting(SERVED, {"policy.service.coverage_hours": covered,
                                 "policy.service.languages": 8})  # fmt: skip
        results = runs(which, SEEDS, 140)
        hours = sum(total("service_hours")(run) for run in results)
        answered = sum(total("service_answered")(run) for run in results)
        expected = (24.0 - covered) ** 2 / 48.0
        assert hours / answered == pytest.approx(expected, abs=0.03 * 24.0)
        assert outcome(which, "service_answered_share", SEEDS, 140) == pytest.approx(1.0)


@pytest.mark.mechanism("M23")
def test_assistant_tools_and_capacity_shorten_the_wait(kernels):
    """R22, M23."""
    assert_falls(SERVED, {"policy.service.has_bot": True}, "service_response_hours")
    assert_falls(SERVED, {"policy.service.has_self_service": True}, "service_response_hours")
    assert_falls(SERVED, {"policy.service.has_bot": True}, total("service_by_people"))
    few = {**SERVED, "policy.service.answers_hour": 0.3}
    assert_falls(few, {"policy.service.answers_hour": 500.0}, "service_response_hours")


@pytest.mark.mechanism("M78")
def test_a_team_in_several_time_zones_answers_more_and_sooner(kernels):
    """R22, M78: members who ask in another language are answered; nobody waits for the morning."""
    spoken = {"policy.service.languages": 4}
    assert_rises(SERVED, spoken, "service_answered_share")
    assert_rises(SERVED, spoken, "mean:satisfaction")
    assert_falls(SERVED, {"policy.service.coverage_hours": 24.0}, "service_response_hours")
    homogeneous = {**SERVED, "world.service.other_languages": 0.0}
    assert outcome(setting(homogeneous), "service_answered_share", SEEDS, 140) == pytest.approx(1.0)


@pytest.mark.mechanism("M23")
def test_fast_answers_satisfy_and_are_paid_for(kernels):
    fast = {"policy.service.coverage_hours": 24.0, "policy.service.languages": 8}
    assert_rises(SERVED, fast, "mean:satisfaction")
    assert_rises(SERVED, fast, "mean:trust")
    weeks = paid(lived(setting(SERVED), 1, 28), fund.SERVICE)
    assert weeks.tolist() == [7 * 8 * 5000] * 4


# ---- culture -------------------------------------------------------------------------------

RITUALS = {"policy.culture.ritual_week": 2.0}


@pytest.mark.mechanism("M24")
def test_rituals_turn_contact_into_belonging(kernels):
    """R23, M24."""
    assert_rises(STEADY, RITUALS, "belonging_end")
    cultured = {**STEADY, **RITUALS}
    assert_falls(cultured, {"policy.culture.value_alignment": 0.1}, "mean:culture")


@pytest.mark.mechanism("M24")
def test_hostility_undoes_culture_and_use_must_back_it(kernels):
    """M24: a hostile climate reverses it; bonds without use are fragile."""
    cultured = {**STEADY, **RITUALS}
    assert_falls(cultured, {"world.posting.violation_base": 0.4}, "mean:culture")
    strong = {**cultured, "world.culture.conversion": 3.0, "world.culture.utility_floor": 0.0}
    assert_falls(strong, {"world.culture.utility_floor": 1.0}, "belonging_end")


# ---- needs and relationship ----------------------------------------------------------------


@pytest.mark.mechanism("M97")
def test_satisfaction_drifts_down_with_static_service(kernels):
    """R23, M97: against a ladder that does not rise; an offer for the rung slows the fall."""
    rising = {"world.needs.drift": 0.03}
    assert_falls(STEADY, rising, "satisfaction_end")

    def fall(run):
        satisfaction = run.days[:, mt.NAMES.index("satisfaction")]
        return float(satisfaction[-28:].mean() - satisfaction[28:56].mean())

    assert_falls(STEADY, rising, fall)
    offered = {**STEADY, **rising, "world.needs.answered": 0.0, "policy.incentive.has_points": True,
               "policy.events.online_month": 1.0}  # fmt: skip
    assert_rises(offered, {"world.needs.answered": 1.0}, "satisfaction_end")


@pytest.mark.mechanism("M96")
def test_relationship_capital_holds_members(kernels):
    """R23, M96."""
    leaving = {**SOME, "world.churn.established_hazard": 0.01}
    assert_falls(leaving, {"world.relationship.strength": 2.0}, "exit_hazard_week")


@pytest.mark.mechanism("M96")
def test_a_breach_resets_exchange_fast(kernels):
    """M96: harm seen, and payments that fell short."""
    related = {**STEADY, "world.relationship.strength": 1e-6}
    means = []
    for changes in (
        {"world.relationship.breach_penalty": 0.0},
        {"world.posting.violation_base": 0.4, "world.relationship.breach_penalty": 0.0},
        {"world.posting.violation_base": 0.4, "world.relationship.breach_penalty": 0.9},
    ):
        all_tables = [lived(setting(related, changes), seed, 84) for seed in range(1, 9)]
        means.append(np.mean([t.members.exchange[:200].mean() for t in all_tables]))
    assert 0.0 < means[2] < 0.6 * means[1] <= 0.6 * means[0]


# ---- stages --------------------------------------------------------------------------------

OPEN = {
    "population.initial_members": 200,
    "policy.fund.brand_week_cents": 5_000_000,
    "policy.events.offline_month": 2.0,
    "policy.programme.incubation_weeks": 4,
    "policy.programme.growth_weeks": 6,
}


@pytest.mark.mechanism("M71")
def test_no_switch_before_incubation_conversion(kernels):
    """R53: under the metric rule the stage changes only once conversion has reached its goal."""
    metric = {"policy.programme.schedule": Schedule.STAGED_BY_METRIC}
    for goal in (0.05, 0.3, 1.0):
        which = setting(OPEN, metric, {"policy.programme.conversion_goal": goal})
        stage = daily(which, "stage", SEEDS, 140)
        conversion = daily(which, "conversion", SEEDS, 140)
        for k in range(len(SEEDS)):
            moved = np.nonzero(stage[k] >= 1)[0]
            assert (stage[k][conversion[k].cumsum() == 0] == 0).all()
            if moved.size:
                assert conversion[k][moved[0]] >= goal and moved[0] >= 28
            else:
                assert conversion[k][28::7].max() < goal
    assert (stage == 0).all()


@pytest.mark.mechanism("M71")
def test_the_calendar_switches_on_its_days_and_holds_tools_back(kernels):
    """R53: by time after 4 and 6 weeks more; before that the later tools cost nothing."""
    timed = {"policy.programme.schedule": Schedule.STAGED_BY_TIME}
    stage = daily(setting(OPEN, timed), "stage", SEEDS, 140)
    assert (stage[:, :28] == 0).all()
    assert (stage[:, 28:70] == 1).all()
    assert (stage[:, 70:] == 2).all()
    assert_falls(OPEN, timed, "event_cost_yuan")
    assert_rises(OPEN, timed, late("stage"))
