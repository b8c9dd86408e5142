"""The engine: live runs of a setting, side by side, the same result whatever the workers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from plaza_lab.sim import compile as kernels
from plaza_lab.sim import own_tables
from plaza_lab.sim.calendar import YEAR
from plaza_lab.sim.changes import change, days_of, policy_on
from plaza_lab.sim.checking import whole
from plaza_lab.sim.recording.metrics import NAMES
from plaza_lab.sim.recording.outcomes import outcomes_with_own
from plaza_lab.sim.setting import Setting, check_setting, to_record
from plaza_lab.sim.side_by_side import side_by_side
from plaza_lab.sim.state.appointments import Staff
from plaza_lab.sim.tables import Records, Tables, allocate, grown

LONGEST_DAYS = 30_000
"""Days are stored in 16 bits, with room for tenure before day 0 (performance.md 12)."""


@dataclass(frozen=True)
class RunResult:
    """What one run leaves.

    Parameters
    ----------
    seed : int
        Seed of the run.
    days : numpy.ndarray
        Daily metrics, float64, shape ``(n_days, n_metrics)``; names in ``metric_names``.
    journal : numpy.recarray
        Money journal: day, purpose, payer, payee, amount_cents, short_cents, member.
    outcomes : dict of str to float
        Outcome name to value.
    """

    seed: int
    days: np.ndarray
    journal: Records
    outcomes: dict[str, float]
    own_metrics: tuple[str, ...] = ()
    """Names of the last columns of ``days``, those of mechanisms that are not Plaza's."""
    silent: frozenset[str] = frozenset()
    """Metrics of mechanisms that are left out; ``days`` has no columns for them."""

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the columns of ``days``."""
        return (*(name for name in NAMES if name not in self.silent), *self.own_metrics)


Levers = tuple[Records, Records]
"""Policy and world as compiled code reads them; never written, so runs can share them."""


def levers_of(setting: Setting) -> Levers:
    """Policy and world of a setting as records."""
    return to_record(setting.policy), to_record(setting.world)


def open_tables(
    setting: Setting,
    seed: int,
    days: int,
    replicate: int = 0,
    levers: Levers | None = None,
    talk: int = 0,
) -> Tables:
    """Tables of a community on the eve of day 0.

    Parameters
    ----------
    setting : Setting
        A checked setting.
    seed, replicate : int
        Address of the run's luck.
    days : int
        Days the run may last, 1 to 30,000.
    levers : tuple of records, optional
        What :func:`levers_of` returns, when many runs share a setting.
    talk : int
        Rows of the talk log (:mod:`plaza_lab.sim.state.reply_log`), 0 when nobody observes.

    Returns
    -------
    Tables
        Founded, ready for ``plaza_lab.sim.day.live``.

    Raises
    ------
    TypeError, ValueError
        If a number is not whole or out of range.
    """
    days = whole("days", days, 1, LONGEST_DAYS)
    seed, replicate = whole("seed", seed, 0), whole("replicate", replicate, 0)
    talk = whole("talk", talk, 0)
    kernels.load([setting])
    from plaza_lab.sim.founding import found

    people = setting.population
    first = people.initial_members
    rows = first + first // 8 + 2048
    stewarding = [span.policy.stewarding for span in setting.spans]
    wanted = [one.volunteers_per_100 for one in stewarding if one.staff == Staff.VOLUNTEERS]
    volunteers = int(max(wanted, default=0.0) * rows / 50)
    policy, params = levers or levers_of(setting)
    tables = allocate(policy, params, rows, 64 + volunteers, days, talk)
    if setting.model is not None:
        own = own_tables.opened(setting.model, len(tables.members), days)
        tables = dataclasses.replace(tables, own=own)
        found = setting.model.founding()
    tables.run_state[0].spend_ln_sd = people.spend_ln_sd
    tables.run_state[0].age_days = people.age_days
    tables.run_state[0].has_paid = people.has_paid
    tables.run_state[0].professional_share = people.professional_share
    tables.run_state[0].enthusiast_share = people.enthusiast_share
    with np.errstate(over="ignore"):  # in plain Python, hashes wrap around
        found(tables, seed, replicate, first, float(people.tenure_days), float(people.ties))
    if setting.start is not None:
        from plaza_lab.sim.start import seat

        seat(tables, setting.start, seed)
    return tables


def live_until(tables: Tables, first: int, last: int) -> Tables:
    """Live the days from ``first`` up to ``last``, letting the tables grow as needed.

    Parameters
    ----------
    tables : Tables
        Tables that have lived up to ``first``.
    first, last : int
        Days, ``last`` excluded.

    Returns
    -------
    Tables
        The tables after ``last - 1``; other objects than before when they had to grow.

    Raises
    ------
    TypeError, ValueError
        If the tables were not opened for so many days: compiled code would write beyond them.
    RuntimeError
        If the journal overflowed, which its size is chosen to exclude.
    """
    from plaza_lab.sim.day import live

    opened = tables.daily.shape[0] - 1
    if whole("last", last, 0) > opened:
        raise ValueError(f"last={last}: the tables were opened for {opened:,} days; open more")
    first, last = whole("first", first, 0, int(last)), int(last)
    day = first
    while day < last:
        day = int(live(tables, day, last))
        if day < last:
            tables = grown(tables, int(1.5 * tables.members.shape[0]) + 1024)
    if tables.fund_state[0].journal_lost:
        raise RuntimeError("the money journal overflowed; please report this setting")
    return tables


def live_on(setting: Setting, tables: Tables, first: int, last: int) -> Tables:
    """Live days as :func:`live_until`, under the policy that holds on each of them.

    Parameters
    ----------
    setting : Setting
        What the tables were opened with.
    tables : Tables
        Tables that have lived up to `first`.
    first, last : int
        Days, `last` excluded. A policy that begins on `first` begins here.

    Returns
    -------
    Tables
        The tables after ``last - 1``.
    """
    if not setting.changes:
        return live_until(tables, first, last)
    policy = policy_on(setting, tables.daily, first - 1)
    for day in days_of(setting, first, last):
        tables = live_until(tables, first, day)
        later = policy_on(setting, tables.daily, day)
        if later != policy:
            tables = change(tables, policy, later, day)
        first, policy = day, later
    return live_until(tables, first, last)


def lived(
    setting: Setting, seed: int, days: int, *, opened: int = 0, levers: Levers | None = None
) -> Tables:
    """Found a community and live its first days.

    Parameters
    ----------
    setting : Setting
        A checked setting.
    seed, days : int
        Seed, and days to live.
    opened : int
        Days the tables are opened for, where it may live on; 0 for `days`.
    levers : tuple of records, optional
        What :func:`levers_of` returns, when many runs share a setting.

    Returns
    -------
    Tables
        After the last day.
    """
    tables = open_tables(setting, seed, opened or days, levers=levers)
    return live_on(setting, tables, 0, days)


def day_by_day(setting: Setting, seed: int, days: int, *, talk: int = 0) -> Iterator[Tables]:
    """Live a community under the eyes of an observer, who changes nothing.

    Parameters
    ----------
    setting : Setting
        A checked setting.
    seed, days : int
        Seed, and days to live.
    talk : int
        Rows of the talk log, which the observer empties, as for :func:`open_tables`.

    Yields
    ------
    Tables
        Of the eve of day 0, then after each day; other objects where they had to grow.
    """
    tables = open_tables(setting, seed, days, talk=talk)
    yield tables
    for day in range(days):
        tables = live_on(setting, tables, day, day + 1)
        yield tables


def run_one(
    setting: Setting, seed: int, days: int = YEAR, levers: Levers | None = None
) -> RunResult:
    """Live one run.

    Parameters
    ----------
    setting : Setting
        A checked setting.
    seed, days : int
        Seed, and days to live.
    levers : tuple of records, optional
        What :func:`levers_of` returns, when many runs share a setting.

    Returns
    -------
    RunResult
        Daily metrics, journal and outcomes.
    """
    model = setting.model
    if model is not None and model.is_watched:
        from plaza_lab.sim.mesa.community import Community

        community = Community(setting, seed=seed, days=days)
        for hook in model.on_day:
            community.on_day(hook)
        for hook in model.on_week:
            community.on_week(hook)
        community.run()
        tables, outcomes = community.tables, community.outcomes()
    else:
        tables = lived(setting, seed, days, levers=levers)
        outcomes = outcomes_with_own(tables, days)
    own = {} if tables.own is None else own_tables.daily(tables.own, days)
    silent = frozenset() if model is None else model.silent
    told = [k for k, name in enumerate(NAMES) if name not in silent]
    book = tables.daily[:days, told] if silent else tables.daily[:days]
    return RunResult(
        seed=int(seed),
        days=np.column_stack([book, *own.values()]) if own else book,
        journal=tables.journal[: tables.fund_state[0].n_journal].copy(),
        outcomes=outcomes,
        own_metrics=tuple(own),
        silent=silent,
    )


def simulate(
    setting: Setting,
    seeds: Sequence[int],
    days: int = YEAR,
    workers: int = 0,
    on_run: Callable[[RunResult], None] | None = None,
) -> list[RunResult]:
    """Live one run per seed.

    Parameters
    ----------
    setting : Setting
        Policy, world and population.
    seeds : sequence of int
        Seeds, one run each.
    days : int
        Days to live.
    workers : int
        Threads (compiled code runs outside the interpreter lock); 0 takes every core.
    on_run : callable, optional
        Called in the calling thread with each finished run, in the order of ``seeds``.

    Returns
    -------
    list of RunResult
        In the order of ``seeds``, identical for any number of workers.

    Raises
    ------
    TypeError, ValueError
        If the setting is out of bounds or contradicts itself, or a number is not whole.
    """
    check_setting(setting)
    for seed in seeds:
        whole("seed", seed, 0)
    results = []
    for result in simulate_each([(setting, seed) for seed in seeds], days, workers):
        if isinstance(result, Exception):
            raise result
        results.append(result)
        if on_run is not None:
            on_run(result)
    return results


def simulate_each(
    runs: Iterable[tuple[Setting, int]], days: int = YEAR, workers: int = 0
) -> Iterator[RunResult | Exception]:
    """Live runs of any settings side by side, a few ahead at a time.

    Parameters
    ----------
    runs : iterable of tuple of (Setting, int)
        Checked settings and seeds; taken as workers become free, so it may be endless. Runs that
        share a setting should hold the same object.
    days : int
        Days to live.
    workers : int
        Threads; 0 takes every core.

    Yields
    ------
    RunResult or Exception
        In the order of ``runs``; an exception is what that one run raised, the others live on.
    """
    days = whole("days", days, 1, LONGEST_DAYS)
    yield from side_by_side((partial(run_one, *task) for task in _with_levers(runs, days)), workers)


def _with_levers(
    runs: Iterable[tuple[Setting, int]], days: int
) -> Iterator[tuple[Setting, int, int, Levers]]:
    """Add the records of each setting, made once for runs in a row that share it."""
    last, levers = None, None
    for setting, seed in runs:
        if setting is not last or levers is None:
            kernels.load([setting])  # here, as threads would wait for each other
            last, levers = setting, levers_of(setting)
        yield setting, seed, days, levers
