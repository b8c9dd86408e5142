"""A comparison that added pairs until it was sure enough; its intervals hold at every look."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from plaza_lab.scenarios.answers.comparison import Comparison
from plaza_lab.scenarios.experiments.stored_study import StoredStudy

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from plaza_lab.scenarios.experiments.precision import Precision


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
