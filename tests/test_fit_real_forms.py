"""Exports as people have them are read right, or refused in a line; nothing is lost untold."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import Log, read_log
from plaza_lab.scenarios.fit.verb import run_fit
from tests.real_forms import N_ACTS, N_MEMBERS, START, acts, table

TODAY = date(2025, 4, 1)


def put(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, name: str = "log.csv", **asked: object) -> Log:
    return read_log(put(folder, content, name), **{"today": TODAY, **asked})


@pytest.fixture
def usual(tmp_path: Path) -> Log:
    return read(tmp_path, table(), "usual.csv")


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> str:
    with pytest.raises(UserError) as told:
        run_fit([*arguments, "--out", str(folder / "out")])
    assert not (folder / "out").exists()
    assert "\n" not in str(told.value)
    return str(told.value)


GERMAN = ("Januar", "Februar", "März")
FRENCH = ("janv.", "févr.", "mars")
SPANISH = ("enero", "febrero", "marzo")
RUSSIAN = ("января", "февраля", "марта")
HALVES = {"am": ("AM", "PM"), "a.m.": ("a.m.", "p.m."), "zh": ("上午", "下午")}


def _since_1970(t: datetime) -> int:
    return int((t - datetime(1970, 1, 1)).total_seconds())


def _of_excel(t: datetime) -> str:
    return f"{(t - datetime(1899, 12, 30)).total_seconds() / 86400:.6f}"


def _half(t: datetime, words: str) -> str:
    return HALVES[words][t.hour > 11]


TIMES = {
    "microseconds": lambda t: str(_since_1970(t) * 10**6),
    "nanoseconds": lambda t: str(_since_1970(t) * 10**9),
    "all digits in e-notation": lambda t: f"{_since_1970(t):.9E}",
    "days of german excel": lambda t: '"' + _of_excel(t).replace(".", ",") + '"',
    "excel among iso": lambda t: _of_excel(t) if t.day % 3 == 0 else t.isoformat(),
    "german": lambda t: f"{t.day}. {GERMAN[t.month - 1]} {t.year} {t:%H:%M} Uhr",
    "german, cut short": lambda t: f"{t.day}. {GERMAN[t.month - 1][:3]}. {t.year} {t:%H:%M}",
    "french": lambda t: f"{t.day} {FRENCH[t.month - 1]} {t.year} à {t:%H}h{t:%M}",
    "spanish": lambda t: f'"{t.day} de {SPANISH[t.month - 1]} de {t.year}, {t:%H:%M}"',
    "russian": lambda t: f"{t.day} {RUSSIAN[t.month - 1]} {t.year} г. {t:%H:%M}",
    "a.m.": lambda t: f"{t:%m/%d/%Y %I:%M} {_half(t, 'a.m.')}",
    "am without a space": lambda t: f'"{t:%m/%d/%y, %I:%M}{_half(t, "am")}"',
    "narrow space before pm": lambda t: f'"{t:%m/%d/%y, %I:%M}\u202f{_half(t, "am")}"',
    "chinese half behind": lambda t: f"{t:%Y-%m-%d %I:%M} {_half(t, 'zh')}",
    "year of two digits first": lambda t: t.strftime("%y/%m/%d %H:%M"),
    "year of two digits last": lambda t: t.strftime("%d-%m-%y %H:%M"),
    "brackets": lambda t: f'"[{t:%d/%m/%Y, %H:%M:%S}]"',
    "zone in letters": lambda t: t.isoformat(" ") + " CST",
    "zone of two words in brackets": lambda t: t.isoformat() + "-05:00[America/New_York]",
    "zone of three parts": lambda t: t.isoformat() + "-03:00[America/Argentina/San_Juan]",
    "zone in brackets": lambda t: t.isoformat() + "+08:00[Asia/Shanghai]",
    "offset and utc": lambda t: t.isoformat(" ") + " +0000 UTC",
    "day and month together": lambda t: t.strftime("%d%b%Y %H:%M"),
    "oracle": lambda t: t.strftime("%d-%b-%y %I.%M.%S") + f".000000 {_half(t, 'am')}",
    "full width": lambda t: t.strftime("%Y-%m-%d %H:%M").translate(
        {ord("0") + k: 0xFF10 + k for k in range(10)} | {ord(":"): "："}
    ),
    "weekday in chinese": lambda t: (
        f"{t.year}年{t.month}月{t.day}日 星期{'一二三四五六日'[t.weekday()]} {t:%H:%M}"
    ),
    "offset": lambda t: t.isoformat() + "-08:00",
    "offset without colon": lambda t: t.isoformat(" ") + "+0530",
    "utc": lambda t: t.isoformat() + "Z",
    "dmy": lambda t: t.strftime("%d/%m/%Y %H:%M"),
    "dmy of two digits": lambda t: t.strftime("%d/%m/%y %H:%M"),
    "points": lambda t: t.strftime("%d.%m.%Y %H:%M"),
    "mdy": lambda t: t.strftime("%m/%d/%Y %I:%M %p"),
    "slashes": lambda t: t.strftime("%Y/%m/%d %H:%M:%S"),
    "chinese": lambda t: f"{t.year}年{t.month}月{t.day}日 {t.hour}:{t.minute:02d}",
    "chinese clock": lambda t: f"{t.year}年{t.month}月{t.day}日 {t.hour}时{t.minute}分{t.second}秒",
    "chinese afternoon": lambda t: (
        f"{t.year}年{t.month}月{t.day}日 {'下午' if t.hour > 11 else '上午'}"
        f"{(t.hour - 1) % 12 + 1}:{t.minute:02d}"
    ),
    "month in words": lambda t: t.strftime('"%b %d, %Y, %I:%M %p"'),
    "mail": lambda t: t.strftime('"%a, %d %b %Y %H:%M:%S +0800"'),
    "compact": lambda t: t.strftime("%Y%m%d%H%M%S"),
    "seconds": lambda t: str(int((t - datetime(1970, 1, 1)).total_seconds())),
    "seconds and milliseconds": lambda t: str(
        int((t - datetime(1970, 1, 1)).total_seconds()) * (1000 if t.minute % 2 else 1)
    ),
    "fractions of slack": lambda t: f"{(t - datetime(1970, 1, 1)).total_seconds():.6f}",
    "days of excel": lambda t: f"{(t - datetime(1899, 12, 30)).total_seconds() / 86400:.6f}",
    "half and half": lambda t: (
        t.isoformat() if t < datetime(2025, 2, 1) else t.strftime("%d/%m/%Y %H:%M")
    ),
}


@pytest.mark.parametrize("form", TIMES)
def test_the_local_day_is_the_day_as_written(tmp_path: Path, usual: Log, form: str) -> None:
    log = read(tmp_path, table(when=TIMES[form]))
    assert log.day.tolist() == usual.day.tolist()
    assert log.first_day == usual.first_day
    assert sum(log.report.dropped.values()) == 0


def test_a_zone_moves_instants_and_is_said(tmp_path: Path) -> None:
    text = table(when=lambda t: t.replace(hour=20).isoformat() + "Z")
    told = read(tmp_path, text)
    moved = read(tmp_path, text, zone="Asia/Shanghai")
    assert (moved.first_day - told.first_day).days == 1
    assert "UTC" in told.report.zone and "Asia/Shanghai" in moved.report.zone
    with pytest.raises(UserError, match="--tz Moon: no such time zone"):
        read(tmp_path, text, zone="Moon")


def test_which_number_is_the_day_or_the_year_is_told(tmp_path: Path, usual: Log) -> None:
    told = read(tmp_path, table(when=lambda t: t.strftime("%d/%m/%Y"))).report.notes
    assert any("the day comes first in dates such as 3/4" in note for note in told)
    told = read(tmp_path, table(when=lambda t: t.strftime("%m/%d/%Y"))).report.notes
    assert any("the month comes first" in note for note in told)
    short = table(when=lambda t: t.strftime("%y-%m-%d"))
    told = read(tmp_path, short).report.notes
    assert any("the year comes first in dates such as 24/5/6" in note for note in told)
    assert read(tmp_path, short, time_format="ymd").day.tolist() == usual.day.tolist()
    either = "member,time\n" + "".join(
        f"m{i % 5},{1 + i % 9:02d}/{1 + i % 12:02d}/{1 + i % 10:02d}\n" for i in range(360)
    )
    with pytest.raises(UserError, match="may begin or end with the year: say --time-format"):
        read(tmp_path, either)


CLOCKS = {
    "three": (("+08:00", "Z", ""), True), "two of far places": (("+08:00", "-05:00"), True),
    "with and without": (("+01:00", ""), True), "summer and winter": (("+01:00", "+02:00"), False),
    "one": (("+08:00",), False),
}  # fmt: skip


@pytest.mark.parametrize("form", ["iso", "words", "by format"])
@pytest.mark.parametrize("case", CLOCKS)
def test_times_on_several_clocks_are_as_written_and_told(
    tmp_path: Path, usual: Log, case: str, form: str
) -> None:
    ends, is_told = CLOCKS[case]
    if form == "by format" and "" in ends:
        pytest.skip("a format with %z fits no time without an offset")
    write = {"iso": "%Y-%m-%dT%H:%M:%S", "words": "%d %b %Y %H:%M:%S "}.get(
        form, "%d|%m|%Y %H:%M:%S"
    )
    text = table(when=lambda t: t.strftime(write) + ends[(t.second + t.day) % len(ends)])
    asked = {"time_format": write + "%z"} if form == "by format" else {}
    log = read(tmp_path, text, **asked)
    assert log.day.tolist() == usual.day.tolist()
    told = [note for note in log.report.notes if "times are on different clocks" in note]
    assert len(told) == is_told
    if is_told:
        assert all((end.replace("Z", "+00:00") or "no offset") in told[0] for end in ends)
    moved = read(tmp_path, text, zone="Asia/Shanghai", **asked)
    hours = {end: 8 - (int(end[:3]) if ":" in end else 0 if end else 8) for end in ends}
    first = min(t.timestamp() + 3600 * hours[ends[(t.second + t.day) % len(ends)]]
                for t, _ in acts())  # fmt: skip
    assert moved.seconds[0] - usual.seconds[0] == first - min(t.timestamp() for t, _ in acts())
    assert ("no offset" in "".join(moved.report.notes)) == ("" in ends)


CHANGED = {
    "UTC": lambda t: f"{t.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z",
    "epoch": lambda t: str(int(t.timestamp())),
    "offsets": lambda t: t.isoformat(),
}  # fmt: skip


@pytest.mark.parametrize("place", ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
def test_clocks_that_change_within_a_log_show_the_days_of_the_place(
    tmp_path: Path, place: str
) -> None:
    def later(t: datetime) -> datetime:  # March to May, when all three change their clocks
        return (t + timedelta(days=60)).replace(hour=(t.hour + 5) % 24)

    later_on = date(2025, 6, 1)
    right = read(tmp_path, table(when=lambda t: later(t).isoformat()), today=later_on)
    for form, write in CHANGED.items():
        text = table(when=lambda t, write=write: write(later(t).replace(tzinfo=ZoneInfo(place))))
        log = read(tmp_path, text, zone=place, today=later_on)
        assert log.seconds.tolist() == right.seconds.tolist(), form
        assert log.report.zone == f"{place} (--tz)"
    log = read(tmp_path, text, today=later_on)  # with offsets, as written
    assert log.seconds.tolist() == right.seconds.tolist()
    assert not any("on different clocks" in note for note in log.report.notes)


def test_numbers_that_count_from_another_day_are_told_or_asked_about(
    tmp_path: Path, usual: Log
) -> None:
    mac = table(when=lambda t: f"{(t - datetime(1904, 1, 1)).total_seconds() / 86400:.6f}")
    assert any("--time-format excel1904" in note for note in read(tmp_path, mac).report.notes)
    log = read(tmp_path, mac, time_format="excel1904")
    assert (log.first_day, log.day.tolist()) == (usual.first_day, usual.day.tolist())
    ids = table(when=lambda t: str((_since_1970(t) - 1_420_070_400) * 1000 * 2**22 + 98765))
    with pytest.raises(UserError, match=r"ids of Discord \(2025\) or nanoseconds.*\(2012\)"):
        read(tmp_path, ids)
    log = read(tmp_path, ids, time_format="discord")
    assert np.abs(log.seconds - usual.seconds).max() < 0.01
    assert read(tmp_path, ids, time_format="ns").first_day.year == 2012
    old = table(when=lambda t: str(_since_1970(t.replace(year=2015)) * 10**9 + 123_456_000))
    assert read(tmp_path, old).first_day.year == 2015  # microseconds: a clock's, not ids


def test_epoch_numbers_among_written_times_are_told(tmp_path: Path) -> None:
    text = table(
        when=lambda t: (
            str(int((t - datetime(1970, 1, 1)).total_seconds())) if t.day % 2 else t.isoformat()
        )
    )
    notes = read(tmp_path, text).report.notes
    assert any("on different clocks: +00:00 in" in note for note in notes)


def test_dates_that_can_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    text = "member,time\n" + "".join(
        f"m{i % 5},{1 + i % 12:02d}/{1 + i % 11:02d}/2024\n" for i in range(200)
    )
    with pytest.raises(UserError, match=r"178 dates.*--time-format dmy or --time-format mdy"):
        read(tmp_path, text)
    dmy = read(tmp_path, text, time_format="dmy")
    mdy = read(tmp_path, text, time_format="mdy")
    assert dmy.last_day == date(2024, 11, 12) != mdy.last_day == date(2024, 12, 11)


ENCODED = {
    "utf-8 with a mark": ("utf-8-sig", "\n"), "utf-16": ("utf-16", "\n"),
    "utf-16 without a mark": ("utf-16-le", "\n"), "gb18030": ("gb18030", "\n"),
    "gbk, semicolons": ("gbk", "\n"), "old macintosh": ("utf-8", "\r"),
    "windows": ("utf-8", "\r\n"), "utf-16, the other way": ("utf-16-be", "\r\n"),
    "utf-32": ("utf-32", "\n"), "old macintosh, in gbk": ("gbk", "\r"),
}  # fmt: skip


@pytest.mark.parametrize("case", ENCODED)
def test_every_encoding_gives_the_same_names(tmp_path: Path, usual: Log, case: str) -> None:
    encoding, end = ENCODED[case]
    mark = ";" if "semicolons" in case else ","
    text = table(who=lambda m: "王小明" + m, head=f"用户{mark}时间", mark=mark, end=end)
    log = read(tmp_path, text.encode(encoding))
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS)
    assert log.member.tolist() == usual.member.tolist()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_much_chinese_and_few_digits_are_utf_16_too(tmp_path: Path, encoding: str) -> None:
    text = table(more=lambda i: "一二三 你好世界" * 30, head="用户,时间,内容")
    assert read(tmp_path, text.encode(encoding)).n_acts == N_ACTS


def test_latin_letters_are_not_taken_for_chinese(tmp_path: Path) -> None:
    text = table(who=lambda m: "Zoé" + m, more=lambda i: "café déjà", head="member,time,text")
    log = read(tmp_path, text.encode("cp1252"))
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS)
    assert any("Windows-1252" in note for note in log.report.notes)
    with pytest.raises(UserError, match="--encoding klingon: no such encoding"):
        read(tmp_path, text, encoding="klingon")


QUOTES = {
    "opens midway": lambda i: '"great' if i == 200 else "x",
    "opens four times": lambda i: '"great' if i in (50, 51, 200, 390) else "x",
    "opens among good ones": lambda i: '"oh' if i in (9, 300) else '"well, yes"' if i % 4 else "x",
    "opens in the last row": lambda i: '"great' if i == N_ACTS - 1 else "x",
    "wraps a word": lambda i: '"so called" tea' if i == 100 else "x",
    "inches": lambda i: 'a 12" record' if i % 50 == 0 else "x",
    "backslashes": lambda i: '"he said \\"hi, you\\""' if i % 5 == 0 else "x",
    "several lines": lambda i: '"one\ntwo, three\n\nfour"' if i % 3 == 0 else "x",
    "blanks before": lambda i: ' "well, yes"' if i % 4 else " x",
    "stands alone": lambda i: '"' if i in (100, 300) else '"""' if i == 200 else "x",
    "of other alphabets": lambda i: "“好」" if i % 3 else "it's 'so",
    "ends with a backslash": lambda i: '"c:\\"' if i % 9 == 0 else '"x"',
    "doubled": lambda i: '"a ""b"", c"',
}  # fmt: skip


