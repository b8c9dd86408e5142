"""Reading a log: formats, refusals in one line, and what must not matter."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import read_log
from plaza_lab.scenarios.fit.purchases import read_purchases
from plaza_lab.scenarios.fit.reading.equal_rows import repeated, signs_of
from plaza_lab.scenarios.fit.verb import run_fit

TODAY = date(2026, 6, 1)
DAYS = pd.date_range("2025-01-01", periods=30, freq="D")


def log_frame(times: list[object] | pd.Index = DAYS) -> pd.DataFrame:
    return pd.DataFrame({"uid": [f"m{i % 7}" for i in range(len(times))], "t": times})


def written(folder: Path, frame: pd.DataFrame, name: str = "log.csv") -> Path:
    path = folder / name
    if name.endswith(".parquet"):
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


def one_line(message: str) -> bool:
    return bool(message) and "\n" not in message and len(message) < 400


class TestForms:
    @pytest.mark.parametrize(
        "times",
        [
            DAYS.strftime("%Y-%m-%d"),
            DAYS.strftime("%Y-%m-%dT%H:%M:%S"),
            DAYS.strftime("%Y-%m-%d %H:%M:%S+00:00"),
            DAYS.strftime("%Y%m%d"),
            (DAYS.astype("datetime64[s]").astype(np.int64)).astype(str),
            (DAYS.astype("datetime64[ms]").astype(np.int64)).astype(str),
        ],
        ids=["date", "datetime", "zoned", "yyyymmdd", "seconds", "milliseconds"],
    )
    def test_every_form_of_time_reads_the_same(self, tmp_path: Path, times: pd.Index) -> None:
        log = read_log(written(tmp_path, log_frame(times)), today=TODAY)
        assert (log.first_day, log.last_day) == (date(2025, 1, 1), date(2025, 1, 30))
        assert log.day.tolist() == list(range(30))
        assert log.report.dropped == {}

    @pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet", "a.dat"])
    def test_csv_gzip_and_parquet_read_the_same(self, tmp_path: Path, name: str) -> None:
        log = read_log(written(tmp_path, log_frame(), name), today=TODAY)
        assert (log.n_acts, log.n_members, log.n_days) == (30, 7, 30)

    def test_semicolons_and_byte_order_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "log.csv"
        path.write_text("﻿" + log_frame().to_csv(index=False, sep=";"), encoding="utf-8")
        assert read_log(path, today=TODAY).n_acts == 30

    def test_other_column_names_by_option(self, tmp_path: Path) -> None:
        frame = log_frame().rename(columns={"uid": "Who", "t": "When"})
        log = read_log(written(tmp_path, frame), member="Who", time="When", today=TODAY)
        assert log.n_acts == 30

    def test_one_community_out_of_several(self, tmp_path: Path) -> None:
        both = pd.concat([log_frame().assign(repo="a"), log_frame().assign(repo="b")])
        path = written(tmp_path, both)
        assert read_log(path, where="repo=b", today=TODAY).n_acts == 30
        with pytest.raises(UserError, match=r"--where repo=VALUE.*a, b"):
            read_log(path, today=TODAY)
        with pytest.raises(UserError, match="a, b"):
            read_log(path, where="repo=c", today=TODAY)


class TestDroppedRows:
    def test_every_dropped_row_is_counted_with_its_reason(self, tmp_path: Path) -> None:
        frame = log_frame(DAYS.strftime("%Y-%m-%d"))
        bad = pd.DataFrame(
            {
                "uid": [None, "m1", "m2", "m3", "NaN"],
                "t": ["2025-01-02", "yesterday", "2031-01-01", "1970-01-01", "2025-01-02"],
            }
        )
        path = written(tmp_path, pd.concat([frame, bad]))
        path.write_text(path.read_text() + "m1,2025-01-03,surplus\n")
        log = read_log(path, today=TODAY)
        assert log.n_acts == 30
        assert log.report.rows == 36
        assert log.report.dropped == {
            "missing member id": 2,
            "unreadable time": 1,
            "time in the future": 1,
            "time before 1980": 1,
            "ragged row": 1,
        }

    def test_repeated_rows_are_duplicates_only_with_seconds(self, tmp_path: Path) -> None:
        frame = log_frame(DAYS.strftime("%Y-%m-%d"))
        path = written(tmp_path, pd.concat([frame, frame]))
        assert read_log(path, today=TODAY).n_acts == 60
        timed = log_frame(DAYS.strftime("%Y-%m-%dT12:30:15"))
        path = written(tmp_path, pd.concat([timed, timed]))
        log = read_log(path, today=TODAY)
        assert (log.n_acts, log.report.dropped) == (30, {"exact duplicate": 30})
        other = timed.assign(message=range(30, 60))
        path = written(tmp_path, pd.concat([timed.assign(message=range(30)), other]))
        assert read_log(path, today=TODAY).n_acts == 60

    def test_out_of_order_is_sorted_and_said(self, tmp_path: Path) -> None:
        log = read_log(written(tmp_path, log_frame()[::-1]), today=TODAY)
        assert np.all(np.diff(log.seconds) >= 0)
        assert any("out of order" in note for note in log.report.notes)

    def test_rows_of_joining_tell_the_roll(self, tmp_path: Path) -> None:
        joins = pd.DataFrame({"uid": [f"x{i}" for i in range(20)], "t": "2025-01-05"})
        both = pd.concat([log_frame().assign(kind="post"), joins.assign(kind="join")])
        log = read_log(written(tmp_path, both), today=TODAY)
        assert (log.n_members, log.joined, log.n_acts) == (7, 27, 30)


REFUSED = {
    "missing": (None, "does not exist"),
    "empty": (b"", "is empty"),
    "header_only": (b"uid,t\n", "no row"),
    "one_member": (b"uid,t\n" + b"a,2025-01-01\n" * 9 + b"a,2025-02-01\n", "one member"),
    "short": (b"uid,t\na,2025-01-01\nb,2025-01-05\n", "at least 14"),
    "no_header": (b"1,2,1082040961\n3,4,1082155839\n", r"--time.*read there: 1, 1082040961, 2"),
    "unreadable": (b"uid,t\na,soon\nb,32/12/2025\n", r"no row .* can be used .*'soon'.*ISO"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "neither CSV, JSON, Excel nor Parquet"),
    "excel": (b"PK\x03\x04rest", "damaged or cut-off zip"),
    "parquet": (b"PAR1broken", "damaged or cut-off Parquet"),
    "gzip": (gzip.compress(b"uid,t\na,2025-01-01\n" * 99)[:-20], "cut-off gzip"),
}  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize("kind", REFUSED)
    def test_one_clear_line(self, tmp_path: Path, kind: str) -> None:
        content, words = REFUSED[kind]
        path = tmp_path / "log.csv"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(UserError, match=words) as refused:
            run_fit([str(path), "--out", str(tmp_path / "out")])
        assert one_line(str(refused.value))
        assert not (tmp_path / "out").exists()

    def test_directory(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="is a directory"):
            run_fit([str(tmp_path)])

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--member", "who"], r"--member who.*it has t, uid"),
            (["--time", "uid"], "no row .* can be used"),
            (["--where", "uid"], "--where COLUMN=VALUE"),
            (["--where", "room=1"], "no column room"),
            (["--name", "My World"], "is no name of a world"),
            (["--bootstrap", "-1"], "--bootstrap -1"),
            (["--bootstrap", "many"], "a whole number from 0 to 10,000"),
            (["--members-total", "3"], r"less than the 7 members"),
            (["--members-total", "0"], "1 or more"),
            (["--amount", "t"], "goes with --purchases"),
            (["--purchases"], r"--amount COLUMN"),
            (["--purchases", "--kind", "t"], "does not go with --purchases"),
            (["--nonsense"], "unrecognized arguments"),
        ],
    )
    def test_options(self, tmp_path: Path, arguments: list[str], words: str) -> None:
        path = written(tmp_path, log_frame())
        with pytest.raises(UserError, match=words) as refused:
            run_fit([str(path), *arguments, "--out", str(tmp_path / "out")])
        assert one_line(str(refused.value))

    def test_nobody_comes_back(self, tmp_path: Path) -> None:
        frame = log_frame().assign(uid=[f"m{i}" for i in range(30)])
        with pytest.raises(UserError, match="second day"):
            run_fit([str(written(tmp_path, frame)), "--out", str(tmp_path / "out")])


@st.composite
def acts(draw: st.DrawFn) -> list[tuple[str, int]]:
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 60 * 86_400)),
            min_size=4,
            max_size=60,
        )
    )
    return [*rows, ("a", 0), ("b", 60 * 86_400)]


class TestInvariance:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows=acts(), seed=st.integers(0, 2**32 - 1))
    def test_order_of_rows_does_not_matter(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]], seed: int
    ) -> None:
        folder = tmp_path_factory.mktemp("shuffled")
        frame = pd.DataFrame(rows, columns=["uid", "t"])
        frame["t"] += 1_700_000_000
        shuffled = frame.sample(frac=1, random_state=seed)
        first = read_log(written(folder, frame, "a.csv"), today=TODAY)
        second = read_log(written(folder, shuffled, "b.csv"), today=TODAY)
        assert np.array_equal(first.member, second.member)
        assert np.array_equal(first.seconds, second.seconds)

    @settings(max_examples=40, deadline=None)
    @given(rows=acts(), copies=st.integers(1, 3))
    def test_duplicates_are_counted_and_leave_the_rest_alone(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]], copies: int
    ) -> None:
        folder = tmp_path_factory.mktemp("copied")
        frame = pd.DataFrame(sorted(set(rows)), columns=["uid", "t"])
        frame["t"] += 1_700_000_001
        path = written(folder, pd.concat([frame] * (copies + 1)))
        log = read_log(path, today=TODAY)
        assert log.n_acts == len(frame)
        assert log.report.dropped.get("exact duplicate", 0) == copies * len(frame)
        assert log.n_acts + sum(log.report.dropped.values()) == log.report.rows


def test_refunds_are_taken_off_and_unreadable_amounts_left_out(tmp_path: Path) -> None:
    frame = log_frame().rename(columns={"uid": "customer"}).assign(amount="12.50")
    frame.loc[[13, 4, 5], "amount"] = ["-1", "free", ""]
    data = read_purchases(written(tmp_path, frame), today=TODAY)
    assert data.report.dropped == {"unreadable amount": 2, "return or cancelled invoice": 1}
    assert data.amount.sum() == pytest.approx(27 * 12.5 - 1)


def test_rows_that_differ_in_a_nested_column_are_kept():
    """A list of tags has no dictionary in Arrow; rows that differ there alone are two acts."""
    rows = pa.table({"member": ["a", "a", "a"], "tags": [[1], [2], [1]]})
    assert repeated(signs_of(rows)).tolist() == [False, False, True]
