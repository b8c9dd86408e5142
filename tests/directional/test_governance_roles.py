"""Who looks after the community: each role enters, acts and leaves. 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, live_by_hand, lived, opened, posted, setting
from effects import assert_falls, assert_rises, share, total

from plaza_lab.agents.member import Flag
from plaza_lab.agents.moderator import Duty
from plaza_lab.sim.policy import Staff
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

SMALL = {"population.initial_members": 150, "policy.fund.brand_week_cents": 3_000_000}
ALONE = {
    **SMALL,
    "policy.stewarding.staff": Staff.FOUNDER_ONLY,
    "policy.stewarding.founder_hours_week": 2.0,
}
LAYERED = {
    **SMALL,
    "policy.stewarding.staff": Staff.LAYERED,
    "policy.stewarding.volunteers_per_100": 4.0,
    "world.stewarding.volunteer_base": 0.0,
}
HELD_UP = {"world.posting.violation_base": 0.1, "world.activity.posts_ln_mean": 1.5}
RESTED = {
    "world.review.fatigue_gain": 0.0,
    "world.churn.lurker_quit": 0.0,
    "world.activity.core_dropout": 0.0,
    "world.activity.dropout_a": 0.01,
    "world.activity.dropout_b": 500.0,
}
"""Nobody burns out or falls silent."""
HOW = {"days": 112, "seeds": range(1, 9)}
SURE = {"days": 112, "seeds": range(1, 33)}
"""Where more are answered more ask, so the solved share alone is told apart by more seeds."""


def serving(tables, duty):
    staff = tables.moderators[: tables.team_state[0].n_moderators]
    return staff[staff.duty == duty]


def test_the_founder_serves_until_leaving(kernels):
    """R03: enters at founding, acts through the hours, leaves when the lever says so."""
    stays = lived(setting(ALONE), 1, 60)
    gone = lived(setting(ALONE, {"policy.stewarding.founder_weeks": 4}), 1, 60)
    assert serving(stays, Duty.FOUNDER).size == 1 and stays.operator[0].founder_hours_day > 0
    assert serving(gone, Duty.FOUNDER).size == 0 and gone.operator[0].founder_hours_day == 0
    assert gone.daily[:28, mt.FOUNDER_ANSWERS].sum() > 0
    assert gone.daily[28:60, mt.FOUNDER_ANSWERS].sum() == 0


@pytest.mark.mechanism("M61")
@pytest.mark.parametrize("seed", range(1, 7))
def test_a_core_team_and_administrators_are_seated_from_the_members(kernels, seed):
    """R03, R45: one seat a week each, the best standing first, until the seats are full."""
    tables = lived(setting(LAYERED, CLOSED, FAITHFUL, RESTED), seed, 60)
    core, admins = serving(tables, Duty.CORE), serving(tables, Duty.ADMINISTRATOR)
    assert core.size == 2 and admins.size == 3
    assert len(set(core.member) | set(admins.member)) == 5
    assert (tables.fate.circles[admins.member] & Flag.MODERATOR != 0).all()
    assert len(set(admins.since)) == 3


def test_administrators_who_burn_out_or_leave_free_their_seat(kernels):
    """R03."""
    for changes, is_kept in (
        ({**FAITHFUL, **RESTED}, True),
        ({**FAITHFUL, "world.review.fatigue_gain": 0.5, **HELD_UP}, False),
        (
            {"world.churn.established_hazard": 0.01, "world.team.least_standing": 0.0, **RESTED},
            False,
        ),
    ):
        tables = opened(setting(LAYERED, CLOSED, changes), 2, 80, 2000)
        seats: set[int] = set()

        def after(tables, day, name, seats=seats):
            if name == "team" and day <= 28:
                seats |= {int(m) for m in serving(tables, Duty.ADMINISTRATOR).member}

        live_by_hand(tables, 0, 80, after)
        left = seats - {int(m) for m in serving(tables, Duty.ADMINISTRATOR).member}
        assert seats and bool(left) != is_kept
        staff = tables.moderators[: tables.team_state[0].n_moderators]
        elsewhere = {int(m) for m in staff.member[staff.duty != Duty.OFF]}
        for member in left - elsewhere:
            assert not tables.fate.circles[member] & Flag.MODERATOR


@pytest.mark.mechanism("M61")
def test_a_layered_team_reviews_and_answers_more_than_a_founder_alone(kernels):
    """R45."""
    layered = {"policy.stewarding.staff": Staff.LAYERED, **HELD_UP}
    assert_rises({**ALONE, **HELD_UP}, layered, total("reviewed"), **HOW)
    assert_rises(ALONE, {"policy.stewarding.staff": Staff.LAYERED}, "solved_rate", **SURE)


@pytest.mark.mechanism("M61", "M121")
def test_supervised_volunteers_drift_less(kernels):
    """R45, C17: a core team keeps helpers to value."""
    none = {**LAYERED, "policy.stewarding.core_team": 0}
    assert_falls(none, {"policy.stewarding.core_team": 3}, total("filler_items"), **HOW)


@pytest.mark.mechanism("M121")
def test_drifting_volunteers_make_more_messages_of_less_value(kernels):
    """R48: activity up, value per message down."""
    base = {
        **SMALL,
        "policy.stewarding.volunteers_per_100": 8.0,
        "world.stewarding.volunteer_base": 0.0,
        "world.stewarding.drift_week": 0.0,
        "world.posting.filler_week": 20.0,
    }
    drift = {"world.stewarding.drift_week": 0.2}

    def items(run):
        return total("posts")(run) + total("filler_items")(run)

    assert_rises(base, drift, items, **HOW)
    assert_falls(base, drift, share("value", "views"), **HOW)


@pytest.mark.parametrize(
    ("staff", "duty"),
    [(Staff.PROFESSIONAL, Duty.PROFESSIONAL), (Staff.THIRD_PARTY, Duty.THIRD_PARTY)],
)
@pytest.mark.mechanism("M61")
def test_hired_operators_answer_are_paid_and_go_unpaid(kernels, staff, duty):
    """R03: professional staff and a third-party operator."""
    hired = {**ALONE, "policy.stewarding.staff": staff, "world.team.hire_week": 1.0}
    tables = lived(setting(hired, {"world.team.resign_week": 0.0}), 1, 70)
    assert serving(tables, duty).size == 1 and serving(tables, duty).member[0] == -1
    wages = posted(tables)[posted(tables).purpose == fund.WAGE]
    assert wages.size == 9 and (wages.amount_cents == 200_000).all()
    poor = {**hired, "policy.fund.brand_week_cents": 50_000}
    tables = lived(setting(poor), 1, 70)
    staff_rows = tables.moderators[1 : tables.team_state[0].n_moderators]
    assert (staff_rows.until[staff_rows.duty == Duty.OFF] < 70).all()
    assert_rises(ALONE, hired, "solved_rate", **SURE)


@pytest.mark.mechanism("M90")
def test_a_third_party_knows_less_than_own_staff(kernels):
    """R03, M90: the same fee buys less knowledge of the brand, of a quality nobody knows before."""
    lasting = {**ALONE, "world.team.hire_week": 1.0, "world.team.resign_week": 0.0}
    skills = {}
    for staff, duty in (
        (Staff.PROFESSIONAL, Duty.PROFESSIONAL),
        (Staff.THIRD_PARTY, Duty.THIRD_PARTY),
    ):
        hired = setting(lasting, {"policy.stewarding.staff": staff})
        tables = [lived(hired, seed, 14) for seed in range(1, 7)]
        skills[staff] = [float(serving(t, duty).skill[0]) for t in tables]
        hours = [float(t.operator[0].service_hours_day) for t in tables]
        assert np.argsort(hours).tolist() == np.argsort(skills[staff]).tolist()
    own, bought = skills[Staff.PROFESSIONAL], skills[Staff.THIRD_PARTY]
    assert max(bought) <= min(own) and len(set(own)) == 1 and len(set(bought)) == 6


def test_service_staff_answer_and_do_not_review(kernels):
    """R03, E15."""
    service = {"policy.stewarding.service_staff": 2, "world.team.hire_week": 1.0}
    tables = lived(setting(ALONE, service), 1, 28)
    assert serving(tables, Duty.SERVICE).size == 2
    assert tables.operator[0].service_hours_day == pytest.approx(10.0)
    assert_rises(ALONE, service, "solved_rate", **SURE)
    without = lived(setting(ALONE, HELD_UP), 1, 28)
    with_staff = lived(setting(ALONE, HELD_UP, service), 1, 28)
    first_days = slice(0, 2)
    assert np.array_equal(
        without.daily[first_days, mt.REVIEWED], with_staff.daily[first_days, mt.REVIEWED]
    )


@pytest.mark.mechanism("M127")
def test_tired_staff_resign(kernels):
    """R03, M127: staff retention falls with fatigue."""
    hired = {
        **ALONE,
        "policy.stewarding.staff": Staff.PROFESSIONAL,
        "policy.stewarding.professionals": 6,
        "policy.stewarding.staff_hours_week": 2.0,
        "world.team.hire_week": 1.0,
        "world.team.resign_week": 0.02,
        "world.fatigue.is_felt": True,
        "policy.fund.brand_week_cents": 3_000_000,
    }

    def replaced(run):
        return run.days[:, mt.HIRED_STAFF].sum()

    pressed = {"policy.stewarding.kpi_pressure": 2.0, "world.fatigue.gain": 0.3}
    assert_falls({**hired, "world.fatigue.gain": 0.0, "world.team.hire_week": 0.3}, pressed,
                 replaced, **HOW)  # fmt: skip


@pytest.mark.mechanism("M127")
def test_pressure_tires_and_tired_staff_do_worse(kernels):
    """M127, T61: targets raise the load; fatigue lowers answers and the brand's content."""
    busy = {**ALONE, "world.fatigue.is_felt": True, "world.fatigue.gain": 0.0}
    busy["policy.stewarding.founder_hours_week"] = 7.0
    busy["policy.content.brand_posts_day"] = 10.0
    assert_rises(busy, {"policy.stewarding.kpi_pressure": 1.0}, total("staff_load"), **HOW)
    tiring = {"world.fatigue.gain": 0.3}
    assert_rises(busy, tiring, total("staff_fatigue"), **HOW)
    assert_falls(busy, tiring, total("founder_answers"), **HOW)
    assert_falls(busy, tiring, share("value", "views"), **HOW)


PAID = {
    "population.initial_members": 200,
    "policy.stewarding.staff": Staff.PAID_ROTATION,
    "policy.stewarding.stipend_week_cents": 150_000,
    "policy.fund.brand_week_cents": 1_000_000,
    "world.stewarding.sign_up": 1.0,
    "world.stewarding.reserve_ln_sd": 0.0,
    "world.stewarding.push": 2.0,
    "policy.stewarding.kpi_quality": 0.0,
}


@pytest.mark.mechanism("M62")
def test_a_count_kpi_brings_more_answerers_and_worse_answers(kernels):
    """R46: KPI weights change behaviour; a pure count invites quantity over quality."""
    paid = {"policy.stewarding.kpi_pay_share": 1.0}
    assert_rises(PAID, paid, "distinct_answerers_week", **HOW)
    loss = {**PAID, "policy.stewarding.kpi_pay_share": 1.0}
    assert_falls(
        {**loss, "world.stewarding.push_quality_loss": 0.0},
        {"world.stewarding.push_quality_loss": 0.4},
        share("solved", "answers"),
        **HOW,
    )
    by_quality = {"policy.stewarding.kpi_quality": 1.0}
    assert_falls(loss, by_quality, "distinct_answerers_week", **HOW)
