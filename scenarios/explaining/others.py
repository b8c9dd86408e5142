"""The days of who is no plain member: a KOC's, and a partner's with its deals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from plaza_lab.agents.deal import Form
from plaza_lab.agents.decisions.decision import decision
from plaza_lab.agents.decisions.partnering import END
from plaza_lab.agents.koc import Programme, Stage
from plaza_lab.agents.member import Status
from plaza_lab.agents.partner import Deal, PartnerClass
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.explaining.replay import Diary
from plaza_lab.scenarios.explaining.subject import Wanted
from plaza_lab.scenarios.explaining.tables import terms_table
from plaza_lab.sim import draw_ids
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.mechanisms.partners.kocs import CHOOSING_DAY
from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state import accounts, ties

HERS = ("write for the brand", "see training through", "exit")
"""Decisions that make a KOC's career; ``member=`` tells the others."""


@dataclass(frozen=True)
class KocMoment:
    """A day on which something about a KOC changed, or on which a month was over.

    ``day`` is from 0, ``fee_yuan`` what she asks for an item, ``fatigue`` from 0 to 1; ``items``
    (sponsored) and ``joins`` (brought) are counts so far, ``followers`` members who follow her,
    ``taken`` those who left with her, and ``against`` the term that speaks most against writing
    for the brand.
    """

    day: int
    state: str
    fee_yuan: float
    fatigue: float
    items: int
    joins: int
    followers: int
    taken: int = 0
    against: str = ""


class KocDiary(Diary):
    """A member's days from the one on which she became a KOC.

    Parameters
    ----------
    place : int
        Her place among those who became one, from 0.
    """

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place
        self.row = -1
        self.moments: list[KocMoment] = []
        self.leaning = math.nan
        """Log-odds above which she agrees: her own, the same in all weeks."""
        self._fans: list[int] = []
        self._ended = False

    def note(self, community: Community) -> None:
        """Note the day that was just lived."""
        tables, day = community.tables, community.day - 1
        if self._ended or int(tables.kocs_state[0].n_kocs) <= self.place:
            return
        if self.row < 0:
            self.row = int(tables.kocs[self.place].member)
            self.uid = int(tables.fate["uid"][self.row])
            key = plain(day_key)(tables.run_state[0].seed_key, draw_ids.KOC_AGREE, ALWAYS)
            u = float(plain(uniform)(key, tables.fate[self.row].uid))
            self.leaning = math.log(u / (1.0 - u))
        super().note(community)
        self._note_moment(tables, day)

    def _note_moment(self, tables: Any, day: int) -> None:
        koc = tables.kocs[self.place]
        is_gone = koc.stage == Stage.LAPSED and tables.fate[self.row].status == Status.LEFT
        taken = _taken(tables, self._fans, self.place, day) if is_gone else 0
        if day % 7 == CHOOSING_DAY - 1:
            self._fans = _followers(tables, self.row)
        state = _state(tables, koc, self.moments)
        fee = float(koc.fee_cents) / 100.0
        last = self.moments[-1] if self.moments else None
        is_new = last is None or (state, fee) != (last.state, last.fee_yuan)
        if is_new or (day + 1) % MONTH == 0:
            fans = len(_followers(tables, self.row))
            self.moments.append(
                KocMoment(
                    day, state, fee, float(koc.fatigue), int(koc.sponsored), int(koc.joins), fans,
                    taken, self._against(),
                )
            )  # fmt: skip
        self._ended = bool(koc.stage == Stage.LAPSED)

    def _against(self) -> str:
        terms = {name: value for (of, name), value in self.terms[-1].items() if of == HERS[0]}
        least = min(terms, key=lambda name: terms[name], default="")
        return f"{least} {terms[least]:+.2f}" if least and terms[least] < 0.0 else ""


def koc_days(asked: Wanted, number: int) -> KocDiary:
    """Live a run again and note the KOC of a number from 1, in order of taking the role.

    Raises
    ------
    UserError
        With one line, if the run has no such KOC.
    """
    setting = asked.point.setting
    if setting.policy.koc.programme == Programme.DISABLED:
        raise UserError(f"koc={number}: koc.programme=disabled; choose koc=incubate")
    diary = KocDiary(number - 1)
    community = _watched(setting, asked, diary.note)
    if diary.row < 0:
        n = int(community.tables.kocs_state[0].n_kocs)
        there = f"this run has KOCs 1 to {n}" if n else "nobody becomes a KOC in this run"
        raise UserError(f"koc={number}: {there}")
    return diary


def _watched(setting: Setting, asked: Wanted, note: Callable[[Community], None]) -> Community:
    """Live a run again, and have every day of it noted."""
    community = Community(setting, seed=asked.seed, days=7 * asked.weeks)
    community.on_day(note)
    community.run()
    return community


def koc_told(number: int, diary: KocDiary) -> Group:
    """Lay out the moments of a KOC, of a number from 1, and the terms of her decisions."""
    table = _table("day", "state", "asks", "fatigue", "items", "joins", "followers", "against it")
    for one in diary.moments:
        table.add_row(str(one.day + 1), one.state, f"{one.fee_yuan:,.0f}", f"{one.fatigue:.2f}",
                      str(one.items), str(one.joins), str(one.followers), one.against)  # fmt: skip
    frame = diary.frame()
    shown = [decision(name) for name in HERS]
    return Group(
        f"KOC {number}: member {diary.row + 1}, a KOC from day {diary.moments[0].day + 1}"
        f"{_end(diary.moments)}",
        table,
        "Asks: yuan an item; followers: members who hold a tie to her; against it: what speaks "
        "most against a week's items.",
        *_terms(frame, shown, diary),
    )


