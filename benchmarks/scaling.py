"""How cost grows: with members, with runs, with workers, with mechanisms switched on.

What this machine cannot show is reckoned from what it can, and its rows say *on paper*.
"""

from __future__ import annotations

import math
import statistics

from benchmarks import jobs
from benchmarks.figures import Figure, cpu_seconds
from benchmarks.full_day import EVERYTHING, FullDay, table_bytes
from benchmarks.sweep import sweep
from plaza_lab.sim import engine
from plaza_lab.sim.setting import Setting

DAYS = {1_000: 100, 10_000: 70, 100_000: 14, 1_000_000: 4}
"""Members, and days a round, in one world for all (``world=large``)."""
TEN_MILLION = 10_000_000
CORES = 64
MACHINES = 50
RUNS = 100_000
"""Runs of the sweep that is spread over :data:`MACHINES`."""
MONEY = ("fund=brand_funded",)
"""What the mechanisms are switched on beside: some of them cost money."""
NOT_ALONE = ("entry=fee_plus_challenge", "fund=mixed")
"""Options that exclude that fund, or are another one."""


def measure(is_quick: bool) -> list[Figure]:
    """Everything but what the other parts tell."""
    rounds = 2 if is_quick else 3
    sizes = dict(list(DAYS.items())[: 2 if is_quick else None])
    return [
        *by_members(sizes, rounds),
        *by_mechanisms(1_000 if is_quick else 10_000, rounds),
        *by_runs((2, 10) if is_quick else (10, 100, 1000), 84 if is_quick else 364),
    ]


def by_members(sizes: dict[int, int], rounds: int) -> list[Figure]:
    """Cost of a member-day and bytes by size, all sizes in turn within a round.

    Parameters
    ----------
    sizes : dict of int to int
        Members, and days a round.
    rounds : int
        Rounds.
    """
    found = {size: FullDay(size, days, ("world=large",)) for size, days in sizes.items()}
    for _ in range(rounds):
        for community in found.values():
            if community.day + community.days <= 364:
                community.round()
    cost = {size: [1e9 / speed for speed in one.speed] for size, one in found.items()}
    few, *_, many = sizes
    slope = math.log(min(cost[many]) / min(cost[few])) / math.log(many / few)
    used, _ = table_bytes(found[many].tables)
    return [
        *(
            Figure(f"{size:,} members: a member-day", "ns", values, None, False, "1 thread")
            for size, values in cost.items()
        ),
        Figure(
            "time of a day goes as members to the power", "", [1.0 + slope], None, False,
            f"{few:,} to {many:,}",
        ),
        Figure(
            f"{TEN_MILLION:,} members: memory", "GB", [used * TEN_MILLION / 1e9], None, False,
            f"on paper: {used:.0f} bytes a member at {many:,}",
        ),
    ]  # fmt: skip


def by_mechanisms(members: int, rounds: int) -> list[Figure]:
    """What a day costs with one group's mechanisms in use, as a ratio to none but a fund.

    Parameters
    ----------
    members : int
        Members of each community.
    rounds : int
        Rounds of four weeks.
    """
    alone = [option for option in EVERYTHING if option not in NOT_ALONE]
    ways = {"": MONEY, **{option: (*MONEY, option) for option in alone}, "everything": EVERYTHING}
    found = {name: FullDay(members, 28, options) for name, options in ways.items()}
    for _ in range(rounds):
        for community in found.values():
            community.round()
    plain = found.pop("").speed
    ratios = {
        name: [one / other for one, other in zip(plain, community.speed, strict=True)]
        for name, community in found.items()
    }
    return [
        Figure(
            f"{name} / a fund alone, {members:,} members: a member-day", "x", values, None, False
        )
        for name, values in sorted(ratios.items(), key=lambda item: -statistics.median(item[1]))
    ]


def by_runs(numbers: tuple[int, ...], days: int) -> list[Figure]:
    """Price of a run by how many there are and how many workers, and on paper with more.

    Parameters
    ----------
    numbers : tuple of int
        Runs of a sweep.
    days : int
        Days of a run of 500 members.
    """
    engine.run_one(Setting(), 1)
    figures = []
    for number in numbers:
        each = 1e3 * sweep(number, days, 1)[1] / number
        item = f"{number:,} runs of 500 members x {days} days, 1 worker: a run"
        figures.append(Figure(item, "ms", [each], None, False, "processor time"))
    number = numbers[-2]
    one, two = (sweep(number, days, workers)[1] / number for workers in (1, 2))
    ends = cpu_seconds(lambda: engine.simulate(Setting(), range(1, number + 1), 1, 1)) / number
    job_s = 1e-3 * jobs.over_dask((30, 100))[-1].values[0]
    return [
        *figures,
        Figure(
            "a run with 2 workers / with 1", "x", [two / one], None, False, "processor time of each"
        ),
        Figure(
            "a run of a day / a whole run", "x", [ends / one], None, False,
            "what is begun and closed, which one interpreter does for all threads",
        ),
        *on_paper(max(one, two), ends, job_s),
    ]  # fmt: skip


def on_paper(run_s: float, ends_s: float, job_s: float) -> list[Figure]:
    """Reckon runs a second on machines that are not here.

    Parameters
    ----------
    run_s : float
        Processor seconds of a run while the other core is busy.
    ends_s : float
        Seconds of it that threads of one process cannot share.
    job_s : float
        Seconds a cluster takes for a job that does nothing.

    Returns
    -------
    list of Figure
        One process with 64 threads, 64 cores as processes of two threads, and 50 such machines as
        this one under Dask.
    """
    threads = min(CORES / run_s, 1.0 / ends_s)
    here = min(2.0 / run_s, 1.0 / ends_s)
    whole_s = RUNS / (MACHINES * here) + MACHINES * job_s
    each = "500 members, a year"
    return [
        Figure(
            f"{CORES} cores, one process", "runs/s", [threads],
            note=f"on paper, {each}: no more than {1 / ends_s:,.0f}, which one interpreter begins",
        ),
        Figure(
            f"{CORES} cores, {CORES // 2} processes of two threads", "runs/s", [here * CORES / 2],
            note=f"on paper, {each}: plaza study run with a launcher",
        ),
        Figure(
            f"{MACHINES} machines of two cores under Dask", "runs/s", [RUNS / whole_s],
            note=f"on paper, {RUNS:,} runs in {MACHINES} jobs of {1e3 * job_s:.0f} ms beside",
        ),
    ]  # fmt: skip
