"""Relatives of the forms of real exports: other languages, messengers, forums and shops."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import Log, read_log
from plaza_lab.scenarios.fit.purchases import read_purchases
from plaza_lab.scenarios.fit.reading.times import read_times
from tests.real_forms import N_ACTS, N_MEMBERS, acts, sales, table

TODAY = date(2025, 6, 1)
ACTS, DAYS = acts(), sorted({t.date() for t, _ in acts()})
SILENT = N_ACTS // 8  # rows of every eighth place say that somebody came


def _since(t: datetime) -> int:
    return int((t - datetime(1970, 1, 1)).total_seconds())


def _half(t: datetime, morning: str, afternoon: str) -> str:
    return afternoon if t.hour > 11 else morning


def _twelve(t: datetime) -> int:
    return (t.hour - 1) % 12 + 1


def read(folder: Path, content: str | bytes, **asked: object) -> Log:
    path = folder / "log.bin"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_log(path, **{"today": TODAY, **asked})


def words(names: str, form: str) -> Callable[[datetime], str]:
    """Write dates with these names of January, February and March."""
    months = names.split()
    return lambda t: form.format(
        d=t.day, n=months[t.month - 1], y=t.year, t=f"{t:%H:%M}", p=f"{t:%H.%M}"
    )


DATES: dict[str, Callable[[datetime], str]] = {
    "turkish": words("Ocak Şubat Mart", "{d} {n} {y} Pazartesi {t}"),
    "swedish": words("januari februari mars", '"måndag {d} {n} {y}, {t}"'),
    "finnish": words("tammikuuta helmikuuta maaliskuuta", "{d}. {n} {y} klo {p}"),
    "czech": words("ledna února března", "{d}. {n} {y} {t}"),
    "hungarian": words("január február március", "{y}. {n} {d}. {t}"),
    "hungarian, numbers": lambda t: f"{t.year}. {t.month:02d}. {t.day:02d}. {t:%H:%M}",
    "ukrainian": words("січня лютого березня", "{d} {n} {y} р. {t}"),
    "romanian": words("ianuarie februarie martie", "{d} {n} {y} {t}"),
    "indonesian": words("Januari Februari Maret", "{d} {n} {y} pukul {p}"),
    "greek": words("Ιανουαρίου Φεβρουαρίου Μαρτίου", "{d} {n} {y} {t}"),
    "catalan": words("gener febrer març", "{d} de {n} de {y} {t}"),
    "arabic": words("يناير فبراير مارس", "{d} {n} {y} {t}"),
    "digits of arabic": lambda t: t.strftime("%Y-%m-%d %H:%M").translate(
        {48 + k: 0x660 + k for k in range(10)}
    ),
    "japanese": lambda t: (
        f"{t.year}年{t.month}月{t.day}日(月) {_half(t, '午前', '午後')}{_twelve(t)}:{t:%M}"
    ),
    "japanese, slashes": lambda t: f"{t:%Y/%m/%d}(火) {t.hour}時{t.minute}分",
    "korean": lambda t: (
        f"{t.year}년 {t.month}월 {t.day}일 월요일 {_half(t, '오전', '오후')} {_twelve(t)}:{t:%M}"
    ),
    "vietnamese": lambda t: f'"{t.day} tháng {t.month}, {t.year} {t:%H:%M}"',
    "weekday in brackets": lambda t: f"{t:%Y-%m-%d}（周一）{t:%H:%M}",
    "facebook": lambda t: f'"{t:%A, %B} {t.day}, {t.year} at {_twelve(t)}:{t:%M}{t:%p} UTC+01"',
    "clock first": lambda t: t.strftime("%H:%M:%S %d/%m/%Y"),
    "web server": lambda t: t.strftime("[%d/%b/%Y:%H:%M:%S +0000]"),
    "of .net": lambda t: f"/Date({_since(t)}000+0000)/",
    "place": lambda t: t.isoformat(" ") + " America/New_York",
    "offset before the year": lambda t: t.strftime("%a %b %d %H:%M:%S +0800 %Y"),
    "underscores": lambda t: t.strftime("%Y_%m_%d %H:%M:%S"),
    "clock of dashes": lambda t: t.strftime("%Y-%m-%d %H-%M-%S"),
    "spaces": lambda t: t.strftime("%d / %m / %Y %H:%M"),
    "month, year of two digits": lambda t: t.strftime("%b-%d-%y"),
}


def test_dates_of_other_languages_and_programs() -> None:
    right = [(t.date() - date(1970, 1, 1)).days for t, _ in ACTS]
    for form, write in DATES.items():
        texts = [write(t).strip('"') for t, _ in ACTS]
        seconds = read_times(pa.chunked_array([texts])).seconds
        assert (seconds // 86_400).tolist() == right, form


def test_a_month_is_no_other_that_begins_alike(tmp_path: Path) -> None:
    finnish = read(
        tmp_path, table(when=words("marraskuuta joulukuuta tammikuuta", "{d}. {n} 2024"))
    )
    assert finnish.first_day == date(2024, 1, 1)  # January 2024 comes first: the third name
    web = table(when=lambda t: t.strftime("%d/%b/2012:%H:%M:%S"))
    assert read(tmp_path, web).first_day == date(2012, 1, 6)  # not 2020, at twelve


def test_epoch_numbers_of_the_last_century_are_told(tmp_path: Path) -> None:
    apple = table(when=lambda t: str(_since(t) - 978_307_200))
    assert any("count from 2001" in note for note in read(tmp_path, apple).report.notes)
    usual = read(tmp_path, table(when=lambda t: str(_since(t))))
    assert not any("count from 2001" in note for note in usual.report.notes)


def _telegram(i: int, t: datetime, m: str) -> dict[str, object]:
    who = f"user1{m[1:]}"
    if i % 8 == 0:
        return {"type": "service", "date": t.isoformat(), "actor": m, "actor_id": who,
                "action": "join_group_by_link" if i % 16 else "pin_message"}  # fmt: skip
    return {"type": "message", "date": t.isoformat(), "from": None if i % 8 == 4 else "Alex",
            "from_id": who, "text": ["x", {"type": "link"}]}  # fmt: skip


def _teams(i: int, t: datetime, m: str) -> dict[str, object]:
    who = {"application": None, "user": {"id": m, "displayName": "A"}}
    return {"createdDateTime": t.isoformat() + "Z", "from": who if i % 8 else None,
            "messageType": "message" if i % 8 else "systemEventMessage"}  # fmt: skip


def _mattermost(i: int, t: datetime, m: str) -> dict[str, object]:
    return {"create_at": _since(t) * 1000, "user_id": m, "channel_id": "c",
            "type": "" if i % 8 else "system_join_channel"}  # fmt: skip


def _matrix(i: int, t: datetime, m: str) -> dict[str, object]:
    joins = {"type": "m.room.member", "content": {"membership": "join"}}
    said = {"type": "m.room.message", "content": {"msgtype": "m.text"}}
    return {
        "sender": f"@{m}:x.org",
        "origin_server_ts": _since(t) * 1000,
        **(said if i % 8 else joins),
    }


def _messenger(i: int, t: datetime, m: str) -> dict[str, object]:
    return {"sender_name": m, "timestamp_ms": _since(t) * 1000, "type": "Generic",
            "content": "hello" if i % 8 else f"{m} joined the group."}  # fmt: skip


def _gitlab(i: int, t: datetime, m: str) -> dict[str, object]:
    return {"action_name": ("joined", "opened", "closed", "pushed to")[i % 8 and 1 + i % 3],
            "author": {"username": m}, "author_username": m,
            "created_at": t.isoformat()}  # fmt: skip


def _events(i: int, t: datetime, m: str) -> dict[str, object]:
    return {"type": "IssuesEvent" if i % 8 else "WatchEvent", "actor": {"login": m},
            "created_at": t.isoformat() + "Z"}  # fmt: skip


def _by_app(i: int, t: datetime, m: str) -> dict[str, object]:
    return {"author": {"login": m if i % 8 else "app/dependabot", "is_bot": i % 8 == 0},
            "createdAt": t.isoformat() + "Z"}  # fmt: skip


def _toots(i: int, t: datetime, m: str) -> dict[str, object]:
    return {"created_at": t.isoformat(), "account": {"acct": m, "bot": i % 8 == 0}}


def made(make: Callable[[int, datetime, str], dict[str, object]]) -> list[dict[str, object]]:
    return [make(place, t, m) for place, (t, m) in enumerate(ACTS)]


def lines(head: str, write: Callable[[int, datetime, str], str]) -> str:
    rows = [write(place, t, m) for place, (t, m) in enumerate(ACTS)]
    return "\n".join([head, *rows] if head else rows) + "\n"


# What a file holds, whether its silent eighth are joins, and how it is read.
EXPORTS: dict[str, tuple[str, bool]] = {
    "Telegram": (json.dumps({"name": "tea", "messages": made(_telegram)}), True),
    "Telegram, whole account": (
        json.dumps({"about": "x", "chats": {"list": [{"name": "tea",
                                                      "messages": made(_telegram)}]}}),
        True,
    ),
    "Teams": (json.dumps({"@odata.context": "x", "value": made(_teams)}), False),
    "Mattermost": (json.dumps({"order": [], "posts": made(_mattermost)}), True),
    "Mattermost, by number": (
        json.dumps({"posts": {f"p{i}": one for i, one in enumerate(made(_mattermost))}}), True,
    ),
    "Matrix": (json.dumps({"room_name": "tea", "messages": made(_matrix)}), True),
    "Messenger": (json.dumps({"participants": [], "messages": made(_messenger)}), True),
    "GitLab": (json.dumps(made(_gitlab)), True),
    "GitHub events": (json.dumps(made(_events)), False),
    "GitHub, bots by flag": (json.dumps(made(_by_app)), False),
    "Mastodon": (json.dumps(made(_toots)), False),
    "Discord, as a table": (
        lines("AuthorID,Author,Date,Content",
              lambda i, t, m: f"1{m[1:]},{m},{t},{'x' if i % 8 else 'Joined the server.'}"), True,
    ),
    "KakaoTalk": (
        lines("Date,User,Message",
              lambda i, t, m: f'{t},{m},"{"hello" if i % 8 else m + "님이 들어왔습니다."}"'), True,
    ),
    "WordPress": (
        lines("comment_author,comment_author_email,comment_date,comment_approved,comment_type",
              lambda i, t, m: f"A,{m}@x.example,{t},{1 if i % 8 else 'spam'},comment"), False,
    ),
    "phpBB": (
        lines("post_id,poster_id,post_time,post_text",
              lambda i, t, m: f"{i},{int(m[1:]) + 2 if i % 8 else 1},{_since(t)},x"), False,
    ),
    "vBulletin": (
        lines("postid,userid,dateline,username",
              lambda i, t, m: f"{i},{int(m[1:]) + 2 if i % 8 else 0},{_since(t)},x"), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", EXPORTS)
def test_exports_of_messengers_and_forums(tmp_path: Path, form: str) -> None:
    content, joins = EXPORTS[form]
    log = read(tmp_path, content)
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS - SILENT)
    assert (log.joined is not None) == joins
    if not joins:
        assert sum(log.report.dropped.values()) + log.kinds.get("watchevent", 0) == SILENT


def test_one_chat_of_a_whole_account_is_chosen(tmp_path: Path) -> None:
    chats = [{"name": name, "messages": made(_telegram)} for name in ("tea", "coffee")]
    content = json.dumps({"chats": {"list": chats}})
    with pytest.raises(UserError, match="--where group=VALUE, VALUE one of coffee, tea"):
        read(tmp_path, content)
    assert read(tmp_path, content, where="group=tea").report.rows == 2 * N_ACTS


RECORDS = [{"user": m, "time": t.isoformat()} for t, m in ACTS]
SAME: dict[str, str | bytes] = {
    "columns of a table": json.dumps({"user": [m for _, m in ACTS],
                                      "time": [t.isoformat() for t, _ in ACTS]}),
    "table by rows": json.dumps({"columns": ["user", "time"],
                                 "data": [[m, t.isoformat()] for t, m in ACTS]}),
    "table by columns": json.dumps({"user": {str(i): m for i, (_, m) in enumerate(ACTS)},
                                    "time": {str(i): str(t) for i, (t, _) in enumerate(ACTS)}}),
    "rows of cells": json.dumps([["user", "time"], *([m, t.isoformat()] for t, m in ACTS)]),
    "one behind the other": "".join(json.dumps(one) for one in RECORDS),
    "over several lines": "\n".join(json.dumps(one, indent=1) for one in RECORDS),
    "with commas between": ",\n".join(json.dumps(one) for one in RECORDS),
    "script": "window.YTD.posts.part0 = " + json.dumps(RECORDS),
    "database": "\n".join(json.dumps({"user": m, "time": {"$date": f"{t.isoformat()}Z"}})
                          for t, m in ACTS),
    "seconds and parts": json.dumps([{"uid": m, "createdAt": {"_seconds": _since(t),
                                                              "_nanoseconds": 0}}
                                     for t, m in ACTS]),
    "search engine": json.dumps({"took": 1, "hits": {"hits": [
        {"_id": i, "_source": {"user": m, "@timestamp": t.isoformat()}}
        for i, (t, m) in enumerate(ACTS)]}}),
    "day and clock": lines("user,date,time", lambda i, t, m: f"{m},{t:%Y-%m-%d},{t:%H:%M:%S}"),
    "day and clock, german": lines("Name;Datum;Uhrzeit",
                                   lambda i, t, m: f"{m};{t:%d.%m.%Y};{t:%H:%M:%S}"),
    "day and clock, chinese": lines("昵称,日期,时间", lambda i, t,
                                    m: f"{m},{t:%Y-%m-%d},{t:%H:%M:%S}"),
    "day and clock, american": lines(
        "User,Date,Time", lambda i, t, m: f"{m},{t:%m/%d/%Y},{_twelve(t)}:{t:%M:%S} {t:%p}"),
    "row names of R": lines('"user","time"', lambda i, t, m: f'"{i}","{m}","{t}"'),
    "comma at the end of rows": lines("user,time", lambda i, t, m: f"{m},{t},"),
    "unit behind a name": table(head="User ID,Timestamp (UTC)"),
    "signs that nobody sees": lines("user,time", lambda i, t, m: m + "\u200b" * (i % 2) + f",{t}"),
    "numbers kept as text": lines("user,time", lambda i, t, m: f'="{m}",{t}'),
    "german": table(head="Benutzer;Zeitpunkt", mark=";"), "spanish": table(head="Usuario,Fecha"),
    "japanese": table(head="ユーザー名,投稿日時"), "korean": table(head="작성자,작성일시"),
    "russian": table(head="Пользователь,Дата"),
    "cp1251": table(head="Пользователь,Дата", who=lambda m: "Анна" + m).encode("cp1251"),
    "shift_jis": table(head="ユーザー名,日時", who=lambda m: "田中" + m).encode("shift_jis"),
    "big5": table(head="用戶,時間", who=lambda m: "王小明" + m).encode("big5"),
    "euc-kr": table(head="작성자,작성일시", who=lambda m: "김철수" + m).encode("euc-kr"),
}  # fmt: skip


@pytest.mark.slow
def test_rows_are_the_same_however_they_are_laid_out(tmp_path: Path) -> None:
    right = read(tmp_path, table())
    for form, content in SAME.items():
        log = read(tmp_path, content)
        assert (log.seconds.tolist(), log.member.tolist()) == (
            right.seconds.tolist(), right.member.tolist()
        ), form  # fmt: skip
        assert sum(log.report.dropped.values()) == 0, form


def test_lines_in_two_encodings_are_told(tmp_path: Path) -> None:
    text = table(head="用户,时间,内容", more=lambda i: "你好").splitlines(keepends=True)
    content = "".join(text[:200]).encode() + "".join(text[200:]).encode("gb18030")
    log = read(tmp_path, content)
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS)
    assert any("lines in two encodings: UTF-8 in 200, GB18030 in 201" in one
               for one in log.report.notes)  # fmt: skip


def _by_day(head: Callable[[date], str], line: Callable[[int, datetime, str], str]) -> str:
    rows = list(enumerate(ACTS))
    return "".join(
        head(day) + "".join(line(i, t, m) for i, (t, m) in rows if t.date() == day) for day in DAYS
    )


CHATS = {
    "WhatsApp": lines(
        "[06.01.25, 08:00:00] Tea: \u200eMessages and calls are end-to-end encrypted.",
        lambda i, t, m: f"[{t:%d.%m.%y, %H:%M:%S}] "
        + (f"{m}: hello: you\nand you" if i % 8 else
           f"Tea: \u200e{m} joined using this group's invite link")),
    "WhatsApp on Android": lines(
        "1/6/25, 8:00 AM - Messages and calls are end-to-end encrypted.",
        lambda i, t, m: f"{t.month}/{t.day}/{t:%y}, {_twelve(t)}:{t:%M}\u202f{t:%p} - "
        + (f"{m}: hello" if i % 8 else f"{m} joined using this group's invite link")),
    "LINE": "[LINE] Chat history in tea\nSaved on: 2025/03/10 10:00\n\n" + _by_day(
        lambda d: f"\n{d:%Y/%m/%d}(月)\n",
        lambda i, t,
        m: f"{t:%H:%M}\t" + (f"{m}\thello\n" if i % 8 else f"{m} joined the group.\n")),
    "KakaoTalk": "tea 님과 카카오톡 대화\n저장한 날짜 : 2025-03-10 10:00:00\n\n" + _by_day(
        lambda d: f"--------------- {d.year}년 {d.month}월 {d.day}일 월요일 ---------------\n",
        lambda i, t, m: f"[{m}] [{_half(t, '오전', '오후')} {_twelve(t)}:{t:%M}] hello\n" if i % 8
        else f"{m}님이 들어왔습니다.\n"),
    "QQ": lines(
        "消息记录\n\n========\n消息对象:茶友群\n========\n",
        lambda i, t, m: f"{t:%Y-%m-%d} {t.hour}:{t:%M:%S} "
        + (f"【管理员】{'新' * (i % 2)}名(1{m[1:]}2345)\n你好\n" if i % 8 else
           f"系统消息(10000)\n{m}加入本群\n")),
}  # fmt: skip


@pytest.mark.parametrize("form", CHATS)
def test_chats_saved_as_text(tmp_path: Path, form: str) -> None:
    log = read(tmp_path, CHATS[form])
    below = [note for note in log.report.notes if "lines belong to the messages above" in note]
    assert len(below) == (form in ("WhatsApp", "QQ"))
    assert form.split()[0] in log.report.form
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS - SILENT)
    assert (log.first_day, log.last_day) == (DAYS[0], DAYS[-1])
    assert (log.joined is not None) == (form != "QQ")


def test_a_table_of_two_columns_is_no_chat(tmp_path: Path) -> None:
    rows = "".join(f"{t}\t{m}\n" for t, m in ACTS) + "soon\tm01\n"
    assert read(tmp_path, "time\tmember\n" + rows).report.dropped == {"unreadable time": 1}
    assert "tabs" in read(tmp_path, "time\tmember\n" + rows).report.form


def workbook(fill: Callable[[object], None]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def _put(sheet: object, rows: list[list[object]]) -> None:
    for row in rows:
        sheet.append(row)  # type: ignore[attr-defined]


def _hidden(book) -> None:  # type: ignore[no-untyped-def]
    book.active.sheet_state = "hidden"
    _put(book.active, [["member", "time"], *[["zz", datetime(2020, 1, 1)]] * 5])
    _put(book.create_sheet("log"), [["member", "time"], *([m, t] for t, m in ACTS)])


def _notes_first(book) -> None:  # type: ignore[no-untyped-def]
    _put(book.active, [["This workbook holds the posts"], ["of the tea club"]])
    _put(book.create_sheet("log"), [["member", "time"], *([m, t] for t, m in ACTS)])


def _by_month(book) -> None:  # type: ignore[no-untyped-def]
    for month in (1, 2, 3):
        sheet = book.active if month == 1 else book.create_sheet()
        _put(sheet, [["member", "time"], *([m, t] for t, m in ACTS if t.month == month)])


def _merged(book) -> None:  # type: ignore[no-untyped-def]
    sheet, row = book.active, 2
    _put(sheet, [["date", "member", "time"]])
    for day in DAYS:
        mine = [(t, m) for t, m in ACTS if t.date() == day]
        _put(sheet, [[None if k else day, m, t.time()] for k, (t, m) in enumerate(mine)])
        sheet.merge_cells(start_row=row, end_row=row + len(mine) - 1, start_column=1, end_column=1)
        row += len(mine)


@pytest.mark.parametrize("fill", [_hidden, _notes_first, _by_month, _merged])
def test_sheets_of_a_workbook(tmp_path: Path, fill: Callable[[object], None]) -> None:
    log = read(tmp_path, workbook(fill))
    assert (log.n_members, log.n_acts) == (N_MEMBERS, N_ACTS)
    assert (log.first_day, log.last_day) == (DAYS[0], DAYS[-1])
    assert sum(log.report.dropped.values()) == 0


SALES = sales()
TOTAL = sum(paid for _, _, paid in SALES)
PAID = sum(paid for i, (_, _, paid) in enumerate(SALES) if i % 5)


def shop(head: str, write: Callable[[int, datetime, str, float], str]) -> str:
    return "\n".join([head, *(write(i, *one) for i, one in enumerate(SALES))]) + "\n"


# Every fifth order was not paid, or went back.
SHOPS: dict[str, str | bytes] = {
    "WooCommerce": shop(
        "Order Number,Order Status,Order Date,Customer Email,Order Total",
        lambda i, t, c, p: f"{i},wc-{'completed' if i % 5 else 'on-hold'},{t},{c},{p}"),
    "Amazon": shop(
        "amazon-order-id\tpurchase-date\torder-status\tquantity\titem-price\tbuyer-email",
        lambda i, t, c, p: "\t".join((
            f"1{i}", f"{t}", ("Shipped - Delivered to Buyer" if i % 5 else
                              ("Cancelled", "Shipped - Returned to Seller")[i % 2]),
            f"{1 + i % 3}", f"{p}", c))),
    "Taobao": shop(
        "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,订单创建时间,付款时间",
        lambda i, t, c, p: f'="{10**17 + i}",{c},{p + 9},{p},'
        + (f"买家已付款，等待卖家发货,{t},{t}" if i % 5 else f"等待买家付款,{t},")).encode("gbk"),
    "Youzan": shop("订单号,订单状态,买家昵称,订单实付金额,下单时间,退款状态,退款金额",
                   lambda i, t, c, p: f"E{i},交易完成,{c},{p},{t},"
                   + (",0" if i % 5 else f"全额退款成功,{p}")),
    "Stripe": shop("id,Created date (UTC),Amount,Amount Refunded,Currency,Customer ID,Status",
                   lambda i, t, c, p: f"ch_{i},{t},{p},0,usd,{c},{'Paid' if i % 5 else 'Failed'}"),
    "hundredths": json.dumps({"object": "list", "data": [
        {"id": f"ch_{i}", "object": "charge", "amount": round(100 * p), "created": _since(t),
         "currency": "usd", "customer": c, "refunded": i % 5 == 0, "status": "succeeded"}
        for i, (t, c, p) in enumerate(SALES)]}),
    "PayPal": shop(
        "Date,Time,TimeZone,Name,Status,Currency,Gross,From Email Address,Type",
        lambda i, t, c, p: f'{t:%d/%m/%Y,%H:%M:%S},CET,N,Completed,EUR,"{p:,.2f}",{c},Payment'
        + ("" if i % 5 else f"\n{t + timedelta(days=1):%d/%m/%Y,%H:%M:%S},CET,N,Completed,EUR,"
           f'"-{p:,.2f}",{c},Payment Refund')),
    "lines with a total": shop("order_id,customer,order_date,status,order_total,sku,quantity,price",
                               lambda i, t, c, p: "\n".join(
                                   f"{i},{c},{t},{'paid' if i % 5 else 'void'},{p},{sku},1,{p / 2}"
                                   for sku in "ab")),
    "flag of returns": shop("order_id,customer_id,order_date,amount,is_return",
                            lambda i, t, c, p: f"{i},{c},{t},{p},0" + (
                                "" if i % 5 else f"\nr{i},{c},{t + timedelta(days=1)},{p},1")),
    "flag of orders": shop("order_id,customer_id,order_date,amount,returned",
                           lambda i, t, c, p: f"{i},{c},{t},{p},{'No' if i % 5 else 'Yes'}"),
    "in german": shop("Kunde;Bestelldatum;Status;Betrag",
                      lambda i, t, c, p: f"{c};{t:%d.%m.%Y};{'paid' if i % 5 else 'cancelled'};"
                      + f"{p:,.2f}".translate(str.maketrans(",.", ".,"))),
    "unit in the name": shop("客户,时间,订单状态,金额(万元)",
                             lambda i, t, c,
                             p: f"{c},{t},{'已完成' if i % 5 else '已取消'},{p / 1e4:.6f}"),
    "copies below": shop("order_id,customer,date,status,amount",
                         lambda i, t, c, p: f"{i},{c},{t},{'paid' if i % 5 else 'void'},{p}")
    + "".join(f"{i},{c},{t},paid,{p}\n" for i, (t, c, p) in enumerate(SALES[:60]) if i % 5),
}  # fmt: skip


@pytest.mark.parametrize("form", SHOPS)
def test_orders_of_shops(tmp_path: Path, form: str) -> None:
    path = tmp_path / "orders.csv"
    content = SHOPS[form]
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    data = read_purchases(path, today=TODAY)
    assert data.amount.sum() == pytest.approx(PAID, rel=1e-6)
    assert data.n_rows == 240
    assert not any(loss.n for loss in data.report.lost)


def test_several_currencies_in_a_column_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(shop("customer,date,amount,currency",
                         lambda i, t, c,
                         p: f"{c},{t},{p},{'USD' if i % 3 else 'JPY'}"))  # fmt: skip
    with pytest.raises(UserError, match=r"USD in 200 rows, JPY in 100 rows.*--where currency=USD"):
        read_purchases(path, today=TODAY)
    assert read_purchases(path, today=TODAY, where="currency=JPY").n_rows == 100


def test_an_amount_repeated_in_an_order_is_told(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(shop("order_id,customer,date,amount,sku",
                         lambda i, t, c, p: f"{i},{c},{t},{p},a\n{i},{c},{t},{p},b"))  # fmt: skip
    data = read_purchases(path, today=TODAY)
    assert data.amount.sum() == pytest.approx(2 * TOTAL)
    assert any("the same in all lines of an order in 300 orders" in one
               for one in data.report.notes)  # fmt: skip
