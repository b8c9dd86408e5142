"""Stores that somebody else made or changed: nothing of them is obeyed, and none leads outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_engine import FakeEngine

from plaza_lab import open_study
from plaza_lab.scenarios.calibrate.ensemble import load_ensemble
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.store import open_store
from plaza_lab.scenarios.store.checksums import mark_of, sealed
from plaza_lab.scenarios.store.segments import write_table
from plaza_lab.scenarios.store.views import open_database
from plaza_lab.scenarios.study.verb import PARTS

ASKED = [
    "policies=[thanks_only,weekly_prize]", "world.ties.decay=0.01,0.02", "run.replicates=2",
    "run.weeks=2", "--name", "one", "--no-report",
]  # fmt: skip
STUDY = Path("plaza-store/studies/one/study.json")
ESCAPES = "\x1b]0;owned\x07\x1b[31mred\u009b2J\u202e"
READERS = {
    "status": ["one"], "list": [], "why": ["one"], "report": ["one"],
    "export": ["one", "--to", "tables"], "resume": ["one", "--no-report"],
    "expand": ["one", "run.replicates=3", "--no-report"], "gc": ["--unasked"],
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("plaza_lab.sim.engine.simulate_each", FakeEngine().each)
        patch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
        assert main(["study", "run", *ASKED]) == 0
    return folder / "plaza-store"


@pytest.fixture(autouse=True)
def store(finished, tmp_path, monkeypatch) -> Path:
    """A copy of the store, in a folder beside things that are nobody's business."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/precious.json").write_text("{}")
    os.utime(tmp_path / "mine/precious.json", (1, 1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("plaza_lab.scenarios.output.writing._draw", lambda answer, folder: None)
    return shutil.copytree(finished, tmp_path / "plaza-store")


@pytest.fixture(autouse=True)
def engine(monkeypatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
    return fake


def study(*words: str) -> int:
    return main(["study", *words])


def refusal(capsys, *words: str) -> str:
    capsys.readouterr()
    assert study(*words) == 2, words
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0] and "fault of Plaza" not in lines[0], lines
    assert lines[0].isprintable()
    return lines[0]


def outside(folder: Path = Path()) -> dict[str, bytes]:
    """Everything beside the store."""
    files = (file for file in folder.rglob("*") if "plaza-store" not in file.parts)
    return {str(file): file.read_bytes() for file in files if file.is_file()}


def altered(change: Callable[[dict], object]) -> None:
    """Change study.json as somebody would who knows its checksum."""
    content = json.loads(STUDY.read_text())
    content.pop("sum")
    change(content)
    STUDY.write_text(sealed(content))


def altered_points(change: Callable[[list[dict]], object]) -> None:
    """Change the design points, and the checksum of their file."""
    content = json.loads(STUDY.read_text())
    file = STUDY.with_name(content["points"])
    rows = pq.read_table(file).to_pylist()
    change(rows)
    file.unlink()
    write_table(file, pa.Table.from_pylist(rows))
    altered(lambda content: content.update(points_sum=mark_of(file)))


def put(path: str, value: object) -> Callable[[dict], None]:
    """Set a field of nested mappings and lists."""

    def change(content) -> None:
        *parents, name = [int(part) if part.isdigit() else part for part in path.split("/")]
        for parent in parents:
            content = content[parent]
        content[name] = value

    return change


INJECTED = "52 AND 1=0) TO 'mine/o.csv'; COPY (SELECT 1"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("weeks", "2 OR 1=1"),
        ("weeks", INJECTED),
        ("weeks", "2; COPY (SELECT 1) TO 'mine/o.csv'"),
        ("weeks", 2.5),
        ("weeks", True),
        ("weeks", 0),
        ("weeks", 10**30),
        ("weeks", None),
        ("weeks", [2]),
        ("seeds", ["1; DROP TABLE runs"]),
        ("seeds", [1.5]),
        ("seeds", [True]),
        ("seeds", [-1]),
        ("seeds", [1, 1]),
        ("seeds", []),
        ("seeds", "12"),
        ("seeds", {"1": 2}),
        ("points", "../../../mine/precious.json"),
        ("points", "/etc/passwd"),
        ("points", "points-0000000g.parquet"),
        ("points", "study.json"),
        ("points", ["points-00000000.parquet"]),
        ("points", None),
        ("command", 7),
        ("made", []),
        ("refused", "x"),
        ("refused", [1]),
        ("spec", []),
        ("spec/question", {"a": ESCAPES}),
        ("spec/question", ESCAPES),
        ("spec/policies", [["a"]]),
        ("spec/policies", [ESCAPES]),
        ("spec/design", {"kind": "__class__"}),
        ("spec/design", {"kind": "grid", "n": "9"}),
        ("spec/uncertainties", {'x" FROM runs; --': [1]}),
        ("bases", []),
        ("bases", {}),
        ("bases", [7]),
        ("bases/0/overrides", "abc"),
        ("bases/0/overrides", [ESCAPES]),
        ("bases/0/choices", {"world": 7}),
        ("bases/0/choices", {"world": ESCAPES}),
        ("bases/0/plain", {}),
        ("bases/0/plain/world/ties/decay", "0.03"),
        ("bases/0/plain/world/ties/decay", 1e9),
        ("bases/0/plain/world/ties/decay", float("nan")),
        ("bases/0/plain/world/ties/decay", None),
        ("bases/0/plain/world/ties/decay", [0.1]),
        ("bases/0/plain/world/activity/weekday", [1.0] * 6),
        ("bases/0/plain/incentive/tier", "__init__"),
        ("bases/0/plain/incentive/has_prize", 1),
        ("bases/0/run/weeks", "2"),
        ("bases/0/run/out", 7),
    ],
)
def test_a_field_of_another_kind_is_named_by_every_part(store, capsys, path, value):
    altered(put(path, value))
    before = outside()
    for part in ("status", "export", "resume"):
        line = refusal(capsys, part, *READERS[part])
        assert "study.json cannot be read" in line or "holds no readable plan" in line
        named = (
            path.split("/")[0],
            path.split("/")[-1],
            "is no group and no setting",
            "another version",
        )
        assert any(word in line for word in named), line
    assert outside() == before


