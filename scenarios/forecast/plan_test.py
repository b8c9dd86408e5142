"""`plaza plan-test`: how large and how long a live test of two policies must be.

What is true is simulated: whole communities under one policy and under the other. A live test is
of clusters (groups, cities, communities), each under one policy, because members of one community
influence each other: whoever gives half the members of a group another policy measures neither.
From the simulated effect, and from how clusters differ by luck, follows how many clusters decide
(Donner & Klar 2000); the plan is then tried on clusters drawn from the simulated ones.
"""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.command_line.parser import Parser, number, verb, whole
from plaza_lab.scenarios.command_line.printing import console
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import DesignPoint

WEEKS = (4, 8, 13, 26, 52)
RUNS = 60
TRIES = 2_000
MOST_CLUSTERS = 1_000
LEVEL = 0.05
SHARES = ("retention", "active_share", "membership_retention")


@dataclass(frozen=True)
class Plan:
    """A test of some length.

    Attributes
    ----------
    weeks : int
        Length.
    effect, effect_se : float
        Simulated difference of whole communities, and its error.
    spread : float
        Standard deviation between clusters under one policy.
    clusters : int or None
        Needed for each policy; None where more than a thousand.
    power : float
        Share of tests of this size, drawn from simulated clusters, that find the right side.
    design_effect : float
        How many times more members than if members were independent; NaN of outcomes that are no
        shares.
    """

    weeks: int
    effect: float
    effect_se: float
    spread: float
    clusters: int | None
    power: float
    design_effect: float

    @property
    def is_told(self) -> bool:
        """Whether the simulation itself knows the side of the effect."""
        return abs(self.effect) > 2 * self.effect_se


@verb("plan-test", lambda: _parser())
def run_plan_test(options: Namespace) -> int:
    """Plan a live test of two policies."""
    from plaza_lab.scenarios.command_line.progress import Progress
    from plaza_lab.scenarios.experiments.compare import split_policies
    from plaza_lab.scenarios.experiments.design import several_policies
    from plaza_lab.scenarios.outcomes import outcome_named
    from plaza_lab.scenarios.settings.overrides import parsed

    outcome_named(options.outcome)
    names, rest = split_policies(options.words)
    if len(names) != 2:
        raise UserError(f"a test is of two policies, not {len(names)}: policies=[default,points]")
    for one in parsed(rest):
        if one.key_or_group.startswith("run.") and one.key_or_group != "run.workers":
            raise UserError(
                f"{one.input_line}: plaza plan-test makes runs of its own, as long as --weeks; "
                "leave it out"
            )
    if options.size:
        rest.append(f"population.initial_members={options.size}")
    points = several_policies(names, rest)
    if not 0 < options.power < 1:
        raise UserError(f"--power {options.power:g}: a share between 0 and 1 is expected")
    lengths = [weeks for weeks in WEEKS if weeks <= options.weeks] or [options.weeks]
    with Progress(2 * RUNS * len(lengths)) as progress:
        plans = [plan(points, weeks, options.outcome, options.power, progress) for weeks in lengths]
    _say(plans, names, options, points[0].setting.population.initial_members)
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="plaza plan-test",
        usage="plaza plan-test policies=[A,B] [group=option ...] [options]",
        description="How large and how long a live test must be to decide between two policies.",
        epilog="example: plaza plan-test policies=[thanks_only,weekly_prize] world=my_community "
        "--outcome retention --size 200",
    )
    add = parser.add_argument
    add("words", metavar="policies=[A,B]", nargs="+", help="two policies, and settings of both")
    add("--outcome", metavar="NAME", default="retention", help="what decides (default retention)")
    add("--size", metavar="N", type=whole(2, 1_000_000),
        help="members of a cluster (default: the population's)")  # fmt: skip
    add("--weeks", metavar="N", type=whole(1, 520), default=26,
        help="longest test looked at (default 26)")  # fmt: skip
    add("--power", metavar="SHARE", type=number("a share between 0 and 1", 0.0, 1.0), default=0.8,
        help="chance of deciding that is wanted (default 0.8)")  # fmt: skip
    return parser


def plan(
    points: Sequence[DesignPoint],
    weeks: int,
    outcome: str,
    power: float,
    progress=None,  # type: ignore[no-untyped-def]
) -> Plan:
    """Simulate clusters under both policies, and size a test of some length.

    Parameters
    ----------
    points : sequence of DesignPoint
        Two.
    weeks : int
        Length.
    outcome : str
        What decides.
    power : float
        Wanted.
    progress : Progress, optional
        Told of every run.

    Returns
    -------
    Plan
        Clusters needed, and what such tests find.
    """
    from plaza_lab.scenarios.experiments.evaluate import InMemory

    evaluate = InMemory(
        weeks, points[0].run.workers, on_run=None if progress is None else progress.advance,
        take=lambda run: {"told": run.outcomes.get(outcome, np.nan)},
    )  # fmt: skip
    table = evaluate(points, range(RUNS)).set_index(["point", "seed"])["told"].unstack()
    sides = [table.loc[place].to_numpy(float) for place in range(len(points))]
    size = points[0].setting.population.initial_members
    return size_test(sides[0], sides[1], weeks, power, size if outcome in SHARES else None)


