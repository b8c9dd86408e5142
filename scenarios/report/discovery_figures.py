"""Figures of policies over many worlds: where the winner flips, and what one would regret."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.outcomes import difference_unit, display_scale, outcome_named, show_value
from plaza_lab.scenarios.report.sensitivity_figures import setting_label
from plaza_lab.scenarios.report.style import (
    COLOURS,
    blank,
    finish,
    plain_ticks,
    scale_axis,
    styled,
)
from plaza_lab.scenarios.report.words import counted, listed, records
from plaza_lab.scenarios.sensitivity.boxes import is_number
from plaza_lab.scenarios.sensitivity.discovery import Flip
from plaza_lab.scenarios.sensitivity.discovery_words import limit_words
from plaza_lab.scenarios.sensitivity.responses import POINT, readable
from plaza_lab.scenarios.statistics.pairing import BadRuns

TEXT_CELLS = 12  # worlds up to which a regret table writes its numbers


@styled
def flip_map(
    flip: Flip,
    axes: Sequence[Axis],
    across: str | None = None,
    up: str | None = None,
) -> Figure:
    """Draw the worlds over two uncertainties: who does better, by how much, and the rule.

    Parameters
    ----------
    flip : Flip
        Of ``sensitivity.discover``.
    axes : sequence of Axis
        Uncertainties of the worlds.
    across, up : str, optional
        Keys on the axes; default: those of the rule first, then those most correlated with the
        difference.

    Returns
    -------
    matplotlib.figure.Figure
        Circles: the usual winner is ahead, triangles: the other one; hatched: the rule, with bands
        for the intervals of its thresholds.
    """
    known = {axis.key: axis for axis in axes}
    first, second = _two_keys(flip, known, across, up)
    figure = blank(6.6, 5.2)
    panel = figure.subplots()
    declared = outcome_named(flip.outcome)
    gain = flip.worlds["gain"].to_numpy(dtype=float) * display_scale(declared)
    reach = float(np.quantile(np.abs(gain), 0.95)) or float(np.abs(gain).max()) or 1.0
    colours = LinearSegmentedColormap.from_list("flip", [COLOURS[0], "#e8e8e8", COLOURS[1]])
    x, y = (
        _positions(panel, known.get(key or ""), flip.worlds, which)
        for which, key in (("x", first), ("y", second))
    )
    flips = flip.worlds["is_flip"].to_numpy()
    labels = (f"{flip.winner} ahead or equal", f"{flip.loser} ahead")
    for where, marker, name in ((~flips, "o", labels[0]), (flips, "^", labels[1])):
        points = panel.scatter(
            x[where], y[where], c=gain[where], cmap=colours, norm=Normalize(-reach, reach), s=38,
            marker=marker, edgecolor="#333333", linewidth=0.5, zorder=3,
            label=f"{name} ({int(where.sum())})",
        )  # fmt: skip
    _draw_rule(panel, flip, first, second)
    panel.set_title(f"{declared.label}: {flip.winner} and {flip.loser} world by world", pad=22)
    panel.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0.2)
    unit = difference_unit(declared) or "value"
    sign = " (less is better)" if declared.better == "lower" else ""
    bar = figure.colorbar(points, ax=panel, extend="both", shrink=0.9)
    bar.set_label(f"lead of {flip.loser} over {flip.winner}, {unit}{sign}")
    return finish(figure, _flip_caption(flip, first, second))


def _two_keys(
    flip: Flip, known: dict[str, Axis], across: str | None, up: str | None
) -> tuple[str, str | None]:
    for key in (across, up):
        if key is not None and key not in known:
            raise BadRuns(f"{key} is no uncertainty of these worlds")
    ranks = flip.worlds[[key for key in known if is_number(known[key])]].rank()
    strength = ranks.corrwith(flip.worlds["gain"].rank()).abs().fillna(0.0)
    ordered = [*dict.fromkeys(flip.limits["key"])]
    ordered += [key for key in strength.sort_values(ascending=False).index if key not in ordered]
    ordered += [key for key in known if key not in ordered]
    chosen = [key for key in (across, up) if key is not None]
    chosen += [key for key in ordered if key not in chosen]
    if up is not None and across is None:
        chosen = [chosen[1] if len(chosen) > 1 else up, up]
    return chosen[0], chosen[1] if len(chosen) > 1 else None


def _positions(panel: Axes, axis: Axis | None, worlds: pd.DataFrame, which: str) -> np.ndarray:
    """Where the worlds lie along one axis, which is dressed for it."""
    drawn = panel.xaxis if which == "x" else panel.yaxis
    if axis is None:
        drawn.set_visible(False)
        return np.random.default_rng(1).uniform(0, 1, len(worlds))
    drawn.set_label_text(setting_label(axis.key, axis.unit))
    column = worlds[axis.key]
    if is_number(axis):
        if axis.is_range:
            scale_axis(panel, which, axis)
        else:
            plain_ticks(drawn)
        return column.to_numpy(dtype=float)
    names = [str(value) for value in axis.values]
    drawn.set_ticks(range(len(names)), names)
    spread = np.random.default_rng(1).uniform(-0.25, 0.25, len(worlds))
    return np.array([names.index(str(value)) for value in column]) + spread


def _draw_rule(panel: Axes, flip: Flip, first: str, second: str | None) -> None:
    """Hatch the rule's part of the plane, and shade the intervals of its thresholds."""
    edges = {"x": panel.get_xlim(), "y": panel.get_ylim()}
    pieces = {
        which: _pieces(panel, flip, key, which, edges[which])
        for which, key in (("x", first), ("y", second))
    }
    if any(pieces.values()):
        for left, right in pieces["x"] or [edges["x"]]:
            for bottom, top in pieces["y"] or [edges["y"]]:
                panel.add_patch(
                    Rectangle((left, bottom), right - left, top - bottom, facecolor="none", lw=0,
                              alpha=0.35, edgecolor="#555555", hatch="///", zorder=1)
                )  # fmt: skip
    panel.set(xlim=edges["x"], ylim=edges["y"])


