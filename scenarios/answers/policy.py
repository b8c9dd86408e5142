"""What one policy leads to, and design points side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.outcomes import HEADLINE, Outcome, outcome_named, show_value

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from plaza_lab.scenarios.report.style import Picture


class PolicyAnswer(Answer):
    """What one policy leads to."""

    def frame(self) -> pd.DataFrame:
        """Return one row per outcome: ``mean, low, high`` over seeds, and the runs counted."""
        import numpy as np
        import pandas as pd

        from plaza_lab.scenarios.outcomes import outcomes_in
        from plaza_lab.scenarios.statistics import mean_interval

        rows = []
        for outcome in outcomes_in(self.runs.columns, None):
            values = self.runs[outcome.name].to_numpy(dtype=float)
            cell = mean_interval(values[np.isfinite(values)])
            low, high = cell.low, cell.high
            if outcome.is_part and 0 <= cell.mean <= 1:
                # its mean over all seeds is one too, wherever the t interval of few runs ends
                low, high = max(low, 0.0), min(high, 1.0)
            numbers = {"mean": cell.mean, "low": low, "high": high, "runs": cell.n}
            rows.append({"outcome": outcome.name, "label": outcome.label} | numbers)
        return pd.DataFrame(rows)

    def table(self) -> RenderableType:
        """Return the outcomes: of the run, or their means over seeds."""
        from plaza_lab.scenarios.report.terminal import run_table

        return run_table(self.runs) if len(self.runs) == 1 else self._means_table()

    def _means_table(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        from plaza_lab.scenarios.command_line.printing import grid

        numbers = ("mean", "95 % interval", "runs")
        table = grid("outcome", *numbers, right=numbers)
        for row in self._rows():
            outcome = outcome_named(row["outcome"])
            mean, span = show_value(outcome, row["mean"]), _span(row)
            table.add_row(outcome.label, mean, span, str(row["runs"]))
        return Group(Text(self.sentence(), style="bold"), Text(""), table)

    def _rows(self) -> list[dict[str, Any]]:
        from plaza_lab.scenarios.report.words import records

        return records(self.frame())

    def sentence(self) -> str:
        """Say in one sentence what the policy leads to, on average over seeds."""
        means = self.frame().set_index("outcome")["mean"]
        parts = [
            f"{outcome.label.lower()} {show_value(outcome, means[outcome.name])}"
            for outcome in HEADLINE
            if outcome.name in means.index
        ]
        return f"{self.policies[0]}, means of {len(self.runs)} runs: {', '.join(parts)}."

    @cached_property
    def drawn(self) -> dict[str, Picture]:
        """The paths over the weeks, and the money if any moved."""
        from plaza_lab.scenarios.report.figures import of_policy

        money = self.flows if self.study.has_money else self.flows[:0]
        return of_policy(self.policies[0], self.shown_days, money, self.funds(), len(self.runs))

    def report(self, path: str | Path) -> Path:
        """Write the page of the run, or of the means over seeds."""
        from plaza_lab.scenarios.report.page import LIMITS
        from plaza_lab.scenarios.report.rendering import flat, render
        from plaza_lab.scenarios.report.words import run_answer, run_lines

        policy = self.policies[0]
        if len(self.runs) == 1:
            title, lines = f"One run of {policy}", run_lines(self.runs)
            answer = run_answer(self.runs)
        else:
            title = f"What does {policy} lead to?"
            answer = self.sentence() + " In brackets, 95 % intervals of the mean."
            lines = [_line(row) for row in self._rows()]
        return render(
            path,
            "run.html",
            self.origin(),
            title=title,
            answer=answer,
            lines=lines,
            figures=[(one.title, one.figure()) for one in self.drawn.values()],
            settings=sorted(flat(self.settings()[policy]).items()),
            limits=LIMITS,
            command=self.command,
        )


def _line(row: Mapping[str, Any]) -> tuple[Outcome, str]:
    outcome, span = outcome_named(row["outcome"]), _span(row)
    mean = show_value(outcome, row["mean"])
    return outcome, f"{mean} ({span})" if span else mean


def _span(row: Mapping[str, Any]) -> str:
    if not math.isfinite(row["low"]):
        return ""
    outcome = outcome_named(row["outcome"])
    return " to ".join(show_value(outcome, row[end], unit=False) for end in ("low", "high"))


class Sweep(Answer):
    """Design points side by side."""

    @property
    def factors(self) -> list[str]:
        """What the sweep varies."""
        return self.study.factors

    @property
    def outcomes(self) -> list[str]:
        """What is shown of every point: growth, retention, fund spend, and the user's own."""
        from plaza_lab.scenarios.outcomes.own import TOLD
        from plaza_lab.scenarios.statistics.sweeps import SWEEP_OUTCOMES

        asked = getattr(self.study, "plan", None)
        more = (*(asked.spec.outcomes if asked is not None else ()), *TOLD)
        names = dict.fromkeys((*SWEEP_OUTCOMES, *more))
        return [name for name in names if name in self.runs or name in SWEEP_OUTCOMES]

    def frame(self) -> pd.DataFrame:
        """Return one row per design point (``plaza_lab.scenarios.statistics.summarise``)."""
        from plaza_lab.scenarios.statistics import summarise

        return summarise(self.runs, self.factors, self.outcomes)

    def table(self) -> RenderableType:
        """Return growth, retention and fund spend of every design point."""
        from plaza_lab.scenarios.report.terminal import sweep_table

        return sweep_table(self.frame(), self.factors, self._ranking(), self.outcomes)

    def _ranking(self) -> pd.DataFrame | None:
        from plaza_lab.scenarios.statistics import BadRuns, tied_with_best

        try:
            return tied_with_best(self.runs, self.factors) if len(self.policies) > 1 else None
        except BadRuns:
            return None

    @cached_property
    def drawn(self) -> dict[str, Picture]:
        """The means of every point, and a map where two factors or more vary."""
        from plaza_lab.scenarios.report.figures import of_sweep

        return of_sweep(self.frame(), self.factors, self.outcomes)

    def report(self, path: str | Path) -> Path:
        """Write the page of the sweep."""
        from plaza_lab.scenarios.report.page import write_sweep_page

        runs = None if self._ranking() is None else self.runs
        return write_sweep_page(
            path, self.frame(), self.factors, pictures=self.drawn.values(), runs=runs,
            outcomes=self.outcomes, manifest=self.origin(), command=self.command,
        )  # fmt: skip
