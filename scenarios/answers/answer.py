"""What every answer can do: tables, pictures, a page, and where it comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Answer(ABC):
    """What a study says.

    Parameters
    ----------
    study : Study or StoredStudy
        Finished runs, in memory or in a store.
    command : str
        Command line that makes the same study again.
    """

    def __init__(self, study: Study | StoredStudy, command: str = "") -> None:
        self.study, self.command = study, command

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row per run, with its outcomes."""
        return self.study.runs_table()

    @cached_property
    def days(self) -> pd.DataFrame:
        """One row per run and day."""
        return self.study.days_table()

    @cached_property
    def journal(self) -> pd.DataFrame:
        """One row per transfer of money."""
        return self.study.journal_table()

    @cached_property
    def policies(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return self.study.policies

    @abstractmethod
    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the answer."""

    @abstractmethod
    def table(self) -> RenderableType:
        """Return the answer as it is printed in a terminal."""

    @abstractmethod
    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the pictures by file name, each as a function that draws it."""

    @abstractmethod
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

    def write_more(self, folder: Path) -> list[Path]:
        """Write what the answer keeps beside tables, pictures and page, and return the files."""
        return []

    def plot(self) -> Figure:
        """Draw the main picture."""
        return next(iter(self.pictures().values()))()

    def manifest(self) -> dict[str, Any]:
        """Return what reproduces the study: versions, code, configuration, seeds, command."""
        from plaza_lab.scenarios.output.provenance import manifest_of

        return manifest_of(self.study, self.command)

    def origin(self) -> dict[str, Any]:
        """Return what a page says of its origin: the manifest without its long parts."""
        whole = self.manifest()
        left_out = ("command", "policies", *(["failures"] if not self.study.failures else []))
        origin = {key: value for key, value in whole.items() if key not in left_out}
        if len(self.policies) <= 7:
            origin["config"] = {name: own["config"] for name, own in whole["policies"].items()}
        return origin

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return the resolved settings of every policy."""
        return {point.policy: point.composed.plain for point in self.study.points}

    def _repr_html_(self) -> str:
        from io import StringIO

        from rich.console import Console

        console = Console(record=True, file=StringIO(), width=100)
        console.print(self.table())
        return console.export_html(
            inline_styles=True, code_format="<pre style='line-height:1.3'>{code}</pre>"
        )

    def _paths(self, *, caption: bool = True) -> Figure:
        from plaza_lab.scenarios.report.path_figures import paths

        return paths(self.days, self.policies[0], self.policies[1:], caption=caption)

    def _money(self, *, caption: bool = True) -> Figure:
        from plaza_lab.scenarios.report.money import spend

        counts = self.runs["policy"].value_counts().to_dict()
        return spend(self.journal, self.policies, self.funds(), counts, caption=caption)

    def funds(self) -> list[str]:
        """Return the accounts of the journal that belong to the community."""
        from plaza_lab.sim.state.fund import ACCOUNTS, POOLS

        return [ACCOUNTS[pool] for pool in POOLS]