def size_test(
    first: np.ndarray, second: np.ndarray, weeks: int, power: float, size: int | None
) -> Plan:
    """Size a test from simulated clusters.

    Parameters
    ----------
    first, second : numpy.ndarray
        float64[runs], outcome of clusters of the same seeds under the two policies.
    weeks : int
        Length.
    power : float
        Wanted.
    size : int or None
        Members of a cluster where the outcome is a share of them.

    Returns
    -------
    Plan
        With the share of tests drawn from these clusters that decide rightly.
    """
    from scipy.special import ndtri

    told = np.isfinite(first) & np.isfinite(second)
    if told.sum() < 10:
        raise UserError(f"the outcome is undefined in most runs of {weeks} weeks; choose another")
    first, second = first[told], second[told]
    paired = second - first
    effect = float(paired.mean())
    effect_se = float(paired.std(ddof=1)) / math.sqrt(len(paired))
    variance = 0.5 * float(first.var(ddof=1) + second.var(ddof=1))
    needed: int | None = None
    if abs(effect) > 1e-12:
        z = float(ndtri(1 - LEVEL / 2) + ndtri(power))
        count = max(2, math.ceil(2 * variance * z**2 / effect**2) + 1)  # one for Student's t
        needed = count if count <= MOST_CLUSTERS else None
    design = np.nan
    if size is not None:
        share = float(np.clip(first.mean(), 1e-6, 1 - 1e-6))
        design = max(variance / (share * (1 - share) / size), 0.0)
    found = _tried(first, second, needed, effect) if needed else np.nan
    return Plan(weeks, effect, effect_se, math.sqrt(variance), needed, found, design)


def _tried(first: np.ndarray, second: np.ndarray, clusters: int, effect: float) -> float:
    """Share of tests drawn from simulated clusters that are significant on the right side."""
    from scipy.special import stdtrit

    rng = np.random.default_rng(0)
    limit = float(stdtrit(2 * clusters - 2, 1 - LEVEL / 2))
    arms = [rng.choice(side, (TRIES, clusters)) for side in (first, second)]
    gap = arms[1].mean(axis=1) - arms[0].mean(axis=1)
    error = np.sqrt(sum(arm.var(axis=1, ddof=1) for arm in arms) / clusters)
    return float(np.mean(gap * np.sign(effect) > limit * error))


def _say(plans: list[Plan], names: Sequence[str], options, size: int) -> None:  # type: ignore[no-untyped-def]
    from rich.table import Table

    terminal = console(highlight=False)
    table = Table(
        title=f"A live test of {names[1]} against {names[0]} on {options.outcome}, in clusters of "
        f"{size:,} members", title_justify="left",
    )  # fmt: skip
    for name in ("weeks", "effect", "sd between clusters", "clusters for each", "members in all",
                 "tests that decide", "design effect"):  # fmt: skip
        table.add_column(name, justify="right")
    for one in plans:
        clusters = f"{one.clusters:,}" if one.clusters else f"over {MOST_CLUSTERS:,}"
        if not one.is_told:
            clusters = "effect unclear"
        is_sized = bool(one.clusters) and one.is_told
        table.add_row(
            str(one.weeks), f"{one.effect:+.4g} ± {2 * one.effect_se:.2g}", f"{one.spread:.3g}",
            clusters, f"{2 * one.clusters * size:,}" if is_sized and one.clusters else "",
            f"{one.power:.0%}" if is_sized else "",
            f"{one.design_effect:.1f}" if np.isfinite(one.design_effect) else "",
        )  # fmt: skip
    terminal.print(table)
    sized = [one for one in plans if one.clusters and one.is_told]
    if sized:
        best = min(sized, key=lambda one: (one.clusters or 0) * one.weeks)
        said = (f"least of clusters times weeks: {best.clusters} clusters under each policy for "
                f"{best.weeks} weeks")  # fmt: skip
    else:
        said = "no test of this length decides: the effect is too small, or not clear in simulation"
    for line in (
        said,
        "clusters, not members, are given a policy: members of one community influence each other, "
        "so members of one group under two policies would show the effect of neither",
        f"wanted: {options.power:.0%} of tests decide at 5 %; design effect: members needed, of "
        "those that independent members would need",
    ):
        terminal.print(line, markup=False, soft_wrap=True)
