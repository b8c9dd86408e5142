"""Which mechanism is in which module, which test would miss it, which scenario asks about it.

``python docs/trace_ids.py`` tells what lacks; ``--settle`` rewrites the list of pending ids.
Everything is read from the code's text: nothing is run.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from plaza_lab.scenarios.files.yaml_file import yaml_content
from plaza_lab.scenarios.settings.options import BUNDLES, meaning

ROOT = Path(__file__).resolve().parents[1]
IDS = Path(__file__).with_name("mechanism_ids.yaml")
ID = re.compile(r"\bM\d{2,3}\b")
RANGE = re.compile(r"\bM(\d{2,3})-M?(\d{2,3})\b")
COEFFICIENT = re.compile(r"world\.\w+\.(?!is_|has_|happen)")
"""A setting of the world that is no flag: flags say whether a mechanism is there."""
MARK = "mechanism"
PLACES = {"Var": 4, "quantity": 3}
"""Which argument of a declaration is its source, where it has no name."""


@dataclass
class Trace:
    """Where one mechanism is.

    Parameters
    ----------
    name : str
        What it is called.
    modules, tests, scenarios : list of str
        Files, ``file::test``, names of scenarios.
    turning : list of str
        Those of the tests that turn a coefficient of the world; the others vary a lever or the
        mechanism's presence at shipped values.
    """

    name: str
    modules: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)
    turning: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether it has a module and a test."""
        return bool(self.modules and self.tests)


