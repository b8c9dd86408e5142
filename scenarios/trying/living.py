"""Living a trial, and beside it the truth: the same people when nobody and when everybody has it.

The three lives share their luck and are the same up to the trial's first day, so they have the
same members then. Those are compared; who joins later is not. Where arms share a community, what
one gets may come out of the other, so that a trial is off (Blake & Coey 2014).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from plaza_lab.agents.member import Status
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.trying.design import GROUP, WEEK, Design
from plaza_lab.sim import trials
from plaza_lab.sim.calendar import MONTH
from plaza_lab.sim.calendar import WEEK as WEEK_DAYS
from plaza_lab.sim.changes import change
from plaza_lab.sim.engine import live_until, lived
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import Setting
from plaza_lab.sim.state.alerts import RuleSet
from plaza_lab.sim.tables import Tables


@dataclass(frozen=True)
class Estimate:
    """What a trial says: effect, standard error, 95 % interval, p, and how many were compared."""

    effect: float
    se: float
    low: float
    high: float
    p: float
    n: int
    clusters: int

    def is_proven(self, alpha: float) -> bool:
        """Whether the policy counts as proven: better, and significantly so (A12, F94)."""
        return bool(self.p < alpha and self.effect > 0.0)


FEW_CLUSTERS = 30
"""Clusters below which a test by their errors says significant too often (Cameron & Miller)."""
DRAWS = 1999


def judge(
    values: np.ndarray,
    arm: np.ndarray,
    clusters: np.ndarray | None = None,
    before: np.ndarray | None = None,
) -> Estimate:
    """Estimate the effect of being in the arm.

    Parameters
    ----------
    values : numpy.ndarray
        Float64, an outcome of each unit.
    arm : numpy.ndarray
        0 or 1, the arm of each.
    clusters : numpy.ndarray, optional
        To which cluster each belongs; without, units stand alone and errors are HC1.
    before : numpy.ndarray, optional
        Float64, the outcome of each before the trial, which takes luck out (Deng et al. 2013).

    Returns
    -------
    Estimate
        By least squares; Student's t with the degrees of freedom of the clusters less one
        (Cameron & Miller 2015). Of fewer than 30 whole clusters, p is that of drawing the arms
        anew, as errors are told too small there. NaN where an arm, or all but one cluster, is
        empty.
    """
    from statsmodels.regression.linear_model import OLS

    columns = [np.ones(len(values)), arm.astype(float)]
    if before is not None and np.ptp(before) > 0.0:
        columns.append(before - before.mean())
    n_clusters = len(values) if clusters is None else len(np.unique(clusters))
    if len(np.unique(arm)) < 2 or n_clusters <= len(columns):
        return Estimate(*(float("nan"),) * 4, 1.0, len(values), n_clusters)
    model = OLS(values, np.column_stack(columns))
    with np.errstate(divide="ignore", invalid="ignore"):  # where all are alike
        if clusters is None:
            fit = model.fit(cov_type="HC1", use_t=True)
        else:
            codes = np.unique(clusters, return_inverse=True)[1]
            fit = model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
        low, high = fit.conf_int()[1]
        se, p = float(fit.bse[1]), float(fit.pvalues[1])
    if not se > 0.0 or not np.isfinite(p):  # all alike
        p = 1.0
    elif clusters is not None and n_clusters < FEW_CLUSTERS:
        p = _drawn_anew(np.asarray(values - fit.fittedvalues + fit.params[1] * arm), arm, codes, p)
    return Estimate(float(fit.params[1]), se, float(low), float(high), p, len(values), n_clusters)


def _drawn_anew(values: np.ndarray, arm: np.ndarray, codes: np.ndarray, usual: float) -> float:
    """Share of other draws of as many clusters that part the arms as far (Fisher 1935)."""
    heads = np.bincount(codes)
    treated = np.bincount(codes, arm) / heads
    if not np.isin(treated, (0.0, 1.0)).all():  # clusters that have been in both arms
        return usual
    rng = np.random.default_rng(0)
    draws = np.vstack([treated, rng.permuted(np.tile(treated, (DRAWS, 1)), axis=1)])
    sums = np.bincount(codes, values)
    gaps = draws @ sums / (draws @ heads) - (1.0 - draws) @ sums / ((1.0 - draws) @ heads)
    return float(np.mean(np.abs(gaps) >= np.abs(gaps[0]) - 1e-12))


@dataclass(frozen=True)
class Seen:
    """One outcome of one community: what the trial says, and what is true.

    ``nobody`` and ``everybody`` are means of the twin lives; ``others`` and ``arm`` those of the
    trial. ``others_alone`` and ``arm_before`` are what the same members, or days, of the two have
    when nobody has the policy, ``arm_alone`` what those of the arm have when everybody has.
    """

    seed: int
    outcome: str
    estimate: Estimate
    nobody: float
    everybody: float
    others: float
    arm: float
    others_alone: float
    arm_before: float
    arm_alone: float

    @property
    def spill(self) -> float:
        """What the others have for the arm's having it."""
        return self.others - self.others_alone

    @property
    def without_luck(self) -> float:
        """What the trial would say if chance had made the two arms alike."""
        return self.arm - self.arm_before - self.spill

    @property
    def truth(self) -> float:
        """Everybody against nobody."""
        return self.everybody - self.nobody

    def row(self) -> dict[str, Any]:
        """As a row of a table."""
        own = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "estimate"
        }
        more = {"truth": self.truth, "without_luck": self.without_luck}
        return own | dataclasses.asdict(self.estimate) | more


