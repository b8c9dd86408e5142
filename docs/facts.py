"""Facts of the code, read from its declarations, for the generated pages of the documentation.

Nothing is computed twice: a lever, a parameter, a state variable or a metric is declared once in
the code, and every table of the reference comes from that declaration.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
import inspect
import json
import math
import re
import sys
import typing
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from plaza_lab.agents import (
    choices,
    deal,
    koc,
    member,
    moderator,
    operator,
    partner,
    rewards,
    star,
)
from plaza_lab.agents.decisions import bargaining
from plaza_lab.agents.decisions.decision import decisions
from plaza_lab.agents.quantity import doc_of
from plaza_lab.agents.record import Var, record_type
from plaza_lab.scenarios.settings.options import conf_folder, meaning
from plaza_lab.sim import tables
from plaza_lab.sim.day import MECHANISMS
from plaza_lab.sim.policy import Policy
from plaza_lab.sim.setting import Population, World
from plaza_lab.sim.state import (
    archive,
    audience,
    cases,
    events,
    fund,
    groups,
    items,
    reply_log,
    requests,
    responding,
    ties,
)

ROOT = Path(__file__).resolve().parents[1]

RECORDS: dict[str, tuple[tuple[Var, ...], str]] = {
    "fate": (member.FATE, "Members: what is looked at for everybody, every day"),
    "members": (member.MEMBER, "Members: traits and state"),
    "kocs": (koc.KOC, "KOCs"),
    "stars": (star.STAR, "Stars"),
    "challengers": (star.CHALLENGER, "Outside experts of this week's challenge"),
    "moderators": (moderator.MODERATOR, "Moderators"),
    "partners": (partner.PARTNER, "Partners"),
    "deals": (deal.DEAL, "Deals with partners"),
    "operator": (operator.OPERATOR, "Operator (sensed state)"),
    "ties": (ties.TIE, f"Ties, {ties.SLOTS} places a member"),
    "meetings": (ties.MEETING, "Meetings face to face, by pair"),
    "groups": (groups.GROUP, "Groups"),
    "items": (items.ITEM, "Content items"),
    "kinds": (items.KIND, "Counts by source and form of items"),
    "arms": (audience.ARM, "Forms under test"),
    "shared": (responding.SHARE, "Shares of today"),
    "entries": (archive.ENTRY, "The archive"),
    "talk": (reply_log.TALK, "Talk, for an observer who asks for it"),
    "requests": (requests.REQUEST, "Help requests"),
    "quarrels": (cases.QUARREL, "Open quarrels"),
    "complaints": (cases.COMPLAINT, "Complaints"),
    "applicants": (tables.APPLICANT, "Applicants at the gate"),
    "journal": (fund.JOURNAL, "Money journal"),
    "events": (events.EVENT, "Events"),
} | {
    name: (own, f"Community: {name.removesuffix('_state')}") for name, own in tables.STATES.items()
}
"""Tables of records, by name: declared variables and a heading."""

AGENTS = ("fate", "members", "kocs", "stars", "challengers", "moderators", "partners", "operator")
RULE_FILES = (choices, rewards, koc, star, moderator, partner, bargaining)


@dataclasses.dataclass(frozen=True)
class Setting:
    """One declared number: a lever or a parameter."""

    name: str
    default: str
    unit: str
    bounds: str
    source: str
    doc: str


def settings_of(cls: type) -> list[Setting]:
    """Read the declared fields of a dataclass.

    Parameters
    ----------
    cls : type
        A dataclass whose fields were declared with ``plaza_lab.agents.quantity.quantity``.

    Returns
    -------
    list of Setting
        In the order of the declaration.
    """
    hints = typing.get_type_hints(cls)
    found = []
    for item in dataclasses.fields(cls):
        said = item.metadata
        found.append(
            Setting(
                item.name, _default(item), said["unit"], _bounds(hints[item.name], said),
                said["source"], doc_of(cls, item.name),
            )
        )  # fmt: skip
    return found


def groups_of(cls: type) -> dict[str, type]:
    """Name and dataclass of every group of ``Policy`` or ``World``."""
    hints = typing.get_type_hints(cls)
    return {item.name: hints[item.name] for item in dataclasses.fields(cls)}


def options_of(group: str) -> dict[str, str]:
    """Name and meaning of the options that come with a config group."""
    return {file.stem: meaning(file) for file in sorted((conf_folder() / group).glob("*.yaml"))}


def name_of(process: ModuleType) -> str:
    """Short name of a process module."""
    return process.__name__.rsplit(".", 1)[1]


def reads_and_writes(process: str) -> tuple[list[str], list[str]]:
    """Fields that a process reads and writes, from the lock file beside the mechanisms."""
    lock = json.loads((ROOT / "sim" / "mechanisms" / "reads_and_writes.json").read_text("utf-8"))
    reads, writes = (
        [
            f"{table}.{field}" if field else table
            for table, fields in lock[process][what].items()
            for field in fields.split() or [""]
        ]
        for what in ("reads", "writes")
    )
    return reads, writes


def first_line(thing: Any) -> str:
    """First paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def world_group(process: str) -> str:
    """Name under ``world`` of the parameters that a process declares."""
    for group, cls in groups_of(World).items():
        if cls.__module__.rsplit(".", 1)[-1] == process and "mechanisms" in cls.__module__:
            return group
    return ""


