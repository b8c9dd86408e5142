"""What each mechanism reads and writes, found in its source; kept in a lock file.

``python tests/contract/reads_and_writes.py`` renews the file. The source is followed from a
mechanism's step through every function it calls: which names stand for the tables, for a table or
for a row of one, and which fields are then looked at or set. The battery beside this file checks
the same lists against living communities.
"""

from __future__ import annotations

import ast
import functools
import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from plaza_lab.engine.prefetch import prefetch
from plaza_lab.sim import setting  # noqa: F401  (registers the tables' pattern)
from plaza_lab.sim.day import MECHANISMS
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.tables import NAMES, schema

LOCK = Path(__file__).resolve().parents[2] / "sim" / "mechanisms" / "reads_and_writes.json"
COMMAND = "python tests/contract/reads_and_writes.py"
SETTINGS = frozenset({"policy", "params"})
ALWAYS_READABLE = frozenset({"run_state.seed_key", "envelopes", *SETTINGS})
"""What everybody may look at without being listed."""

Value = tuple[str, str]
"""What an expression may stand for: ``("tables", "")``, ``("table", "members")``,
``("row", "members")``, ``("field", "members.known")``, ``("day", "")`` for a row of the day book,
``("metric", "joins")`` for the index of one of its columns."""
Values = frozenset[Value]
NOTHING: Values = frozenset()
TABLES: Values = frozenset({("tables", "")})


class Finding:
    """Reads and writes of one mechanism.

    Parameters
    ----------
    step : callable
        Its compiled step.
    """

    def __init__(self, step: Any) -> None:
        self.reads: set[str] = set()
        self.writes: set[str] = set()
        self._done: dict[Any, Values] = {}
        self.follow(step, (TABLES, NOTHING))

    def follow(self, function: Any, given: tuple[Values, ...]) -> Values:
        """Go through a function once for each kind of arguments; what it may return."""
        source = getattr(function, "py_func", function)
        key = (source, given)
        if key not in self._done:
            self._done[key] = NOTHING  # of itself, while it is gone through
            tree = _tree(source)
            names = [argument.arg for argument in tree.args.args]
            scope = source.__globals__ | inspect.getclosurevars(source).nonlocals
            walk = _Walk(self, scope, dict(zip(names, given, strict=False)))
            for _ in range(2):  # a name may be bound below its first use, in a loop
                for statement in tree.body:
                    walk.visit(statement)
            self._done[key] = frozenset(walk.returned)
        return self._done[key]


