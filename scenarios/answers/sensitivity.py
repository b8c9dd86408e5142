"""Which setting moves the outcomes, and which moves the difference of two policies."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.report.words import records

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType
    from rich.table import Table

    from plaza_lab.scenarios.report.style import Picture

KINDS = ("morris", "sobol", "one_at_a_time")
POINT = "plan_point"
MOST = 8
COLUMNS = {
    "sobol": (("first", "first"), ("total", "total"), ("verdict", "verdict")),
    "morris": (("mu_star", "mean effect"), ("sigma", "spread"), ("verdict", "verdict")),
    "one_at_a_time": (("at_low", "at low"), ("at_high", "at high"), ("swing", "swing")),
}


class Sensitivity(Answer):
    """A Morris, Sobol or one-at-a-time study of uncertainties, or of levers."""

    study: StoredStudy

    @property
    def kind(self) -> str:
        """Kind of the design."""
        return self.study.plan.spec.design.kind

    @cached_property
    def numbered(self) -> pd.DataFrame:
        """The runs with the plan's points numbered, whether they are worlds or policies."""
        runs = self.runs
        if self.study.plan.spec.uncertainties:
            numbers: Any = runs.get("world_point", 0)
            return runs.assign(**{POINT: numbers})
        order = {policy: number for number, policy in enumerate(self.policies)}
        numbered = runs.assign(**{POINT: runs["policy"].map(order)})
        return numbered.assign(policy="the plan")

    @cached_property
    def parts(self) -> list[tuple[str, pd.DataFrame]]:
        """Tables by what they are about: the baseline, then each difference from it."""
        from plaza_lab.scenarios.sensitivity import morris, sobol, tornado

        analyse: Any = {"morris": morris, "sobol": sobol, "one_at_a_time": tornado}[self.kind]
        names = self.numbered["policy"].unique().tolist()
        first, others = names[0], names[1:]
        sample, tables = self.study.sample, []
        own = analyse(self.numbered, sample, self.asked, first, point=POINT)
        tables.append((first, own))
        for other in others:
            table = analyse(self.numbered, sample, self.asked, other, first, point=POINT)
            tables.append((f"{other} minus {first}", table))
        return tables

    def frame(self) -> pd.DataFrame:
        """Return one row per table, outcome and setting."""
        import pandas as pd

        return pd.concat([table.assign(about=about) for about, table in self.parts])

    def sentences(self) -> list[str]:
        """Say which settings matter."""
        from plaza_lab.scenarios.sensitivity.indices import morris_words, sobol_words
        from plaza_lab.scenarios.sensitivity.tornado import tornado_words

        speak: Any = {
            "morris": morris_words, "sobol": sobol_words, "one_at_a_time": tornado_words,
        }[self.kind]  # fmt: skip
        return [line for _, table in self.parts for line in speak(table)]

    def table(self) -> RenderableType:
        """Return what matters in sentences, and the strongest settings of each outcome."""
        from rich.console import Group
        from rich.text import Text

        said = [Text(line, style="bold") for line in self.sentences()]
        grids = [_strongest(self.kind, about, table) for about, table in self.parts]
        return Group(*said, Text(""), *grids)

    @cached_property
    def drawn(self) -> dict[str, Picture]:
        """One picture for each outcome and each difference."""
        from plaza_lab.scenarios.output.output_folder import slug
        from plaza_lab.scenarios.report.sensitivity_figures import (
            morris_plane,
            sobol_bars,
            tornado_bars,
        )
        from plaza_lab.scenarios.report.style import Picture

        draw: Any = {
            "morris": morris_plane, "sobol": sobol_bars, "one_at_a_time": tornado_bars,
        }[self.kind]  # fmt: skip
        found: dict[str, Picture] = {}
        for number, (about, table) in enumerate(self.parts):
            for outcome in dict.fromkeys(table["outcome"]):
                title = f"{outcome_named(outcome).label}: {about}"
                name = f"{self.kind}-{outcome}" + f"-{slug(about)}" * bool(number)
                found[name] = Picture(title, partial(draw, table, outcome))
        return found

    def report(self, path: str | Path) -> Path:
        """Write the page."""
        from plaza_lab.scenarios.report.page import LIMITS
        from plaza_lab.scenarios.report.rendering import flat, render

        question = self.study.plan.spec.question or "Which settings move the outcomes?"
        return render(
            path,
            "study.html",
            self.origin(),
            title=question,
            answers=self.sentences(),
            figures=[(one.title, one.figure()) for one in self.drawn.values()],
            settings=sorted(flat(self.study.points[0].composed.plain).items()),
            limits=LIMITS,
            command=self.command,
        )


def _strongest(kind: str, about: str, table: pd.DataFrame) -> RenderableType:
    """Lay out the strongest settings of each outcome, of a policy or a difference of two."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = []
    for outcome, rows in table.groupby("outcome", sort=False):
        title = f"{outcome_named(str(outcome)).label}: {about}"
        if "verdict" in rows and (rows["verdict"] == "constant").all():
            parts.append(Text(f"{title}: the same in every run\n", style="dim"))
            continue
        parts.append(Text(title, style="bold"))
        parts.append(_grid(kind, str(outcome), records(rows.head(MOST))))
    return Group(*parts)


def _grid(kind: str, outcome: str, rows: list[dict[str, Any]]) -> Table:
    from plaza_lab.scenarios.command_line.printing import grid
    from plaza_lab.scenarios.sensitivity.responses import readable

    heads = [head for _, head in COLUMNS[kind]]
    table = grid("setting", *heads, right=set(heads) - {"verdict"})
    table.columns[0].overflow = "fold"
    for row in rows:
        cells = [_cell(kind, outcome, row, name) for name, _ in COLUMNS[kind]]
        table.add_row(readable(row["key"]), *cells)
    return table


def _cell(kind: str, outcome: str, row: dict[str, Any], name: str) -> str:
    from plaza_lab.scenarios.sensitivity.responses import shown

    value = row[name]
    if isinstance(value, str):
        return value
    if kind == "sobol":
        return f"{100 * value:.0f} %"
    is_difference = bool(row.get("baseline")) or name in ("mu_star", "sigma", "swing")
    return shown(outcome, float(value), is_difference).lstrip("+" if name != "swing" else "")
