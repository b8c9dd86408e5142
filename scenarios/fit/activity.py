"""Everything a log of acts tells about its community, as estimates with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit import active_days, posts
from plaza_lab.scenarios.fit.arrival import DAYS, Arrivals, fit_arrivals, weekday_rhythm
from plaza_lab.scenarios.fit.bgnbd import fit_bgnbd, histories
from plaza_lab.scenarios.fit.bouts import fit_bouts
from plaza_lab.scenarios.fit.estimate import Estimate, Fitted
from plaza_lab.scenarios.fit.log import Log
from plaza_lab.scenarios.fit.replies import Replies, fit_replies

LURKERS = Estimate(
    0.65, 0.5, 0.9, "default", "range of mailing lists, Nonnecke & Preece 2000; science.md A.4"
)
RECENT_DAYS = 84  # members of today: those with an act in the last twelve weeks


@dataclass(frozen=True)
class ActiveDays:
    """Who was active on which day, and how much.

    Attributes
    ----------
    member, day, posts : numpy.ndarray
        int64[n], one row for each member and day with at least one act, sorted by member and day.
    """

    member: np.ndarray
    day: np.ndarray
    posts: np.ndarray


@dataclass(frozen=True)
class ActivityFit:
    """The fitted laws of a log.

    Attributes
    ----------
    parameters : dict of str to Estimate
        Named as in the world file: rate_shape, rate_weeks, dropout_a, dropout_b, lurker_share,
        core_share (and core_rate_factor, core_dropout where the core was kept), posts_ln_mean,
        posts_ln_sd, posts_person, bout_share, bout_pace.
    law : Fitted
        Active days: four parameters, or seven with a core class.
    rival : Fitted or None
        The law not kept.
    classic : Fitted
        BG/NBD as published (continuous time, nobody leaves after the first day), to compare with
        other fits; the world file does not use it.
    posts_position, posts_covariance : numpy.ndarray
        float64[2], float64[2, 2], posts on an active day, on the search scale.
    arrivals : Arrivals
        First acts a day.
    weekday : list of Estimate
        Seven multipliers.
    replies : Replies or None
        Where the log says who is replied to.
    recent_members : int
        Members with an act in the last 84 days.
    notes : list of str
        What to be careful about.
    """

    parameters: dict[str, Estimate]
    law: Fitted
    rival: Fitted | None
    classic: Fitted
    posts_position: np.ndarray
    posts_covariance: np.ndarray
    arrivals: Arrivals
    weekday: list[Estimate]
    replies: Replies | None
    recent_members: int
    notes: list[str]


def active_days_of(log: Log) -> ActiveDays:
    """Condense acts into active days with the number of posts on each."""
    keys, counts = np.unique(log.member * log.n_days + log.day, return_counts=True)
    return ActiveDays(keys // log.n_days, keys % log.n_days, counts)


def fit_activity(
    log: Log, *, members_total: int | None = None, bootstrap: int = 0, seed: int = 0
) -> ActivityFit:
    """Fit arrivals, active days, posts, rhythm and replies.

    Parameters
    ----------
    log : Log
        At least two members and 14 days.
    members_total : int, optional
        Members on the roll, acting or not; without it (and without rows of joining) the lurker
        share is a default, since people who never act leave no trace in a log of acts.
    bootstrap : int
        Resamples of members for the intervals of the activity law; 0 uses the curvature of the
        likelihood.
    seed : int
        Of the bootstrap.

    Returns
    -------
    ActivityFit
        Estimates with 95 % intervals.

    Raises
    ------
    UserError
        Nobody was active on a second day, or fewer members on the roll than seen.
    """
    days = active_days_of(log)
    if len(days.member) == log.n_members:
        raise UserError(f"{log.source}: nobody was active on a second day, so no law can be fitted")
    told = histories(days.member, days.day, log.n_days - 1)
    ready = active_days.prepare(told, seed)
    rough = active_days.prepare(told, seed, active_days.ROUGH_HISTORIES)
    law, rival = active_days.fit_active_days(ready, rough)
    parameters = law.estimates(active_days.natural_scale)
    notes = _doubts(parameters, ready.sampled)
    if bootstrap:
        drawn = active_days.bootstrap(ready, law, bootstrap, seed)
        parameters = _with_percentiles(parameters, drawn)
    if "core_share" not in parameters:
        parameters["core_share"] = Estimate(0.0, note=_why_no_core(law, rival))
    parameters["lurker_share"] = lurker_share(log, members_total)
    position, covariance = posts.fit_posts(days.member, days.posts)
    parameters |= posts.estimates(position, covariance)
    parameters["posts_person"] = posts.person_share(days.member, days.posts)
    natural = active_days.natural_scale(law.position)
    parameters |= fit_bouts(days.member, days.day, log.n_days - 1, natural, seed)
    return ActivityFit(
        parameters=parameters,
        law=law,
        rival=rival,
        classic=fit_bgnbd(told),
        posts_position=position,
        posts_covariance=covariance,
        arrivals=fit_arrivals(log),
        weekday=weekday_rhythm(days.member, days.day, log, seed),
        replies=fit_replies(log),
        recent_members=len(np.unique(days.member[days.day >= log.n_days - RECENT_DAYS])),
        notes=notes + _quiet_weekdays(days, log),
    )


def lurker_share(log: Log, members_total: int | None) -> Estimate:
    """Share of members who never act: from the roll if known, else the default with its range.

    Raises
    ------
    UserError
        The roll is shorter than the list of members who acted.
    """
    from scipy.special import betaincinv

    origin = "given" if members_total is not None else "from data"
    roll = members_total if members_total is not None else log.joined
    if roll is None:
        return LURKERS
    silent = roll - log.n_members
    if silent < 0:
        raise UserError(
            f"--members-total {roll} is less than the {log.n_members} members seen acting in "
            f"{log.source}: it counts everybody on the roll, silent members too"
        )
    low = betaincinv(silent, log.n_members + 1, 0.025) if silent else 0.0
    high = betaincinv(silent + 1, log.n_members, 0.975)
    note = f"{silent} of {roll} on the roll never acted"
    return Estimate(silent / roll, float(low), float(high), origin, note)


def _with_percentiles(parameters: dict[str, Estimate], drawn: np.ndarray) -> dict[str, Estimate]:
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    note = f"bootstrap over members, {len(drawn)} resamples"
    return {
        name: Estimate(told.value, float(lo), float(hi), note=note, is_at_bound=told.is_at_bound)
        for (name, told), lo, hi in zip(parameters.items(), low, high, strict=True)
    }


def _why_no_core(law: Fitted, rival: Fitted | None) -> str:
    if rival is None:
        return "too few members to look for a core class"
    return f"no core class: with one BIC is {rival.bic - law.bic:.0f} higher"


def _doubts(parameters: dict[str, Estimate], sampled: bool) -> list[str]:
    untold = [name for name, told in parameters.items() if not np.isfinite(told.low)]
    notes = []
    if untold:
        notes.append(f"the log is too small or too plain to tell {', '.join(untold)}: no interval")
    if sampled:
        notes.append("activity law fitted to a random 60,000 of the distinct histories")
    return notes


def _quiet_weekdays(days: ActiveDays, log: Log) -> list[str]:
    seen = np.bincount((days.day + log.first_day.weekday()) % 7, minlength=7)
    quiet = [name for name, n in zip(DAYS, seen, strict=True) if n == 0]
    return [f"no act at all on any {', '.join(quiet)}"] if quiet else []