class _Walk(ast.NodeVisitor):
    """One function's body."""

    def __init__(self, found: Finding, scope: dict[str, Any], bound: dict[str, Values]) -> None:
        self.found, self.scope, self.bound = found, scope, bound
        self.returned: set[Value] = set()

    def visit_Assign(self, node: ast.Assign) -> None:
        value = self.of(node.value)
        for target in node.targets:
            self.set(target, value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.of(node.value)
        self.set(node.target, NOTHING)

    def visit_For(self, node: ast.For) -> None:
        self.set(node.target, self.of(node.iter))
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.returned |= self.of(node.value)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self.of(node)
        else:
            super().generic_visit(node)

    def set(self, target: ast.expr, value: Values) -> None:
        """Follow an assignment."""
        if isinstance(target, ast.Name):
            self.bound[target.id] = self.bound.get(target.id, NOTHING) | value
        elif isinstance(target, ast.Tuple):
            for element in target.elts:
                self.set(element, value)
        elif isinstance(target, ast.Attribute):
            inner = self.of(target.value)
            self.note(self.found.writes, inner, target.attr)
            self.found.writes |= {name for kind, name in inner if kind == "field"}
        elif isinstance(target, ast.Subscript):
            index = self.of(target.slice)
            is_pair = isinstance(target.slice, ast.Tuple)
            inner = self.of(target.value, is_read=False)
            self.element(self.found.writes, inner, index, is_pair)

    def of(self, node: ast.expr, is_read: bool = True) -> Values:
        """What an expression may stand for; fields it looks at are noted."""
        if isinstance(node, ast.Name):
            return self.bound.get(node.id, NOTHING)
        if isinstance(node, ast.Attribute):
            return self.attribute(node, is_read)
        if isinstance(node, ast.Subscript):
            inner, index = self.of(node.value), self.of(node.slice)
            if is_read:
                self.element(self.found.reads, inner, index, isinstance(node.slice, ast.Tuple))
            rows = {("row", name) for kind, name in inner if kind == "table" and _fields(name)}
            days = {("day", "") for value in inner if value == ("table", "daily")}
            kept = {value for value in inner if value[0] in ("metric", "table", "field")}
            return frozenset(rows | days | kept)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.IfExp):
            self.of(node.test)
            return self.of(node.body) | self.of(node.orelse)
        return frozenset().union(
            *(self.of(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
        )

    def attribute(self, node: ast.Attribute, is_read: bool) -> Values:
        if isinstance(node.value, ast.Name) and self.scope.get(node.value.id) is mt:
            return frozenset({("metric", node.attr.lower())})
        inner = self.of(node.value)
        if is_read:
            self.note(self.found.reads, inner, node.attr)
        if ("tables", "") in inner and node.attr in NAMES:
            return frozenset({("table", node.attr)})
        rows = (table for kind, table in inner if kind == "row" and node.attr in _fields(table))
        return frozenset(("field", f"{table}.{node.attr}") for table in rows)

    def call(self, node: ast.Call) -> Values:
        function = self.resolve(node.func)
        if function is prefetch:
            return NOTHING  # to ask for a row early is not to read it
        given = tuple(self.of(argument) for argument in node.args)
        if callable(getattr(function, "py_func", None)):
            return self.found.follow(function, given)
        if isinstance(node.func, ast.Attribute):
            seen = self.of(node.func.value)
            return seen if node.func.attr == "view" else NOTHING  # the same bytes
        return NOTHING

    def resolve(self, node: ast.expr) -> Any:
        """Object that a name, or a name in a module, stands for."""
        if isinstance(node, ast.Name):
            return self.scope.get(node.id)
        if isinstance(node, ast.Attribute):
            return getattr(self.resolve(node.value), node.attr, None)
        return None

    def note(self, where: set[str], values: Values, name: str) -> None:
        """Note a field of every table that is meant."""
        for kind, table in values:
            if kind in ("row", "table") and name in _fields(table):
                where.add(f"{table}.{name}")

    def element(self, where: set[str], values: Values, index: Values, is_pair: bool) -> None:
        """Note an element of a plain array or a field, or a column of the day book."""
        is_write = where is self.found.writes
        metrics = {f"daily.{name}" for kind, name in index if kind == "metric"}
        for kind, table in values:
            if kind == "day" or (table == "daily" and is_pair):
                where |= metrics or {"daily"}
            elif kind == "field":
                where |= {table} if is_write else set()
            elif kind == "table" and table != "daily" and (is_write or not _fields(table)):
                where.add(table)


@functools.cache
def _tree(function: Callable[..., Any]) -> ast.FunctionDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


@functools.cache
def _fields(table: str) -> tuple[str, ...]:
    return schema()[table][0].names or ()


def found() -> dict[str, dict[str, list[str]]]:
    """Reads and writes of every mechanism, by its short name, in the order of the day."""
    lists = {}
    for mechanism in MECHANISMS:
        finding = Finding(mechanism.step)
        lists[mechanism.__name__.rsplit(".", 1)[1]] = {
            "reads": [
                e for e in _said(finding.reads - ALWAYS_READABLE) if e.split(".")[0] not in SETTINGS
            ],
            "writes": _said(finding.writes),
        }
    return lists


def _said(entries: Iterable[str]) -> list[str]:
    whole = set(entries)
    return sorted(e for e in whole if "." not in e or e.split(".")[0] not in whole)


def locked() -> dict[str, dict[str, list[str]]]:
    """Return what the lock file says."""
    said = json.loads(LOCK.read_text(encoding="utf-8"))
    return {
        name: {
            what: [
                f"{table}.{field}" if field else table
                for table, fields in tables.items()
                for field in fields.split() or [""]
            ]
            for what, tables in lists.items()
        }
        for name, lists in said.items()
    }


def _by_table(entries: list[str]) -> dict[str, str]:
    """Fields of each table on one line; none where the table is one array, or all is meant."""
    tables: dict[str, str] = {}
    for entry in entries:
        table, _, field = entry.partition(".")
        tables[table] = f"{tables.get(table, '')} {field}".strip()
    return tables


if __name__ == "__main__":
    said = {
        name: {what: _by_table(entries) for what, entries in lists.items()}
        for name, lists in found().items()
    }
    LOCK.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{LOCK}\n")
