"""What is declared once is declared fully, and everything declared is used."""

from __future__ import annotations

import ast
import dataclasses
import enum
import math
import re
from pathlib import Path

import numpy as np
import pytest

from plaza_lab.agents.deal import DEAL
from plaza_lab.agents.koc import KOC
from plaza_lab.agents.member import FATE, MEMBER, Flag
from plaza_lab.agents.moderator import MODERATOR
from plaza_lab.agents.operator import OPERATOR
from plaza_lab.agents.partner import PARTNER
from plaza_lab.agents.quantity import OutOfBounds, check_bounds, doc_of
from plaza_lab.agents.record import RESERVED, Var, record_type
from plaza_lab.agents.star import CHALLENGER, STAR
from plaza_lab.sim import draw_ids
from plaza_lab.sim.day import MECHANISMS, PARTS
from plaza_lab.sim.levers import joined
from plaza_lab.sim.mechanisms.rewards import tips
from plaza_lab.sim.policy import Policy
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Population, World
from plaza_lab.sim.state.alerts import ALERT, INTERVENTION, ORDER
from plaza_lab.sim.state.archive import ENTRY
from plaza_lab.sim.state.audience import ARM
from plaza_lab.sim.state.cases import COMPLAINT, QUARREL
from plaza_lab.sim.state.events import EVENT
from plaza_lab.sim.state.fund import ACCOUNTS, JOURNAL, PURPOSES
from plaza_lab.sim.state.groups import GROUP
from plaza_lab.sim.state.items import ITEM, KIND
from plaza_lab.sim.state.prospects import APPLICANT
from plaza_lab.sim.state.reply_log import TALK
from plaza_lab.sim.state.requests import REQUEST
from plaza_lab.sim.state.responding import SHARE
from plaza_lab.sim.state.ties import MEETING, TIE
from plaza_lab.sim.tables import STATES

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("agents", "sim")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
RECORDS = {
    "fate": FATE,
    "members": MEMBER,
    "ties": TIE,
    "items": ITEM,
    "requests": REQUEST,
    "applicants": APPLICANT,
    "kocs": KOC,
    "moderators": MODERATOR,
    "partners": PARTNER,
    "deals": DEAL,
    "operator": OPERATOR,
    "quarrels": QUARREL,
    "complaints": COMPLAINT,
    "journal": JOURNAL,
    "kinds": KIND,
    "arms": ARM,
    "shared": SHARE,
    "entries": ENTRY,
    "events": EVENT,
    "groups": GROUP,
    "meetings": MEETING,
    "talk": TALK,
    "stars": STAR,
    "challengers": CHALLENGER,
    "alerts": ALERT,
    "orders": ORDER,
    "interventions": INTERVENTION,
    **STATES,
}
LEVERS = [
    (group.name, field)
    for group in dataclasses.fields(Policy)
    for field in dataclasses.fields(getattr(Policy(), group.name))
]
PARAMETERS = [
    (group.name, field)
    for group in dataclasses.fields(World)
    for field in dataclasses.fields(getattr(World(), group.name))
]
PEOPLE = [("population", field) for field in dataclasses.fields(Population)]


def mentions(path: str, name: str) -> bool:
    return re.search(rf"\.{name}\b", SOURCES[path]) is not None


@pytest.mark.parametrize("table", RECORDS)
def test_state_variables_are_described(table):
    names = [var.name for var in RECORDS[table]]
    assert len(set(names)) == len(names)
    for var in RECORDS[table]:
        assert var.name not in RESERVED
        assert var.unit and var.doc and var.source, f"{table}.{var.name}"
        default = np.zeros(1, record_type((var,)))
        default[var.name] = var.default
        assert np.all(default[var.name] == np.asarray(var.default, default[var.name].dtype))


def test_state_variables_are_used():
    used = {
        node.attr
        for text in SOURCES.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
    }
    assert [f"{t}.{v.name}" for t in RECORDS for v in RECORDS[t] if v.name not in used] == []


def test_records_refuse_names_that_would_break():
    with pytest.raises(ValueError, match="twice"):
        record_type((Var("a", "f4", "1", "x"), Var("a", "f4", "1", "y")))
    with pytest.raises(ValueError, match="reserve"):
        record_type((Var("mean", "f4", "1", "x"),))


def test_quantities_are_described():
    owners = {name: type(getattr(Policy(), name)) for name, _ in LEVERS}
    worlds = {name: type(getattr(World(), name)) for name, _ in PARAMETERS}
    for declared, owner_of in ((LEVERS, owners), (PARAMETERS, worlds)):
        for group, field in declared:
            says_all_of(owner_of[group], field, f"{group}.{field.name}")
    for group, field in PEOPLE:
        says_all_of(Population, field, f"{group}.{field.name}")


def says_all_of(owner, field, where):
    assert field.metadata["unit"] and field.metadata["source"], where
    assert doc_of(owner, field.name).endswith((".", ")")), where


def test_bounds_are_finite_and_hold_the_default():
    for group, field in LEVERS + PARAMETERS + PEOPLE:
        if field.default is dataclasses.MISSING:
            values = field.default_factory()
        else:
            values = [field.default]
        if isinstance(values[0], (bool, enum.Enum)):
            continue
        low, high = field.metadata["low"], field.metadata["high"]
        assert math.isfinite(low) and math.isfinite(high), f"{group}.{field.name}"
        assert all(low <= value <= high for value in values), f"{group}.{field.name}"


