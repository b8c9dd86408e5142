"""One import name: whatever else is called agents, sim or scenarios, Plaza is plaza_lab."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import agents, sim
from scenarios.mine import WORD
from plaza_lab import Community, Policy, compare, open_study
from plaza_lab.agents import member
print(agents.MINE, sim.MINE, WORD, Community.__name__, member.__name__)
"""
SAID = "mine mine mine Community plaza_lab.agents.member"
SPECS = """
import importlib.util, plaza_lab
print([n for n in ("agents", "sim", "scenarios", "engine", "conf") if importlib.util.find_spec(n)])
"""


def python(folder: Path, *arguments: str, path: str = "") -> str:
    """What a Python started in a folder says; ``path`` goes before everything else."""
    environment = {**os.environ, "PYTHONPATH": path or str(ROOT / "src"), "PYTHONSAFEPATH": ""}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def own_project(tmp_path) -> Path:
    """A user's folder laid out as Mesa's tutorials do it, with the names of our folders."""
    (tmp_path / "agents.py").write_text('MINE = "mine"\n')
    (tmp_path / "sim.py").write_text('MINE = "mine"\n')
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "__init__.py").write_text("")
    (tmp_path / "scenarios" / "mine.py").write_text('WORD = "mine"\n')
    return tmp_path


def test_a_script_beside_modules_of_the_same_names_has_both(own_project):
    (own_project / "script.py").write_text(SCRIPT)
    assert python(own_project, "script.py") == SAID


@pytest.mark.slow
def test_a_notebook_beside_modules_of_the_same_names_has_both(own_project, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SCRIPT)])
    NotebookClient(book, resources={"metadata": {"path": str(own_project)}}).execute()
    said = [out["text"] for out in book.cells[0].outputs if out.get("name") == "stdout"]
    assert "".join(said).strip() == SAID


@pytest.mark.parametrize("is_first", [True, False])
def test_a_package_that_installs_agents_stands_beside_plaza(tmp_path, is_first):
    other = tmp_path / "site"
    (other / "agents").mkdir(parents=True)
    (other / "agents" / "__init__.py").write_text('MINE = "theirs"\n')
    folders = [str(other), str(ROOT / "src")]
    code = "import agents; from plaza_lab.agents import member; print(agents.MINE, member.__name__)"
    path = os.pathsep.join(folders if is_first else folders[::-1])
    assert python(tmp_path, "-c", code, path=path) == "theirs plaza_lab.agents.member"
    assert "plaza <verb>" in python(tmp_path, "-m", "plaza_lab", "--help", path=path)


def test_nothing_else_of_plaza_can_be_imported(tmp_path):
    assert python(tmp_path, "-c", SPECS) == "[]"


@pytest.mark.parametrize("name", ["agents", "sim", "scenarios", "engine"])
def test_the_old_names_say_the_new_one(name):
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"{name} is plaza_lab.{name}" in done.stderr.splitlines()[-1]


def test_where_symbolic_links_are_not_the_folders_are_found(tmp_path):
    checkout = tmp_path / "plaza"
    package = checkout / "src" / "plaza_lab"
    package.mkdir(parents=True)
    for file in ("__init__.py", "__main__.py"):
        (package / file).write_bytes((ROOT / "src" / "plaza_lab" / file).read_bytes())
    for name in ("agents", "sim", "scenarios", "engine", "conf"):
        (package / name).write_text(f"../../{name}")  # as git leaves a link on such a system
        (checkout / name).symlink_to(ROOT / name)
    listing = "plaza_lab.scenarios.settings.options"
    code = f"import {listing} as o; print('fee' in o.option_files('entry'))"
    assert python(tmp_path, "-c", code, path=str(checkout / "src")) == "True"


@pytest.mark.slow
def test_a_wheel_holds_one_package_with_all_that_it_needs(tmp_path):
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("plaza_lab-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"plaza_lab"}
    for needed in (
        "py.typed", "conf/config.yaml", "agents/member.py", "sim/day.py", "engine/compiled.py",
        "scenarios/command_line/cli.py", "data/example_activity.csv",
        "notebooks/01_first_community.ipynb",
    ):  # fmt: skip
        assert f"plaza_lab/{needed}" in names


PLUGIN = """
from hydra.core.plugins import Plugins
from hydra.plugins.sweeper import Sweeper
from plaza_lab.scenarios.settings.composing import register
register()
print(sorted(k.__name__ for k in Plugins.instance().discover(Sweeper) if "Own" in k.__name__ or
             "Jobs" in k.__name__))
"""
OWN = """
from hydra.plugins.sweeper import Sweeper
class OwnSweeper(Sweeper):
    def setup(self, *, hydra_context, task_function, config): ...
    def sweep(self, arguments): ...
"""


def test_sweepers_of_others_are_found_beside_ours(tmp_path):
    theirs = tmp_path / "hydra_plugins" / "own"
    theirs.mkdir(parents=True)
    (theirs / "__init__.py").write_text("")
    (theirs / "own.py").write_text(OWN)
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    assert python(tmp_path, "-c", PLUGIN, path=path) == "['JobsSweeper', 'OwnSweeper']"


@pytest.mark.parametrize("place", ["docs", "agents", "sim", "scenarios", "engine"])
def test_modules_and_names_that_texts_speak_of_exist(place):
    """Names in pages and docstrings stay behind when what they name is moved or renamed."""
    spoken = re.compile(r"`~?(plaza_lab(?:\.\w+)+)[`(]")
    pages = [*(ROOT / place).rglob("*.py"), *(ROOT / place).rglob("*.md")]
    lost = {
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages
        if not {"_build", "generated", "decisions"} & set(page.relative_to(ROOT).parts[:-1])
        or place != "docs"
        for name in spoken.findall(page.read_text(encoding="utf-8"))
        if not is_there(name)
    }
    assert lost == set()


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or what one holds."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False
