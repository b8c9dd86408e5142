"""What holds for the source tree as a whole: who may import whom, sizes, what must not be said."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BELOW = {
    "engine": {"agents", "sim", "scenarios"},
    "agents": {"sim", "scenarios"},
    "sim": {"scenarios"},
    "scenarios": set(),
}
SOURCES = ("engine", "agents", "sim", "scenarios", "docs", "benchmarks", "data", "notebooks")
LONGEST_FILE = 400
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".cff", ".ipynb", ".html", ".css", ".csv", ""}
NOT_OURS = {"plaza-out", "plaza-conf", "_build", "generated", "build", "dist", "__pycache__"}


def sources(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def ours() -> list[Path]:
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name for name in folders
            if name not in NOT_OURS and (name == ".ci" or name[0] != ".")
            and not name.endswith(".egg-info")
        ]  # fmt: skip
        found += [Path(folder) / name for name in files]
    return [file for file in found if file.suffix in TEXT and not file.name.startswith(".cov")]


@pytest.mark.parametrize("package", BELOW)
def test_dependencies_point_one_way(package):
    for file in sources(package):
        parts = [name.split(".") for name in imports(file)]
        assert not {name[0] for name in parts} & {*BELOW}, file  # there is one import name
        ours = {name[1] for name in parts if name[0] == "plaza_lab" and len(name) > 1}
        assert not ours & BELOW[package], file


def test_processes_never_import_each_other():
    for file in (ROOT / "sim" / "mechanisms").rglob("*.py"):
        assert not [
            name for name in imports(file) if name.startswith("plaza_lab.sim.mechanisms")
        ], file


def at_once(tree: ast.AST) -> Iterator[ast.stmt]:
    """Statements that run while a module is imported: no functions, nothing for types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.stmt):
            yield node
        yield from at_once(node)


def test_every_module_can_be_the_first_that_is_imported():
    files = {
        ".".join(("plaza_lab", *file.relative_to(ROOT).with_suffix("").parts)): file
        for file in sources(*BELOW)
    }
    modules = {name.removesuffix(".__init__"): file for name, file in files.items()}
    needs: dict[str, set[str]] = {}
    for name, file in modules.items():
        nodes = [
            node for node in at_once(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module
        ]  # fmt: skip
        named = {f"{node.module}.{own.name}" for node in nodes for own in node.names}
        needs[name] = (named | {node.module for node in nodes}) & {*modules} - {name}
        assert not any(isinstance(node, ast.ImportFrom) and node.level for node in nodes), file
    while done := {name for name, own in needs.items() if not own}:
        needs = {name: own - done for name, own in needs.items() if name not in done}
    assert not needs, "imports go round in a circle"


@pytest.mark.skipif(
    importlib.util.find_spec("importlinter") is None,
    reason="import-linter is not installed; pip install -e '.[dev]'",
)
def test_import_contracts_hold():
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", SOURCES)
def test_files_are_short(folder):
    for file in sources(folder):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        assert lines <= LONGEST_FILE, f"{file} has {lines} lines: what is it about?"


def test_files_have_names_that_say_what_they_hold():
    said = {file.stem for file in sources("engine", "agents", "sim", "scenarios")}
    assert not said & {"utils", "util", "helpers", "common", "misc", "tools", "stuff"}


def test_the_tree_speaks_of_itself_alone():
    hosts = ["pypi" + ".org", "python" + "hosted", "conda" + ".anaconda", "registry." + "npmjs"]
    paths = ["/" + "work/", "/opt/" + "pypi", "/ro" + "ot/", "/opt/" + "wheels"]
    words = [
        r"\bcla" + r"ude\b",
        r"\banth" + r"ropic\b",
        r"\bchat" + r"gpt\b",
        r"\bsub" + r"agents?\b",
    ]
    forbidden = re.compile("|".join([*map(re.escape, hosts + paths), *words]), re.IGNORECASE)
    for file in ours():
        found = forbidden.search(file.read_text(encoding="utf-8", errors="ignore"))
        assert not found, f"{file} says {found[0]!r}"
