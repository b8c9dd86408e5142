"""A partner's days: how its deals stood, what both sides made of them, what moved it to stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table

from plaza_lab.agents.deal import Form
from plaza_lab.agents.decisions.partnering import END
from plaza_lab.agents.partner import Deal, PartnerClass
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.explaining.subject import Wanted
from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.state import accounts

MONTH = 28


@dataclass(frozen=True)
class Moment:
    """A day on which a partner's deal changed, or on which a month was over."""

    day: int
    state: str
    form: str
    trust: float
    belief_yuan: float
    gain_yuan: float
    host_gain_yuan: float
    joins: int
    terms: dict[str, float]


def partner_days(asked: Wanted, number: int) -> tuple[dict[str, Any], list[Moment]]:
    """Live a run again and note one partner.

    Parameters
    ----------
    asked : Wanted
        The run.
    number : int
        Of the candidate, from 1.

    Returns
    -------
    tuple
        What it is, and its moments.

    Raises
    ------
    UserError
        With one line, if the policy has no such candidate.
    """
    setting = asked.point.setting
    lever = setting.policy.partnership
    if lever.form == Form.NONE:
        raise UserError(f"partner={number}: partnership.form=none; choose partnership=co_promotion")
    if number > lever.pool:
        raise UserError(f"partner={number}: the pool has candidates 1 to {lever.pool}")
    community = Community(setting, seed=asked.seed, days=7 * asked.weeks)
    moments: list[Moment] = []

    def note(lived: Community) -> None:
        moment = _moment(lived.tables, lived.day - 1, number - 1)
        if not moments or moment.state != moments[-1].state or lived.day % MONTH == 0:
            moments.append(moment)

    community.on_day(note)
    community.run()
    partner = community.tables.partners[number - 1]
    return {
        "class": PartnerClass(int(partner.kind)).name.lower().replace("_", " "),
        "fit": f"{partner.fit:.2f}",
        "overlap": f"{partner.overlap:.2f}",
        "audience": f"{partner.audience:,.0f}",
        "budget a year": f"{partner.budget_cents / 100:,.0f} yuan",
    }, moments


def _moment(tables: Any, day: int, k: int) -> Moment:
    partner = tables.partners[k]
    slot = int(partner.slot)
    state = Deal(int(partner.deal)).name.lower().replace("_", " ")
    if slot < 0:
        return Moment(day, state, "", float(partner.trust), 0.0, 0.0, 0.0, int(partner.joins), {})
    deal = tables.deals[slot]
    terms: dict[str, float] = {}
    if deal.signed >= 0:
        with np.errstate(over="ignore"):
            lever, p = tables.policy[0].partnership, tables.params[0].contract
            surplus = plain(accounts.surplus)(tables, day, slot, lever)
            around = plain(accounts.around)(tables, day, slot)
        terms = END.each(float(partner.trust), surplus, float(partner.fit), around, p)
    return Moment(
        day,
        state,
        Form(int(deal.form)).name.lower(),
        float(partner.trust),
        float(deal.belief) / 100,
        float(deal.benefit_cents - deal.cost_cents) / 100,
        float(deal.host_benefit_cents - deal.host_cost_cents) / 100,
        int(deal.joins),
        terms,
    )


def partner_told(number: int, what: dict[str, Any], moments: Sequence[Moment]) -> Group:
    """Lay a partner's moments out as a table."""
    said = ", ".join(f"{name} {value}" for name, value in what.items())
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in ("day", "state", "trust", "a month", "gain", "host's gain", "joins",
                 "leaving"):  # fmt: skip
        is_text = name in ("state", "leaving")
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
    table.columns[1].min_width = 13  # its words stay whole
    form = ""
    for one in moments:
        if one.form and one.form != form:
            form = one.form
            table.add_row("", form.replace("_", " "))
        most = max(one.terms, key=lambda name: one.terms[name], default="")
        told = f"{most} {one.terms[most]:+.2f}" if most else ""
        table.add_row(str(one.day + 1), one.state, f"{one.trust:.2f}",
                      f"{one.belief_yuan:,.0f}", f"{one.gain_yuan:,.0f}",
                      f"{one.host_gain_yuan:,.0f}", str(one.joins), told)  # fmt: skip
    idle = [] if {one.state for one in moments} - {"pool"} else [
        "It stays in the pool: no deal with it was proposed in this run."
    ]  # fmt: skip
    return Group(
        f"Partner {number}: {said}",
        table,
        *idle,
        "Yuan; what it expects of a month, gains so far; leaving: what moves it to leave most.",
    )
