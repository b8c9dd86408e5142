"""Assembly: members gather for an order, do the work to a deadline, share the proceeds, disperse.

An order comes from a customer. It is called out; who wants the money, knows the field or belongs
joins. A crew works on its members' visits; where shares are equal, each keeps only a part of what
she adds and gives less. The customer pays for what is delivered, less when it is late. Who gave
more than she got is aggrieved. What remains afterwards are the ties that work has made, as long as
they last.
"""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.crew import MOST, Crew, Proceeds, effort
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.agents.member import Stance, Status
from plaza_lab.agents.rewards import money_pull
from plaza_lab.engine.elementary import exp
from plaza_lab.sim.calendar import MONTH, WEEK
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, agent_key, day_key, mix, poisson, uniform
from plaza_lab.sim.state import fund, items, people, rewards, ties
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M138; F25"
METRICS = (
    Metric("orders_called", "orders", "orders called out to members", "M138"),
    Metric("orders_done", "orders", "orders delivered", "M138"),
    Metric("orders_late", "orders", "of these: after the deadline", "M138"),
    Metric("orders_failed", "orders", "orders that found no crew, or were given up", "M138"),
    Metric("in_crews", "members", "members who are in a crew", "M138"),
    Metric("crew_yuan", "yuan", "proceeds that crews shared", "M138"),
    Metric("crew_pairs", "pairs", "pairs of a crew, 28 days after it dispersed", "M138"),
    Metric("crew_pairs_tied", "pairs", "of these: pairs that still hold a tie", "M138"),
)
STATE: tuple[Var, ...] = (Var("n_crews", "i8", "rows", "rows of crews ever used", "M138"),)


@levers("assembly")
class Levers:
    """Orders, and what is agreed with those who gather for them."""

    orders_month: float = quantity(0.0, "orders/month", (0.0, 30.0), "M138")
    """Orders that the brand finds for its members in 28 days."""
    order_cents: int = quantity(100_000, "cents/order", (0, 100_000_000), "assumption (M138)")
    """What a customer pays for an order in time."""
    seek_cents: int = quantity(5_000, "cents/order", (0, 100_000_000), "assumption (5 % of it)")
    """Cost of finding an order, from the brand's pool."""
    crew: int = quantity(4, "members", (1, MOST), "assumption (M138)")
    """Members wanted for an order."""
    due_days: int = quantity(28, "days", (1, 364), "assumption (M138)")
    """Days from the call to the deadline."""
    proceeds: Proceeds = quantity(Proceeds.CONTRIBUTION, "rule", source="M138, M113")
    """How the crew shares: equally, or by the work that each has done."""
    kept_share: float = quantity(0.2, "share", (0.0, 1.0), "assumption (M138)")
    """Part of the proceeds that goes into the brand's pool."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        is_paid = self.orders_month > 0.0 and self.seek_cents > 0
        yield (
            is_paid and not policy.fund.has_brand_money,
            "finding orders takes a brand budget; choose fund=brand_funded, or "
            "assembly.seek_cents=0",
        )


@params()
class Params:
    """How crews gather and work, and what it does to their members."""

    order_hours: float = quantity(20.0, "hours/order", (0.1, 1e4), "assumption (M138)")
    """Work that an order takes of members of middling skill."""
    visit_hours: float = quantity(1.0, "hours/visit", (0.0, 24.0), "assumption")
    """Work that a member does on a visit, with full effort."""
    gather_days: int = quantity(7, "days", (1, 182), "assumption")
    """Days for which an order is called out; half a crew is enough to begin then."""
    join_base: float = quantity(-5.0, "log-odds", (-20.0, 20.0), "assumption")
    """Willingness of a visitor to join, without pay."""
    field_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M138: who can do it)")
    """More where it is her field."""
    belonging_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M15, as answers)")
    """Per unit of belonging."""
    work_visits: float = quantity(0.5, "log-hazard", (0.0, 5.0), "assumption")
    """More visits of who has work to do."""
    free_riding: float = quantity(
        0.3, "share", (0.0, 1.0), "Erev, Bornstein & Galili 1993 (four pickers, equal shares)"
    )
    """Effort that equal shares cost in a crew of four."""
    late_week: float = quantity(0.25, "1/week", (0.01, 1.0), "assumption (M138)")
    """Part of the price that a week of delay costs; the order is given up when nothing is left."""
    tolerance: float = quantity(0.1, "share", (0.0, 1.0), "A29 (10 points, as partners)")
    """By how much a share may fall short of the work before it is felt."""
    grievance: float = quantity(0.4, "1", (0.0, 10.0), "assumption (world.contract.trust_loss)")
    """Trust and perceived fairness lost per unit of share beyond that."""
    success: float = quantity(0.05, "1", (0.0, 1.0), "assumption (M138)")
    """Belonging that a delivered order adds; one that is given up costs as much."""
    contact: float = quantity(1.0, "contacts/day", (0.0, 100.0), "assumption (as a reply)")
    """Tie that a day of work makes between two who are both there."""


@VISIT.term("order", source="M138")
def work_draws(m, world):
    """Log-hazard of visiting that work for an order adds."""
    return world.assembly.work_visits if m.stance & Stance.CREW else 0.0


def is_on(policy, world):
    """Whether there are orders."""
    return bool(policy.assembly.orders_month > 0.0)


@kernel()
def step(t, day):
    """Call out orders, gather crews, let them work, deliver and disperse."""
    lever = t.policy[0].assembly
    if lever.orders_month <= 0.0:
        return
    p = t.params[0].assembly
    _call_out(t, day, lever)
    in_crews = 0
    for c in range(t.assembly_state[0].n_crews):
        crew = t.crews[c]
        if crew.stage == Crew.GATHERING or crew.stage == Crew.AT_WORK:
            _drop_who_left(t, crew)
        if crew.stage == Crew.GATHERING:
            _gather(t, day, crew, lever, p)
        elif crew.stage == Crew.AT_WORK:
            _work(t, day, crew, lever, p)
        elif crew.stage == Crew.DISPERSED and day - crew.opened >= MONTH:
            _look_back(t, day, crew)
        in_crews += _present(crew)
    t.daily[day, mt.IN_CREWS] = in_crews


@compiled()
def _call_out(t, day, lever):
    """Find today's orders, if the search is paid and there is a row to keep them."""
    base = day_key(t.run_state[0].seed_key, draw_ids.CREW_ORDER, day)
    for number in range(poisson(uniform(base, U64(0)), lever.orders_month / MONTH)):
        key = mix(base + U64(1 + number))
        c = _free_row(t)
        if c < 0:
            return
        cost = i8(lever.seek_cents)
        if fund.available(t, fund.BRAND_POOL, fund.SEEKING_ORDERS) < cost:
            fund.stop(t, day, fund.BRAND_POOL, fund.OUTSIDE, cost, fund.NOBODY)
            return
        fund.transfer(t, day, fund.SEEKING_ORDERS, fund.BRAND_POOL, fund.OUTSIDE, cost, fund.NOBODY)
        crew = t.crews[c]
        crew.uid = key
        crew.stage = Crew.GATHERING
        crew.topic = i8(items.TOPICS * uniform(key, U64(1)))
        crew.seats = 0
        crew.opened = day
        crew.due = min(32000, day + lever.due_days)
        crew.done = 0.0
        t.daily[day, mt.ORDERS_CALLED] += 1.0


