"""What channels are credited with, beside what they have brought: a table, a picture, values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.advising.writing import DASH, money
from plaza_lab.scenarios.attributing.credit import RULES
from plaza_lab.scenarios.attributing.living import RETAINED, Channels, Ended, Life
from plaza_lab.scenarios.attributing.touching import CHANNELS, PARTNER
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.output.writing import plain_values
from plaza_lab.scenarios.trying.answer import mean_and_interval

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from rich.console import RenderableType

FLATTERED = 2.0
"""Credit over truth from which a channel looks better than it is."""
NAMES = {
    "organic": marked("found by themselves"),
    "word_of_mouth": marked("word of mouth"),
    "referral": marked("referral"),
    "partner": marked("partners"),
    "paid": marked("paid media"),
    "content": marked("shared content"),
    "offline": marked("shops and events"),
    "influencer": marked("influencers"),
    "star": marked("stars"),
    "challenge": marked("challenges"),
    "reward": marked("rewards in sight"),
}
HEADS = {
    "last": marked("last"), "first": marked("first"), "even": marked("even"),
    "position": marked("position"), "decay": marked("decay"), "shapley": marked("Shapley"),
}  # fmt: skip
HEAD = marked(
    "Joins in {weeks} weeks, credited by six rules, and what there would be fewer without the "
    "channel (mean of {n} pairs of runs)"
)
FLATTER = marked("{channel}: looks better than it is. Last touch credits it with {credit} joins; "
                 "without it there would be {truth} fewer ({low} to {high})")  # fmt: skip
SLIGHTED = marked("{channel}: better than it looks. Last touch credits it with {credit} joins; "
                  "without it there would be {truth} fewer ({low} to {high})")  # fmt: skip
MEAN = marked("A join had {touches} touches on the mean; credits of each rule sum to the {joins} "
              "joins, what is true need not")  # fmt: skip
NO_TWIN = marked("{channels}: nothing closes them, so there is no twin without")


@dataclass(frozen=True)
class Row:
    """One channel: credit by each rule, and what the twin without it lacks, with intervals."""

    channel: str
    joins: dict[str, float]
    yuan: dict[str, float]
    true: tuple[float, float, float] | None
    true_shapley: float
    retained: float
    cost_yuan: float
    sales_yuan: float

    @property
    def ratio(self) -> float:
        """Credit of the last touch over what is true; infinite where nothing is brought."""
        if self.true is None:
            return math.nan
        return self.joins["last"] / self.true[0] if self.true[0] > 0.0 else math.inf


class Attribution:
    """Credits and truth of all channels, of one life for each seed, told in a language.

    ``failures`` hold a line for each seed that could not be lived.
    """

    def __init__(
        self,
        channels: Channels,
        lives: list[Life],
        say: Language | None = None,
        failures: Sequence[str] = (),
    ) -> None:
        self.channels, self.lives, self.say = channels, lives, say or Language("en")
        self.failures = list(failures)
        self.margin = float(channels.point.setting.world.purchase.margin)

    def rows(self) -> list[Row]:
        """One row for each channel; deals stand below the partners they belong to."""
        credited = {name for life in self.lives for name in life.credited.joins["last"]}
        routes = [name for name in CHANNELS if name in credited or name in self.channels.off]
        deals = sorted(credited - set(routes))
        if deals and PARTNER not in routes:
            routes.append(PARTNER)
        return [
            row for name in routes
            for row in (self._row(name, deals if name == PARTNER else ()),
                        *(self._row(deal, ()) for deal in deals if name == PARTNER))
        ]  # fmt: skip

    def _row(self, name: str, deals: list[str] | tuple[()]) -> Row:
        def credit(tables: Callable[[Life], dict[str, dict[str, Any]]], rule: str) -> float:
            return float(np.mean([
                sum(tables(life)[rule].get(one, 0.0) for one in (name, *deals))
                for life in self.lives
            ]))  # fmt: skip

        joins = {rule: credit(lambda life: life.credited.joins, rule) for rule in RULES}
        yuan = {rule: credit(lambda life: life.credited.cents, rule) / 100.0 for rule in RULES}
        if name not in self.channels.off:
            return Row(name, joins, yuan, None, *(math.nan,) * 4)
        own = [life.true_shapley.get(name, math.nan) for life in self.lives]
        return Row(
            name, joins, yuan, mean_and_interval(self._lacking(name, lambda one: one.joins)),
            float(np.mean(own)),
            *(float(self._lacking(name, read).mean())
              for read in (lambda one: one.retained, lambda one: one.cost_yuan,
                           lambda one: one.sales_yuan)),
        )  # fmt: skip

    def _lacking(self, name: str, read: Callable[[Ended], float]) -> np.ndarray:
        """What the twin without a channel lacks, seed by seed."""
        return np.array([read(life.all_on) - read(life.without[name]) for life in self.lives])

    def frame(self) -> pd.DataFrame:
        """One row for each channel: ``last`` to ``shapley``, ``true``, its interval, money."""
        import pandas as pd

        return pd.DataFrame([
            {"channel": row.channel, **row.joins,
             **dict(zip(("true", "low", "high"), row.true or (math.nan,) * 3, strict=True)),
             "credit_over_truth": row.ratio, "true_shapley": row.true_shapley,
             "retained": row.retained, "cost_yuan": row.cost_yuan, "sales_yuan": row.sales_yuan,
             "margin_over_cost": self._back(row),
             **{f"yuan_{rule}": value for rule, value in row.yuan.items()}}
            for row in self.rows()
        ])  # fmt: skip

    def _back(self, row: Row) -> float:
        """Extra margin for each yuan a channel costs (T64); NaN where it costs nothing."""
        return self.margin * row.sales_yuan / row.cost_yuan if row.cost_yuan > 0.5 else math.nan

    def told(self) -> list[str]:
        """Say which channels look better, or worse, than they are."""
        say, lines = self.say, []
        for row in self.rows():
            if row.true is None:
                continue
            truth, low, high = row.true
            credit = row.joins["last"]
            form = ""
            if credit >= 1.0 and max(high, 0.0) < credit and row.ratio > FLATTERED:
                form = FLATTER
            elif low > credit and truth > FLATTERED * credit:
                form = SLIGHTED
            if form:
                lines.append(say.tr(form, channel=self.name(row.channel), credit=f"{credit:,.0f}",
                                    truth=f"{truth:,.0f}", low=f"{low:,.0f}",
                                    high=f"{high:,.0f}"))  # fmt: skip
        n = float(np.mean([life.credited.n_joins for life in self.lives]))
        touches = float(np.mean([life.credited.n_touches for life in self.lives])) / max(1.0, n)
        lines.append(say.tr(MEAN, touches=f"{touches:.1f}", joins=f"{n:,.0f}"))
        alone = [self.name(row.channel) for row in self.rows()
                 if row.true is None and row.channel in CHANNELS]  # fmt: skip
        if alone:
            lines.append(say.tr(NO_TWIN, channels=(", " if say.code == "en" else "、").join(alone)))
        return lines

    def name(self, channel: str) -> str:
        """Return a channel's name as people read it."""
        if channel in NAMES:
            return self.say.tr(NAMES[channel])
        form, _, partner = channel.rpartition(" ")
        return self.say.tr("{form}, partner {partner}",
                           form=self.say.tr(form.replace("_", " ")), partner=partner)  # fmt: skip

    def table(self) -> RenderableType:
        """Return credits and truth, what the channels cost and bring back, and what it means."""
        from rich.console import Group
        from rich.table import Table

        from plaza_lab.scenarios.language.terminal import Wrapped

        say, rows = self.say, self.rows()
        head = say.tr(HEAD, weeks=self.channels.point.run.weeks, n=len(self.lives))
        credits, campaign = Table(show_edge=False), Table(show_edge=False)
        has_shapley = any(life.true_shapley for life in self.lives)
        truths = [say.tr("true"), *([say.tr("true Shapley")] if has_shapley else [])]
        for table, heads in (
            (credits, [*(say.tr(text) for text in HEADS.values()), *truths]),
            (campaign, [say.tr("joins more"), say.tr("kept {days} days", days=RETAINED),
                        say.tr("costs, yuan"), say.tr("margin for a yuan")]),
        ):  # fmt: skip
            table.add_column("")
            for text in heads:
                table.add_column(text, justify="right")
        for row in rows:
            indent = "" if row.channel in CHANNELS else "  "
            truth = [DASH if row.true is None else f"{row.true[0]:+,.1f}"]
            if has_shapley:
                truth.append(_number(row.true_shapley))
            credits.add_row(indent + self.name(row.channel),
                            *(f"{row.joins[rule]:,.1f}" for rule in RULES), *truth)  # fmt: skip
            if row.true is not None:
                campaign.add_row(
                    self.name(row.channel),
                    say.tr("{value} ({low} to {high})", value=f"{row.true[0]:+,.1f}",
                           low=f"{row.true[1]:+,.1f}", high=f"{row.true[2]:+,.1f}"),
                    _number(row.retained), money(row.cost_yuan),
                    DASH if math.isnan(self._back(row)) else f"{self._back(row):,.2f}",
                )  # fmt: skip
        return Group(Wrapped(head), "", credits, "", campaign, "", *map(Wrapped, self.told()))

    def plain(self) -> dict[str, Any]:
        """Plain values for JSON; names do not change with the language."""
        return {
            "weeks": self.channels.point.run.weeks, "seeds": list(self.channels.seeds),
            "joins": [life.credited.n_joins for life in self.lives],
            "channels": plain_values(self.frame().to_dict("records")),
        }  # fmt: skip

    def figure(self) -> Figure:
        """Draw the credit of the last touch and of Shapley beside what is true."""
        from plaza_lab.scenarios.report.truth_figures import attribution_figure

        return attribution_figure(self)


def _number(value: float) -> str:
    return DASH if math.isnan(value) else f"{value:+,.1f}"
