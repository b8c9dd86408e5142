"""What one policy leads to: one run, or the means over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.outcomes import HEADLINE, outcome_named, show_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType


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
        from rich import box
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        grid.add_column("outcome")
        grid.add_column("mean", justify="right")
        grid.add_column("95 % interval", justify="right")
        grid.add_column("runs", justify="right")
        for row in self._rows():
            outcome = outcome_named(row["outcome"])
            mean, span = show_value(outcome, row["mean"]), _span(row)
            grid.add_row(outcome.label, mean, span, str(row["runs"]))
        return Group(Text(self.sentence(), style="bold"), Text(""), grid)

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

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the paths over the weeks, and the money if any moved."""
        drawn: dict[str, Callable[[], Figure]] = {"paths": self._paths}
        if self.study.has_money:
            drawn["money"] = self._money
        return drawn

    def report(self, path: str | Path) -> Path:
        """Write the page of the run, or of the means over seeds."""
        from plaza_lab.scenarios.report.page import write_run_page

        if len(self.runs) > 1:
            return self._means_page(path)
        return write_run_page(
            path, self.runs, days=self.shown_days, journal=self.flows, funds=self.funds(),
            settings=self.settings()[self.policies[0]], manifest=self.origin(),
            command=self.command,
        )  # fmt: skip

    def _means_page(self, path: str | Path) -> Path:
        from plaza_lab.scenarios.report.page import LIMITS
        from plaza_lab.scenarios.report.rendering import flat, render

        lines = []
        for row in self._rows():
            outcome, span = outcome_named(row["outcome"]), _span(row)
            mean = show_value(outcome, row["mean"])
            lines.append((outcome, f"{mean} ({span})" if span else mean))
        drawn = [("Over the weeks", self._paths(caption=False))]
        if self.study.has_money:
            drawn.append(("Money", self._money(caption=False)))
        return render(
            path,
            "run.html",
            self.origin(),
            title=f"What does {self.policies[0]} lead to?",
            answer=self.sentence() + " In brackets, 95 % intervals of the mean.",
            lines=lines,
            figures=drawn,
            settings=sorted(flat(self.settings()[self.policies[0]]).items()),
            limits=LIMITS,
            command=self.command,
        )


def _span(row: Mapping[str, Any]) -> str:
    if not math.isfinite(row["low"]):
        return ""
    outcome = outcome_named(row["outcome"])
    return " to ".join(show_value(outcome, row[end], unit=False) for end in ("low", "high"))
