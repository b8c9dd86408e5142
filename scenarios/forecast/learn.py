"""`plaza learn`: a small live trial tells which of the worlds that fit are the likelier ones."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.scenarios.command_line.parser import Parser, verb
from plaza_lab.scenarios.command_line.printing import console
from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

    from plaza_lab.scenarios.forecast.trial_result import Trial

WORLD = "world_point"
FEWEST_WORLDS = 5
THIN = 5.0  # effective worlds below which what was learned hangs on a few of them
SHOWN = ("growth", "retention", "active_share", "messages_day", "fund_spend_yuan")


@dataclass(frozen=True)
class Learned:
    """Worlds after a trial; before it all were alike, drawn as often as the ensemble weighs each.

    Weights (float64[worlds], sum 1); by world, the effect of the alternative on each outcome, and
    the calibrated settings.
    """

    weights: np.ndarray
    effects: pd.DataFrame
    settings: pd.DataFrame

    @property
    def effective(self) -> float:
        """Worlds that the weights amount to (Kish 1965)."""
        return float(1.0 / (self.weights**2).sum())


@verb("learn", lambda: _parser())
def run_learn(options: Namespace) -> int:
    """Reweight the worlds of a comparison by the result of a live trial."""
    from plaza_lab.scenarios.forecast.trial_result import read_trial
    from plaza_lab.scenarios.outcomes import outcome_named

    outcome_named(options.outcome)
    runs = read_runs(options.source, options.outcome)
    policies = list(dict.fromkeys(runs["policy"]))
    trial = read_trial(options.result, policies)
    alternative = trial.alternative or policies[1]
    learned = learn(runs, (policies[0], alternative), options.outcome, trial)
    _say(learned, trial, (policies[0], alternative), options.outcome)
    _draw(learned, trial, (policies[0], alternative), options)
    if options.name:
        _keep(learned, options, trial)
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza learn",
        description="Learn from a live trial of two policies: worlds in which it would have come "
        "out as it did count more.",
        epilog="example: plaza compare world=ensemble:my_world policies=[default,points] "
        "run.out=before; plaza learn result.csv --from before --outcome retention",
    )
    add = parser.add_argument
    add("result", metavar="RESULT", type=Path,
        help="table of the trial: arm, n, events (or mean, sd); or estimate, se")  # fmt: skip
    add("--from", dest="source", metavar="DIR", type=Path, required=True,
        help="what plaza compare world=ensemble:... has kept")  # fmt: skip
    add("--outcome", metavar="NAME", default="retention",
        help="what the trial measured (default retention)")  # fmt: skip
    add("--name", metavar="NAME", help="keep the worlds with their new weights, as an ensemble")
    return parser


def read_runs(folder: Path, outcome: str) -> pd.DataFrame:
    """Read the runs of a comparison over worlds.

    Raises
    ------
    UserError
        There are none, or they are of one world.
    """
    import pandas as pd

    file = folder / "runs.parquet"
    if not file.is_file():
        raise UserError(f"{folder} holds no runs of a comparison (runs.parquet)")
    try:
        runs = pd.read_parquet(file)
    except (OSError, ValueError) as error:
        raise UserError(f"{file} cannot be read: {' '.join(str(error).split())[:100]}") from None
    if WORLD not in runs or runs[WORLD].nunique() < FEWEST_WORLDS:
        raise UserError(
            f"{folder} compares in {runs[WORLD].nunique() if WORLD in runs else 1} world(s); to "
            f"learn, {FEWEST_WORLDS} or more are needed: plaza compare world=ensemble:NAME ..."
        )
    if outcome not in runs:
        raise UserError(f"{folder} has no outcome {outcome!r}")
    if runs["policy"].nunique() < 2:
        raise UserError(f"{folder} holds one policy; a trial is of two")
    return runs


def learn(runs: pd.DataFrame, policies: tuple[str, str], outcome: str, trial: Trial) -> Learned:
    """Weigh worlds by how likely the result of a trial is in each.

    Parameters
    ----------
    runs : pandas.DataFrame
        With ``policy``, ``world_point``, ``seed``, outcomes and calibrated settings.
    policies : tuple of str
        Baseline and alternative.
    outcome : str
        What the trial measured.
    trial : Trial
        Its result.

    Returns
    -------
    Learned
        Weights by a normal likelihood whose variance is that of the trial and of the simulated
        mean.
    """
    import pandas as pd

    settings = [name for name in runs.columns if "." in str(name)]
    numbers = runs.select_dtypes("number").columns.difference([WORLD, "seed", *settings])
    sides = [
        runs[runs["policy"] == policy].set_index([WORLD, "seed"])[list(numbers)]
        for policy in policies
    ]
    differences = (sides[1] - sides[0]).dropna(subset=[outcome])
    by_world = differences.groupby(level=0)
    effects = by_world.mean()
    counts = by_world[outcome].count()
    noise = (by_world[outcome].std(ddof=1) ** 2 / counts).fillna(0.0)
    variance = trial.se**2 + noise.to_numpy(float)
    gap = trial.estimate - effects[outcome].to_numpy(float)
    score = -0.5 * gap**2 / variance - 0.5 * np.log(variance)
    weights = np.exp(score - score.max())
    first = runs.drop_duplicates(WORLD).set_index(WORLD).loc[effects.index]
    return Learned(weights / weights.sum(), effects, pd.DataFrame(first[settings]))


def spread(values: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    """Mean, and 5 % and 95 % points, under weights."""
    from plaza_lab.scenarios.calibrate.learned import quantiles

    low, high = quantiles(values, weights, [0.05, 0.95])
    return float(weights @ values), float(low), float(high)


def surer(values: np.ndarray, weights: np.ndarray) -> float:
    """How much of the spread between worlds is gone: 1 - sd after / sd before."""
    before = float(values.std())
    after = float(np.sqrt(weights @ (values - weights @ values) ** 2))
    return 1.0 - after / before if before > 0 else 0.0


def _say(learned: Learned, trial: Trial, policies: tuple[str, str], outcome: str) -> None:
    from rich.table import Table

    terminal = console(highlight=False)
    n = len(learned.weights)
    alike = np.full(n, 1.0 / n)
    effect = learned.effects[outcome].to_numpy(float)
    lines = [
        f"the trial: {policies[1]} less {policies[0]}, {outcome} {trial.estimate:+.4g} (standard "
        f"error {trial.se:.2g}; {trial.told})",
        f"worlds: {n}; after the trial their weights amount to {learned.effective:.0f} alike",
    ]
    if not effect.min() - 2 * trial.se <= trial.estimate <= effect.max() + 2 * trial.se:
        lines.append("the trial lies beyond what any world says: all of them may be wrong about it")
    if learned.effective < THIN:
        lines.append("few worlds go with the trial: what was learned hangs on them")
    for name, weights in (("before", alike), ("after", learned.weights)):
        better = float(weights @ (effect > 0))
        lines.append(f"{name}: {outcome} is higher under {policies[1]} in {better:.0%} of worlds")
    for line in lines:
        terminal.print(line, markup=False, soft_wrap=True)
    table = Table(title=f"{policies[1]} less {policies[0]}, over worlds: mean (90 %)",
                  title_justify="left")  # fmt: skip
    for name in ("outcome", "before", "after", "spread less by"):
        justify = "left" if name == "outcome" else "right"
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for name, values in _shown(learned, outcome).items():
        cells = [_span(values, weights) for weights in (alike, learned.weights)]
        table.add_row(_label(name), *cells, f"{surer(values, learned.weights):.0%}")
    for setting in learned.settings:
        values = learned.settings[setting].to_numpy(float)
        cells = [_span(values, weights) for weights in (alike, learned.weights)]
        table.add_row(str(setting), *cells, f"{surer(values, learned.weights):.0%}")
    terminal.print(table)


def _shown(learned: Learned, outcome: str) -> dict[str, np.ndarray]:
    """Effects that are told, by outcome: what the trial measured first; float64[worlds] each."""
    names = dict.fromkeys([outcome, *(one for one in SHOWN if one in learned.effects)])
    effects = {name: learned.effects[name].to_numpy(float) for name in names}
    return {name: values for name, values in effects.items() if np.isfinite(values).all()}


def _label(name: str) -> str:
    from plaza_lab.scenarios.outcomes import OUTCOMES

    return OUTCOMES[name].label if name in OUTCOMES else name


def _draw(learned: Learned, trial: Trial, policies: tuple[str, str], options: Any) -> None:
    """Leave the picture beside the comparison."""
    from plaza_lab.scenarios.files.places import write_whole
    from plaza_lab.scenarios.outcomes import OUTCOMES

    alike = np.full(len(learned.weights), 1.0 / len(learned.weights))
    rows = []
    for name, values in _shown(learned, options.outcome).items():
        unit = OUTCOMES[name].unit if name in OUTCOMES else "1"
        scale = 100.0 if unit == "share" else 1.0
        told = {"share": ", %", "1": ""}.get(unit, f", {unit}")
        measured = (scale * trial.estimate, scale * trial.se) if name == options.outcome else None
        seen = scale * values
        rows.append(_Row(_label(name) + told, seen, spread(seen, alike),
                        spread(seen, learned.weights), measured))  # fmt: skip
    title = f"{policies[1]} less {policies[0]}, over worlds: mean and 90 %"
    file = options.source / "learned.png"
    write_whole(file, _page(title, rows, learned.weights))
    console(highlight=False).print(f"picture   {file}", markup=False, soft_wrap=True)


@dataclass(frozen=True)
class _Row:
    """One effect: by world, mean with 5 % and 95 % points before and after, in the trial."""

    label: str
    values: np.ndarray
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    trial: tuple[float, float] | None = None


def _page(title: str, rows: Sequence[_Row], weights: np.ndarray) -> bytes:
    """Draw worlds as points as large as their weight, and 90 % ranges before and after; a PNG.

    Each effect has an axis of its own, since their units differ.
    """
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.fit.figures import DATA, GREY, MODEL
    from plaza_lab.scenarios.report.style import spoken_png

    figure = Figure(figsize=(7.2, 1.15 * len(rows) + 1.2), layout="constrained")
    size = 12.0 + 160.0 * weights / weights.max()
    for place, row in enumerate(rows, 1):
        axes = figure.add_subplot(len(rows), 1, place)
        _spans(axes, row)
        axes.scatter(row.values, np.full(len(row.values), 1.0), s=14, color=GREY, alpha=0.6, lw=0)
        axes.scatter(row.values, np.zeros(len(row.values)), s=size, color=MODEL, alpha=0.35, lw=0)
        if row.trial is not None:
            estimate, error = row.trial
            axes.axvspan(estimate - 1.96 * error, estimate + 1.96 * error, color=DATA, alpha=0.12)
            axes.axvline(estimate, color=DATA, lw=1.5, ls="--")
            axes.set_title("dashed: the trial, with its 95 % interval", fontsize=9, loc="right")
        axes.axvline(0.0, color="black", lw=0.6)
        axes.set_yticks([1.0, 0.0], ["before", "after"])
        axes.set_ylim(-0.6, 1.6)
        axes.set_title(row.label, fontsize=10, loc="left")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
    figure.suptitle(title, fontsize=11)
    return spoken_png(figure)


def _spans(axes: Any, row: _Row) -> None:
    from plaza_lab.scenarios.fit.figures import GREY, MODEL

    for height, (mean, low, high), colour in ((1.0, row.before, GREY), (0.0, row.after, MODEL)):
        axes.plot([low, high], [height, height], color=colour, lw=4, alpha=0.45, zorder=1)
        axes.plot([mean], [height], marker="|", ms=16, mew=2.5, color=colour)


def _span(values: np.ndarray, weights: np.ndarray) -> str:
    mean, low, high = spread(values, weights)
    return f"{mean:.4g} ({low:.4g} to {high:.4g})"


def _keep(learned: Learned, options: Any, trial: Trial) -> None:
    """Keep the worlds with their new weights."""
    from plaza_lab.scenarios.calibrate.ensemble import Ensemble, check_name, save_ensemble
    from plaza_lab.scenarios.experiments.axes import Axis
    from plaza_lab.scenarios.experiments.design import one_policy

    if not len(learned.settings.columns):
        raise UserError(f"{options.source}: its worlds differ in no setting; nothing to keep")
    name = check_name(options.name)
    values = learned.settings.reset_index(drop=True)
    origin = {
        "command": f"plaza learn {options.result} --from {options.source}",
        "trial": {"estimate": trial.estimate, "se": trial.se, "outcome": options.outcome},
    }
    axes = [
        Axis(str(key), low=float(values[key].min()), high=float(values[key].max()))
        for key in values
    ]
    kept = save_ensemble(Ensemble(name, values, learned.weights, origin), one_policy([]), axes)
    terminal = console(highlight=False)
    for line in (f"ensemble  {kept[0]}", f"plaza compare world=ensemble:{name} policies=[...]"):
        terminal.print(line, markup=False, soft_wrap=True)
