"""The answer of a calibration: its posterior in words, tables, pictures and a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from plaza_lab.scenarios.calibrate.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Calibration(Posterior):
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

    def plot(self) -> Figure:
        """Draw the main picture: parameters before and after."""
        return self.pictures()["parameters"]()

    def report(self, path: str | Path) -> Path:
        """Write the report page.

        Parameters
        ----------
        path : str or pathlib.Path
            The HTML file; everything is inside it.

        Returns
        -------
        pathlib.Path
            The file written.
        """
        from plaza_lab.scenarios.report.calibration_tables import write_calibration_page

        return write_calibration_page(path, self)

    def _repr_html_(self) -> str:
        from io import StringIO

        from rich.console import Console

        console = Console(record=True, file=StringIO(), width=100)
        console.print(self.table())
        return console.export_html(
            inline_styles=True, code_format="<pre style='line-height:1.3'>{code}</pre>"
        )