@compiled()
def _free_row(t):
    """Row for a new order; -1 when all are in use."""
    state = t.assembly_state[0]
    for c in range(state.n_crews):
        if t.crews[c].stage == Crew.FREE:
            return c
    if state.n_crews >= t.crews.shape[0]:
        return -1
    state.n_crews += 1
    return state.n_crews - 1


@compiled()
def _present(crew):
    """Members who are in a crew that gathers or works."""
    n = i8(0)
    if crew.stage == Crew.GATHERING or crew.stage == Crew.AT_WORK:
        for k in range(crew.seats):
            n += i8(crew.members[k] >= 0)
    return n


@compiled()
def _drop_who_left(t, crew):
    """Whoever has left the community is in no crew; her part goes to those who stay."""
    for k in range(crew.seats):
        i = crew.members[k]
        if i >= 0 and t.fate[i].status == Status.LEFT:
            crew.members[k] = -1
            t.members[i].stance &= ~Stance.CREW


@compiled()
def _gather(t, day, crew, lever, p):
    """Visitors who hear of the order join it or not; half a crew begins when time is up."""
    key = day_key(t.run_state[0].seed_key, draw_ids.CREW_JOIN, day)
    key = agent_key(key, crew.uid)
    wanted = i8(lever.crew)
    yuan = lever.order_cents / 100.0 * (1.0 - lever.kept_share) / wanted
    pull = p.join_base + money_pull(yuan, t.policy[0], t.params[0])
    usual = t.params[0].belonging.usual_belonging
    for k in range(t.people_state[0].n_visitors):
        if crew.seats >= wanted:
            break
        i = i8(t.visitors[k])
        m = t.members[i]
        if m.stance & Stance.CREW or t.fate[i].status == Status.LEFT:
            continue
        wish = pull + p.field_weight * f8(m.skill_topic == crew.topic)
        wish += p.belonging_weight * (f8(m.belonging) - usual)
        if uniform(key, t.fate[i].uid) < sigmoid(wish):
            crew.members[crew.seats] = i
            crew.gave[crew.seats] = 0.0
            crew.seats += 1
            m.stance |= Stance.CREW
            t.fate[i].visit_hazard *= exp(p.work_visits)
            people.mark_act(t, i, day)
    if crew.seats >= wanted:
        crew.stage = Crew.AT_WORK
    elif day - crew.opened >= p.gather_days:
        if 2 * _present(crew) >= wanted:
            crew.stage = Crew.AT_WORK
        else:
            _fail(t, day, crew, 0.0, p)


