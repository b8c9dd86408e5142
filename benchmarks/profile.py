"""Where a day goes: the share of each step, in large communities by default and with everything."""

from __future__ import annotations

import statistics

from benchmarks.figures import Figure
from benchmarks.full_day import EVERYTHING, LARGE, SIZE_OF_TARGETS, FullDay, profile
from plaza_lab.sim.recording import metrics as mt

LEAST_SHARE = 1.0
"""Per cent of a day below which, in every community, a step is counted with the rest."""
REST = "all other steps"
WHOLE = "a visitor, ns"


def measure(is_quick: bool) -> list[Figure]:
    """Profile four communities, all in turn within a round.

    Parameters
    ----------
    is_quick : bool
        Whether two small ones will do.

    Returns
    -------
    list of Figure
        Per cent of the day's processor time by step, then what a visitor costs; each item is
        ``community: step``.
    """
    sizes, days, rounds = ([10_000], 7, 2) if is_quick else ([LARGE, SIZE_OF_TARGETS], 7, 3)
    found = {
        f"{size:,} members, {name}": FullDay(size, days, options)
        for size in sizes
        for name, options in (("by default", ()), ("everything in use", EVERYTHING))
    }
    shares: dict[str, dict[str, list[float]]] = {name: {} for name in found}
    costs: dict[str, list[float]] = {name: [] for name in found}
    for _ in range(rounds):
        for name, community in found.items():
            spent = profile(community.tables, community.day, days)
            lived = slice(community.day, community.day + days)
            community.day += days
            total = sum(spent.values())
            costs[name].append(1e9 * total / community.tables.daily[lived, mt.VISITS].mean())
            for step, seconds in spent.items():
                shares[name].setdefault(step, []).append(100.0 * max(0.0, seconds) / total)
    return figures_of(shares, costs)


def figures_of(
    shares: dict[str, dict[str, list[float]]], costs: dict[str, list[float]]
) -> list[Figure]:
    """Put steps in order, by their largest median share anywhere, and add up the small ones.

    Parameters
    ----------
    shares : dict of str to dict of str to list of float
        Per cent of the day, one value a round, by community and step.
    costs : dict of str to list of float
        Nanoseconds a visitor, by community.

    Returns
    -------
    list of Figure
        Those of one community after those of another, steps in the same order in all.
    """
    steps = {step for by_step in shares.values() for step in by_step}
    most = {
        step: max(statistics.median(by_step[step]) for by_step in shares.values()) for step in steps
    }
    told = sorted((s for s in steps if most[s] >= LEAST_SHARE), key=lambda step: -most[step])
    figures = []
    for name, by_step in shares.items():
        rows = [(step, by_step[step]) for step in told]
        others = [values for step, values in by_step.items() if step not in told]
        rows.append((REST, [sum(values) for values in zip(*others, strict=True)] or [0.0]))
        figures += [Figure(f"{name}: {step}", "%", values, None, False) for step, values in rows]
        figures.append(Figure(f"{name}: {WHOLE}", "ns", costs[name], None, False))
    return figures
