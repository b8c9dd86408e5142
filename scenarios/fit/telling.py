"""What a fit says: on the terminal for people, as JSON for programs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from plaza_lab.scenarios.fit.check import Fact
    from plaza_lab.scenarios.fit.estimate import Estimate
    from plaza_lab.scenarios.fit.reading.cleaning import ReadReport

WORDS = {
    "rate_shape": "rate: shape r",
    "rate_weeks": "rate: alpha, weeks",
    "dropout_a": "dropout: a",
    "dropout_b": "dropout: b",
    "lurker_share": "members who never act",
    "core_share": "core: share of posters",
    "core_rate_factor": "core: rate factor",
    "core_dropout": "core: dropout",
    "posts_ln_mean": "posts: ln-mean",
    "posts_ln_sd": "posts: ln-sd",
    "posts_person": "posts: share of the person",
    "bout_share": "bouts: share of gaps within",
    "bout_pace": "bouts: pace within",
    "spend_shape": "spend: p",
    "spend_mix": "spend: q",
    "spend_scale_yuan": "spend: gamma",
}
MOST_KINDS = 8


def say_read(terminal: Console, log: Any, content: str) -> None:
    """Print what was read, what was left out and why, and what is worth saying."""
    report: ReadReport = log.report
    _line(
        terminal,
        f"read {log.source}: {content}, {log.n_days:,} days, {log.first_day} to {log.last_day}",
    )
    _line(terminal, f"form: {report.form}; days: {report.zone}")
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in report.dropped.items()) or "none"
    _line(terminal, f"rows left out of {report.rows:,}: {left_out}")
    for loss in report.lost:
        _line(terminal, f"  {loss.reason}: first {loss.first[0]} '{loss.first[1]}'")
        if loss.n > 1:
            _line(terminal, f"  {' ' * len(loss.reason)}   last {loss.last[0]} '{loss.last[1]}'")
    kinds = getattr(log, "kinds", None)
    if kinds:
        shown = ", ".join(
            f"{name or '(none)'} {n:,}" for name, n in list(kinds.items())[:MOST_KINDS]
        )
        more = f" and {len(kinds) - MOST_KINDS} more" if len(kinds) > MOST_KINDS else ""
        _line(terminal, f"kinds of act: {shown}{more}")
    for note in report.notes:
        _line(terminal, f"note: {note}")


def say_preview(terminal: Console, report: ReadReport) -> None:
    """Print the columns used and the first rows as they were understood."""
    for part, column in report.columns.items():
        _line(terminal, f"{part:<9} is column {column}")
    _line(terminal, "first rows:")
    for row in report.preview:
        _line(terminal, f"  {row}")
    _line(terminal, "nothing was fitted or written (--dry-run)")


def say_estimates(terminal: Console, told: dict[str, Estimate], notes: list[str]) -> None:
    """Print the table of estimates."""
    from rich.table import Table

    table = Table(title="What the log tells", title_justify="left")
    table.add_column("parameter")
    table.add_column("estimate", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("from data?")
    for name, one in told.items():
        span = f"{one.low:.3g} to {one.high:.3g}" if math.isfinite(one.low) else "none"
        value = f"{one.value:.4g}" if math.isfinite(one.value) else "-"
        table.add_row(WORDS.get(name, name), value, span, origin_of(one))
    terminal.print(table)
    for note in notes:
        _line(terminal, f"note: {note}")


def origin_of(one: Estimate) -> str:
    """Say where a number comes from: the data, a default, the user, or the edge of the search."""
    if one.origin == "default":
        return "default (range)"
    if one.is_at_bound:
        return "no: at its bound"
    return "given" if one.origin == "given" else "yes"


def say_facts(terminal: Console, facts: list[Fact], draws: int) -> None:
    """Print the table of facts, data against the fitted law."""
    from rich.table import Table

    table = Table(title=f"Fit against data ({draws} draws of the fitted law)", title_justify="left")
    table.add_column("fact")
    for name in ("data", "model", "95 % band"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for fact in facts:
        band = f"{fact.low:.3g} to {fact.high:.3g}"
        verdict = "within" if fact.is_within else "[bold]outside[/bold]"
        table.add_row(fact.name, f"{fact.data:.3g}", f"{fact.median:.3g}", band, verdict)
    terminal.print(table)


def say_paths(terminal: Console, **paths: Path) -> None:
    """Print which files were written."""
    for name, path in paths.items():
        _line(terminal, f"{name:<10} {path}")


def for_programs(log: Any, told: dict[str, Estimate] | None, notes: list[str]) -> dict[str, Any]:
    """Everything that a program asks of a fit, under names that stay, ready for ``as_json``.

    Without estimates, where nothing was fitted, what was read alone.
    """
    report: ReadReport = log.report
    acts = getattr(log, "n_acts", None)
    summary: dict[str, Any] = {
        "source": log.source,
        "form": report.form,
        "columns": report.columns,
        "rows_in_file": report.rows,
        "rows_kept": report.rows - sum(report.dropped.values()),
        "rows_left_out": report.dropped,
        "rows_lost": {loss.reason: loss.n for loss in report.lost},
        "lost_examples": [
            {"reason": loss.reason, "n": loss.n, "first": list(loss.first), "last": list(loss.last)}
            for loss in report.lost
        ],
        "members": log.n_members if acts is not None else log.n_customers,
        "acts": acts if acts is not None else log.n_rows,
        "kinds": getattr(log, "kinds", {}),
        "first_day": log.first_day,
        "last_day": log.last_day,
        "zone": report.zone,
        "first_rows": report.preview,
        "warnings": [*report.notes, *notes],
    }
    if told is None:
        return summary
    week = [one.value for name, one in told.items() if name.startswith("activity, ")]
    arrivals = told.get("arrivals a day at the end")
    summary |= {
        "weekday_factors": week or None,
        "arrivals_day": arrivals.value if arrivals else None,
        "mean_spend": mean_spend(told),
        "estimates": {
            name: {"value": one.value, "low": one.low, "high": one.high, "from": origin_of(one),
                   "is_from_data": origin_of(one) == "yes", "note": one.note}
            for name, one in told.items()
        },
    }  # fmt: skip
    return summary


def mean_spend(told: dict[str, Estimate]) -> float | None:
    """Mean amount of a purchase day under the fitted law: p gamma / (q - 1)."""
    if "spend_mix" not in told:
        return None
    shape, mix, scale = (told[name].value for name in ("spend_shape", "spend_mix",
                                                       "spend_scale_yuan"))  # fmt: skip
    return shape * scale / (mix - 1) if mix > 1 else math.nan


def _line(terminal: Console, text: str) -> None:
    terminal.print(text, markup=False, soft_wrap=True)
