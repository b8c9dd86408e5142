"""The full day: every process of Plaza, one thread; by process, and with everything in use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.cb1 import Pair
from benchmarks.figures import Figure, cpu_seconds, resident_bytes
from benchmarks.pinned import pinned
from plaza_lab.engine.compiled import kernel
from plaza_lab.engine.handle import STEP
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.sim import compile as kernels
from plaza_lab.sim import engine
from plaza_lab.sim.day import MECHANISMS
from plaza_lab.sim.recording import daybook
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Population, Setting, World
from plaza_lab.sim.tables import NAMES, Tables

DISCARDED = 3
LEAST_SPEED = 20e6
MOST_BYTES = 260.0
SIZE_OF_TARGETS = 1_000_000
LARGE = 100_000
IDLE_SECONDS = 20e-6
"""Days of a process that take less are those of a mechanism that is switched off."""
SCREEN = "visiting"
"""The process that looks at everybody once."""

EVERYTHING = (
    "world=full", "acquisition=mixed", "climate=full", "comms=structured_digest",
    "content=mixed_matrix", "crm=full", "culture=strong", "distribution=personalised",
    "entry=fee_plus_challenge", "events=mixed", "feedback=open_forum", "fund=mixed",
    "game=missions", "groups=matrix", "incentive=full_stack", "koc=incubate", "moderation=pre",
    "monetisation=all", "network=interest_match", "onboarding=staged_guided",
    "partnership=co_marketing", "programme=staged_by_time", "rules=adaptive_voted",
    "selling=nurture", "service=bot_724", "stewarding=layered",
)  # fmt: skip
"""An option of each group that puts most of its mechanisms to work."""


def setting(members: int, options: tuple[str, ...] = ()) -> Setting:
    """Put a policy into a world of that size.

    From 100,000 members on it is the world of ``conf/world/large.yaml``: nine in ten only read.

    Parameters
    ----------
    members : int
        Members of day 0, of mean tenure 200 days, each with 10 ties.
    options : tuple of str, optional
        Options of ``conf/`` that differ from the default, such as ``"crm=full"``.

    Returns
    -------
    Setting
        The setting.
    """
    base = Setting(world=World())
    if options:
        config = compose(list(options)).config
        base = Setting(config.policy, config.world)
    world = base.world
    world = replace(world, arrival=replace(world.arrival, market_size=20.0 * members))
    if members >= LARGE:
        activity = replace(world.activity, lurker_share=0.9, core_share=0.005, read_rate=0.03)
        world = replace(world, activity=activity)
    people = Population(initial_members=members, tenure_days=200.0, ties=10.0)
    return replace(base, world=world, population=people)


class FullDay:
    """A community that lives on from round to round.

    Parameters
    ----------
    members : int
        Members of day 0.
    days : int
        Days a round.
    options : tuple of str, optional
        Options that differ from the default.
    is_pinned : bool, optional
        Whether the world is put back to what it was when speeds were first written down.
    """

    def __init__(
        self, members: int, days: int, options: tuple[str, ...] = (), is_pinned: bool = False
    ) -> None:
        kernels.warm()
        self.options, self.is_pinned = options, is_pinned
        self.members = members
        self.days = days
        before = resident_bytes()
        which = setting(members, options)
        which = pinned(which, is_full=bool(options)) if is_pinned else which
        self.tables = engine.open_tables(which, 1, 364)
        self.tables = engine.live_until(self.tables, 0, DISCARDED)
        self.grown = resident_bytes() - before
        self.day = DISCARDED
        self.speed: list[float] = []
        self.per_visitor: list[float] = []

    def round(self) -> None:
        """Live some days."""
        last = self.day + self.days
        seconds = cpu_seconds(lambda: self._live(last))
        visits = self.tables.daily[self.day : last, mt.VISITS].sum()
        lived = self.tables.daily[self.day : last, mt.MEMBERS].sum()
        self.speed.append(lived / seconds)
        self.per_visitor.append(1e9 * seconds / visits)
        self.day = last

    def _live(self, last: int) -> None:
        self.tables = engine.live_until(self.tables, self.day, last)

    def figures(self) -> list[Figure]:
        """Speed, cost of a visitor and memory."""
        name = f"full day, {self.members:,} members"
        if self.options:
            name += ", everything in use"
        if self.is_pinned:
            name += ", world of 464ef09"
        visits = self.tables.daily[DISCARDED : self.day, mt.VISITS].mean() / self.members
        is_target = self.members == SIZE_OF_TARGETS and not self.options
        note = f"{self.days} days a round, 1 thread, {100 * visits:.1f} % visit a day"
        used, capacity = table_bytes(self.tables)
        return [
            Figure(
                name, "member-days/s", self.speed, LEAST_SPEED if is_target else None, note=note
            ),
            Figure(f"{name}: a visitor", "ns", self.per_visitor, None, False),
            Figure(
                f"{name}: memory grown", "bytes/member", [self.grown / self.members],
                MOST_BYTES if is_target else None, False,
                f"tables: {used:.0f} in use, {capacity:.0f} with room to grow",
            ),
        ]  # fmt: skip


def table_bytes(tables: Tables) -> tuple[float, float]:
    """Bytes of all tables per member: rows in use, and whole tables.

    Parameters
    ----------
    tables : Tables
        Tables that have lived some days.

    Returns
    -------
    tuple of float
        In use and allocated, bytes per member row in use.
    """
    rows = int(tables.people_state[0].n_rows)
    capacity = tables.members.shape[0]
    used = allocated = 0.0
    for name in NAMES:
        array = getattr(tables, name)
        allocated += array.nbytes
        is_by_member = array.shape[0] == capacity
        used += array.nbytes * (rows / capacity if is_by_member else 1.0)
    return used / rows, allocated / rows


@kernel()
def _idle(t, day):
    """Do nothing, as a process."""


def profile(tables: Tables, first: int, days: int) -> dict[str, float]:
    """Processor seconds of each process, called one by one.

    Parameters
    ----------
    tables : Tables
        Tables that have lived up to ``first``.
    first, days : int
        Days to live.

    Returns
    -------
    dict of str to float
        Seconds per day and process, most costly first; the cost of a call is taken off.
    """
    parts = {"open_day": daybook.open_day}
    parts |= {module.__name__.rsplit(".", 1)[1]: module.step for module in MECHANISMS}
    parts["close_day"] = daybook.close_day
    for step in (_idle, *parts.values()):
        step.get_ready(STEP)  # loads it, outside the clock
    spent = dict.fromkeys(parts, 0.0)
    for day in range(first, first + days):
        for name, step in parts.items():
            _idle(tables, day)  # brings the interpreter back into the cache
            call = cpu_seconds(lambda day=day: _idle(tables, day))
            spent[name] += cpu_seconds(lambda step=step, day=day: step(tables, day)) - call
    return {name: spent[name] / days for name in sorted(spent, key=lambda name: -spent[name])}


def print_profile(community: FullDay, days: int) -> Figure:
    """Print what each process costs; returns what those cost that are switched off."""
    costs = profile(community.tables, community.day, days)
    community.day += days
    visits = community.tables.daily[community.day - days : community.day, mt.VISITS].mean()
    total = sum(costs.values())
    print(f"full day of {community.members:,} members by process, {days} days:")
    for name, seconds in costs.items():
        share = 100.0 * seconds / total
        print(
            f"  {name:<12} {1e3 * seconds:9.3f} ms {1e9 * seconds / visits:8.1f} ns/visitor"
            f" {share:5.1f} %"
        )
    if community.members == SIZE_OF_TARGETS:
        print(held_back(costs, community.members, visits))
    idle = [seconds for seconds in costs.values() if seconds < IDLE_SECONDS]
    return Figure(
        f"full day, {community.members:,} members: what is switched off", "%",
        [100.0 * max(0.0, sum(idle)) / total], None, False,
        f"of the day's time, in {len(idle)} processes",
    )  # fmt: skip


def held_back(costs: dict[str, float], members: int, visits: float) -> str:
    """Say in words what keeps the full day from its target speed.

    Parameters
    ----------
    costs : dict of str to float
        Seconds per day and process, from :func:`profile`.
    members : int
        Members.
    visits : float
        Visitors a day.

    Returns
    -------
    str
        One paragraph, every number measured in this run.
    """
    budget = members / LEAST_SPEED
    total = sum(costs.values())
    if total <= budget:
        return "what holds it back: nothing, the target is reached"
    screen = costs[SCREEN]
    left = 1e9 * max(0.0, budget - screen) / visits
    spent = 1e9 * (total - screen) / visits
    worst = ", ".join(f"{name} {100.0 * costs[name] / total:.0f} %" for name in list(costs)[:4])
    return (
        f"what holds it back: the target leaves {1e3 * budget:.0f} ms a day, a day takes "
        f"{1e3 * total:.0f} ms. Looking at everybody once takes about "
        f"{1e3 * screen:.0f} ms, which leaves {left:.0f} ns for each visitor and for her share "
        f"of the weekly reviews; these take {spent:.0f} ns ({worst})."
    )


def measure(is_quick: bool) -> list[Figure]:
    """Time the full day at three sizes, in turn with Mesa's CB-1 day, and print a profile."""
    sizes = [(10_000, 14)] if is_quick else [(10_000, 70), (100_000, 14), (1_000_000, 7)]
    pair = Pair(sizes[-1][0] if is_quick else 100_000, 1)
    communities = [FullDay(members, days) for members, days in sizes]
    same_size = next(c for c in communities if c.members == pair.members)
    full, old, old_full = (
        FullDay(same_size.members, same_size.days, options, is_pinned)
        for options, is_pinned in ((EVERYTHING, False), ((), True), (EVERYTHING, True))
    )
    place = communities.index(same_size) + 1
    communities[place:place] = [full, old, old_full]
    for _ in range(2 if is_quick else 5):
        pair.round()
        for community in communities:
            community.round()
    figures = [figure for community in communities for figure in community.figures()]
    ratios = np.array(same_size.speed) / np.array(pair.mesa_speed)
    figures.append(Figure(
        f"full day / Mesa's CB-1 day, {pair.members:,} members", "x", ratios.tolist(),
        note="the full day does more than CB-1",
    ))  # fmt: skip
    more = np.array(same_size.speed) / np.array(full.speed)
    figures.append(Figure(
        f"everything in use / as by default, {full.members:,} members", "x", more.tolist(), None,
        False, "time of a member-day",
    ))  # fmt: skip
    figures += [
        Figure(
            f"{name}, {now.members:,} members: today's world / that of 464ef09", "x",
            (np.array(before.speed) / np.array(now.speed)).tolist(), None, False,
            "time of a member-day, in today's code",
        )
        for name, now, before in (("as by default", same_size, old), ("everything", full, old_full))
    ]  # fmt: skip
    figures.append(print_profile(communities[0 if is_quick else -1], 7))
    return figures
