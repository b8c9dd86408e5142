"""Feelings have one owner: the verbs of ``agents/feelings.py`` change them, nothing else does."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from plaza_lab.agents import feelings
from plaza_lab.agents.feelings import FEELINGS
from plaza_lab.agents.member import MEMBER
from plaza_lab.engine.plain import plain

ROOT = Path(__file__).resolve().parents[2]
OWNER = ROOT / "agents" / "feelings.py"


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement assigns to."""
    if isinstance(node, ast.Assign):
        found = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.NamedExpr):
        found = [node.target]
    else:
        found = []
    while found:
        target = found.pop()
        if isinstance(target, ast.Tuple | ast.List):
            found += target.elts
        elif isinstance(target, ast.Starred):
            found.append(target.value)
        else:
            yield target


def _feeling_of(target: ast.expr) -> str | None:
    """The feeling that is assigned: ``m.trust``, ``rows["trust"]``, ``rows.trust[:3]``."""
    while isinstance(target, ast.Subscript):
        key = target.slice
        if isinstance(key, ast.Constant) and key.value in FEELINGS:
            return str(key.value)
        target = target.value
    if isinstance(target, ast.Attribute) and target.attr in FEELINGS:
        return target.attr
    return None


def direct_assignments(source: str) -> list[tuple[int, str]]:
    """Lines that set a feeling, and which."""
    found = []
    for node in ast.walk(ast.parse(source)):
        set_here = ((target.lineno, _feeling_of(target)) for target in _targets(node))
        found += [(line, feeling) for line, feeling in set_here if feeling is not None]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
            name = node.args[1]
            if isinstance(name, ast.Constant) and name.value in FEELINGS:
                found.append((node.lineno, str(name.value)))
    return found


@pytest.mark.parametrize("folder", ("agents", "sim", "engine", "scenarios"))
def test_nobody_but_the_owner_sets_a_feeling(folder: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line} sets {feeling}; use a verb of agents/feelings.py"
        for file in sorted((ROOT / folder).rglob("*.py"))
        if file != OWNER
        for line, feeling in direct_assignments(file.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    (
        "m.trust = 0.3",
        "m.trust *= 0.3",
        "t.members[i].mood = f8(0)",
        "m.belonging, m.skill = 1.0, 2.0",
        'rows["satisfaction"] = 0.5',
        "rows.motive[:3] += 1",
        "m.fairness: float = 0.2",
        'setattr(m, "mood", 1.0)',
    ),
)
def test_every_form_of_assignment_is_seen(line: str) -> None:
    assert len(direct_assignments(line)) == 1


def test_the_owner_sets_every_feeling_and_each_is_a_field_of_a_member() -> None:
    assert {name for _, name in direct_assignments(OWNER.read_text("utf-8"))} == set(FEELINGS)
    assert set(FEELINGS) <= {var.name for var in MEMBER}


def _member(value: float) -> SimpleNamespace:
    return SimpleNamespace(native_motive=0.8, **dict.fromkeys(FEELINGS, value))


@pytest.mark.parametrize(
    ("verb", "given", "after"),
    (
        ("raise_belonging", (0.25,), 0.4 + 0.25 * 0.6),
        ("lower_trust", (0.25,), 0.4 * 0.75),
        ("fade_trust", (math.exp(-0.5),), 0.4 * math.exp(-0.5)),
        ("move_trust", (0.25,), 0.4 + 0.25 * 0.6),
        ("move_trust", (-0.25,), 0.4 * 0.75),
        ("fade_satisfaction", (0.5, 0.6), 0.5),
        ("shift_satisfaction", (0.9,), 1.0),
        ("shift_satisfaction", (-0.9,), 0.0),
        ("settle_motive", (0.5,), 0.6),
        ("settle_fairness", (1.0, 0.5), 0.7),
        ("shift_mood", (-3.0,), -1.0),
        ("fade_mood", (0.5,), 0.2),
    ),
)
def test_a_verb_moves_its_feeling_as_it_says_and_no_other(
    verb: str, given: tuple[float, ...], after: float
) -> None:
    m = _member(0.4)
    plain(getattr(feelings, verb))(m, *given)
    own = verb.split("_")[1]
    assert getattr(m, own) == pytest.approx(after, abs=1e-12)
    assert all(getattr(m, name) == 0.4 for name in FEELINGS if name != own)
