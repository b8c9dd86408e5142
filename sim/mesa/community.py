"""A community as a Mesa model: ``Community(policy=..., seed=1).run(28)``."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from typing import Any

from plaza_lab.agents.view import Model
from plaza_lab.sim.calendar import WEEK, YEAR
from plaza_lab.sim.checking import amount, whole
from plaza_lab.sim.engine import LONGEST_DAYS, live_on, open_tables
from plaza_lab.sim.keywords import model_of, set_by_keywords, setting_of_parts
from plaza_lab.sim.mesa.agent_sets import AgentSets
from plaza_lab.sim.mesa.data_collector import Collector
from plaza_lab.sim.own_tables import daily
from plaza_lab.sim.recording.metrics import NAMES as METRICS
from plaza_lab.sim.recording.outcomes import outcomes_with_own
from plaza_lab.sim.setting import Population, check_setting
from plaza_lab.sim.state.fund import ACCOUNTS, PURPOSES
from plaza_lab.sim.tables import NAMES as TABLES
from plaza_lab.sim.tables import Tables

REPORTERS = ("model_reporters", "agent_reporters", "agenttype_reporters", "sample")
"""What ``Collector`` takes."""
HAS_EVENTS = hasattr(Model, "schedule_event")
"""Whether this Mesa schedules events (3.5)."""

Hook = Callable[["Community"], Any]

KEPT = frozenset(
    ("setting", "policy", "world", "population", "mechanisms", "levers",
     "seed", "replicate", "days")
)  # fmt: skip
"""What a community is opened with, and keeps."""


class Community(AgentSets, Model):  # type: ignore[misc]
    """A brand community that lives days.

    Parameters
    ----------
    setting : Setting, optional
        Policy, world and population together; the next three take the place of its parts.
    policy : Policy, lever groups, or text, optional
        A whole policy, or one lever group or several (``Incentive(...)``), the others at defaults;
        or the name of an option (``"weekly_prize"``), as on the command line. A scenario
        (``"learning_fund_500"``) gives world and population too, where they are not given.
        ``policy.during(weeks=(1, 26))`` holds for a time, the setting's before and after.
    world : World, parameter groups, or text, optional
        Likewise.
    population : Population or text, optional
        Who is there on day 0.
    mechanisms : iterable of Mechanism, optional
        What makes a day, ``[*PLAZA, Birthday]``; Plaza's mechanisms when omitted.
    levers : mapping, optional
        Levers and parameters of mechanisms of your own: ``{"birthday.is_greeting": True}``.
    seed, replicate : int
        Luck, 0 to 2**63 - 1; ``rng`` is Mesa's other name for the seed.
    days : int
        Days the community can live at most.
    model_reporters, agent_reporters, agenttype_reporters : optional
        For ``community.datacollector``, see ``Collector``; a few metrics
        when none are given.
    sample : int
        Members on whom agent reporters report.
    **more
        Levers by their names, in place of those of the policy: ``guide_hours_day=2``. Where two
        groups have a lever of that name, the group goes before it: ``fund_content_share=0.2``.

    Raises
    ------
    TypeError, ValueError
        If the setting is out of bounds or contradicts itself, or a number is not whole or out of
        range.

    Examples
    --------
    >>> community = Community(population=Population(initial_members=52), seed=1, days=28)
    >>> community.run(7)
    >>> community.members.agg("belonging", np.mean)  # doctest: +SKIP
    """

    def __init__(
        self,
        setting: Any = None,
        *,
        policy: Any = None,
        world: Any = None,
        population: Population | None = None,
        mechanisms: Iterable[Any] | None = None,
        levers: Mapping[str, Any] | None = None,
        seed: int = 1,
        days: int = YEAR,
        replicate: int = 0,
        rng: int | None = None,
        **more: Any,
    ) -> None:
        seed = whole("seed", seed, 0) if rng is None else whole("rng", rng, 0)
        replicate, days = whole("replicate", replicate, 0), whole("days", days, 1, LONGEST_DAYS)
        super().__init__(rng=seed)
        if not hasattr(self, "time"):  # Mesa before 3.5
            self.time = 0.0
        reporters = {name: more.pop(name) for name in REPORTERS if name in more}
        whole_setting = setting_of_parts(setting, policy, world, population)
        if mechanisms is not None or levers is not None:
            whole_setting = dataclasses.replace(
                whole_setting, model=model_of(whole_setting.model, mechanisms, levers)
            )
        whole_setting = set_by_keywords(whole_setting, more, "Community")
        check_setting(whole_setting)
        self.setting = whole_setting
        self.seed, self.replicate, self.days = seed, replicate, days
        self.day, self.version, self._lived, self._ahead = 0, 0, 0, 0
        self.tables = open_tables(self.setting, seed, days, replicate)
        self._on_day: list[Hook] = []
        self._on_week: list[Hook] = []
        self._has_events = False
        self._reporters = reporters
        self._open_agent_sets()
        self._open_editing()
        self._is_open = True
        self.datacollector = self._collector()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in KEPT and self.__dict__.get("_is_open"):
            raise AttributeError(
                f"community.{name} cannot be set: a community keeps what it was opened with; open "
                f"another with Community({name}=...)"
            )
        super().__setattr__(name, value)

    policy = property(lambda self: self.setting.policy, doc="The policy it was opened with.")
    world = property(lambda self: self.setting.world, doc="The world it was opened with.")
    population = property(lambda self: self.setting.population, doc="Who was there on day 0.")

    # living

    def step(self) -> None:
        """Live one day, call the hooks, collect data.

        Raises
        ------
        ValueError
            When the community has lived all its days.
        """
        if self.day >= self.days:
            raise ValueError(f"day {self.day} is beyond the {self.days} days opened; use days=")
        if self._lived <= self.day:
            self._live(max(self.day + 1, self._ahead))
        self.day += 1
        self.version += 1
        if not HAS_EVENTS:
            self.time = float(self.day)
        self.running = self.day < self.days
        for hook in self._on_day:
            hook(self)
        if self.day % WEEK == 0:
            for hook in self._on_week:
                hook(self)
        self.datacollector.collect(self)

    def run(self, days: int | None = None) -> None:
        """Live many days; all in one compiled call where nobody looks in between.

        Days are lived singly when there are daily hooks, reporters of more than metrics, or
        scheduled events, and week by week when there are weekly hooks.

        Parameters
        ----------
        days : int, optional
            Number of days, a whole number from 0; all that are left when omitted.

        Raises
        ------
        TypeError, ValueError
            If it is no such number, or more than are left.
        """
        last = self.days if days is None else self.day + whole("days", days, 0)
        if last > self.days:
            raise ValueError(f"days={days}: only {self.days - self.day} days are left; use days=")
        try:
            while self.day < last:
                self._ahead = self._next_look(last)
                self.step()
        finally:
            self._ahead = 0

    def _next_look(self, last: int) -> int:
        if self._on_day or self._has_events or not getattr(self.datacollector, "is_book", False):
            return self.day + 1
        return min(last, (self.day // WEEK + 1) * WEEK) if self._on_week else last

    def _live(self, last: int) -> None:
        self.refresh()
        self.tables = live_on(self.setting, self.tables, self._lived, last)
        self._lived = last

    def on_day(self, hook: Hook) -> Hook:
        """Call a function with the community after each day; also usable as a decorator."""
        self._on_day.append(hook)
        return hook

    def on_week(self, hook: Hook) -> Hook:
        """Call a function with the community after each seventh day; also as a decorator."""
        self._on_week.append(hook)
        return hook

    # Mesa's other members, in every Mesa that Plaza takes

    def run_for(self, duration: float) -> None:
        """Live for a time; with Mesa before 3.5 whole days only, which are then :meth:`run`.

        Parameters
        ----------
        duration : float
            Days, at least 0.
        """
        self._go_on_until(self.time + amount("duration", duration), f"duration={duration}")

    def run_until(self, end_time: float) -> None:
        """Live until a time; with Mesa before 3.5 whole days only.

        Parameters
        ----------
        end_time : float
            Days since the beginning, not before now.
        """
        self._go_on_until(amount("end_time", end_time, self.time), f"end_time={end_time}")

    def _go_on_until(self, end: float, asked: str) -> None:
        if end > self.days:
            raise ValueError(f"{asked}: only {self.days - self.day} days are left; use days=")
        if not HAS_EVENTS:
            if end != int(end):
                raise ValueError(f"{asked} ends within a day, which needs Mesa 3.5 (Python 3.12)")
            self.run(int(end) - self.day)
        elif end > self.time:
            super().run_until(end)  # type: ignore[misc]

    def schedule_event(self, *args: Any, **kwargs: Any) -> Any:
        """Schedule an event (Mesa 3.5): from then on days are lived one by one."""
        self._need_events("schedule_event")
        self._has_events = True
        return super().schedule_event(*args, **kwargs)  # type: ignore[misc]

    def schedule_recurring(self, *args: Any, **kwargs: Any) -> Any:
        """Schedule a recurring event (Mesa 3.5): from then on days are lived one by one."""
        self._need_events("schedule_recurring")
        self._has_events = True
        return super().schedule_recurring(*args, **kwargs)  # type: ignore[misc]

    def _need_events(self, name: str) -> None:
        if not HAS_EVENTS:
            raise NotImplementedError(
                f"{name} needs Mesa 3.5 or newer, which needs Python 3.12; here is Mesa "
                f"{metadata.version('mesa')}: use on_day or on_week"
            )

    def register_agent(self, agent: Any) -> None:
        """Refuse: who is there is in the tables, and people come by joining."""
        raise TypeError("a community has its own agents; no other can be registered with it")

    def deregister_agent(self, agent: Any) -> None:
        """Refuse: members leave with ``member.leave()``."""
        raise TypeError("a community's agents cannot be taken out; members can: member.leave()")

    def remove_all_agents(self) -> None:
        """Refuse: Mesa's own would do nothing, as it knows no member."""
        raise TypeError("only members can leave: community.members.do('leave')")

    def fork(self) -> Community:
        """Copy that lives on by itself from here, with the same luck, without hooks.

        Its data collector starts anew; the day book and journal go along.
        """
        twin = Community(self.setting, seed=self.seed, days=self.days, replicate=self.replicate)
        self.refresh()
        own = None if self.tables.own is None else self.tables.own.copy()
        copies = {name: getattr(self.tables, name).copy() for name in TABLES}
        twin.tables = Tables(**copies, own=own)
        twin._lived = self._lived
        for _ in range(self.day):
            twin.step()  # lived already: only counted
        twin._own = dict(self._own)
        twin._own_columns = {name: column.copy() for name, column in self._own_columns.items()}
        twin.rng, twin._reporters = copy.deepcopy(self.rng), self._reporters
        twin.random.setstate(self.random.getstate())
        twin.datacollector = twin._collector()
        return twin

    def _collector(self) -> Collector:
        model = self.setting.model
        return Collector(**self._reporters, own_metrics=model.metric_names if model else ())

    def __deepcopy__(self, memo: Any) -> Community:
        return self.fork()

    def __getstate__(self) -> Any:
        raise TypeError("a community cannot be stored; store its frames and outcomes()")

    # what it leaves

    def metric(self, name: str) -> float:
        """Value of a daily metric on the last day lived; also of a mechanism of one's own."""
        own = self.tables.own
        if own is not None and name in own.model.metric_names:
            return float(daily(own, self.last_day + 1)[name][-1])
        if own is not None and name in own.model.silent:
            raise ValueError(f"{name!r} is a metric of a mechanism that is left out")
        if name not in METRICS:
            raise ValueError(
                f"{name!r} is no daily metric; see plaza_lab.sim.recording.metrics.NAMES"
            )
        return float(self.tables.daily[self.last_day, METRICS.index(name)])

    def days_frame(self) -> Any:
        """Daily metrics.

        Returns
        -------
        pandas.DataFrame
            One row a day lived, index ``day`` from 0, one column a metric of
            ``recording.metrics``, then those of mechanisms of one's own.
        """
        import pandas as pd

        index = pd.RangeIndex(self.day, name="day")
        book = self.tables.daily[: self.day].copy()
        frame, own = pd.DataFrame(book, index=index, columns=list(METRICS)), self.tables.own
        if own is None:
            return frame
        return frame.drop(columns=list(own.model.silent)).assign(**daily(own, self.day))

    def journal_frame(self) -> Any:
        """Return the money journal, with names and in yuan.

        Returns
        -------
        pandas.DataFrame
            One row a transfer: ``day``, ``purpose``, ``payer``, ``payee``, ``amount_yuan``,
            ``short_yuan`` (what a policy stop left unpaid) and ``member`` (row, -1 for an
            aggregate).
        """
        import pandas as pd

        journal = self.tables.journal[: int(self.tables.fund_state[0].n_journal)]
        columns: dict[str, Any] = {"day": journal["day"].copy()}
        for name, names in (("purpose", PURPOSES), ("payer", ACCOUNTS), ("payee", ACCOUNTS)):
            columns[name] = pd.Categorical.from_codes(journal[name], pd.Index(names))
        columns["amount_yuan"] = journal["amount_cents"] / 100.0
        columns["short_yuan"] = journal["short_cents"] / 100.0
        columns["member"] = journal["member"].copy()
        return pd.DataFrame(columns)

    def outcomes(self) -> dict[str, float]:
        """Outcomes so far, see ``outcomes_with_own``; after a day at least."""
        if self.day == 0:
            raise ValueError("no day has been lived yet; call step() or run() first")
        found = outcomes_with_own(self.tables, self.day)
        model = self.setting.model
        measures = model.measures if model is not None else ()
        return found | {one.name: one.value(self) for one in measures}

    def balances(self) -> dict[str, float]:
        """Balance of every account, yuan; they sum to zero."""
        cents = self.tables.balances.tolist()
        return {name: amount / 100.0 for name, amount in zip(ACCOUNTS, cents, strict=True)}
