"""`plaza fit`: from a community's own log to a world that `plaza compare` can use."""

from __future__ import annotations

import argparse
import json
import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.unpacking import MOST_BYTES, size_of, size_text
from plaza_lab.scenarios.output_folder import disk_errors
from plaza_lab.scenarios.parser import Parser, parse, whole
from plaza_lab.scenarios.places import place_of
from plaza_lab.scenarios.printing import console, harmless

if TYPE_CHECKING:
    from rich.console import Console

    from plaza_lab.scenarios.fit.check import Fact
    from plaza_lab.scenarios.fit.cleaning import ReadReport
    from plaza_lab.scenarios.fit.estimate import Estimate

MOST_RESAMPLES, MOST_MEMBERS = 10_000, 1_000_000_000
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
    "spend_shape": "spend: p",
    "spend_mix": "spend: q",
    "spend_scale_yuan": "spend: gamma",
}


def run_fit(arguments: list[str]) -> int:
    """Read a log, fit it, check the fit and write the world.

    Parameters
    ----------
    arguments : list of str
        What follows ``plaza fit``.

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        One line for any mistake in the arguments, the log or the output directory.
    """
    options = parse(_parser(), arguments)
    if isinstance(options, int):
        return options
    from plaza_lab.scenarios.fit.world_file import check_directory, check_world

    options.out = place_of(options.out, "--out")
    options.name = check_world(options.name, options.out)
    with disk_errors(options.out, option="--out"):
        check_directory(options.out)
    if options.members_total is not None and options.members_total < 1:
        raise UserError(f"--members-total {options.members_total}: a number of members, 1 or more")
    terminal = console(highlight=False)
    command = " ".join(harmless(shlex.join(["plaza", "fit", *arguments])).splitlines())
    (_fit_purchases if options.purchases else _fit_activity)(options, command, terminal)
    terminal.print(
        f"plaza compare world={options.name} policies=[volunteer_group_baseline,learning_fund_500]",
        markup=False,
        soft_wrap=True,
    )
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza fit",
        description="Estimate a world from a community's own log (CSV or Parquet, plain or gzip).",
    )
    add = parser.add_argument
    add("log", metavar="LOG", help="file with a row for each act (or purchase)")
    add("--name", default="my_community", help="name of the world written (default my_community)")
    add("--member", metavar="COL", help="column of the member (or customer) id")
    add("--time", metavar="COL", help="column of the date or time")
    add("--kind", metavar="COL", help="column of the kind of act; rows of joining tell the roll")
    add("--reply-to", metavar="COL", help="column of the member replied to")
    add("--where", metavar="COL=VALUE", help="keep these rows only, such as community=docs")
    add("--purchases", action="store_true", help="the log is of purchases: customer, date, amount")
    add("--amount", metavar="COL", help="column of the amount, with --purchases")
    add("--members-total", metavar="N", type=whole(0, MOST_MEMBERS),
        help="members on the roll, silent ones too")  # fmt: skip
    add("--out", metavar="DIR", type=Path, default=Path("plaza-conf"), help="default ./plaza-conf")
    add("--bootstrap", metavar="N", type=whole(0, MOST_RESAMPLES), default=0,
        help="resamples of members for intervals")  # fmt: skip
    add(
        "--max-size",
        metavar="SIZE",
        type=size_of,
        default=MOST_BYTES,
        help=f"most that the log may unpack to, such as 500MB; default {size_text(MOST_BYTES)}",
    )
    return parser


def _fit_activity(options: argparse.Namespace, command: str, terminal: Console) -> None:
    from plaza_lab.scenarios.fit.activity import active_days_of, fit_activity
    from plaza_lab.scenarios.fit.check import check_fit
    from plaza_lab.scenarios.fit.figures import activity_page
    from plaza_lab.scenarios.fit.log import read_log
    from plaza_lab.scenarios.fit.world_file import write_activity_world, write_whole

    if options.amount:
        raise UserError("--amount goes with --purchases: a log of acts has no amounts")
    log = read_log(
        options.log, member=options.member, time=options.time, kind=options.kind,
        reply_to=options.reply_to, where=options.where, most=options.max_size,
    )  # fmt: skip
    _say_read(terminal, log.report, f"{log.n_members:,} members, {log.n_acts:,} acts", log)
    if log.kinds:
        kinds = ", ".join(f"{name or '(none)'} {n:,}" for name, n in list(log.kinds.items())[:8])
        terminal.print(f"kinds of act: {kinds}", markup=False)
    fit = fit_activity(log, members_total=options.members_total, bootstrap=options.bootstrap)
    days = active_days_of(log)
    check = check_fit(fit, days, log.n_days)
    told = _activity_rows(fit)
    _print_estimates(terminal, told, fit.notes)
    _print_facts(terminal, check.facts, check.draws)
    picture, numbers = _paths(options)
    write_whole(picture, activity_page(log, days, fit, check))
    law = {name: {"log_likelihood": law.log_likelihood, "bic": law.bic, **law.estimates(scale)}
           for name, law, scale in _laws(fit)}  # fmt: skip
    summary = _summary(command, log, log.report, told, check.facts, check.draws)
    summary |= {"laws": law, "notes": fit.notes, "recent_members": fit.recent_members,
                "kinds": log.kinds, "arrival_overdispersion": fit.arrivals.overdispersion,
                "arrival_dispersion": fit.arrivals.dispersion}  # fmt: skip
    write_whole(numbers, _json(summary))
    world, population = write_activity_world(options.out, options.name, log, fit, command)
    _say_paths(terminal, world=world, population=population, picture=picture, numbers=numbers)