@dataclass(frozen=True)
class Lived:
    """One community: what was seen, and how many are active at the end of the run."""

    seen: tuple[Seen, ...]
    is_proven: bool
    end_nobody: float
    end_everybody: float
    end_rule: float


def live_trial(design: Design, seed: int) -> Lived:
    """Live the trial in the community of a seed.

    Raises
    ------
    UserError
        If an arm would be empty.
    """
    try:
        return (_live_switching if design.by == WEEK else _live_arms)(design, seed)
    except trials.NoArm as wrong:
        raise UserError(str(wrong)) from None


def settings_of(design: Design) -> tuple[Setting, ...]:
    """Settings that are lived, so that all their kernels are ready."""
    return design.usual.setting, _everybody(design)


def _everybody(design: Design) -> Setting:
    first = ((design.first, design.tried.setting.policy),)
    return dataclasses.replace(design.usual.setting, changes=first)


def _twins(design: Design, seed: int) -> Iterator[Tables]:
    """Lives in which nobody, and in which everybody, has the policy, up to the trial's end."""
    for setting in settings_of(design):
        yield lived(setting, seed, design.last, opened=design.days)


def _finished(tables: Tables, design: Design) -> float:
    """Members active when the run ends; what holds when the trial ends stays."""
    tables = live_until(tables, design.last, design.days)
    return float(tables.daily[design.days - 1, mt.ACTIVE_28D])


def _live_arms(design: Design, seed: int) -> Lived:
    usual, tried = design.usual.setting, design.tried.setting.policy
    tables = lived(usual, seed, design.first, opened=design.days)
    enrolled = tables.fate.status[: tables.people_state[0].n_rows] != Status.LEFT
    before = _counted(tables, enrolled)
    is_active = _active(tables, enrolled, design.first)
    tables = trials.begin(
        tables, tried, design.arm, design.by == GROUP, design.first, usual=usual.policy
    )
    arm = trials.arms_of(tables)[: len(enrolled)][enrolled]
    groups = tables.members.group[: len(enrolled)][enrolled].astype(int)
    fewest = min(int(arm.sum()), len(arm) - int(arm.sum()))
    if fewest < 2:  # one alone has no spread, and would be told as certain
        raise trials.NoArm(
            f"the community of seed {seed} has {fewest} of {len(arm)} members in one arm, and 2 "
            "are needed; choose an arm nearer to 50 %, or a larger community"
        )
    clusters = groups if design.by == GROUP else None
    tables, day = _watched(tables, design, enrolled, before, is_active, arm, clusters)
    tables = live_until(tables, day, design.last)
    here = _measured(tables, enrolled, before, design.last)
    twins = list(_twins(design, seed))
    nobody, everybody = (_measured(twin, enrolled, before, design.last) for twin in twins)
    seen = []
    for name in design.measures:
        past = before.get(name, is_active)
        found = judge(here[name], arm, clusters, past)
        lives = (one[name] for one in (here, nobody, everybody))
        seen.append(_seen(seed, name, found, arm, *lives))
    is_proven = seen[0].estimate.is_proven(design.alpha)
    policy = tried if is_proven else usual.policy
    trials.note(tables, is_proven, design.last)
    tables = trials.end(tables, policy, design.last, usual.policy)
    ends = [_finished(one, design) for one in (*twins, tables)]
    return Lived(tuple(seen), is_proven, *ends)


def _watched(
    tables: Tables,
    design: Design,
    enrolled: np.ndarray,
    before: dict[str, np.ndarray],
    is_active: np.ndarray,
    arm: np.ndarray,
    clusters: np.ndarray | None,
) -> tuple[Tables, int]:
    """Look at a trial once a week where there are alerts, for A12; the last look alone decides."""
    day = design.first
    if design.usual.setting.policy.alerts.ruleset == RuleSet.DISABLED:
        return tables, day
    for look in range(design.first + WEEK_DAYS, design.last, WEEK_DAYS):
        tables = live_until(tables, day, look)
        day = look
        now = _measured(tables, enrolled, before, day)[design.outcome]
        one = judge(now, arm, clusters, before.get(design.outcome, is_active))
        trials.note(tables, one.is_proven(design.alpha), day)
    return tables, day


