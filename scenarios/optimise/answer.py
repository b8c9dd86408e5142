"""The answer of a search: a front of policies with labels, as table, picture and page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Shown
from plaza_lab.scenarios.optimise.finding import Found

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Front(Shown):
    """Policies that no other policy beats, and how sure that is.

    Parameters
    ----------
    found : Found
        Search and labels.
    command : str
        Command line that makes the same search again.
    """

    def __init__(self, found: Found, command: str = "") -> None:
        self.found, self.command = found, command

    @cached_property
    def _table(self) -> pd.DataFrame:
        from plaza_lab.scenarios.optimise.front import front_table

        return front_table(self.found)

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run; ``stage`` tells the seeds of the search from those of the labels."""
        return self.found.runs_table()

    def frame(self) -> pd.DataFrame:
        """Return one row per policy (:func:`plaza_lab.scenarios.optimise.front.front_table`)."""
        return self._table

    def sentence(self) -> str:
        """Say what was found."""
        from plaza_lab.scenarios.optimise.sentences import answer

        return " ".join(answer(self.found, self._table))

    def table(self) -> RenderableType:
        """Return the answer as it is printed in a terminal."""
        from plaza_lab.scenarios.optimise.tables import front_in_terminal

        return front_in_terminal(self.found, self._table)

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the pictures by file name, each as a function that draws it."""
        return {"front": self._draw}

    def _draw(self, *, caption: bool = True) -> Figure:
        from plaza_lab.scenarios.report.front_figures import front

        goals = [(goal.outcome, goal.is_maximised) for goal in self.found.problem.objectives]
        return front(self._table, goals, self.found.effort.level, caption=caption)

    def report(self, path: str | Path) -> Path:
        """Write the report page."""
        from plaza_lab.scenarios.optimise.sentences import answer, how_sure
        from plaza_lab.scenarios.optimise.tables import front_on_page
        from plaza_lab.scenarios.report.page import LIMITS
        from plaza_lab.scenarios.report.rendering import render

        left_out = ("command", "policies", "best", "trials_done")
        origin = {key: value for key, value in self.manifest().items() if key not in left_out}
        return render(
            path,
            "front.html",
            origin,
            title="Which policies does no other policy beat?",
            answers=answer(self.found, self._table),
            sure=how_sure(self.found),
            figures=[("The front", self._draw(caption=False))],
            limits=[
                "Only the policies tried were compared: one that nobody proposed may be better.",
                *LIMITS,
            ],
            command=self.command,
            **front_on_page(self.found, self._table),
        )

    def manifest(self) -> dict[str, Any]:
        """Return what reproduces the search: versions, code, policies, seeds, effort, command."""
        from dataclasses import asdict
        from importlib import metadata

        from plaza_lab.scenarios.output.provenance import code_fingerprint, versions

        found, labels = self.found, self._table["label"]
        library = {} if found.searched.method == "every combination" else {
            "optuna": metadata.version("optuna")
        }  # fmt: skip
        goals = [
            f"{'maximise' if goal.is_maximised else 'minimise'} {goal.outcome}"
            for goal in found.problem.objectives
        ]
        over = {} if found.problem.over is None else {"over": asdict(found.problem.over)}
        return over | {
            "command": self.command,
            "verb": "optimise",
            "is_complete": True,
            "objectives": goals,
            "constraints": [rule.text for rule in found.problem.constraints],
            "fixed": list(found.problem.fixed),
            "search": {"method": found.searched.method} | asdict(found.effort),
            "policies": {
                point.policy: {"config": point.fingerprint, "options": point.composed.choices}
                for point in found.points
            },
            "labels": {word: int((labels == word).sum()) for word in labels.unique()},
            "seeds": sorted(set(self.runs["seed"].tolist())),
            "weeks": found.effort.weeks,
            "runs": len(self.runs),
            "rounds": [f"{r.pairs} pairs: {r.runs} runs, {r.open} open"
                       for r in found.allocated.rounds],
            "code": code_fingerprint(),
            "versions": versions() | library,
            "started": found.started.isoformat(timespec="seconds"),
            "wall_s": round(found.wall_s, 3),
        }  # fmt: skip

    def write_tables(self, folder: Path) -> None:
        """Write policies and runs."""
        from plaza_lab.scenarios.output.output_folder import write_tables

        write_tables(folder, {"policies": self._table, "runs": self.runs})
