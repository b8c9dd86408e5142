"""The rows of a file of purchases: customer, time, and what was paid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.fit.accounts import check_ids
from plaza_lab.scenarios.fit.act_rows import forms_note
from plaza_lab.scenarios.fit.amounts import read_amounts
from plaza_lab.scenarios.fit.baskets import cancelled, net
from plaza_lab.scenarios.fit.forms import (
    AMOUNT_NAMES,
    BOUGHT_NAMES,
    CUSTOMER_NAMES,
    NO_WORDS,
    ORDER_NAMES,
    PRICE_NAMES,
    PRODUCT_NAMES,
    QUANTITY_NAMES,
    Form,
    plain_name,
)
from plaza_lab.scenarios.fit.read_options import Asked
from plaza_lab.scenarios.fit.rows import opened
from plaza_lab.scenarios.fit.settling import Rows, settled
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.statuses import STATUS_NAMES, by_status, call_off
from plaza_lab.scenarios.fit.table import find_column, need_column, raw_column, text_column
from plaza_lab.scenarios.fit.times import read_times, zone_of

if TYPE_CHECKING:
    import pandas as pd

RETURNED, UNDONE, MORE_LINES = "return or cancelled invoice", "purchase undone by a return", (
    "further line of an order whose total stands in its first"
)  # fmt: skip
CALLED_OFF = ("cancelled_at", "cancelledat", "cancelled", "canceled_at")
PAID_BACK = ("refunded_amount", "refund_amount", "退款金额")


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

    sheet, elsewhere, form, known = opened(path, asked, "purchase")
    sheet, further = _first_lines(sheet, path)
    table = sheet.table
    mine = known if known and known.title.startswith("orders") else None
    names = _columns(sheet, asked, mine, path)
    frame = pd.DataFrame({"member": text_column(table, names["member"], path, "--member")})
    check_ids(raw_column(table, names["member"]), frame["member"], names["member"], path)
    for part in ("order", "product"):
        if part in names:
            frame[part] = text_column(table, names[part], path, "--" + part)
    notes = list(sheet.notes)
    frame["amount"] = _paid(frame, sheet, names, asked, path, notes)
    times = read_times(
        raw_column(table, names["time"]), zone_of(asked.zone), asked.time_format, path
    )
    frame["seconds"] = times.seconds
    frame["size"] = _size(sheet, names, path)
    notes += forms_note(times)
    rows = settled(
        frame, sheet, times, names, names, elsewhere, form, notes, asked, path, keep_equal=True
    )
    if further:
        rows.dropped[MORE_LINES] = further
    return _netted(rows)


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
    amount = find_column(table, asked.amount, AMOUNT_NAMES, "--amount", path)
    whole = optional["price"] and optional["quantity"]
    chosen_price = asked.amount and plain_name(asked.amount) in PRICE_NAMES
    if whole and (amount is None or asked.price or asked.quantity or chosen_price):
        amount = None
    elif amount is None and optional["price"]:
        amount = optional["price"]
    if amount is None and not whole:
        amount = need_column(table, None, AMOUNT_NAMES, "--amount", path)
    if amount is not None:
        names["amount"] = amount
        optional.pop("price")
        if asked.quantity is None:
            optional["quantity"] = None
    taken = set(names.values())
    return names | {part: name for part, name in optional.items() if name and name not in taken}


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
        return read_amounts(texts, names[part], asked.decimal)

    if "amount" in names:
        amount = column("amount", "--amount")
        if "quantity" in names:
            amount = _product(amount, column("quantity", "--quantity"))
    else:
        amount = _product(column("price", "--price"), column("quantity", "--quantity"))
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
        elif plain in PAID_BACK:
            back = read_amounts(text_column(sheet.table, name, path, "--amount"), name)
            amount = amount - np.nan_to_num(np.abs(back))
            notes.append(f"{name} was taken off")
        elif plain in CALLED_OFF:
            said = text_column(sheet.table, name, path, "--amount").fillna("").str.lower()
            off = ~said.isin((*NO_WORDS, "no")).to_numpy(dtype=bool)
            if off.any():
                amount = np.where(off, -0.0, amount)
                call_off(frame, off)
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


def _first_lines(sheet: Sheet, path: str | Path) -> tuple[Sheet, int]:
    """Keep the first line of each order where only that holds the total, as Shopify writes them."""
    names = {plain_name(name): name for name in reversed(sheet.table.column_names)}
    if not {"lineitem_quantity", "total", "name"} <= set(names):
        return sheet, 0
    total = text_column(sheet.table, names["total"], path, "--amount").fillna("")
    order = text_column(sheet.table, names["name"], path, "--order")
    further = ((total == "") & order.duplicated()).to_numpy(dtype=bool)
    return (sheet.only(~further), int(further.sum())) if further.any() else (sheet, 0)


def _netted(rows: Rows) -> Rows:
    frame = rows.frame
    dropped, notes = dict(rows.dropped), list(rows.notes)
    if "called_off" in frame:
        off = frame["called_off"].to_numpy(bool)
        if off.any():
            dropped["cancelled order"] = int(off.sum())
        frame = frame[~off].drop(columns="called_off")
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
    frame = frame.drop(columns=["order", "product"], errors="ignore")
    return replace(rows, frame=frame, dropped=dropped, notes=notes)
