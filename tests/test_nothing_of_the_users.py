"""What Plaza did not write is never removed, and a name is held from the start."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import refusal

from plaza_lab.engine.reservation import Reservation, Taken
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import keep_earlier
from plaza_lab.scenarios.output.manifest import MANIFEST, why_not_ours, write_manifest
from plaza_lab.scenarios.output.output_folder import OutputFolder


@pytest.fixture
def out(tmp_path):
    """An output folder of Plaza, with a table, a page and a picture one folder down."""
    folder = tmp_path / "out"
    (folder / "more").mkdir(parents=True)
    for name in ("runs.parquet", "report.html", "more/effects.png"):
        (folder / name).write_text(name)
    write_manifest(folder, {"command": "plaza run"})
    return folder


def replaced(place: Path) -> None:
    with OutputFolder(place, may_replace=True) as folder:
        (folder.partial / "new").write_text("new")
        folder.keep()


def contents(folder: Path) -> dict[str, bytes | str]:
    return {
        str(place.relative_to(folder)): str(place.readlink()) if place.is_symlink()
        else place.read_bytes() if place.is_file() else ""
        for place in folder.rglob("*")
    }  # fmt: skip


def test_what_plaza_wrote_is_replaced(out):
    assert why_not_ours(out) == ""
    replaced(out)
    assert sorted(place.name for place in out.parent.iterdir()) == ["out"]
    assert [place.name for place in out.iterdir()] == ["new"]


def _document(out):
    (out / "thesis.docx").write_text("precious")


def _hidden(out):
    (out / ".notes").write_text("precious")


def _deep(out):
    (out / "more" / "notes").mkdir()
    (out / "more" / "notes" / "a.txt").write_text("precious")


def _empty_folder(out):
    (out / "drafts").mkdir()


def _link(out):
    (out / "link").symlink_to(out.parent)


def _edited(out):
    (out / "report.html").write_text("my remarks")


def _listed_link(out):
    (out / "report.html").unlink()
    (out / "report.html").symlink_to(out.parent / "kept")


def _pipe(out):
    (out / "report.html").unlink()
    os.mkfifo(out / "report.html")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [(_document, "thesis.docx"), (_hidden, ".notes"), (_deep, "more/notes/a.txt"),
     (_empty_folder, "drafts/"), (_link, "link"), (_edited, "report.html was changed"),
     (_listed_link, "report.html"), (_pipe, "report.html")],
)  # fmt: skip
def test_a_folder_with_something_of_the_users_is_left_whole(out, spoil, named):
    (out.parent / "kept").write_text("kept")
    spoil(out)
    before = contents(out.parent) if spoil is not _pipe else None
    with pytest.raises(UserError, match=rf"not overwritten: .*{re.escape(named)}[^\n]*run\.out"):
        replaced(out)
    assert before is None or contents(out.parent) == before


def test_the_first_few_strangers_are_named_and_the_others_counted(out):
    for number in range(9):
        (out / f"note-{number}").touch()
    with pytest.raises(UserError, match="note-0, note-1, note-2 and 6 more"):
        replaced(out)


def _manifest(files, **more):
    return json.dumps({"is": "an output folder of Plaza", "files": files} | more)


FOREIGN = [
    "{}", "[]", "null", "no json", "", '{"files": 3}', '{"files": ["manifest.json"]}',
    '{"name": "my extension", "manifest_version": 3, "files": ["manifest.json"]}',
    _manifest([MANIFEST, 3]), _manifest("manifest.json"), _manifest({MANIFEST: 1}),
    _manifest([MANIFEST], sha256=3), "[" * 100_000,
]  # fmt: skip
ESCAPES = ["../kept", "/etc/passwd", "a/../../kept", "..", ".", "", "a\\..\\kept", "C:kept", "./a",
           "a//b"]  # fmt: skip


@pytest.mark.parametrize("text", FOREIGN)
def test_a_manifest_that_is_none_of_plazas_is_left(tmp_path, text):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text(text)
    with pytest.raises(UserError, match=r"manifest\.json is not one that Plaza wrote"):
        replaced(tmp_path / "out")
    assert (tmp_path / "out" / MANIFEST).read_text() == text


@pytest.mark.parametrize("name", ESCAPES)
def test_names_that_leave_the_folder_are_refused(tmp_path, name):
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MANIFEST).write_text(_manifest([name, MANIFEST]))
    with pytest.raises(UserError, match="which is not in the folder"):
        replaced(tmp_path / "out")
    assert (tmp_path / "kept").read_text() == "kept"


def test_a_link_to_an_output_folder_is_not_replaced(out):
    (out.parent / "link").symlink_to(out)
    with pytest.raises(UserError, match="it is a link"):
        replaced(out.parent / "link")
    assert (out / "runs.parquet").exists()


def test_what_comes_into_the_way_meanwhile_is_kept_and_so_is_the_study(out):
    with OutputFolder(out, may_replace=True) as folder:
        (folder.partial / "new").write_text("new")
        (out / "note").write_text("precious")
        assert folder.keep() == out.with_name("out-2")
    assert (out / "note").read_text() == "precious"
    assert (out.with_name("out-2") / "new").exists()


def test_the_command_line_leaves_a_folder_with_a_document(capsys, tmp_path, monkeypatch, out):
    (out / "thesis.docx").write_text("precious")
    line = refusal(capsys, "run", f"run.out={out}", "run.overwrite=true", "run.weeks=1")
    assert "thesis.docx, which Plaza did not write" in line
    assert (out / "thesis.docx").read_text() == "precious"


# names


def test_a_name_in_use_is_refused_at_once_and_free_again_afterwards(tmp_path):
    with OutputFolder(tmp_path / "out"):
        with pytest.raises(UserError, match=r"being written by another process; give run\.out"):
            OutputFolder(tmp_path / "out").__enter__()
        assert sorted(p.name for p in tmp_path.iterdir())[0] == ".out.lock"
    with OutputFolder(tmp_path / "out") as folder:
        folder.keep()
    assert [place.name for place in tmp_path.iterdir()] == ["out"]


def test_names_nobody_chose_are_numbered(tmp_path):
    kept = []
    with (
        OutputFolder(tmp_path / "out", may_number=True) as one,
        OutputFolder(tmp_path / "out", may_number=True) as two,
    ):
        kept += [two.keep(), one.keep()]
    with OutputFolder(tmp_path / "out", may_number=True) as three:
        kept.append(three.keep())
    assert [place.name for place in kept] == ["out-2", "out", "out-3"]
    assert sorted(place.name for place in tmp_path.iterdir()) == ["out", "out-2", "out-3"]


KILLED = """
import os, sys
from pathlib import Path
from plaza_lab.scenarios.output.output_folder import OutputFolder
OutputFolder(Path(sys.argv[1])).__enter__()
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_killed_process_holds_no_name(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "out")], check=False,
                   cwd=Path(__file__).parents[1])  # fmt: skip
    assert (tmp_path / ".out.lock").exists()
    with OutputFolder(tmp_path / "out") as folder:
        assert folder.keep() == tmp_path / "out"
    assert not (tmp_path / ".out.lock").exists()


def _hold(place, results):
    try:
        held = Reservation(Path(place))
        results.put(1)
    except Taken:
        results.put(0)
    results.close()
    results.join_thread()
    import time

    time.sleep(8.0)
    if "held" in locals():
        held.release()


@pytest.mark.slow
def test_of_many_processes_one_gets_the_name(tmp_path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    crowd = [context.Process(target=_hold, args=(str(tmp_path / "o"), results)) for _ in range(6)]
    for one in crowd:
        one.start()
    got = [results.get(timeout=60) for _ in crowd]
    for one in crowd:
        one.join()
    assert got.count(1) == 1


def test_an_option_file_is_written_anew_only_with_a_copy_of_what_it_held(tmp_path):
    world = tmp_path / "tea.yaml"
    assert keep_earlier(world, b"new") is None
    world.write_text("mine")
    first = keep_earlier(world, b"new")
    assert first.name == "tea.yaml.earlier" and first.read_text() == "mine"
    assert keep_earlier(world, b"new") == first
    world.write_text("mine too")
    assert keep_earlier(world, b"new").read_text() == "mine too"
    assert keep_earlier(world, b"mine too") is None
