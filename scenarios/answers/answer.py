"""What every answer can do: tables, pictures, a page, and where it comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.language import Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from plaza_lab.scenarios.experiments.stored_study import StoredStudy
    from plaza_lab.scenarios.experiments.study import Study
    from plaza_lab.scenarios.report.style import Picture

ASKED = ("growth", "retention", "fund_spend_yuan")
"""Outcomes of a study that names none."""
COLUMNS = 100
"""Width of a table in a notebook."""


class Shown(ABC):
    """What is printed in a terminal, drawn, written on a page, and kept in a folder."""

    @property
    def say(self) -> Language:
        """The language it is told in."""
        return Language("en")

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
        """Write the report page: an HTML file with everything inside; return its path."""

    @abstractmethod
    def manifest(self) -> dict[str, Any]:
        """Return what makes it again: versions, code, configuration, seeds, command."""

    @abstractmethod
    def write_tables(self, folder: Path) -> None:
        """Write the tables and configurations behind it into a folder."""

    def write_more(self, folder: Path) -> list[Path]:
        """Write what is kept beside tables, pictures and page, and return the files."""
        return []

    def plot(self) -> Figure:
        """Draw the main picture."""
        return next(iter(self.pictures().values()))()

    def _repr_html_(self) -> str:
        from io import StringIO

        from rich.console import Console

        console = Console(record=True, file=StringIO(), width=COLUMNS)
        console.print(self.table())
        return console.export_html(
            inline_styles=True, code_format="<pre style='line-height:1.3'>{code}</pre>"
        )


class Answer(Shown):
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
    def shown_days(self) -> pd.DataFrame:
        """Days and metrics that pictures show."""
        return self.study.shown_days()

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Transfers of money as pictures show them, perhaps summed over days."""
        return self.study.flows()

    @cached_property
    def policies(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return self.study.policies

    @property
    def asked(self) -> list[str]:
        """Outcomes the study is about."""
        plan = getattr(self.study, "plan", None)
        wanted = (plan.spec.outcomes if plan is not None else ()) or ASKED
        return [name for name in wanted if name in self.runs]

    @property
    @abstractmethod
    def drawn(self) -> dict[str, Picture]:
        """Pictures by file name, each drawn once for its file and the page."""

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the pictures by file name, each as a function that gives it."""
        return {name: one.figure for name, one in self.drawn.items()}

    def write_tables(self, folder: Path, *, is_stored: bool = False) -> None:
        """Write runs, days and journal, or of a study that has them in its store the numbers."""
        from plaza_lab.scenarios.output.output_folder import slug

        if is_stored:
            self.frame().to_parquet(folder / "answer.parquet", index=False)
        else:
            self.study.write_tables(folder)
        taken: set[str] = set()
        for place, point in enumerate(self.study.points):
            name = slug(point.policy)
            name = f"{name}-{place}" if name in taken else name
            taken.add(name)
            text = f"# {point.policy}\n{point.composed.text}"
            (folder / f"config-{name}.yaml").write_text(text, encoding="utf-8")

    def manifest(self) -> dict[str, Any]:
        """Return what reproduces the study: versions, code, configuration, seeds, command."""
        from plaza_lab.scenarios.output.provenance import manifest_of

        return manifest_of(self.study, self.command)

    def origin(self) -> dict[str, Any]:
        """Return what a page says of its origin: the manifest without its long parts."""
        whole = self.manifest()
        left_out = (
            "command",
            "policies",
            "remarks",
            *(["failures"] if not self.study.failures else []),
        )
        origin = {key: value for key, value in whole.items() if key not in left_out}
        if len(self.policies) <= 7:
            origin["config"] = {name: own["config"] for name, own in whole["policies"].items()}
        return origin

    def settings(self) -> dict[str, dict[str, Any]]:
        """Return the resolved settings of every policy."""
        return {point.policy: point.composed.plain for point in self.study.points}

    def funds(self) -> list[str]:
        """Return the accounts of the journal that belong to the community."""
        from plaza_lab.sim.state.fund import ACCOUNTS, POOLS

        return [ACCOUNTS[pool] for pool in POOLS]