@cache
def listed() -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the required ids with their names, and the pending ones."""
    content = yaml_content(IDS)
    return content["required"], tuple(content["pending"])


@cache
def traces() -> dict[str, Trace]:
    """Return the trace of every required mechanism."""
    found = {key: Trace(name) for key, name in listed()[0].items()}
    for folder in ("sim/mechanisms", "sim/state", "agents", "sim", "scenarios/attributing"):
        files = sorted((ROOT / folder).rglob("*.py"))
        for file in files:
            for key in ids_of_module(file.read_text(encoding="utf-8")):
                _add(found, key, "modules", file.relative_to(ROOT).as_posix())
    for bundle in BUNDLES:  # what such a mechanism is, is what its option sets
        for file in sorted((ROOT / "conf" / bundle).glob("*.yaml")):
            for key in ids_in(meaning(file)):
                _add(found, key, "modules", file.relative_to(ROOT).as_posix())
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if f"mark.{MARK}" not in text:
            continue
        turns = turning(text)
        for key, test in marks(text):
            place = f"{file.relative_to(ROOT).as_posix()}::{test}"
            _add(found, key, "tests", place)
            if test in turns:
                _add(found, key, "turning", place)
    for file in sorted((ROOT / "conf" / "scenario" / "library").glob("*.yaml")):
        content = yaml_content(file)
        for key in content.get("mechanisms", []):
            _add(found, key, "scenarios", content.get("id", file.stem))
    return found


def _add(found: dict[str, Trace], key: str, what: str, place: str) -> None:
    if key in found and place not in getattr(found[key], what):
        getattr(found[key], what).append(place)


def ids_of_module(text: str) -> list[str]:
    """Return the mechanisms a module names as sources, in the order they stand there.

    Parameters
    ----------
    text : str
        Source: ``SOURCE``, and the sources of quantities and state variables.

    Returns
    -------
    list of str
        Each once.
    """
    said: list[str] = []
    if not ids_in(text):
        return said
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            said += _texts(node.value) if "SOURCE" in names else []
        elif isinstance(node, ast.Call):
            said += [
                t for word in node.keywords if word.arg == "source" for t in _texts(word.value)
            ]
            place = PLACES.get(getattr(node.func, "id", ""), len(node.args))
            said += [t for argument in node.args[place : place + 1] for t in _texts(argument)]
    return list(dict.fromkeys(key for one in said for key in ids_in(one)))


def ids_in(text: str) -> list[str]:
    """Return the ids in a text; ``M54-M57`` names four."""

    def every(span: re.Match[str]) -> str:
        return " ".join(f"M{n:02d}" for n in range(int(span[1]), int(span[2]) + 1))

    return ID.findall(RANGE.sub(every, text))


def marks(text: str) -> Iterator[tuple[str, str]]:
    """Yield mechanism and test for every mark of a test file.

    Parameters
    ----------
    text : str
        Its source; marks may stand on tests, on classes, and in ``pytestmark``.
    """
    tree = ast.parse(text)
    whole = [
        key for node in tree.body if isinstance(node, ast.Assign)
        for target in node.targets if getattr(target, "id", "") == "pytestmark"
        for key in _marked(node.value)
    ]  # fmt: skip
    for node in tree.body:
        own = [key for one in getattr(node, "decorator_list", []) for key in _marked(one)]
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for test in inner:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                more = [key for one in test.decorator_list for key in _marked(one)]
                yield from ((key, test.name) for key in dict.fromkeys([*whole, *own, *more]))


def turning(text: str) -> set[str]:
    """Return the tests of a file that turn a coefficient of the world.

    Parameters
    ----------
    text : str
        Source of the tests.

    Returns
    -------
    set of str
        Tests in which a setting ``world.*`` that is no flag stands, in their body, their marks, or
        a constant or function of the file that they name. The closed communities that all tests
        share (``tests/communities.py``: nobody comes, nobody leaves) do not count.
    """
    body = ast.parse(text).body
    known: dict[str, ast.AST] = {}
    tests: list[ast.FunctionDef] = []
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            known |= {one.id: node for one in targets if isinstance(one, ast.Name)}
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inner:
            if isinstance(one, ast.FunctionDef):
                known[one.name] = one
                tests += [one] * one.name.startswith("test_")
    return {one.name for one in tests if _turns(one, known, set())}


def _turns(node: ast.AST, known: dict[str, ast.AST], seen: set[str]) -> bool:
    if any(COEFFICIENT.match(one) for one in _texts(node)):
        return True
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & set(known)
    new = names - seen
    seen |= new
    return any(_turns(known[name], known, seen) for name in sorted(new))


def _marked(node: ast.AST) -> list[str]:
    return [
        text for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == MARK
        for argument in call.args for text in _texts(argument)
    ]  # fmt: skip


def _texts(node: ast.AST) -> list[str]:
    return [part.value for part in ast.walk(node)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)]  # fmt: skip


def kinds_text() -> str:
    """Say how many tests vary levers at shipped values, and how many turn a coefficient."""
    tests = {test for trace in traces().values() for test in trace.tests}
    turned = {test for trace in traces().values() for test in trace.turning}
    alone = sum(
        set(trace.tests) == set(trace.turning) for trace in traces().values() if trace.tests
    )
    return (
        f"Of {len(tests)} tests {len(tests) - len(turned)} vary a lever, or a mechanism's "
        f"presence, at shipped values; {len(turned)} turn a coefficient `world.*`. {alone} "
        "mechanisms have tests of the second kind alone."
    )


def problems() -> list[str]:
    """Return one line for each id that lost something, or is pending for nothing."""
    required, pending = listed()
    lines = []
    for key, trace in traces().items():
        lacks = [what for what in ("modules", "tests") if not getattr(trace, what)]
        if lacks and key not in pending:
            lines.append(f"{key} ({trace.name}) has no {' and no '.join(w[:-1] for w in lacks)}")
        if not lacks and key in pending:
            lines.append(f"{key} ({trace.name}) is pending, and has a module and a test")
    lines += [f"{key} is pending and not required" for key in pending if key not in required]
    return lines


def settle() -> None:
    """Rewrite the list of pending ids: those that lack a module or a test."""
    open_ids = [key for key, trace in traces().items() if not trace.is_whole]
    text = IDS.read_text(encoding="utf-8")
    new = re.sub(r"^pending:.*\Z", f"pending: [{', '.join(open_ids)}]\n", text, flags=re.M | re.S)
    IDS.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    if "--settle" in sys.argv[1:]:
        settle()
        listed.cache_clear()
    for line in problems():
        sys.stdout.write(f"{line}\n")
    whole = sum(trace.is_whole for trace in traces().values())
    sys.stdout.write(f"{whole} of {len(traces())} mechanisms have a module and a test\n")
    sys.stdout.write(f"{kinds_text()}\n")
    sys.exit(bool(problems()))
