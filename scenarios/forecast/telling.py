"""What is said about forecasts: on the terminal for people, as plain values for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.forecast.ahead import Forecast
from plaza_lab.scenarios.forecast.backtest import OURS, Backtest, Verdict, as_rows, judge

if TYPE_CHECKING:
    from rich.console import Console

SHOWN_METRICS = ("weekly_actives", "posts", "joins", "purchases")
SHOWN_WEEKS = (1, 4, 13, 26, 52)
SHORT = {"last_4_weeks": "last 4 weeks", "holt": "Holt", "bgnbd": "BG/NBD", "bass": "Bass",
         "mean_26_weeks": "last 26 weeks", OURS: "this world"}  # fmt: skip


def verdict_line(verdict: Verdict) -> str:
    """One line on whether a world may be used for forecasts."""
    if verdict.may is None:
        return "forecasts of this world are untried"
    if verdict.may:
        return "this world may be used for forecasts"
    return "this world should not be used for forecasts"


def say_backtest(terminal: Console, found: Backtest, main: str) -> None:
    """Print the verdict, baselines that win first, and the table of errors."""
    from rich.table import Table

    verdict = judge(found, main)
    for line in (*verdict.lines, verdict_line(verdict)):
        terminal.print(line, markup=False, soft_wrap=True)
    if found.is_empty:
        return
    cuts = sorted({score.cut for score in found.scores})
    made = ", ".join(f"{cut:.0%}" for cut in cuts)
    table = Table(title=f"Forecasts tried from {made} of the log on", title_justify="left")
    for name in ("metric", "weeks", "forecast by"):
        table.add_column(name)
    for name in ("WAPE", "MASE", "80 % covers", "95 % covers"):
        table.add_column(name, justify="right")
    for metric in SHOWN_METRICS:
        horizon = found.longest(metric)
        for method in found.methods(metric):
            numbers = [
                found.median(metric, method, horizon, what)
                for what in ("wape", "mase", "cover_80", "cover_95")
            ]
            shown = [f"{numbers[0]:.0%}", f"{numbers[1]:.2f}"]
            shown += [f"{one:.0%}" if np.isfinite(one) else "" for one in numbers[2:]]
            name = metric.replace("_", " ").replace("weekly ", "")
            table.add_row(name, str(found.weeks(metric, horizon)), SHORT[method], *shown)
    terminal.print(table)


def backtest_told(found: Backtest, main: str) -> dict[str, Any]:
    """The same for programs."""
    verdict = judge(found, main)
    return {"may_forecast": verdict.may, "why": verdict.lines, "scores": as_rows(found)}


def say_forecast(terminal: Console, forecast: Forecast, recent: dict[str, float]) -> None:
    """Print the forecast of some weeks beside what the last weeks were."""
    from rich import box
    from rich.table import Table

    weeks = next(iter(forecast.paths.values())).shape[1]
    table = Table(
        title="Forecast: median (80 % interval)", title_justify="left",
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    table.add_column("metric")
    table.add_column("last 4 weeks", justify="right", overflow="fold")
    shown = [week for week in SHOWN_WEEKS if week < weeks] + [weeks]
    for week in shown:
        table.add_column(f"week {week}", justify="right", overflow="fold")
    for metric in SHOWN_METRICS:
        if metric not in forecast.paths:
            continue
        cells = []
        for week in shown:
            low, middle, high = np.percentile(forecast.paths[metric][:, week - 1], [10, 50, 90])
            cells.append(f"{middle:,.0f}\n({low:,.0f}-{high:,.0f})")
        name = metric.replace("_", " ").replace("weekly ", "")
        table.add_row(name, f"{recent[metric]:,.0f}", *cells)
    terminal.print(table)
