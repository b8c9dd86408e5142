"""The picture of a forecast: a fan for each metric, with the log before it."""

from __future__ import annotations

from datetime import date

import numpy as np

from plaza_lab.scenarios.fit.figures import DATA, GREY, MODEL
from plaza_lab.scenarios.forecast.ahead import Forecast
from plaza_lab.scenarios.forecast.backtest import Shown

TITLES = {
    "weekly_actives": ("Members active in a week", "members"),
    "posts": ("Posts a week", "posts"),
    "joins": ("New members a week", "first acts"),
    "purchases": ("Purchases a week", "purchase days"),
}
SHOWN_BEFORE = 3  # times the weeks ahead, at least half a year


def forecast_page(
    world: str, last_day: date, series: dict[str, np.ndarray], forecast: Forecast
) -> bytes:
    """Draw the fans.

    Parameters
    ----------
    world : str
        Name, for the title.
    last_day : datetime.date
        Of the log.
    series : dict of str to numpy.ndarray
        Weekly values before it.
    forecast : Forecast
        Paths after it.

    Returns
    -------
    bytes
        A PNG.
    """
    title = f"{_of(world)}orecast from {last_day} on (median, 80 % and 95 % intervals)"
    return _page(title, last_day, series, forecast, None)


def _of(name: str) -> str:
    """How a title begins: with the name, where the figure's font has its characters."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    is_known = all(font.get_char_index(ord(letter)) for letter in name)
    return f"{name}: f" if is_known else "F"


def _page(
    title: str,
    last_day: date,
    series: dict[str, np.ndarray],
    forecast: Forecast,
    after: dict[str, np.ndarray] | None,
) -> bytes:
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.report.style import spoken_png

    metrics = [metric for metric in TITLES if metric in forecast.paths]
    rows = (len(metrics) + 1) // 2
    columns = min(2, len(metrics))
    figure = Figure(figsize=(6.2 * columns, 3.6 * rows + 0.5), layout="constrained")
    for place, metric in enumerate(metrics):
        _fan(figure.add_subplot(rows, columns, place + 1), metric, last_day, series, forecast,
             None if after is None else after[metric])  # fmt: skip
    figure.suptitle(title, fontsize=12)
    return spoken_png(figure)


def backtest_page(name: str, shown: Shown) -> bytes:
    """Draw what an earlier forecast said, and what came.

    Parameters
    ----------
    name : str
        Of the world.
    shown : Shown
        A forecast beside what came.

    Returns
    -------
    bytes
        A PNG.
    """
    title = f"{_of(name)}orecast from {shown.last_day} on, and what came"
    return _page(title, shown.last_day, shown.before, shown.forecast, shown.after)


def _fan(  # type: ignore[no-untyped-def]
    axes, metric, last_day, series, forecast, after=None
) -> None:
    paths = forecast.paths[metric]
    weeks = paths.shape[1]
    before = series[metric][-max(26, SHOWN_BEFORE * weeks) :]
    end = np.datetime64(last_day)
    past = end - 7 * np.arange(len(before))[::-1]
    ahead = end + 7 * np.arange(1, weeks + 1)
    for low, high, alpha in ((2.5, 97.5, 0.15), (10, 90, 0.3)):
        edges = np.percentile(paths, [low, high], axis=0)
        axes.fill_between(ahead, *edges, color=MODEL, alpha=alpha, linewidth=0)
    axes.plot(past, before, color=DATA, linewidth=0.9, label="log")
    axes.plot(ahead, np.median(paths, axis=0), color=MODEL, linewidth=1.5, label="forecast")
    if after is not None:
        axes.plot(ahead, after, color=DATA, linewidth=0.9, linestyle="--", label="what came")
    axes.axvline(end, color=GREY, linewidth=0.8, linestyle=":")
    title, unit = TITLES[metric]
    highest = max(before.max(), 1.2 * np.percentile(paths, 90))
    if after is not None:
        highest = max(highest, after.max())
    axes.set(title=title, ylabel=unit, ylim=(0, 1.1 * max(highest, 1.0)))
    axes.tick_params(axis="x", rotation=30)
    axes.legend(frameon=False, loc="upper left")
