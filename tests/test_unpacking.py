"""A log that grows beyond what is allowed is refused before memory goes."""

from __future__ import annotations

import gzip
import resource

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.unpacking import MOST_BYTES, size_of, size_text, unpacked

HEAD = b"member,time\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(capsys, *arguments: str) -> str:
    assert main(["fit", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


@pytest.mark.slow
def test_a_flood_is_refused_with_little_of_it_in_memory(folder, capsys):
    with gzip.open("log.csv.gz", "wb") as file:
        file.write(HEAD)
        for _ in range(1000):
            file.write(b"\n" * 1_000_000)  # a gigabyte of nothing
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "unpacks to more than 200 times its size" in refusal(capsys, "log.csv.gz")
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 600_000


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_the_limit_is_held_and_can_be_raised(folder, capsys, pack):
    rows = b"".join(b"m%d,2024-%02d-%02d\n" % (n % 9, 1 + n // 250, 1 + n % 25) for n in range(999))
    (folder / "log.csv").write_bytes(pack(HEAD + rows))
    line = refusal(capsys, "log.csv", "--max-size", "10KB")
    assert "holds more than 10 KB; if that is right, allow more with --max-size 20KB" in line
    assert main(["fit", "log.csv", "--max-size", "20KB", "--name", "tea"]) == 0


def test_joined_packed_files_are_read_to_the_end(folder):
    parts = [HEAD, b"a,2024-01-01\n", b"b,2024-01-02\n"]
    (folder / "log").write_bytes(b"".join(map(gzip.compress, parts)) + b"\0" * 512)
    assert unpacked(folder / "log") == b"".join(parts)
    with pytest.raises(UserError, match="holds more than 20 bytes"):
        unpacked(folder / "log", 20)


def test_a_parquet_file_is_measured_by_its_foot(folder, capsys):
    table = pa.table({"member": ["m"] * 1_000_000, "time": ["2024-01-01"] * 1_000_000})
    parquet.write_table(table, "log.parquet")
    assert (folder / "log.parquet").stat().st_size < 10_000
    line = refusal(capsys, "log.parquet", "--max-size", "1MB")
    assert "unpacks to 16 MB, more than 1 MB" in line


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (b"PK\x03\x04", "a damaged or cut-off zip file"), (b"Rar!", "a rar file"),
        (b"BZh91AY", "a damaged or cut-off bzip2"), (b"\xfd7zXZ\x00", "a damaged or cut-off xz"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"), (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    ],
)  # fmt: skip
def test_what_is_packed_otherwise_is_named(folder, capsys, mark, said):
    (folder / "log.csv").write_bytes(mark + b"x" * 100)
    assert said in refusal(capsys, "log.csv")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/full"])
def test_a_device_is_no_log(capsys, device):
    assert "is a device" in refusal(capsys, device)


def test_sizes_are_read_and_written():
    assert [size_of(text) for text in ("10", "1kb", "2.5 MB", "3G")] == [
        10, 1000, 2_500_000, 3_000_000_000,
    ]  # fmt: skip
    assert [size_text(size) for size in (10, 1000, MOST_BYTES)] == ["10 bytes", "1 KB", "2 GB"]


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "nan", "inf", "1e9", "1TBB", "0.1"])
def test_what_is_no_size_is_refused(capsys, text):
    assert "a size is expected, such as 500MB or 4GB" in refusal(
        capsys, "log.csv", f"--max-size={text}"
    )