def _pieces(
    panel: Axes, flip: Flip, key: str | None, which: str, edges: tuple[float, float]
) -> list[tuple[float, float]]:
    """Parts of one axis that the rule holds, its thresholds drawn; empty where it asks nothing."""
    own = [row for row in records(flip.limits) if row["key"] == key]
    if own and own[0]["side"] == "in":
        drawn = panel.xaxis if which == "x" else panel.yaxis
        names = [label.get_text() for label in drawn.get_ticklabels()]
        allowed = own[0]["values"].split(", ")
        return [(at - 0.5, at + 0.5) for at, name in enumerate(names) if name in allowed]
    low, high = edges
    for row in own:
        band = panel.axvspan if which == "x" else panel.axhspan
        line = panel.axvline if which == "x" else panel.axhline
        band(row["low"], row["high"], color="#999999", alpha=0.25, lw=0, zorder=1)
        line(row["threshold"], color="#333333", lw=1, ls="--", zorder=2)
        low = row["threshold"] if row["side"] == ">" else low
        high = row["threshold"] if row["side"] == "<=" else high
    return [(low, high)] if own else []


def _flip_caption(flip: Flip, first: str, second: str | None) -> str:
    text = f"{counted(len(flip.worlds), 'world')}, means over {_seeds(flip.worlds)} of pairs."
    if not flip.flips:
        return f"{text} The lead never changes."
    if flip.limits.empty:
        return f"{text} No rule that holds for other worlds was found."
    limits = records(flip.limits)
    rule = listed([limit_words(row, key=readable(str(row["key"]))) for row in limits])
    name = "Rule" if flip.status == "rule" else "Perhaps"
    unseen = [readable(str(row["key"])) for row in limits if row["key"] not in (first, second)]
    also = f" The hatching leaves out {listed(unseen)}." if unseen else ""
    return (
        f"{text} {name} (hatched): {rule}; bands and brackets: {flip.level * 100:g} % bootstrap "
        f"intervals over worlds and seeds. Density {flip.density * 100:.0f} %, coverage "
        f"{flip.coverage * 100:.0f} % (held out: {flip.held_density * 100:.0f} %, "
        f"{flip.held_coverage * 100:.0f} %).{also}"
    )


@styled
def regret_heat(table: pd.DataFrame, summary: pd.DataFrame) -> Figure:
    """Draw the regret of every policy in every world.

    Parameters
    ----------
    table : pandas.DataFrame
        Table of ``sensitivity.regret``.
    summary : pandas.DataFrame
        Its ``sensitivity.regret_summary``.

    Returns
    -------
    matplotlib.figure.Figure
        Policies down, smallest largest regret first; worlds across, grouped by their best policy.
    """
    declared = outcome_named(str(table["outcome"].iloc[0]))
    order = summary["policy"].tolist()
    wide = table.pivot(index="policy", columns=POINT, values="regret").loc[order]
    best = wide.to_numpy().argmin(axis=0)
    total = wide.to_numpy().sum(axis=0)
    wide = wide.iloc[:, np.lexsort((total, best))]
    shown = wide.to_numpy() * display_scale(declared)
    figure = blank(7.6, 1.9 + 0.42 * len(order))
    panel = figure.subplots()
    picture = panel.imshow(shown, cmap="cividis", aspect="auto", vmin=0)
    if shown.shape[1] <= TEXT_CELLS:
        panel.set_xticks(range(shown.shape[1]), [str(world) for world in wide.columns])
        _write_cells(panel, shown, declared.digits)
    else:
        panel.set_xticks([])
    panel.set_yticks(range(len(order)), order)
    panel.set(xlabel="world" if shown.shape[1] <= TEXT_CELLS else "worlds, by their best policy")
    panel.set_title(f"{declared.label}: regret against the best policy of each world")
    panel.grid(False)
    rows = summary.set_index("policy")
    for place, policy in enumerate(order):
        regrets = (float(rows.loc[policy, key]) for key in ("max_regret", "mean_regret"))
        largest, mean = (show_value(declared, value, unit=False) for value in regrets)
        panel.annotate(f"largest {largest}, mean {mean}", (1.01, place), fontsize=8, va="center",
                       xycoords=("axes fraction", "data"))  # fmt: skip
    unit = difference_unit(declared) or "value"
    figure.colorbar(picture, ax=panel, location="bottom", shrink=0.5, aspect=40).set_label(
        f"regret ({unit})"
    )
    text = (
        f"{counted(shown.shape[1], 'world')}, means over {_seeds(table)} that all policies share. "
        f"{_sure(summary)}"
    )
    return finish(figure, text)


def _seeds(table: pd.DataFrame) -> str:
    fewest, most = int(table["seeds"].min()), int(table["seeds"].max())
    return counted(most, "seed") if fewest == most else f"{fewest} to {most} seeds"


def _sure(summary: pd.DataFrame) -> str:
    first = summary.iloc[0]
    share = f"{first['minimax_share'] * 100:.0f} %"
    return (
        f"{first['policy']} has the smallest largest regret in {share} of resampled sets of worlds."
    )


def _write_cells(panel: Axes, shown: np.ndarray, digits: int) -> None:
    darkest = float(shown.max()) or 1.0
    for i, j in np.ndindex(shown.shape):
        colour = "black" if shown[i, j] / darkest > 0.55 else "white"
        panel.text(j, i, f"{shown[i, j]:,.{digits}f}", ha="center", va="center", fontsize=8,
                   color=colour)  # fmt: skip
