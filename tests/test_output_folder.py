"""The output folder: whole or not there, never half."""

from __future__ import annotations

import errno
import os
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.manifest import MANIFEST, write_manifest
from plaza_lab.scenarios.output.output_folder import (
    OutputFolder,
    default_folder,
    disk_errors,
    slug,
    write_tables,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path):
    with OutputFolder(tmp_path / "a" / "out") as folder:
        (folder.partial / "runs.parquet").write_text("x")
        assert names(tmp_path / "a") == [".out.lock", f"out.partial-{os.getpid()}"]
        folder.keep()
    assert names(tmp_path / "a") == ["out"]
    assert names(tmp_path / "a" / "out") == ["runs.parquet"]


def test_an_error_leaves_nothing_behind(tmp_path):
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "a" / "b" / "out") as folder:
        (folder.partial / "runs.parquet").write_text("x")
        raise RuntimeError
    assert names(tmp_path) == []


def test_folders_that_were_there_stay(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "a" / "out"):
        raise RuntimeError
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("may_replace", [False, True])
def test_what_is_not_plazas_is_never_replaced(tmp_path, may_replace):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("precious")
    with (
        pytest.raises(UserError, match=r"run\.out"),
        OutputFolder(tmp_path / "thesis", may_replace=may_replace),
    ):
        pass
    assert names(tmp_path / "thesis") == ["chapter"]


def test_an_output_folder_is_replaced_only_when_asked(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").write_text("old")
    write_manifest(out, {"command": "plaza run"})
    with pytest.raises(UserError, match=r"run\.overwrite=true"), OutputFolder(out):
        pass
    with OutputFolder(out, may_replace=True) as folder:
        (folder.partial / "new").write_text("new")
        assert names(out) == [MANIFEST, "old"]
        folder.keep()
    assert names(out) == ["new"]
    assert names(tmp_path) == ["out"]


def test_interrupted_studies_say_so_in_their_name(tmp_path):
    for _ in range(2):
        with OutputFolder(tmp_path / "out") as folder:
            folder.keep_interrupted()
    assert names(tmp_path) == ["out-interrupted", "out-interrupted-2"]


def test_a_folder_under_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserError, match=r"cannot be written.*run\.out"),
        OutputFolder(tmp_path / "file" / "out"),
    ):
        pass


def test_a_folder_nobody_may_write_to_is_refused():
    with pytest.raises(UserError, match="cannot be written"), OutputFolder(Path("/proc/plaza/out")):
        pass


def test_an_overlong_name_is_refused(tmp_path):
    with pytest.raises(UserError, match="cannot be written"), OutputFolder(tmp_path / ("a" * 300)):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_line():
    with (
        pytest.raises(UserError, match="no space left") as caught,
        disk_errors(Path("out")),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")
    assert caught.value.__cause__.errno == errno.ENOSPC


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_tables_on_a_full_disk_are_one_line(tmp_path):
    (tmp_path / "runs.parquet").symlink_to("/dev/full")
    with pytest.raises(UserError, match="no space left"), disk_errors(tmp_path):
        write_tables(tmp_path, {"runs": pd.DataFrame({"seed": range(1000)})})


def test_names_of_folders():
    assert str(default_folder("run", "")).startswith("plaza-out/run-2")
    assert str(default_folder("compare", "a b=c/../d")).startswith("plaza-out/compare-a-b-c-..-d-2")
    assert slug("incentive=points fund=dues") == "incentive-points-fund-dues"
    assert len(slug("x" * 200)) == 60


def test_two_runs_started_in_one_second_are_both_kept(tmp_path):
    name = default_folder("run", "points", datetime(2026, 11, 29, 12, 0, 0))
    kept = []
    with (
        OutputFolder(tmp_path / name, may_number=True) as first,
        OutputFolder(tmp_path / name, may_number=True) as second,
    ):
        for number, folder in enumerate((first, second)):
            (folder.partial / "runs.csv").write_text(str(number))
            kept.append(folder.keep())
    assert [one.name for one in kept] == [name.name, f"{name.name}-2"]
    assert [(one / "runs.csv").read_text() for one in kept] == ["0", "1"]
