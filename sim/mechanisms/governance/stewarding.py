"""Stewarding: the founder's hours, volunteers who come and tire, and the paid rota."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.serving import VOLUNTEER
from plaza_lab.agents.member import Flag, Status
from plaza_lab.agents.moderator import Duty, accepts_duty, is_hired, volunteers_wanted
from plaza_lab.agents.rewards import STEWARD, role_act
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import ALWAYS, day_key, normal, uniform
from plaza_lab.sim.state import groups
from plaza_lab.sim.state.appointments import (
    OPEN_END,
    Staff,
    appoint,
    dismiss,
    hours_on_duty,
    on_duty,
)
from plaza_lab.sim.state.archive import Protocol
from plaza_lab.sim.state.dashboard import total
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M61, M62, M63, M121; W04, W05"
METRICS = (
    Metric("staffed", "flag", "paid steward on duty", "T60", True),
    Metric("volunteers", "members", "volunteers serving", "T60", True),
)
STATE: tuple[Var, ...] = (
    Var("digest_quality", "f8", "1", "quality of the last digest, 0 for none", "M37"),
    Var("steward_push", "f8", "log-odds", "a paid count of answerers moves members", "M62"),
)


@levers("comms")
class CommsLevers:
    """The digest that stewards write."""

    digest_hours_week: float = quantity(4.0, "hours/week", (0.0, 80.0), "assumption")
    """Steward hours a digest costs."""


@levers("stewarding")
class StewardingLevers:
    """Founder hours, members who serve, and the paid rota."""

    staff: Staff = quantity(Staff.VOLUNTEERS, "staff", source="M61 M62 M63")
    """Who serves beside the founder."""
    founder_hours_week: float = quantity(7.0, "hours/week", (0.0, 100.0), "assumption")
    """Founder hours over all groups."""
    groups: int = quantity(1, "groups", (1, 50), "F18, M63")
    """Communities like this one that the founder runs; each gets an equal share of the hours."""
    systematised: float = quantity(0.0, "share", (0.0, 1.0), "M63")
    """Part of the founder's work that written rules and rotas carry; it need not be divided by the
    groups."""
    volunteers_per_100: float = quantity(1.0, "members/100", (0.0, 50.0), "M61")
    """Volunteers wanted for 100 members of a community of usual size; a larger one wants fewer for
    as many members."""
    volunteer_hours_week: float = quantity(4.0, "hours/week", (0.0, 40.0), "assumption")
    """Hours each gives."""
    term_weeks: int = quantity(1, "weeks", (1, 26), "F11")
    """Term of a steward."""
    steward_hours_week: float = quantity(15.0, "hours/week", (1.0, 80.0), "W05")
    """Duty hours of a steward."""
    stipend_week_cents: int = quantity(0, "cents/week", (0, 10_000_000), "F10")
    """Flat stipend; 0 pays what the dues of the week release."""
    kpi_quality: float = quantity(0.5, "weight", (0.0, 1.0), "M62")
    """Weight of content quality in the steward's KPI; the rest counts answerers."""
    kpi_pay_share: float = quantity(0.0, "share", (0.0, 1.0), "M62")
    """Part of a steward's pay that hangs on the KPI; 0 pays for duty alone."""
    founder_weeks: int = quantity(0, "weeks", (0, 520), "assumption (E09)")
    """Weeks after which the founder leaves; 0 for never."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_paid = policy.fund.dues_month_cents > 0 or policy.fund.has_brand_money
        yield (
            self.staff == Staff.FOUNDER_ONLY and self.systematised > 0.0,
            "what is systematised needs helpers who run it; "
            "choose staff=volunteers or paid_rotation",
        )
        yield (
            self.staff == Staff.PAID_ROTATION and not is_paid,
            "paid stewards need dues or brand money; "
            "choose fund=dues, entry_and_dues or brand_funded",
        )


RESERVE_HOURS = 15.0
NO_ROW = i8(-1)


@params()
class Params:
    """Who serves, and what service does to them."""

    digest_base: float = quantity(0.4, "1", (0.0, 1.0), "assumption")
    """Quality of a digest by a writer without skill."""
    digest_skill: float = quantity(0.5, "1", (0.0, 1.0), "assumption")
    """What full skill adds to it."""
    digest_answers: float = quantity(5.0, "answers", (0.0, 1000.0), "assumption")
    """Answers of a week at which a digest of them has half its quality."""
    size_power: float = quantity(
        0.24, "1", (0.0, 1.0), "science A.11 (data reddit_members_mods: moderators ~ members^.24)"
    )
    """Power of size with which the number of wanted volunteers grows; 1 for in proportion."""
    usual_members: float = quantity(500.0, "members", (1.0, 1e7), "assumption (the default size)")
    """Size for which the number wanted for 100 members is meant."""
    volunteer_base: float = quantity(-5.0, "log-odds", (-20.0, 20.0), "assumption")
    """Volunteering of a visitor in the week of recruitment."""
    volunteer_belonging: float = quantity(4.0, "log-odds", (0.0, 20.0), "assumption (E12)")
    """Per unit of belonging."""
    volunteer_motive: float = quantity(3.0, "log-odds", (0.0, 20.0), "assumption (E12)")
    """Per unit of motive."""
    drift_week: float = quantity(0.06, "1/week", (0.0, 1.0), "assumption (M121)")
    """Drift of an unpaid helper from value to liveliness."""
    burnout: float = quantity(0.6, "1", (0.0, 1.0), "assumption (science A.11)")
    """Fatigue at which a volunteer stops."""
    reserve_median_cents: float = quantity(
        100_000.0, "cents/week", (0.0, 1e8), "mechanisms.md 6.3 (1,000 yuan)"
    )
    """Median reserve wage for 15 hours of duty."""
    reserve_ln_sd: float = quantity(0.35, "1", (0.0, 3.0), "assumption")
    """Spread of the log reserve wage."""
    sign_up: float = quantity(0.05, "1/week", (0.0, 1.0), "assumption")
    """Chance that a visitor of whom the pay is enough signs up in a week."""
    slack_week: float = quantity(0.03, "1/week", (0.0, 1.0), "assumption (M62: effort needs pay)")
    """Hours that a helper nobody looks after, and whose pay hangs on nothing, gives less a week."""
    slack_most: float = quantity(0.5, "share", (0.0, 1.0), "assumption (M62)")
    """Most of the hours that are lost so."""
    supervision: float = quantity(0.7, "share", (0.0, 1.0), "assumption (M61, C17)")
    """Part of the drift that supervision by a core team prevents."""
    supervised_each: float = quantity(5.0, "helpers", (0.0, 1000.0), "assumption (M61)")
    """Volunteers one of the core team can supervise."""
    push: float = quantity(0.8, "log-odds", (0.0, 5.0), "assumption (M62)")
    """By how much a steward paid only by the count of answerers moves members to answer."""
    push_quality_loss: float = quantity(
        0.15, "1 per log-odds", (0.0, 1.0), "assumption (M62: quantity over quality)"
    )
    """Quality that answers lose when they are given for the count."""
    duty_belonging: float = quantity(
        0.08, "1", (0.0, 1.0), "assumption (M62: rotation spreads skill)"
    )
    """Belonging a week of duty adds."""


@VOLUNTEER.base("base", source="M61")
def volunteer_base(world):
    """Log-odds of offering oneself on a visit."""
    return world.stewarding.volunteer_base


@VOLUNTEER.term("role", source="M52")
def stewards_serve(t, world):
    """Log-odds of serving that the stewards' open loop takes away."""
    return role_act(t, world, STEWARD)