def _seen(
    seed: int, name: str, found: Estimate, arm: np.ndarray, here: np.ndarray, nobody: np.ndarray,
    everybody: np.ndarray,
) -> Seen:  # fmt: skip
    """Set what a trial says beside the same members, or days, in the twin lives."""
    return Seen(
        seed, name, found, nobody.mean(), everybody.mean(), *_of_arms(here, arm),
        *_of_arms(nobody, arm), float(everybody[arm == 1].mean()),
    )  # fmt: skip


def _of_arms(values: np.ndarray, arm: np.ndarray) -> tuple[float, float]:
    """Means of the others and of the arm."""
    return float(values[arm == 0].mean()), float(values[arm == 1].mean())


def _counted(tables: Tables, enrolled: np.ndarray) -> dict[str, np.ndarray]:
    """What the enrolled have done so far."""
    m = tables.members[: len(enrolled)][enrolled]
    return {
        "contributions": m.posts.astype(float) + m.answers.astype(float),
        "spend": m.spent.astype(float),
    }


def _active(tables: Tables, enrolled: np.ndarray, day: int) -> np.ndarray:
    last_act = tables.members.last_act[: len(enrolled)][enrolled].astype(int)
    is_here = tables.fate.status[: len(enrolled)][enrolled] != Status.LEFT
    return (is_here & (last_act >= day - MONTH)).astype(float)


def _measured(
    tables: Tables, enrolled: np.ndarray, before: dict[str, np.ndarray], day: int
) -> dict[str, np.ndarray]:
    """Outcomes of the enrolled at the end of the trial."""
    now = _counted(tables, enrolled)
    is_here = tables.fate.status[: len(enrolled)][enrolled] != Status.LEFT
    return {
        **{name: now[name] - before[name] for name in now},
        "retention": _active(tables, enrolled, day),
        "membership_retention": is_here.astype(float),
    }


def switching(design: Design, seed: int) -> Setting:
    """The usual setting with a policy that comes and goes by blocks of weeks."""
    usual, tried = design.usual.setting, design.tried.setting.policy
    changes, now = [], usual.policy
    for place, is_tried in enumerate(trials.blocks_of(design.weeks, design.block, seed)):
        policy = tried if is_tried else usual.policy
        if policy is not now:
            changes.append((design.first + 7 * design.block * place, policy))
        now = policy
    return dataclasses.replace(usual, changes=tuple(changes))


def _live_switching(design: Design, seed: int) -> Lived:
    setting = switching(design, seed)
    tables = lived(setting, seed, design.last, opened=design.days)
    twins = list(_twins(design, seed))
    day = np.arange(design.first, design.last) - design.first
    block = day // (7 * design.block)
    kept = day % (7 * design.block) >= design.washout
    arm = trials.blocks_of(design.weeks, design.block, seed)[block][kept].astype(int)
    lives = [_daily(one, design) for one in (tables, *twins)]
    seen = []
    for name in design.measures:
        here, nobody, everybody = (one[name][kept] for one in lives)
        # blocks come in pairs, and what grows with time grows in both of a pair
        paired = here - _pair_means(here, block[kept] // 2)
        found = judge(paired, arm, block[kept] // 2)
        seen.append(_seen(seed, name, found, arm, here, nobody, everybody))
    is_proven = seen[0].estimate.is_proven(design.alpha)
    trials.note(tables, is_proven, design.last)
    wanted = design.tried.setting.policy if is_proven else setting.policy
    now = setting.spans[-1].policy
    if wanted is not now:
        tables = change(tables, now, wanted, design.last)
    ends = [_finished(one, design) for one in (*twins, tables)]
    return Lived(tuple(seen), is_proven, *ends)


def _pair_means(values: np.ndarray, pair: np.ndarray) -> np.ndarray:
    return (np.bincount(pair, values) / np.bincount(pair))[pair]


def _daily(tables: Tables, design: Design) -> dict[str, np.ndarray]:
    """Outcomes of the days of the trial, a member, as if all its days were like each."""
    rows = tables.daily[design.first : design.last]
    heads = np.maximum(1.0, rows[:, mt.MEMBERS]) / len(rows)
    return {
        "contributions": (rows[:, mt.POSTS] + rows[:, mt.ANSWERS]) / heads,
        "spend": rows[:, mt.SALES_YUAN] / heads,
    }
