"""What may be changed by hand between days, in plain Python, and how the rest follows."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy import int64 as i8

from plaza_lab.agents.agent_set import Collection
from plaza_lab.agents.member import Status
from plaza_lab.agents.record import RESERVED, Var
from plaza_lab.agents.view import Face, Stored
from plaza_lab.agents.views import Member
from plaza_lab.engine.compiled import kernel
from plaza_lab.engine.plain import plain
from plaza_lab.sim.checking import amount
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.state import fund, people, ties
from plaza_lab.sim.state.people import HISTORY
from plaza_lab.sim.tables import JOURNAL_ROWS_A_DAY, Tables

INPUTS = frozenset(
    (
        "status", "joined", "last_visit", "visit_rate", "frailty", "buy_rate", "belonging",
        "satisfaction", "trust", "load", "n_strong", "stage", "reputation", "contact", "channel",
        "affect", "answers", "buys", "exchange", "fairness", "habit", "investment", "level",
        "matches", "mood", "motive", "native_motive", "points", "post_rate", "posts", "quit",
        "route", "skill", "solved", "stance", "tokens", "topic", "weariness", "circles", "returns",
        "honour", "hurt", "unsolved",
    )
)  # fmt: skip
"""Fields of a member on which her hazards depend, or may under some policy."""

COUNTED = frozenset(("status", "points", "last_act"))
"""Fields of a member of which the community keeps totals."""

FEW = 200
"""Up to so many members plain Python is quicker than getting a kernel ready."""


@kernel()
def _follow(t, rows, day):
    for k in range(rows.shape[0]):
        if t.fate[rows[k]].status != Status.LEFT:
            belonging.set_hazards(t, i8(rows[k]), day)


def set_hazards(tables: Tables, rows: np.ndarray, day: int) -> None:
    """Write the hazards of members for the days to come, from their present state.

    Parameters
    ----------
    tables : Tables
        The community's tables.
    rows : numpy.ndarray
        int64, member rows; those who have left are passed over.
    day : int
        Last day lived, at least 0.
    """
    kernel = _follow if tables.own is None else tables.own.model.varied(_follow)
    follow = plain(kernel) if len(rows) <= FEW else kernel
    follow(tables, np.ascontiguousarray(rows, np.int64), np.int64(day))


def recount(tables: Tables) -> None:
    """Bring the totals kept over members into line with their rows.

    Parameters
    ----------
    tables : Tables
        The community's tables; ``people_state``, ``points_state``, ``groups`` and ``acts``
        are written.
    """
    people_state = tables.people_state[0]
    rows = int(people_state.n_rows)
    status = tables.fate["status"][:rows]
    is_here = status != Status.LEFT
    people_state.n_members = np.count_nonzero(is_here)
    group = tables.members["group"][:rows][is_here]
    tables.groups.n_members[:] = np.bincount(group, minlength=len(tables.groups))
    people_state.n_silent = np.count_nonzero(status == Status.SILENT)
    tables.points_state[0].points_held = tables.members["points"][:rows].sum(dtype=np.int64)
    last = tables.members["last_act"][:rows][is_here].astype(np.int64)
    acted = np.clip(last[last >= -HISTORY] + HISTORY, 0, len(tables.acts) - 1)
    tables.acts[:] = np.bincount(acted, minlength=len(tables.acts))


MOST_YUAN = 1e15
"""Cents are counted in 64 bits, with room for sums."""

MOVES = frozenset(("status", "stage", "duty"))
"""Fields that decide who is shown in a collection."""


class Editing:
    """The part of a community that is touched between days.

    Whatever is written through a face or a collection is noted; before the next day the hazards of
    the members touched are set anew and the totals over members are counted again. A write that
    changes nothing does nothing. What happens by hand happens on the morning of the day to come.
    """

    tables: Tables
    day: int
    days: int
    version: int

    def _open_editing(self) -> None:
        self._stale: list[np.ndarray] = []
        self._is_miscounted = False
        self._own: dict[str, tuple[Stored, float]] = {}
        self._own_columns: dict[str, np.ndarray] = {}
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        self._columns_of: Tables | None = None

    @property
    def last_day(self) -> int:
        """Number of the last day lived, from 0; also 0 before the first."""
        return max(0, self.day - 1)

    def wrote(self, stored: Stored, rows: np.ndarray) -> None:
        """Take note that a state variable has changed in some rows.

        Parameters
        ----------
        stored : plaza_lab.agents.view.Stored
            The variable.
        rows : numpy.ndarray
            int64.
        """
        name = stored.var.name
        if len(rows) == 0:
            return
        if name in MOVES:
            self.version += 1
        if stored.table in Member.TABLES:
            self._is_miscounted |= name in COUNTED
            if name in INPUTS:
                self._stale.append(rows)

    def column(self, table: str, name: str) -> np.ndarray:
        """All rows of a state variable, a view that writes through; ``table=""`` for added ones."""
        if self._columns_of is not self.tables:
            self._columns, self._columns_of = {}, self.tables
        key = table, name
        if key not in self._columns:
            column = getattr(self.tables, table)[name] if table else self._own_column(name)
            self._columns[key] = column
        return self._columns[key]

    def refresh(self, members: Member | Collection | None = None) -> None:
        """Let hazards and totals follow at once; done by itself before every day.

        Parameters
        ----------
        members : Member or Collection, optional
            Members whose hazards to set besides those already noted: needed after writing to
            ``member.record``, ``member.fate`` or ``community.tables`` directly.
        """
        if isinstance(members, Member):
            self._stale.append(np.array([members.row]))
        elif members is not None:
            self._stale.append(members.index)
            self._is_miscounted = True
        if self._is_miscounted:
            recount(self.tables)
        if self._stale:
            set_hazards(self.tables, np.unique(np.concatenate(self._stale)), self.last_day)
        self._stale.clear()
        self._is_miscounted = False

    def let_leave(self, row: int) -> None:
        """Let a member leave on the morning of the day to come; nothing if she has left already."""
        if self.tables.fate[row].status != Status.LEFT:
            self.refresh()
            plain(people.leave)(self.tables, row, self.day)
            self.version += 1

    def ties_of(self, row: int) -> list[tuple[Member, float]]:
        """Ties a member holds, with their strength on the last day, strongest first."""
        t, strength = self.tables, plain(ties.strength)
        held = t.ties[row][: int(t.members[row].n_ties)]
        strengths = [float(strength(t, tie, self.last_day)) for tie in held]
        shown = [(Member(self, tie.other), now) for tie, now in zip(held, strengths, strict=True)]
        return sorted(shown, key=lambda tie: -tie[1])

    def pay(
        self, purpose: str, pool: str, yuan: float, member: Member | None = None,
        payee: str = "members",
    ) -> float:  # fmt: skip
        """Pay from a pool as far as it reaches; a policy stop is logged for the rest.

        Parameters
        ----------
        purpose : str
            One of ``plaza_lab.sim.state.fund.PURPOSES``.
        pool, payee : str
            Of ``plaza_lab.sim.state.fund.ACCOUNTS``.
        yuan : float
            Amount, at least 0; rounded to whole cents.
        member : Member, optional
            The member concerned.

        Returns
        -------
        float
            Yuan paid.
        """
        codes = _code("purpose", purpose, fund.PURPOSES), _code("pool", pool, fund.ACCOUNTS)
        if codes[1] not in fund.POOLS:
            pools = ", ".join(fund.ACCOUNTS[k] for k in fund.POOLS)
            raise ValueError(f"pool={pool!r} is no pool; choose one of {pools}")
        yuan = amount("yuan", yuan)
        if yuan > MOST_YUAN:
            raise ValueError(f"yuan={yuan:g} is more than {MOST_YUAN:g}, all that a pool can hold")
        to, row = _code("payee", payee, fund.ACCOUNTS), -1 if member is None else member.row
        self._make_room()
        cents = round(100.0 * yuan)
        return plain(fund.pay)(self.tables, self.day, *codes, to, cents, row) / 100.0

    def _make_room(self) -> None:
        """Lengthen the journal where payments by hand would leave too little for the days."""
        journal = self.tables.journal
        needed = (self.days - self.day) * JOURNAL_ROWS_A_DAY + 256
        if len(journal) - self.tables.fund_state[0].n_journal < needed:
            longer = np.zeros(2 * len(journal) + needed, journal.dtype).view(np.recarray)
            longer[: len(journal)] = journal
            self.tables = dataclasses.replace(self.tables, journal=longer)

    def add_column(self, name: str, default: float = 0.0, doc: str = "added by hand") -> None:
        """Give every member, also those to come, a number of one's own to remember.

        Parameters
        ----------
        name : str
            ``member.<name>`` and ``members.agg("<name>", ...)`` then work as for declared ones.
        default : float
            Value of those who have not been written.
        doc : str
            What it means.
        """
        if not name.isidentifier() or hasattr(Member, name) or name in RESERVED | self._own.keys():
            raise ValueError(f"name={name!r} is not free; choose another identifier")
        self._own[name] = Stored("", Var(name, "f8", "1", doc)), default

    def own_fields(self, kind: type) -> dict[str, Stored]:
        """Columns added to a kind of agent; state of mechanisms of one's own, by dotted names."""
        if kind is not Member:
            return {}
        model = None if self.tables.own is None else self.tables.own.model
        of_mechanisms = {
            f"{one.name}.{var.name}": Stored(one.name, var)
            for one in (model.own if model else ())
            for var in one.state
        }
        return {name: own[0] for name, own in self._own.items()} | of_mechanisms

    def own_row(self, face: Face, name: str) -> np.record | None:
        """Row of a member in the table of a mechanism of one's own; None where there is none."""
        own = self.tables.own
        if own is None or not isinstance(face, Member):
            return None
        is_there = any(one.name == name and one.state for one in own.model.own)
        return own.arrays[name][face.row] if is_there else None

    def varied(self, rule: Any) -> Any:
        """Give a rule or decision as it is in this community, with the terms of its mechanisms."""
        return rule if self.tables.own is None else self.tables.own.model.varied(rule)

    def _own_column(self, name: str) -> np.ndarray:
        """Values of an added column, one per member row there is room for."""
        column = self._own_columns.get(name, np.empty(0))
        missing = len(self.tables.members) - len(column)
        if missing > 0:
            column = np.append(column, np.full(missing, self._own[name][1]))
            self._own_columns[name] = column
        return column


def _code(what: str, name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise ValueError(f"{what}={name!r} is unknown; choose one of {', '.join(names)}")
    return names.index(name)