def test_levers_are_used():
    """A lever nobody reads is a promise nobody keeps."""
    readers = "\n".join(without_levers(text) for text in SOURCES.values())
    unread = [
        f"policy.{group}.{field.name}"
        for group, field in LEVERS
        if not re.search(rf"\.{field.name}\b", readers)
    ]
    assert unread == []


def without_levers(text: str) -> str:
    """Source less its classes of levers: what they cannot go with is no use of them."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        marks = getattr(node, "decorator_list", [])
        if any(
            isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "levers"
            for mark in marks
        ):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(lines)


def test_every_file_of_a_mechanism_is_in_the_list():
    here = {path for path in SOURCES if path.startswith("sim/mechanisms/")}
    listed = {
        f"{part.__name__.removeprefix('plaza_lab.').replace('.', '/')}.py" for part in MECHANISMS
    }
    assert {path for path in here if not path.endswith("__init__.py")} == listed


def test_whoever_declares_something_is_among_the_parts():
    """Parameters, levers, state or metrics of a file in no list would be lost without a word."""
    known = {part.__name__ for part in PARTS}
    declares = re.compile(r"^(class Params\b|@levers\(|METRICS = |STATE\b)", re.MULTILINE)
    lost = [
        path
        for path, text in SOURCES.items()
        if declares.search(text)
        and f"plaza_lab.{path.removesuffix('.py').replace('/', '.')}" not in known
    ]
    assert lost == []


def test_a_group_rules_out_what_each_of_its_slices_does():
    """Whatever a mechanism says its levers cannot go with is heard, from every mechanism."""
    policy = Policy()
    for group in dataclasses.fields(Policy):
        whole = getattr(policy, group.name)
        own = [part for part in type(whole).__bases__ if hasattr(part, "clashes")]
        lines = {line for part in own for _, line in part.clashes(whole, policy)}
        if own:
            assert lines == {line for _, line in whole.clashes(policy)}, group.name
    assert len({line for _, line in policy.incentive.clashes(policy)}) == 10


def test_what_is_declared_twice_is_refused():
    twice = dataclasses.make_dataclass("Twice", [("has_tips", bool, True)], frozen=True)
    with pytest.raises(ValueError, match=r"Group\.has_tips is declared twice"):
        joined("Group", "", __name__, [twice, tips.Levers])
    with pytest.raises(ValueError, match="metric 'tips' is declared twice"):
        mt.gather((tips, tips))


def test_parameters_are_used():
    """By the process they are declared beside, by a rule, or by one who takes that group."""
    unread = []
    for group, field in PARAMETERS:
        own = (
            type(getattr(World(), group)).__module__.removeprefix("plaza_lab.").replace(".", "/")
            + ".py"
        )
        readers = [
            path
            for path, text in SOURCES.items()
            if path == own
            or path.startswith("agents/")
            or f"params[0].{group}" in text
            or f"world.{group}" in text
        ]
        if not any(mentions(path, field.name) for path in readers):
            unread.append(f"world.{group}.{field.name}")
    assert unread == []


def test_bounds_are_kept_with_the_name_in_the_message():
    with pytest.raises(OutOfBounds, match=r"fund\.horizon_weeks=0 .*1 to 520 weeks"):
        check_bounds(dataclasses.replace(Policy().fund, horizon_weeks=0), "fund")
    with pytest.raises(OutOfBounds):
        check_bounds(dataclasses.replace(Policy().fund, dues_prize_share=math.nan), "fund")


def test_metrics_are_described_and_named_once():
    assert len(set(mt.NAMES)) == len(mt.NAMES)
    for metric in mt.METRICS:
        assert metric.unit and metric.doc, metric.name
        assert getattr(mt, metric.name.upper()) == mt.NAMES.index(metric.name)


def test_metrics_are_written():
    writers = "\n".join(
        text for path, text in SOURCES.items() if not path.endswith("recording/metrics.py")
    )
    unwritten = [m.name for m in mt.METRICS if f"mt.{m.name.upper()}" not in writers]
    assert unwritten == []


def test_decisions_are_distinct():
    assert len(set(draw_ids.NAMES.values())) == len(draw_ids.NAMES)


def test_no_decision_is_numbered_twice():
    """A second number for a name would silently take the place of the first."""
    tree = ast.parse(SOURCES["sim/draw_ids.py"])
    names = [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]
    assert len(set(names)) == len(names) == len(draw_ids.NAMES)


def test_decisions_are_drawn():
    text = "\n".join(SOURCES.values())
    unused = [n for n in draw_ids.NAMES if not re.search(rf"draw_ids\.{n}\b", text)]
    assert unused == []


def test_flags_fit_their_byte():
    values = [int(flag) for flag in Flag]
    assert sum(values) <= 127
    assert all(value & (value - 1) == 0 for value in values)


def test_accounts_and_purposes_are_named_once():
    assert len(set(ACCOUNTS)) == len(ACCOUNTS)
    assert len(set(PURPOSES)) == len(PURPOSES)


@pytest.mark.parametrize("process", MECHANISMS, ids=lambda p: p.__name__.rsplit(".", 1)[1])
def test_processes_import_no_other_process(process):
    tree = ast.parse(Path(process.__file__).read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    assert not [name for name in imported if "mechanisms" in name]
