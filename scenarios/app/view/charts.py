"""Figures as ECharts takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from plaza_lab.scenarios.app.day_by_day import (
    ABSENT,
    FARMER,
    KOC,
    MEMBER,
    MODERATOR,
    PARTNER,
    SILENT,
    Film,
)
from plaza_lab.scenarios.app.estimates import Band
from plaza_lab.scenarios.app.view.style import COLOURS
from plaza_lab.scenarios.language.fonts import FACES

INK, LINE = "#1c2430", "#c8d0da"
ROLE_COLOURS = {
    SILENT: "#9aa4b0", MEMBER: "#1f5fa8", KOC: "#d98200", MODERATOR: "#0b7a55",
    FARMER: "#a31621", PARTNER: "#6b3fa0",
}  # fmt: skip
ROLE_SIZES = {SILENT: 6, MEMBER: 8, KOC: 12, MODERATOR: 12, FARMER: 9, PARTNER: 14}
CHART = {
    "animation": False,
    "grid": {"left": 56, "right": 14, "top": 30, "bottom": 26},
    "textStyle": {"color": INK, "fontFamily": FACES},
}  # fmt: skip


def paths(
    bands: Sequence[Band], names: Sequence[str], is_share: bool, fork_day: int,
    colours: Sequence[str] = COLOURS, *, has_zero_line: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Draw one series per policy with its spread.

    Parameters
    ----------
    bands : sequence of Band
        One a policy.
    names : sequence of str
        Policies.
    is_share : bool
        Whether values are shown as per cent.
    fork_day : int
        Day marked, 0 for none.
    colours : sequence of str
        One a policy.
    has_zero_line : bool
        Whether zero is marked.
    """
    scale = 100.0 if is_share else 1.0
    series: list[dict[str, Any]] = []
    for k, (band, name) in enumerate(zip(bands, names, strict=True)):
        mean, low, high = (_points(band.days, scale * v) for v in (band.mean, band.low, band.high))
        width = [[day, top - bottom] for (day, top), (_, bottom) in zip(high, low, strict=True)]
        around = {"type": "line", "symbol": "none", "silent": True, "stack": f"s{k}",
                  "stackStrategy": "all", "lineStyle": {"opacity": 0}}  # fmt: skip
        series.append({**around, "data": low, "name": f"{name} low"})
        series.append({**around, "data": width, "name": f"{name} high",
                       "areaStyle": {"color": colours[k], "opacity": 0.18}})  # fmt: skip
        series.append({"type": "line", "name": name, "symbol": "none", "data": mean,
                       "lineStyle": {"width": 2, "color": colours[k]},
                       "itemStyle": {"color": colours[k]}})  # fmt: skip
    marks = [{"xAxis": fork_day}] if fork_day else []
    marks += [{"yAxis": 0}] if has_zero_line else []
    if marks and series:
        series[-1]["markLine"] = {
            "data": marks, "symbol": "none", "silent": True, "label": {"show": False},
            "lineStyle": {"color": "#4a5666", "type": "dashed"},
        }  # fmt: skip
    last = int(bands[0].days[-1]) if bands else 364
    return {
        **CHART,
        "legend": {"data": list(names), "top": 0, "textStyle": {"color": INK}},
        "xAxis": {"type": "value", "min": 0, "max": last, "axisLabel": {"color": INK}},
        "yAxis": {
            "type": "value", "scale": True, "splitLine": {"lineStyle": {"color": LINE}},
            "axisLabel": {"color": INK, "formatter": "{value} %" if is_share else "{value}"},
        },
        "series": series,
    }  # fmt: skip


def _points(days: np.ndarray, values: np.ndarray) -> list[list[float]]:
    return [[float(day), round(float(v), 4)] for day, v in zip(days, values, strict=True)]


def along_dial(
    values: Sequence[float], spans: Sequence[Sequence[tuple[float, float, float]]],
    names: Sequence[str], colours: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Draw differences along a dial, each with its interval.

    Parameters
    ----------
    values : sequence of float
        Of the dial.
    spans : sequence of sequence of tuple
        For each policy, mean, low and high at each value.
    names, colours : sequence of str
        Of the policies.
    """
    bands = [
        Band(np.array(values), *(np.array([span[i] for span in own]) for i in range(3)))
        for own in spans
    ]
    options = paths(bands, names, True, 0, colours, has_zero_line=True)
    for series in options["series"][2::3]:
        series["symbol"], series["symbolSize"] = "circle", 7
    options["xAxis"] |= {"min": min(values), "max": max(values)}
    return options


def network(film: Film, day: int, names: Sequence[str]) -> dict[str, Any]:
    """Draw a day of the network.

    Parameters
    ----------
    film : Film
        A community's days.
    day : int
        From 0.
    names : sequence of str
        Names of the roles, in their order.
    """
    frame = film.frames[day]
    nodes = []
    for place, (x, y) in enumerate(film.places):
        role = int(frame.roles[place])
        if role == ABSENT:
            continue
        nodes.append({
            "id": str(place), "name": f"{names[role]} {place + 1}", "x": round(float(x) * 300, 1),
            "y": round(float(y) * 300, 1), "symbolSize": ROLE_SIZES[role],
            "itemStyle": {"color": ROLE_COLOURS[role]},
        })  # fmt: skip
    links = [{"source": str(a), "target": str(b)} for a, b in frame.ties.tolist()]
    # two corners that are not seen keep the picture in its place from day to day
    corners = [
        {"id": f"c{k}", "name": "", "x": 320 * s, "y": 320 * s, "symbolSize": 0.01,
         "itemStyle": {"opacity": 0}} for k, s in enumerate((-1, 1))
    ]  # fmt: skip
    return {
        "animation": False,
            "series": [{
            "type": "graph", "layout": "none", "silent": True, "data": [*nodes, *corners],
            "links": links, "lineStyle": {"color": "#76808d", "opacity": 0.45, "width": 1},
            "left": 4, "right": 4, "top": 4, "bottom": 4,
        }],
    }  # fmt: skip
