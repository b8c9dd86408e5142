"""Fit against data on one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.fit.activity import ActiveDays, ActivityFit
from plaza_lab.scenarios.fit.arrival import DAYS
from plaza_lab.scenarios.fit.bgnbd import first_days
from plaza_lab.scenarios.fit.check import WEEKS, Check
from plaza_lab.scenarios.fit.log import Log
from plaza_lab.scenarios.fit.posts import log_probability
from plaza_lab.scenarios.fit.purchase_check import MOST_REPEATS, SPEND_STEPS, PurchaseCheck
from plaza_lab.scenarios.fit.purchases import Purchases

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DATA, MODEL, GREY = "#000000", "#0072B2", "#666666"  # Okabe-Ito
STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
MOST_POSTS = 15
WEEK_TICKS = (1, 2, 4, 8, 13, 26)
SHARE_TICKS = tuple(step * 10.0**power for power in range(-5, 1) for step in (1, 2, 5))


def activity_page(log: Log, days: ActiveDays, fit: ActivityFit, check: Check) -> bytes:
    """Draw the page of an activity fit.

    Parameters
    ----------
    log, days : Log, ActiveDays
        The data.
    fit, check : ActivityFit, Check
        The fitted law and its draws.

    Returns
    -------
    bytes
        A PNG.
    """
    panels: list[Callable[[Axes], None]] = [
        lambda axes: _weekly(axes, check, log),
        lambda axes: _retention(axes, check),
        lambda axes: _lorenz(axes, check),
        lambda axes: _weekday(axes, fit),
        lambda axes: _posts(axes, days, fit),
        lambda axes: _arrivals(axes, log, days, fit),
    ]
    title = (
        f"{log.source}: {log.n_members:,} members, {log.n_acts:,} acts, "
        f"{log.first_day} to {log.last_day}"
    )
    caption = (
        f"Bands: middle 95 % of {check.draws} communities drawn from the fitted law (parameters "
        "drawn from their uncertainty; members arrive as in the log). Whiskers: 95 %, bootstrap "
        "over weeks."
    )
    return _page(panels, title, caption)


def purchase_page(data: Purchases, check: PurchaseCheck) -> bytes:
    """Draw the page of a purchase fit; returns a PNG."""
    panels: list[Callable[[Axes], None]] = [
        lambda axes: _repeat_histogram(axes, check),
        lambda axes: _cumulative(axes, check),
        lambda axes: _spend(axes, check),
    ]
    title = (
        f"{data.source}: {data.n_customers:,} customers, {data.n_rows:,} purchases, "
        f"{data.first_day} to {data.last_day}"
    )
    caption = (
        f"Bands and whiskers: middle 95 % of {check.draws} draws from the fitted law (parameters "
        "drawn from their uncertainty; first purchases as in the log)."
    )
    return _page(panels, title, caption)


def _page(panels: list[Callable[[Axes], None]], title: str, caption: str) -> bytes:
    """Draw the panels three to a row, with a title above and a caption below; a PNG."""
    import matplotlib
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.report.style import spoken_png

    rows = len(panels) // 3
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(13.5, 0.9 + 3.9 * rows), layout="constrained")
        for axes, panel in zip(figure.subplots(rows, 3).flat, panels, strict=True):
            panel(axes)
        figure.suptitle(title.replace("$", r"\$"), fontsize=13, x=0.01, ha="left")
        figure.supxlabel(caption, fontsize=8.5, x=0.01, ha="left", color=GREY)
        return spoken_png(figure)


def _band(axes: Axes, x: np.ndarray, model: np.ndarray) -> None:
    low, middle, high = np.nanpercentile(model, [2.5, 50, 97.5], axis=0)
    axes.fill_between(x, low, high, color=MODEL, alpha=0.25, linewidth=0, label="model, 95 % band")
    axes.plot(x, middle, color=MODEL, linewidth=1.2, label="model, median")


def _weekly(axes: Axes, check: Check, log: Log) -> None:
    data, model = check.weekly
    x = np.datetime64(log.last_day) - 7 * np.arange(len(data))[::-1]
    _band(axes, x, model)
    axes.plot(x, data, color=DATA, linewidth=0.9, label="data")
    axes.set(title="Members active each week", ylabel="members", ylim=(0, None))
    axes.tick_params(axis="x", rotation=30)
    axes.legend(frameon=False)


def _retention(axes: Axes, check: Check) -> None:
    data, model = check.retention
    seen = np.isfinite(data)
    weeks = np.arange(1, WEEKS + 1)
    axes.set(title="Who comes back: active again in week k", xlabel="k, weeks after the first act")
    axes.set_ylabel("share of members")
    if not seen.any():
        axes.text(
            0.5, 0.5, "too few members seen long enough", ha="center", transform=axes.transAxes
        )
        return
    floor = 0.5 * min(data[seen & (data > 0)], default=0.01)
    _band(axes, weeks[seen], np.maximum(model[:, seen], floor / 10))
    shown = seen & (data > 0)
    axes.plot(weeks[shown], data[shown], "o", color=DATA, markersize=3.5, label="data")
    axes.set(xscale="log", yscale="log")
    axes.set_ylim(floor, min(1.2, 1.6 * max(np.nanmax(data), np.nanmax(model[:, seen]))))
    _label(axes, [week for week in WEEK_TICKS if week <= weeks[seen].max()])
    axes.legend(frameon=False, loc="lower left")


def _label(axes: Axes, weeks: list[int]) -> None:
    """Write out weeks and shares on the logarithmic axes, which otherwise name powers of ten."""
    low, high = axes.get_ylim()
    shares = [share for share in SHARE_TICKS if low <= share <= high]
    axes.set_xticks(weeks, [str(week) for week in weeks])
    axes.set_yticks(shares, [f"{100 * share:g} %" for share in shares])
    axes.set_xticks([], minor=True)
    axes.set_yticks([], minor=True)


def _lorenz(axes: Axes, check: Check) -> None:
    data, model = check.lorenz
    share = np.linspace(0, 100, len(data))
    _band(axes, share, 100 * model)
    axes.plot(share, 100 * data, color=DATA, linewidth=1.2, label="data")
    axes.plot([0, 100], [0, 100], color=GREY, linewidth=0.8, linestyle=":", label="all equal")
    axes.set(
        title="Few write most of the posts",
        xlabel="% of posters, least active first",
        ylabel="% of posts",
    )
    axes.legend(frameon=False)


def _weekday(axes: Axes, fit: ActivityFit) -> None:
    value = np.array([day.value for day in fit.weekday])
    reach = np.array([[day.value - day.low, day.high - day.value] for day in fit.weekday]).T
    axes.bar(range(7), value, color=MODEL, alpha=0.55)
    axes.errorbar(range(7), value, yerr=np.maximum(reach, 0), fmt="none", ecolor=DATA, capsize=3)
    axes.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_xticks(range(7), [name[:3] for name in DAYS])
    axes.set(title="Rhythm of the week", ylabel="active members, mean day = 1")


def _posts(axes: Axes, days: ActiveDays, fit: ActivityFit) -> None:
    shown = np.arange(1, MOST_POSTS + 1)
    counts = np.bincount(np.minimum(days.posts, MOST_POSTS), minlength=MOST_POSTS + 1)[1:]
    mean, log_sd = fit.posts_position
    told = np.exp(log_probability(mean, float(np.exp(log_sd)), shown))
    told[-1] = 1 - told[:-1].sum()
    axes.bar(shown, 100 * counts / counts.sum(), color=GREY, alpha=0.5, label="data")
    axes.plot(shown, 100 * told, "o-", color=MODEL, markersize=4, linewidth=1, label="model")
    ticks = [1, 5, 10, MOST_POSTS]
    axes.set_xticks(ticks, [*map(str, ticks[:-1]), f"{MOST_POSTS}+"])
    title = f"Posts on an active day (n = {len(days.posts):,})"
    axes.set(title=title, xlabel="posts", ylabel="% of active days")
    axes.legend(frameon=False)


def _arrivals(axes: Axes, log: Log, days: ActiveDays, fit: ActivityFit) -> None:
    daily = np.bincount(first_days(days.member, days.day), minlength=log.n_days)[log.n_days % 7 :]
    weekly = daily.reshape(-1, 7).sum(axis=1)
    x = np.datetime64(log.last_day) - 7 * np.arange(len(weekly))[::-1]
    axes.plot(x, weekly, color=DATA, linewidth=0.8, label="data")
    day = np.arange(fit.arrivals.window[0], log.n_days)
    line = (
        7 * fit.arrivals.per_day.value * np.exp(fit.arrivals.trend.value * (day - log.n_days + 1))
    )
    axes.plot(
        np.datetime64(log.first_day) + day, line, color=MODEL, linewidth=2, label="model, expected"
    )
    axes.set(title="New members each week", ylabel="first acts", ylim=(0, None))
    axes.tick_params(axis="x", rotation=30)
    axes.legend(frameon=False)


def _repeat_histogram(axes: Axes, check: PurchaseCheck) -> None:
    data, model = check.repeats
    x = np.arange(MOST_REPEATS + 1)
    low, middle, high = np.percentile(model, [2.5, 50, 97.5], axis=0)
    axes.bar(x - 0.2, data, 0.4, color=GREY, alpha=0.6, label="data")
    axes.bar(x + 0.2, middle, 0.4, color=MODEL, alpha=0.6, label="model, median and 95 %")
    axes.errorbar(
        x + 0.2, middle, yerr=[middle - low, high - middle], fmt="none", ecolor=DATA, capsize=2
    )
    axes.set_xticks(x, [*map(str, x[:-1]), f"{MOST_REPEATS}+"])
    axes.set(title="How often customers came back", xlabel="repeat days", ylabel="customers")
    axes.legend(frameon=False)


def _cumulative(axes: Axes, check: PurchaseCheck) -> None:
    data, model = check.cumulative
    weeks = np.arange(1, len(data) + 1)
    _band(axes, weeks, model)
    axes.plot(weeks, data, color=DATA, linewidth=1.2, label="data")
    axes.set(
        title="Repeat purchases so far",
        xlabel="week of the log",
        ylabel="repeat days",
        ylim=(0, None),
    )
    axes.legend(frameon=False)


def _spend(axes: Axes, check: PurchaseCheck) -> None:
    data, model = check.spend
    low, middle, high = np.percentile(model, [2.5, 50, 97.5], axis=0)
    axes.fill_betweenx(100 * SPEND_STEPS, low, high, color=MODEL, alpha=0.25, linewidth=0)
    axes.plot(
        middle, 100 * SPEND_STEPS, color=MODEL, linewidth=1.2, label="model, median and 95 % band"
    )
    axes.plot(data, 100 * SPEND_STEPS, color=DATA, linewidth=1.2, label="data")
    axes.set(
        xscale="log",
        title="What a customer spends at a time",
        xlabel="mean amount",
        ylabel="% of customers below",
    )
    low, high = axes.get_xlim()
    amounts = [step * 10.0**power for power in range(-3, 8) for step in (1, 2, 5)]
    amounts = [amount for amount in amounts if low <= amount <= high]
    axes.set_xticks(amounts, [f"{amount:,g}" for amount in amounts])
    axes.set_xticks([], minor=True)
    axes.legend(frameon=False)