@ANSWER.term("steward", source="M62")
def steward_pushes(t):
    """Log-odds by which a steward who is paid by the count of answerers moves members."""
    return t.stewarding_state[0].steward_push


@kernel()
def step(t, day):
    """Change duties at the start of a week."""
    if day % 7 != 0:
        return
    lever = t.policy[0].stewarding
    p = t.params[0].stewarding
    hours = groups.founder_hours(t)
    if lever.founder_weeks > 0 and day >= 7 * lever.founder_weeks:
        t.moderators[0].duty = Duty.OFF
        hours = 0.0
    t.operator[0].founder_hours_day = hours
    t.moderators[0].hours_day = hours
    _retire(t, day, lever, p)
    if lever.staff == Staff.VOLUNTEERS or lever.staff == Staff.LAYERED:
        _recruit_volunteers(t, day, lever, p)
    if lever.staff == Staff.PAID_ROTATION:
        _appoint_steward(t, day, lever, p)
    _write_digest(t, day, lever)
    _push(t, lever, p)
    t.daily[day, mt.STAFFED] = on_duty(t, Duty.STEWARD.value)
    t.daily[day, mt.VOLUNTEERS] = on_duty(t, Duty.VOLUNTEER.value)


@compiled()
def _retire(t, day, lever, p):
    """End terms, let the burnt-out and departed go; unpaid helpers drift, less when supervised."""
    supervision = 0.0
    core = on_duty(t, Duty.CORE.value)
    if core > 0:
        helpers = max(1.0, f8(on_duty(t, Duty.VOLUNTEER.value)))
        supervision = p.supervision * min(1.0, core * p.supervised_each / helpers)
    free = 1.0 - supervision
    idle = _idle_share(t, day)
    for k in range(1, t.team_state[0].n_moderators):
        moderator = t.moderators[k]
        if moderator.duty == Duty.OFF or is_hired(moderator.duty):
            continue
        is_gone = t.fate[moderator.member].status != Status.ENGAGED
        is_over = day > moderator.until
        # a volunteer whose loop is open has the less to endure for
        bearable = p.burnout * t.roles_state[0].loop[STEWARD]
        is_unpaid = moderator.duty == Duty.VOLUNTEER or moderator.duty == Duty.ADMINISTRATOR
        is_burnt = is_unpaid and f8(moderator.fatigue) > bearable
        if is_gone or is_over or is_burnt:
            dismiss(t, k, day)
        elif moderator.duty == Duty.VOLUNTEER:
            speed = p.drift_week * (1.0 - supervision) * idle
            moderator.drift = f8(moderator.drift) + speed * (1.0 - f8(moderator.drift))
            _slacken(moderator, lever.volunteer_hours_week / 7.0, p.slack_week * free, p)
        elif moderator.duty == Duty.STEWARD:
            free_pay = 1.0 - lever.kpi_pay_share
            _slacken(moderator, lever.steward_hours_week / 7.0, p.slack_week * free_pay, p)


