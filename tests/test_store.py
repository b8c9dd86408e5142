"""The store: a run counts once and whole, or not at all."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_engine import result
from hypothesis import given, settings
from hypothesis import strategies as st

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.store import SegmentWriter, open_store, read_index
from plaza_lab.scenarios.store.claims import Claim, living_claims
from plaza_lab.scenarios.store.index import (
    Failure,
    failures_of,
    find_corruption,
    forget_failure,
    keep_failure,
    read_runs,
    refuse_damage,
)
from plaza_lab.scenarios.store.layout import run_key
from plaza_lab.scenarios.store.segments import FinishedRun, write_segment
from plaza_lab.scenarios.store.upkeep import find_garbage, keep_only, set_aside, sweep_out
from plaza_lab.scenarios.store.views import TableWriter, open_views

SETTING = SimpleNamespace(policy=SimpleNamespace(incentive=SimpleNamespace(has_prize=True)))
PARTS = ("runs", "days", "journal")
NO_PROCESS = 2**22 + 1  # above the largest process number of Linux


def finished(number: int, days: int = 14) -> FinishedRun:
    return FinishedRun(f"{number:016x}", "point", 2, "code", result(SETTING, number, days))


def keys(*numbers: int) -> list[str]:
    return [f"{number:016x}" for number in numbers]


def files(folder: Path) -> set[str]:
    found = (file for file in folder.rglob("*") if file.is_file() and file.name != "store.json")
    return {file.relative_to(folder).as_posix() for file in found}


def tables(store, numbers) -> dict[str, pd.DataFrame]:
    asked = pd.DataFrame({"run_id": keys(*numbers)})
    with open_views(store, read_index(store), asked, is_ordered=True) as views:
        return {
            part: views.sql(
                f'SELECT * EXCLUDE ("#run", "#row") FROM {part} ORDER BY "#run", "#row"'
            ).df()
            for part in PARTS
        }


def assert_same(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> None:
    for part in PARTS:
        pd.testing.assert_frame_equal(before[part], after[part], check_exact=True)


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


# Keys


PARTS_OF_A_KEY = st.tuples(
    st.from_regex("[0-9a-f]{16}", fullmatch=True),
    st.integers(1, 4000),
    st.integers(0, 2**53),
    st.from_regex("[0-9a-f]{16}", fullmatch=True),
)


@settings(max_examples=50, deadline=None)
@given(PARTS_OF_A_KEY, PARTS_OF_A_KEY, st.integers(0, 3))
def test_a_key_names_configuration_weeks_seed_and_engine_and_nothing_else(one, other, place):
    changed = (*one[:place], other[place], *one[place + 1 :])
    assert (run_key(*changed) == run_key(*one)) == (changed == one)
    assert len(run_key(*one)) == 16


def test_the_engine_here_is_meant_when_none_is_named(monkeypatch):
    mine = run_key("point", 52, 1)
    monkeypatch.setattr(
        "plaza_lab.scenarios.store.layout.code_fingerprint", lambda: "another engine"
    )
    assert run_key("point", 52, 1) == run_key("point", 52, 1, "another engine") != mine


# Segments


def test_who_reads_a_segment_lets_go_of_its_bytes(store, monkeypatch):
    """A thread of Arrow that does so late stops a process that is ending (SIGABRT)."""
    freed = []

    class Watched(bytes):
        def __del__(self):
            freed.append(threading.get_ident())

    write_segment(store, "a.parquet", [finished(number) for number in range(20)])
    data = (store.runs / "a.parquet").read_bytes()
    monkeypatch.setattr("plaza_lab.scenarios.store.index.read_regular", lambda file: Watched(data))
    for _ in range(100):
        read_runs(store, "a.parquet")
    assert freed == [threading.get_ident()] * 100


def test_what_is_read_is_what_was_written(store):
    runs = [finished(number, days) for number, days in ((3, 14), (1, 7), (2, 21))]
    write_segment(store, "a.parquet", runs)
    read = tables(store, (1, 2, 3))
    assert read["runs"]["run_id"].tolist() == keys(1, 2, 3)
    for run in runs:
        row = read["runs"].set_index("run_id").loc[run.key]
        assert {name: row[name] for name in run.result.outcomes} == run.result.outcomes
        days = read["days"][read["days"]["run_id"] == run.key]
        assert days["day"].tolist() == list(range(len(run.result.days)))
        names = list(run.result.metric_names)
        np.testing.assert_array_equal(days[names].to_numpy(), run.result.days)
        journal = read["journal"][read["journal"]["run_id"] == run.key]
        assert journal["amount_cents"].tolist() == [100, 100]
        assert set(journal["purpose"]) == {"prize"}


def interrupt(stack: ExitStack, step: int, error: BaseException) -> None:
    """Let the writing of a segment stop at its nth step: three files, each written and renamed."""
    count = 0
    real_write, real_replace = pq.write_table, Path.replace

    def counting(real):
        def act(*args, **kwargs):
            nonlocal count
            count += 1
            if count == step:
                raise error
            return real(*args, **kwargs)

        return act

    patch = pytest.MonkeyPatch()
    stack.callback(patch.undo)
    patch.setattr(pq, "write_table", counting(real_write))
    patch.setattr(Path, "replace", counting(real_replace))


@pytest.mark.parametrize("step", range(1, 7))
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_segment_is_written_whole_or_leaves_nothing(store, step, error):
    write_segment(store, "a.parquet", [finished(1)])
    before, there = tables(store, [1]), files(store.folder)
    with ExitStack() as stack, pytest.raises(type(error)):
        interrupt(stack, step, error)
        write_segment(store, "b.parquet", [finished(2), finished(3)])
    assert files(store.folder) == there
    assert_same(before, tables(store, [1]))


@pytest.mark.parametrize("step", range(1, 7))
def test_a_process_killed_while_writing_leaves_no_run_that_counts(store, monkeypatch, step):
    writer = f"{socket.gethostname()[:24]}-{NO_PROCESS}-00000000"
    write_segment(store, "a.parquet", [finished(1)])
    there = files(store.folder)
    with ExitStack() as stack, monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # a killed process tidies nothing
        interrupt(stack, step, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            write_segment(store, f"{writer}-00000.parquet", [finished(2)])
    index = read_index(store)
    assert set(index.segment_of) == set(keys(1))
    assert index.damaged == {}
    garbage = find_garbage(store)
    assert {file.relative_to(store.folder).as_posix() for file in garbage.files} == (
        files(store.folder) - there
    )
    sweep_out(store, garbage)
    assert files(store.folder) == there


def test_ctrl_c_while_a_segment_is_written_loses_no_run(store):
    writer = SegmentWriter(store, "me", seconds=1e9, most=2)
    with ExitStack() as stack:
        interrupt(stack, 4, KeyboardInterrupt())
        writer.add(finished(1))
        with pytest.raises(KeyboardInterrupt):
            writer.add(finished(2))
    writer.flush()
    assert writer.kept == 2
    assert set(read_index(store).segment_of) == set(keys(1, 2))


def test_segments_hold_what_finished_within_a_while(store):
    writer = SegmentWriter(store, "me", seconds=1e9, most=3)
    told = [writer.add(finished(number)) for number in range(7)]
    assert told == [False, False, True] * 2 + [False]
    writer.flush()
    writer.flush()
    assert sorted(map(len, read_index(store).keys_in.values())) == [1, 3, 3]
    slow = SegmentWriter(store, "slow", seconds=0.0)
    assert slow.add(finished(9))


def test_twins_count_once(store):
    write_segment(store, "a.parquet", [finished(1), finished(2)])
    before = tables(store, (1, 2))
    write_segment(store, "b.parquet", [finished(2), finished(3)])
    index = read_index(store)
    assert index.has_twins
    assert index.segment_of[keys(2)[0]] == "a.parquet"
    assert_same(before, tables(store, (1, 2)))
    assert tables(store, (1, 2, 3))["runs"]["run_id"].tolist() == keys(1, 2, 3)


# Damage


@pytest.fixture(scope="module")
def two_segments():
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        write_segment(store, "a.parquet", [finished(1), finished(2)])
        write_segment(store, "b.parquet", [finished(3)])
        yield TwoSegments(store)


class TwoSegments:
    def __init__(self, store) -> None:
        self.store = store
        self.whole = {part: self.file(part).read_bytes() for part in PARTS}

    def file(self, part: str) -> Path:
        return self.store.folder / part / "a.parquet"

    def put(self, **changed: bytes) -> None:
        for part, data in (self.whole | changed).items():
            self.file(part).write_bytes(data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARTS), st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_anywhere_counts_for_nothing(two_segments, part, share):
    store, whole = two_segments.store, two_segments.whole[part]
    two_segments.put(**{part: whole[: int(share * len(whole))]})
    index = read_index(store)
    assert list(index.damaged) == ["a.parquet"]
    assert set(index.segment_of) == set(keys(3))
    with pytest.raises(UserError, match=r"runs/a.parquet is damaged: .*plaza study resume"):
        refuse_damage(store, index.damaged)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("days", "journal")), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_byte_changed_anywhere_is_found(two_segments, part, share, change):
    data = bytearray(two_segments.whole[part])
    data[int(share * len(data))] ^= change
    two_segments.put(**{part: bytes(data)})
    assert find_corruption(two_segments.store, ["a.parquet", "b.parquet"]) == {
        "a.parquet": f"its file in {part}/ is not what was written"
    }


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_byte_changed_in_an_outcome_is_found_or_changes_nothing(two_segments, share, change):
    store = two_segments.store
    two_segments.put()
    expected = pq.read_table(store.runs / "a.parquet").to_pylist()
    data = bytearray(two_segments.whole["runs"])
    footer = int.from_bytes(data[-8:-4], "little") + 8  # behind the pages with the values
    data[int(share * (len(data) - footer))] ^= change
    two_segments.put(runs=bytes(data))
    if not read_index(store).damaged and not find_corruption(store, ["a.parquet"]):
        assert pq.read_table(store.runs / "a.parquet").to_pylist() == expected


@pytest.mark.parametrize("part", ["days", "journal"])
def test_a_segment_that_lacks_a_file_is_damaged(store, part):
    write_segment(store, "a.parquet", [finished(1)])
    (store.folder / part / "a.parquet").unlink()
    assert read_index(store).damaged == {"a.parquet": f"its file in {part}/ is missing"}


def test_damaged_segments_are_set_aside_and_nothing_else(store):
    for name, number in (("a.parquet", 1), ("b.parquet", 2)):
        write_segment(store, name, [finished(number)])
    (store.days / "a.parquet").write_bytes(b"PAR1")
    before = tables(store, [2])
    set_aside(store, read_index(store).damaged)
    assert read_index(store).damaged == {}
    assert_same(before, tables(store, [2]))
    assert {f"{part}/a.parquet.damaged" for part in PARTS} <= files(store.folder)
    garbage = find_garbage(store)
    assert len(garbage.files) == 3
    assert garbage.n_bytes > 0
    sweep_out(store, garbage)
    assert files(store.folder) == {f"{part}/b.parquet" for part in PARTS}


# Upkeep


def orphan(store, writer: str, part: str = "days") -> Path:
    """A part of a segment that was never finished."""
    write_segment(store, f"{writer}-00000.parquet", [finished(99)])
    for other in PARTS:
        if other != part:
            (store.folder / other / f"{writer}-00000.parquet").unlink()
    return store.folder / part / f"{writer}-00000.parquet"


def test_what_living_processes_write_is_left_alone(store):
    with Claim(store, "study") as claim:
        part = orphan(store, claim.writer)
        partial = store.runs / f".{claim.writer}-00001.parquet.partial"
        partial.touch()
        assert find_garbage(store).files == []
    assert part.exists()


def test_what_other_machines_write_is_left_alone_for_an_hour(store):
    part = orphan(store, "elsewhere-1-00000000")
    assert find_garbage(store).files == []
    os.utime(part, (1, 1))
    assert find_garbage(store).files == [part]


def test_a_segment_finished_while_one_looks_is_no_garbage(store, monkeypatch):
    name = f"{socket.gethostname()[:24]}-{NO_PROCESS}-00000000-00000.parquet"
    write_segment(store, name, [finished(1)])
    whole = (store.runs / name).read_bytes()
    (store.runs / name).unlink()

    def finish(store):
        (store.runs / name).write_bytes(whole)  # and its process ends, and its claim with it
        return {}

    monkeypatch.setattr("plaza_lab.scenarios.store.upkeep.living_claims", finish)
    assert find_garbage(store).files == []


@settings(max_examples=5, deadline=None)
@given(st.sets(st.integers(0, 6)))
def test_keeping_some_runs_keeps_their_bytes_and_takes_out_the_others(wanted):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        write_segment(store, "a.parquet", [finished(n) for n in (0, 1, 2)])
        write_segment(store, "b.parquet", [finished(n) for n in (2, 3, 4)])  # one twin
        write_segment(store, "c.parquet", [finished(n) for n in (5, 6)])
        before = tables(store, sorted(wanted)) if wanted else None
        assert keep_only(store, keys(*wanted)) == 7 - len(wanted)
        index = read_index(store)
        assert set(index.segment_of) == set(keys(*wanted))
        assert not index.damaged
        assert not index.has_twins
        assert find_corruption(store, index.keys_in) == {}
        assert find_garbage(store).files == []
        if before is not None:
            assert_same(before, tables(store, sorted(wanted)))


def test_runs_are_taken_out_only_when_nobody_works(store):
    write_segment(store, "a.parquet", [finished(1)])
    with Claim(store, "study"), pytest.raises(UserError, match="1 process is at work"):
        keep_only(store, [])
    assert keep_only(store, []) == 1


# Claims


def test_a_claim_tells_what_is_in_flight_and_ends_with_its_process(store):
    with Claim(store, "study") as claim:
        claim.tell(keys(1, 2))
        (told,) = living_claims(store).values()
        assert (told["study"], told["pid"]) == ("study", os.getpid())
        assert told["in_flight"] == keys(1, 2)
        claim.tell(keys(3), at_most_every_s=60)
        assert living_claims(store)[claim.writer]["in_flight"] == keys(1, 2)
    assert list(store.claims.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "age_s", "lives"),
    [
        ({"host": "HERE", "pid": NO_PROCESS}, 0, False),
        ({"host": "elsewhere", "pid": 1}, 0, True),
        ({"host": "elsewhere", "pid": 1}, 600, False),
        ({"host": "HERE", "pid": os.getpid()}, 0, True),
        ({}, 0, False),
        ("", 0, False),
    ],
)
def test_claims_of_processes_that_are_gone_do_not_count(store, text, age_s, lives):
    if text != "":
        text = json.dumps({"study": "s", "in_flight": []} | text)
    text = text.replace("HERE", socket.gethostname())
    file = store.claims / "x-1-00000000.json"
    file.write_text(text)
    stamp = file.stat().st_mtime - age_s
    os.utime(file, (stamp, stamp))
    assert bool(living_claims(store)) is lives


# Failures


def test_failures_are_kept_until_the_run_is_done(store):
    failure = Failure(keys(1)[0], "study", "points", 3, "it broke", "plaza run")
    keep_failure(store, failure)
    keep_failure(store, replace(failure, reason="it broke again"))
    assert [one.reason for one in failures_of(store, keys(0, 1, 2))] == ["it broke again"]
    forget_failure(store, keys(1)[0])
    assert failures_of(store, keys(1)) == []


# Opening


def test_a_new_folder_becomes_a_store_and_stays_one(tmp_path):
    first = open_store(tmp_path / "a" / "b")
    assert open_store(tmp_path / "a" / "b") == first
    assert open_store(tmp_path / "a" / "b", may_make=False) == first


def test_a_store_that_a_killed_process_was_making_is_made(tmp_path):
    (tmp_path / "store" / "runs").mkdir(parents=True)
    (tmp_path / "store" / ".store.json.123-456").write_text("")
    assert open_store(tmp_path / "store").claims.is_dir()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "there is no store .*; plaza study run makes one"),
        ({"thesis.txt": "precious"}, "is no store of Plaza"),
        (
            {"store.json": '{"format": 99}'},
            "a newer Plaza .store format 99, this one reads",
        ),
        ({"store.json": "{"}, "store.json cannot be read as the mark of a store"),
        ({"store.json": '{"format": true}'}, "made by a newer Plaza"),
    ],
)
def test_folders_that_are_no_store_are_refused_to_readers(tmp_path, content, said):
    for name, text in content.items():
        (tmp_path / "store").mkdir(exist_ok=True)
        (tmp_path / "store" / name).write_text(text)
    with pytest.raises(UserError, match=said):
        open_store(tmp_path / "store", may_make=False)
    assert files(tmp_path) == {f"store/{name}" for name in content if name != "store.json"}


@pytest.mark.parametrize("name", ["thesis.txt", "runs/results.csv", "store"])
def test_other_peoples_folders_are_never_made_a_store(tmp_path, name):
    place = tmp_path / "store"
    file = tmp_path / "store" if name == "store" else place / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("precious")
    with pytest.raises(UserError, match=r"give --store a new or empty folder|Not a directory"):
        open_store(place)
    assert file.read_text() == "precious"


# Reading


def test_views_join_what_the_plan_knows(tmp_path):
    store = open_store(tmp_path / "it's a store")
    write_segment(store, "a.parquet", [finished(1), finished(2), finished(4)])
    asked = pd.DataFrame(
        {"run_id": keys(2, 1, 3), "policy": ["b", "a", "c"], "seed": [2, 1, 3], "x.y": [0.5, 1, 2]}
    )
    with open_views(store, read_index(store), asked) as views:
        for part, rows in (("runs", 1), ("days", 14), ("journal", 2)):
            table = views.sql(f"SELECT * FROM {part}").df()
            assert list(table.columns[:4]) == ["run_id", "policy", "seed", "x.y"]
            assert table.columns.is_unique
            assert table.groupby("run_id").size().to_dict() == dict.fromkeys(keys(1, 2), rows)
            assert dict(zip(table["run_id"], table["policy"], strict=True)) == {
                keys(1)[0]: "a", keys(2)[0]: "b",
            }  # fmt: skip


@pytest.mark.parametrize("asked", [pd.DataFrame(), pd.DataFrame({"run_id": keys(7)})])
def test_nothing_finished_is_said_in_one_line(store, asked):
    with pytest.raises(UserError, match="none of the runs asked for is finished yet"):
        open_views(store, read_index(store), asked)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_pieces_make_one_table(tmp_path, ending):
    import pyarrow as pa

    table = pd.DataFrame({"run_id": list("abcd"), "x": [0.1, 1 / 3, float("nan"), 1e-300]})
    with TableWriter(tmp_path / f"t.{ending}") as writer:
        for piece in (table[:1], table[1:]):
            writer.add(pa.Table.from_pandas(piece, preserve_index=False))
    read = pd.read_csv if ending == "csv" else pd.read_parquet
    pd.testing.assert_frame_equal(read(tmp_path / f"t.{ending}"), table, check_exact=True)
