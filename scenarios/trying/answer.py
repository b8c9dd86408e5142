"""What a trial says beside what is true: sentences, a table, a picture, plain values."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.advising.writing import DASH, policy_name
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.output.writing import plain_values
from plaza_lab.scenarios.trying.design import MEASURES, UNITS, WEEK, Design
from plaza_lab.scenarios.trying.living import Lived, Seen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

HEAD = marked(
    "A trial of {policy} against {usual}: {share} of the {units}, weeks {first} to {last}"
)
SAID = marked("What the first trial says: {effect} ({span}), p = {p}")
PROVEN = marked("Proven (p below {alpha}) in {k} of {n} communities")
BLOCKED = marked("Not proven in {k} of {n}: do not scale it there; extend the trial or drop it")
TRUTH = marked("What is true, everybody against nobody: {effect} ({span})")
BIAS = marked("Because the arms live together a trial is off by {bias} on the mean ({span})")
FAIR = marked("That the arms live together does not mislead: off by {bias} on the mean ({span})")
BIAS_WEEK = marked("Because weeks take turns a trial is off by {bias} on the mean ({span})")
FAIR_WEEK = marked("That weeks take turns does not mislead: off by {bias} on the mean ({span})")
MISSED = marked(
    "Of {n} trials, {wrong} point the wrong way, and {missed} have an interval without the truth"
)
SPILL = marked("Spill-over: the others have {others} because the arm has it; the arm would move by "
               "{arm} if all had it")  # fmt: skip
CARRY = marked("Carry-over: weeks without it have {others} because of those before; weeks with it "
               "would move by {arm} if all had it")  # fmt: skip
ENDS = marked("Active members after {weeks} weeks: {nobody} with nobody, {rule} where it is scaled "
              "only if proven, {everybody} with everybody")  # fmt: skip
ENDINGS = ("nobody", "rule", "everybody")


@dataclasses.dataclass(frozen=True)
class Summary:
    """An outcome over all communities; intervals are of means over communities, 95 %."""

    outcome: str
    estimate: float
    truth: tuple[float, float, float]
    bias: tuple[float, float, float]
    others: float
    arm: float
    n_significant: int
    n_wrong: int
    n_missed: int


def mean_and_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean and its 95 % interval (Student's t)."""
    from plaza_lab.scenarios.statistics.intervals import mean_interval

    found = mean_interval(values, bootstrap=False)
    return found.mean, found.low, found.high


