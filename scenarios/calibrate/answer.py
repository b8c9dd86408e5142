"""The answer of a calibration: its posterior in words, tables, pictures and a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from plaza_lab.scenarios.answers.answer import Shown
from plaza_lab.scenarios.calibrate.ensemble import Ensemble, save_ensemble
from plaza_lab.scenarios.calibrate.learned import (
    check_sentences,
    known_together,
    learned,
    predictive,
    sentences,
)
from plaza_lab.scenarios.calibrate.targets import Target
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.settings.options import USER_FOLDER

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType


FEW = 30  # effective draws below which intervals are rough


@dataclass(frozen=True)
class Posterior:
    """Settings of the world fitted to targets.

    Parameters
    ----------
    point : DesignPoint
        What was common to all runs.
    axes : tuple of Axis
        Ranges searched.
    targets : tuple of Target
        What was seen.
    shares : numpy.ndarray
        Posterior draws as shares of the ranges, shape ``(draws, axes)``.
    ensemble : Ensemble
        The same draws in units, with their weights.
    draws : pandas.DataFrame
        Every run of the search: ``generation`` (-1: from the prior), ``seed``, settings, targets.
    predicted : pandas.DataFrame
        Every run of the check: ``member`` of the ensemble, ``seed``, targets.
    seed : int
        Of the search.
    generations, population : int
        Generations finished, and accepted draws of each.
    command : str
        Command line or call that does the same again.
    """

    point: DesignPoint
    axes: tuple[Axis, ...]
    targets: tuple[Target, ...]
    shares: np.ndarray
    ensemble: Ensemble
    draws: pd.DataFrame
    predicted: pd.DataFrame
    seed: int
    generations: int
    population: int
    command: str = ""

    def frame(self) -> pd.DataFrame:
        """Return one row per parameter (:func:`plaza_lab.scenarios.calibrate.learned.learned`)."""
        return learned(self.shares, self.ensemble.weights, self.axes)

    @cached_property
    def check(self) -> pd.DataFrame:
        """One row per target (:func:`plaza_lab.scenarios.calibrate.learned.predictive`)."""
        return predictive(self.targets, self.draws, self.predicted, self.seed)

    @cached_property
    def together(self) -> pd.DataFrame:
        """Pairs known only together (``learned.known_together``)."""
        return known_together(self.shares, self.ensemble.weights, self.axes)

    @property
    def effective_draws(self) -> float:
        """Number of equally weighted draws the posterior is worth."""
        return float(1 / (self.ensemble.weights**2).sum())

    def sentences(self) -> list[str]:
        """Say in words what the data taught, what they could not, and whether the worlds fit."""
        said = [
            *check_sentences(self.check, self.targets),
            *sentences(self.frame(), self.together),
        ]
        if self.effective_draws < FEW:
            said.append(
                f"The posterior is worth {self.effective_draws:.0f} draws only: its intervals are "
                "rough, give more runs."
            )
        return said

    def footnote(self) -> str:
        """Say how the numbers came about."""
        return (
            f"ABC-SMC with pyABC: {len(self.draws):,} runs, {self.generations} generations of "
            f"{self.population} draws, worth {self.effective_draws:.0f} independent ones after "
            f"regression adjustment; checked by {len(self.predicted)} further runs. 90 % intervals."
        )

    def save(self, folder: str | Path = USER_FOLDER) -> list[Path]:
        """Keep the ensemble and the world in its middle as options of this folder."""
        return save_ensemble(self.ensemble, self.point, self.axes, folder)

    def manifest(self) -> dict[str, Any]:
        """Return what reproduces the calibration."""
        from plaza_lab.scenarios.output.provenance import versions

        return {
            "command": self.command,
            "verb": "calibrate",
            "is_complete": True,
            "policy": self.point.policy,
            "config": self.point.fingerprint,
            **self.ensemble.origin,
            "seed": self.seed,
            "runs": len(self.draws) + len(self.predicted),
            "versions": versions(),
        }


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