def rules() -> list[tuple[str, str, str, str]]:
    """Rules of the agents, and those in the files of terms: file, name, arguments, what it says."""
    places = {term.place for one in decisions() for term in (one.base_term, *one.terms)}
    modules = [*RULE_FILES, *(sys.modules[place] for place in sorted(places))]
    found = []
    for module in modules:
        path = module.__name__.removeprefix("plaza_lab.").replace(".", "/")
        for name, thing in vars(module).items():
            function = getattr(thing, "py_func", None)
            if not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            if name[0] == "_" or name == "step":
                continue
            arguments = ", ".join(inspect.signature(function).parameters)
            found.append((f"{path}.py", name, arguments, first_line(function)))
    return found


def codes() -> dict[str, list[str]]:
    """Every enum of the records and levers, with its members as ``value name``."""
    owners = [member, koc, star, moderator, partner, items, requests]
    found: dict[str, list[str]] = {}
    for owner in owners:
        for name, thing in vars(owner).items():
            if isinstance(thing, enum.EnumMeta) and thing.__module__ == owner.__name__:
                found[name] = _members(thing)
    for cls in groups_of(Policy).values():
        kinds = typing.get_type_hints(cls).values()
        found |= {
            kind.__name__: _members(kind) for kind in kinds if isinstance(kind, enum.EnumMeta)
        }
    return found


def _members(kind: enum.EnumMeta) -> list[str]:
    return [f"{int(item.value)} {item.name.lower()}" for item in kind]  # type: ignore[attr-defined]


def bytes_a_row(variables: tuple[Var, ...]) -> int:
    """Bytes that one row of a table takes."""
    return record_type(variables).itemsize


def tests_naming(process: str) -> list[str]:
    """Tests of the engine that name a process, as ``file::test``.

    Parameters
    ----------
    process : str
        Short name of a process.

    Returns
    -------
    list of str
        A test counts when its name or its file's name has the process in it as a word, when it
        calls or quotes something of the process, or when it sets one of its parameters.
    """
    group = world_group(process)
    used = re.compile(rf"(?<![.\w]){process}\.|\bworld\.{group}\.|\"{process}\"")
    setting = f"world.{group}."  # most sources hold neither word, which is told in no time
    return [
        f"{file.relative_to(ROOT).as_posix()}::{name}"
        for file, name, source in engine_tests()
        if process in {*file.stem.split("_"), *name.split("_")}
        or ((process in source or setting in source) and used.search(source))
    ]


@functools.cache
def engine_tests() -> tuple[tuple[Path, str, str], ...]:
    """Tests that speak to the engine: file, name and source of each."""
    found = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if not re.search(r"^(from|import) (sim|agents|communities)\b", text, re.MULTILINE):
            continue
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                found.append((file, node.name, source))
    return tuple(found)


def every_setting() -> Iterable[tuple[str, Setting]]:
    """Every lever and parameter with the path by which the command line sets it."""
    for group, cls in groups_of(Policy).items():
        yield from ((f"{group}.{one.name}", one) for one in settings_of(cls))
    for group, cls in groups_of(World).items():
        yield from ((f"world.{group}.{one.name}", one) for one in settings_of(cls))
    yield from ((f"population.{one.name}", one) for one in settings_of(Population))


def process_names() -> list[str]:
    """Short names of the processes, in the order of the day."""
    return [name_of(process) for process in MECHANISMS]


def _default(item: dataclasses.Field[Any]) -> str:
    value = item.default
    if value is dataclasses.MISSING:
        assert item.default_factory is not dataclasses.MISSING
        value = item.default_factory()
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(f"{element:g}" for element in value)
    return f"{value:g}" if isinstance(value, float) else (value or "empty")


def _bounds(kind: Any, said: Any) -> str:
    if isinstance(kind, enum.EnumMeta):
        return ", ".join(str(item.name).lower() for item in kind)  # type: ignore[attr-defined]
    if kind is bool:
        return "true, false"
    if math.isinf(said["low"]) or math.isinf(said["high"]):
        return ""
    return f"{_number(said['low'])} to {_number(said['high'])}"


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e9 else f"{value:g}"
