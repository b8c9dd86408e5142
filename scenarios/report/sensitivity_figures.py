"""Figures of a sensitivity analysis: tornado, Morris' plane, Sobol bars.

Every function draws one outcome, returns a matplotlib ``Figure`` and shows nothing; the caption is
read back with ``style.caption_of``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plaza_lab.scenarios.outcomes import (
    Outcome,
    difference_unit,
    display_scale,
    outcome_named,
    outcome_unit,
)
from plaza_lab.scenarios.report.style import COLOURS, blank, finish, plain_ticks, styled
from plaza_lab.scenarios.report.words import counted, records
from plaza_lab.scenarios.sensitivity.responses import readable, titled
from plaza_lab.scenarios.statistics.pairing import BadRuns

LOW, HIGH, FAINT = COLOURS[5], COLOURS[1], "#8a8a8a"
MOST = 15  # settings in one figure


@styled
def tornado_bars(table: pd.DataFrame, outcome: str | None = None, *, most: int = MOST) -> Figure:
    """Draw what each setting does alone: the outcome at both ends of its range.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``sensitivity.tornado``.
    outcome : str, optional
        Which of its outcomes; default: the first.
    most : int
        Settings drawn, widest swing first.

    Returns
    -------
    matplotlib.figure.Figure
        Bars begin at the outcome of the base; whiskers are intervals over seeds.
    """
    rows = _rows(table, outcome)
    shown, first = rows[:most], rows[0]
    declared = outcome_named(first["outcome"])
    scale = display_scale(declared)
    figure = blank(7.4, 1.7 + 0.36 * len(shown))
    axes = figure.subplots()
    base = first["at_base"] * scale
    for place, row in enumerate(shown):
        for end, colour, edge in (("low", LOW, "//"), ("high", HIGH, "")):
            at, low, high = (row[f"at_{end}{part}"] * scale for part in ("", "_from", "_to"))
            shift = -0.14 if end == "low" else 0.14
            axes.barh(
                place + shift, at - base, left=base, height=0.28, color=colour, hatch=edge,
                edgecolor="white", label=f"{end} end" if place == 0 else None,
            )  # fmt: skip
            axes.plot([low, high], [place + shift] * 2, color="#000000", lw=0.9)
            is_right = at >= base
            edge_of = np.nanmax([at, high]) if is_right else np.nanmin([at, low])
            axes.annotate(
                value_text(row[f"{end}_value"]), (edge_of, place + shift),
                xytext=(4 if is_right else -4, 0), textcoords="offset points", va="center",
                ha="left" if is_right else "right", fontsize=7, color="#333333",
            )  # fmt: skip
    axes.axvline(base, color="#000000", lw=1)
    if first["baseline"]:
        axes.axvline(0, color="#000000", lw=1, ls=":")
    axes.set_yticks(range(len(shown)), [_setting(row) for row in shown])
    axes.set(
        ylim=(len(shown) - 0.5, -0.5), xlabel=_unit_label(declared, first), title=titled(first)
    )
    axes.margins(x=0.14)
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside upper right", ncols=2)
    plain_ticks(axes.xaxis)
    more = (
        f" {len(rows) - len(shown)} settings with less swing are left out." if rows[most:] else ""
    )
    dotted = " Dotted: no difference." if first["baseline"] else ""
    text = (
        f"Each setting alone at the low and the high end of its range, the others at their base "
        f"(line); whiskers: {_level(first)} intervals over {counted(first['seeds'], 'seed')}."
        f"{dotted}{more}"
    )
    return finish(figure, text)


@styled
def morris_plane(table: pd.DataFrame, outcome: str | None = None, *, most: int = MOST) -> Figure:
    """Draw size against spread of the elementary effects, with the dummy's line.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``sensitivity.morris``.
    outcome : str, optional
        Which of its outcomes; default: the first.
    most : int
        Settings named beside the plane, strongest first; all are drawn.

    Returns
    -------
    matplotlib.figure.Figure
        Numbered, filled marks move the outcome; hollow ones cannot be told from luck.
    """
    rows = _rows(table, outcome)
    dummy = next(row for row in rows if row["is_dummy"])
    rest = [row for row in rows if not row["is_dummy"]]
    moving = [row for row in rest if row["verdict"] == "moves it"]
    declared = outcome_named(dummy["outcome"])
    scale = display_scale(declared)
    named = moving[:most]
    figure = blank(8.0, max(4.0, 1.4 + 0.25 * len(named)))
    axes, side = figure.subplots(1, 2, width_ratios=(3, 2))
    for row in rest:
        x, low, high, y = (
            row[key] * scale for key in ("mu_star", "mu_star_low", "mu_star_high", "sigma")
        )
        is_moving = row["verdict"] == "moves it"
        colour = COLOURS[0] if is_moving else FAINT
        axes.plot([low, high], [y, y], color=colour, lw=1.2)
        axes.plot([x], [y], "o", ms=6, color=colour, mfc=colour if is_moving else "white")
    line = dummy["mu_star_high"] * scale
    axes.axvline(line, color=COLOURS[1], ls="--", lw=1.2)
    axes.annotate(
        "dummy", (line, 1.01), xycoords=("data", "axes fraction"), ha="center", va="bottom",
        fontsize=8, color=COLOURS[1],
    )  # fmt: skip
    edge, top = (
        1.1 * scale * max(row[key] for row in rows) or 1.0 for key in ("mu_star_high", "sigma")
    )
    axes.plot([0, max(edge, top)], [0, max(edge, top)], color="#bbbbbb", lw=0.8, zorder=0)
    unit = difference_unit(declared) or "value"
    axes.set(
        xlim=(-0.02 * edge, edge), ylim=(-0.06 * top, top),
        xlabel=f"mean size of the effect of the whole range, mu* ({unit})",
        ylabel="spread of the effect, sigma",
    )  # fmt: skip
    axes.set_title(titled(dummy), pad=16)
    _number(axes, [(row["mu_star"] * scale / edge, row["sigma"] * scale / top) for row in named])
    _names_beside(side, named, len(moving), len(rest))
    for axis in (axes.xaxis, axes.yaxis):
        plain_ticks(axis)
    text = (
        f"{dummy['trajectories']:,} trajectories, means over {counted(dummy['seeds'], 'seed')}, "
        f"{_level(dummy)} bootstrap intervals. The dummy changes nothing but luck; filled marks "
        "lie surely beyond it. Above the diagonal an effect changes its sign or depends on other "
        "settings."
    )
    return finish(figure, text)


def _number(axes: Axes, marks: list[tuple[float, float]]) -> None:
    """Number marks, given in shares of the plane, each beside its mark where most room is left."""
    taken = np.array(marks).reshape(-1, 2)
    right, top = axes.get_xlim()[1], axes.get_ylim()[1]
    for number, (x, y) in enumerate(marks, 1):
        sides = (0, 0.04), (0, -0.04), (0.03, 0.03), (-0.03, 0.03), (0.03, -0.03), (-0.03, -0.03)
        places = np.array([(x, y)]) + np.array(sides)
        room = np.linalg.norm(places[:, None] - taken[None], axis=2).min(axis=1)
        best = places[int(room.argmax())]
        taken = np.vstack([taken, best])
        axes.text(best[0] * right, best[1] * top, str(number), fontsize=8, ha="center",
                  va="center", weight="bold")  # fmt: skip


def _names_beside(side: Any, named: list[dict[str, Any]], moving: int, settings: int) -> None:
    side.axis("off")
    lines = [f"{number}  {_setting(row)}" for number, row in enumerate(named, 1)]
    lines = lines or ["no setting surely moves it"]
    if moving > len(named):
        lines.append(f"and {moving - len(named)} more that move it")
    if settings > moving:
        lines.append(f"hollow: {settings - moving} not told from luck")
    side.text(0, 1, "\n".join(lines), va="top", fontsize=8, linespacing=1.6,
              transform=side.transAxes)  # fmt: skip


@styled
def sobol_bars(table: pd.DataFrame, outcome: str | None = None, *, most: int = MOST) -> Figure:
    """Draw first and total indices with intervals, and the dummy's line.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``sensitivity.sobol``.
    outcome : str, optional
        Which of its outcomes; default: the first.
    most : int
        Settings drawn, largest total first.

    Returns
    -------
    matplotlib.figure.Figure
        Shares of variance in per cent; hollow bars cannot be told from luck.
    """
    rows = _rows(table, outcome)
    dummy = next(row for row in rows if row["is_dummy"])
    rest = [row for row in rows if not row["is_dummy"]]
    shown = rest[:most]
    figure = blank(7.2, 1.9 + 0.42 * len(shown))
    axes = figure.subplots()
    for place, row in enumerate(shown):
        is_moving = row["verdict"] == "moves it"
        for name, shift, colour in (("total", -0.18, COLOURS[0]), ("first", 0.18, COLOURS[4])):
            at, low, high = (row[f"{name}{end}"] * 100 for end in ("", "_low", "_high"))
            axes.barh(place + shift, at, height=0.34, color=colour if is_moving else "white",
                      edgecolor=colour)  # fmt: skip
            axes.plot([low, high], [place + shift] * 2, color="#000000", lw=1)
    axes.barh([np.nan], [0], color=COLOURS[0], label="total: alone and with others")
    axes.barh([np.nan], [0], color=COLOURS[4], label="first: alone")
    axes.axvline(0, color="#000000", lw=0.9)
    reach = max(1.0, *(row[f"{name}_high"] for row in shown for name in ("total", "first")))
    line = min(dummy["total_high"], 1.05 * reach)
    beyond = f" ({dummy['total_high'] * 100:.0f} %, off the scale)"
    axes.axvline(
        line * 100, color=COLOURS[1], ls="--", lw=1.2,
        label="dummy: luck alone" + beyond * (dummy["total_high"] > 1.05 * reach),
    )  # fmt: skip
    axes.set_yticks(range(len(shown)), [_setting(row) for row in shown])
    axes.set(ylim=(len(shown) - 0.5, -0.5), xlabel="share of variance (%)", title=titled(dummy))
    axes.margins(x=0.06)
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside upper right", ncols=3)
    more = f" {len(rest) - len(shown)} settings with less are left out." if rest[most:] else ""
    luck = "" if dummy["seeds"] < 2 else (
        f" Luck is {dummy['luck_mean'] * 100:.0f} % of this variance; of single runs, seeds make "
        f"{dummy['luck_run'] * 100:.0f} %."
    )  # fmt: skip
    text = (
        f"{counted(dummy['base_points'], 'base point')}, means over "
        f"{counted(dummy['seeds'], 'seed')}, {_level(dummy)} bootstrap intervals. Hollow: total "
        f"not surely beyond the dummy's by one per cent.{luck}{more}"
    )
    return finish(figure, text)


def value_text(value: Any) -> str:
    """Write a setting's value briefly: ``0.0012``, ``14``, ``points``."""
    return f"{value:.3g}" if isinstance(value, (float, np.floating)) else str(value)


def setting_label(key: str, unit: str) -> str:
    """Name a setting for an axis: ``churn: established hazard (1/day)``."""
    return f"{readable(key)} ({unit})" if unit not in ("", "1") else readable(key)


def _setting(row: dict[str, Any]) -> str:
    return setting_label(str(row["key"]), str(row["unit"]))


def _rows(table: pd.DataFrame, outcome: str | None) -> list[dict[str, Any]]:
    if not len(table):
        raise BadRuns("the analysis has no row to draw")
    name = table["outcome"].iloc[0] if outcome is None else outcome
    found = records(table[table["outcome"] == name])
    if not found:
        raise BadRuns(f"the analysis has no outcome {name!r} to draw")
    return found


def _unit_label(declared: Outcome, row: dict[str, Any]) -> str:
    unit = (difference_unit if row["baseline"] else outcome_unit)(declared) or "value"
    return f"difference ({unit})" if row["baseline"] else f"{declared.label.lower()} ({unit})"


def _level(row: dict[str, Any]) -> str:
    return f"{row['level'] * 100:g} %"
