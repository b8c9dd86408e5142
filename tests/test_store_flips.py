"""A byte that changed anywhere in a store is told, or changes no answer."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fake_engine import FakeEngine

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.store import checksums

TABLES = ("runs", "days", "journal")
FLIPS, CUTS = 120, 40
ASKED = [
    "policies=[thanks_only,weekly_prize]", "world.ties.decay=0.01,0.02", "run.replicates=2",
    "run.weeks=2", "--name", "one", "--no-report", "--store", "s",
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A store with one finished study of two segments, and its tables."""
    folder = tmp_path_factory.mktemp("whole")
    fake = FakeEngine()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
        patch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
        fake.stop_after = 3
        assert main(["study", "run", *ASKED]) == 130
        fake.stop_after = None
        assert main(["study", "resume", "one", "--no-report", "--store", "s"]) == 0
        assert main(["study", "export", "one", "--store", "s", "--to", "t"]) == 0
    assert len(list((folder / "s/runs").iterdir())) == 2
    return folder


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checksums, "_warned", set())
    return tmp_path


def places(store: Path) -> list[Path]:
    """The files of a store that hold anything."""
    return sorted(file for file in store.rglob("*") if file.is_file() and file.stat().st_size)


def damages(store: Path) -> list[tuple[Path, str, bytes]]:
    """Damage of every file in turn, at places drawn from a seed: what it is, and the content."""
    chance, found = random.Random(20), []
    files = places(store)
    for number in range(FLIPS):
        file = files[number % len(files)]
        data = bytearray(file.read_bytes())
        # half of them where names and checksums stand: in the last tenth
        low = 0 if number % 2 else int(0.9 * len(data))
        place, change = chance.randrange(low, len(data)), chance.randrange(1, 256)
        data[place] ^= change
        found.append((file, f"byte {place} changed by {change}", bytes(data)))
    for number in range(CUTS):
        file = files[number % len(files)]
        data = file.read_bytes()
        size = chance.choice([0, 1, len(data) - 1, chance.randrange(len(data))])
        found.append((file, f"cut to {size}", data[:size]))
    return found


def export(to: str) -> int:
    return main(["study", "export", "one", "--store", "s", "--to", to])


@pytest.mark.slow
def test_every_flipped_byte_and_every_cut_is_told_or_leaves_the_export_as_it_is(
    whole, empty_folder, capsys
):
    shutil.copytree(whole / "s", "s")
    expected = {part: (whole / f"t/{part}.parquet").read_bytes() for part in TABLES}
    told = 0
    for file, what, content in damages(Path("s")):
        before = file.read_bytes()
        file.write_bytes(content)
        capsys.readouterr()
        code = export("t")
        lines = capsys.readouterr().err.strip().splitlines()
        case = f"{file}: {what}: {code}, {lines}"
        if code:
            told += 1
            assert code == 2 and len(lines) == 1, case
            assert "fault of Plaza" not in lines[0] and "Traceback" not in lines[0], case
            assert not Path("t").exists(), case
        else:
            assert lines == [], case
            for part in TABLES:
                assert Path(f"t/{part}.parquet").read_bytes() == expected[part], case
            shutil.rmtree("t")
        file.write_bytes(before)
    assert told == FLIPS + CUTS, "none of these files is without use"


@pytest.mark.slow
def test_what_is_damaged_is_made_again_or_told(whole, empty_folder, capsys, monkeypatch):
    """Resuming sets damaged segments aside; what names the study is told, and stays."""
    engine = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", engine.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
    expected = {part: (whole / f"t/{part}.parquet").read_bytes() for part in TABLES}
    for number, (file, _, content) in enumerate(damages(whole / "s")[::6]):
        shutil.copytree(whole / "s", "s")
        own = Path("s") / file.relative_to(whole / "s")
        own.write_bytes(content)
        engine.calls.clear()
        code = main(["study", "resume", "one", "--no-report", "--store", "s"])
        if own.parent.name in TABLES:
            assert code == 0 and engine.calls
            assert export(f"t{number}") == 0
            for part in TABLES:
                assert Path(f"t{number}/{part}.parquet").read_bytes() == expected[part]
        else:
            assert code == 2 and not engine.calls
            assert own.read_bytes() == content
        shutil.rmtree("s")
    assert number > 20


# Stores that were made before there were checksums


def without_checksums(store: Path) -> None:
    """Make a store what it was before: no seal on texts, no checksum of a file in runs/."""
    for file in (store / "store.json", *store.glob("studies/*/study.json")):
        text = checksums.SEAL.sub("}\n", file.read_text())
        head, mark, tail = text.partition(', "points_sum": "')
        file.write_text(head + (tail.partition('"')[2] if mark else ""))
    for file in (store / "runs").iterdir():
        table = pq.read_table(file)
        marks = {
            name: value.decode().removesuffix(checksums.PROMISE)
            for name, value in table.schema.metadata.items()
            if name != checksums.WHOLE
        }
        pq.write_table(table.replace_schema_metadata(marks), file, compression="zstd")


def test_a_store_without_checksums_is_read_with_one_warning(whole, empty_folder, capsys):
    shutil.copytree(whole / "s", "s")
    without_checksums(Path("s"))
    assert export("t") == 0
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and "before stores had checksums" in lines[0]
    for part in TABLES:
        assert Path(f"t/{part}.parquet").read_bytes() == (whole / f"t/{part}.parquet").read_bytes()
    assert main(["study", "status", "one", "--store", "s"]) == 0
    assert capsys.readouterr().err == "", "once is enough"


@pytest.mark.parametrize("part", ["runs", "study"])
def test_a_checksum_that_is_lost_alone_is_missed(whole, empty_folder, capsys, part):
    shutil.copytree(whole / "s", "s")
    file = next(Path("s").glob("runs/*" if part == "runs" else "studies/*/study.json"))
    data = file.read_bytes()
    found = [*checksums.CHECK.finditer(data)][-1].start() if part == "runs" else data.rfind(b"sum")
    file.write_bytes(data[:found] + b"@" * 3 + data[found + 3 :])
    assert export("t") == 2
    assert "its checksum differs" in capsys.readouterr().err
