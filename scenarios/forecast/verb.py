"""`plaza forecast`: a fitted community lives on from the last day of its log."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.command_line.parser import Parser, verb, whole
from plaza_lab.scenarios.command_line.printing import console, harmless, say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import place_of
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.output.output_folder import output_folder
from plaza_lab.scenarios.settings.options import USER_FOLDER, nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from plaza_lab.scenarios.forecast.ahead import Forecast
    from plaza_lab.scenarios.forecast.kept import Kept

MOST_WEEKS = 520
QUANTILES = {"p2_5": 2.5, "p10": 10, "p50": 50, "p90": 90, "p97_5": 97.5}


@verb("forecast", lambda: _parser())
def run_forecast(options: Namespace) -> int:
    """Forecast a fitted community."""
    from plaza_lab.scenarios.forecast.backtest import Verdict
    from plaza_lab.scenarios.forecast.picture import forecast_page
    from plaza_lab.scenarios.forecast.telling import say_forecast, verdict_line
    from plaza_lab.scenarios.output.writing import kept_line

    options.conf = place_of(options.conf, "--conf")
    found = states_of(options.world, options.conf)
    terminal = console(highlight=False)
    title = f"{options.world}-{options.weeks}-weeks"
    with output_folder(options.out, "forecast", title, option="--out") as folder:
        forecast, series = ahead_of(found, options.weeks, options.seed)
        table = _forecast_table(forecast)
        main = found[0]
        verdict = Verdict(main.about.get("may_forecast"), main.about.get("why", []))
        for line in (*verdict.lines, verdict_line(verdict)):
            say(line)
        recent = {name: float(values[-4:].mean()) for name, values in series.items()}
        say_forecast(terminal, forecast, recent)
        if options.retention and forecast.law is not None:
            _say_retention(terminal, main, forecast)
        place = folder.partial
        table.to_parquet(place / "forecast.parquet", index=False)
        (place / "forecast.png").write_bytes(
            forecast_page(options.world, main.acts.last_day, series, forecast)
        )
        command = harmless(shlex.join(["plaza", "forecast", *options.arguments]))
        began = f"from {main.acts.last_day}, the last day of {main.about['source']}"
        began = Language(chosen_language()).told(began)
        (place / "forecast.txt").write_text(f"{command}\n{began}\n", encoding="utf-8")
        line = kept_line(folder.keep())
    say(f"\n{line}")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza forecast",
        description="Weekly actives, posts, joins and purchases of a fitted community, from the "
        "last day of its log on.",
    )
    add = parser.add_argument
    add("world", metavar="WORLD", help="name that plaza fit --name was given")
    add("--weeks", metavar="N", type=whole(1, MOST_WEEKS), default=26,
        help="weeks to look ahead (default 26)")  # fmt: skip
    add("--retention", action="store_true",
        help="how many of the last cohorts will still be active")  # fmt: skip
    add("--seed", metavar="N", type=whole(0, 2**31), default=0, help="of the draws (default 0)")
    add("--conf", metavar="DIR", type=Path, default=Path(USER_FOLDER),
        help=f"where plaza fit wrote (default ./{USER_FOLDER})")  # fmt: skip
    add("--out", metavar="DIR", help="folder of the result (default in ./plaza-out)")
    return parser


def states_of(world: str, directory: Path) -> list[Kept]:
    """Read what was kept of a world: acts, purchases, or both.

    Raises
    ------
    UserError
        Nothing was.
    """
    from plaza_lab.scenarios.forecast.kept import FOLDER, KINDS, read_state

    read = (read_state(world, directory, kind) for kind in KINDS)
    found = [one for one in read if one is not None]
    if not found:
        there = {file.name.removesuffix(".purchases") for file in (directory / FOLDER).glob("*")}
        near = nearest(world, there) or f"; fit one first: plaza fit log.csv --name {world}"
        raise UserError(f"{world!r} is no fitted community in {directory}{near}")
    return found


def ahead_of(found: list[Kept], weeks: int, seed: int) -> tuple[Forecast, dict[str, np.ndarray]]:
    """Forecast acts and purchases; the forecast, and the weekly series before it."""
    from plaza_lab.scenarios.forecast import baselines
    from plaza_lab.scenarios.forecast.ahead import (
        Forecast,
        look_ahead,
        look_ahead_purchases,
    )

    paths: dict[str, np.ndarray] = {}
    series: dict[str, np.ndarray] = {}
    old, law = None, None
    for one in found:
        acts, weekly = one.acts, one.acts.weekly()
        if weekly.n_weeks < 2:
            raise UserError(f"{one.name}: a log of {acts.n_days} days is too short to forecast")
        if acts.has_purchases:
            _, known, each_new = baselines.bgnbd(
                weekly, acts.member, acts.day, acts.n_days - 1, weeks, counts_days=True
            )
            told = look_ahead_purchases(weekly, known, each_new, seed)
        else:
            told = look_ahead(weekly, weeks, seed)
            old, law = told.old, told.law
        paths = told.paths | paths
        series = weekly.series | series
    return Forecast(paths, old, law), series


def _forecast_table(forecast: Forecast) -> pd.DataFrame:
    """Tabulate a forecast: week, metric, mean and five quantiles."""
    import numpy as np
    import pandas as pd

    from plaza_lab.scenarios.forecast.weekly import METRICS

    rows = []
    for metric in METRICS:
        if metric not in forecast.paths:
            continue
        paths = forecast.paths[metric]
        edges = np.percentile(paths, list(QUANTILES.values()), axis=0)
        for week in range(paths.shape[1]):
            told = dict(zip(QUANTILES, edges[:, week], strict=True))
            mean = float(np.clip(paths[:, week].mean(), told["p2_5"], told["p97_5"]))
            rows.append({"week": week + 1, "metric": metric, "mean": mean, **told})
    return pd.DataFrame(rows)


def _say_retention(terminal, kept: Kept, forecast: Forecast) -> None:  # type: ignore[no-untyped-def]
    """Print how many of the last cohorts are expected to be active in weeks to come."""
    from rich.table import Table

    from plaza_lab.scenarios.forecast.returning import COHORT_WEEKS, COHORTS, cohort_retention

    assert forecast.law is not None
    found = cohort_retention(kept.acts.weekly(), forecast.law)
    if found.empty:
        say(f"nobody came in the last {COHORTS * COHORT_WEEKS} weeks")
        return
    table = Table(title=f"Members of the last {COHORTS} cohorts (of four weeks each), % active",
                  title_justify="left")  # fmt: skip
    for name in found.columns:
        table.add_column(str(name), justify="right")
    for row in found.itertuples(index=False):
        table.add_row(*[str(value) for value in row])
    terminal.print(table)