@pytest.mark.parametrize("case", QUOTES)
def test_no_quote_swallows_a_row(tmp_path: Path, usual: Log, case: str) -> None:
    log = read(tmp_path, table(more=QUOTES[case], head="member,time,text"))
    assert log.report.rows == N_ACTS
    assert log.member.tolist() == usual.member.tolist()
    if "opens" in case:
        assert any("a quote in line" in note for note in log.report.notes)


def test_the_line_of_the_open_quote_is_said(tmp_path: Path) -> None:
    text = table(more=lambda i: '"great' if i == 200 else "x", head="member,time,text")
    notes = read(tmp_path, text).report.notes
    assert "a quote in line 202 closes nowhere: read as part of the text" in notes


def _zipped(files: dict[str, str]) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return box.getvalue()


RECORDS = [{"member": m, "time": t.isoformat(), "tags": {"a": [1]}} for t, m in acts()]
PACKED = {
    "gzip": gzip.compress(table().encode()),
    "bzip2": bz2.compress(table().encode()),
    "xz": lzma.compress(table().encode()),
    "zip": _zipped({"out/log.csv": table(), "__MACOSX/log.csv": "x"}),
    "json": json.dumps(RECORDS).encode(),
    "json lines": "\n".join(map(json.dumps, RECORDS)).encode(),
    "json inside": json.dumps({"channel": {"id": 1}, "messages": RECORDS}).encode(),
    "sep line": b"sep=;\n" + table(head="member;time", mark=";").encode(),
    "preamble": b"Tea community\nexported today\n\n" + table().encode(),
    "tabs": table(head="member\ttime", mark="\t").encode(),
    "bars": table(head="member|time|text", mark="|", more=lambda i: "a,b,c").encode(),
    "sep line of old macintosh": b"sep=;\r"
    + table(head="member;time", mark=";", end="\r").encode(),
    "sep line of utf-16": ("sep=;\r\n" + table(head="member;time", mark=";")).encode("utf-16"),
    "carets": table(head="member^time", mark="^").encode(),
    "signs of hive": table(head="member\x01time", mark="\x01").encode(),
    "traditional chinese": table(head="用戶,時間").encode(),
    "blank rows below": table().encode() + b",\n,\n\n",
}


