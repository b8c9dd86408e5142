"""Where the community's money came from and went: sums of the journal by purpose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plaza_lab.scenarios.report.style import (
    blank,
    finish,
    legend_above,
    plain_ticks,
    policy_colours,
    short_number,
    styled,
)
from plaza_lab.scenarios.report.words import counted, listed
from plaza_lab.scenarios.statistics.pairing import BadRuns
from plaza_lab.sim.state.fund import ACCOUNTS, POINTS_RESERVE

FUND_WORDS = ("pool", "fund")
RESERVE = ACCOUNTS[POINTS_RESERVE]
"""Account whose payments into a fund are backing that is free again: less spent, no income."""
MOST_PURPOSES = 9


def fund_accounts(journal: pd.DataFrame) -> list[str]:
    """Guess the community's accounts of a journal: those whose name holds ``pool`` or ``fund``.

    Raises
    ------
    BadRuns
        If the journal has entries and none of its accounts is named so.
    """
    names = sorted({*journal["payer"].astype(str), *journal["payee"].astype(str)})
    found = [name for name in names if any(word in name.lower() for word in FUND_WORDS)]
    if names and not found:
        raise BadRuns(
            f"no account of the journal looks like a community fund: {', '.join(names[:12])}; "
            "name the funds"
        )
    return found


def flows_by_purpose(
    journal: pd.DataFrame,
    funds: Collection[str] | None = None,
    runs: Mapping[Any, int] | None = None,
) -> pd.DataFrame:
    """Sum what came into the community's funds and what went out, by purpose.

    Parameters
    ----------
    journal : pandas.DataFrame
        ``run_id, policy, seed, day, purpose, payer, payee, amount_cents``.
    funds : collection of str, optional
        Accounts that are the community's; default :func:`fund_accounts`.
    runs : mapping, optional
        Runs of each policy; default: runs that have an entry. Give it when some runs may have
        moved no money at all, or the mean is too high.

    Returns
    -------
    pandas.DataFrame
        ``policy, direction, purpose, yuan, runs``; yuan is the mean per run, direction ``in`` or
        ``out``. Transfers between two funds are neither; backing of points that lapsed is taken
        off what went out.
    """
    inside = set(fund_accounts(journal) if funds is None else funds)
    paid, got = journal["payer"].isin(inside), journal["payee"].isin(inside)
    counts = journal.groupby("policy", observed=True)["run_id"].nunique().to_dict() | dict(
        runs or {}
    )
    returned = got & (journal["payer"].astype(str) == RESERVE)
    journal = journal.assign(
        purpose=journal["purpose"].astype(str),
        amount_cents=journal["amount_cents"].where(~returned, -journal["amount_cents"]),
    )
    pieces = []
    for direction, chosen in (("in", got & ~paid & ~returned), ("out", (paid & ~got) | returned)):
        sums = journal[chosen].groupby(["policy", "purpose"], sort=False, observed=True)
        frame = sums["amount_cents"].sum().reset_index()
        pieces.append(frame.assign(direction=direction))
    flows = pd.concat(pieces, ignore_index=True)
    flows["runs"] = flows["policy"].map(counts).astype(int)
    flows["yuan"] = flows.pop("amount_cents") / 100 / flows["runs"]
    return flows[["policy", "direction", "purpose", "yuan", "runs"]]


@styled
def spend(
    journal: pd.DataFrame,
    policies: Sequence[str] | None = None,
    funds: Collection[str] | None = None,
    runs: Mapping[Any, int] | None = None,
) -> Figure:
    """Draw where the funds' money came from and went, mean per run, by purpose.

    Parameters
    ----------
    journal : pandas.DataFrame
        Money journal of the runs.
    policies : sequence of str, optional
        Order of policies, baseline first; default: as they appear.
    funds, runs
        As in :func:`flows_by_purpose`.

    Returns
    -------
    matplotlib.figure.Figure
        Income on the left, spending on the right, in yuan.
    """
    flows = flows_by_purpose(journal, funds, runs)
    order = list(policies or journal["policy"].unique())
    tables = {side: _purposes(flows[flows["direction"] == side], order) for side in ("in", "out")}
    longest = max(len(table) for table in tables.values())
    figure = blank(10, 1.3 + max(1, longest) * (0.16 + 0.2 * len(order)))
    for axes, (side, table) in zip(figure.subplots(1, 2), tables.items(), strict=True):
        _draw_flows(axes, table, order)
        axes.set_title("Came in, yuan per run" if side == "in" else "Went out, yuan per run")
    if len(order) > 1:
        legend_above(figure, figure.axes[1] if len(tables["out"]) else figure.axes[0])
    counts = flows.drop_duplicates("policy").set_index("policy")["runs"].to_dict()
    each = "runs: " + listed(f"{policy} {counts.get(policy, 0)}" for policy in order)
    if len(order) > 1 and len(found := {counts.get(policy, 0) for policy in order}) == 1:
        each = f"{counted(found.pop(), 'run')} of each policy"
    text = (
        f"Money into and out of the community's funds by purpose, mean per run ({each}). "
        "Transfers between funds are left out."
    )
    return finish(figure, text)


def _purposes(flows: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Purposes x policies in yuan, largest last (top of the axis), small ones lumped."""
    table = flows.pivot_table(index="purpose", columns="policy", values="yuan", aggfunc="sum",
                              observed=True)  # fmt: skip
    table = table.reindex(columns=order).fillna(0.0)
    table = table[table.max(axis=1) > 0]
    table = table.loc[table.max(axis=1).sort_values(ascending=False).index]
    if len(table) > MOST_PURPOSES:
        rest = table.iloc[MOST_PURPOSES - 1 :].sum().rename("all other")
        table = pd.concat([table.iloc[: MOST_PURPOSES - 1], rest.to_frame().T])
    return table.iloc[::-1]


def _draw_flows(axes: Axes, table: pd.DataFrame, order: list[str]) -> None:
    if table.empty:
        axes.text(0.5, 0.5, "nothing", ha="center", va="center", transform=axes.transAxes)
        axes.set(xticks=[], yticks=[])
        return
    colours, thick = policy_colours(order), 0.8 / len(order)
    for place, policy in enumerate(order):
        y = np.arange(len(table)) + 0.4 - thick * (place + 0.5)
        bars = axes.barh(y, table[policy], thick * 0.9, color=colours[policy], label=policy)
        axes.bar_label(
            bars, [short_number(round(v)) for v in table[policy]], padding=2, fontsize=7.5
        )
    axes.set_yticks(np.arange(len(table)), [str(name).replace("_", " ") for name in table.index])
    axes.grid(False, axis="y")
    axes.margins(x=0.14)
    plain_ticks(axes.xaxis)
