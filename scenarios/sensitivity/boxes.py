"""Boxes in the space of uncertainties: where one policy does better, found by PRIM or CART.

Both searches are library code: PRIM is ema-workbench's, CART scikit-learn's. They propose the form
of a box, which settings it limits and on which side; its thresholds are then put where the gain of
changing the policy inside the box is largest. References: Friedman & Fisher (1999) for PRIM; Bryant
& Lempert (2010) for its use on scenarios; Breiman et al. (1984) for CART.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.experiments.axes import Axis

QUASI_P = 0.05  # a limit that chance alone would justify this often is dropped
LEAST_MASS = 0.05  # of the worlds, in a box
DEPTH = 3  # of a CART tree: at most three limits can be told to people
ROUNDS = 20


@dataclass(frozen=True)
class Limit:
    """What a box asks of one setting, on the scale of :func:`coded`.

    Parameters
    ----------
    low, high : float
        Open ends of a number; infinite where there is none.
    values : frozenset of str
        Allowed values of a setting without order; empty for numbers.
    """

    low: float = -math.inf
    high: float = math.inf
    values: frozenset[str] = frozenset()

    def holds(self, column: np.ndarray) -> np.ndarray:
        """Return which entries satisfy it."""
        if self.values:
            return np.isin(column.astype(str), list(self.values))
        return np.asarray((column > self.low) & (column <= self.high))


Box = Mapping[str, Limit]
Columns = Mapping[str, np.ndarray]


def coded(table: pd.DataFrame, axes: Sequence[Axis]) -> dict[str, np.ndarray]:
    """Put settings on the scale on which boxes are sought: logarithms of logarithmic ranges.

    Of a row a world and a column per key; keys that do not vary in the table are left out. One
    array a key, shape ``(worlds,)``: numbers as float, other values as text.
    """
    columns: dict[str, np.ndarray] = {}
    for axis in axes:
        column = table[axis.key]
        if column.nunique() < 2:
            continue
        if is_number(axis):
            x = column.to_numpy(dtype=float)
            columns[axis.key] = np.log(x) if axis.is_log else x
        else:
            columns[axis.key] = np.array([str(value) for value in column])
    return columns


def picked(x: Columns, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return some rows of coded settings."""
    return {key: column[rows] for key, column in x.items()}


def is_number(axis: Axis) -> bool:
    """Return whether the values of an axis have an order."""
    return axis.is_range or all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in axis.values
    )


def inside(box: Box, x: Columns) -> np.ndarray:
    """Return which rows of coded settings a box holds, shape ``(rows,)``."""
    held = np.ones(len(next(iter(x.values()))), dtype=bool)
    for key, limit in box.items():
        held &= limit.holds(x[key])
    return held


def find_box(method: str, x: Columns, gain: np.ndarray) -> Box:
    """Find the box in which changing the policy gains most.

    Parameters
    ----------
    method : {"prim", "cart"}
        Search.
    x : mapping of str to numpy.ndarray
        Coded settings, one entry a world.
    gain : numpy.ndarray
        What the other policy gains in each world, shape ``(worlds,)``; above zero it wins.

    Returns
    -------
    mapping of str to Limit
        Empty when the search finds none.
    """
    form = {"prim": _prim, "cart": _cart}[method](x, gain)
    return sharpened(form, x, gain)


def sharpened(box: Box, x: Columns, gain: np.ndarray) -> Box:
    """Put each threshold of a box where the summed gain inside is largest, others held.

    The same form (which settings it limits on which side); thresholds lie half way between
    neighbouring worlds. `x` and `gain` as for :func:`find_box`.
    """
    limits = dict(box)
    best = -math.inf
    for _ in range(ROUNDS):
        for key, limit in box.items():
            if limit.values:
                continue
            held = inside({k: v for k, v in limits.items() if k != key}, x)
            values = x[key]
            low, high = limits[key].low, limits[key].high
            if math.isfinite(limit.low):
                low = _cut(values[held & (values <= high)], gain[held & (values <= high)])
            if math.isfinite(limit.high):
                kept = held & (values > low)
                high = -_cut(-values[kept], gain[kept])
            limits[key] = Limit(low, high)
        summed = float(gain[inside(limits, x)].sum())
        if summed <= best + 1e-12 * abs(best):
            break
        best = summed
    return limits