class TrialAnswer:
    """What came out of a trial in several communities, told in a language.

    ``failures`` hold a line for each community that could not be lived.
    """

    def __init__(
        self,
        design: Design,
        lived: list[Lived],
        say: Language | None = None,
        failures: Sequence[str] = (),
    ) -> None:
        self.design, self.lived, self.say = design, lived, say or Language("en")
        self.failures = list(failures)

    def frame(self) -> pd.DataFrame:
        """One row for each community and outcome: estimate, interval, p, truth, means."""
        import pandas as pd

        rows = [seen.row() | {"is_proven": seen.estimate.is_proven(self.design.alpha)}
                for one in self.lived for seen in one.seen]  # fmt: skip
        return pd.DataFrame(rows)

    def _seen(self, outcome: str) -> list[Seen]:
        return [seen for one in self.lived for seen in one.seen if seen.outcome == outcome]

    def summary(self, outcome: str = "") -> Summary:
        """Sum up one outcome, by default what decides."""
        seen = self._seen(outcome or self.design.outcome)
        truths = np.array([one.truth for one in seen])
        effects = np.array([one.estimate.effect for one in seen])
        told = np.isfinite(effects)
        truth = mean_and_interval(truths)
        side = np.sign(truth[0])
        inside = [one.estimate.low <= truth[0] <= one.estimate.high for one in seen]
        return Summary(
            outcome or self.design.outcome,
            float(effects[told].mean()) if told.any() else math.nan,
            truth,
            mean_and_interval(np.array([one.without_luck - one.truth for one in seen])),
            float(np.mean([one.spill for one in seen])),
            float(np.mean([one.arm_alone - one.arm for one in seen])),
            sum(one.estimate.p < self.design.alpha for one in seen),
            int(((np.sign(effects) != side) & told).sum()) if side else 0,
            int((~np.array(inside) & told).sum()),
        )

    def told(self) -> list[str]:
        """Say what the trial says, what is true, and how far the one misleads about the other."""
        say, design, main = self.say, self.design, self.summary()
        name = main.outcome
        first = self._seen(name)[0].estimate
        proven = sum(one.is_proven for one in self.lived)
        n = len(self.lived)
        lines = [
            say.tr(
                HEAD, policy=policy_name(design.tried.policy, say),
                usual=policy_name(design.usual.policy, say), share=f"{100 * design.arm:g} %",
                units=say.tr(UNITS[design.by]), first=design.after + 1,
                last=design.after + design.weeks,
            ),
            say.tr(SAID, effect=self._labelled(name, first.effect),
                   span=self._span(name, first.low, first.high), p=f"{first.p:.3f}"),
            say.tr(PROVEN, alpha=f"{design.alpha:g}", k=proven, n=n),
        ]  # fmt: skip
        if proven < n:
            lines.append(say.tr(BLOCKED, k=n - proven, n=n))
        lines.append(say.tr(TRUTH, effect=self._labelled(name, main.truth[0]),
                            span=self._span(name, *main.truth[1:])))  # fmt: skip
        is_fair = not main.bias[1] * main.bias[2] > 0.0
        because = (
            (FAIR_WEEK if is_fair else BIAS_WEEK) if design.by == WEEK
            else FAIR if is_fair else BIAS
        )  # fmt: skip
        lines += [
            say.tr(because, bias=self._shown(name, main.bias[0]),
                   span=self._span(name, *main.bias[1:])),
            say.tr(MISSED, n=n, wrong=main.n_wrong, missed=main.n_missed),
            say.tr(CARRY if design.by == WEEK else SPILL,
                   others=self._shown(name, main.others), arm=self._shown(name, main.arm)),
        ]  # fmt: skip
        if design.usual.run.weeks > design.after + design.weeks:
            ends = {key: f"{np.mean([getattr(one, f'end_{key}') for one in self.lived]):,.1f}"
                    for key in ENDINGS}  # fmt: skip
            lines.append(say.tr(ENDS, weeks=design.usual.run.weeks, **ends))
        return lines

    def table(self) -> RenderableType:
        """Return the sentences, and every outcome in a table."""
        from rich.console import Group
        from rich.table import Table

        from plaza_lab.scenarios.language.terminal import Wrapped

        say = self.say
        comma = ", " if say.code == "en" else "，"
        table = Table(show_edge=False)
        table.add_column("")
        for head in (marked("a trial says"), marked("true"), marked("off by, luck apart"),
                     marked("significant")):  # fmt: skip
            table.add_column(say.tr(head), justify="right")
        for name in self.design.measures:
            one, unit = self.summary(name), self.unit_of(name)
            table.add_row(
                f"{say.tr(MEASURES[name].label)}{f'{comma}{unit}' if unit else ''}",
                *(self._shown(name, value, has_unit=False)
                  for value in (one.estimate, one.truth[0], one.bias[0])),
                say.tr("{k} of {n}", k=one.n_significant, n=len(self.lived)),
            )  # fmt: skip
        return Group(*map(Wrapped, self.told()), "", table)

    def plain(self) -> dict[str, Any]:
        """Plain values for JSON; names do not change with the language."""
        design = self.design
        return {
            "usual": design.usual.policy, "tried": design.tried.policy, **design.given,
            "run_weeks": design.usual.run.weeks,
            "summary": [plain_values(self.summary(name)) for name in design.measures],
            "proven": sum(one.is_proven for one in self.lived),
            "ends": {end: [getattr(one, f"end_{end}") for one in self.lived] for end in ENDINGS},
            "trials": plain_values(self.frame().to_dict("records")),
        }  # fmt: skip

    def figure(self) -> Figure:
        """Draw every trial's estimate beside the truth, and the means behind them."""
        from plaza_lab.scenarios.report.truth_figures import trial_figure

        return trial_figure(self)

    def _shown(self, name: str, value: float, *, has_unit: bool = True) -> str:
        one = MEASURES[name]
        if not math.isfinite(value):
            return DASH
        text = f"{round(value * one.scale, one.digits) + 0.0:+,.{one.digits}f}"
        return f"{text} {self.unit_of(name)}".rstrip() if has_unit else text

    def unit_of(self, name: str) -> str:
        """Unit of a difference, as people read it; empty for a number."""
        unit = MEASURES[name].unit
        if unit == "%":
            return self.say.tr("percentage points")
        return self.say.tr(unit) if unit else ""

    def _labelled(self, name: str, value: float) -> str:
        return self.say.tr(
            "{label} {value}", label=self.say.tr(MEASURES[name].label),
            value=self._shown(name, value),
        )  # fmt: skip

    def _span(self, name: str, low: float, high: float) -> str:
        ends = (self._shown(name, end, has_unit=False) for end in (low, high))
        return self.say.tr("{low} to {high}", **dict(zip(("low", "high"), ends, strict=True)))
