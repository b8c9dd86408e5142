"""The answer of a calibration: its posterior in words, tables, pictures and a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.answers.answer import Shown
from plaza_lab.scenarios.calibrate.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Calibration(Posterior, Shown):
    """Settings of the world fitted to targets, as they are shown; see :class:`Posterior`."""

    def table(self) -> RenderableType:
        """Return the answer as it is printed in a terminal."""
        from rich.console import Group
        from rich.text import Text

        from plaza_lab.scenarios.report.calibration_tables import parameter_table, target_table

        return Group(
            *(Text(text, style="bold" if place == 0 else "") for place, text in
              enumerate(self.sentences())),
            Text(""), parameter_table(self.frame()), target_table(self.check, self.targets),
            Text(self.footnote(), style="dim"),
        )  # fmt: skip

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return parameters before and after, targets against runs, and pairs known together."""
        from plaza_lab.scenarios.report import calibration_figures as figures

        drawn: dict[str, Callable[[], Figure]] = {
            "parameters": partial(figures.parameters, self),
            "targets": partial(figures.targets, self),
        }
        if len(self.together):
            drawn["together"] = partial(figures.together, self)
        return drawn

    def report(self, path: str | Path) -> Path:
        """Write the report page."""
        from plaza_lab.scenarios.report.calibration_tables import write_calibration_page

        return write_calibration_page(path, self)

    def write_tables(self, folder: Path) -> None:
        """Write parameters, targets, posterior and every run, and what all runs have in common."""
        from plaza_lab.scenarios.output.output_folder import write_tables

        posterior = self.ensemble.values.assign(weight=self.ensemble.weights)
        tables = {
            "parameters": self.frame(), "together": self.together, "targets": self.check,
            "posterior": posterior, "draws": self.draws, "predicted": self.predicted,
        }  # fmt: skip
        write_tables(folder, tables)
        text = f"# {self.point.policy}\n{self.point.composed.text}"
        (folder / "config.yaml").write_text(text, encoding="utf-8")
