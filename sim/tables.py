"""The tables of one community: everything a day reads and writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from plaza_lab.agents.crew import CREW, CREWS
from plaza_lab.agents.deal import DEAL, Form
from plaza_lab.agents.koc import KOC
from plaza_lab.agents.member import FATE, INSIDER, MEMBER, SEATS
from plaza_lab.agents.moderator import MODERATOR
from plaza_lab.agents.operator import OPERATOR
from plaza_lab.agents.partner import PARTNER
from plaza_lab.agents.record import Var, blank, on_lines, record_type
from plaza_lab.agents.star import CHALLENGER, CHALLENGERS, STAR, STARS
from plaza_lab.engine.handle import WORDS, ByAddress, Schema, address_block, declare_schema
from plaza_lab.engine.intrinsics import with_address
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.day import PARTS
from plaza_lab.sim.own_tables import OwnTables, own_schema
from plaza_lab.sim.recording.daybook import SAMPLED, WHOLE
from plaza_lab.sim.recording.metrics import N_METRICS
from plaza_lab.sim.state.alert_rules import RULES
from plaza_lab.sim.state.alerts import ALERT, INTERVENTION, ORDER, Act
from plaza_lab.sim.state.archive import ENTRIES, ENTRY
from plaza_lab.sim.state.audience import ARM
from plaza_lab.sim.state.cases import COMPLAINT, QUARREL
from plaza_lab.sim.state.deals import DEAL_ROWS
from plaza_lab.sim.state.directory import HELD, SKILLS
from plaza_lab.sim.state.events import EVENT, MOST_FINALISTS
from plaza_lab.sim.state.fund import ACCOUNTS, ACTIVITIES, JOURNAL
from plaza_lab.sim.state.groups import GROUP
from plaza_lab.sim.state.items import HOT, ITEM, KIND, N_FORMATS, N_KINDS, TOPICS
from plaza_lab.sim.state.opening import COLUMNS, ROWS
from plaza_lab.sim.state.people import HISTORY
from plaza_lab.sim.state.profiles import CLUSTERS, FEATURES, PORTRAIT_BINS, RISK_BINS
from plaza_lab.sim.state.prospects import APPLICANT
from plaza_lab.sim.state.reckoning import NUMBERS, SIDES
from plaza_lab.sim.state.reply_log import TALK
from plaza_lab.sim.state.requests import BOARD, LONGEST_BOARD, REQUEST
from plaza_lab.sim.state.responding import SHARE
from plaza_lab.sim.state.ties import MEETING, SLOTS, TIE

KOC_SLOTS = 512
PARTNER_SLOTS = 32
JOURNAL_ROWS_A_DAY = 40

FADES = 7
"""What fades in absence: belonging, unrest, reputation, lost motive, hurt, practice, honour."""

MOST_WINNERS = 20
FADED_DAYS = 400
"""Days before day 0 that a tie may have been kept up; longer ones count as this."""


Records: TypeAlias = Any
"""A record table: its fields are declared in ``agents`` and known to numba, not to the checker."""


def _gathered(parts: Iterable[ModuleType]) -> dict[str, tuple[Var, ...]]:
    """Collect what modules keep of the community as a whole: ``tokens_state`` for ``tokens``."""
    found: dict[str, tuple[Var, ...]] = {}
    for part in parts:
        if hasattr(part, "STATE"):
            name = part.__name__.rsplit(".", 1)[1] + "_state"
            if name in found:
                raise ValueError(f"{name!r} is declared twice")
            found[name] = part.STATE
    return found


STATES = _gathered(PARTS)
"""Records of one row, by name: what a mechanism, or several, keep of the community as a whole."""

ARRAYS = (
    "fate", "members", "ties", "items", "requests", "board", "board_size", "talk", "groups",
    "streams", "themes", "holders", "n_holders", "meetings", "solved_lately", "hot", "hot_score",
    "hot_size", "applicants", "kocs", "stars", "challengers", "insiders", "crews", "moderators",
    "partners", "deals", "chances", "operator", "quarrels", "complaints", "balances", "journal",
    "envelopes", "fee_weeks", "portrait", "centres", "risks", "daily", "acts", "first_row",
    "visitors", "scratch", "posted", "buying", "leaving", "kinds", "arms", "shared", "passed",
    "entries", "stock", "opening", "completing", "by_rank", "fading", "absence", "winners",
    "scores", "events", "guests", "finalists", "final_scores", "alerts", "orders", "interventions",
    "policy", "params",
)  # fmt: skip
"""Tables of agents and things, in storage order: a row each, whose fields are state variables; and
arrays of numbers beside them."""

NAMES = (*ARRAYS, *STATES)
"""All of them; a new record of a mechanism leaves the places of the tables as they are."""


def _take_addresses(self: Any) -> None:
    """Put the addresses of the arrays in a block that compiled code knows; own tables behind."""
    own = self.own
    beyond = [] if own is None else own.in_places()
    block = address_block([*(getattr(self, name) for name in NAMES), *beyond])
    object.__setattr__(self, "block", block)
    object.__setattr__(self, "address", block.ctypes.data)
    if own is not None:
        params = with_address(self.params, self, block.ctypes.data)
        place = WORDS * NAMES.index("params")
        block[place] = params.ctypes.data
        for name, array in (("params", params), *own.arrays.items()):
            object.__setattr__(self, name, array)


Tables: Any = dataclasses.make_dataclass(
    "Tables",
    [*((name, Any) for name in (*STATES, *ARRAYS)),
     ("own", OwnTables | None, dataclasses.field(default=None))],
    bases=(ByAddress,), frozen=True, eq=False,
    namespace={
        "__doc__": "One community's state, :data:`NAMES`; and ``own``, tables of mechanisms that "
        "are not Plaza's, each of which is an attribute by its name as well.",
        "__module__": __name__, "__post_init__": _take_addresses,
    },
)  # fmt: skip


def schema() -> Schema:
    """Name, dtype and dimensions of every table, in storage order."""
    arrays = {name: getattr(_smallest[0], name) for name in NAMES}
    return {name: (array.dtype, array.ndim) for name, array in arrays.items()} | own_schema()


_smallest: list[Tables] = []
"""Smallest tables, from which dtypes are read; policy and world as registered."""


def register_pattern(policy: np.recarray, params: np.recarray) -> None:
    """Fix the dtypes of the policy and parameter records, once per process.

    Parameters
    ----------
    policy, params : numpy.recarray
        One-row records of any policy and world.
    """
    _smallest[:] = [allocate(policy, params, 64, 64, 7)]


declare_schema(schema)


def allocate(
    policy: np.recarray,
    params: np.recarray,
    members: int,
    moderators: int,
    days: int,
    talk: int = 0,
) -> Tables:
    """Allocate empty tables.

    Parameters
    ----------
    policy, params : numpy.recarray
        One-row records of the policy and the world's parameters.
    members : int
        Member rows to have room for.
    moderators : int
        Moderator rows to have room for.
    days : int
        Length of the run.
    talk : int
        Rows of the talk log, for an observer who empties it between days.

    Returns
    -------
    Tables
        All counters zero, balances zero.
    """
    rows = max(64, members)
    if policy.alerts[0].ruleset or policy.programme[0].review_weeks:
        policy = policy.copy()  # what is done moves levers: then the run has a policy of its own
    n_groups = _groups_in(policy)
    boards = TOPICS * n_groups
    board = min(LONGEST_BOARD, max(BOARD, rows // 500))  # open questions that one lists
    of = _lengths(rows)
    states: dict[str, Any] = {name: blank(variables, 1) for name, variables in STATES.items()}
    return Tables(
        fate=blank(FATE, of["fate"]),
        members=np.zeros(of["members"], record_type(MEMBER)).view(np.recarray),
        ties=np.zeros((of["ties"], SLOTS), record_type(TIE)).view(np.recarray),
        items=on_lines(record_type(ITEM), _feed_length(rows)).view(np.recarray),
        requests=blank(REQUEST, 4 * boards * board),
        board=np.zeros((boards, board), np.int32),
        board_size=np.zeros(boards, np.int64),
        solved_lately=np.zeros(TOPICS),
        talk=blank(TALK, talk),
        groups=blank(GROUP, n_groups),
        streams=np.zeros((n_groups, _feed_length(rows) if n_groups > 1 else 1), np.int64),
        themes=np.zeros((boards, 2), np.int64),
        holders=np.zeros((SKILLS * n_groups, HELD), np.int32),
        n_holders=np.zeros(SKILLS * n_groups, np.int64),
        meetings=blank(MEETING, max(1024, 1 << (rows // 10).bit_length())),
        hot=np.zeros((boards + n_groups, HOT), np.int64),
        hot_score=np.zeros((boards + n_groups, HOT), np.float64),
        hot_size=np.zeros(boards + n_groups, np.int64),
        applicants=blank(APPLICANT, of["applicants"]),
        kocs=blank(KOC, KOC_SLOTS),
        stars=blank(STAR, STARS),
        challengers=blank(CHALLENGER, CHALLENGERS),
        insiders=blank(INSIDER, SEATS),
        crews=blank(CREW, CREWS),
        moderators=blank(MODERATOR, max(64, moderators)),
        partners=blank(PARTNER, PARTNER_SLOTS),
        deals=blank(DEAL, DEAL_ROWS),
        chances=np.zeros((PARTNER_SLOTS * len(Form) * SIDES, NUMBERS)),
        operator=blank(OPERATOR, 1),
        quarrels=blank(QUARREL, of["quarrels"]),
        complaints=blank(COMPLAINT, of["complaints"]),
        balances=np.zeros(len(ACCOUNTS), np.int64),
        journal=blank(JOURNAL, days * JOURNAL_ROWS_A_DAY + 256),
        envelopes=np.zeros(len(ACTIVITIES), np.int64),
        fee_weeks=np.zeros(days // 7 + 2, np.int64),
        portrait=np.zeros((FEATURES + 1, PORTRAIT_BINS)),
        centres=np.zeros((CLUSTERS, 2 * FEATURES + 1)),
        risks=np.zeros((2, RISK_BINS)),
        daily=np.zeros((days + 1, N_METRICS)),
        acts=np.zeros(days + HISTORY + 2, np.int64),
        first_row=np.zeros(days + 2, np.int64),
        visitors=np.zeros(of["visitors"], np.int32),
        scratch=np.zeros(of["scratch"], np.float64),
        posted=np.zeros(of["posted"], np.uint64),
        buying=np.zeros(of["buying"], np.uint64),
        leaving=np.zeros(of["leaving"], np.uint64),
        kinds=blank(KIND, N_KINDS),
        arms=blank(ARM, N_FORMATS),
        shared=blank(SHARE, of["shared"]),
        passed=np.zeros(of["passed"], np.uint64),
        entries=blank(ENTRY, ENTRIES),
        stock=np.zeros(TOPICS, np.int64),
        opening=np.zeros((ROWS, COLUMNS)),
        completing=np.zeros((ROWS, COLUMNS)),
        fading=np.zeros(days + FADED_DAYS),
        absence=np.zeros((WEEK + 1, FADES)),
        by_rank=np.zeros((2, (SLOTS + 1) * (SLOTS + 1))),
        winners=np.full(MOST_WINNERS, -1, np.int64),
        scores=np.zeros(MOST_WINNERS),
        events=blank(EVENT, days + 64),
        guests=np.zeros(of["guests"], np.int32),
        finalists=np.full(MOST_FINALISTS, -1, np.int64),
        final_scores=np.zeros(MOST_FINALISTS),
        alerts=blank(ALERT, len(RULES)),
        orders=blank(ORDER, len(Act)),
        interventions=blank(INTERVENTION, days + 64),
        policy=policy,
        params=params,
        **states,
    )


def grown(tables: Tables, rows: int) -> Tables:
    """Copy of the tables with room for at least ``rows`` members; numbers never move.

    Parameters
    ----------
    tables : Tables
        Full tables.
    rows : int
        Member rows wanted.

    Returns
    -------
    Tables
        New member tables, everything else shared with the old.
    """
    longer = {name: _longer(getattr(tables, name), n) for name, n in _lengths(rows).items()}
    return dataclasses.replace(
        tables,
        **longer,
        items=_longer_feed(tables, _feed_length(rows)),
        streams=_wider(tables.streams, _feed_length(rows)),
        own=tables.own.grown(rows) if tables.own is not None else None,
    )


def _lengths(rows: int) -> dict[str, int]:
    """Lengths of the tables that grow with the rows of members; what finds no room is left out."""
    cases = max(256, rows // 50)
    return {
        "fate": rows, "members": rows, "ties": rows, "visitors": rows,
        "posted": rows // 64 + 1, "buying": rows // 64 + 1, "leaving": rows // 64 + 1,  # bits
        "scratch": min(rows, max(WHOLE, rows // SAMPLED + 1)),  # authors: all, or a sample
        "guests": max(256, rows // 16),  # of one event, see plaza_lab.sim.state.events.room
        "shared": max(512, rows // 16),  # items passed on that are followed at a time
        "passed": 1 << max(9, (rows // 16).bit_length()),  # some sixty bits for each of these
        "applicants": max(512, rows // 50),
        "quarrels": cases, "complaints": cases,  # followed at a time; later ones find no ear
    }  # fmt: skip


def _groups_in(policy: np.recarray) -> int:
    """Groups to have room for: those of day 0, and those that splits may open."""
    lever = policy.groups[0]
    return int(max(lever.number, lever.most) if lever.split_above > 0 else lever.number)


def _feed_length(rows: int) -> int:
    """Items of the feed; a power of two."""
    return max(8192, 1 << (rows // 10).bit_length())


def _longer(array: Any, rows: int) -> Any:
    if rows <= array.shape[0]:
        return array
    longer = np.zeros((rows, *array.shape[1:]), array.dtype)
    longer[: array.shape[0]] = array
    return longer.view(np.recarray) if isinstance(array, np.recarray) else longer


def _wider(streams: np.ndarray, length: int) -> np.ndarray:
    """Longer streams where there are several groups; they are listed anew every day."""
    n = streams.shape[0]
    return streams if n == 1 or length <= streams.shape[1] else np.zeros((n, length), np.int64)


def _longer_feed(tables: Tables, length: int) -> Records:
    """A longer feed; item ``k`` moves to slot ``k % length``."""
    old = tables.items
    if length <= old.shape[0]:
        return old
    longer = on_lines(old.dtype, length)
    items_state = tables.items_state[0]
    numbers = np.arange(items_state.item_tail, items_state.item_head)
    longer[numbers % length] = old[numbers % old.shape[0]]
    return longer.view(np.recarray)
