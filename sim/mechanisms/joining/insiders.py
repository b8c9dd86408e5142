"""Insiders: staff of the brand, of its partners and of its suppliers are members too.

They know the goods and answer as their job; what they say of the brand outside is believed less,
as they have a stake in it. They come and go with their firm: the brand lays off whom it cannot pay,
a partner's people leave with its deal, a supplier's when it stops supplying.
"""

from __future__ import annotations

from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.joining import ACCEPT, HEAR
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import BRAND, Kind, Route, Stance, Status
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, lineage, uniform
from plaza_lab.sim.state import deals, fund, people, prospects
from plaza_lab.sim.stepping import as_part, compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M134"
METRICS = (
    Metric("insiders", "members", "members with a stake in the brand", "M134"),
    Metric("insider_answers", "answers", "of the answers given: by insiders", "M134"),
    Metric("insiders_left", "members", "insiders who left with their firm", "M134"),
    Metric("insider_yuan", "yuan", "paid for the hours of the brand's own", "M134"),
)
STATE: tuple[Var, ...] = (
    Var("n_asked", "i8", "persons", "insiders ever asked in; ordinal of the next", "M134"),
    Var("n_seats", "i8", "rows", "seats that were ever taken", "M134"),
    Var("disbelief", "f8", "share", "of members' word that is not believed, as insiders'", "M134"),
)
LINE = U64(1_000_013)
"""Line of the persons with a stake."""
YEAR = 364.0


@levers("insiders")
class Levers:
    """How many people with a stake are asked in, and by whom."""

    staff: int = quantity(0, "persons", (0, 200), "M134")
    """Members who work for the brand, as far as their hours can be paid."""
    staff_hours: float = quantity(2.0, "hours/week", (0.0, 40.0), "assumption (M134)")
    """Hours a week for which the brand pays each of them."""
    partner_staff: int = quantity(0, "persons/deal", (0, 20), "M134")
    """Members who work for a partner, for each deal that is not ended."""
    suppliers: int = quantity(0, "firms", (0, 50), "M134")
    """Suppliers whose people are asked in."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_paid = self.staff > 0 and self.staff_hours * policy.fund.wage_hour_cents > 0
        yield (
            is_paid and not policy.fund.has_brand_money,
            "staff who are members are paid; choose fund=brand_funded, or insiders.staff_hours=0",
        )


@params()
class Params:
    """What a stake does, and how long firms and jobs last."""

    supplier_people: int = quantity(2, "persons/firm", (1, 5), "assumption (M134)")
    """People whom a supplier sends."""
    turnover_year: float = quantity(0.2, "1/year", (0.0, 10.0), "assumption")
    """Hazard that one of the brand's staff changes her firm."""
    supply_ends_year: float = quantity(
        0.17, "1/year", (0.0, 10.0), "science A.15 (half of partnerships end in 3-5 years)"
    )
    """Hazard that a supplier stops supplying."""
    skill: float = quantity(0.8, "1", (0.0, 1.0), "assumption (E09: as the founder)")
    """Skill of who knows the goods from within."""
    visit_rate: float = quantity(0.5, "1/day", (0.0, 3.0), "assumption (a part of the job)")
    """Base hazard of their visits."""
    authority: float = quantity(
        0.15, "1", (0.0, 1.0), "assumption (M134; as the right helper, world.help.right_person)"
    )
    """Quality that an answer gains which comes from within the firm."""
    duty: float = quantity(
        1.5, "log-odds", (0.0, 10.0), "assumption (as who is asked directly, M12)"
    )
    """Willingness to answer: it is their job."""
    discount: float = quantity(
        0.5, "log-odds", (0.0, 10.0),
        "assumption (Gershon et al. 2020: -.2 where the sender alone is paid; a job is more)",
    )  # fmt: skip
    """By how much a friend believes them less about the brand."""
    stays: float = quantity(1.5, "log-hazard", (0.0, 10.0), "assumption (M134)")
    """Hold on who is here for her firm, whatever she feels."""