@pytest.mark.parametrize("part", READERS)
def test_every_part_that_reads_a_plan_checks_it(store, capsys, part):
    altered(put("weeks", INJECTED))
    before = outside()
    assert "weeks" in refusal(capsys, part, *READERS[part])
    assert outside() == before


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' * 5000, "7", "null", '"x"', "[]", "\x00"])
@pytest.mark.parametrize("part", ["status", "export"])
def test_texts_that_are_no_plan_are_one_line(store, capsys, text, part):
    STUDY.write_text(text)
    assert "study.json cannot be read" in refusal(capsys, part, *READERS[part])


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("point_id", "'; DROP TABLE runs; --", "point_id"),
        ("point_id", "0" * 16, "was altered"),
        ("policy", ESCAPES, "policy"),
        ("policy", "a\nb", "policy"),
        ("world", ESCAPES, "world"),
        ("world_point", -1, "world_point"),
        ("base", 99, "base"),
        ("base", -1, "base"),
        ("numbers", '{"world.ties.decay": 0.011}', "numbers"),
        ("numbers", '{"world.ties.decay": "x"}', "numbers"),
        ("numbers", '{"world.nonsense": 1}', "numbers"),
        ("numbers", "[]", "numbers"),
        ("numbers", "{", "Expecting"),
        ("factors", '{"x\\" FROM runs; COPY runs TO \'mine/o.csv\'; --": 1}', "no group"),
        ("factors", '{"run_id": 1}', "no group"),
        ("factors", '{"world.ties.decay": {"a": 1}}', "factors"),
        ("factors", '{"world.ties.decay": NaN}', "factors"),
        ("factors", '{"world.ties.decay": 1' + "0" * 40 + "}", "factors"),
        ("factors", "{}", "factors"),
    ],
)
def test_a_design_point_that_cannot_be_is_named(store, capsys, column, value, said):
    altered_points(lambda rows: rows[1 if column == "factors" and value == "{}" else 0].update(
        {column: value}))  # fmt: skip
    before = outside()
    for part in ("status", "export", "resume"):
        line = refusal(capsys, part, *READERS[part])
        assert "holds no readable plan" in line and said in line, line
    assert outside() == before


# The key and the configuration it stands for


@pytest.mark.parametrize("part", ["status", "resume", "export", "report", "why", "list", "expand"])
@pytest.mark.parametrize("base", [0, 1])
def test_a_number_changed_in_a_base_is_told_with_its_point(store, capsys, engine, part, base):
    altered(put(f"bases/{base}/plain/world/ties/meeting", 0.123))
    before = (Path("plaza-store/runs"), engine.calls)
    engine.calls.clear()
    line = refusal(capsys, part, *READERS[part])
    assert re.search(rf"point {base + 1} \('\w+', bases\[{base}\]\) was altered", line), line
    assert engine.calls == [] and before[0].exists()


