"""Stewarding: the founder's hours, volunteers who come and tire, and the paid rota."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy import float64 as f8
from numpy import int64 as i8

from agents.choices import sigmoid
from agents.compiled import compiled, kernel
from agents.member import Flag, Status
from agents.moderator import Duty, accepts_duty
from agents.quantity import quantity
from sim import decisions
from sim.policy.comms import Protocol
from sim.policy.stewarding import Staff
from sim.randomness import ALWAYS, day_key, normal, uniform
from sim.recording import metrics as mt
from sim.world import groups

SOURCE = "M61, M62, M63, M121; W04, W05"
READS = (
    "visitors",
    "clock.n_visitors",
    "clock.n_members",
    "clock.stipend_cents",
    "clock.n_groups",
    "fate",
    "members.belonging",
    "members.motive",
    "members.skill",
    "daily.answers",
)
WRITES = (
    "moderators",
    "clock.n_moderators",
    "clock.digest_quality",
    "operator.founder_hours_day",
    "fate.circles",
    "members.belonging",
    "daily.staffed",
    "daily.volunteers",
)
RESERVE_HOURS = 15.0
OPEN_END = np.int64(32767)
NO_ROW = np.int64(-1)


@dataclass(frozen=True)
class Params:
    """Who serves, and what service does to them."""

    volunteer_base: float = quantity(
        -5.0,
        unit="log-odds",
        low=-20.0,
        high=20.0,
        source="assumption",
        doc="Volunteering of a visitor in the week of recruitment.",
    )
    volunteer_belonging: float = quantity(
        4.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (E12)",
        doc="Per unit of belonging.",
    )
    volunteer_motive: float = quantity(
        3.0,
        unit="log-odds",
        low=0.0,
        high=20.0,
        source="assumption (E12)",
        doc="Per unit of motive.",
    )
    drift_week: float = quantity(
        0.06,
        unit="1/week",
        low=0.0,
        high=1.0,
        source="assumption (M121)",
        doc="Drift of an unpaid helper from value to liveliness.",
    )
    burnout: float = quantity(
        0.6,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (science A.11)",
        doc="Fatigue at which a volunteer stops.",
    )
    reserve_median_cents: float = quantity(
        100_000.0,
        unit="cents/week",
        low=0.0,
        high=1e8,
        source="mechanisms.md 6.3 (1,000 yuan)",
        doc="Median reserve wage for 15 hours of duty.",
    )
    reserve_ln_sd: float = quantity(
        0.35,
        unit="1",
        low=0.0,
        high=3.0,
        source="assumption",
        doc="Spread of the log reserve wage.",
    )
    sign_up: float = quantity(
        0.05,
        unit="1/week",
        low=0.0,
        high=1.0,
        source="assumption",
        doc="Chance that a visitor of whom the pay is enough signs up in a week.",
    )
    duty_belonging: float = quantity(
        0.08,
        unit="1",
        low=0.0,
        high=1.0,
        source="assumption (M62: rotation spreads skill)",
        doc="Belonging a week of duty adds.",
    )


@kernel()
def step(t, day):
    """Change duties at the start of a week.

    Parameters
    ----------
    t : Tables
        The community's tables.
    day : int
        Today.
    """
    if day % 7 != 0:
        return
    lever = t.policy[0].stewarding
    p = t.params[0].stewarding
    t.operator[0].founder_hours_day = groups.founder_hours(t)
    t.moderators[0].hours_day = t.operator[0].founder_hours_day
    _retire(t, day, lever, p)
    if lever.staff == Staff.VOLUNTEERS:
        _recruit_volunteers(t, day, lever, p)
    if lever.staff == Staff.PAID_ROTATION:
        _appoint_steward(t, day, lever, p)
    _write_digest(t, day, lever)
    t.daily[day, mt.STAFFED] = _on_duty(t, Duty.STEWARD.value)
    t.daily[day, mt.VOLUNTEERS] = _on_duty(t, Duty.VOLUNTEER.value)


@compiled()
def _retire(t, day, lever, p):
    """End terms, let burnt-out or departed helpers go, and let unpaid helpers drift."""
    for k in range(1, t.clock[0].n_moderators):
        moderator = t.moderators[k]
        if moderator.duty == Duty.OFF:
            continue
        is_gone = t.fate[moderator.member].status != Status.ENGAGED
        is_over = day > moderator.until
        is_burnt = moderator.duty == Duty.VOLUNTEER and f8(moderator.fatigue) > p.burnout
        if is_gone or is_over or is_burnt:
            moderator.duty = Duty.OFF
            moderator.until = min(moderator.until, day)
            t.fate[moderator.member].circles &= 127 - Flag.MODERATOR
        elif moderator.duty == Duty.VOLUNTEER:
            moderator.drift = f8(moderator.drift) + p.drift_week * (1.0 - f8(moderator.drift))


@compiled()
def _recruit_volunteers(t, day, lever, p):
    wanted = lever.volunteers_per_100 * t.clock[0].n_members / 100.0
    serving = _on_duty(t, Duty.VOLUNTEER.value)
    key = day_key(t.clock[0].seed_key, decisions.VOLUNTEER, day)
    for k in range(t.clock[0].n_visitors):
        if serving >= wanted:
            return
        i = i8(t.visitors[k])
        if t.fate[i].circles & Flag.MODERATOR:
            continue
        m = t.members[i]
        wish = p.volunteer_base + p.volunteer_belonging * f8(m.belonging)
        wish += p.volunteer_motive * f8(m.motive)
        if uniform(key, t.fate[i].uid) < sigmoid(wish) and _appoint(
            t, i, day, OPEN_END, Duty.VOLUNTEER.value, lever.volunteer_hours_week
        ):
            serving += 1


@compiled()
def _appoint_steward(t, day, lever, p):
    """First in the sign-up queue whose reserve wage the stipend covers; else a vacancy."""
    if _on_duty(t, Duty.STEWARD.value) > 0:
        return
    queue = day_key(t.clock[0].seed_key, decisions.SIGN_UP, day)
    wages = day_key(t.clock[0].seed_key, decisions.RESERVE_WAGE, ALWAYS)
    first = NO_ROW
    first_time = p.sign_up
    for k in range(t.clock[0].n_visitors):
        i = i8(t.visitors[k])
        time = uniform(queue, t.fate[i].uid)
        if time >= first_time or t.fate[i].circles & Flag.MODERATOR:
            continue
        z = normal(uniform(wages, t.fate[i].uid))
        reserve = p.reserve_median_cents * lever.steward_hours_week / RESERVE_HOURS
        reserve *= 2.718281828459045 ** (p.reserve_ln_sd * z)
        if accepts_duty(f8(t.clock[0].stipend_cents), reserve):
            first = i
            first_time = time
    if first >= 0:
        _appoint(
            t,
            first,
            day,
            day + 7 * lever.term_weeks - 1,
            Duty.STEWARD.value,
            lever.steward_hours_week,
        )
        m = t.members[first]
        m.belonging = f8(m.belonging) + p.duty_belonging * (1.0 - f8(m.belonging))


@compiled()
def _appoint(t, i, day, until, duty, hours_week):
    """Put a member on duty in the first free row; False when there is no room."""
    k = 1
    while k < t.clock[0].n_moderators and t.moderators[k].duty != Duty.OFF:
        k += 1
    if k >= t.moderators.shape[0]:
        return False
    if k == t.clock[0].n_moderators:
        t.clock[0].n_moderators += 1
    moderator = t.moderators[k]
    moderator.member = i
    moderator.since = day
    moderator.until = until
    moderator.duty = duty
    moderator.hours_day = hours_week / 7.0
    moderator.skill = t.members[i].skill
    moderator.fatigue = 0.0
    moderator.drift = 0.0
    t.fate[i].circles |= Flag.MODERATOR
    return True


@compiled()
def _write_digest(t, day, lever):
    """The digest of last week's answers: as good as its writer, and as the hours it was given."""
    comms = t.policy[0].comms
    quality = 0.0
    if comms.protocol == Protocol.STRUCTURED_DIGEST and day >= 7:
        answers = 0.0
        for back in range(1, 8):
            answers += t.daily[day - back, mt.ANSWERS]
        for k in range(t.clock[0].n_moderators):
            moderator = t.moderators[k]
            if moderator.duty == Duty.OFF or answers <= 0.0:
                continue
            given = 7.0 * f8(moderator.hours_day) * lever.kpi_quality
            part = 1.0
            if comms.digest_hours_week > 0.0:
                # every group needs a digest of its own
                part = min(1.0, given / (comms.digest_hours_week * t.clock[0].n_groups))
            quality = max(quality, part * (0.4 + 0.5 * f8(moderator.skill)))
        quality *= answers / (answers + 5.0)
    t.clock[0].digest_quality = quality


@compiled()
def _on_duty(t, duty):
    n = 0
    for k in range(t.clock[0].n_moderators):
        if t.moderators[k].duty == duty:
            n += 1
    return n
