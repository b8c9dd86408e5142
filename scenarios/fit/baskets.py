"""Lines of invoices turned into what was paid: quantity times price, returns taken off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

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
