"""Team: core team and administrators from among the members, hired staff, and their hours."""

from __future__ import annotations

from plaza_lab.agents.member import Flag
from plaza_lab.agents.moderator import Duty, is_hired
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, day_key, uniform
from plaza_lab.sim.state import fund
from plaza_lab.sim.state.appointments import OPEN_END, OUTSIDER, Staff, appoint, dismiss, on_duty
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M61, M90; E10, E11, E14, E15, E16"
METRICS = (
    Metric("core_team", "members", "core team serving", "T60", True),
    Metric("administrators", "members", "administrators serving", "T60", True),
    Metric("hired_staff", "persons", "operators and service staff hired", "T60", True),
)
STATE: tuple[Var, ...] = (Var("n_moderators", "i8", "rows", "moderator rows in use", "M61"),)


@levers("stewarding")
class Levers:
    """The layered team, and hired staff."""

    core_team: int = quantity(2, "persons", (0, 20), "M61, E10")
    """Core team of a layered team: sets strategy and supervises."""
    administrators: int = quantity(3, "persons", (0, 200), "M61, E11")
    """Administrators of a layered team, from among the members."""
    administrator_hours_week: float = quantity(10.0, "hours/week", (0.0, 60.0), "assumption")
    """Hours each gives."""
    professionals: int = quantity(1, "persons", (0, 200), "M61, E14")
    """Hired operators under staff=professional."""
    service_staff: int = quantity(0, "persons", (0, 200), "E15")
    """Customer-service staff beside whoever else serves."""
    staff_hours_week: float = quantity(35.0, "hours/week", (0.0, 80.0), "assumption (M127)")
    """Hours of a hired person."""
    wage_week_cents: int = quantity(
        200_000,
        "cents/week",
        (0, 10_000_000),
        "assumption (3,000 yuan for 45 hours of a steward, 6.3)",
    )
    """Wage of a hired person, and fee of a third party, from the brand's budget."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            (
                policy.stewarding.staff in (Staff.PROFESSIONAL, Staff.THIRD_PARTY)
                or self.service_staff > 0
            )
            and self.wage_week_cents > 0
            and not policy.fund.has_brand_money,
            "hired staff are paid from the brand's budget; choose fund=brand_funded, "
            "or members who serve (staff=volunteers, layered)",
        )


NO_ROW = i8(-1)


@params()
class Params:
    """Who is taken on, and what makes hired staff leave."""

    hire_week: float = quantity(0.6, "1/week", (0.0, 1.0), "assumption")
    """Chance that a vacant hired post is filled in a week."""
    resign_week: float = quantity(0.004, "1/week", (0.0, 1.0), "assumption (M127: staff retention)")
    """Hazard that a rested hired person resigns."""
    resign_fatigue: float = quantity(3.0, "log-hazard", (0.0, 10.0), "assumption (M127)")
    """Per unit of the operation's fatigue."""
    professional_skill: float = quantity(0.75, "1", (0.0, 1.0), "assumption (E14)")
    """Skill of own staff."""
    third_party_skill: float = quantity(
        0.55, "1", (0.0, 1.0), "assumption (M90: weaker brand knowledge)"
    )
    """Mean skill of a third-party operator."""
    third_party_spread: float = quantity(0.2, "1", (0.0, 0.5), "assumption (M90: variable quality)")
    """Half width of a third party's skill."""
    least_standing: float = quantity(0.4, "1", (0.0, 10.0), "assumption (E11)")
    """Belonging plus a tenth of reputation that an administrator needs."""
    core_hours_week: float = quantity(4.0, "hours/week", (0.0, 60.0), "assumption (E10)")
    """Hours of one of the core team."""
    answer_share: float = quantity(0.4, "share", (0.0, 1.0), "assumption (E11)")
    """Part of the hours of administrators and operators that goes to answering."""


def is_on(policy, world):
    """Whether there is anybody beside founder, volunteers and paid stewards."""
    return bool(policy.stewarding.staff >= Staff.LAYERED or policy.stewarding.service_staff != 0)


