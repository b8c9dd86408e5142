"""What a fit adds for forecasts: the state it keeps, and how good its forecasts were."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.world_file import Buyers
from plaza_lab.scenarios.forecast import kept, known
from plaza_lab.scenarios.forecast.backtest import (
    MAIN_CUT,
    ROLLING,
    Acts,
    Backtest,
    backtest,
    judge,
)
from plaza_lab.scenarios.settings.options import USER_FOLDER

if TYPE_CHECKING:
    from plaza_lab.scenarios.fit.activity import ActiveDays, ActivityFit
    from plaza_lab.scenarios.fit.log import Log
    from plaza_lab.scenarios.fit.purchases import PurchaseFit, Purchases


def try_forecasts(acts: Acts, is_rolling: bool) -> Backtest:
    """Try the forecasts of a log: from one earlier day, or from several.

    Parameters
    ----------
    acts : Acts
        The log.
    is_rolling : bool
        Whether from several.

    Returns
    -------
    Backtest
        Empty for a log too short.
    """
    return backtest(acts, ROLLING if is_rolling else (MAIN_CUT,))


def draw_backtest(options: argparse.Namespace, tried: Backtest, stem: str) -> dict[str, Path]:
    """Draw a forecast from an earlier day beside what came; its path, if there is one."""
    if tried.shown is None:
        return {}
    from plaza_lab.scenarios.files.places import write_whole
    from plaza_lab.scenarios.forecast.picture import backtest_page

    place = options.out / "fit" / f"{stem}_backtest.png"
    write_whole(place, backtest_page(options.name, tried.shown))
    return {"backtest": place}


CLOSING_WEEKS = 26


def check_close(options: argparse.Namespace) -> None:
    """Refuse ``--close`` where the world is written to a folder that is not read.

    Raises
    ------
    UserError
        With one line.
    """
    if options.close and options.out.absolute() != Path(USER_FOLDER).absolute():
        raise UserError(
            f"--close simulates the world that is written, which is read from ./{USER_FOLDER}: "
            "leave --out out"
        )


def close_world(options: argparse.Namespace, world: Path) -> dict[str, Any]:
    """Simulate a world just fitted from its last day on, and write what corrects it into its file.

    Parameters
    ----------
    options : argparse.Namespace
        ``name`` and ``json``, which keeps the tables back.
    world : Path
        File of the world.

    Returns
    -------
    dict
        Factors, what was compared, and what does not fit, for programs.
    """
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.execute import prepare
    from plaza_lab.scenarios.forecast import from_today
    from plaza_lab.scenarios.forecast.closing import close, say_closing, write_corrections

    found = from_today.kept_of(options.name)
    point = from_today.point_in_force(options.name, found)
    with Progress(0, is_quiet=options.json) as progress:
        prepare(progress, [point])
    _, closing = close([point], found, CLOSING_WEEKS)
    if not options.json:
        say_closing(closing, found[0])
    write_corrections(world, closing)
    return {
        "visits": closing.visits, "writing": closing.writing, "arrivals": closing.arrivals,
        "starts": closing.starts, "replying": closing.replying,
        "levels": closing.rows, "shapes": closing.shapes, "misses": closing.misses,
    }  # fmt: skip


def keep_members(
    options: argparse.Namespace, log: Log, days: ActiveDays, fit: ActivityFit, tried: Backtest
) -> Path:
    """Write the state of a community of acts; the folder it lies in."""
    acts = known.acts_of_log(log, days)
    names = log.names if log.names is not None else np.arange(log.n_members)
    members = known.members_of(acts, fit, _ids(options, names))
    about = _about(options, log.source, acts, tried)
    lurkers = float(fit.parameters["lurker_share"].value)
    return kept.write_state(
        options.out, options.name, acts, members, known.ties_of(log),
        about | {"lurker_share": lurkers, "reply_share": reply_share(log),
                 "reply_rate": reply_rate(log, fit)},
    )  # fmt: skip


def reply_share(log: Log) -> float | None:
    """Share of the last weeks' acts that answer somebody; None where the log does not tell."""
    if log.reply_to is None:
        return None
    late = log.day >= log.n_days - 7 * CLOSING_WEEKS
    return float((log.reply_to[late] >= 0).mean()) if late.any() else None


def reply_rate(log: Log, fit: ActivityFit) -> float | None:
    """Share of openings answered; None where the log does not tell, or where all is addressed."""
    if fit.replies is None or log.reply_to is None or not (log.reply_to < 0).any():
        return None
    rate = float(fit.replies.reply_rate.value)
    return rate if np.isfinite(rate) else None


def keep_customers(
    options: argparse.Namespace, data: Purchases, acts: Acts, fit: PurchaseFit, tried: Backtest
) -> tuple[Path, Buyers]:
    """Write the state of the customers of a community.

    Returns
    -------
    folder : Path
        Where it lies.
    buyers : Buyers
        How many of the members buy.
    """
    import pandas as pd

    names = data.names if data.names is not None else np.arange(data.n_customers)
    members = known.customers_of(acts, fit, _ids(options, names))
    about = _about(options, data.source, acts, tried)
    folder = kept.write_state(options.out, options.name, acts, members, pd.DataFrame(), about)
    here = float(members["here"].sum())
    community = kept.read_state(options.name, options.out)
    if community is None:
        return folder, Buyers(1.0, "no log of acts is fitted: all are customers", here, False)
    both = int(community.members["id"].isin(members["id"]).sum())
    n = len(community.members)
    if not both:
        return folder, Buyers(
            min(1.0, len(members) / n),
            f"{len(members):,} customers to {n:,} members seen; no id is in both logs", here,
        )  # fmt: skip
    return folder, Buyers(both / n, f"{both:,} of {n:,} members seen have bought; from data", here)


def _ids(options: argparse.Namespace, names: np.ndarray) -> list[str]:
    if options.keep_ids:
        return [str(name) for name in names]
    return kept.hashed(names, kept.key_of(options.out, options.name))


def _about(options: argparse.Namespace, source: str, acts: Acts, tried: Backtest) -> dict[str, Any]:
    verdict = judge(tried, acts.main)
    return {
        "source": source,
        "ids": "plain" if options.keep_ids else "HMAC-SHA256",
        "policy": list(options.policy),
        "is_policy_assumed": not options.policy,
        "recent_level": known.recent_level(acts),
        "may_forecast": verdict.may,
        "why": verdict.lines,
    }