def test_numbers_changed_in_both_of_their_places_are_told(store, capsys):
    changed = '{"world.ties.decay": 0.015}'
    altered_points(lambda rows: rows[2].update(numbers=changed, factors=changed))
    assert "point 3" in refusal(capsys, "resume", "one", "--no-report")


def test_weeks_that_are_not_those_of_the_settings_are_told(store, capsys, engine):
    altered(put("weeks", 3))
    engine.calls.clear()
    assert "weeks was altered" in refusal(capsys, "resume", "one", "--no-report")
    assert engine.calls == []


def test_a_change_by_hand_is_told_even_where_the_configuration_does_not_show_it(store, capsys):
    STUDY.write_text(STUDY.read_text().replace('"weekly_prize"', '"weekly_prizf"'))
    assert "its checksum differs" in refusal(capsys, "status", "one")


# Names


LEADS_OUT = ["../../mine", "../one", "..", ".", "/etc", "one/../../..", "a/b", "", "one\x00",
             "one\n", ".removed-x", ESCAPES, "a" * 200]  # fmt: skip


@pytest.mark.parametrize("name", LEADS_OUT)
@pytest.mark.parametrize("part", sorted(set(PARTS) - {"run", "list", "gc"}))
def test_a_name_that_leads_out_is_none_whatever_is_asked(store, capsys, part, name):
    words = [name if word == "one" else word for word in READERS.get(part, ["one"])]
    before, inside = outside(), sorted(map(str, store.rglob("*")))
    said = refusal(capsys, part, *words)
    assert "is no name of a study" in said or ("\0" in name and "holds a NUL byte" in said)
    assert outside() == before and sorted(map(str, store.rglob("*"))) == inside


@pytest.mark.parametrize("name", ["../../mine", "/etc/passwd", "a/b", ".."])
def test_names_from_python_and_of_ensembles_are_checked_too(store, capsys, name):
    with pytest.raises(UserError, match="is no name of a study"):
        open_study(name)
    words = ["policies=[thanks_only,points]", f"world=ensemble:{name}", "--name", "x"]
    assert "is no name of an ensemble" in refusal(capsys, "run", *words)
    with pytest.raises(UserError, match="is no name of an ensemble"):
        load_ensemble(name)


def test_another_store_is_not_reached_by_a_name(store, capsys, tmp_path):
    other = shutil.copytree(store, tmp_path / "mine/other")
    before = outside()
    for part in ("expand", "resume", "remove"):
        words = READERS.get(part, ["one"])
        name = "../../mine/other/studies/one"
        refusal(capsys, part, *[name if word == "one" else word for word in words])
    assert outside() == before and (other / "studies/one/study.json").exists()


# Links


def link(place: Path, target: str) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    place.symlink_to(Path(target).resolve())


@pytest.mark.parametrize("part", [*READERS, "remove"])
@pytest.mark.parametrize(
    "place",
    ["runs", "days", "claims", "failed", "studies", "studies/one", "studies/one/jobs",
     "studies/one/answer", "studies/one/points", "studies/one/hydra"],
)  # fmt: skip
def test_no_part_follows_a_linked_folder(store, capsys, part, place):
    shutil.copytree(store / "studies/one", "mine/one")
    (Path("mine") / ".x.partial").write_text("old")
    os.utime("mine/.x.partial", (1, 1))
    link(store / place, "mine/one" if place == "studies/one" else "mine")
    before = outside()
    capsys.readouterr()
    words = READERS.get(part, ["one"])
    if part in ("list", "gc") and "/" in place:
        study(part, *words)  # such a study is none, or its link is not followed
    else:
        assert "is a link" in refusal(capsys, part, *words)
    assert outside() == before


@pytest.mark.parametrize("part", ["runs", "days", "journal"])
@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_a_segment_that_is_no_file_of_the_store_is_damaged(store, capsys, part, kind):
    (file,) = (store / part).iterdir()
    shutil.copy(file, "mine/segment.parquet")
    file.unlink()
    if kind == "link":
        link(file, "mine/segment.parquet")
    elif kind == "folder":
        file.mkdir()
    else:
        os.mkfifo(file)
    line = refusal(capsys, "export", "one", "--to", "tables")
    assert "is damaged" in line


