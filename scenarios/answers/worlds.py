"""Policies over many worlds: which does better, where the answer flips, what one may regret."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.answers.comparison import Comparison
from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.outcomes import outcome_named

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from plaza_lab.scenarios.report.style import Picture
    from plaza_lab.scenarios.sensitivity import Flip


class Worlds(Comparison):
    """Policies compared over sampled worlds; a pair is the same seed in the same world."""

    study: StoredStudy

    @cached_property
    def lacking(self) -> str:
        """Why flips were not looked for: a library that is not installed; mostly empty."""
        try:
            needed("sklearn", "sensitivity")
        except UserError as lacking:
            return f"Where the answer flips was not looked for: {lacking}."
        return ""

    @cached_property
    def flips(self) -> list[Flip]:
        """For each alternative and outcome, the worlds in which the usual winner loses."""
        from plaza_lab.scenarios.sensitivity import discover

        if self.lacking:
            return []

        axes = self.study.plan.world_axes
        pairs = [(self.policies[0], other) for other in self.policies[1:]]
        return [
            discover(self.runs, axes, pair, outcome)
            for pair in pairs
            for outcome in self.asked
            if self._differs(pair, outcome)
        ]

    def _differs(self, pair: tuple[str, str], outcome: str) -> bool:
        rows = self.frame()
        row = rows[(rows["alternative"] == pair[1]) & (rows["outcome"] == outcome)]
        return bool(len(row) and row["pairs"].iloc[0] and row["sd_difference"].iloc[0] > 0)

    @cached_property
    def regrets(self) -> pd.DataFrame:
        """Regret of each policy in each world, on the first outcome asked."""
        from plaza_lab.scenarios.sensitivity import regret

        return regret(self.runs, self.asked[0])

    def found(self) -> list[str]:
        """Say where the answer flips and which policy one regrets least."""
        from plaza_lab.scenarios.sensitivity import regret_summary
        from plaza_lab.scenarios.sensitivity.discovery_words import discovery_words
        from plaza_lab.scenarios.sensitivity.robustness import regret_words

        lines = [
            f"{_label(flip.outcome)}: {line}"
            for flip in self.flips
            for line in discovery_words(flip)[:1]
        ]
        lines += [self.lacking] * bool(self.lacking)
        return [*lines, *regret_words(regret_summary(self.regrets))[:1]]

    def flip_text(self) -> str:
        """Say where the answer flips over the worlds."""
        return self.view.say.joined(self.view.say.told(line) for line in self.found())

    def flip_line(self) -> str:
        """Point to where the first screen has it: below its tables."""
        return self.view.say.tr("see below, over the worlds")

    def table(self) -> RenderableType:
        """Return the comparison over worlds, and where it flips."""
        from rich.console import Group
        from rich.text import Text

        tr, told = self.view.say.tr, self.view.say.told
        said = [Text(f"- {told(line)}") for line in self.found()]
        return Group(super().table(), Text(""), Text(tr("Over the worlds"), style="bold"), *said)

    @cached_property
    def _compared_pictures(self) -> dict[str, Picture]:
        from plaza_lab.scenarios.report.figures import of_comparison

        return of_comparison(self.frame(), self.runs)

    @cached_property
    def drawn(self) -> dict[str, Picture]:
        """Differences, a flip map for each outcome, and the regrets."""
        return {"differences": self._compared_pictures["differences"]} | self._maps

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the pictures by file name, each as a function that gives it."""
        return {name: one.figure for name, one in self.drawn.items()}

    @cached_property
    def _maps(self) -> dict[str, Picture]:
        from plaza_lab.scenarios.output.output_folder import slug
        from plaza_lab.scenarios.report.discovery_figures import flip_map, regret_heat
        from plaza_lab.scenarios.report.style import Picture
        from plaza_lab.scenarios.sensitivity import regret_summary

        axes = self.study.plan.world_axes
        drawn: dict[str, Picture] = {}
        for flip in self.flips:
            other = flip.loser if flip.winner == self.policies[0] else flip.winner
            title = f"{_label(flip.outcome)}: {other} against {self.policies[0]}, world by world"
            name = f"flips-{slug(other)}-{flip.outcome}"
            drawn[name] = Picture(title, partial(flip_map, flip, axes))
        if len(axes) and len(self.regrets):
            summary = regret_summary(self.regrets)
            title = f"Regret, {_label(self.asked[0]).lower()}"
            drawn["regret"] = Picture(title, partial(regret_heat, self.regrets, summary))
        return drawn

    def report(self, path: str | Path) -> Path:
        """Write the page of the comparison, with the maps of its flips."""
        from plaza_lab.scenarios.report.page import write_page

        return write_page(
            path, self.frame(), question=self.study.plan.spec.question, runs=self.runs,
            pictures=[*self._compared_pictures.values(), *self._maps.values()],
            settings=self.settings(), manifest=self.origin(), command=self.command,
            found=self.found(), lines=self.lines(), say=self.view.say,
        )  # fmt: skip


def _label(outcome: str) -> str:
    return outcome_named(outcome).label