def _fit_purchases(options: argparse.Namespace, command: str, terminal: Console) -> None:
    from plaza_lab.scenarios.fit.figures import purchase_page
    from plaza_lab.scenarios.fit.purchase_check import check_purchases
    from plaza_lab.scenarios.fit.purchases import fit_purchases, read_purchases
    from plaza_lab.scenarios.fit.world_file import write_purchase_world, write_whole

    for name in ("kind", "reply_to", "members_total", "bootstrap"):
        if getattr(options, name):
            option = "--" + name.replace("_", "-")
            raise UserError(f"{option} does not go with --purchases: fit the log of acts by itself")
    data = read_purchases(
        options.log, member=options.member, time=options.time, amount=options.amount,
        where=options.where, most=options.max_size,
    )  # fmt: skip
    _say_read(
        terminal, data.report, f"{data.n_customers:,} customers, {data.n_rows:,} purchases", data
    )
    fit = fit_purchases(data)
    check = check_purchases(fit, data)
    _print_estimates(terminal, fit.parameters, fit.notes)
    _print_facts(terminal, check.facts, check.draws)
    picture, numbers = _paths(options)
    write_whole(picture, purchase_page(data, check))
    summary = _summary(command, data, data.report, fit.parameters, check.facts, check.draws)
    write_whole(numbers, _json(summary | {"notes": fit.notes}))
    world = write_purchase_world(options.out, options.name, data, fit, command)
    _say_paths(terminal, world=world, picture=picture, numbers=numbers)


def _activity_rows(fit: Any) -> dict[str, Estimate]:
    from plaza_lab.scenarios.fit.arrival import DAYS

    told = {
        "arrivals a day at the end": fit.arrivals.per_day,
        "arrivals: ln-trend a day": fit.arrivals.trend,
    }
    told |= fit.parameters
    if fit.replies is not None:
        told["answered within 7 days"] = fit.replies.reply_rate
        told["hours to an answer"] = fit.replies.median_delay_hours
        told["reciprocity of ties"] = fit.replies.reciprocity
    return told | {f"activity, {name}": day for name, day in zip(DAYS, fit.weekday, strict=True)}


def _laws(fit: Any) -> list[tuple[str, Any, Any]]:
    import numpy as np

    from plaza_lab.scenarios.fit.active_days import natural_scale

    laws = [("kept", fit.law, natural_scale), ("bgnbd_as_published", fit.classic, np.exp)]
    return laws if fit.rival is None else [*laws, ("not_kept", fit.rival, natural_scale)]


def _say_read(terminal: Console, report: ReadReport, content: str, log: Any) -> None:
    terminal.print(
        f"read {log.source}: {content}, {log.n_days:,} days, {log.first_day} to {log.last_day}",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in report.dropped.items()) or "none"
    terminal.print(f"rows left out of {report.rows:,}: {left_out}", markup=False, soft_wrap=True)
    for note in report.notes:
        terminal.print(f"note: {note}", markup=False, soft_wrap=True)


def _print_estimates(terminal: Console, told: dict[str, Estimate], notes: list[str]) -> None:
    from rich.table import Table

    table = Table(title="What the log tells", title_justify="left")
    table.add_column("parameter")
    table.add_column("estimate", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("from data?")
    for name, one in told.items():
        span = f"{one.low:.3g} to {one.high:.3g}" if math.isfinite(one.low) else "none"
        origin = {"from data": "yes", "default": "default (range)", "given": "given"}[one.origin]
        value = f"{one.value:.4g}" if math.isfinite(one.value) else "-"
        table.add_row(WORDS.get(name, name), value, span, origin)
    terminal.print(table)
    for note in notes:
        terminal.print(f"note: {note}", markup=False, soft_wrap=True)


def _print_facts(terminal: Console, facts: list[Fact], draws: int) -> None:
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


def _paths(options: argparse.Namespace) -> tuple[Path, Path]:
    stem = options.name + ("_purchases" if options.purchases else "")
    return options.out / "fit" / f"{stem}.png", options.out / "fit" / f"{stem}.json"


def _say_paths(terminal: Console, **paths: Path) -> None:
    for name, path in paths.items():
        terminal.print(f"{name:<10} {path}", markup=False, soft_wrap=True)


def _summary(
    command: str,
    log: Any,
    report: ReadReport,
    told: dict[str, Estimate],
    facts: list[Fact],
    draws: int,
) -> dict[str, Any]:
    return {
        "command": command,
        "source": log.source,
        "first_day": log.first_day,
        "last_day": log.last_day,
        "read": report,
        "estimates": told,
        "check": {"draws": draws, "facts": facts},
    }


def _json(summary: dict[str, Any]) -> bytes:
    return (json.dumps(_plain(summary), indent=1, allow_nan=False) + "\n").encode()


def _plain(value: Any) -> Any:
    """Turn records, dates and NumPy numbers into what JSON knows; NaN becomes null."""
    import dataclasses

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool | str | int) or value is None:
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if math.isfinite(value) else None
