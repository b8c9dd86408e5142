"""Which policy does better: differences paired by seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.answers.answer import Answer

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Comparison(Answer):
    """Policies compared with the first one, paired by seed."""

    def frame(self) -> pd.DataFrame:
        """Return one row per alternative and outcome (``compare_all``)."""
        return self._compared

    @cached_property
    def _compared(self) -> pd.DataFrame:
        from plaza_lab.scenarios.statistics import compare_all

        return compare_all(self.runs, self.policies[0], self.policies[1:])

    def table(self) -> RenderableType:
        """Return the plain answer and a table for each alternative."""
        from rich.console import Group
        from rich.text import Text

        from plaza_lab.scenarios.report.terminal import comparison_table
        from plaza_lab.scenarios.statistics import incremental_cost

        others = self.policies[1:]
        prices = [incremental_cost(self.runs, self.policies[0], other) for other in others]
        table = comparison_table(self.frame(), prices)
        lines = self.notes()
        return Group(table, *(Text(f"note: {line}") for line in lines)) if lines else table

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return differences, paths, money, and the pairs of each alternative."""
        from plaza_lab.scenarios.output_folder import slug
        from plaza_lab.scenarios.report import figures

        drawn: dict[str, Callable[[], Figure]] = {}
        drawn |= {"differences": lambda: figures.effects(self.frame()), "paths": self._paths}
        if self.study.has_money:
            drawn["money"] = self._money
        for other in self.policies[1:]:
            drawn[f"pairs-{slug(other)}"] = partial(
                figures.pairs, self.runs, self.policies[0], other
            )
        return drawn

    def report(self, path: str | Path) -> Path:
        """Write the page of the comparison."""
        from plaza_lab.scenarios.report.page import write_page

        return write_page(
            path, self.frame(), runs=self.runs, days=self.days, journal=self.journal,
            settings=self.settings(), manifest=self.origin(), command=self.command,
            funds=self.funds(), found=[*self.found(), *self.notes()],
        )  # fmt: skip

    def found(self) -> list[str]:
        """Say where the answer holds, and how sure it is; nothing beyond the table."""
        return []

    def notes(self) -> list[str]:
        """Say what changed nothing and why, and what money was asked for and not spent."""
        from plaza_lab.scenarios.answers.silent_nulls import null_lines

        return list(null_lines(self.runs, list(getattr(self.study, "points", ()))))
