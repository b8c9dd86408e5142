"""A log read in pieces is the log read whole: same acts, same losses, same words."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import Log, read_log
from plaza_lab.scenarios.fit.purchases import read_purchases
from plaza_lab.scenarios.fit.reading import pieces as blocks
from tests.real_forms import N_ACTS, acts, sales, table

TODAY = date(2025, 4, 1)
ROWS = table().splitlines(keepends=True)


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch):
    """Read a file as a large one, in pieces of three or four dozen rows."""

    def read(path: Path, **asked: object) -> Log:
        with monkeypatch.context() as patch:
            patch.setattr(blocks, "LARGE", 0)
            patch.setattr(blocks, "PACKED_LARGE", 0)
            patch.setattr(blocks, "PIECE", 1_000)
            assert blocks.is_large(path)
            return read_log(path, **{"today": TODAY, **asked})

    return read


def test_purchases_in_pieces_are_those_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "orders.csv"
    rows = ["order_id,customer,date,amount,sku,note,status"]
    for at, (when, who, paid) in enumerate(sales()):
        rows += [f"{at},{who},{when},{paid / 2},s{sku},n{at},{'paid' if at % 9 else 'void'}"
                 for sku in range(2)]  # fmt: skip
        rows += [f"r{at},{who},{when},{-paid / 2},s0,back,paid"] if at % 7 == 3 else []
        rows += ["x,y"] if at == 200 else []
    path.write_text("\n".join([*rows, *rows[30:40]]) + "\n")
    whole = read_purchases(path, today=date(2025, 6, 1))
    with monkeypatch.context() as patch:
        for name, size in (("LARGE", 0), ("PACKED_LARGE", 0), ("PIECE", 1_000)):
            patch.setattr(blocks, name, size)
        pieces = read_purchases(path, today=date(2025, 6, 1))
    assert pieces.amount.tolist() == whole.amount.tolist()
    assert pieces.report.dropped == whole.report.dropped
    assert pieces.report.dropped["exact duplicate"] and pieces.report.dropped["ragged row"] == 1
    assert (pieces.report.rows, pieces.report.notes) == (whole.report.rows, whole.report.notes)


@pytest.mark.parametrize("is_late", [False, True])
def test_copies_under_another_number_are_told_in_pieces_as_in_whole(
    tmp_path: Path, in_pieces, is_late: bool
) -> None:
    """Also where a column that looked like a number of its own repeats itself pieces later."""
    head, *rows = [row.strip() for row in ROWS]
    lines = [f"{head},id,text,row"]
    for at, row in enumerate([*rows, *rows[60:100]]):
        number = (at - 340) % 400 if is_late and at >= 400 else at  # those of the copied rows
        lines.append(f"{row},x{at},said by {row[:3]},{number}")
    path = tmp_path / "log.csv"
    path.write_text("\n".join([*lines, lines[20]]) + "\n")
    whole, pieces = read_log(path, today=TODAY), in_pieces(path)
    (told,) = [note for note in whole.report.notes if "repeat an earlier one" in note]
    assert told in pieces.report.notes and pieces.report.notes == whole.report.notes
    columns = "id" if is_late else "id, row"
    assert f"40 rows repeat an earlier one in all but column {columns}:" in told
    assert pieces.report.dropped == whole.report.dropped


def _mixed(place: int) -> str:
    return {3: "join", 5: "leave", 7: "bot_message"}.get(place % 11, "post")


def _with(text: str, *lines: str) -> str:
    """The rows with more lines among them."""
    rows = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        rows.insert(150 + 100 * at, line + "\n")
    return "".join(rows)


def _json_lines() -> str:
    """Records of which some lack the kind, the first of them all, and one is cut off."""
    lines = []
    for at, row in enumerate(ROWS[1:]):
        member, when = row.strip().split(",")[:2]
        more = f', "kind": "{_mixed(at)}"' if at > 60 else ""
        lines.append(f'{{"member": "{member}", "time": "{when}"{more}}}')
    lines[200] = lines[200][:-8]
    return "\n".join(lines) + "\n"


def _parquet() -> bytes:
    """The rows with times as such."""
    import io

    frame = pd.read_csv(io.StringIO(table()), parse_dates=["time"])
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


KINDS = table(more=_mixed, head="member,time,kind")
LOGS: dict[str, tuple[str | bytes, dict[str, object]]] = {
    "plain": (table(), {}),
    "kinds": (KINDS, {}),
    "JSON lines": (_json_lines(), {}),
    "JSON lines, packed": (gzip.compress(_json_lines().encode()), {}),
    "Parquet": (_parquet(), {}),
    "windows": (table(end="\r\n"), {}),
    "old macintosh": (table(end="\r"), {}),
    "semicolons below a preamble": (
        "Tea club\nof March\n\n" + table(head="member;time", mark=";"), {},
    ),
    "sep line": ("sep=;\n" + table(head="member;time", mark=";"), {}),
    "days first": (table(when=lambda t: t.strftime("%d/%m/%Y %H:%M")), {}),
    "months first": (table(when=lambda t: t.strftime("%m/%d/%Y %H:%M")), {}),
    "years first": (table(when=lambda t: t.strftime("%y/%m/%d %H:%M")), {}),
    "epoch": (table(when=lambda t: str(int((t - datetime(1970, 1, 1)).total_seconds()))), {}),
    "lost rows": (_with(table(), "m01,soon", ",2025-02-01T10:00:00", "m02,2031-01-01,x"), {}),
    "equal rows far apart": (table() + ROWS[5] + ROWS[200], {}),
    "cells of several lines": (
        table(more=lambda i: '"one\ntwo, ""three""\n\nfour"' if i % 3 else "x",
              head="member,time,text"), {},
    ),
    "a quote that never closes": (
        table(more=lambda i: '"great' if i == 200 else "x", head="member,time,text"), {},
    ),
    "gb18030": (table(who=lambda m: "王" + m, head="用户,时间").encode("gb18030"), {}),
    "utf-16": (table(who=lambda m: "王" + m, head="用户,时间").encode("utf-16"), {}),
    "chosen encoding": (
        table(who=lambda m: "王" + m, head="用戶,時間").encode("big5"), {"encoding": "big5"},
    ),
    "gzip": (gzip.compress(KINDS.encode()), {}),
    "replies": (
        table(more=lambda i: f"m{i % 23:02d}" if i % 2 else "", head="member,time,reply_to"), {},
    ),
    "two rooms": (table(more=lambda i: "ab"[i % 2], head="member,time,group"),
                  {"where": "group=b"}),
    "twins": (table(who=lambda m: m.upper() if m > "m09" else m) + table(), {}),
    "twins merged": (
        table(who=lambda m: m.upper() if m > "m09" else m) + "".join(ROWS[1:]), {"merge_ids": True},
    ),
    "bots": (table(who=lambda m: "tea-bot" if m == "m03" else m), {"exclude": ("m04",)}),
    "until a day": (table(), {"until": date(2025, 2, 15)}),
    "in a zone": (table(when=lambda t: t.isoformat() + "Z"), {"zone": "Asia/Shanghai"}),
    "blank rows": (table().replace("\n", "\n,\n\n"), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", LOGS)
def test_pieces_and_the_whole_are_read_the_same(tmp_path: Path, in_pieces, case: str) -> None:
    content, asked = LOGS[case]
    path = tmp_path / "log.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    whole = read_log(path, **{"today": TODAY, **asked})
    pieces = in_pieces(path, **asked)
    for name in ("member", "seconds", "day", "reply_to", "names"):
        assert np.array_equal(getattr(whole, name), getattr(pieces, name)), name
    rest = {"member", "seconds", "day", "reply_to", "names", "report"}
    for name in set(Log.__dataclass_fields__) - rest:
        assert getattr(whole, name) == getattr(pieces, name), name
    notes, lost = (set(one) for one in (whole.report.notes, whole.report.lost))
    assert set(pieces.report.notes) == notes
    assert set(pieces.report.lost) == lost
    assert replace(pieces.report, notes=[], lost=[]) == replace(whole.report, notes=[], lost=[])
    assert whole.n_acts > N_ACTS / 4


REFUSED = {
    "no such room": (table(more=lambda i: "a", head="member,time,group"), {"where": "group=c"},
                     "no row of .* has it; group holds a"),
    "rooms one after the other": (
        table(more=lambda i: "ab"[i > 200], head="member,time,group"), {}, "holds 2 communities",
    ),
    "either order": (
        "member,time\n" + "".join(f"m{i % 5},{1 + i % 12:02d}/{1 + i % 11:02d}/2024\n"
                                  for i in range(400)), {}, "can be read in two ways",
    ),
    "nobody of that name": (table(), {"exclude": ("who",)}, "has no member of that name"),
    "unknown kind": (table(more=lambda i: "frob" if i == 300 else "post", head="user,time,kind"),
                     {}, "what are the rows of kind frob"),
    "too large": (table(), {"most": 5_000}, "holds more than 5 KB"),
    "cut-off Parquet": (_parquet()[:-50], {}, "damaged or cut-off Parquet"),
    "cut off": (gzip.compress(table().encode())[:-20], {}, "damaged or cut-off gzip"),
    "not in it": (table(who=lambda m: "é" + m), {"encoding": "ascii"}, "is not in ascii"),
    "no such encoding": (table(), {"encoding": "klingon"}, "no such encoding"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_with_a_large_file_is_one_line(tmp_path: Path, in_pieces, case: str) -> None:
    content, asked, words = REFUSED[case]
    path = tmp_path / "log.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UserError, match=words) as told:
        in_pieces(path, **asked)
    assert "\n" not in str(told.value)


def test_the_lines_on_the_way_have_an_end(
    tmp_path: Path, in_pieces, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(blocks, "SECONDS_BETWEEN_LINES", 0.0)
    path = tmp_path / "log.csv"
    path.write_text(table())
    in_pieces(path)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("reading log.csv: ") and lines[0].endswith(" left")
    assert lines[-1].startswith("reading log.csv: 100%") and lines[-1].endswith("0 s left")
    assert len(acts()) == N_ACTS


def test_other_forms_are_read_whole(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(blocks, "LARGE", 0)
    monkeypatch.setattr(blocks, "PACKED_LARGE", 0)
    for content in (b"PK\x03\x04xx", b"[{}]", b'{"a": 1}', b"\x1f\x8bxx", b"   ", b""):
        path = tmp_path / "log.bin"
        path.write_bytes(content)
        assert not blocks.is_large(path)
    assert not blocks.is_large(tmp_path) and not blocks.is_large(tmp_path / "none")
