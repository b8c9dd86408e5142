"""Robust search: policies judged over the worlds of an ensemble, by mean, worst world or regret.

A policy's worst world is told by the seeds of the search, for each objective and constraint; labels
then rest on other seeds lived in that world, so that the luck by which a world was picked is not in
them. The regret of a policy in a world is how far it falls short there of the policy that is best
there (Savage 1951); a small largest regret asks for less than a promise for the worst world. A
constraint has to be met in the world that is hardest on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from plaza_lab.scenarios.experiments.axes import Value
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.experiments.evaluate import Evaluate
from plaza_lab.scenarios.experiments.varying import vary
from plaza_lab.scenarios.optimise import MEAN, REGRET
from plaza_lab.scenarios.optimise.constraints import with_events
from plaza_lab.scenarios.optimise.problem import Problem
from plaza_lab.scenarios.optimise.search import Searched

Lived = dict[int, pd.DataFrame]
"""World to the runs of a policy there, with events, indexed by seed."""


@dataclass(frozen=True)
class Judged:
    """Worlds in which a policy is judged: one for each objective, and one for each constraint.

    ``best`` is for each objective the policy that its regret is taken against; empty otherwise.
    """

    goals: tuple[int, ...]
    rules: tuple[int, ...]
    best: tuple[str, ...] = ()


@dataclass
class Robust:
    """An :class:`Evaluate` whose rows are a policy's at a seed, over all worlds.

    Parameters
    ----------
    evaluate : Evaluate
        Runs design points in one world each.
    worlds : sequence of mapping
        Settings of each world.
    way : {"mean", "worst", "regret"}
        What counts of an objective: its mean over the worlds, its value in the worst of them, or
        the largest regret (difference from the best policy of that world, at the same seed).
    problem : Problem
        Objectives and constraints.
    """

    evaluate: Evaluate
    worlds: Sequence[Mapping[str, Value]]
    way: str
    problem: Problem
    points: dict[str, DesignPoint] = field(default_factory=dict)
    seen: dict[str, Lived] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)

    def __call__(self, points: Sequence[DesignPoint], seeds: Sequence[int]) -> pd.DataFrame:
        """Return one row per policy and seed, as :class:`Evaluate` says.

        Before :meth:`settle` every world is lived in. An objective's column holds what counts of
        it, a constraint's text what it looks at, and every other outcome its mean over the worlds
        lived in.
        """
        is_search = not self.judged
        self.points |= {point.policy: point for point in points}
        names = [point.policy for point in points]
        wanted = {name: self._wanted(name) for name in names}
        if self.way == REGRET and not is_search:
            for name in names:
                judged = self.judged[name]
                for world, best in zip(judged.goals, judged.best, strict=True):
                    wanted.setdefault(best, set()).add(world)
        lived = self._live(wanted, seeds)
        if is_search:
            self.seen |= {name: lived[name] for name in names if lived[name]}
        rows = []
        for place, name in enumerate(names):
            if lived[name]:
                judged = self._judge(name) if is_search else self.judged[name]
                own = self._combined(self.seen if is_search else lived, name, judged)
                rows.append(own.reset_index().assign(point=place))
        return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()

    def settle(self, searched: Searched) -> None:
        """Fix the worlds that count of every policy, and say the search's runs over by them.

        They are replaced in `searched`, which is finished: a regret is known only when all are
        tried.
        """
        judged = {name: self._judge(name) for name in searched.points}
        for name, own in judged.items():
            searched.runs[name] = self._combined(self.seen, name, own)
        self.judged = judged

    def _wanted(self, name: str) -> set[int]:
        if not self.judged or self.way == MEAN:
            return set(range(len(self.worlds)))
        return {*self.judged[name].goals, *self.judged[name].rules}

    def _live(self, wanted: Mapping[str, set[int]], seeds: Sequence[int]) -> dict[str, Lived]:
        """Run every policy in the worlds wanted of it."""
        asked = [(name, world) for name, worlds in wanted.items() for world in sorted(worlds)]
        twins = [
            vary(self.points[name], self.worlds[world], factors=self.points[name].factors)  # type: ignore[arg-type]
            for name, world in asked
        ]
        table, lived = self.evaluate(twins, seeds), {name: Lived() for name in wanted}
        if not len(table):
            return lived
        table = with_events(table)
        for place, (name, world) in enumerate(asked):
            own = table[table["point"] == place]
            if len(own):
                lived[name][world] = own.drop(columns="point").set_index("seed")
        return {
            name: worlds if len(worlds) == len(wanted[name]) else Lived()
            for name, worlds in lived.items()
        }

    def _judge(self, name: str) -> Judged:
        """Choose the worlds that count of a policy by the seeds of the search."""
        lived = self.seen[name]
        rules = tuple(
            int(np.argmax([rule.violation(rule.facts(lived[world])) for world in lived]))
            for rule in self.problem.constraints
        )
        goals, best = [], []
        for goal in self.problem.objectives:
            means = {
                other: [goal.sign * _mean(worlds[world], goal.outcome) for world in worlds]
                for other, worlds in self.seen.items()
            }
            own = np.array(means[name])
            if self.way == REGRET:
                own = own - np.array(list(means.values())).max(axis=0)
            worst = int(np.argmin(own))
            goals.append(worst)
            there = {other: values[worst] for other, values in means.items()}
            best.append(max(there, key=there.__getitem__))
        return Judged(tuple(goals), rules, tuple(best) if self.way == REGRET else ())

    def _combined(self, lived: Mapping[str, Lived], name: str, judged: Judged) -> pd.DataFrame:
        """Make one row a seed of the runs in several worlds."""
        worlds = lived[name]
        seeds = sorted(set.intersection(*(set(own.index) for own in worlds.values())))
        every = [own.loc[seeds] for own in worlds.values()]
        found = pd.concat(every).groupby(level="seed").mean(numeric_only=True)
        for place, goal in enumerate(self.problem.objectives):
            if self.way == MEAN:
                continue
            world = judged.goals[place]
            own = worlds[world].loc[seeds, goal.outcome]
            if self.way == REGRET:
                own = own - lived[judged.best[place]][world][goal.outcome].reindex(seeds)
            found[goal.outcome], found[f"{goal.outcome}@world"] = own, world + 1
        for rule, world in zip(self.problem.constraints, judged.rules, strict=True):
            found[rule.text] = rule.facts(worlds[world].loc[seeds])
        return found


def _mean(runs: pd.DataFrame, outcome: str) -> float:
    """Return a mean over seeds; an outcome that is undefined is no one's best, and a worst."""
    values = runs[outcome].to_numpy(dtype=float)
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else -np.inf
