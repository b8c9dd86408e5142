"""Dues that lapse: on a due date some do not pay; after the grace they lapse or leave."""

from __future__ import annotations

from plaza_lab.agents.decisions.buying import LAPSE, lapse_probability
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.member import Contact, Status
from plaza_lab.sim.calendar import is_dues_day
from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import day_key, uniform
from plaza_lab.sim.state import fund, people
from plaza_lab.sim.state.fund import LapseRule
from plaza_lab.sim.stepping import compiled, draw_ids, f8, kernel, mt

SOURCE = "M55; W03, W04"
METRICS = (Metric("arrears", "members", "members who owe dues", "M55", True),)
STATE: tuple[Var, ...] = (
    Var("n_arrears", "i8", "members", "members who owe dues", "M55"),
    Var("dues_share", "f8", "1", "dues relative to what a median member finds fair", "M55"),
)


@levers("fund")
class Levers:
    """What becomes of those who do not pay their dues."""

    lapse_rule: LapseRule = quantity(LapseRule.NONE, "rule", source="M55")
    """none: everybody pays; lapse: who does not pay wins no prizes until she does; leave: who has
    not paid after the grace is out."""
    grace_days: int = quantity(14, "days", (1, 28), "assumption (M55)")
    """Days after a due date in which dues may still be paid."""

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.lapse_rule != LapseRule.NONE and policy.fund.dues_month_cents == 0,
            "dues can lapse only where dues are charged; choose fund=dues, entry_and_dues or mixed",
        )


@params()
class Params:
    """Who does not pay."""

    unpaid_base: float = quantity(
        -5.0, "log-odds", (-30.0, 20.0), "assumption (M55; 1.8 % a month at fair dues)"
    )
    """Not paying on a due date, in a neutral mood, if the dues were nothing."""
    level_weight: float = quantity(1.0, "log-odds", (0.0, 20.0), "assumption (M55)")
    """Per multiple of the dues a median member finds fair."""
    belonging_weight: float = quantity(2.0, "log-odds", (0.0, 20.0), "assumption (M55)")
    """Per unit of belonging, toward paying."""
    satisfaction_weight: float = quantity(2.0, "log-odds", (0.0, 20.0), "assumption (M55)")
    """Per unit of satisfaction, toward paying."""


@EXIT.term("dues", source="M55")
def dues_drive_out(m, t, world):
    """Log-hazard of leaving that dues add for those who do not belong."""
    return world.churn.dues_weight * t.dues_state[0].dues_share * (1.0 - f8(m.belonging))


@LAPSE.term("dues", source="assumption (M55)")
def dues_are_not_paid(t, world):
    """Log-odds of not paying by the level of the dues."""
    return world.dues.level_weight * t.dues_state[0].dues_share


def is_on(policy, world):
    """Whether dues may lapse."""
    return bool(policy.fund.lapse_rule != LapseRule.NONE and policy.fund.dues_month_cents != 0)


@kernel()
def step(t, day):
    """Collect on due dates; some days later settle with those who did not pay."""
    lever = t.policy[0].fund
    if lever.lapse_rule == LapseRule.NONE or lever.dues_month_cents == 0:
        return
    if is_dues_day(day):
        _collect(t, day, day, lever)
    due = day - lever.grace_days
    if due >= 0 and is_dues_day(due):
        _collect(t, day, due, lever)
        if lever.lapse_rule == LapseRule.LEAVE:
            _dismiss(t, day)
    t.daily[day, mt.ARREARS] = t.dues_state[0].n_arrears


@compiled()
def _collect(t, day, due, lever):
    """Ask everybody on the due date, and once more, after the grace, those who owe.

    The draw belongs to the due date, so a member pays late only if her mind has changed.
    """
    state = t.dues_state[0]
    key = day_key(t.run_state[0].seed_key, draw_ids.PAY_DUES, due)
    payers = 0
    for i in range(t.people_state[0].n_rows):
        m = t.members[i]
        owes = m.contact & Contact.ARREARS
        if t.fate[i].status == Status.LEFT or (day > due and not owes):
            continue
        if uniform(key, t.fate[i].uid) >= lapse_probability(m, t, t.params[0]):
            payers += 1
            if owes:
                m.contact &= 127 - Contact.ARREARS
                state.n_arrears -= 1
        elif not owes:
            m.contact |= Contact.ARREARS
            state.n_arrears += 1
    cents = payers * lever.dues_month_cents
    fund.transfer(t, day, fund.DUES, fund.MEMBERS, fund.DUES_POOL, cents, fund.NOBODY)


@compiled()
def _dismiss(t, day):
    for i in range(t.people_state[0].n_rows):
        if t.fate[i].status != Status.LEFT and t.members[i].contact & Contact.ARREARS:
            people.leave(t, i, day)
