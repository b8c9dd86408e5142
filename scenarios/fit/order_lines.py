"""Lines of orders and invoices: copies, repeated totals, currencies; returns taken off."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.cleaning import codes_of
from plaza_lab.scenarios.fit.column_names import CURRENCY_NAMES, TOTAL_NAMES, plain_name, same_name
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.table import find_column, text_column

if TYPE_CHECKING:
    import pandas as pd

ALL_ALIKE, FEWEST_ORDERS = 0.95, 3


def check_currency(sheet: Sheet, path: str | Path) -> None:
    """Refuse amounts in several currencies, told by a column of their own."""
    name = find_column(sheet.table, None, CURRENCY_NAMES, "", path)
    if name is None:
        return
    found = text_column(sheet.table, name, path, "--where").str.upper().replace("", None).dropna()
    if found.nunique() > 1:
        counts = found.value_counts()
        shown = ", ".join(f"{one} in {n:,} rows" for one, n in counts.head(4).items())
        raise UserError(
            f"{path} holds amounts in several currencies (column {name}: {shown}): keep one with "
            f"--where {name}={counts.index[0]}, or turn them into one"
        )


def without_copies(sheet: Sheet, names: dict[str, str], path: str | Path) -> tuple[Sheet, int]:
    """Leave out rows of an order that stand, equal in every cell, once more further down.

    Equal lines of one basket follow each other; a copy stands behind rows of other orders.
    """
    import pandas as pd

    if "order" not in names:
        return sheet, 0
    order = text_column(sheet.table, names["order"], path, "--order").fillna("")
    run = (order != order.shift()).cumsum().to_numpy()
    cells = pd.DataFrame(codes_of(sheet.table))
    first = pd.Series(run).groupby([cells[name] for name in cells], dropna=False).transform("first")
    twice = (first.to_numpy() != run) & (order != "").to_numpy()
    return (sheet.only(~twice), int(twice.sum())) if twice.any() else (sheet, 0)


def once_an_order(
    sheet: Sheet, names: dict[str, str], path: str | Path
) -> tuple[Sheet, int, list[str]]:
    """Keep one row of each order whose total is repeated in every line of it."""
    if "order" not in names or "amount" not in names:
        return sheet, 0, []
    order = text_column(sheet.table, names["order"], path, "--order").fillna("")
    paid = text_column(sheet.table, names["amount"], path, "--amount").fillna("")
    lines = paid.groupby(order).agg(["size", "nunique"])
    several = lines[(lines["size"] > 1) & (lines.index != "")]
    alike = float((several["nunique"] == 1).mean()) if len(several) >= FEWEST_ORDERS else 0.0
    if alike < ALL_ALIKE:
        return sheet, 0, []
    name = names["amount"]
    if same_name(name) not in map(same_name, TOTAL_NAMES):
        return (
            sheet,
            0,
            [
                f"column {name} is the same in all lines of an order in {len(several):,} orders: "
                "they are added; if it is the total of the order, keep one line of each"
            ],
        )
    further = (order.duplicated() & (order != "")).to_numpy()
    told = f"{name} is repeated in every line of an order: counted once"
    return sheet.only(~further), int(further.sum()), [told]


def first_lines(sheet: Sheet, path: str | Path) -> tuple[Sheet, int]:
    """Keep the first line of each order where only that holds the total, as Shopify writes them."""
    names = {plain_name(name): name for name in reversed(sheet.table.column_names)}
    if not {"lineitem_quantity", "total", "name"} <= set(names):
        return sheet, 0
    total = text_column(sheet.table, names["total"], path, "--amount").fillna("")
    order = text_column(sheet.table, names["name"], path, "--order")
    further = ((total == "") & order.duplicated()).to_numpy(dtype=bool)
    return (sheet.only(~further), int(further.sum())) if further.any() else (sheet, 0)


CENT = 0.005


@dataclass(frozen=True)
class Netted:
    """Purchases after returns.

    Attributes
    ----------
    keep : numpy.ndarray
        bool[n], lines that are still purchases.
    amount : numpy.ndarray
        float64[n], what of each line is left.
    n_returns, n_undone, n_orphans : int
        Lines of returns; purchases undone in full; returns of nothing that is in the log.
    value : float
        Sum of what was paid back and taken off.
    """

    keep: np.ndarray
    amount: np.ndarray
    n_returns: int
    n_undone: int
    n_orphans: int
    value: float


def cancelled(orders: pd.Series) -> np.ndarray:
    """Mark cancelled invoices: a number with a C in front, where others are bare numbers."""
    texts = orders.fillna("")
    marked = texts.str.fullmatch(r"[Cc]-?\d+").to_numpy(dtype=bool, na_value=False)
    bare = texts.str.fullmatch(r"\d+").to_numpy(dtype=bool, na_value=False)
    return marked if bare.sum() > marked.sum() else np.zeros(len(texts), bool)


def net(frame: pd.DataFrame) -> Netted:
    """Take returns off the purchases they undo.

    A return belongs to the invoice of the same number, else to the customer's latest earlier line
    of the same product, else of the same amount, else to her latest earlier purchases.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``member``, ``seconds``, ``amount`` (below 0 for a return); ``order`` and ``product`` where
        the file has them.

    Returns
    -------
    Netted
        What is left.
    """
    amount = frame["amount"].to_numpy(float).copy()
    back = amount < 0
    keep = ~back
    if not back.any():
        return Netted(keep, amount, 0, 0, 0, 0.0)
    bought = _lines_of(frame, np.flatnonzero(keep & (amount > 0)))
    orders = _texts(frame, "order")
    products = _texts(frame, "product")
    members, seconds = frame["member"].to_numpy(object), frame["seconds"].to_numpy()
    orphans, value = 0, 0.0
    for row in np.flatnonzero(back)[np.argsort(seconds[back], kind="stable")]:
        left = -amount[row]
        lines = [one for one in bought.get(members[row], ()) if seconds[one] <= seconds[row]]
        for one in _in_turn(lines, row, left, amount, orders, products):
            part = min(left, amount[one])
            amount[one] -= part
            left -= part
            value += part
            if left <= CENT:
                break
        orphans += left > CENT
    undone = keep & (frame["amount"].to_numpy(float) > 0) & (amount <= CENT)
    return Netted(keep & ~undone, amount, int(back.sum()), int(undone.sum()), orphans, value)


def _lines_of(frame: pd.DataFrame, rows: np.ndarray) -> dict[object, list[int]]:
    """Rows of purchases of each customer, the latest first."""
    members, seconds = frame["member"].to_numpy(object), frame["seconds"].to_numpy()
    told: dict[object, list[int]] = {}
    for row in rows[np.argsort(-seconds[rows], kind="stable")]:
        told.setdefault(members[row], []).append(int(row))
    return told


def _texts(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), "", object)
    return frame[name].fillna("").str.lstrip("Cc-").to_numpy(object)


def _in_turn(
    lines: list[int],
    row: int,
    left: float,
    amount: np.ndarray,
    orders: np.ndarray,
    products: np.ndarray,
) -> list[int]:
    """Lines that a return may undo, the likeliest first."""

    def rank(one: int) -> tuple[bool, bool, bool]:
        same_order = bool(orders[row]) and orders[one] == orders[row]
        same_product = bool(products[row]) and products[one] == products[row]
        return not same_order, not same_product, abs(amount[one] - left) > CENT

    return sorted((one for one in lines if amount[one] > CENT), key=rank)