@compiled()
def _work(t, day, crew, lever, p):
    """Let those who have come today work together; see whether the order is done, or given up."""
    part = effort(lever.proceeds == Proceeds.EQUAL, max(1, _present(crew)), p.free_riding)
    for k in range(crew.seats):
        if not _is_there(t, day, crew, k):
            continue
        i = i8(crew.members[k])
        m = t.members[i]
        skill = f8(m.skill)
        if m.skill_topic != crew.topic:
            skill *= t.params[0].help.off_skill
        hours = p.visit_hours * part * (0.5 + skill)
        crew.gave[k] += hours
        crew.done += hours
        people.mark_act(t, i, day)
        for other in range(crew.seats):
            if other != k and _is_there(t, day, crew, other):
                j = i8(crew.members[other])
                ties.strengthen(t, i, j, p.contact, day)
    worth = 1.0 - p.late_week * max(0, day - crew.due) / WEEK
    if worth <= 0.0 or _present(crew) == 0:
        _fail(t, day, crew, p.success, p)
    elif crew.done >= p.order_hours:
        _deliver(t, day, crew, lever, worth, p)


@compiled()
def _is_there(t, day, crew, k):
    """Whether somebody is in a seat who has come by today."""
    i = crew.members[k]
    return i >= 0 and t.members[i].last_visit == day and t.fate[i].status != Status.LEFT


@compiled()
def cents_of(total, before, own):
    """Whole cents of one share; those of all shares sum to the total exactly.

    Parameters
    ----------
    total : int
        Cents to share, at least 0.
    before, own : float
        Shares of those who come before her, and hers, 0 to 1.

    Returns
    -------
    int
        Cents, within one of her share.
    """
    return i8(total * min(1.0, before + own) + 0.5) - i8(total * before + 0.5)


@compiled()
def _deliver(t, day, crew, lever, worth, p):
    """The customer pays; the crew shares; each sees what she got for what she gave."""
    price = i8(lever.order_cents * worth)
    kept = i8(price * lever.kept_share)
    fund.transfer(t, day, fund.CREW_PAY, fund.OUTSIDE, fund.BRAND_POOL, kept, fund.NOBODY)
    is_equal = lever.proceeds == Proceeds.EQUAL
    whole = 0.0
    n = _present(crew)
    for k in range(crew.seats):
        if crew.members[k] >= 0:
            whole += f8(crew.gave[k])
    before = 0.0
    for k in range(crew.seats):
        i = i8(crew.members[k])
        if i < 0 or whole <= 0.0:
            continue
        given = f8(crew.gave[k]) / whole
        own = 1.0 / n if is_equal else given
        cents = cents_of(price - kept, before, own)
        before += own
        fund.transfer(t, day, fund.CREW_PAY, fund.OUTSIDE, fund.MEMBERS, cents, i)
        rewards.feel_reward(t, i, cents / 100.0)
        t.daily[day, mt.CREW_YUAN] += cents / 100.0
        m = t.members[i]
        feelings.raise_belonging(m, p.success)
        short = given - own - p.tolerance
        if short > 0.0:
            feelings.lower_trust(m, min(1.0, p.grievance * short))
            feelings.lower_fairness(m, min(1.0, p.grievance * short))
    t.daily[day, mt.ORDERS_DONE] += 1.0
    t.daily[day, mt.ORDERS_LATE] += f8(day > crew.due)
    _disperse(t, day, crew, p)


@compiled()
def _fail(t, day, crew, loss, p):
    """An order comes to nothing: nobody is paid, and who has worked for it is disappointed."""
    for k in range(crew.seats):
        if crew.members[k] >= 0 and crew.gave[k] > 0.0:
            feelings.lower_belonging(t.members[crew.members[k]], loss)
    t.daily[day, mt.ORDERS_FAILED] += 1.0
    _disperse(t, day, crew, p)


@compiled()
def break_up(t, day):
    """Let all crews go, where no more orders are looked for."""
    for c in range(t.assembly_state[0].n_crews):
        crew = t.crews[c]
        if crew.stage == Crew.GATHERING or crew.stage == Crew.AT_WORK:
            _fail(t, day, crew, t.params[0].assembly.success, t.params[0].assembly)


@compiled()
def _disperse(t, day, crew, p):
    """Everybody is free again; what remains is looked at a month later."""
    for k in range(crew.seats):
        i = crew.members[k]
        if i >= 0:
            t.members[i].stance &= ~Stance.CREW
            t.fate[i].visit_hazard *= exp(-p.work_visits)
    crew.stage = Crew.DISPERSED
    crew.opened = day


@compiled()
def _look_back(t, day, crew):
    """Count the pairs of a crew that has dispersed, and those that still hold a tie."""
    for k in range(crew.seats):
        for other in range(k + 1, crew.seats):
            i, j = i8(crew.members[k]), i8(crew.members[other])
            if i >= 0 and j >= 0 and crew.gave[k] > 0.0 and crew.gave[other] > 0.0:
                t.daily[day, mt.CREW_PAIRS] += 1.0
                t.daily[day, mt.CREW_PAIRS_TIED] += f8(ties.holds(t, i, j) or ties.holds(t, j, i))
    crew.stage = Crew.FREE
