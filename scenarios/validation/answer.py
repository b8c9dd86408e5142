"""What a validation finds: statistics against their bands, in tables, a picture, and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.output.output_folder import OutputFolder, disk_errors
from plaza_lab.scenarios.output.writing import write_files
from plaza_lab.scenarios.report.style import COLOURS, blank, styled
from plaza_lab.scenarios.validation.lab import COMMUNITIES, Lab
from plaza_lab.scenarios.validation.patterns import FALSIFICATIONS, PATTERNS

if TYPE_CHECKING:
    from pathlib import Path


FEWEST_SEEDS = 4


@dataclass(frozen=True, eq=False)
class Finding:
    """One statistic over the seeds, against its band.

    ``number`` is that of its pattern, 0 for a falsification; ``values``, float64[seeds], are NaN
    where a community was too small to tell; ``low`` and ``high`` are the band; ``source`` and
    ``use`` as for :class:`plaza_lab.scenarios.validation.patterns.Pattern`.
    """

    number: int
    pattern: str
    name: str
    values: np.ndarray
    low: float
    high: float
    source: str
    use: str

    @property
    def median(self) -> float:
        """Median over the seeds that can tell; NaN where fewer than half of them can."""
        told = self.values[np.isfinite(self.values)]
        return float(np.median(told)) if 2 * told.size >= self.values.size else float("nan")

    @property
    def is_inside(self) -> bool:
        """Whether the median lies in the band."""
        return bool(self.low <= self.median <= self.high)


def asked_of(overrides: Sequence[str]) -> Lab:
    """Compose the communities that are observed, those with a cause taken out among them.

    `overrides` make the world to validate; nothing is lived yet.

    Raises
    ------
    UserError
        If one of them contradicts the overrides.
    """
    return Lab(tuple(overrides), COMMUNITIES | {one.name: one.overrides for one in FALSIFICATIONS})


def findings(values: Sequence[Sequence[float]]) -> tuple[list[Finding], list[Finding]]:
    """Hold what was measured, by seed in the order of :data:`MEASURES`, against the bands.

    One finding for each statistic of each pattern; one for each world with a cause taken out, whose
    median must lie outside the band.
    """
    columns = iter(np.array(values).T)
    patterns = [
        Finding(
            pattern.number, pattern.name, one.name, next(columns), one.low, one.high,
            pattern.source, pattern.use,
        )
        for pattern in PATTERNS
        for one in pattern.statistics
    ]  # fmt: skip
    broken = [
        Finding(
            0, world.name, world.statistic.name, next(columns), world.statistic.low,
            world.statistic.high, "a cause taken out", "must fail",
        )
        for world in FALSIFICATIONS
    ]  # fmt: skip
    return patterns, broken


MEASURES = (
    *(one.measure for pattern in PATTERNS for one in pattern.statistics),
    *(world.statistic.measure for world in FALSIFICATIONS),
)
"""What is measured of the communities of each seed."""


HOLDS, FAILS = "green", "dark_orange3"


@dataclass(frozen=True)
class Validation:
    """The patterns, what was found, and the worlds that must not look real.

    ``patterns`` hold one finding for each statistic, in their order, ``broken`` one for each world
    with a cause taken out; ``overrides`` make the world, none the default.
    """

    patterns: list[Finding]
    broken: list[Finding]
    n_seeds: int
    overrides: tuple[str, ...] = ()

    @property
    def held(self) -> list[int]:
        """Numbers of the patterns all of whose statistics lie within their bands."""
        failed = {finding.number for finding in self.patterns if not finding.is_inside}
        numbers = dict.fromkeys(finding.number for finding in self.patterns)
        return [number for number in numbers if number not in failed]

    def numbers(self, use: str = "") -> list[int]:
        """Numbers of the patterns, or of those of one use: ``held out``, ``fitted``."""
        return list(dict.fromkeys(f.number for f in self.patterns if use in ("", f.use)))

    @property
    def words(self) -> str:
        """The answer in a sentence."""
        held, parts = set(self.held), []
        for use in ("held out", "fitted"):
            numbers = self.numbers(use)
            if numbers:
                parts.append(f"{len(held & set(numbers))} of {len(numbers)} {use}")
        said = f"{len(held)} of {len(self.numbers())} patterns of real communities hold"
        said += f" ({', '.join(parts)})" if parts else ""
        fails = [f for f in self.broken if f.is_inside]
        if self.broken:
            said += f"; {len(self.broken) - len(fails)} of {len(self.broken)} worlds with a cause "
            said += "taken out are told apart"
        return f"{said} (median of {self.n_seeds} seeds)."

    def frame(self) -> pd.DataFrame:
        """Findings, one row for each statistic.

        ``number`` (0 for a falsification), ``pattern``, ``statistic``, ``median``, ``low``,
        ``high``, ``is_inside``, ``seeds`` that could tell, ``use``, ``source``.
        """
        return pd.DataFrame(
            {
                "number": f.number, "pattern": f.pattern, "statistic": f.name, "median": f.median,
                "low": f.low, "high": f.high, "is_inside": f.is_inside,
                "seeds": int(pd.notna(f.values).sum()), "use": f.use, "source": f.source,
            }
            for f in (*self.patterns, *self.broken)
        )  # fmt: skip

    def seeds_frame(self) -> pd.DataFrame:
        """Values behind the medians: ``number``, ``statistic``, ``seed_place``, ``value``."""
        return pd.concat(
            [
                pd.DataFrame(
                    {
                        "number": f.number, "statistic": f.name,
                        "seed_place": range(f.values.size), "value": f.values,
                    }
                )
                for f in (*self.patterns, *self.broken)
            ],
            ignore_index=True,
        )  # fmt: skip

    def __rich__(self) -> RenderableType:
        """Tables of all findings, the answer first, patterns that were fitted apart."""
        parts: list[RenderableType] = [Text(self.words, style="bold")]
        for use in dict.fromkeys(finding.use for finding in self.patterns):
            table = _table("", f"statistic, {use}", "median", "band", "verdict", "bands from")
            for finding in self.patterns:
                if finding.use == use:
                    verdict = Text("holds", HOLDS) if finding.is_inside else Text("fails", FAILS)
                    table.add_row(str(finding.number), *_cells(finding), verdict, finding.source)
            parts.append(table)
        if self.broken:
            without = _table("taken out", "statistic", "median", "band", "verdict")
            for finding in self.broken:
                told = (
                    Text("looks real: wrong", FAILS) if finding.is_inside else Text("told", HOLDS)
                )
                without.add_row(finding.pattern, *_cells(finding), told)
            parts.append(without)
        return Group(*parts)

    def save(self, folder: OutputFolder, command: str) -> Path:
        """Write picture, tables and a manifest with the command into a folder entered already."""
        from plaza_lab.scenarios.language import Language, chosen_language
        from plaza_lab.scenarios.output.provenance import versions
        from plaza_lab.scenarios.report.style import spoken

        world = " ".join(self.overrides) or "default world"
        title = self.words.replace("; ", ";\n") + f"\n{world}"
        picture = spoken(_pattern_page(self.patterns, title), Language(chosen_language()), {})
        files = {
            "patterns.png": picture, "patterns.parquet": self.frame(),
            "pattern_seeds.parquet": self.seeds_frame(), "patterns.csv": self.frame(),
        }  # fmt: skip
        manifest = {"command": command, "seeds": self.n_seeds, "versions": versions()}
        with disk_errors(folder.final, option="--to"):
            write_files(folder.partial, files, manifest | {"overrides": list(self.overrides)})
        return folder.keep()


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in ("", "median") else "left")
    return table


def _cells(finding: Finding) -> tuple[str, str, str]:
    name = finding.name
    if finding.number and finding.pattern != name:
        name = f"{finding.pattern}: {name}"
    return name, _number(finding.median), f"{_number(finding.low)} to {_number(finding.high)}"


def _number(value: float) -> str:
    return "cannot tell" if pd.isna(value) else f"{value:.2f}"


EDGE = 1.0
"""Widths of the band that are shown beyond it on either side."""


@styled
def _pattern_page(findings: Sequence[Finding], title: str) -> Figure:
    """Draw every statistic of every pattern: band, seeds and median."""
    figure = blank(8.6, 1.6 + 0.27 * len(findings))
    axes = figure.subplots()
    axes.axvspan(0, 1, color="#e3eef6", zorder=0)
    for place, finding in enumerate(findings):
        colour = COLOURS[0] if finding.is_inside else COLOURS[1]
        width = finding.high - finding.low
        seen = finding.values[np.isfinite(finding.values)]
        at = (seen - finding.low) / width
        inside = np.clip(at, -EDGE, 1 + EDGE)
        axes.plot(inside, np.full(at.size, place), ".", color=colour, alpha=0.35, ms=5)
        if np.isfinite(finding.median):
            middle = (finding.median - finding.low) / width
            marker = "D" if -EDGE <= middle <= 1 + EDGE else "<" if middle < 0 else ">"
            spot = np.clip(middle, -EDGE, 1 + EDGE)
            axes.plot(spot, place, marker, color=colour, ms=6, markeredgecolor="white")
        said = f"{finding.median:.2f}" if np.isfinite(finding.median) else "cannot tell"
        axes.text(
            1.02, place, f"{said}   ({finding.low:g} to {finding.high:g})", va="center",
            fontsize=8, color=colour, transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.set_yticks(range(len(findings)), [_label(one) for one in findings], fontsize=8)
    axes.set_ylim(len(findings) - 0.4, -0.6)
    axes.set_xlim(-EDGE - 0.08, 1 + EDGE + 0.08)
    axes.set_xticks([0, 1], ["lower edge\nof the band", "upper edge\nof the band"])
    axes.grid(axis="x", visible=False)
    title += "; diamonds: medians, dots: seeds; right: median and band"
    figure.suptitle(title, x=0.01, ha="left", fontsize=9.5)
    return figure


def _label(finding: Finding) -> str:
    if finding.pattern == finding.name:
        return f"{finding.number}  {finding.name}"
    return f"{finding.number}  {finding.pattern}: {finding.name}"
