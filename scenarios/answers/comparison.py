"""Which policy does better: differences paired by seed, and how sure they are."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer
from plaza_lab.scenarios.comparing.asked import View
from plaza_lab.scenarios.experiments.stored_study import StoredStudy
from plaza_lab.scenarios.experiments.study import Study
from plaza_lab.scenarios.outcomes import outcome_named, show_difference
from plaza_lab.scenarios.report.words import counted, listed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from plaza_lab.scenarios.advising.advice import Advice
    from plaza_lab.scenarios.advising.flips import Flips
    from plaza_lab.scenarios.advising.lines import Line
    from plaza_lab.scenarios.experiments.until import Precision, Sharpness
    from plaza_lab.scenarios.language import Language
    from plaza_lab.scenarios.report.style import Picture


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

        from plaza_lab.scenarios.report.terminal import comparison_table, first_screen, group_tables

        view = self.view
        lead = first_screen(self.lines())
        table = comparison_table(self.frame(), lead=lead, say=view.say, secondary=view.is_whole)
        if not view.by:
            return table
        return Group(table, Text(""), *group_tables(self.advice, view.by, view.say))

    def lines(self) -> list[Line]:
        """Return the first screen: what to do, what it brings and costs, how sure."""
        from plaza_lab.scenarios.advising.lines import first_lines

        return first_lines(
            self.advice, self.view.say, self.flip_line(), self.warnings(),
            is_equal_spend=self.view.is_equal_spend,
        )  # fmt: skip

    def spoken(self, draw: Callable[[], Figure]) -> Figure:
        """Draw in the language of the view."""
        from plaza_lab.scenarios.advising.writing import policy_name
        from plaza_lab.scenarios.report.style import spoken

        say = self.view.say
        return spoken(draw(), say, {policy: policy_name(policy, say) for policy in self.policies})

    @cached_property
    def drawn(self) -> dict[str, Picture]:
        """Differences, paths, money, and the pairs of each alternative."""
        from plaza_lab.scenarios.report.figures import of_comparison

        money = self.flows if self.study.has_money else None
        return of_comparison(self.frame(), self.runs, self.shown_days, money, self.funds())

    def pictures(self) -> dict[str, Callable[[], Figure]]:
        """Return the pictures by file name, in the language of the view."""
        return {name: partial(self.spoken, one.figure) for name, one in self.drawn.items()}

    def report(self, path: str | Path) -> Path:
        """Write the page of the comparison."""
        from plaza_lab.scenarios.report.page import write_page

        return write_page(
            path, self.frame(), runs=self.runs, pictures=self.drawn.values(),
            settings=self.settings(), manifest=self.origin(), command=self.command,
            found=[*self.found(), *self.notes()], lines=self.lines(), say=self.view.say,
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
        return precision_sentences(self.precision)


def precision_sentences(precision: Precision) -> list[str]:
    """Say what an ``until_precise`` reached, what it took and what was saved.

    The stop, a line for each named difference, and what the intervals mean.
    """
    with_policy = precision.policies > 2
    lines = [_stop(precision)]
    lines += [_row(row, precision.max_pairs, with_policy) for row in precision.rows]
    lines += _gains(precision, with_policy)
    if precision.lost:
        lines.append(f"Pairs left out because a run failed: {precision.lost:,}.")
    lines.append(
        f"The intervals are anytime-valid: looked at {counted(len(precision.looks), 'time')}, they "
        f"all hold together in {precision.level * 100:g} of 100 such comparisons, wherever one "
        "stops."
    )
    return lines


def _stop(precision: Precision) -> str:
    used = f"{counted(precision.pairs, 'pair')} of runs used ({precision.runs_used:,} runs)"
    saved = (
        f"{precision.pairs_saved:,} pairs saved of the {precision.max_pairs:,} allowed "
        f"({precision.runs_saved:,} runs)"
    )
    if precision.is_interrupted:
        return f"Stopped by hand: {used}, {saved}."
    known = [row for row in precision.rows if not row.finding]
    if not known:
        return f"No width asked for can be reached: {used}, {saved}."
    if precision.is_reached:
        return f"Sure enough: {used}, {saved}."
    short = sum(not row.is_reached for row in known)
    return f"Not sure enough: {used}, all that were allowed; {short} of {len(known)} widths missed."


def _row(row: Sharpness, max_pairs: int, with_policy: bool) -> str:
    outcome = outcome_named(row.outcome)
    name = f"{row.alternative}, {outcome.label}" if with_policy else outcome.label
    if row.finding:
        return f"{name}: {row.finding}."
    wanted = show_difference(outcome, row.wanted).lstrip("+")
    if not math.isfinite(row.half_width):
        return f"{name}: no interval yet, wanted within {wanted} either way."
    low, high = (show_difference(outcome, end, unit=False) for end in (row.low, row.high))
    found = f"{name}: {show_difference(outcome, row.difference)} ({low} to {high})"
    half = show_difference(outcome, row.half_width, unit=False).lstrip("+")
    if row.is_reached:
        return f"{found}, known within {half} either way, wanted {wanted}."
    more = ""
    if row.pairs_needed > max_pairs:
        more = f"; at this spread it takes about {_rounded(row.pairs_needed)} pairs"
    return f"{found}, known within {half} either way, short of {wanted}{more}."


def _gains(precision: Precision, with_policy: bool) -> list[str]:
    rows = [row for row in precision.rows if math.isfinite(row.runs_unpaired) and not row.finding]
    if not rows:
        return []
    told = []
    for row in rows:
        label = outcome_named(row.outcome).label
        name = label[0].lower() + label[1:]
        name = f"{name} of {row.alternative}" if with_policy else name
        told.append(f"{name} {row.runs_unpaired:,.0f} instead of {row.runs_used:,.0f} "
                    f"(factor {row.pairing_gain:.1f})")  # fmt: skip
    return [f"Runs that independent seeds would have taken for these widths: {listed(told)}."]


def _rounded(number: float) -> str:
    """Write a guess with two digits: 3,400."""
    step = 10 ** max(math.floor(math.log10(number)) - 1, 0)
    return f"{math.ceil(number / step) * step:,.0f}"
