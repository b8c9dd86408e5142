"""What one policy leads to: one run, or the means over seeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.answers.answer import Answer
from scenarios.outcomes import HEADLINE

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

        from scenarios.outcomes import outcomes_in
        from scenarios.statistics import mean_interval

        rows = []
        for outcome in outcomes_in(self.runs.columns, None):
            values = self.runs[outcome.name].to_numpy(dtype=float)
            cell = mean_interval(values[np.isfinite(values)])
            numbers = {"mean": cell.mean, "low": cell.low, "high": cell.high, "runs": cell.n}
            rows.append({"outcome": outcome.name, "label": outcome.label} | numbers)
        return pd.DataFrame(rows)

    def table(self) -> RenderableType:
        """Return the outcomes: of the run, or their means over seeds."""
        from scenarios.report.terminal import run_table

        return run_table(self.runs) if len(self.runs) == 1 else self._means_table()

    def _means_table(self) -> RenderableType:
        import math

        from rich import box
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        from scenarios.outcomes import outcome_named, show_value

        grid = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        grid.add_column("outcome")
        grid.add_column("mean", justify="right")
        grid.add_column("95 % interval", justify="right")
        grid.add_column("runs", justify="right")
        for row in self.frame().to_dict("records"):
            outcome = outcome_named(row["outcome"])
            ends = [show_value(outcome, row[end], unit=False) for end in ("low", "high")]
            span = " to ".join(ends) if math.isfinite(row["low"]) else ""
            grid.add_row(outcome.label, show_value(outcome, row["mean"]), span, str(row["runs"]))
        lead = f"{self.policies[0]}: means of {len(self.runs)} runs."
        return Group(Text(lead, style="bold"), Text(""), grid)

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the paths over the weeks, and the money if any moved."""
        return {"paths": self._paths} | ({"money": self._money} if self._has_money() else {})

    def report(self, path: str | Path) -> Path:
        """Write the page of the run, or of the means over seeds."""
        from scenarios.report.page import write_run_page, write_sweep_page
        from scenarios.statistics import summarise

        common: dict[str, Any] = {"manifest": self.manifest(), "command": self.command}
        policy = self.policies[0]
        if len(self.runs) == 1:
            return write_run_page(
                path, self.runs, days=self.days, journal=self.journal,
                settings=self.settings()[policy], funds=self.funds(), **common,
            )  # fmt: skip
        names = [outcome.name for outcome in HEADLINE if outcome.name in self.runs]
        means = summarise(self.runs, ["policy"], names)
        question = f"What does {policy} lead to?"
        return write_sweep_page(
            path, means, ["policy"], question=question, outcomes=names, **common
        )
