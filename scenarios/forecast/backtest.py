"""Backtest: what forecasts of a log would have been worth, had they been made earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from plaza_lab.scenarios.forecast import baselines
from plaza_lab.scenarios.forecast.ahead import Forecast, look_ahead, look_ahead_purchases
from plaza_lab.scenarios.forecast.weekly import WEEK, Weekly, weekly_of

MAIN_CUT = 0.6
ROLLING = (0.5, 0.6, 0.7, 0.8)
HORIZONS = (4, 13, 26)
FEWEST_TRAINING, FEWEST_TEST = 12, 4  # weeks
OURS = "plaza"
COVERAGE = (0.70, 0.90)  # of an interval that should cover 80 % of weeks


CLEARLY = 0.95  # of five baselines the luckiest is ever near: below this share it has won


@dataclass(frozen=True)
class Acts:
    """A log as forecasts see it: distinct days of each member with what she did on them.

    Attributes
    ----------
    member, day, amount : numpy.ndarray
        int64[n]; ``day`` counts from the first day.
    n_days : int
        Days of observation.
    last_day : datetime.date
        The last of them.
    has_purchases : bool
        What was done is buying.
    """

    member: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    n_days: int
    last_day: date
    has_purchases: bool = False

    def until(self, n_days: int) -> Acts:
        """The log as it was after so many days, its members numbered anew."""
        kept = self.day < n_days
        _, member = np.unique(self.member[kept], return_inverse=True)
        last = self.last_day - timedelta(days=self.n_days - n_days)
        return Acts(member, self.day[kept], self.amount[kept], n_days, last, self.has_purchases)

    def weekly(self) -> Weekly:
        """By weeks that end with the log."""
        return weekly_of(
            self.member, self.day, self.amount, self.n_days, self.last_day, self.has_purchases
        )

    @property
    def main(self) -> str:
        """Metric by which the log is judged."""
        return "purchases" if self.has_purchases else "weekly_actives"


@dataclass(frozen=True)
class Score:
    """One forecast of one metric over one horizon.

    Attributes
    ----------
    cut : float
        Share of the log that was known.
    metric, method : str
        What was forecast, and by what.
    horizon : int
        Weeks; 0 for all the rest.
    weeks : int
        Weeks there were to compare.
    wape : float
        Sum of absolute errors over the sum of what came.
    mase : float
        Mean absolute error over that of "as last week" in the known part.
    cover_80, cover_95 : float
        Share of weeks inside the interval; NaN for methods without one.
    """

    cut: float
    metric: str
    method: str
    horizon: int
    weeks: int
    wape: float
    mase: float
    cover_80: float = np.nan
    cover_95: float = np.nan


@dataclass(frozen=True)
class Shown:
    """One of the forecasts beside what came, for a picture.

    Attributes
    ----------
    last_day : datetime.date
        Last one known.
    before, after : dict of str to numpy.ndarray
        Weekly values known, and those that came.
    forecast : Forecast
        What was forecast between them.
    """

    last_day: date
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]
    forecast: Forecast


@dataclass(frozen=True)
class Backtest:
    """Scores of all cuts, and the forecast from the main one."""

    scores: list[Score] = field(default_factory=list)
    shown: Shown | None = None

    @property
    def is_empty(self) -> bool:
        """The log was too short for any."""
        return not self.scores

    def median(self, metric: str, method: str, horizon: int, what: str) -> float:
        """Median over cuts of one number; NaN without any."""
        found = [
            getattr(score, what)
            for score in self.scores
            if (score.metric, score.method, score.horizon) == (metric, method, horizon)
        ]
        return float(np.median(found)) if found else np.nan

    def methods(self, metric: str) -> list[str]:
        """Methods that forecast a metric, ours first."""
        return list(dict.fromkeys(s.method for s in self.scores if s.metric == metric))

    def longest(self, metric: str) -> int:
        """The longest of the three horizons where a cut reached it, else 0: all there was."""
        most = max(HORIZONS)
        return most if any((s.metric, s.horizon) == (metric, most) for s in self.scores) else 0

    def weeks(self, metric: str, horizon: int) -> int:
        """Weeks that were compared at a horizon, at most."""
        found = [s.weeks for s in self.scores if (s.metric, s.horizon) == (metric, horizon)]
        return max(found, default=0)


def backtest(acts: Acts, cuts: Sequence[float] = ROLLING, seed: int = 0) -> Backtest:
    """Cut a log, forecast the rest, and score.

    Parameters
    ----------
    acts : Acts
        The whole log.
    cuts : sequence of float
        Shares of it that are known; those that leave too little on either side are passed over.
    seed : int
        Of the forecasts.

    Returns
    -------
    Backtest
        Empty for a log too short.
    """
    scores: list[Score] = []
    shown: Shown | None = None
    for cut in cuts:
        known_days = int(acts.n_days * cut)
        weeks = (acts.n_days - known_days) // WEEK
        if known_days // WEEK < FEWEST_TRAINING or weeks < FEWEST_TEST:
            continue
        known = acts.until(known_days)
        if len(known.member) == len(np.unique(known.member)):
            continue  # nobody had come back yet
        truth = _truth(acts, known_days, weeks)
        weekly, forecast, told = _told_of(known, weeks, seed)
        scores += _scores_of(cut, weekly, weeks, truth, forecast, told)
        if shown is None or cut <= MAIN_CUT:
            shown = Shown(known.last_day, weekly.series, truth, forecast)
    return Backtest(scores, shown)


def _truth(acts: Acts, known_days: int, weeks: int) -> dict[str, np.ndarray]:
    """What came after the cut, by weeks that begin with it."""
    whole = acts.until(known_days + WEEK * weeks).weekly()
    return {name: values[-weeks:] for name, values in whole.series.items()}


Told = dict[str, dict[str, np.ndarray]]
"""By metric, and by method, what was forecast."""


def _told_of(known: Acts, weeks: int, seed: int) -> tuple[Weekly, Forecast, Told]:
    """Forecast a log as it was, by all methods."""
    weekly = known.weekly()
    whole, old, each_new = baselines.bgnbd(
        weekly, known.member, known.day, known.n_days - 1, weeks, known.has_purchases
    )
    if known.has_purchases:
        forecast = look_ahead_purchases(weekly, old, each_new, seed)
    else:
        forecast = look_ahead(weekly, weeks, seed)
    return weekly, forecast, _rivals(weekly, weeks, known.main, whole)


def _scores_of(
    cut: float,
    weekly: Weekly,
    weeks: int,
    truth: dict[str, np.ndarray],
    forecast: Forecast,
    rivals: Told,
) -> list[Score]:
    scores = []
    for metric, values in truth.items():
        if metric not in forecast.paths:
            continue
        naive = np.abs(np.diff(weekly.series[metric])).mean()
        for horizon in (*HORIZONS, 0):
            if horizon > weeks:
                continue
            part = slice(0, horizon or weeks)
            told = {OURS: forecast.middle(metric)} | rivals.get(metric, {})
            for method, values_told in told.items():
                errors = np.abs(values_told - values)[part]
                bands = _covers(forecast, metric, values, part) if method == OURS else ()
                scores.append(
                    Score(
                        cut, metric, method, horizon, len(errors),
                        float(errors.sum() / max(values[part].sum(), 1.0)),
                        float(errors.mean() / max(naive, 1e-9)), *bands,
                    )
                )  # fmt: skip
    return scores


def _rivals(
    weekly: Weekly, weeks: int, main: str, bgnbd: np.ndarray
) -> dict[str, dict[str, np.ndarray]]:
    found: dict[str, dict[str, np.ndarray]] = {}
    for metric, values in weekly.series.items():
        found[metric] = {
            "last_4_weeks": baselines.last_weeks(values, weeks),
            "holt": baselines.holt(values, weeks),
        }
    found[main] |= {"bgnbd": bgnbd, "bass": baselines.bass(weekly.series[main], weeks)}
    joins = weekly.series["joins"]
    found["joins"]["mean_26_weeks"] = baselines.last_weeks(joins, weeks, baselines.ARRIVAL_WEEKS)
    return found


def _covers(
    forecast: Forecast, metric: str, values: np.ndarray, part: slice
) -> tuple[float, float]:
    found = []
    for low, high in ((10, 90), (2.5, 97.5)):
        edges = np.percentile(forecast.paths[metric], [low, high], axis=0)
        inside = (values >= edges[0]) & (values <= edges[1])
        found.append(float(inside[part].mean()))
    return found[0], found[1]


@dataclass(frozen=True)
class Verdict:
    """Whether a world may be used for forecasts.

    Attributes
    ----------
    may : bool or None
        None where the log is too short to say.
    lines : list of str
        Why, the worst first.
    """

    may: bool | None
    lines: list[str]


def judge(found: Backtest, main: str) -> Verdict:
    """Say plainly whether forecasts of this community may be relied on.

    Parameters
    ----------
    found : Backtest
        Scores.
    main : str
        Metric by which it is judged.

    Returns
    -------
    Verdict
        Baselines that win come first, also those that forecast another metric better.
    """
    if found.is_empty:
        need = FEWEST_TRAINING + FEWEST_TEST
        return Verdict(
            None, [f"too short a log to try its forecasts (about {need * 5 // 3} weeks are needed)"]
        )
    horizon = found.longest(main)
    ours = found.median(main, OURS, horizon, "wape")
    wins = _wins(found, main)
    beaten = any(theirs < CLEARLY * ours for _, theirs in wins)
    others = dict.fromkeys(s.metric for s in found.scores if s.metric != main)
    lines = [line for line, _ in (*wins, *(win for name in others for win in _wins(found, name)))]
    cover = found.median(main, OURS, horizon, "cover_80")
    low, high = COVERAGE
    is_sure = low <= cover <= high
    how = "as they should" if is_sure else ("too narrow" if cover < low else "wider than needed")
    lines.append(f"80 % intervals cover {cover:.0%} of weeks: {how}")
    if not horizon:
        lines.append(f"tried over {found.weeks(main, 0)} weeks only: the log is short")
    return Verdict(not beaten and cover >= low, lines)


def _wins(found: Backtest, metric: str) -> list[tuple[str, float]]:
    """Baselines that forecast a metric better than this world, as told, and their errors."""
    horizon = found.longest(metric)
    span = f"{found.weeks(metric, horizon)} weeks"
    ours = found.median(metric, OURS, horizon, "wape")
    errors = {m: found.median(metric, m, horizon, "wape") for m in found.methods(metric)}
    return [
        (
            f"{baselines.LABELS[method]} forecasts {_word(metric)} over {span} better than this "
            f"world: error {theirs:.0%} against {ours:.0%}",
            theirs,
        )
        for method, theirs in errors.items()
        if theirs < ours
    ]


def _word(metric: str) -> str:
    return metric.replace("_", " ")


def as_rows(found: Backtest) -> list[dict[str, Any]]:
    """Scores as plain records."""
    import dataclasses

    return [dataclasses.asdict(score) for score in found.scores]
