"""What would be misread without a word: read right, or told, as a kind and not for one file."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import Log, read_log
from plaza_lab.scenarios.fit.purchases import Purchases, read_purchases
from plaza_lab.scenarios.language import Language
from tests.real_forms import N_ACTS, N_MEMBERS, acts, sales, table

TODAY = date(2025, 6, 1)
ACTS, SALES = acts(), sales()
TOTAL = sum(paid for _, _, paid in SALES)
UNPAID = sum(paid for i, (_, _, paid) in enumerate(SALES) if i % 5)
EIGHTH = N_ACTS // 8


def put(folder: Path, content: str | bytes) -> Path:
    path = folder / "log.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, **asked: object) -> Log:
    return read_log(put(folder, content), **{"today": TODAY, **asked})


def bought(folder: Path, content: str) -> Purchases:
    return read_purchases(put(folder, content), today=TODAY)


def shop(write: Callable[[int, datetime, str, float], str], head: str = "customer,date,amount"):  # type: ignore[no-untyped-def]
    return "\n".join([head, *(write(i, *one) for i, one in enumerate(SALES))]) + "\n"


def told(log: Log | Purchases, words: str) -> str:
    """The one note with these words; it is said in Chinese too."""
    (note,) = [note for note in log.report.notes if words in note]
    said = Language("zh").told(note)
    assert said != note and words not in said
    return note


@pytest.mark.parametrize("name", ["合计", "Total", "Grand Total", "小计", "Summe"])
def test_a_row_of_totals_is_no_customer(tmp_path: Path, name: str) -> None:
    last = SALES[-1][0]
    text = shop(lambda i, t, c, p: f"{c},{t},{p}") + f"{name},{last},{TOTAL:.2f}\n"
    data = bought(tmp_path, text)
    assert (data.n_customers, data.amount.sum()) == (40, pytest.approx(TOTAL))
    told(data, f"left out as bots, deleted accounts or placeholders: {name} (1 rows)")


@pytest.mark.parametrize(
    "name",
    [
        "test",
        "Test User",
        "test_account_2",
        "测试账号",
        "no-reply@tea.example",
        "DoNotReply@x.example",
    ],
)
def test_accounts_of_tests_and_of_mailers_are_nobodys(tmp_path: Path, name: str) -> None:
    place = iter(range(N_ACTS))
    log = read(tmp_path, table(who=lambda m: m if next(place) % 8 else name))
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS - EIGHTH)
    told(log, "left out as bots")
    assert read(tmp_path, table(who=lambda m: m + "est"), include=()).n_acts == N_ACTS


def _answered(i: int, t: datetime, m: str, depth: int = 2) -> dict[str, object]:
    later = t + timedelta(minutes=5)
    inside = (
        [_answered(i + 1, later, f"m{i % N_MEMBERS:02d}", depth - 1)] if depth and i % 2 else []
    )
    return {"author": m, "created_at": t.isoformat(), "text": "x", "replies": inside}


@pytest.mark.parametrize("are_lines", [False, True])
def test_answers_inside_records_are_acts(tmp_path: Path, are_lines: bool) -> None:
    records = [_answered(i, t, m) for i, (t, m) in enumerate(ACTS)]
    text = "\n".join(map(json.dumps, records)) if are_lines else json.dumps(records)
    log = read(tmp_path, text)
    assert log.n_acts == N_ACTS + N_ACTS // 2
    told(log, "200 records that stand inside others")


def test_lists_that_are_no_answers_stay_where_they_are(tmp_path: Path) -> None:
    """A list of what is answered elsewhere (Slack), of earlier wordings, of reactions."""
    records = [
        {"user": m, "ts": str((t - datetime(1970, 1, 1)).total_seconds()), "type": "message",
         "text": "x", "thread_ts": "1", "replies": [{"user": "m01", "ts": "1736154967.1"}],
         "edits": [{"user": m, "ts": "1736154967.1", "type": "message", "text": "y",
                    "thread_ts": "1"}], "reactions": [{"name": "+1", "users": ["m02"]}]}
        for t, m in ACTS
    ]  # fmt: skip
    log = read(tmp_path, json.dumps(records))
    assert log.n_acts == N_ACTS
    assert not any("inside others" in note for note in log.report.notes)


def _turned(t: datetime) -> str:
    """A day first as Excel keeps it where months come first."""
    return f"2025-{t.day:02d}-{t.month:02d}" if t.day <= 12 else f"{t:%d/%m/%Y}"


def test_dates_that_a_spreadsheet_took_for_others_are_changed_back(tmp_path: Path) -> None:
    usual = read(tmp_path, table(when=lambda t: f"{t:%Y-%m-%d}"))
    log = read(tmp_path, table(when=_turned))
    assert (log.day.tolist(), log.first_day) == (usual.day.tolist(), usual.first_day)
    told(log, "dates have day and month changed round")
    kept = read(tmp_path, table(when=_turned), time_format="ymd")
    assert kept.report.dropped  # as written, some lie in the future
    half = read(tmp_path, table(when=lambda t: f"{t:%Y-%m-%d}" if t.day % 2 else f"{t:%d/%m/%Y}"))
    assert half.day.tolist() == usual.day.tolist()
    assert not any("changed round" in note for note in half.report.notes)


def test_a_program_that_wrote_otherwise_from_some_day_on_is_left_alone(tmp_path: Path) -> None:
    early = datetime(2025, 1, 13)
    log = read(tmp_path, table(when=lambda t: f"{t:%Y-%m-%d}" if t < early else f"{t:%d/%m/%Y}"
                               if t.day > 12 else ""))  # fmt: skip
    assert log.first_day == ACTS[0][0].date()
    assert not any("changed round" in note for note in log.report.notes)


def test_dates_of_a_workbook_that_were_changed_round(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["member", "time"])
    for t, m in ACTS:
        cell = datetime(t.year, t.day, t.month) if t.day <= 12 else f"{t:%d/%m/%Y}"
        book.active.append([m, cell])
    book.save(out)
    log = read(tmp_path, out.getvalue())
    assert (log.n_acts, log.first_day) == (N_ACTS, ACTS[0][0].date())


AMOUNTS: dict[str, Callable[[float], str]] = {
    "k": lambda p: f"{p / 1e3:.6f}k", "Tsd": lambda p: f"{p / 1e3:.6f} Tsd.",
    "Mio": lambda p: f"{p / 1e6:.9f} Mio €", "млн": lambda p: f"{p / 1e6:.9f} млн руб.",
    "lakh": lambda p: f"₹{p / 1e5:.8f} lakh", "kr": lambda p: f"{p} kr", "Kč": lambda p: f"{p} Kč",
}  # fmt: skip


@pytest.mark.parametrize("word", AMOUNTS)
def test_words_for_thousands_and_millions_are_no_currencies(tmp_path: Path, word: str) -> None:
    data = bought(tmp_path, shop(lambda i, t, c, p: f"{c},{t},{AMOUNTS[word](p)}"))
    assert data.amount.sum() == pytest.approx(TOTAL, rel=1e-4)


def test_a_word_that_is_a_thousand_or_a_million_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="300 x unreadable amount"):
        bought(tmp_path, shop(lambda i, t, c, p: f"{c},{t},{p} mil"))


def test_the_few_amounts_marked_as_credits_went_back(tmp_path: Path) -> None:
    def write(i: int, t: datetime, c: str, p: float) -> str:
        return f"{c},{t},{p}" + ("" if i % 5 else f"\n{c},{t + timedelta(hours=1)},{p} CR")

    data = bought(tmp_path, shop(write))
    assert data.amount.sum() == pytest.approx(UNPAID)
    assert data.report.dropped["return or cancelled invoice"] == 60
    with pytest.raises(UserError, match="150 amounts marked as credits or debits and 150 others"):
        bought(tmp_path, shop(lambda i, t, c, p: f"{c},{t},{p}{' Cr' * (i % 2)}"))
    with pytest.raises(UserError, match="crores as plain numbers"):
        bought(tmp_path, shop(lambda i, t, c, p: f"{c},{t},₹{p} Cr"))


def test_a_discount_beside_a_price_is_told(tmp_path: Path) -> None:
    head = "customer,date,price,quantity,discount"
    text = shop(lambda i, t, c, p: f"{c},{t},{p + 10},1,10", head)
    told(bought(tmp_path, text), "column discount is not taken off what was paid")
    none = shop(lambda i, t, c, p: f"{c},{t},{p},1,0", head)
    assert not any("discount" in note for note in bought(tmp_path, none).report.notes)


def test_orders_that_were_deleted_did_not_come_about(tmp_path: Path) -> None:
    text = shop(lambda i, t, c, p: f"{c},{t},{p},{'' if i % 5 else t}",
                "customer,date,amount,deleted_at")  # fmt: skip
    assert bought(tmp_path, text).amount.sum() == pytest.approx(UNPAID)


def test_a_log_put_in_twice_is_told(tmp_path: Path) -> None:
    head, *rows = table(when=lambda t: f"{t:%Y-%m-%d}").splitlines(keepends=True)
    log = read(tmp_path, head + 2 * "".join(rows))
    assert log.n_acts == 2 * N_ACTS
    told(log, "the second half of the rows repeats the first")
    once = read(tmp_path, head + "".join(rows) + "".join(rows[:-2]))
    assert not any("second half" in note for note in once.report.notes)
    head, *rows = shop(lambda i, t, c, p: f"{c},{t},{p}").splitlines(keepends=True)
    told(bought(tmp_path, head + 2 * "".join(rows)), "the second half of the rows repeats")


def test_a_table_of_counts_is_told(tmp_path: Path) -> None:
    days = Counter((m, t.date()) for t, m in ACTS)
    rows = "".join(f"{m},{day},{n}\n" for (m, day), n in days.items())
    told(read(tmp_path, "member,date,posts\n" + rows), "column posts may count acts")
    ones = "".join(f"{m},{day},1\n" for m, day in days)
    assert not any(
        "count" in one for one in read(tmp_path, "member,date,posts\n" + ones).report.notes
    )


@pytest.mark.parametrize("column", ["status", "is_spam"])
def test_posts_that_nobody_saw_are_no_acts(tmp_path: Path, column: str) -> None:
    words = {"status": ("spam", "published"), "is_spam": ("true", "false")}[column]
    text = table(more=lambda i: words[bool(i % 8)], head=f"member,time,{column}")
    log = read(tmp_path, text)
    assert log.n_acts == N_ACTS - EIGHTH
    assert log.report.dropped == {"notice of the software": EIGHTH}
    assert read(tmp_path, text, kind="none").n_acts == N_ACTS
    if column == "status":
        told(log, "rows whose status is spam are no acts")


TIMES = {
    "ticks of .NET": lambda t: str(621_355_968_000_000_000
                                   + int((t - datetime(1970, 1, 1)).total_seconds()) * 10**7),
    "to the minute": lambda t: f"{t:%Y%m%d%H%M}",
}  # fmt: skip


@pytest.mark.parametrize("form", TIMES)
def test_times_of_other_counts(tmp_path: Path, form: str) -> None:
    usual = read(tmp_path, table())
    log = read(tmp_path, table(when=TIMES[form]))
    assert (log.day.tolist(), log.first_day) == (usual.day.tolist(), usual.first_day)