def _terms(frame: Any, shown: Sequence[Any], diary: KocDiary) -> list[RenderableType]:
    write = decision(HERS[0])
    parts: list[RenderableType] = [terms_table(frame, None, shown)]
    if f"{write.name}: {write.names[0]}" in frame:
        parts.append(
            f"She agrees to a week while the sum of '{write.name}' is above {diary.leaning:+.2f}, "
            "her own leaning. Terms as they stand in the evening."
        )
    return parts


def _end(moments: Sequence[KocMoment]) -> str:
    last = moments[-1]
    if not last.state.startswith("lapsed"):
        return ", to the end."
    taken = f", and {last.taken} of her followers with her" if last.taken else ""
    return f" to day {last.day + 1}{taken}."


def _state(tables: Any, koc: Any, before: Sequence[KocMoment]) -> str:
    """Say how a KOC stands, and why where she is one no more."""
    if koc.stage == Stage.INCUBATING:
        return "in training"
    if koc.stage == Stage.ACTIVE:
        is_asked = tables.policy[0].koc.programme == Programme.INCUBATE
        if not is_asked:
            return "active"
        return "agrees" if koc.agrees else f"refuses, week {int(koc.refused)}"
    if tables.fate[koc.member].status == Status.LEFT:
        return "lapsed: left"
    if int(koc.refused) > tables.params[0].sponsoring.patience_weeks:
        return "lapsed: gave it up"
    was_trainee = bool(before) and before[-1].state == "in training"
    return "lapsed: broke off" if was_trainee else "lapsed: idle"


def _followers(tables: Any, row: int) -> list[int]:
    """Rows of the members who hold a tie to a member."""
    rows = int(tables.people_state[0].n_rows)
    others = tables.ties["other"][:rows]
    held = np.arange(others.shape[1]) < tables.members["n_ties"][:rows, None]
    here = tables.fate["status"][:rows] != Status.LEFT
    return [int(i) for i in np.flatnonzero(((others == row) & held).any(axis=1) & here)]


def _taken(tables: Any, fans: Sequence[int], place: int, day: int) -> int:
    """Count the followers who left today because this KOC had left, and no earlier one."""
    kocs = tables.kocs[: place + 1]
    gone = [int(koc.member) for koc in kocs if koc.stage == Stage.LAPSED and koc.since == day
            and tables.fate[koc.member].status == Status.LEFT]  # fmt: skip
    return sum(
        next((who for who in gone if _is_close(tables, fan, who, day)), -1) == gone[-1]
        for fan in fans
        if tables.fate[fan].status == Status.LEFT
    )


def _is_close(tables: Any, fan: int, row: int, day: int) -> bool:
    """Whether a member holds a strong tie to another."""
    own = tables.ties[fan, : int(tables.members[fan].n_ties)]
    return any(tie.other == row and plain(ties.is_strong)(tables, tie, day) for tie in own)


def _table(*names: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in names:
        is_text = name in ("state", names[-1])
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
    return table


@dataclass(frozen=True)
class PartnerMoment:
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


def partner_days(asked: Wanted, number: int) -> tuple[dict[str, Any], list[PartnerMoment]]:
    """Live a run again and note a candidate, from 1: what it is, and its moments.

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
    moments: list[PartnerMoment] = []

    def note(lived: Community) -> None:
        moment = _moment(lived.tables, lived.day - 1, number - 1)
        if not moments or moment.state != moments[-1].state or lived.day % MONTH == 0:
            moments.append(moment)

    partner = _watched(setting, asked, note).tables.partners[number - 1]
    return {
        "class": PartnerClass(int(partner.kind)).name.lower().replace("_", " "),
        "fit": f"{partner.fit:.2f}",
        "overlap": f"{partner.overlap:.2f}",
        "audience": f"{partner.audience:,.0f}",
        "budget a year": f"{partner.budget_cents / 100:,.0f} yuan",
    }, moments


def _moment(tables: Any, day: int, k: int) -> PartnerMoment:
    partner = tables.partners[k]
    slot = int(partner.slot)
    state = Deal(int(partner.deal)).name.lower().replace("_", " ")
    if slot < 0:
        return PartnerMoment(
            day, state, "", float(partner.trust), 0.0, 0.0, 0.0, int(partner.joins), {}
        )  # fmt: skip
    deal = tables.deals[slot]
    terms: dict[str, float] = {}
    if deal.signed >= 0:
        with np.errstate(over="ignore"):
            lever, p = tables.policy[0].partnership, tables.params[0].contract
            surplus = plain(accounts.surplus)(tables, day, slot, lever)
            around = plain(accounts.around)(tables, day, slot)
        terms = END.each(float(partner.trust), surplus, float(partner.fit), around, p)
    return PartnerMoment(
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


def partner_told(number: int, what: dict[str, Any], moments: Sequence[PartnerMoment]) -> Group:
    """Lay a partner's moments out as a table."""
    said = ", ".join(f"{name} {value}" for name, value in what.items())
    table = _table("day", "state", "trust", "a month", "gain", "host's gain", "joins", "leaving")
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