def _cut(x: np.ndarray, gain: np.ndarray) -> float:
    """Threshold above which the summed gain is largest."""
    if not x.size:
        return -math.inf
    order = np.argsort(x, kind="stable")
    x, gain = x[order], gain[order]
    above = np.cumsum(gain[::-1])[::-1]
    first = np.concatenate([[True], x[1:] > x[:-1]])  # a cut lies between two different values
    at = int(np.flatnonzero(first)[np.argmax(above[first])])
    return float(x[0] - 1e-9 * (1 + abs(x[0]))) if at == 0 else float((x[at - 1] + x[at]) / 2)


def _prim(x: Columns, gain: np.ndarray) -> Box:
    """Best box of PRIM's peeling trajectory by summed gain, without limits due to chance."""
    library = _prim_library()
    if not 0 < (gain > 0).sum() < len(gain):
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, of pandas and of its plots
        search = library.Prim(
            pd.DataFrame(x), (gain > 0).astype(int), threshold=1e-9, mass_min=LEAST_MASS
        )
        found = search.find_box()
    boxes = [
        _of_prim(found.box_lims[at], found.box_lims[0], found.qp[at])
        for at in range(len(found.box_lims))
    ]
    gains = [float(gain[inside(box, x)].sum()) for box in boxes]
    return boxes[int(np.argmax(gains))]


def _prim_library() -> Any:
    with warnings.catch_warnings():
        # it warns of engines and plots that are not installed and not used here
        warnings.simplefilter("ignore")
        return needed("ema_workbench.analysis.prim", "sensitivity")


def _of_prim(lims: pd.DataFrame, start: pd.DataFrame, quasi: Mapping[str, Sequence[float]]) -> Box:
    box = {}
    for key in map(str, lims.columns):
        below, above = lims[key].tolist()
        if isinstance(below, (set, frozenset)):
            if set(below) != set(start[key].iloc[0]) and max(quasi[key]) <= QUASI_P:
                box[key] = Limit(values=frozenset(map(str, below)))
            continue
        p_low, p_high = quasi.get(key, (-1.0, -1.0))
        low = below if below != start[key].iloc[0] and 0 <= p_low <= QUASI_P else -math.inf
        high = above if above != start[key].iloc[1] and 0 <= p_high <= QUASI_P else math.inf
        if math.isfinite(low) or math.isfinite(high):
            box[key] = Limit(float(low), float(high))
    return box


def _cart(x: Columns, gain: np.ndarray) -> Box:
    """Best node of a classification tree by summed gain; worlds weigh as much as they matter."""
    library = needed("sklearn.tree", "sensitivity")
    numbers = {key: column for key, column in x.items() if column.dtype == float}
    texts = {
        (key, value): (x[key] == value).astype(float)
        for key in x if key not in numbers for value in sorted(set(x[key]))
    }  # fmt: skip
    columns = [*numbers, *texts]
    matrix = np.column_stack([*numbers.values(), *texts.values()])
    if not 0 < (gain > 0).sum() < len(gain):
        return {}
    least = min(max(5, math.ceil(LEAST_MASS * len(gain))), len(gain) // 2)
    tree = (
        library.DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
        .fit(matrix, gain > 0, sample_weight=np.abs(gain))
        .tree_
    )
    boxes: list[dict[str, Limit]] = []

    def walk(node: int, box: dict[str, Limit]) -> None:
        boxes.append(box)
        if tree.children_left[node] < 0:
            return
        name, cut = columns[tree.feature[node]], float(tree.threshold[node])
        walk(int(tree.children_left[node]), _narrowed(box, name, cut, True, x))
        walk(int(tree.children_right[node]), _narrowed(box, name, cut, False, x))

    walk(0, {})
    gains = [float(gain[inside(box, x)].sum()) for box in boxes]
    return boxes[int(np.argmax(gains))]


def _narrowed(
    box: dict[str, Limit], name: Any, cut: float, is_below: bool, x: Columns
) -> dict[str, Limit]:
    if isinstance(name, tuple):
        key, value = name
        allowed = box[key].values if key in box else frozenset(map(str, x[key]))
        return box | {key: Limit(values=allowed - {value} if is_below else frozenset({value}))}
    old = box.get(name, Limit())
    new = Limit(old.low, min(old.high, cut)) if is_below else Limit(max(old.low, cut), old.high)
    return box | {name: new}
