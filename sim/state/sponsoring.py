"""Sponsoring: what the brand asks of a KOC, whether she agrees to it, and her fee."""

from __future__ import annotations

from plaza_lab.agents import feelings
from plaza_lab.agents.choices import sigmoid
from plaza_lab.agents.decisions.serving import WRITE
from plaza_lab.agents.quantity import quantity
from plaza_lab.agents.rewards import control_of
from plaza_lab.engine.compiled import compiled
from plaza_lab.sim import draw_ids
from plaza_lab.sim.levers import params
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.state import fund, rewards


@params()
class Params:
    """What KOCs make of work and pay (world group ``sponsoring``)."""

    agree_base: float = quantity(2.0, "log-odds", (-20.0, 20.0), "assumption (M50)")
    """On agreeing to a week without any sponsored item."""
    work_item: float = quantity(
        0.35, "log-odds/item", (0.0, 10.0), "assumption (M51: workload; half a day's work an item)"
    )
    """Reluctance against each item a week."""
    tired_weight: float = quantity(
        3.0, "log-odds", (0.0, 20.0), "assumption (science A.12: KOCs wear out)"
    )
    """Reluctance at full fatigue."""
    ask_step: float = quantity(0.25, "share", (0.0, 5.0), "assumption (M51)")
    """By how much more of a fee a KOC asks after each week she has refused."""
    patience_weeks: int = quantity(4, "weeks", (1, 100), "assumption (M50)")
    """Weeks of refusing after which a KOC gives the role up."""
    let_down: float = quantity(0.1, "1", (0.0, 1.0), "assumption (M50)")
    """Belonging and satisfaction lost by giving the role up."""


@compiled()
def asked(lever):
    """Sponsored items that a week asks of a KOC."""
    return min(lever.sponsored_week, lever.workload_cap)


@compiled()
def agrees(t, i, fee_cents, fatigue, lever):
    """Whether a member would write for the brand this week; her own leaning does not change."""
    items = asked(lever)
    yuan = items * fee_cents / 100.0
    wish = WRITE(t.members[i], items, yuan, fatigue, t.policy[0], t.params[0])
    key = day_key(t.run_state[0].seed_key, draw_ids.KOC_AGREE, ALWAYS)
    return uniform(key, t.fate[i].uid) < sigmoid(wish)


@compiled()
def pay_fee(t, i, day, wanted, cents):
    """A KOC's fee is her own income; it controls her as pay does."""
    m = t.members[i]
    if cents > 0:
        fund.pay(t, day, fund.KOC_FEE, fund.BRAND_POOL, fund.MEMBERS, cents, i)
        rewards.note_reward(t, day, i, cents / 100.0)
        world = t.params[0]
        felt = control_of(cents / 100.0, t.policy[0], world)
        feelings.lower_motive(m, world.incentives.crowding * felt)
    if wanted > cents:
        fund.stop(t, day, fund.BRAND_POOL, fund.MEMBERS, wanted - cents, i)
