"""Forms of earlier versions are refused in one line that names the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan_checks import check_settings
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.declared_settings import RETIRED, setting_keys
from plaza_lab.scenarios.settings.overrides import check_overrides

ROOT = Path(__file__).resolve().parents[1]
KEYS = pytest.mark.parametrize("key", RETIRED)


def test_what_is_retired_is_no_setting_and_what_it_names_is_one():
    assert not set(RETIRED) & set(setting_keys())
    named = [word for line in RETIRED.values() for word in line.split() if word.count(".") == 2]
    assert named and set(named) <= set(setting_keys())


@KEYS
def test_an_override_of_an_earlier_version_is_told_the_new_form(key):
    with pytest.raises(UserError) as refused:
        check_overrides([f"{key}=1"])
    assert str(refused.value) == f"{key} is no group and no setting; {RETIRED[key]}"


@KEYS
def test_a_world_of_an_earlier_version_is_told_the_new_form(key, tmp_path, monkeypatch):
    _, part, name = key.split(".")
    file = tmp_path / "plaza-conf" / "world" / "mine.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f"# Mine.\n{part}:\n  {name}: 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as refused:
        compose(["world=mine"])
    line = str(refused.value)
    assert "\n" not in line and line.startswith("world/mine.yaml: ")
    assert line.endswith(RETIRED[key])


@pytest.mark.parametrize(
    ("script", "new"),
    (
        ("from scenarios import compare", "from plaza_lab import compare"),
        ("import sim.community", "from plaza_lab import Community"),
        ("from agents import member", "from plaza_lab.agents import member"),
        ("import engine", "plaza_lab.engine"),
    ),
)
def test_a_script_with_an_earlier_import_is_told_the_new_one(script, new):
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert new in done.stderr.splitlines()[-1]


def test_a_study_planned_by_a_version_with_other_settings_is_refused_by_the_setting():
    plain = compose([]).plain
    check_settings(plain, {})  # its own are taken
    market = {**plain["world"]["prospects"], "is_shared": False}
    earlier = {**plain, "world": {**plain["world"], "prospects": market}}
    with pytest.raises(UserError, match=r"world\.prospects\.is_shared .* run the study anew"):
        check_settings(earlier, {})
