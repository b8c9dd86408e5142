"""Sampling plans: which points of the axes a study visits, known in size before one is made.

Latin hypercubes and Sobol sequences come from SciPy, Morris trajectories and Saltelli's design for
Sobol indices from SALib. Every plan is drawn in the unit cube and put into the units of the axes
by ``Axis.at``, so logarithmic ranges, whole numbers and lists need no plan of their own.

References: McKay, Beckman & Conover (1979) for Latin hypercubes; Sobol' (1967) for the sequence;
Morris (1991) for trajectories; Saltelli et al. (2010) for the design of Sobol indices.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis, Value
from plaza_lab.scenarios.experiments.spec import KINDS

DUMMY = "dummy"  # moves in Morris and Sobol plans and changes nothing
LEVELS = 4  # of a Morris plan; steps are 2/3 of a range (Morris 1991; even numbers only)
LIMIT = 200_000  # design points; a study keeps all of them in memory
BYTES_A_POINT = 15_000  # measured: one composed design point
RUNS_A_SECOND = 60  # 500 members for a year on two cores


@dataclass(frozen=True)
class Sample:
    """A sampling plan: its rows, and what the analysis of them needs.

    Parameters
    ----------
    kind, axes
        One of `KINDS`, and what is varied.
    n : int
        Size as asked: points, trajectories (Morris) or base points (Sobol).
    seed : int
        Seed of the plan; not that of a run.
    rows : list of dict
        Setting to value, in the plan's order. Rows may repeat: the dummy changes nothing.
    names : tuple of str
        Columns of `shares`: the keys of the axes and, in Morris and Sobol plans, ``"dummy"``.
    shares : numpy.ndarray or None
        Shape ``(rows, names)``, in [0, 1]; None where a plan has no unit cube.
    moved : tuple of str
        One-at-a-time only: which key differs from the base in each row; ``""`` is the base.
    points : list of dict
        The rows without repetition, in order of appearance: what has to be run. The column
        ``world_point`` of a runs table numbers these.
    place : numpy.ndarray
        Shape ``(rows,)``: position of each row in `points`.
    """

    kind: str
    axes: tuple[Axis, ...]
    n: int
    seed: int
    rows: list[dict[str, Value]]
    names: tuple[str, ...] = ()
    shares: np.ndarray | None = None
    moved: tuple[str, ...] = ()
    points: list[dict[str, Value]] = field(init=False)
    place: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        seen: dict[tuple[str, ...], int] = {}
        place = [seen.setdefault(tuple(map(repr, row.values())), len(seen)) for row in self.rows]
        first = np.unique(np.asarray(place, dtype=int), return_index=True)[1]
        object.__setattr__(self, "place", np.asarray(place, dtype=int))
        object.__setattr__(self, "points", [self.rows[at] for at in first])

    @property
    def keys(self) -> tuple[str, ...]:
        """Settings that are varied."""
        return tuple(axis.key for axis in self.axes)


def size_of(kind: str, axes: Sequence[Axis], n: int = 0) -> int:
    """Count the design points of a plan without making it.

    Parameters
    ----------
    kind, axes, n
        As in :func:`sample`.

    Returns
    -------
    int
        Points to run; whole numbers and lists may make some of them coincide. Morris plans have
        ``n (axes + 1)``, Sobol plans ``n (axes + 2)``: the dummy's rows need no run of their own.

    Raises
    ------
    UserError
        If the plan cannot be made of these axes or with this n.
    """
    _check(kind, axes, n)
    lengths = [len(axis.values) if axis.values else n for axis in axes]
    if kind == "grid":
        return math.prod(lengths)
    if kind == "list":
        return lengths[0]
    if kind == "one_at_a_time":
        return 1 + sum(lengths)
    return n * {"morris": len(axes) + 1, "sobol": len(axes) + 2}.get(kind, 1)


def sample(
    kind: str,
    axes: Sequence[Axis],
    n: int = 0,
    seed: int = 1,
    *,
    base: Mapping[str, Value] | None = None,
    limit: int = LIMIT,
) -> Sample:
    """Make a sampling plan.

    Parameters
    ----------
    kind : str
        ``grid``: every combination, ranges at `n` even steps. ``list``: the first value of every
        axis, then the second, and so on. ``lhs``: a Latin hypercube of `n` points.
        ``sobol_sequence``: `n` scrambled Sobol points. ``sobol``: Saltelli's design of `n` base
        points, for first and total indices. ``morris``: `n` trajectories. ``one_at_a_time``: the
        base, then each axis alone at its values, or at `n` even steps of its range.
    axes : sequence of Axis
        What is varied.
    n : int
        Size; not used where every axis is a list.
    seed : int
        Seed of the plan; the same seed gives the same plan.
    base : mapping of str to value, optional
        Base of a one-at-a-time plan; default: the middle of each range, the first of each list.
    limit : int
        Largest number of design points.

    Raises
    ------
    UserError
        If the plan is empty, too large, or cannot be made of these axes or with this n.
    """
    axes = tuple(axes)
    _check_size(kind, axes, n, limit)
    if kind == "one_at_a_time":
        return _one_at_a_time(axes, n, seed, base or {})
    if kind in ("grid", "list"):
        levels = [axis.values or _steps(axis, n) for axis in axes]
        combined = itertools.product(*levels) if kind == "grid" else zip(*levels, strict=True)
        keys = [axis.key for axis in axes]
        rows = [dict(zip(keys, values, strict=True)) for values in combined]
        return Sample(kind, axes, n, seed, rows)
    shares = _cube(kind, len(axes), n, seed)
    names = tuple(axis.key for axis in axes) + ((DUMMY,) if kind in ("morris", "sobol") else ())
    columns = [[axis.at(float(x)) for x in shares[:, at]] for at, axis in enumerate(axes)]
    keys = [axis.key for axis in axes]
    rows = [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]
    return Sample(kind, axes, n, seed, rows, names, shares)


def _cube(kind: str, dimensions: int, n: int, seed: int) -> np.ndarray:
    """Shares of a plan, shape ``(rows, columns)``; the last column of Morris and Sobol: dummy."""
    if kind == "lhs":
        from scipy.stats import qmc

        return qmc.LatinHypercube(dimensions, seed=np.random.default_rng(seed)).random(n)
    if kind == "sobol_sequence":
        from scipy.stats import qmc

        return qmc.Sobol(dimensions, seed=np.random.default_rng(seed)).random(n)
    width = dimensions + 1
    problem: dict[str, Any] = {
        "num_vars": width,
        "names": [str(at) for at in range(width)],
        "bounds": [[0.0, 1.0]] * width,
    }
    rng = np.random.default_rng(seed)
    if kind == "morris":
        library = needed("SALib.sample.morris", "sensitivity")
        drawn = library.sample(problem, n, num_levels=LEVELS, seed=rng)
        return np.round(drawn * (LEVELS - 1)) / (LEVELS - 1)  # levels to the last bit
    library = needed("SALib.sample.sobol", "sensitivity")
    return np.asarray(library.sample(problem, n, calc_second_order=False, seed=rng))


def _one_at_a_time(axes: tuple[Axis, ...], n: int, seed: int, base: Mapping[str, Value]) -> Sample:
    start: dict[str, Value] = {axis.key: base.get(axis.key, _middle(axis)) for axis in axes}
    rows, moved = [start], [""]
    for axis in axes:
        for value in axis.values or _steps(axis, n):
            rows.append(start | {axis.key: value})
            moved.append(axis.key)
    return Sample("one_at_a_time", axes, n, seed, rows, moved=tuple(moved))


def _middle(axis: Axis) -> Value:
    return axis.values[0] if axis.values else axis.at(0.5)


def _steps(axis: Axis, n: int) -> tuple[Value, ...]:
    """Even steps of a range, both ends among them; whole numbers are not named twice."""
    return tuple(dict.fromkeys(axis.at(share) for share in np.linspace(0.0, 1.0, n).tolist()))


def _check_size(kind: str, axes: tuple[Axis, ...], n: int, limit: int) -> None:
    size = size_of(kind, axes, n)
    if size <= limit:
        return
    memory, hours = size * BYTES_A_POINT / 1e9, size / RUNS_A_SECOND / 3600
    raise UserError(
        f"{kind} plan of {_of(axes, n)}: {size:,} design points, about {memory:,.0f} GB of memory "
        f"and {hours:,.0f} hours a seed at {RUNS_A_SECOND} runs a second; the limit is "
        f"{limit:,}: {_smaller(kind, axes, limit)}"
    )


def _of(axes: tuple[Axis, ...], n: int) -> str:
    count = f"{len(axes)} ax{'i' if len(axes) == 1 else 'e'}s"
    return f"{count} with n={n:,}" if n else count


def _smaller(kind: str, axes: tuple[Axis, ...], limit: int) -> str:
    """What would be right instead of a plan that is too large."""
    ranges = sum(axis.is_range for axis in axes)
    listed = [len(axis.values) for axis in axes if axis.values]
    fits = {
        "lhs": limit,
        "sobol_sequence": _power_below(limit),
        "sobol": _power_below(limit // (len(axes) + 2)),
        "morris": limit // (len(axes) + 1),
        "one_at_a_time": (limit - 1 - sum(listed)) // max(ranges, 1) if ranges else 0,
        "grid": int((limit / math.prod(listed)) ** (1 / ranges) + 1e-9) if ranges else 0,
    }.get(kind, 0)
    if fits < 2:
        return "name fewer values, or take kind=lhs with an n of your own"
    return f"n={fits:,} would fit"


def _check(kind: str, axes: Sequence[Axis], n: int) -> None:
    if kind not in KINDS:
        from plaza_lab.scenarios.settings.options import nearest

        near = nearest(kind, KINDS) or "; choose from " + ", ".join(KINDS)
        raise UserError(f"{kind!r} is no kind of plan{near}")
    if not axes:
        raise UserError(f"{kind} plan: it varies nothing; name at least one lever or uncertainty")
    keys = [axis.key for axis in axes]
    for key in keys:
        if keys.count(key) > 1:
            raise UserError(f"{kind} plan: {key} is varied twice; keep one")
    if kind == "list":
        _check_list(axes)
    elif kind in ("grid", "one_at_a_time"):
        ranges = [axis.key for axis in axes if axis.is_range]
        if ranges and n < 2:
            raise UserError(
                f"{kind} plan: {ranges[0]} is a range; say in how many steps, n=2 or more"
            )
    else:
        _check_drawn(kind, axes, n)


def _check_list(axes: Sequence[Axis]) -> None:
    for axis in axes:
        if axis.is_range:
            raise UserError(f"list plan: {axis.key} is a range; name its values, or take kind=lhs")
        if len(axis.values) != len(axes[0].values):
            raise UserError(
                f"list plan: {axes[0].key} names {len(axes[0].values)} values and {axis.key} "
                f"{len(axis.values)}; name equally many, or take kind=grid"
            )


def _check_drawn(kind: str, axes: Sequence[Axis], n: int) -> None:
    least = 2 if kind in ("morris", "sobol") else 1
    if n < least:
        what = {"morris": "trajectories", "sobol": "base points"}.get(kind, "points")
        raise UserError(f"{kind} plan: n={n} is no number of {what}; give {least} or more")
    if kind in ("sobol", "sobol_sequence") and n != _power_below(n):
        raise UserError(
            f"{kind} plan: Sobol points are even only at powers of two, and n={n:,} is none; "
            f"take n={_power_below(n):,} or n={2 * _power_below(n):,}"
        )
    for axis in axes:
        if len(axis.values) == 1:
            raise UserError(
                f"{kind} plan: {axis.key} has one value and nothing to vary; leave it out or give "
                "it low and high"
            )
        if kind == "morris" and len(axis.values) > 2 and not _is_ordered(axis.values):
            raise UserError(
                f"morris plan: the values of {axis.key} have no order to step along; give it low "
                "and high, name two values, or take kind=sobol"
            )


def _is_ordered(values: Sequence[Value]) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _power_below(n: int) -> int:
    """Largest power of two not above n; 0 below one."""
    return 1 << (n.bit_length() - 1) if n > 0 else 0
