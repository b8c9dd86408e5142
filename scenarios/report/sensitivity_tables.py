"""Tables of sensitivity studies for the terminal."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.report.words import records
from plaza_lab.scenarios.sensitivity.responses import readable, shown

MOST = 8
COLUMNS = {
    "sobol": (("first", "first"), ("total", "total"), ("verdict", "verdict")),
    "morris": (("mu_star", "mean effect"), ("sigma", "spread"), ("verdict", "verdict")),
    "one_at_a_time": (("at_low", "at low"), ("at_high", "at high"), ("swing", "swing")),
}


def strongest(kind: str, about: str, table: pd.DataFrame) -> RenderableType:
    """Lay out the strongest settings of each outcome.

    Parameters
    ----------
    kind : {"morris", "sobol", "one_at_a_time"}
        Kind of the design.
    about : str
        Policy, or difference of two.
    table : pandas.DataFrame
        Of :func:`plaza_lab.scenarios.sensitivity.morris`, ``sobol`` or ``tornado``.

    Returns
    -------
    rich.console.RenderableType
        One small table an outcome.
    """
    parts: list[RenderableType] = []
    for outcome, rows in table.groupby("outcome", sort=False):
        title = f"{outcome_named(str(outcome)).label}: {about}"
        if "verdict" in rows and (rows["verdict"] == "constant").all():
            parts.append(Text(f"{title}: the same in every run\n", style="dim"))
            continue
        parts.append(Text(title, style="bold"))
        parts.append(_grid(kind, str(outcome), records(rows.head(MOST))))
    return Group(*parts)


def _grid(kind: str, outcome: str, rows: list[dict[str, Any]]) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column("setting", overflow="fold")
    for _, head in COLUMNS[kind]:
        grid.add_column(head, justify="left" if head == "verdict" else "right")
    for row in rows:
        cells = [_cell(kind, outcome, row, name) for name, _ in COLUMNS[kind]]
        grid.add_row(readable(row["key"]), *cells)
    return grid


def _cell(kind: str, outcome: str, row: dict[str, Any], name: str) -> str:
    value = row[name]
    if isinstance(value, str):
        return value
    if kind == "sobol":
        return f"{100 * value:.0f} %"
    is_difference = bool(row.get("baseline")) or name in ("mu_star", "sigma", "swing")
    return shown(outcome, float(value), is_difference).lstrip("+" if name != "swing" else "")
