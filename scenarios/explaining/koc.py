"""A KOC's days: what she agrees to and for what, when she tires, and how it ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from plaza_lab.agents.decisions.decision import decision
from plaza_lab.agents.koc import Programme, Stage
from plaza_lab.agents.member import Status
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.explaining.replay import Diary
from plaza_lab.scenarios.explaining.subject import Wanted
from plaza_lab.scenarios.explaining.tables import terms_table
from plaza_lab.sim import decisions
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.mechanisms.partners.kocs import CHOOSING_DAY
from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.randomness import ALWAYS, day_key, uniform
from plaza_lab.sim.state import ties

HERS = ("write for the brand", "see training through", "exit")
"""Decisions that make a KOC's career; ``member=`` tells the others."""


@dataclass(frozen=True)
class Moment:
    """A day on which something about a KOC changed, or on which a month was over.

    Parameters
    ----------
    day : int
        From 0.
    state : str
        How she stands, in words.
    fee_yuan : float
        What she asks for an item.
    fatigue : float
        0 to 1.
    items, joins, followers, taken : int
        Sponsored items written and joins brought so far, members who follow her, and those who
        left with her.
    against : str
        The term that speaks most against writing for the brand.
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
        self.moments: list[Moment] = []
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
            key = plain(day_key)(tables.run_state[0].seed_key, decisions.KOC_AGREE, ALWAYS)
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
            self.moments.append(Moment(day, state, fee, float(koc.fatigue), int(koc.sponsored),
                                       int(koc.joins), fans, taken, self._against()))  # fmt: skip
        self._ended = bool(koc.stage == Stage.LAPSED)

    def _against(self) -> str:
        terms = {name: value for (of, name), value in self.terms[-1].items() if of == HERS[0]}
        least = min(terms, key=lambda name: terms[name], default="")
        return f"{least} {terms[least]:+.2f}" if least and terms[least] < 0.0 else ""


def koc_days(asked: Wanted, number: int) -> KocDiary:
    """Live a run again and note one KOC.

    Parameters
    ----------
    asked : Wanted
        The run.
    number : int
        Of the KOC, from 1, in the order in which they took the role.

    Returns
    -------
    KocDiary
        Her days and moments.

    Raises
    ------
    UserError
        With one line, if the run has no such KOC.
    """
    setting = asked.point.setting
    if setting.policy.koc.programme == Programme.DISABLED:
        raise UserError(f"koc={number}: koc.programme=disabled; choose koc=incubate")
    community = Community(setting, seed=asked.seed, days=7 * asked.weeks)
    diary = KocDiary(number - 1)
    community.on_day(diary.note)
    community.run()
    if diary.row < 0:
        n = int(community.tables.kocs_state[0].n_kocs)
        there = f"this run has KOCs 1 to {n}" if n else "nobody becomes a KOC in this run"
        raise UserError(f"koc={number}: {there}")
    return diary


def koc_told(number: int, diary: KocDiary) -> Group:
    """Lay out a KOC's moments, and the terms of her decisions.

    Parameters
    ----------
    number : int
        Of the KOC, from 1.
    diary : KocDiary
        Her days.

    Returns
    -------
    rich.console.Group
        Print it with a ``rich.console.Console``.
    """
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in ("day", "state", "asks", "fatigue", "items", "joins", "followers", "against it"):
        is_text = name in ("state", "against it")
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
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


def _end(moments: Sequence[Moment]) -> str:
    last = moments[-1]
    if not last.state.startswith("lapsed"):
        return ", to the end."
    taken = f", and {last.taken} of her followers with her" if last.taken else ""
    return f" to day {last.day + 1}{taken}."


def _state(tables: Any, koc: Any, before: Sequence[Moment]) -> str:
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