def test_a_study_file_that_is_a_link_is_refused(store, capsys):
    shutil.move(STUDY, "mine/study.json")
    link(STUDY, "mine/study.json")
    for part in ("status", "resume", "remove"):
        assert "is a link" in refusal(capsys, part, *READERS.get(part, ["one"]))


# Resolvers


@pytest.fixture
def secret(monkeypatch) -> str:
    monkeypatch.setenv("PLAZA_SECRET", "0.04")
    return "${oc.env:PLAZA_SECRET}"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("spec/settings", "spec.settings[0]"),
        ("spec/question", "spec.question"),
        ("bases/0/overrides", "bases[0].overrides[0]"),
        ("bases/1/choices/world", "bases[1].choices.world"),
        ("bases/0/plain/incentive/tier", "bases[0].plain.incentive.tier"),
        ("bases/0/run/out", "bases[0].run.out"),
    ],
)
@pytest.mark.parametrize("part", ["status", "resume", "expand", "export", "report"])
def test_resolvers_in_a_store_are_refused_with_their_key(store, capsys, secret, path, key, part):
    value = [f"world.ties.meeting={secret}"] if path.endswith(("settings", "overrides")) else secret
    altered(put(path, value))
    line = refusal(capsys, part, *READERS[part])
    assert key in line and "--trust" in line and "oc.env" in line


def test_resolvers_in_the_points_are_refused(store, capsys, secret):
    text = json.dumps({"world.ties.decay": secret})
    altered_points(lambda rows: rows[0].update(factors=text, numbers="{}"))
    assert "points[0].factors" in refusal(capsys, "status", "one")


def test_who_trusts_a_store_lets_its_resolvers_through(store, capsys, secret, engine):
    altered(put("spec/settings", [f"world.ties.meeting={secret}", "run.replicates=2",
                                  "run.weeks=2"]))  # fmt: skip
    assert "--trust" in refusal(capsys, "status", "one")
    assert study("status", "one", "--trust") == 0
    engine.calls.clear()
    assert study("expand", "one", "run.replicates=3", "--no-report", "--trust") == 0
    assert {setting.world.ties.meeting for setting, _ in engine.calls} == {0.04}
    assert open_study("one", trust=True).study.n_finished == 12
    with pytest.raises(UserError, match="--trust"):
        open_study("one")


# SQL


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{mine}/precious.json')",
        "SELECT * FROM read_text('plaza-store/../mine/precious.json')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('{mine}/*')",
        "COPY (SELECT 1) TO '{mine}/o.csv'",
        "ATTACH '{mine}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET temp_directory = '{mine}'",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
        "EXPORT DATABASE '{mine}/x'",
    ],
)
def test_a_connection_to_a_store_reaches_nothing_else(store, query):
    import duckdb

    before = outside()
    with open_study("one").study.views() as views, pytest.raises(duckdb.Error):
        views.sql(query.format(mine=Path("mine").resolve())).fetchall()
    assert outside() == before


def test_questions_of_ones_own_are_answered_from_python(store):
    with open_study("one").study.views() as views:
        rows = views.sql("SELECT policy, avg(retention) FROM runs GROUP BY policy").fetchall()
        assert {policy for policy, _ in rows} == {"thanks_only", "weekly_prize"}
        day = 'SELECT count(*) FROM days WHERE "world.ties.decay" = 0.01 AND day = 0'
        assert views.sql(day).fetchall() == [(4,)]


def test_duckdb_is_opened_in_one_place():
    root = Path(__file__).resolve().parents[1]
    places = [
        file.relative_to(root).as_posix()
        for folder in ("scenarios", "sim", "agents", "hydra_plugins")
        for file in (root / folder).rglob("*.py")
        if re.search(r"duckdb\.(connect|sql|query|execute|read_)", file.read_text())
    ]
    assert places == ["scenarios/store/views.py"]
    with open_database(open_store("plaza-store")) as views:
        assert views.execute("SELECT current_setting('lock_configuration')").fetchone() == (True,)


def test_columns_of_any_name_are_names_and_nothing_else(store):
    import pandas as pd

    from plaza_lab.scenarios.store import read_index
    from plaza_lab.scenarios.store.views import open_views

    opened = open_store("plaza-store")
    index = read_index(opened)
    hostile = "x\"; COPY (SELECT 1) TO 'mine/o.csv'; --"
    asked = pd.DataFrame({"run_id": list(index.segment_of), hostile: 1})
    before = outside()
    with open_views(opened, index, asked) as views:
        assert hostile in views.sql("SELECT * FROM runs").columns
    assert outside() == before


