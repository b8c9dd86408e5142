"""`plaza fit`: from a community's own log to a world that `plaza compare` can use."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.command_line.parser import Parser, verb
from plaza_lab.scenarios.command_line.printing import console, harmless
from plaza_lab.scenarios.files.places import place_of
from plaza_lab.scenarios.fit.options import asked_of, fit_parser
from plaza_lab.scenarios.output.output_folder import disk_errors

if TYPE_CHECKING:
    from plaza_lab.scenarios.fit.check import Fact
    from plaza_lab.scenarios.fit.estimate import Estimate


EXAMPLE = "policies=[volunteer_group_baseline,learning_fund_500]"


@verb("fit", lambda: _parser())
def run_fit(options: argparse.Namespace) -> int:
    """Read a log, fit it, check the fit and write the world."""
    from plaza_lab.scenarios.fit.options import policy_words
    from plaza_lab.scenarios.fit.world_file import check_directory, check_world
    from plaza_lab.scenarios.forecast.fitting import check_close

    asked = asked_of(options)
    check_close(options)
    options.policy = policy_words(options.policy)
    options.out = place_of(options.out, "--out")
    options.name = check_world(options.name, options.out)
    if not options.dry_run:
        with disk_errors(options.out, option="--out"):
            check_directory(options.out)
    command = " ".join(harmless(shlex.join(["plaza", "fit", *options.arguments])).splitlines())
    (_fit_purchases if options.purchases else _fit_activity)(options, asked, command)
    return 0


def _parser() -> Parser:
    return fit_parser()


def _fit_activity(options: argparse.Namespace, asked: dict[str, Any], command: str) -> None:
    from plaza_lab.scenarios.files.places import write_whole
    from plaza_lab.scenarios.fit.activity import active_days_of, fit_activity
    from plaza_lab.scenarios.fit.check import check_fit
    from plaza_lab.scenarios.fit.figures import activity_page
    from plaza_lab.scenarios.fit.log import read_log
    from plaza_lab.scenarios.fit.options import policy_line
    from plaza_lab.scenarios.fit.telling import say_estimates, say_facts
    from plaza_lab.scenarios.fit.world_file import write_activity_world
    from plaza_lab.scenarios.forecast.fitting import (
        close_world,
        draw_backtest,
        keep_members,
        try_forecasts,
    )
    from plaza_lab.scenarios.forecast.known import acts_of_log
    from plaza_lab.scenarios.forecast.telling import backtest_told, say_backtest
    from plaza_lab.scenarios.output.writing import as_json

    log = read_log(list(options.log), **asked)
    if not _told(options, log, f"{log.n_members:,} members, {log.n_acts:,} acts"):
        return
    fit = fit_activity(log, members_total=options.members_total, bootstrap=options.bootstrap)
    days = active_days_of(log)
    check = check_fit(fit, days, log.n_days)
    told = _activity_rows(fit)
    terminal = _terminal(options)
    say_estimates(terminal, told, fit.notes)
    say_facts(terminal, check.facts, check.draws)
    picture, numbers = _paths(options)
    write_whole(picture, activity_page(log, days, fit, check))
    acts = acts_of_log(log, days)
    tried = try_forecasts(acts, options.backtest)
    say_backtest(terminal, tried, acts.main)
    in_force = policy_line(options.policy)
    terminal.print(in_force.removeprefix("# ").strip(), markup=False, soft_wrap=True)
    law = {name: {"log_likelihood": law.log_likelihood, "bic": law.bic, **law.estimates(scale)}
           for name, law, scale in _laws(fit)}  # fmt: skip
    summary = _summary(command, log, told, check.facts, check.draws)
    summary |= {"backtest": backtest_told(tried, acts.main)}
    summary |= {"laws": law, "notes": fit.notes, "recent_members": fit.recent_members,
                "kinds": log.kinds, "arrival_overdispersion": fit.arrivals.overdispersion,
                "arrival_dispersion": fit.arrivals.dispersion}  # fmt: skip
    write_whole(numbers, (as_json(summary) + "\n").encode())
    world, population = write_activity_world(options.out, options.name, log, fit, command, in_force)
    state = keep_members(options, log, days, fit, tried)
    paths = {"world": world, "population": population, "state": state, "picture": picture,
             "numbers": numbers}  # fmt: skip
    paths |= draw_backtest(options, tried, picture.stem)
    closing = close_world(options, world) if options.close else None
    _say_end(options, log, told, fit.notes, paths, backtest_told(tried, acts.main), closing)


def _fit_purchases(options: argparse.Namespace, asked: dict[str, Any], command: str) -> None:
    from plaza_lab.scenarios.files.places import write_whole
    from plaza_lab.scenarios.fit.figures import purchase_page
    from plaza_lab.scenarios.fit.purchase_check import check_purchases
    from plaza_lab.scenarios.fit.purchases import fit_purchases, read_purchases
    from plaza_lab.scenarios.fit.telling import say_estimates, say_facts
    from plaza_lab.scenarios.fit.world_file import write_purchase_world
    from plaza_lab.scenarios.forecast.fitting import draw_backtest, keep_customers, try_forecasts
    from plaza_lab.scenarios.forecast.known import acts_of_purchases
    from plaza_lab.scenarios.forecast.telling import backtest_told, say_backtest
    from plaza_lab.scenarios.output.writing import as_json

    data = read_purchases(list(options.log), **asked)
    if not _told(options, data, f"{data.n_customers:,} customers, {data.n_rows:,} purchases"):
        return
    fit = fit_purchases(data)
    check = check_purchases(fit, data)
    terminal = _terminal(options)
    say_estimates(terminal, fit.parameters, fit.notes)
    say_facts(terminal, check.facts, check.draws)
    picture, numbers = _paths(options)
    write_whole(picture, purchase_page(data, check))
    acts = acts_of_purchases(data)
    tried = try_forecasts(acts, options.backtest)
    say_backtest(terminal, tried, acts.main)
    verdict = backtest_told(tried, acts.main)
    summary = _summary(command, data, fit.parameters, check.facts, check.draws)
    summary |= {"notes": fit.notes, "backtest": verdict}
    write_whole(numbers, (as_json(summary) + "\n").encode())
    state, buyers = keep_customers(options, data, acts, fit, tried)
    world = write_purchase_world(options.out, options.name, data, fit, command, buyers)
    paths = {"world": world, "state": state, "picture": picture, "numbers": numbers}
    paths |= draw_backtest(options, tried, picture.stem)
    _say_end(options, data, fit.parameters, fit.notes, paths, verdict)


def _told(options: argparse.Namespace, log: Any, content: str) -> bool:
    """Say what was read; False where that was all that was asked for."""
    from plaza_lab.scenarios.fit.reading.cleaning import check_losses
    from plaza_lab.scenarios.fit.telling import for_programs, say_preview, say_read
    from plaza_lab.scenarios.output.writing import as_json

    if not options.dry_run:
        check_losses(log.report, options.accept_loss, log.source)
    terminal = _terminal(options)
    say_read(terminal, log, content)
    if options.dry_run and options.json:
        print(as_json(for_programs(log, None, [])))  # noqa: T201
    elif options.dry_run:
        say_preview(terminal, log.report)
    return not options.dry_run


def _terminal(options: argparse.Namespace) -> Any:
    """Return the terminal, or with ``--json`` one that keeps silent: standard output is JSON."""
    return console(highlight=False, quiet=options.json)


def _say_end(
    options: argparse.Namespace,
    log: Any,
    told: dict[str, Estimate],
    notes: list[str],
    paths: dict[str, Path],
    verdict: dict[str, Any],
    closing: dict[str, Any] | None = None,
) -> None:
    from plaza_lab.scenarios.fit.telling import for_programs, say_paths
    from plaza_lab.scenarios.output.writing import as_json

    if options.json:
        written = {name: str(path) for name, path in paths.items()}
        summary = for_programs(log, told, notes) | {"files": written, "backtest": verdict}
        print(as_json(summary | ({"closing": closing} if closing else {})))  # noqa: T201
        return
    terminal = _terminal(options)
    say_paths(terminal, **paths)
    follow = [f"plaza forecast {options.name} --weeks 26"]
    if not options.purchases:
        follow.append(f"plaza compare world={options.name} start=today {EXAMPLE}")
    for line in follow:
        terminal.print(line, markup=False, soft_wrap=True)


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


def _paths(options: argparse.Namespace) -> tuple[Path, Path]:
    stem = options.name + ("_purchases" if options.purchases else "")
    return options.out / "fit" / f"{stem}.png", options.out / "fit" / f"{stem}.json"


def _summary(
    command: str, log: Any, told: dict[str, Estimate], facts: list[Fact], draws: int
) -> dict[str, Any]:
    return {
        "command": command,
        "source": log.source,
        "first_day": log.first_day,
        "last_day": log.last_day,
        "read": log.report,
        "estimates": told,
        "check": {"draws": draws, "facts": facts},
    }
