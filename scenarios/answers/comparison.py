"""Which policy does better: differences paired by seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from plaza_lab.scenarios.advising.advice import Advice
    from plaza_lab.scenarios.advising.flips import Flips
    from plaza_lab.scenarios.advising.lines import Line
    from plaza_lab.scenarios.experiments.until import Precision
    from plaza_lab.scenarios.language import Language


class Comparison(Answer):
    """Policies compared with the first one, paired by seed.

    Parameters
    ----------
    study : Study or StoredStudy
        Finished runs.
    command : str
        Command line that makes the same study again.
    view : View, optional
        How it is to be answered; default: by active retention, in English.

    Attributes
    ----------
    moved : Flips or None
        Where the advice was looked for to flip.
    remarks : list of str
        Where it begins, if not on an ordinary day 0, and what was done to make it fair.
    """

    def __init__(
        self, study: Study | StoredStudy, command: str = "", view: View | None = None
    ) -> None:
        super().__init__(study, command)
        self.view = view or View()
        self.moved: Flips | None = None
        self.remarks: list[str] = []

    @property
    def say(self) -> Language:
        """The language of the view."""
        return self.view.say

    def frame(self) -> pd.DataFrame:
        """Return one row per alternative and outcome (``compare_all``)."""
        return self._compared

    @cached_property
    def _compared(self) -> pd.DataFrame:
        from plaza_lab.scenarios.statistics import compare_all

        return compare_all(self.runs, self.policies[0], self.policies[1:])

    @cached_property
    def advice(self) -> Advice:
        """What the comparison advises, by what the view says one decides by."""
        from plaza_lab.scenarios.advising.advice import advise

        return advise(
            self.runs, self.frame(), self.view.aim, self.study.run_sums("farmed_yuan"), self.anytime
        )

    @property
    def anytime(self) -> int | None:
        """Pairs at which intervals that hold at every look are narrowest; None for a fixed plan."""
        return None

    def table(self) -> RenderableType:
        """Return the advice, then the headlines, or with ``--all`` every outcome."""
        from rich.console import Group
        from rich.text import Text

        from plaza_lab.scenarios.advising.terminal import first_screen, group_tables
        from plaza_lab.scenarios.report.terminal import comparison_table

        view = self.view
        lead = first_screen(self.lines())
        table = comparison_table(self.frame(), lead=lead, say=view.say, secondary=view.is_whole)
        if not view.by:
            return table
        return Group(table, Text(""), *group_tables(self.advice, view.by, view.say))

    def lines(self) -> list[Line]:
        """Return the first screen: what to do, what it brings and costs, how sure."""
        from plaza_lab.scenarios.advising.lines import first_lines

        return first_lines(self.advice, self.view.say, self.flip_line(), self.warnings())

    def spoken(self, draw: Callable[[], Figure]) -> Figure:
        """Draw in the language of the view."""
        from plaza_lab.scenarios.advising.writing import policy_name
        from plaza_lab.scenarios.report.spoken import spoken

        say = self.view.say
        return spoken(draw(), say, {policy: policy_name(policy, say) for policy in self.policies})

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return differences, paths, money, and the pairs of each alternative."""
        from plaza_lab.scenarios.output.output_folder import slug
        from plaza_lab.scenarios.report import figures

        drawn: dict[str, Callable[[], Figure]] = {}
        drawn |= {"differences": lambda: figures.effects(self.frame()), "paths": self._paths}
        if self.study.has_money:
            drawn["money"] = self._money
        for other in self.policies[1:]:
            drawn[f"pairs-{slug(other)}"] = partial(
                figures.pairs, self.runs, self.policies[0], other
            )
        return {name: partial(self.spoken, draw) for name, draw in drawn.items()}

    def report(self, path: str | Path) -> Path:
        """Write the page of the comparison."""
        from plaza_lab.scenarios.report.page import write_page

        return write_page(
            path, self.frame(), runs=self.runs, days=self.shown_days, journal=self.flows,
            settings=self.settings(), manifest=self.origin(), command=self.command,
            funds=self.funds(), found=[*self.found(), *self.notes()], lines=self.lines(),
            say=self.view.say,
        )  # fmt: skip

    def found(self) -> list[str]:
        """Say where the answer holds, and how sure it is; nothing beyond the table."""
        return []

    def write_more(self, folder: Path) -> list[Path]:
        """Write where the advice flips, and the memo, where they were asked for."""
        written = []
        if self.moved is not None:
            import json

            text = json.dumps(self.moved.plain(), ensure_ascii=False, indent=1)
            written.append(folder / "flips.json")
            written[0].write_text(text + "\n", encoding="utf-8")
        if self.view.has_memo:
            from plaza_lab.scenarios.memo.verb import write_memo

            written += write_memo(self, folder)
        return written

    def flip_text(self) -> str:
        """Say when the advice flips, or that it was not asked."""
        from plaza_lab.scenarios.advising.lines import flips_text

        return flips_text(self.moved, self.view.say)

    def flip_line(self) -> str:
        """Say so on the first screen."""
        return self.flip_text()

    def manifest(self) -> dict[str, Any]:
        """Return what reproduces the comparison, and what was remarked about it."""
        return super().manifest() | ({"remarks": self.remarks} if self.remarks else {})

    def warnings(self) -> list[str]:
        """Say what changed nothing and why, and what was done to compare fairly."""
        from plaza_lab.scenarios.answers.silent_nulls import twin_lines

        return [*self.remarks, *twin_lines(self.runs, list(getattr(self.study, "points", ())))]

    def notes(self) -> list[str]:
        """Say what changed nothing and why, and what money was asked for and not spent."""
        from plaza_lab.scenarios.answers.silent_nulls import null_lines

        lines = null_lines(self.runs, list(getattr(self.study, "points", ())))
        return [*self.remarks, *lines]


class PreciseComparison(Comparison):
    """Policies compared until the intervals of named differences were narrow enough.

    Parameters
    ----------
    study : StoredStudy
        The pairs that were made.
    command : str
        Command line that makes the same study again.

    Attributes
    ----------
    precision : Precision
        What was reached; set when the pairs are made.
    """

    study: StoredStudy
    precision: Precision

    @cached_property
    def _compared(self) -> pd.DataFrame:
        from plaza_lab.scenarios.statistics import compare_all

        return compare_all(
            self.runs, self.policies[0], self.policies[1:], anytime=self.precision.tightest
        )

    @property
    def anytime(self) -> int:
        """Pairs at which the intervals are narrowest."""
        return self.precision.tightest

    def table(self) -> RenderableType:
        """Return the comparison, and what its precision took."""
        from rich.console import Group
        from rich.text import Text

        said = [Text(f"- {line}") for line in self.found()]
        return Group(super().table(), Text(""), Text("How sure", style="bold"), *said)

    def found(self) -> list[str]:
        """Say what the precision took."""
        from plaza_lab.scenarios.report.precision_words import precision_sentences

        return precision_sentences(self.precision)
