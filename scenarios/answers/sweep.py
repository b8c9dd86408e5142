"""Design points side by side, and which of them cannot be told from the best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.answers.answer import Answer

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType


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

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the means of every point, and a map where two factors or more vary."""
        from plaza_lab.scenarios.report import figures

        first, *more = self.factors
        second = more[0] if more else None
        drawn = {"sweep": lambda: figures.sweep_dots(self.frame(), first, second, self.outcomes)}
        if second is not None:
            drawn["map"] = lambda: figures.sweep_heatmap(self.frame(), first, second)
        return drawn

    def report(self, path: str | Path) -> Path:
        """Write the page of the sweep."""
        from plaza_lab.scenarios.report.page import write_sweep_page

        runs = None if self._ranking() is None else self.runs
        return write_sweep_page(
            path, self.frame(), self.factors, runs=runs, manifest=self.origin(),
            outcomes=self.outcomes,
            command=self.command,
        )  # fmt: skip