# Control characters


def test_what_others_wrote_moves_no_cursor(store, capsys):
    claim = {"host": ESCAPES, "pid": os.getpid(), "study": "one", "since": 0.0, "in_flight": []}
    (store / "claims/x.json").write_text(json.dumps(claim))
    key = next(file.name for file in (store / "runs").iterdir())
    altered(put("command", f"plaza {ESCAPES}"))
    altered(put("made", ESCAPES))
    altered(put("refused", [ESCAPES] * 12))
    (store / "runs" / key).unlink()
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan

    plan = load_plan(StudyFolder(open_store(store), "one"))
    failure = {
        "run_id": plan.key_of(0), "study": "one", "policy": ESCAPES, "seed": 1, "reason": ESCAPES,
        "again": ESCAPES,
    }  # fmt: skip
    (store / f"failed/{plan.key_of(0)}.json").write_text(json.dumps(failure))
    (store / "studies" / "\x1b[31m").mkdir()
    (store / "studies" / "\x1b[31m" / "study.json").write_text("{}")
    capsys.readouterr()
    for words in (["status", "one"], ["list"], ["why", "one"], ["why", "one", plan.key_of(0)],
                  ["resume", "one", "--no-report"], ["export", "one", "--to", "t"],
                  ["status", "\x1b[31m"], ["gc", "--dry-run"]):  # fmt: skip
        study(*words)
        said = capsys.readouterr()
        for text in (said.out, said.err):
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text), (words, text)
    assert "\\x1b" in repr(ESCAPES)


@pytest.mark.parametrize(
    "claim",
    [
        "[]", "7", "{}", "[" * 100_000, '{"host": 1}',
        {"pid": -1}, {"pid": 2**70}, {"pid": "1"}, {"pid": True}, {"in_flight": 7},
        {"in_flight": {"a": 1}}, {"since": "x"}, {"since": []},
    ],
)  # fmt: skip
def test_claims_that_are_none_disturb_nothing(store, capsys, claim):
    if isinstance(claim, dict):
        whole = {"host": socket.gethostname(), "pid": 1, "study": "one", "since": 0.0,
                 "in_flight": []}  # fmt: skip
        claim = json.dumps(whole | claim)
    (store / "claims/x.json").write_text(claim)
    for words in (["status", "one"], ["resume", "one", "--no-report"], ["gc"]):
        assert study(*words) == 0, words
    assert "fault" not in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[]", "7", "{}", "[" * 100_000, '{"seed": "x"}', '{"a": 1}'])
def test_failures_that_are_none_disturb_nothing(store, capsys, text):
    from plaza_lab.scenarios.experiments.plan_files import StudyFolder, load_plan

    plan = load_plan(StudyFolder(open_store(store), "one"))
    for file in (store / "runs").iterdir():
        file.unlink()
    (store / f"failed/{plan.key_of(0)}.json").write_text(text)
    assert study("status", "one") == study("why", "one") == 0


# Nothing is unpickled


def test_no_store_is_unpickled(store, monkeypatch):
    import pickle

    def never(*_, **__):
        raise AssertionError("a store is read without pickle")

    monkeypatch.setattr(pickle, "load", never)
    monkeypatch.setattr(pickle, "loads", never)
    monkeypatch.setattr(pickle, "Unpickler", never)
    for part in ("status", "list", "why", "export", "report"):
        assert study(part, *READERS[part]) == 0


def test_a_damaged_study_does_not_hide_the_others(store, capsys):
    other = store / "studies" / "other"
    shutil.copytree(store / "studies" / "one", other)
    facts = other / "study.json"
    facts.write_text(facts.read_text()[:-20])
    assert study("list") == 2
    said = capsys.readouterr()
    assert re.search(r"^one +8 of 8 runs done", said.out, re.MULTILINE), said.out
    assert re.search(r"^other +damaged$", said.out, re.MULTILINE), said.out
    assert "plaza study remove other" in said.err


def test_a_command_that_holds_lines_is_shown_as_one(store, capsys):
    content = json.loads(STUDY.read_text())
    del content["sum"]
    STUDY.write_text(sealed({**content, "command": "x\nplaza: all is well"}))
    assert study("status", "one") == 0
    assert "asked by: x plaza: all is well" in capsys.readouterr().out


def test_damaged_days_are_one_line_and_no_answer(store, capsys):
    for file in (store / "days").glob("*.parquet"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    assert "is damaged" in refusal(capsys, "report", "one")
