"""Lines of orders: copies, totals that stand in every line, several currencies."""

from __future__ import annotations

from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.cleaning import codes_of
from plaza_lab.scenarios.fit.column_names import CURRENCY_NAMES, TOTAL_NAMES, plain_name, same_name
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.table import find_column, text_column

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
