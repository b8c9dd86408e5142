"""Which setting moves the outcomes, and which moves the difference of two policies."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.answers.worlds import ASKED
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.outcomes import outcome_named

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

KINDS = ("morris", "sobol", "one_at_a_time")
POINT = "plan_point"


class Sensitivity(Answer):
    """A Morris, Sobol or one-at-a-time study of uncertainties, or of levers."""

    study: StoredStudy

    @property
    def kind(self) -> str:
        """Kind of the design."""
        return self.study.plan.spec.design.kind

    @property
    def asked(self) -> list[str]:
        """Outcomes the study is about."""
        wanted = self.study.plan.spec.outcomes or ASKED
        return [name for name in wanted if name in self.runs]

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

        from plaza_lab.scenarios.report.sensitivity_tables import strongest

        said = [Text(line, style="bold") for line in self.sentences()]
        grids = [strongest(self.kind, about, table) for about, table in self.parts]
        return Group(*said, Text(""), *grids)

    def _drawn(self) -> dict[str, tuple[str, Callable[..., Figure]]]:
        from plaza_lab.scenarios.output.output_folder import slug
        from plaza_lab.scenarios.report.sensitivity_figures import (
            morris_plane,
            sobol_bars,
            tornado_bars,
        )

        draw: Any = {
            "morris": morris_plane, "sobol": sobol_bars, "one_at_a_time": tornado_bars,
        }[self.kind]  # fmt: skip
        found: dict[str, tuple[str, Callable[..., Figure]]] = {}
        for number, (about, table) in enumerate(self.parts):
            for outcome in dict.fromkeys(table["outcome"]):
                title = f"{outcome_named(outcome).label}: {about}"
                name = f"{self.kind}-{outcome}" + f"-{slug(about)}" * bool(number)
                found[name] = title, partial(draw, table, outcome)
        return found

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return one picture for each outcome and each difference."""
        return {name: draw for name, (_, draw) in self._drawn().items()}

    def report(self, path: str | Path) -> Path:
        """Write the page."""
        from plaza_lab.scenarios.report.page import LIMITS
        from plaza_lab.scenarios.report.rendering import flat, render

        figures = [(title, draw(caption=False)) for title, draw in self._drawn().values()]
        question = self.study.plan.spec.question or "Which settings move the outcomes?"
        return render(
            path,
            "study.html",
            self.origin(),
            title=question,
            answers=self.sentences(),
            figures=figures,
            settings=sorted(flat(self.study.points[0].composed.plain).items()),
            limits=LIMITS,
            command=self.command,
        )
