"""What a validation leaves: a table for the terminal, a picture, and the numbers behind both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from plaza_lab.scenarios.output.output_folder import OutputFolder, disk_errors
from plaza_lab.scenarios.output.writing import write_files
from plaza_lab.scenarios.validation.judging import Finding

if TYPE_CHECKING:
    from pathlib import Path

HOLDS, FAILS = "green", "dark_orange3"


@dataclass(frozen=True)
class Validation:
    """The patterns, what was found, and the worlds that must not look real.

    Parameters
    ----------
    patterns : list of Finding
        One for each statistic, in the order of the patterns.
    broken : list of Finding
        One for each world with a cause taken out.
    n_seeds : int
        Communities of each kind.
    overrides : tuple of str
        The world that was validated; empty for the default.
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

        Returns
        -------
        pandas.DataFrame
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
        """Write the picture, the tables and a manifest.

        Parameters
        ----------
        folder : OutputFolder
            Where to; entered already.
        command : str
            The command that makes them again.

        Returns
        -------
        pathlib.Path
            The folder.
        """
        from plaza_lab.scenarios.language import Language, chosen_language
        from plaza_lab.scenarios.output.provenance import versions
        from plaza_lab.scenarios.report.style import spoken
        from plaza_lab.scenarios.validation.figures import pattern_page

        world = " ".join(self.overrides) or "default world"
        title = self.words.replace("; ", ";\n") + f"\n{world}"
        picture = spoken(pattern_page(self.patterns, title), Language(chosen_language()), {})
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
