"""Files of settings: read as YAML 1.2, each mistake in one line with file and line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.spec import read_spec
from plaza_lab.scenarios.files.yaml_file import MOST_BYTES, read_yaml, scalar, yaml_content
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.options import conf_folder
from plaza_lab.scenarios.settings.resolvers import trusting

SHIPPED = sorted(conf_folder().rglob("*.yaml"))
DECAY = "world.ties.decay"
SHOWN = "plaza-conf/world/mine.yaml"
POLICIES = "policies: [thanks_only, points]\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own_file(name: str, text: str | bytes) -> Path:
    file = Path("plaza-conf", name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refusal(capsys, *arguments: str) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "Traceback" not in line
    return line.removeprefix("plaza: ")


def decay_of(text: str | bytes) -> float:
    own_file("world/mine.yaml", text)
    return compose(["world=mine"]).config.world.ties.decay


# What valid files say has not changed


def test_every_shipped_file_says_what_it_said():
    assert len(SHIPPED) > 150
    for file in SHIPPED:
        with trusting(True):
            new = read_yaml(file).content
        assert repr(new) == repr(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
        assert repr(new) == repr(OmegaConf.to_container(OmegaConf.load(file)))


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**62), 2**62))
def test_numbers_that_are_written_are_read_back(number):
    assert scalar(repr(number)) == number
    assert type(scalar(repr(number))) is type(number)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0100", 100), ("-010", -10), ("08", 8), ("0o17", 15), ("0x1F", 31), ("1e3", 1000.0),
        (".5", 0.5), ("5.", 5.0), ("+3", 3), ("1E-2", 0.01), ("true", True), ("FALSE", False),
        ("~", None), ("null", None), ("", None),
        ("1:30", "1:30"), ("20:00", "20:00"), ("1_000", "1_000"), ("0b1", "0b1"), ("yes", "yes"),
        ("no", "no"), ("on", "on"), ("Off", "Off"), ("y", "y"), ("2020-02-30", "2020-02-30"),
        ("2020-02-03", "2020-02-03"), ("=", "="), ("1.2.3", "1.2.3"), ("0o8", "0o8"), ("１", "１"),
    ],
)  # fmt: skip
def test_plain_values_are_those_of_yaml_1_2(here, written, read):
    assert scalar(written) == read
    assert type(scalar(written)) is type(read)
    (here / "f.yaml").write_text(f"a: {written}\n", encoding="utf-8")
    assert yaml_content(here / "f.yaml") == {"a": read}


# Option files


@pytest.mark.parametrize(
    ("text", "decay"),
    [
        ("ties: {decay: 01}", 1.0),
        ("ties: {decay: 3e-2}", 0.03),
        ("ties: {decay: '0.03'}", 0.03),
        ("\ufeffties: {decay: 0.04}\r\n", 0.04),
        ("ties: &t {decay: 0.05}\nchurn: {}\n", 0.05),
        ("defaults: [_self_]\nties:\n  <<: {decay: 0.06}\n", 0.06),
        ("ties:\n  decay: ${world.ties.match}\n", 0.02),
        ("", 0.01),
    ],
)
def test_option_files_are_read_as_yaml_1_2(text, decay):
    assert decay_of(text) == pytest.approx(decay)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ties: {decay: 1:30}", f"{SHOWN}: {DECAY}: '1:30' is a text; a number from 0 to 1"),
        ("\nties:\n  decay: 1_0", "'1_0' is a text; a number from 0 to 1 1/day is expected"),
        ("ties: {decay: 0b1}", "'0b1' is a text"),
        ("ties: {decay: yes}", "'yes' is a text"),
        ("ties: {decay: 20:00}", "'20:00' is a text"),
        ("opening: {is_on: yes}", "'yes' is a text; true or false is expected (line 1)"),
        ("opening: {is_on: off}", "'off' is a text; true or false"),
        ("activity: {weekday: [1, 1, 1, 1, 1, 1, 1:30]}", "'1:30' is a text; a list of numbers"),
        ("ties: {decay: .nan}", f"{SHOWN}, line 1: .nan is no number that Plaza can use"),
        ("ties: {decay: -.inf}", "-.inf is no number"),
        ("ties: {decay: 1e999}", "1e999 is no number"),
        ("ties: {decay: " + "1" * 5000 + "}", "line 1: a number of 5,000 digits is too large"),
        ("ties: {decay: 99999999999999999999}", "is too large a number"),
        ("ties: {decay: 1}\n\nties: {}", f"{SHOWN}, line 3: 'ties' stands in line 1 already"),
        ("ties: {decay: 1, 'decay': 2}", "'decay' stands in line 1 already"),
        ("0100: 1\n100: 1", "line 2: '100' stands in line 1 already"),
        ("ties: &t {decay: *t}", "line 1: the anchor &t holds itself"),
        ("ties: &t [[*t]]", "line 1: the anchor &t holds itself"),
        ("ties: *nowhere", "line 1: found undefined alias"),
        ("ties: &a 1\nchurn: &a 2", "line 2: an anchor of this name stands further up"),
        (BOMB, "line 5: more than 10,000 values are not read"),
        ("a: [" + "1, " * 11_000 + "]", "line 1: more than 10,000 values are not read"),
        ("ties: " + "[" * 3000, "line 1: more than 50 levels are not read"),
        ("ties: " + "{a: " * 3000, "line 1: more than 50 levels are not read"),
        ("a:\n" + "".join(" " * n + "- \n" for n in range(1, 300)), "more than 50 levels"),
        (b"a: 1\nties: \xff\xfe", "line 2: this is no UTF-8"),
        ("茶".encode("gb18030"), "line 1: this is no UTF-8"),
        ("ties: 1".encode("utf-16"), "is written in UTF-16; save it as UTF-8"),
        ("ties: a\0b", "line 1: the character U+0000 is none of a text"),
        ("ties:\n\tdecay: 1", "line 2: a tab stands where only spaces may"),
        ("---\na: 1\n---\nb: 1", "line 3: a second document begins"),
        ("- a\n- b", "lines of 'name: value' are expected"),
        ("ties： 1", "'：' is no colon"),
        ("ties: !!python/object/apply:os.system [true]", "line 1: !!python/object/apply:os.system"),
        ("ties: !!binary aGk=", "line 1: !!binary is not read"),
        ("ties: !mine 1", "line 1: !mine is not read"),
        ("? [a]\n: b", "line 1: a list or a mapping is no name"),
        ("null: 1", "line 1: a value has no name"),
        ("ties: 'a", "line 1: a quote is opened and never closed"),
        ("ties: a: b", "line 1: a colon stands where no value can begin"),
        ("#" * (MOST_BYTES + 1), "holds more than 1,000,000 bytes"),
        ("# @package a b\n", "write @package and one name"),
        ("defaults: points", "line 1: defaults is a list of options"),
        ("defaults: [5]", "line 1: defaults is a list of options"),
        ("defaults:\n- {a: b, c: d}", "line 2: defaults is a list of options"),
        ("ties:\n  decay: ${oc.env:HOME}", f"{SHOWN}: ties.decay holds '${{oc.env:HOME}}'"),
        ("ties:\n  decay: ${oc.decode:'1'}", "ties.decay holds"),
        ("${oc.env:HOME}: 1", "holds '${oc.env:HOME}'"),
    ],
    ids=lambda value: "",
)  # fmt: skip
def test_mistakes_in_option_files_are_one_line(capsys, text, said):
    own_file("world/mine.yaml", text)
    line = refusal(capsys, "run", "world=mine")
    assert said in line
    assert SHOWN in line


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: file.mkdir(), "is a folder; a file is expected"),
        (os.mkfifo, "is a pipe; a file is expected"),
        (lambda file: file.symlink_to("gone"), "cannot be read: No such file"),
        (lambda file: file.symlink_to(file.name), "cannot be read: Too many levels"),
        (lambda file: file.symlink_to("/dev/zero"), "is a device; a file is expected"),
    ],
    ids=["folder", "pipe", "gone", "circle", "device"],
)
@pytest.mark.parametrize(
    "command",
    [
        ["run", "world=mine"],
        ["study", "run", SHOWN],
        ["scenario", "show", SHOWN],
        ["calibrate", SHOWN, f"{DECAY}=interval(0.001,0.05)"],
    ],
    ids=["option", "study", "scenario", "targets"],
)
def test_what_is_no_file_is_said(capsys, make, said, command):
    file = own_file("world/mine.yaml", "")
    file.unlink()
    make(file)
    assert f"{SHOWN} {said}" in refusal(capsys, *command)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_said(capsys):
    own_file("world/mine.yaml", "").chmod(0)
    assert f"{SHOWN} cannot be read: Permission denied" in refusal(capsys, "run", "world=mine")


@pytest.mark.parametrize(
    ("files", "choice", "circle"),
    [
        ({"world/a.yaml": "defaults: [a]"}, "world=a", "world=a -> world=a"),
        (
            {"world/a.yaml": "defaults: [b]", "world/b.yaml": "defaults: [/world: a]"},
            "world=a", "world=a -> world=b -> world=a",
        ),
        (
            {"scenario/a.yaml": "# @package _global_\ndefaults: [/scenario/a]"},
            "scenario=a", "scenario=a -> scenario=a",
        ),
        ({"scenario/a.yaml": "# @package _global_\ndefaults: [/config]"}, "scenario=a", "circle"),
    ],
)  # fmt: skip
def test_defaults_in_a_circle_are_one_line(capsys, files, choice, circle):
    for name, text in files.items():
        own_file(name, text)
    assert circle in refusal(capsys, "run", choice, "--cfg", "job")


def test_the_user_can_vouch_for_a_file(capsys, monkeypatch):
    monkeypatch.setenv("DECAY", "0.07")
    own_file("world/mine.yaml", "ties:\n  decay: ${oc.decode:${oc.env:DECAY}}\n")
    with trusting(True):
        assert compose(["world=mine"]).config.world.ties.decay == pytest.approx(0.07)
    assert main(["run", "world=mine", "--cfg", "job", "--trust"]) == 0
    assert "--trust" in refusal(capsys, "run", "world=mine")
    assert main(["run", "world=mine", "--trust", "--cfg", "job", f"{DECAY}=${{oc.env:DECAY}}"]) == 0


def test_a_file_that_is_changed_is_read_again():
    assert decay_of("ties: {decay: 0.02}") == 0.02
    assert decay_of("ties: {decay: 0.0333}") == 0.0333


# Studies, scenarios, targets


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("run: {weeks: 1:30}", "run.weeks: '1:30' is a text; a whole number from 1 to 520 weeks"),
        ("run: {weeks: 1_0}", "run.weeks: '1_0' is a text"),
        ("run: {report: no}", "run.report: 'no' is a text; true or false"),
        ("levers: {fund.dues_month_cents: [100, 1:30]}", "'1:30' is a text; a whole number"),
        ("levers: {fund.dues_month_cents: [100, 1_00]}", "'1_00' is a text"),
        (f"uncertainties: {{{DECAY}: {{low: 0:01, high: 1}}}}", "'0:01' is no number"),
        ("uncertainties: {world.opening.is_on: [yes, no]}", "'yes' is a text; true or false"),
        ("levers: {}\nlevers: {}", "line 3: 'levers' stands in line 2 already"),
        ("levers:\n  incentive: [none]\n  incentive: [points]", "line 4: 'incentive' stands in"),
        ("settings: ['run.weeks=1:30']", "run.weeks=1:30: a whole number"),
        ("settings:\n- run.weeks=${oc.env:HOME}", "settings[0] holds '${oc.env:HOME}'"),
        ("question: ${oc.env:HOME}", "question holds '${oc.env:HOME}'"),
        ("design: {n: 1:30}", "n='1:30' is no whole number"),
    ],
)
def test_mistakes_in_study_files_are_one_line(capsys, text, said):
    Path("s.yaml").write_text(POLICIES + text)
    line = refusal(capsys, "study", "run", "s.yaml")
    assert line.startswith("s.yaml")
    assert said in line


def test_a_study_file_may_not_grow_without_end(capsys):
    Path("s.yaml").write_text(POLICIES + BOMB)
    assert "s.yaml, line 7: more than 200,000 values" in refusal(capsys, "study", "run", "s.yaml")


def test_study_files_are_read_as_yaml_1_2():
    text = POLICIES + "run: {weeks: 010}\nuncertainties: {fund.dues_month_cents: 0}\n"
    text = text.replace("uncertainties", "levers").replace(": 0}", ": [0100, 020]}")
    Path("s.yaml").write_text(text)
    spec = read_spec("s.yaml")
    assert spec.settings == ("run.weeks=10",)
    assert spec.levers[0].values == (100, 20)
    assert make_plan(spec).weeks == 10


def test_words_of_yaml_1_1_can_be_names_of_arms(capsys):
    Path("q.yaml").write_text(
        "question: Does it?\narms: {yes: incentive=points, no: incentive=thanks_only}\nexpect:\n"
        "- {says: more, source: inferred, measure: growth, arm: yes, against: no, sign: higher}\n"
    )
    assert main(["scenario", "show", "q.yaml"]) == 0
    assert "growth: yes - no" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("retention: {value: 1:30, sd: 0.1}", "value is a number, not '1:30'"),
        ("retention: {value: 1, sd: 0.1}\nretention: {value: 2, sd: 1}", "line 2: 'retention'"),
        ("retention: {value: 1, sd: .inf}", "line 1: .inf is no number"),
    ],
)
def test_mistakes_in_targets_are_one_line(capsys, text, said):
    Path("t.yaml").write_text(text)
    line = refusal(capsys, "calibrate", "t.yaml", f"{DECAY}=interval(0.001,0.05)")
    assert line.startswith("t.yaml")
    assert said in line


# Numbers on the command line are those of the files


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("run.weeks=1:30", "run.weeks=1:30: a whole number from 1 to 520 weeks is expected"),
        ("run.weeks=1_000", "a number is written without _, as in run.weeks=1000"),
        (f"{DECAY}=0.0_1", "a number is written without _"),
        ("fund.dues_month_cents=1_00", "without _, as in fund.dues_month_cents=100"),
        ("run.weeks=１２", "a whole number from 1 to 520 weeks is expected"),
        ("run.weeks=0o17", "a whole number"),
        ("run.weeks=0x10", "a whole number"),
        ("fund.dues_month_cents=0b1", "a whole number"),
    ],
)
def test_numbers_that_are_none_are_refused_as_in_files(capsys, word, said):
    assert said in refusal(capsys, "run", word)


def test_leading_zeros_say_nothing():
    assert compose(["fund.dues_month_cents=0100"]).config.policy.fund.dues_month_cents == 100


# Files that are not read


def test_files_that_are_not_read_are_named_once(capsys):
    for name in (
        "stray.yaml", "world/mine.yml", "world/MINE.YAML", "world/tea.yaml.txt", "incentiv/x.yml",
        "world/old/tea.yaml", "scenario/library/learning_fund_500.yaml",
    ):  # fmt: skip
        own_file(name, "")
    for name in ("world/.tea.yaml.swp", "world/tea.yaml~", "world/#tea.yaml#", "fit/tea.json"):
        own_file(name, "")
    Path("plaza-conf/world/.#tea.yaml").symlink_to("me@here.1")
    assert main(["run", "--cfg", "job"]) == 0
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("plaza: not read in plaza-conf: stray.yaml (put it into the folder of a")
    assert "incentiv/x.yml (incentiv is no group of options, did you mean incentive?)" in line
    assert "world/MINE.YAML (name it MINE.yaml)" in line
    assert line.endswith("and 2 more")


def test_nothing_is_said_where_every_file_is_read(capsys):
    own_file("world/tea.yaml", "")
    own_file("scenario/library/mine.yaml", "")
    assert main(["run", "--cfg", "job"]) == 0
    assert capsys.readouterr().err == ""


def test_a_file_of_one_mistake_says_the_same_to_python(here):
    (here / "f.yaml").write_text("a: 1\na: 2\n")
    with pytest.raises(UserError, match=r"f\.yaml, line 2: 'a' stands in line 1 already"):
        read_yaml(here / "f.yaml")