@pytest.mark.parametrize("form", PACKED)
def test_every_form_reads_the_same(tmp_path: Path, usual: Log, form: str) -> None:
    log = read(tmp_path, PACKED[form], "log.bin")
    assert log.seconds.tolist() == usual.seconds.tolist()
    assert log.member.tolist() == usual.member.tolist()
    assert (log.report.rows, log.report.dropped) == (N_ACTS, {})


def workbook(rows: list[list[object]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_sheet_of_excel_is_read(tmp_path: Path, usual: Log) -> None:
    rows = [["Members of the tea club"], [], ["member", "time"], *([m, t] for t, m in acts())]
    log = read(tmp_path, workbook(rows), "log.xlsx")
    assert log.member.tolist() == usual.member.tolist()
    assert np.abs(log.seconds - usual.seconds).max() < 1


REFUSED = {
    "empty": (b"", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "is empty"),
    "one member": (table(who=lambda m: "m"), "one member only"),
    "one day": (table(when=lambda t: "2025-02-03T" + t.isoformat()[11:]), "spans 1 day"),
    "only joins": (table(more=lambda i: "join", head="user,time,kind"), "holds no act"),
    "future": (table(when=lambda t: t.replace(year=2099).isoformat()), "time in the future"),
    "two tables": (
        _zipped({"a.csv": table(), "members.csv": table(head="member,time,x", more=str)}),
        "different columns, a.csv.*members.csv.*name those that are the log",
    ),
    "cut json": (json.dumps(RECORDS)[:-99], "cut-off JSON"),
    "locked": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9,
        "password",
    ),
    "e-notation": (table(who=lambda m: "9.03942E+17"), "rounded numbers"),
    "e-notation with comma": (
        table(who=lambda m: "9,03942E+17", head="member;time", mark=";"), "rounded numbers",
    ),
    "times in e-notation": (
        table(when=lambda t: f"{_since_1970(t):.5E}"), r"times such as 1\.7\d+E\+09 are rounded",
    ),
    "milliseconds in e-notation": (
        table(when=lambda t: f"{_since_1970(t) * 1000:.5E}"), "are rounded numbers",
    ),
    "e-notation in a few rows": (
        table(who=lambda m: "1.23457E+11" if m == "m03" else "12345678901" + m[1:]),
        "rounded numbers",
    ),
    "zeros of excel": (table(who=lambda m: f"9039420{m[1:]}123456000"), "end in zeros"),
    "half unreadable": (
        table(when=lambda t: t.isoformat() if t.month == 1 else f"soon {t.day}"),
        r"of 400 rows cannot be read.*'m\d\d,soon \d+' to line 401.*lie later.*--accept-loss",
    ),
    "one cell too many": (table().replace("\n", ",x\n", 40).replace("time,x", "time"), "ragged"),
    "no member in a seventh": (
        table(who=lambda m: "" if m < "m03" else m), "missing member id.*--accept-loss",
    ),
    "unknown kind": (
        table(more=lambda i: "frob" if i % 9 == 0 else "post", head="user,time,event"),
        "what are the rows of kind frob.*45 rows.*--kinds 'frob=post'",
    ),
    "join in another language": (
        table(more=lambda i: "Belépés" if i % 9 == 0 else "post", head="user,time,kind"),
        "what are the rows of kind Belépés",
    ),
    "no id in a seventh": (
        table(who=lambda m: "undefined" if m < "m03" else m), "missing member id.*--accept-loss",
    ),
    "unknown kind in chinese": (
        table(more=lambda i: "飞天" if i % 9 == 0 else "发言", head="用户,时间,类型"),
        "飞天.*--kinds",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    content, words = REFUSED[case]
    path = put(tmp_path, content)
    line = refused(capsys, tmp_path, str(path))
    assert re.search(words, line), line


def test_an_empty_sheet_of_excel_is_refused(tmp_path: Path, capsys) -> None:
    path = put(tmp_path, workbook([]), "log.xlsx")
    assert "is empty: no sheet of it has a row" in refused(capsys, tmp_path, str(path))


def test_floats_above_2_to_the_53_are_no_ids(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"uid": [1.1e17 + 1e6 * i for i in range(40)], "t": "2025-01-01"})
    frame.to_parquet(tmp_path / "log.parquet")
    with pytest.raises(UserError, match=r"floats above 9,007,199,254,740,992"):
        read_log(tmp_path / "log.parquet", today=TODAY)


TWINS = {
    "case": lambda m, i: m.upper() if i % 2 else m,
    "point zero": lambda m, i: m[1:] + (".0" if i % 2 else ""),
    "forms of unicode": lambda m, i: ("Jose\u0301" if i % 2 else "Jos\u00e9") + m,
    "full width": lambda m, i: "\uff4d" + m[1:] if i % 2 else m,
}


@pytest.mark.parametrize("case", TWINS)
def test_twins_of_ids_are_told_and_merged_only_when_asked(tmp_path: Path, case: str) -> None:
    text = "member,time\n" + "".join(
        f"{TWINS[case](member, place)},{time.isoformat()}\n"
        for place, (time, member) in enumerate(acts())
    )
    told = read(tmp_path, text)
    assert told.n_members > N_MEMBERS
    assert any("--merge-ids" in note and "20 people" in note for note in told.report.notes)
    assert read(tmp_path, text, merge_ids=True).n_members == N_MEMBERS


@pytest.mark.parametrize(
    "name",
    ["[deleted]", "deleted", "ghost", "USLACKBOT", "system", "系统消息", "dependabot[bot]",
     "Deleted User", "匿名", "tea-bot", "AutoModerator", "已注销", "u/[deleted]", "MEE6#4876",
     "carl-bot#1536", "deleted_account", "Utilisateur supprimé", "gelöschter Benutzer",
     "微信用户", "Q群管家", "用户已注销(12)", "Zapier"],
)  # fmt: skip
def test_accounts_of_nobody_are_left_out_and_counted(tmp_path: Path, name: str) -> None:
    text = table(who=lambda m: name if m < "m05" else m)
    n = text.count(name)
    log = read(tmp_path, text)
    assert (log.n_members, log.n_acts) == (N_MEMBERS - 5, N_ACTS - n)
    assert log.report.dropped == {"bot, deleted account or placeholder": n}
    assert read(tmp_path, text, include=(name,)).n_members == N_MEMBERS - 4


@pytest.mark.parametrize("name", ["0", "-1"])
def test_the_account_of_the_software_has_no_number(tmp_path: Path, name: str) -> None:
    text = table(who=lambda m: name if m < "m05" else m[1:])
    assert read(tmp_path, text).n_members == N_MEMBERS - 5
    letters = table(who=lambda m: name if m < "m05" else m)
    assert read(tmp_path, letters).n_members == N_MEMBERS - 4


def test_an_account_with_far_too_many_posts_is_told_and_can_be_left_out(tmp_path: Path) -> None:
    text = table(who=lambda m: "newsfeed" if m > "m09" else m)
    text += table(who=lambda m: m + "x")[len("member,time\n") :]
    log = read(tmp_path, text)
    assert any("--exclude 'newsfeed'" in note for note in log.report.notes)
    without = read(tmp_path, text, exclude=("newsfeed",))
    assert without.n_members == log.n_members - 1
    with pytest.raises(UserError, match=r"--exclude newsfed: .* has no member"):
        read(tmp_path, text, exclude=("newsfed",))


KINDS = {
    "kind": ("join", "post"), "subtype": ("channel_join", ""), "event": ("member_joined", "post"),
    "type": ("加入", "发言"), "消息类型": ("入群", "图片"), "action": ("user.joined", "点赞"),
    "类型": ("退出群聊", "回复"), "activity": ("left", "comment"),
    "event_type": ("user_registered", "topic"), "操作": ("加入社区", "发布帖子"),
    "is_join": ("true", "false"), "verb": ("new_chat_members", "text"),
}  # fmt: skip


@pytest.mark.parametrize("column", KINDS)
def test_joining_and_leaving_are_no_acts(tmp_path: Path, column: str) -> None:
    silent, act = KINDS[column]
    text = table(more=lambda i: silent if i % 8 == 0 else act, head=f"user,time,{column}")
    log = read(tmp_path, text)
    assert log.n_acts == N_ACTS - N_ACTS // 8
    assert (log.joined is not None) == (silent not in ("left", "退出群聊"))


def test_rows_that_a_column_calls_the_softwares_are_left_out(tmp_path: Path) -> None:
    for head, yes, no in (("is_system", "1", "0"), ("系统消息", "是", "否")):
        text = table(
            more=lambda i, yes=yes, no=no: yes if i % 8 == 0 else no, head=f"user,time,{head}"
        )
        log = read(tmp_path, text)
        assert log.report.dropped == {"notice of the software": 50}


def test_the_user_says_what_a_kind_is(tmp_path: Path) -> None:
    text = table(more=lambda i: "飞天" if i % 8 == 0 else "发言", head="用户,时间,类型")
    assert read(tmp_path, text, kinds="飞天=join").n_acts == N_ACTS - 50
    assert read(tmp_path, text, kinds="*=post").n_acts == N_ACTS
    assert read(tmp_path, text, kind="none").n_acts == N_ACTS
    with pytest.raises(UserError, match="ROLE one of post, join"):
        read(tmp_path, text, kinds="飞天=fly")


def _slack(place: int, time: datetime, member: str) -> dict[str, object]:
    seconds = (time - datetime(1970, 1, 1)).total_seconds()
    more = {"subtype": "channel_join"} if place % 5 == 0 else {}
    return {"type": "message", "user": "U" + member, "ts": f"{seconds:.6f}", "text": "x", **more}


def _discord(place: int, time: datetime, member: str) -> dict[str, object]:
    return {
        "type": "GuildMemberJoin" if place % 5 == 0 else "Default",
        "timestamp": time.isoformat() + "+00:00", "content": "x",
        "author": {"id": "1000000000000000" + member[1:], "isBot": False},
    }  # fmt: skip


def _github(place: int, time: datetime, member: str) -> dict[str, object]:
    return {"user": {"login": member if place % 5 else "renovate[bot]"},
            "created_at": time.isoformat() + "Z"}  # fmt: skip


@pytest.mark.parametrize("make", [_slack, _discord, _github])
def test_exports_are_recognised_by_their_columns(tmp_path: Path, make) -> None:
    rows = [make(place, time, member) for place, (time, member) in enumerate(acts())]
    log = read(tmp_path, json.dumps(rows), "export.json")
    assert log.n_acts == N_ACTS - N_ACTS // 5
    assert make.__name__[1:] in log.report.form.lower()


def test_days_of_a_slack_export_are_joined(tmp_path: Path) -> None:
    rows = [_slack(place, time, member) for place, (time, member) in enumerate(acts())]
    days = {f"general/{k}.json": json.dumps(rows[k : k + 40]) for k in range(0, N_ACTS, 40)}
    box = _zipped({"users.json": '[{"id": "Um01"}]', "channels.json": "[]", **days})
    assert read(tmp_path, box, "slack.zip").n_acts == N_ACTS - N_ACTS // 5


def test_observation_ends_where_the_user_says(tmp_path: Path, usual: Log) -> None:
    late = read(tmp_path, table(), today=date(2026, 1, 1))
    assert any("days before today" in note and "--until" in note for note in late.report.notes)
    longer = read(tmp_path, table(), until=date(2025, 3, 31))
    assert longer.n_days == (date(2025, 3, 31) - longer.first_day).days + 1
    assert any("nobody acted" in note for note in longer.report.notes)
    shorter = read(tmp_path, table(), until=date(2025, 2, 15))
    assert shorter.last_day == date(2025, 2, 15)
    assert shorter.report.dropped["after --until"] == int((usual.day > 40).sum())
    with pytest.raises(UserError, match="lies in the future"):
        read(tmp_path, table(), until=date(2025, 5, 1))


def test_a_log_that_falls_silent_is_told_whatever_comes_after(tmp_path: Path, usual: Log) -> None:
    def after(who: str, kind: str) -> Log:
        more = "".join(f"{who},2025-05-{d:02d}T10:00:00,{kind}\n" for d in range(20, 25))
        text = table(more=lambda i: "post", head="user,time,kind") + more
        return read(tmp_path, text, today=date(2025, 6, 1))

    stray = after("m01", "post")
    assert stray.last_day == date(2025, 5, 24)
    assert any("no row between 2025-03-06 and 2025-05-20" in note for note in stray.report.notes)
    joins = after("new", "join")
    assert joins.last_day == date(2025, 5, 24)
    assert any("nobody acted in the last 79 days" in note for note in joins.report.notes)
    bots = after("tea-bot", "post")
    assert bots.last_day == usual.last_day
    assert any("87 days before today" in note for note in bots.report.notes)
    assert not any("no row between" in note for note in usual.report.notes)


def test_copies_under_another_number_of_row_are_told(tmp_path: Path) -> None:
    def numbered(first: int, every: int) -> str:
        return "".join(f"{first + i},{m},{t.isoformat()},x{i}\n"
                       for i, (t, m) in enumerate(acts()) if i % every == 0)  # fmt: skip

    head = "id,member,time,text\n"
    log = read(tmp_path, head + numbered(0, 1) + numbered(900, 10))
    assert log.n_acts == N_ACTS + 40
    assert any("40 rows repeat an earlier one in all but column id" in n for n in log.report.notes)
    plain = read(tmp_path, head + numbered(0, 1))
    assert not any("repeat an earlier one" in note for note in plain.report.notes)


def test_two_logs_that_overlap_are_joined_and_told(tmp_path: Path, usual: Log) -> None:
    lines = table().splitlines(keepends=True)
    first = put(tmp_path, "".join(lines[:251]), "a.csv")
    second = put(tmp_path, "".join([lines[0], *lines[201:]]), "b.csv")
    log = read_log([first, second], today=TODAY)
    assert log.seconds.tolist() == usual.seconds.tolist()
    assert log.report.dropped == {"also in another file": 50}
    assert any("the files overlap from" in note for note in log.report.notes)


def test_dry_run_and_json_show_and_write_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = table(more=lambda i: "join" if i % 8 == 0 else "post", head="user,time,kind")
    path = put(tmp_path, text + "m01,soon,post\n")
    arguments = [str(path), "--dry-run", "--out", str(tmp_path / "out")]
    assert run_fit([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows_in_file"], told["rows_kept"], told["members"]) == (401, 400, N_MEMBERS)
    assert told["rows_lost"] == {"unreadable time": 1}
    assert told["lost_examples"][0]["first"] == ["line 402", "m01,soon,post"]
    assert (told["acts"], told["first_day"]) == (350, START.date().isoformat())
    assert run_fit(arguments) == 0
    printed = capsys.readouterr().out
    assert "unreadable time: first line 402 'm01,soon,post'" in printed
    assert "member    is column user" in printed
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_json_of_a_fit_marks_what_is_not_from_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, table())
    assert run_fit([str(path), "--json", "--out", str(tmp_path / "out")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["weekday_factors"]) == 7
    assert sum(told["weekday_factors"]) == pytest.approx(7)
    assert told["arrivals_day"] > 0
    assert told["estimates"]["lurker_share"]["is_from_data"] is False