@compiled()
def _slacken(moderator, given, speed, p):
    """A helper whom nobody looks after gives fewer hours, down to a part of what she offered."""
    hours = f8(moderator.hours_day) * (1.0 - speed)
    moderator.hours_day = max(hours, (1.0 - p.slack_most) * given)


@compiled()
def _idle_share(t, day):
    """Part of last week's hours of helpers in which there was nothing to review (M121)."""
    looked = total(t, mt.REVIEWED, day - WEEK, day)
    work = looked / 7.0 / max(1.0, t.params[0].review.items_per_hour)
    return max(0.0, 1.0 - work / max(1e-6, hours_on_duty(t)))


@compiled()
def _recruit_volunteers(t, day, lever, p):
    n_members = f8(t.people_state[0].n_members)
    wanted = volunteers_wanted(lever.volunteers_per_100, n_members, p.size_power, p.usual_members)
    serving = on_duty(t, Duty.VOLUNTEER.value)
    key = day_key(t.run_state[0].seed_key, draw_ids.VOLUNTEER, day)
    for k in range(t.people_state[0].n_visitors):
        if serving >= wanted:
            return
        i = i8(t.visitors[k])
        if t.fate[i].circles & Flag.MODERATOR:
            continue
        m = t.members[i]
        wish = VOLUNTEER(m, t, t.params[0])
        hours, skill = lever.volunteer_hours_week, f8(m.skill)
        is_willing = uniform(key, t.fate[i].uid) < sigmoid(wish)
        if is_willing and appoint(t, i, day, OPEN_END, Duty.VOLUNTEER.value, hours, skill):
            serving += 1


@compiled()
def _appoint_steward(t, day, lever, p):
    """First in the sign-up queue whose reserve wage the stipend covers; else a vacancy."""
    if on_duty(t, Duty.STEWARD.value) > 0:
        return
    queue = day_key(t.run_state[0].seed_key, draw_ids.SIGN_UP, day)
    wages = day_key(t.run_state[0].seed_key, draw_ids.RESERVE_WAGE, ALWAYS)
    first = NO_ROW
    first_time = p.sign_up
    # who finds neither skill nor thanks in it asks for more
    missing = t.params[0].roles.steward_wage * (1.0 - t.roles_state[0].loop[STEWARD])
    for k in range(t.people_state[0].n_visitors):
        i = i8(t.visitors[k])
        time = uniform(queue, t.fate[i].uid)
        if time >= first_time or t.fate[i].circles & Flag.MODERATOR:
            continue
        z = normal(uniform(wages, t.fate[i].uid))
        reserve = p.reserve_median_cents * lever.steward_hours_week / RESERVE_HOURS
        reserve *= exp(p.reserve_ln_sd * z + missing)
        if accepts_duty(f8(t.budget_state[0].stipend_cents), reserve):
            first = i
            first_time = time
    if first >= 0:
        m = t.members[first]
        until, hours = day + 7 * lever.term_weeks - 1, lever.steward_hours_week
        appoint(t, first, day, until, Duty.STEWARD.value, hours, f8(m.skill))
        feelings.raise_belonging(m, p.duty_belonging)


@compiled()
def _push(t, lever, p):
    """A steward paid by the count of answerers moves members to answer, well or not (M62)."""
    push = 0.0
    if lever.kpi_pay_share > 0.0 and on_duty(t, Duty.STEWARD.value) > 0:
        push = p.push * lever.kpi_pay_share * (1.0 - lever.kpi_quality)
    t.stewarding_state[0].steward_push = push


@compiled()
def _write_digest(t, day, lever):
    """The digest of last week's answers: as good as its writer, and as the hours it was given."""
    comms = t.policy[0].comms
    p = t.params[0].stewarding
    quality = 0.0
    if comms.protocol == Protocol.STRUCTURED_DIGEST and day >= 7:
        answers = total(t, mt.ANSWERS, day - WEEK, day)
        for k in range(t.team_state[0].n_moderators):
            moderator = t.moderators[k]
            if moderator.duty == Duty.OFF or answers <= 0.0:
                continue
            given = 7.0 * f8(moderator.hours_day) * lever.kpi_quality
            if moderator.duty == Duty.STEWARD:
                # what is paid for is done: effort moves toward what the pay hangs on
                given *= 1.0 + lever.kpi_pay_share * (2.0 * lever.kpi_quality - 1.0)
            part = 1.0
            if comms.digest_hours_week > 0.0:
                # every group needs a digest of its own
                part = min(1.0, given / (comms.digest_hours_week * t.groups_state[0].n_groups))
            quality = max(quality, part * (p.digest_base + p.digest_skill * f8(moderator.skill)))
        quality *= answers / (answers + p.digest_answers)
    t.stewarding_state[0].digest_quality = quality