@kernel()
def step(t, day):
    """Pay, let go and take on at the start of a week."""
    lever = t.policy[0].stewarding
    if day % 7 != 0 or (lever.staff < Staff.LAYERED and lever.service_staff == 0):
        return
    p = t.params[0].team
    _pay_or_part(t, day, lever, p)
    if lever.staff == Staff.LAYERED:
        _seat(t, day, Duty.CORE.value, i8(lever.core_team), p.core_hours_week, p)
        hours = lever.administrator_hours_week
        _seat(t, day, Duty.ADMINISTRATOR.value, i8(lever.administrators), hours, p)
    if lever.staff == Staff.PROFESSIONAL:
        _hire(t, day, Duty.PROFESSIONAL.value, i8(lever.professionals), lever, p)
    if lever.staff == Staff.THIRD_PARTY:
        _hire(t, day, Duty.THIRD_PARTY.value, i8(1), lever, p)
    _hire(t, day, Duty.SERVICE.value, i8(lever.service_staff), lever, p)
    _share_hours(t, p)
    t.daily[day, mt.CORE_TEAM] = on_duty(t, Duty.CORE.value)
    t.daily[day, mt.ADMINISTRATORS] = on_duty(t, Duty.ADMINISTRATOR.value)
    hired = on_duty(t, Duty.PROFESSIONAL.value) + on_duty(t, Duty.THIRD_PARTY.value)
    t.daily[day, mt.HIRED_STAFF] = hired + on_duty(t, Duty.SERVICE.value)


@compiled()
def _pay_or_part(t, day, lever, p):
    """Hired staff get their wage; the unpaid go at once, the tired more often than the rested."""
    hazard = p.resign_week * exp(p.resign_fatigue * t.operator[0].staff_fatigue)
    key = day_key(t.run_state[0].seed_key, draw_ids.RESIGN, day)
    for k in range(1, t.team_state[0].n_moderators):
        if not is_hired(t.moderators[k].duty):
            continue
        wage = i8(lever.wage_week_cents)
        paid = fund.pay(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, wage, fund.NOBODY)
        if paid < wage or uniform(key, U64(k)) < 1.0 - exp(-hazard):
            dismiss(t, k, day)


@compiled()
def _hire(t, day, duty, wanted, lever, p):
    key = day_key(t.run_state[0].seed_key, draw_ids.HIRE, day)
    vacant = wanted - on_duty(t, duty)
    for k in range(vacant):
        post = U64(64 * duty + k)
        skill = p.professional_skill
        if duty == Duty.THIRD_PARTY:
            spread = 2.0 * uniform(key, post + U64(4096)) - 1.0
            skill = min(1.0, max(0.0, p.third_party_skill + p.third_party_spread * spread))
        if uniform(key, post) < p.hire_week:
            appoint(t, OUTSIDER, day, OPEN_END, duty, lever.staff_hours_week, skill)


@compiled()
def _seat(t, day, duty, wanted, hours_week, p):
    """Fill one seat a week: of today's visitors the one of best standing who does not serve yet."""
    if on_duty(t, duty) >= wanted:
        return
    best = NO_ROW
    best_standing = p.least_standing
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        m = t.members[i]
        standing = f8(m.belonging) + 0.1 * f8(m.reputation)
        if standing > best_standing and not t.fate[i].circles & Flag.MODERATOR:
            best = i
            best_standing = standing
    if best >= 0:
        appoint(t, best, day, OPEN_END, duty, hours_week, f8(t.members[best].skill))


@compiled()
def _share_hours(t, p):
    """Hours a day that the team has for answering."""
    hours = 0.0
    for k in range(t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        duty = moderator.duty
        if duty == Duty.SERVICE:
            hours += f8(moderator.hours_day)
        elif duty >= Duty.ADMINISTRATOR and duty != Duty.OFF:
            hours += f8(moderator.hours_day) * p.answer_share * f8(moderator.skill) / 0.75
    t.operator[0].service_hours_day = hours
