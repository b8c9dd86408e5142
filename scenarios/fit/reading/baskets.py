"""The rows of a file of purchases: customer, time, and what was paid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.fit.options import Asked
from plaza_lab.scenarios.fit.reading.accounts import bots_of, check_ids, missing
from plaza_lab.scenarios.fit.reading.act_cells import forms_told
from plaza_lab.scenarios.fit.reading.acts import check_rows, whole_sheet
from plaza_lab.scenarios.fit.reading.amounts import read_amounts, signs_told, unit_of
from plaza_lab.scenarios.fit.reading.cleaning import (
    DUPLICATE,
    ELSEWHERE,
    Gathered,
    ReadReport,
    Rows,
    settled,
    unusable,
)
from plaza_lab.scenarios.fit.reading.columns import (
    AMOUNT_NAMES,
    BOT_NAMES,
    BOUGHT_NAMES,
    CLOCK_NAMES,
    CURRENCY_NAMES,
    CUSTOMER_NAMES,
    DATE_NAMES,
    GROUP_NAMES,
    NO_WORDS,
    ORDER_NAMES,
    PRICE_NAMES,
    PRODUCT_NAMES,
    QUANTITY_NAMES,
    TRUE_WORDS,
    chosen_by,
    find_column,
    groups_of,
    need_column,
    plain_name,
    raw_column,
    refuse_empty,
    refuse_groups,
    same_name,
    text_column,
)
from plaza_lab.scenarios.fit.reading.equal_rows import PASTED, is_twice_over, signs_of
from plaza_lab.scenarios.fit.reading.forms import FORMS, Form
from plaza_lab.scenarios.fit.reading.orders import (
    REFERENCES,
    STATUS_NAMES,
    by_status,
    call_off,
    cancelled,
    check_currency,
    first_lines,
    net,
    once_an_order,
    with_owners,
    without_copies,
)
from plaza_lab.scenarios.fit.reading.pieces import is_large, narrow
from plaza_lab.scenarios.fit.reading.sheet import Losses, Sheet
from plaza_lab.scenarios.fit.reading.times import read_times, zone_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

RETURNED, UNDONE, MORE_LINES = "return or cancelled invoice", "purchase undone by a return", (
    "further line of an order whose total stands in its first"
)  # fmt: skip
CALLED_OFF = ("cancelled_at", "cancelledat", "cancelled", "canceled_at", "canceled", "is_cancelled",
              "returned", "refunded", "test", "is_test", "voided",
              "deleted_at", "deleted", "is_deleted", "voided_at", "is_void", "test_order",
              "is_test_order", "已删除", "是否删除", "是否测试", "是否取消", "是否退款",
              "是否退货",
              "cancel_reason", "cancellation_reason", "cancellation_date", "cancel_date",
              "cancelled_date", "canceled_date", "cancelled_on", "取消时间", "取消原因",
              "storniert")  # fmt: skip
RETURNS = ("is_return", "is_refund", "is_returned", "is_credit", "is_credit_note", "return_flag")
DISCOUNTS = ("discount", "discount_amount", "discount_total", "total_discount", "rabatt", "remise",
             "descuento", "desconto", "sconto", "优惠", "优惠金额", "折扣", "折扣金额",
             "优惠券金额", "lineitem_discount", "line_discount", "coupon_amount", "割引",
             "скидка")  # fmt: skip
PAID_BACK = ("refunded_amount", "refund_amount", "退款金额", "amount_refunded", "total_refunded",
             "refund_total", "refunded_total", "已退款金额", "退款总额", "refund", "refunds",
             "refunded", "order_refund_amount", "partial_refunds", "订单退款金额", "退款",
             "退款金额合计", "售后金额", "erstattung", "erstattet",
             "remboursement", "reembolso")  # fmt: skip
SENT_BACK = frozenset(
    ("returned_quantity", "quantity_returned", "returned_qty", "qty_returned", "refunded_quantity",
     "quantity_refunded", "refunded_qty", "退货数量", "退款数量")
)  # fmt: skip
IN_CENTS = ("charge", "payment_intent", "invoice", "balance_transaction")  # of the payments API


def read_baskets(path: str | Path, asked: Asked) -> Rows:
    """Read the rows of purchases of one file; returns are taken off.

    Parameters
    ----------
    path : str or Path
        The file.
    asked : Asked
        What the user says.

    Returns
    -------
    Rows
        With ``member``, ``seconds`` and ``amount``.

    Raises
    ------
    UserError
        One line on what is wrong with the file, its columns or its rows.
    """
    import pandas as pd

    sheet, elsewhere = _opened(path, asked)
    form, known = asked.form_for(sheet)
    sheet, further = first_lines(sheet, path)
    mine = known if known and known.title.startswith("orders") else None
    names = _columns(sheet, asked, mine, path)
    check_currency(sheet, path)
    sheet, twice = without_copies(sheet, names, path)
    twice_over = [PASTED] if is_twice_over(signs_of(sheet.table)) else []
    sheet, more, told = once_an_order(sheet, names, path)
    table, further = sheet.table, further + more
    frame = pd.DataFrame({"member": text_column(table, names["member"], path, "--member")})
    check_ids(raw_column(table, names["member"]), frame["member"], names["member"], path)
    for part in ("order", "product"):
        if part in names:
            frame[part] = text_column(table, names[part], path, "--" + part)
    notes = [*sheet.notes, *twice_over, *told]
    frame["amount"] = _paid(frame, sheet, names, asked, path, notes)
    frame = with_owners(frame, sheet, path)
    off = frame.pop("called_off").to_numpy(bool) if "called_off" in frame else np.zeros(0, bool)
    if off.any():
        frame, sheet = frame[~off].reset_index(drop=True), sheet.only(~off)
        table = sheet.table
    paid_out = (frame["amount"] < 0).to_numpy() & missing(frame["member"])
    if paid_out.any():
        frame, sheet = frame[~paid_out].reset_index(drop=True), sheet.only(~paid_out)
        table = sheet.table
    times = read_times(
        raw_column(table, names["time"]), zone_of(asked.zone), asked.time_format, path
    )
    frame["seconds"] = times.seconds
    frame["size"] = _size(sheet, names, path)
    notes += [*forms_told(times.forms), *times.notes]
    bad, lost = unusable(frame, sheet, times, asked.today)
    report = ReadReport(
        sheet.rows, dict(sheet.aside) | {ELSEWHERE: elsewhere}, notes, [*lost, *sheet.lost], form,
        times.zone, names,
    )  # fmt: skip
    first_time = raw_column(table, names["time"])[0].as_py() if table.num_rows else None
    bots = bots_of(sheet, path)
    rows = settled(Gathered(frame, bad, bots, report, len(times.forms), first_time), asked, path)
    aside = {
        MORE_LINES: further,
        DUPLICATE: twice,
        "cancelled order": int(off.sum()),
        "paid to no customer": int(paid_out.sum()),
    }
    rows.report.dropped.update({reason: n for reason, n in aside.items() if n})
    return _netted(rows)


def _opened(path: str | Path, asked: Asked) -> tuple[Sheet, int]:
    """Rows of the community chosen, and how many are of others."""
    if is_large(path):
        sheet = narrow(path, asked, _enough(asked), f"reading {Path(path).name}")
    else:
        sheet = whole_sheet(path, asked)
    lost = Losses()
    lost.add(sheet.lost)
    check_rows(sheet.table.num_rows, sheet.rows, lost, path, "purchase")
    if asked.where is None:
        refuse_groups(groups_of(sheet.table, path), path)
        return sheet, 0
    mask, values = chosen_by(sheet, asked.where, path)
    if not mask.any():
        refuse_empty(asked.where, values, path)
    return sheet.only(mask), int((~mask).sum())


def _enough(asked: Asked) -> frozenset[str]:
    """Columns that purchases are read of, whatever their export."""
    chosen = (asked.member, asked.time, asked.amount, asked.price, asked.quantity, asked.order,
              (asked.where or "").partition("=")[0])  # fmt: skip
    of_forms = (
        name for form in FORMS.values()
        for name in (*form.member, *form.time, form.amount, *sum(form.needs, ()))
    )  # fmt: skip
    own = ("object", "test", "name", "lineitem_quantity", "total")
    return frozenset(same_name(name) for name in (
        *CUSTOMER_NAMES, *BOUGHT_NAMES, *AMOUNT_NAMES, *PRICE_NAMES, *QUANTITY_NAMES, *ORDER_NAMES,
        *PRODUCT_NAMES, *CURRENCY_NAMES, *STATUS_NAMES, *BOT_NAMES, *CLOCK_NAMES, *DATE_NAMES,
        *GROUP_NAMES, *CALLED_OFF, *RETURNS, *PAID_BACK, *SENT_BACK,
        *REFERENCES, *DISCOUNTS, *chosen, *of_forms, *own,
    ) if name)  # fmt: skip


def _columns(sheet: Sheet, asked: Asked, known: Form | None, path: str | Path) -> dict[str, str]:
    table = sheet.table
    who = (*(known.member if known else ()), *CUSTOMER_NAMES)
    when = (*(known.time if known else ()), *BOUGHT_NAMES)
    names = {
        "member": need_column(table, asked.member, who, "--member", path),
        "time": need_column(table, asked.time, when, "--time", path),
    }
    optional = {
        "price": find_column(table, asked.price, PRICE_NAMES, "--price", path),
        "quantity": find_column(table, asked.quantity, QUANTITY_NAMES, "--quantity", path),
        "order": find_column(table, asked.order, ORDER_NAMES, "--order", path),
        "product": find_column(table, None, PRODUCT_NAMES, "--product", path),
    }
    mine = (known.amount,) if known and known.amount else ()
    tried = tuple(one for one in (*mine, *AMOUNT_NAMES) if not _is_flag(table, one, path))
    amount = find_column(table, asked.amount, tried, "--amount", path)
    whole = optional["price"] and optional["quantity"]
    chosen_price = asked.amount and plain_name(asked.amount) in PRICE_NAMES
    if mine and amount is not None and same_name(amount) == same_name(mine[0]):
        whole = None  # the amount of the line, whatever quantity stands beside it
    if whole and (amount is None or asked.price or asked.quantity or chosen_price):
        amount = None
    elif amount is None and optional["price"]:
        amount = optional["price"]
    if amount is None and not whole:
        amount = need_column(table, None, tried, "--amount", path)
    if amount is not None:
        names["amount"] = amount
        optional.pop("price")
        if asked.quantity is None:
            optional["quantity"] = None
    taken = set(names.values())
    return names | {part: name for part, name in optional.items() if name and name not in taken}


def _is_flag(table: pa.Table, tried: str, path: str | Path) -> bool:
    """Whether a column of this name says yes or no, as *paid* may, or nothing at all."""
    name = find_column(table, None, (tried,), "--amount", path)
    if name is None:
        return False
    texts = text_column(table, name, path, "--amount").dropna().unique()
    return not any(sign.isdigit() for one in texts if one not in ("0", "1") for sign in one)


def _paid(
    frame: pd.DataFrame,
    sheet: Sheet,
    names: dict[str, str],
    asked: Asked,
    path: str | Path,
    notes: list[str],
) -> np.ndarray:
    def column(part: str, option: str) -> np.ndarray:
        texts = text_column(sheet.table, names[part], path, option)
        notes.extend(signs_told(texts, names[part]) if part != "quantity" else [])
        return read_amounts(texts, names[part], asked.decimal)

    if "amount" in names:
        amount = column("amount", "--amount")
        if "quantity" in names:
            amount = _product(amount, column("quantity", "--quantity"))
    else:
        amount = _product(column("price", "--price"), column("quantity", "--quantity"))
    for name in (names.get("amount"), names.get("price")):
        if name and (unit := unit_of(name)) != 1.0:
            amount = amount * unit
            notes.append(f"column {name} was multiplied by {unit:g}")
    amount = _of_cents(amount, sheet, notes)
    if "quantity" in names:
        notes.append(
            f"what was paid is {names['quantity']} x {names.get('price') or names['amount']}"
        )
    if "order" in names:
        amount = np.where(cancelled(frame["order"]), -np.abs(amount), amount)
    for name in dict.fromkeys(sheet.table.column_names):
        plain = plain_name(name)
        if plain in STATUS_NAMES and name not in names.values():
            words = text_column(sheet.table, name, path, "--amount")
            amount = by_status(words, name, amount, frame, notes)
        elif plain in PAID_BACK and name not in names.values() and not _is_flag(
            sheet.table, name, path
        ):  # fmt: skip
            back = read_amounts(text_column(sheet.table, name, path, "--amount"), name)
            if not np.isfinite(back).any():
                continue
            amount = amount - np.nan_to_num(np.abs(back))
            notes.append(f"{name} was taken off")
        elif plain in SENT_BACK and "quantity" in names:
            texts = text_column(sheet.table, name, path, "--quantity")
            back = np.abs(np.nan_to_num(read_amounts(texts, name)))
            ordered = np.abs(column("quantity", "--quantity"))
            share = np.divide(back, ordered, out=np.zeros_like(back), where=ordered > 0)
            amount = amount * np.clip(1 - share, 0, 1)
            notes.append(f"{name} was taken off")
        elif plain in DISCOUNTS and "price" in names:
            less = read_amounts(text_column(sheet.table, name, path, "--amount"), name)
            if np.any(np.nan_to_num(less) != 0):
                notes.append(
                    f"column {name} is not taken off what was paid: if {names['price']} is the "
                    "price before it, name a column of what was paid with --amount"
                )
        elif plain in RETURNS:
            said = text_column(sheet.table, name, path, "--amount").fillna("").str.lower()
            back_rows = said.isin(TRUE_WORDS).to_numpy(dtype=bool)
            if back_rows.any():
                amount = np.where(back_rows, -np.abs(amount), amount)
                notes.append(f"{name}: {int(back_rows.sum()):,} rows are returns")
        elif plain in CALLED_OFF:
            said = text_column(sheet.table, name, path, "--amount").fillna("").str.lower()
            off = ~said.isin((*NO_WORDS, "no", "n", "否", "0.0", "0.00")).to_numpy(dtype=bool)
            if off.any():
                amount = np.where(off, -0.0, amount)
                call_off(frame, off)
                notes.append(f"{name}: {int(off.sum()):,} orders that did not come about")
    return amount


def _product(price: np.ndarray, quantity: np.ndarray) -> np.ndarray:
    """Price times quantity; a row with a minus before both is a return all the same."""
    paid = price * quantity
    return np.where((price < 0) & (quantity < 0), -paid, paid)


def _size(sheet: Sheet, names: dict[str, str], path: str | Path) -> np.ndarray:
    """Digits in front of the decimal mark at a guess, to see whether lost amounts are large."""
    name = names.get("amount") or names["price"]
    texts = text_column(sheet.table, name, path, "--amount").fillna("")
    return 10.0 ** texts.str.count(r"\d").to_numpy(dtype=float, na_value=0.0)


def _of_cents(amount: np.ndarray, sheet: Sheet, notes: list[str]) -> np.ndarray:
    """Amounts of the payments API, which counts hundredths, as it writes them."""
    if "object" not in sheet.table.column_names or "currency" not in sheet.table.column_names:
        return amount
    kinds = set(raw_column(sheet.table, "object").unique().to_pylist())
    whole = amount[np.isfinite(amount)]
    if not kinds <= set(IN_CENTS) or np.any(whole % 1):
        return amount
    notes.append("amounts are in hundredths, as the payments API counts them: divided by 100")
    return amount / 100


def _netted(rows: Rows) -> Rows:
    frame = rows.frame
    dropped, notes = rows.report.dropped, rows.report.notes
    told = net(frame)
    if told.n_returns:
        dropped[RETURNED] = told.n_returns
        if told.n_undone:
            dropped[UNDONE] = told.n_undone
        notes.append(
            f"{told.n_returns:,} returns or cancellations worth {told.value:,.2f} were taken off "
            f"the purchases before them; {told.n_undone:,} purchases were undone"
        )
        if told.n_orphans:
            notes.append(
                f"{told.n_orphans:,} returns are of more than was bought in the log: the rest is "
                "left out"
            )
    frame = frame.assign(amount=told.amount)[told.keep]
    return Rows(frame.drop(columns=["order", "product"], errors="ignore"), rows.report)