@ANSWER.term("stake", source="M134")
def job_answers(m, world):
    """Log-odds of answering of who is here for her firm."""
    return world.insiders.duty if m.stance & Stance.INSIDER else 0.0


@ACCEPT.term("stake", source="M134")
@HEAR.term("stake", source="M134")
def stake_is_discounted(m, world):
    """Log-odds of coming that the stake of the one who speaks takes away."""
    return -world.insiders.discount if m.stance & Stance.INSIDER else 0.0


@EXIT.term("stake", source="M134")
def job_holds(m, world):
    """Log-hazard of leaving that a job takes away; with the firm she leaves all the same."""
    return -world.insiders.stays if m.stance & Stance.INSIDER else 0.0


def is_on(policy, world):
    """Whether anybody with a stake is asked in."""
    lever = policy.insiders
    return bool(lever.staff > 0 or lever.partner_staff > 0 or lever.suppliers > 0)


@kernel()
def step(t, day):
    """See who has come in, who leaves with her firm, and ask for new ones; after the gate."""
    lever = t.policy[0].insiders
    if lever.staff <= 0 and lever.partner_staff <= 0 and lever.suppliers <= 0:
        return
    p = t.params[0].insiders
    _seat(t, day, p)
    part_with(t, day)
    if day % WEEK == 0:
        _end_supply(t, day, p)
        _staff(t, day, lever, p)
        for supplier in range(1, lever.suppliers + 1):
            _ask(t, day, supplier, p.supplier_people)
        for k in range(t.partners.shape[0]):
            if t.partners[k].uid != 0 and deals.is_live(t.partners[k].deal):
                _ask(t, day, -1 - k, lever.partner_staff)
    _report(t, day, p)


@compiled()
def _seat(t, day, p):
    """Give the stake to who has come in today; whose firm has gone since she was asked leaves."""
    for i in range(t.first_row[day], t.people_state[0].n_rows):
        m = t.members[i]
        if m.route != Route.INSIDER:
            continue
        seat = -1
        for s in range(t.insiders_state[0].n_seats):
            if t.insiders[s].uid == t.fate[i].uid:
                seat = s
        if seat < 0:
            people.leave(t, i8(i), day)
            continue
        t.insiders[seat].member = i
        m.stance |= Stance.INSIDER
        t.fate[i].kind = Kind.CORE
        m.visit_rate = p.visit_rate
        m.post_rate = max(f8(m.post_rate), t.params[0].help.writer_rate)
        m.quit = as_part(t.params[0].activity.core_dropout)


@compiled()
def _let_go(t, day, seat):
    """Clear a seat; who sat there leaves the community."""
    row = t.insiders[seat]
    i = i8(row.member)
    if i >= 0 and t.fate[i].status != Status.LEFT:
        people.leave(t, i, day)
        t.daily[day, mt.INSIDERS_LEFT] += 1.0
    row.uid = 0
    row.member = -1


@compiled()
def part_with(t, day):
    """Clear the seats of who left by herself, and of firms whose people are not wanted any more."""
    lever = t.policy[0].insiders
    for s in range(t.insiders_state[0].n_seats):
        row = t.insiders[s]
        if row.uid == 0:
            continue
        is_over = row.member >= 0 and t.fate[row.member].status == Status.LEFT
        is_over = is_over or row.firm > lever.suppliers or (row.firm == BRAND and lever.staff == 0)
        if row.firm < BRAND:
            has_deal = deals.is_open(t.partners[-1 - row.firm].deal)
            is_over = is_over or lever.partner_staff == 0 or not has_deal
        if is_over:
            _let_go(t, day, s)


@compiled()
def _end_supply(t, day, p):
    """Suppliers that stop take all their people along."""
    chance = 1.0 - exp(-WEEK * p.supply_ends_year / YEAR)
    key = day_key(t.run_state[0].seed_key, draw_ids.SUPPLY_ENDS, day)
    for s in range(t.insiders_state[0].n_seats):
        row = t.insiders[s]
        if row.uid != 0 and row.firm > BRAND and uniform(key, U64(row.firm)) < chance:
            _let_go(t, day, s)


