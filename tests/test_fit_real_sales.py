"""Purchases as shops export them: what was paid, what was paid back, lines of one basket."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.log import read_log
from plaza_lab.scenarios.fit.purchases import Purchases, fit_purchases, read_purchases
from plaza_lab.scenarios.fit.telling import mean_spend
from tests.real_forms import sales

TODAY = date(2025, 6, 1)
TOTAL = sum(amount for _, _, amount in sales())


def table(write, mark: str = ",", head: str = "customer,date,amount") -> str:
    rows = [head.replace(",", mark)]
    rows += [mark.join((who, when.isoformat(), write(paid))) for when, who, paid in sales()]
    return "\n".join(rows) + "\n"


def read(folder: Path, text: str, **asked: object) -> Purchases:
    path = folder / "sales.csv"
    path.write_text(text)
    return read_purchases(path, **{"today": TODAY, **asked})


def german(paid: float) -> str:
    return f"{paid:,.2f}".translate(str.maketrans({",": ".", ".": ","}))


AMOUNTS = {
    "plain": lambda x: f"{x:.2f}",
    "thousands": lambda x: f'"{x:,.2f}"',
    "decimal comma": lambda x: f'"{x:.2f}"'.replace(".", ","),
    "points between thousands": lambda x: f'"{german(x)}"',
    "spaces between thousands": lambda x: f"{x:,.2f}".replace(",", " "),
    "narrow spaces": lambda x: f"{x:,.2f}".replace(",", "\u202f"),
    "apostrophes": lambda x: f"{x:,.2f}".replace(",", "'"),
    "dollars": lambda x: f'"${x:,.2f}"',
    "yuan": lambda x: f"¥{x:.2f}",
    "yuan behind": lambda x: f"{x:.2f}元",
    "euros behind": lambda x: f'"{german(x)} €"',
    "letters": lambda x: f"USD {x:.2f}",
    "euros before": lambda x: f'"€ {german(x)}"',
    "reais": lambda x: f'"R$ {german(x)}"',
    "dollars of hong kong": lambda x: f'"HK${x:,.2f}"',
    "rupees": lambda x: f"Rs. {x:.2f}",
    "letters of china": lambda x: f"RMB{x:.2f}",
    "in chinese": lambda x: f"人民币{x:.2f}元",
    "ten thousands": lambda x: f"{x / 1e4:.6f}万元",
    "full width": lambda x: f"￥{x:.2f}".translate({48 + k: 0xFF10 + k for k in range(10)}),
    "letters behind": lambda x: f"{x:.2f} CNY",
}


@pytest.mark.parametrize("form", AMOUNTS)
def test_amounts_are_read_as_they_are_written(tmp_path: Path, form: str) -> None:
    data = read(tmp_path, table(AMOUNTS[form]))
    assert data.amount.sum() == pytest.approx(TOTAL)
    assert sum(data.report.dropped.values()) == 0


def test_a_dash_for_no_cents_is_no_minus(tmp_path: Path) -> None:
    for write in (lambda x: f"{x:.0f}.-", lambda x: f'"{x:.0f},- €"', lambda x: f'"{x:.0f},--"'):
        data = read(tmp_path, table(write))
        assert data.amount.sum() == sum(round(paid) for _, _, paid in sales())


STATES = {
    "status": ("refunded", "completed"), "Order Status": ("cancelled", "processing"),
    "Financial Status": ("voided", "paid"), "订单状态": ("交易关闭", "交易成功"),
    "payment_status": ("failed", "succeeded"), "交易状态": ("等待买家付款", "已完成"),
}  # fmt: skip


@pytest.mark.parametrize("column", STATES)
def test_orders_never_paid_are_no_purchases(tmp_path: Path, column: str) -> None:
    off, fine = STATES[column]
    rows = [f"order_id,customer,date,amount,{column}"]
    rows += [f"o{place},{who},{when.isoformat()},{paid},{fine if place % 5 else off}"
             for place, (when, who, paid) in enumerate(sales())]  # fmt: skip
    data = read(tmp_path, "\n".join(rows) + "\n")
    kept = sum(paid for place, (_, _, paid) in enumerate(sales()) if place % 5)
    assert data.amount.sum() == pytest.approx(kept)
    assert data.report.dropped == {"cancelled order": 60}
    assert any(f"column {column}: {off} in 60 rows" in note for note in data.report.notes)


def test_a_state_that_is_not_known_is_told(tmp_path: Path) -> None:
    rows = ["customer,date,amount,status"]
    rows += [f"{who},{when.isoformat()},{paid},{'paid' if place % 5 else 'frobbed'}"
             for place, (when, who, paid) in enumerate(sales())]  # fmt: skip
    data = read(tmp_path, "\n".join(rows) + "\n")
    assert data.amount.sum() == pytest.approx(TOTAL)
    assert any("frobbed (60 rows) counted as purchases" in note for note in data.report.notes)


def test_rows_of_refunds_are_taken_off(tmp_path: Path) -> None:
    rows, left = ["customer,date,amount,type"], TOTAL
    for place, (when, who, paid) in enumerate(sales()):
        rows.append(f"{who},{when.isoformat()},{paid},sale")
        if place % 7 == 0:
            rows.append(f"{who},{(when + timedelta(days=1)).isoformat()},{paid},refund")
            left -= paid
    assert read(tmp_path, "\n".join(rows) + "\n").amount.sum() == pytest.approx(left)


def test_the_few_among_debits_and_credits_went_back(tmp_path: Path) -> None:
    for column, paid, back in (
        ("D/C", "D", "C"),
        ("type", "credit", "debit"),
        ("借贷", "贷", "借"),
    ):
        rows, left = [f"customer,date,amount,{column}"], TOTAL
        for place, (when, who, amount) in enumerate(sales()):
            rows.append(f"{who},{when.isoformat()},{amount},{paid}")
            if place % 7 == 0:
                rows.append(f"{who},{(when + timedelta(days=1)).isoformat()},{amount},{back}")
                left -= amount
        data = read(tmp_path, "\n".join(rows) + "\n")
        assert data.amount.sum() == pytest.approx(left)
        assert any("43" in note and "paid back" in note for note in data.report.notes)
    ledger = [rows[0]] + [f"{who},{when.isoformat()},{amount},{side}"
                          for when, who, amount in sales() for side in "借贷"]  # fmt: skip
    with pytest.raises(UserError, match=r"300 debits and 300 credits.*--where '借贷=借'"):
        read(tmp_path, "\n".join(ledger) + "\n")
    assert read(tmp_path, "\n".join(ledger), where="借贷=借").amount.sum() == pytest.approx(TOTAL)


def test_what_can_be_read_in_two_ways_is_asked_about(tmp_path: Path) -> None:
    text = table(lambda x: f'"{1 + x // 1000:.0f},{x % 1000:03.0f}"')
    with pytest.raises(UserError, match=r"--decimal \. or --decimal ,"):
        read(tmp_path, text)
    large, small = read(tmp_path, text, decimal="."), read(tmp_path, text, decimal=",")
    assert large.amount.sum() == pytest.approx(1000 * small.amount.sum())
    mixed = table(lambda x: f"{'$' if x > 900 else '€'}{x:.2f}")
    with pytest.raises(UserError, match="several currencies"):
        read(tmp_path, mixed)


INVOICES = {
    "uci": ("Invoice,StockCode,Quantity,InvoiceDate,Price,Customer ID", "C{}", -1),
    "uci 2010": ("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID", "C{}", -1),
    "c in front alone": ("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID", "C{}", 1),
    "small letter": ("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID", "c-{}", 1),
    "quantity alone": ("order_id,sku,qty,order_date,unit_price,customer_id", "{}", -1),
    "chinese": ("订单号,商品,数量,下单时间,单价,客户", "{}", -1),
}


@pytest.mark.parametrize("form", INVOICES)
def test_returns_undo_what_they_return(tmp_path: Path, form: str) -> None:
    head, number, sign = INVOICES[form]
    rows, left = [head], 0.0
    for place, (when, who, paid) in enumerate(sales()):
        row = "{},X{},{},{},{},{}"
        rows.append(row.format(50_000 + place, place % 7, 4, when.isoformat(), paid / 4, who))
        if place % 5 == 0:
            back = (when + timedelta(days=2)).isoformat()
            cancelled = number.format(50_000 + place)
            rows.append(row.format(cancelled, place % 7, 4 * sign, back, paid / 4, who))
        else:
            left += paid
    data = read(tmp_path, "\n".join(rows) + "\n")
    assert data.amount.sum() == pytest.approx(left)
    assert data.n_rows == 240
    assert data.report.dropped == {
        "return or cancelled invoice": 60, "purchase undone by a return": 60,
    }  # fmt: skip


def test_a_part_that_goes_back_leaves_the_rest(tmp_path: Path) -> None:
    text = table(lambda x: f"{x:.2f}")
    when, who, _ = sales()[100]
    text += f"{who},{(when + timedelta(hours=1)).isoformat()},-50\n"
    text += "c00,2025-01-06T00:00:00,-70\n"  # before anything was bought
    data = read(tmp_path, text)
    assert data.amount.sum() == pytest.approx(TOTAL - 50)
    assert any("1 returns are of more than was bought" in note for note in data.report.notes)


def test_equal_lines_of_a_basket_are_added(tmp_path: Path) -> None:
    rows = ["customer,date,amount"]
    rows += [f"{who},{when.isoformat()},{paid / 4:.4f}" for when, who, paid in sales()
             for _ in range(4)]  # fmt: skip
    data = read(tmp_path, "\n".join(rows) + "\n")
    assert data.amount.sum() == pytest.approx(TOTAL, rel=1e-4)
    assert (data.n_rows, data.report.dropped) == (300, {})


def test_orders_of_shopify_count_their_total_once(tmp_path: Path) -> None:
    head = "Name,Email,Financial Status,Paid at,Total,Refunded Amount,Lineitem quantity,"
    rows = [head + "Lineitem price,Cancelled at"]
    for place, (when, who, paid) in enumerate(sales()):
        paid_at = when.strftime("%Y-%m-%d %H:%M:%S +0800")
        off = paid_at if place % 10 == 0 else ""
        rows.append(f"#{place},{who}@x.example,paid,{paid_at},{paid},1.00,1,{paid / 2},{off}")
        rows.append(f"#{place},{who}@x.example,,,,,1,{paid / 2},")
    data = read(tmp_path, "\n".join(rows) + "\n")
    kept = [paid for place, (_, _, paid) in enumerate(sales()) if place % 10]
    assert data.amount.sum() == pytest.approx(sum(kept) - len(kept))
    assert data.report.dropped["further line of an order whose total stands in its first"] == 300


def _cases() -> Path | None:
    for above in Path(__file__).resolve().parents:
        if (above / "shared" / "cases" / "logs").is_dir():
            return above / "shared" / "cases" / "logs"
    return None


CASES = _cases()
needs_cases = pytest.mark.skipif(CASES is None, reason="the cases are not beside the project")
SAME = (
    "01-time-zone/local", "01-time-zone/offset_minus8", "02-date-forms/dmy",
    "02-date-forms/chinese", "02-date-forms/half_and_half", "04-encodings/gbk",
    "04-encodings/cr_only", "04-encodings/utf8_chinese", "05-stray-quote/one_quote_midway",
    "05-stray-quote/inch", "07-slack-rows/clean", "07-slack-rows/with_joins",
)  # fmt: skip


@needs_cases
@pytest.mark.parametrize("name", SAME)
def test_cases_of_acts_read_as_the_truth(name: str) -> None:
    assert CASES is not None
    log = read_log(CASES / f"{name}.csv.gz")
    assert (log.n_members, log.n_acts) == (300, 3135)
    days = np.unique(log.member * 1000 + log.day) % 1000
    week = np.bincount((days + log.first_day.weekday()) % 7, minlength=7)
    told = (7 * week / week.sum())[[0, 5, 6]]
    assert told == pytest.approx([1.07, 1.49, 0.27], abs=0.02)


@needs_cases
def test_cases_of_members() -> None:
    assert CASES is not None
    with pytest.raises(UserError, match="rounded numbers"):
        read_log(CASES / "06-ids" / "excel_snowflake.csv.gz")
    told = read_log(CASES / "06-ids" / "case_email.csv.gz")
    assert any("494 ids would be 300 people" in note for note in told.report.notes)
    assert read_log(CASES / "06-ids" / "case_email.csv.gz", merge_ids=True).n_members == 300
    deleted = read_log(CASES / "07-slack-rows" / "deleted.csv.gz")
    assert deleted.report.dropped == {"bot, deleted account or placeholder": 927}
    june = CASES / "08-silent-end" / "to_june.csv.gz"
    assert any("--until DATE" in note for note in read_log(june).report.notes)
    assert read_log(june, until=date(2024, 1, 1)).n_days == 364


@needs_cases
@pytest.mark.parametrize(
    ("name", "mean"),
    [
        ("09-amount-forms/plain", 88.1), ("09-amount-forms/decimal_comma", 88.1),
        ("09-amount-forms/thousands", 1762), ("10-cancelled-invoices/net", 85.9),
        ("10-cancelled-invoices/retail", 85.9), ("11-basket-lines/lines", 88.1),
    ],
)  # fmt: skip
def test_cases_of_purchases(name: str, mean: float) -> None:
    assert CASES is not None
    fit = fit_purchases(read_purchases(CASES / f"{name}.csv.gz"))
    assert mean_spend(fit.parameters) == pytest.approx(mean, rel=2e-3)
