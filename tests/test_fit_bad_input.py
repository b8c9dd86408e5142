"""Logs that are too little or not what they seem, at the command line: one line, no traceback."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest

from plaza_lab.scenarios.command_line.cli import main
from tests.real_forms import N_ACTS, acts, table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook(*rows: list[object]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def of_one_day(t: datetime) -> str:
    return "2025-02-03T" + t.isoformat()[11:]


BAD = {
    "one member": (table(who=lambda m: "m"), "has one member only"),
    "one member and a bot": (table(who=lambda m: "m" if m < "m09" else "tea-bot"), "one member"),
    "one day": (table(when=of_one_day), "spans 1 day: at least 14"),
    "only joins": (table(more=lambda i: "join", head="user,time,kind"), "holds no act"),
    "only joins, in chinese": (
        table(more=lambda i: "加入群聊", head="用户,时间,类型"), "holds no act",
    ),
    "only looking": (table(more=lambda i: "view", head="user,time,event"), "holds no act"),
    "only bots": (table(who=lambda m: m + "-bot"), "holds no act"),
    "all in the future": (
        table(when=lambda t: t.replace(year=2099).isoformat()), "400 x time in the future",
    ),
    "a tenth in the future": (
        table(when=lambda t: t.replace(year=2099 if t.day < 4 else t.year).isoformat()),
        "time in the future",
    ),
    "an empty sheet": (workbook(), "is empty: no sheet of it has a row"),
    "a sheet of column names": (workbook(["member", "time"]), "column names but no row"),
    "a sheet with a password": (OLE + "EncryptedPackage".encode("utf-16-le") * 9, "password"),
    "an old sheet cut off": (OLE + b"x" * 600, "damaged or cut-off workbook"),
    "a cut-off sheet": (workbook(*([m, t] for t, m in acts()))[:2000], "damaged or cut-off zip"),
    "a page": ("<html><body>Please log in</body></html>", "is a web page or XML, not a log"),
    "a page called a sheet": ("\n<TABLE><TR><TD>member</TD></TR></TABLE>", "is a web page or XML"),
    "column names alone": ("member,time", "column names but no row"),
    "an archive": (b"x" * 257 + b"ustar" + b"\0" * 250, "is a tar archive"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_one_line_and_nothing_written(
    tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content, words = BAD[case]
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    assert main(["fit", "log.csv"]) == 2
    told = capsys.readouterr()
    line = told.err.strip()
    assert words in line and line.startswith("plaza: ") and "\n" not in line
    assert "Traceback" not in told.out
    assert not Path("plaza-conf").exists()


def test_two_logs_that_overlap_are_told_and_counted_once(
    tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = table().splitlines(keepends=True)
    Path("a.csv").write_text("".join(lines[:251]))
    Path("b.csv").write_text("".join([lines[0], *lines[201:]]))
    assert main(["fit", "a.csv", "b.csv", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert f"{N_ACTS} acts" in printed and "50 also in another file" in printed
    assert "the files overlap from" in printed
    assert main(["fit", "a.csv", "a.csv", "--dry-run"]) == 0
    assert "250 also in another file" in capsys.readouterr().out


def test_a_few_dates_in_the_future_are_told(
    tmp_path: Path, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(table() + "m01,2099-01-01T00:00:00\n")
    assert main(["fit", "log.csv", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "1 time in the future" in printed and "line 402 'm01,2099-01-01T00:00:00'" in printed


def test_kinds_of_two_columns_are_each_counted_in_their_own(tmp_path, capsys):
    rows = [f"2024-01-{1 + n % 28:02},m{n % 9},{'message' if n % 7 else 'murmur'},"
            f"{'' if n % 5 else 'channel_jump'}" for n in range(140)]  # fmt: skip
    file = tmp_path / "log.csv"
    file.write_text("\n".join(["time,user,type,subtype", *rows]) + "\n", "utf-8")
    assert main(["fit", str(file), "--dry-run"]) == 2
    told = capsys.readouterr().err
    assert "channel_jump (28 rows)" in told
    assert "murmur (20 rows)" in told
