"""A log in several files: parts in a zip, days and channels in a folder; boxes that do not open."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import Log, read_log
from plaza_lab.scenarios.fit.purchases import read_purchases
from tests.real_forms import N_ACTS, acts, sales, table

TODAY = date(2025, 4, 1)
LINES = table().splitlines(keepends=True)
HEAD, ROWS = LINES[0], LINES[1:]
RECORDS = [{"member": member, "time": time.isoformat()} for time, member in acts()]


def zipped(files: dict[str, str | bytes]) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return box.getvalue()


def laid_out(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        place = folder / "export" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder / "export"


def in_a_zip(folder: Path, files: dict[str, str | bytes]) -> Path:
    place = folder / "export.zip"
    place.write_bytes(zipped(files))
    return place


def part(first: int, last: int) -> str:
    return HEAD + "".join(ROWS[first:last])


PARTS: dict[str, dict[str, str | bytes]] = {
    "months": {"2025-01.csv": part(0, 150), "2025-02.csv": part(150, N_ACTS)},
    "numbers in their order": {"p10.csv": part(300, N_ACTS), "p9.csv": part(0, 300)},
    "in a folder of its own": {"tea/a.csv": part(0, 99), "tea/b.csv": part(99, N_ACTS)},
    "cut without column names": {"x.csv.001": part(0, 200), "x.csv.002": "".join(ROWS[200:])},
    "with notes and a picture": {
        "a.csv": part(0, 9), "b.csv": part(9, N_ACTS), "README.txt": "Exported in March.\nBy Wen.",
        "chart.png": b"\x89PNG\r\n\x1a\n", "_SUCCESS": "", ".hidden.csv": "x,y\n1,2\n",
    },
    "with a list of channels": {
        "a.csv": part(0, 9), "b.csv": part(9, N_ACTS), "rooms.csv": "room,topic\ntea,leaves\n",
    },
    "one of them empty": {"a.csv": part(0, 0), "b.csv": part(0, N_ACTS), "c.csv": ""},
    "packed parts": {"a.csv.gz": gzip.compress(part(0, 50).encode()), "b.csv": part(50, N_ACTS)},
    "one is of semicolons": {
        "a.csv": part(0, 50), "b.csv": part(50, N_ACTS).replace(",", ";"),
    },
    "names of columns in capitals": {
        "a.csv": part(0, 50), "b.csv": part(50, N_ACTS).replace("member,time", "Member,Time"),
    },
    "json by channel": {
        "tea.json": json.dumps({"channel": {"name": "tea"}, "messages": RECORDS[::2]}),
        "cups.json": json.dumps({"channel": {"name": "cups"}, "messages": RECORDS[1::2]}),
    },
    "overlapping": {"a.csv": part(0, 250), "b.csv": part(200, N_ACTS)},
}  # fmt: skip


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Log:
    path = tmp_path_factory.mktemp("usual") / "log.csv"
    path.write_text(table())
    return read_log(path, today=TODAY)


@pytest.mark.parametrize("put", [in_a_zip, laid_out])
@pytest.mark.parametrize("case", PARTS)
def test_parts_are_one_log_and_are_named(tmp_path: Path, usual: Log, case: str, put) -> None:
    log = read_log(put(tmp_path, PARTS[case]), today=TODAY)
    assert log.seconds.tolist() == usual.seconds.tolist()
    assert log.member.tolist() == usual.member.tolist()
    twice = {"also in another part": 50} if case == "overlapping" else {}
    assert log.report.dropped == twice
    assert log.report.rows == N_ACTS + sum(twice.values())
    told = "; ".join(log.report.notes)
    for name in PARTS[case]:
        assert name in told or name.startswith(".")


def test_the_day_is_told_from_the_month_by_all_parts(tmp_path: Path, usual: Log) -> None:
    """A part of the first twelve days of a month tells nothing by itself."""
    text = table(when=lambda t: t.strftime("%d/%m/%Y %H:%M:%S"))
    head, *rows = text.splitlines(keepends=True)
    early = [row for row in rows if int(row.split(",")[1][:2]) <= 12]
    late = [row for row in rows if row not in early]
    log = read_log(in_a_zip(tmp_path, {"a.csv": head + "".join(early),
                                       "b.csv": head + "".join(late)}), today=TODAY)  # fmt: skip
    assert log.seconds.tolist() == usual.seconds.tolist()


def test_a_lost_row_is_shown_with_its_part(tmp_path: Path) -> None:
    files = {"a.csv": part(0, 200), "b.csv": part(200, N_ACTS) + "m01,soon\n"}
    (loss,) = read_log(in_a_zip(tmp_path, files), today=TODAY).report.lost
    assert loss.first == ("b.csv line 202", "m01,soon")


def _slack_files() -> dict[str, str | bytes]:
    days: dict[str, list[dict[str, str]]] = {}
    for place, (time, member) in enumerate(acts()):
        stamp = f"{(time - datetime(1970, 1, 1)).total_seconds():.6f}"
        row = {"type": "message", "user": f"U{member}", "ts": stamp, "text": "x"}
        channel = "general" if place % 2 else "random"
        days.setdefault(f"{channel}/{time:%Y-%m-%d}.json", []).append(row)
    users = [{"id": "Um03", "name": "teabot", "is_bot": True}, {"id": "Um04", "is_bot": False}]
    return {"users.json": json.dumps(users), "channels.json": '[{"name": "general"}]',
            "general/2025-01-05.json": "[]",
            **{name: json.dumps(rows) for name, rows in days.items()}}  # fmt: skip


@pytest.mark.parametrize("above", ["", "Tea Slack export/"])
@pytest.mark.parametrize("put", [in_a_zip, laid_out])
def test_an_export_of_slack_is_read_day_by_day(tmp_path: Path, put, above: str) -> None:
    files = {above + name: text for name, text in _slack_files().items()}
    log = read_log(put(tmp_path, files), today=TODAY)
    bots = sum(member == "m03" for _, member in acts())
    assert log.n_acts == N_ACTS - bots
    assert log.report.dropped == {"bot, deleted account or placeholder": bots}
    assert "days of the channels general, random" in log.report.notes[0]


def test_baskets_of_several_months_are_one_log(tmp_path: Path) -> None:
    head = "customer,date,amount\n"
    rows = [f"{who},{when.isoformat()},{paid}\n" for when, who, paid in sales()]
    files = {"may.csv": head + "".join(rows[:99]), "june.csv": head + "".join(rows[99:])}
    data = read_purchases(in_a_zip(tmp_path, files), today=date(2025, 6, 1))
    assert data.amount.sum() == pytest.approx(sum(paid for _, _, paid in sales()))


def _locked() -> bytes:
    """A zip whose file is marked as encrypted, as programs that lock one mark it."""
    box = bytearray(zipped({"log.csv": table()}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        box[box.index(mark) + at] |= 1
    return bytes(box)


def _of_another_packing() -> bytes:
    box = bytearray(zipped({"log.csv": table()}))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        box[box.index(mark) + at] = 9  # Deflate64, as Windows packs large files
    return bytes(box)


BOXES = {
    "locked": (_locked(), "is locked with a password"),
    "in a zip": (zipped({"inner.zip": zipped({"log.csv": table()})}), "holds a zip (inner.zip)"),
    "too large": (zipped({"a.csv": table(), "b.csv": table()}), "holds more than 12 KB"),
    "no file": (zipped({}), "is empty: no file is in it"),
    "of another packing": (_of_another_packing(), "packed in a way that is not read"),
    "nothing of a log": (
        zipped({"a.csv": "x,y\n1,2\n", "b.csv": "x,z\n1,2\n"}), "none with columns of a member",
    ),
    "cut off": (zipped({"a.csv": table(), "b.csv": table()})[:-30], "damaged or cut-off zip"),
    "members beside acts": (
        zipped({"acts.csv": table(), "members.csv": "user,created,city\na,2025-01-01,X\n"}),
        "different columns",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BOXES)
def test_a_box_that_is_no_log_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch, case: str
) -> None:
    content, words = BOXES[case]
    monkeypatch.chdir(tmp_path)
    Path("log.zip").write_bytes(content)
    assert main(["fit", "log.zip", "--max-size", "12KB"]) == 2
    line = capsys.readouterr().err.strip()
    assert words in line and "\n" not in line
    assert not Path("plaza-conf").exists()


def test_a_zip_that_holds_itself_is_not_followed(tmp_path: Path) -> None:
    """However deep, only the first zip is opened."""
    box = zipped({"log.csv": table()})
    for _ in range(50):
        box = zipped({"again.zip": box})
    (tmp_path / "log.zip").write_bytes(box)
    with pytest.raises(UserError, match="holds a zip"):
        read_log(tmp_path / "log.zip", today=TODAY)


def test_names_in_chinese_of_a_zip_are_told_as_they_are(tmp_path: Path) -> None:
    names = {b"x" * 6: "甲.csv", b"y" * 6: "乙.csv"}
    box = zipped({"x" * 6: part(0, 99), "y" * 6: part(99, N_ACTS)})
    for plain, name in names.items():
        box = box.replace(plain, name.encode("gbk"))
    place = tmp_path / "log.zip"
    place.write_bytes(box)
    assert any("甲.csv (99 rows)" in note for note in read_log(place, today=TODAY).report.notes)