@compiled()
def _staff(t, day, lever, p):
    """Pay the week of the brand's staff; whom it cannot pay, or a cut budget strikes, goes."""
    chance = 1.0 - exp(-WEEK * p.turnover_year / YEAR)
    key = day_key(t.run_state[0].seed_key, draw_ids.STAFF_LEAVES, day)
    for s in range(t.insiders_state[0].n_seats):
        row = t.insiders[s]
        if row.uid != 0 and row.firm == BRAND and uniform(key, row.uid) < chance:
            _let_go(t, day, s)
    wanted = i8(lever.staff * (1.0 - t.shocks_state[0].budget_cut) + 0.5)
    each = i8(lever.staff_hours * t.policy[0].fund.wage_hour_cents)
    if each > 0:
        affordable = fund.available(t, fund.BRAND_POOL, fund.WAGE) // each
        if affordable < wanted:
            short = (wanted - affordable) * each
            fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, short, fund.NOBODY)
            wanted = affordable
    excess = _seats_of(t, BRAND) - wanted
    for s in range(t.insiders_state[0].n_seats - 1, -1, -1):
        if excess > 0 and t.insiders[s].uid != 0 and t.insiders[s].firm == BRAND:
            _let_go(t, day, s)
            excess -= 1
    _ask(t, day, BRAND, wanted)
    at_work = i8(0)
    for s in range(t.insiders_state[0].n_seats):
        row = t.insiders[s]
        at_work += i8(row.uid != 0 and row.firm == BRAND and row.member >= 0)
    cents = at_work * each
    fund.transfer(t, day, fund.WAGE, fund.BRAND_POOL, fund.OUTSIDE, cents, fund.NOBODY)
    t.daily[day, mt.INSIDER_YUAN] = cents / 100.0


@compiled()
def _seats_of(t, firm):
    """Seats of a firm that are taken, by who is in or by who has been asked."""
    n = i8(0)
    for s in range(t.insiders_state[0].n_seats):
        n += i8(t.insiders[s].uid != 0 and t.insiders[s].firm == firm)
    return n


@compiled()
def _ask(t, day, firm, wanted):
    """Ask people of a firm in until it has as many seats as wanted; they come by the gate, free."""
    missing = i8(wanted) - _seats_of(t, firm)
    state = t.insiders_state[0]
    for s in range(t.insiders.shape[0]):
        if missing <= 0 or prospects.left(t, day) < 1.0:
            return
        row = t.insiders[s]
        if row.uid != 0:
            continue
        uid = lineage(agent_key(LINE, U64(1_000 + firm)), state.n_asked)
        if not prospects.line_up(t, uid, Route.INSIDER.value, prospects.NOBODY):
            return
        guest = t.applicants[t.prospects_state[0].n_applicants - 1]
        guest.guest = prospects.Guest.FREE
        guest.skill = t.params[0].insiders.skill
        prospects.take(t, Route.INSIDER.value, day)
        row.uid = uid
        row.member = -1
        row.firm = firm
        state.n_asked += 1
        state.n_seats = max(i8(state.n_seats), s + 1)
        missing -= 1


@compiled()
def _report(t, day, p):
    """Count who is in, and how much of members' word is not believed because of them."""
    n = 0
    active = i8(0)
    for s in range(t.insiders_state[0].n_seats):
        row = t.insiders[s]
        if row.uid != 0 and row.member >= 0:
            n += 1
            active += i8(day - t.members[row.member].last_act < 28)
    t.daily[day, mt.INSIDERS] = n
    others = deals.active(t, day)
    share = active / max(1.0, others)
    t.insiders_state[0].disbelief = min(1.0, share) * (1.0 - exp(-p.discount))
