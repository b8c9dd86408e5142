"""A calibration in the terminal and on its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import RenderableType

from plaza_lab.scenarios.command_line.printing import grid
from plaza_lab.scenarios.outcomes import Outcome, outcome_unit, show_value
from plaza_lab.scenarios.report.words import records

if TYPE_CHECKING:
    from plaza_lab.scenarios.calibrate.answer import Posterior
    from plaza_lab.scenarios.calibrate.targets import Target

LIMITS = (
    "A posterior holds for the policy, population and horizon of the runs, and for the form of the "
    "model: a wrong model can fit, and a right one can fit by a wrong setting.",
    "Each tolerance is taken as the standard deviation of a normal error of measurement; targets "
    "are taken as measured independently of each other in one community.",
    "The adjustment of the draws is linear, so an interval is approximate; it was checked by "
    "simulation for smooth outcomes only.",
)


def parameter_table(table: pd.DataFrame) -> RenderableType:
    """Lay out what the data taught, of ``calibrate.learned.learned``."""
    laid = grid()
    laid.add_column("parameter", overflow="fold")
    laid.add_column("range searched", justify="right", no_wrap=True)
    laid.add_column("median\n(90 % interval)", justify="right", no_wrap=True)
    laid.add_column("width\nleft", justify="right", no_wrap=True)
    laid.add_column("data", no_wrap=True)
    for row in _parameter_rows(table):
        name, _, unit = row["name"].removeprefix("world.").partition(", ")
        span = row["range"].removesuffix(" (log)")
        scale = "log scale" if span != row["range"] else ""
        span = "\n".join(filter(None, [span, ", ".join(filter(None, [unit, scale]))]))
        found = f"{row['median']}\n({row['span']})"
        name = name.replace(".", ".\n", 1)
        laid.add_row(name, span, found, row["width"], row["verdict"])
    return laid


def target_table(table: pd.DataFrame, targets: Sequence[Target]) -> RenderableType:
    """Lay out the check of ``calibrate.learned.predictive``; targets in the same order."""
    laid = grid()
    laid.add_column("target", overflow="fold")
    for head in ("observed", "runs before", "runs after"):
        laid.add_column(head, justify="right")
    laid.add_column("", no_wrap=True)
    for row in _target_rows(table, targets):
        style = "" if row["verdict"] == "reproduced" else "dark_orange3"
        laid.add_row(row["name"], row["seen"], row["before"], row["after"], row["verdict"],
                     style=style)  # fmt: skip
    return laid


def _parameter_rows(table: pd.DataFrame) -> list[dict[str, str]]:
    """Write the rows of :func:`parameter_table` as text."""
    return [
        {
            "name": row["parameter"] + ("" if row["unit"] in ("", "1") else f", {row['unit']}"),
            "range": _span(row["prior_low"], row["prior_high"])
            + (" (log)" if row["scale"] == "log" else ""),
            "median": _number(row["median"]),
            "span": _span(row["low"], row["high"]),
            "width": f"{row['width_ratio'] * 100:.0f} %",
            "verdict": str(row["verdict"]),
        }
        for row in records(table)
    ]


def _target_rows(table: pd.DataFrame, targets: Sequence[Target]) -> list[dict[str, str]]:
    """Write the rows of :func:`target_table` as text."""
    return [
        _target_row(row, target.outcome)
        for row, target in zip(records(table), targets, strict=True)
    ]


def _target_row(row: Mapping[str, Any], outcome: Outcome) -> dict[str, str]:
    def show(key: str) -> str:
        return show_value(outcome, row[key], unit=False)

    unit = outcome_unit(outcome)
    return {
        "name": row["label"] + (f", {unit}" if unit else ""),
        "seen": f"{show('value')} ± {show('sd')}",
        "before": f"{show('prior_low')} to {show('prior_high')}",
        "after": f"{show('low')} to {show('high')}",
        "verdict": str(row["verdict"]),
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.3g}"


def _span(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def write_calibration_page(path: str | Path, answer: Posterior) -> Path:
    """Write the report of a calibration; the HTML file appears whole or not at all."""
    from plaza_lab.scenarios.report import calibration_figures as figures
    from plaza_lab.scenarios.report.rendering import render

    first, *others = answer.sentences()
    drawn = [
        ("Targets, before and after", figures.targets(answer)),
        ("Parameters, before and after", figures.parameters(answer)),
    ]
    if len(answer.together):
        drawn.append(("Known only together", figures.together(answer)))
    manifest = {key: value for key, value in answer.manifest().items() if key != "command"}
    return render(
        path,
        "calibrate.html",
        manifest,
        title=f"Which worlds fit? {answer.ensemble.name}",
        answer=first,
        sentences=others,
        parameters=_parameter_rows(answer.frame()),
        targets=_target_rows(answer.check, answer.targets),
        footnote=answer.footnote(),
        figures=drawn,
        limits=LIMITS,
        command=answer.command,
    )
