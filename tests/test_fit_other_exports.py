"""Exports as they really look, of which a plain reading would be wrong without a word."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plaza_lab.scenarios.fit.log import Log
from plaza_lab.scenarios.fit.purchases import Purchases
from tests.real_forms import N_ACTS, N_MEMBERS, table
from tests.test_fit_untold import ACTS, EIGHTH, SALES, TOTAL, bought, read, told

SIXTHS = sum(paid for i, (_, _, paid) in enumerate(SALES) if i % 6)
CLOCK = "%Y-%m-%d %H:%M:%S"
Lines = Callable[[int, datetime, str, float], list[tuple[Any, ...]]]


def rows(head: str, lines: list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head.split(","), *lines])
    return out.getvalue()


def sold(folder: Path, head: str, write: Lines) -> Purchases:
    """Purchases of a table that has some lines for each sale."""
    return bought(folder, rows(head, [one for i, s in enumerate(SALES) for one in write(i, *s)]))


def same(data: Purchases, total: float) -> bool:
    return data.n_customers == 40 and data.amount.sum() == pytest.approx(total)


WAYS: dict[str, Callable[[datetime], str]] = {
    "{} à %H:%M - NAME : hi": lambda t: f"{t:%d/%m/%Y}",
    "{} klo %H.%M - NAME: hi": lambda t: f"{t.day}.{t.month}.{t.year}",
    "{} %H:%M, NAME : hi": lambda t: f"{t.year}. {t.month}. {t.day}.",
    "{}، %I:%M HALF - NAME: hi": lambda t: f"{t.day}/{t.month}/{t.year}",
    "NAME, [{} %H:%M]\nhi\n": lambda t: f"{t:%d.%m.%Y}",
    "[{} %I:%M %p] NAME\nhi\n": lambda t: f"{t.month}/{t.day}/{t.year}",
}


@pytest.mark.parametrize("form", WAYS)
def test_chats_of_other_languages_and_programs(tmp_path: Path, form: str) -> None:
    text = "".join(
        t.strftime(form).format(WAYS[form](t)).replace("NAME", m)
        .replace("HALF", "ص" if t.hour < 12 else "م") + "\n"
        for t, m in ACTS
    )  # fmt: skip
    log = read(tmp_path, text)
    assert (log.n_acts, log.n_members, log.resolution) == (N_ACTS, N_MEMBERS, "minute")
    assert log.first_day == ACTS[0][0].date()
    assert log.day.tolist() == read(tmp_path, table()).day.tolist()


def test_line_in_english_begins_days_with_their_name(tmp_path: Path) -> None:
    days = sorted({t.date() for t, _ in ACTS})
    text = "[LINE] Chat history in Tea\nSaved on: 03/10/2025, 10:00\n" + "".join(
        f"\n{day:%a, %m/%d/%Y}\n"
        + "".join(f"{t:%I:%M%p}\t{m}\thello\n" for t, m in ACTS if t.date() == day)
        for day in days
    )
    log = read(tmp_path, text)
    assert (log.n_acts, log.first_day) == (N_ACTS, days[0])


def _comment(t: datetime, m: str) -> dict[str, Any]:
    return {"id": m, "kind": "youtube#comment",
            "snippet": {"authorDisplayName": m, "authorChannelId": {"value": m},
                        "publishedAt": t.isoformat() + "Z", "textDisplay": "x"}}  # fmt: skip


INSIDE: dict[str, Callable[[int, datetime, str], dict[str, Any]]] = {
    "reddit": lambda i, t, m: {"kind": "t1", "data": {
        "author": m, "created_utc": (t - datetime(1970, 1, 1)).total_seconds(), "replies": ""}},
    "youtube": lambda i, t, m: {"kind": "youtube#commentThread", "snippet": {
        "topLevelComment": _comment(t, m)}, "replies": {
            "comments": [_comment(t + timedelta(minutes=1), m)] * (i % 2)}},
    "mixpanel": lambda i, t, m: {"event": "post", "properties": {
        "distinct_id": m, "time": (t - datetime(1970, 1, 1)).total_seconds()}},
    "ga4": lambda i, t, m: {"event_name": ("post", "page_view")[i % 2], "user_id": None,
                            "user_pseudo_id": m, "event_timestamp": t.isoformat()},
}  # fmt: skip


@pytest.mark.parametrize("form", INSIDE)
def test_fields_inside_fields_are_found(tmp_path: Path, form: str) -> None:
    records = [INSIDE[form](i, t, m) for i, (t, m) in enumerate(ACTS)]
    log = read(tmp_path, json.dumps({"data": records}))
    expected = {"youtube": N_ACTS + N_ACTS // 2, "ga4": N_ACTS // 2}
    assert (log.n_acts, log.n_members) == (expected.get(form, N_ACTS), N_MEMBERS)


def test_replies_that_name_messages_are_to_who_wrote_them(tmp_path: Path) -> None:
    lines = [(i + 1, m, t.strftime(CLOCK), i if i % 3 == 1 else "")
             for i, (t, m) in enumerate(ACTS)]  # fmt: skip
    log = read(tmp_path, rows("id,user,created_at,reply_to", lines))
    assert log.reply_to is not None and log.names is not None
    assert log.reply_to.max() < N_MEMBERS
    first = next(i for i in range(N_ACTS) if log.reply_to[i] >= 0)
    assert log.names[log.reply_to[first]] == ACTS[first - 1][1]
    told(log, "column reply_to names messages by their id")


HIDDEN = {"approved": ("false", "true"), "is_deleted": ("1", "0"), "hidden": ("true", "false"),
          "status": ("scheduled", "published"), "visible": ("2", "1")}  # fmt: skip


@pytest.mark.parametrize("column", HIDDEN)
def test_posts_that_were_taken_away_are_no_acts(tmp_path: Path, column: str) -> None:
    lines = [(m, int((t - datetime(1970, 1, 1)).total_seconds()), HIDDEN[column][bool(i % 8)])
             for i, (t, m) in enumerate(ACTS)]  # fmt: skip
    log = read(tmp_path, rows(f"userid,dateline,{column}", lines))
    assert log.report.dropped == {"notice of the software": EIGHTH}


def test_one_stamp_of_many_acts_and_a_list_of_members_are_told(tmp_path: Path) -> None:
    place = iter(range(N_ACTS))
    stamped = table(when=lambda t: "2025-01-20 03:00:00" if t.day < 16 else f"{t}",
                    more=lambda i: f"text {i}", head="member,time,text")  # fmt: skip
    told(read(tmp_path, stamped), "carry one and the same time, 2025-01-20T03:00:00")
    told(read(tmp_path, table(who=lambda m: f"{m}{next(place)}")), "every member has one row")
    assert not any("one and the same" in note for note in read(tmp_path, table()).report.notes)


def _with(tmp_path: Path, who: Callable[[int, str], str]) -> Log:
    place = iter(range(N_ACTS))
    return read(tmp_path, table(who=lambda m: who(next(place), m)))


def test_ids_that_are_not_those_of_one_person_are_told(tmp_path: Path) -> None:
    told(_with(tmp_path, lambda i, m: f"{m[1]}*{m[2]}"), "ids are masked, such as")
    told(_with(tmp_path, lambda i, m: m + "@x.org" * (i % 2)), "ids stand before the @ of another")
    told(_with(tmp_path, lambda i, m: f"an{'  ' if i % 2 else ' '}{m}"), "differ only in case, sp")
    for name in ("Guest {}", "Deleted User {:06x}1", "Anonymous User", "散客"):
        log = _with(tmp_path, lambda i, m: m if i % 8 else name.format(i))  # noqa: B023
        assert log.n_members == N_MEMBERS
        told(log, "left out as bots")


@pytest.mark.parametrize("name", ["{} Total", "Total January", "{} 汇总", "2025年1月 合计"])
def test_sums_of_groups_are_no_customers(tmp_path: Path, name: str) -> None:
    text = rows("customer,date,amount", [(c, t, p) for t, c, p in SALES])
    last = SALES[-1][0]
    names = {name.format(c) for _, c, _ in SALES}
    data = bought(tmp_path, text + "".join(f"{one},{last},900\n" for one in sorted(names)))
    assert same(data, TOTAL)
    told(data, "left out as bots")


SHOPS: dict[str, tuple[str, Lines]] = {
    "refunds in a column": ("customer,date,amount,refund", lambda i, t, c, p: [
        (c, t, p, 0 if i % 6 else p)]),
    "cancelled on a day": ("customer,date,amount,cancellation date", lambda i, t, c, p: [
        (c, t, p, "" if i % 6 else t)]),
    "status in German": ("Kunde,Datum,Betrag,Bestellstatus", lambda i, t, c, p: [
        (c, t, p, "Abgeschlossen" if i % 6 else "Storniert")]),
    "status in French": ("client,date,montant,statut", lambda i, t, c, p: [
        (c, t, p, "Payée" if i % 6 else "Annulée")]),
    "quantity sent back": ("customer,date,quantity,returned quantity,unit price",
                           lambda i, t, c, p: [(c, t, 2, 0 if i % 6 else 2, p / 2)]),
    "the shop pays back": (
        "From Email Address,Date,Gross,Transaction ID,Reference Txn ID", lambda i, t, c, p: [
            (c, t, p, f"T{i}", ""), *([] if i % 6 else [("me@shop", t, -p, f"R{i}", f"T{i}")])]),
    "nobody pays back": ("order,customer,date,amount", lambda i, t, c, p: [
        (i, c, t, p), *([] if i % 6 else [(i, "", t, -p)])]),
}  # fmt: skip


@pytest.mark.parametrize("form", SHOPS)
def test_what_went_back_is_taken_off(tmp_path: Path, form: str) -> None:
    assert same(sold(tmp_path, *SHOPS[form]), SIXTHS)


WHOLE: dict[str, tuple[str, Lines]] = {
    "sale, lines, payment": (
        "Date,Receipt Number,Customer Code,User,Total", lambda i, t, c, p: [
            (t, i, c, "Ann", p), (t, i, c, "Ann", round(p - 100, 2)), (t, i, c, "Ann", 100),
            (t, i, c, "Ann", "")]),
    "paid or not": ("customer,date,paid,price", lambda i, t, c, p: [(c, t, "TRUE", p)]),
    "quotes": ("customer,date,document type,amount", lambda i, t, c, p: [
        (c, t, "Quote", p), (c, t, "Invoice", p)]),
    "in thousands": ("customer,date,amount (in thousands)", lambda i, t, c, p: [(c, t, p / 1e3)]),
    "money that left": ("customer,date,amount", lambda i, t, c, p: [(c, t, p), ("", t, -5)]),
}  # fmt: skip


@pytest.mark.parametrize("form", WHOLE)
def test_what_was_paid_is_counted_once(tmp_path: Path, form: str) -> None:
    assert same(sold(tmp_path, *WHOLE[form]), TOTAL)


def test_signs_of_a_currency_in_some_rows_are_told(tmp_path: Path) -> None:
    head = "customer,date,amount"
    data = sold(tmp_path, head, lambda i, t, c, p: [(c, t, p if i % 3 else f"€{p}")])
    told(data, "100 amounts carry € and 200 no currency")
    told(
        sold(
            tmp_path,
            "receipt," + head,
            lambda i, t, c, p: [(i, c, t, p), (i, c, t, round(p - 100, 2)), (i, c, t, 100)],
        ),
        "is the sum of its others",
    )


def test_the_end_of_a_day_is_a_time(tmp_path: Path) -> None:
    log = read(tmp_path, table(when=lambda t: f"{t:%Y-%m-%d} 24:00:00" if t.day == 9 else f"{t}",
                               more=str, head="member,time,id"))  # fmt: skip
    assert (log.n_acts, log.report.lost) == (N_ACTS, [])
