"""Trials inside a community: a random part of its members lives under another policy for a time.

Arms are drawn by address, so the same people are in them whatever happens in the run, and a twin
run in which everybody, or nobody, gets the policy knows them too.
"""

from __future__ import annotations

import dataclasses
import math
from fnmatch import fnmatch

import numpy as np

from plaza_lab.sim.changes import differences, put_into, turned
from plaza_lab.sim.policy import CLASSES, Policy, check_policy
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.setting import to_record
from plaza_lab.sim.state.offering import Feed
from plaza_lab.sim.state.trial import list_arms
from plaza_lab.sim.tables import Tables

INSTRUMENTS: dict[str, tuple[str, ...]] = {
    "incentive.has_thanks": (),
    "incentive.has_points": (
        "incentive.points_post",
        "incentive.points_reply",
        "incentive.points_answer",
        "incentive.points_cap_day",
        "incentive.points_reward",
        "incentive.point_value_cents *",
        "incentive.points_expiry_weeks *",
    ),
    "incentive.has_prize": ("incentive.prize_* *",),
    "incentive.has_levels": (
        "incentive.level_first",
        "incentive.level_factor",
        "incentive.level_count",
        "incentive.level_buy",
        "incentive.level_idle_weeks",
    ),
    "incentive.has_badges": ("incentive.badge_share *",),
    "incentive.has_newcomer_award": (),
    "onboarding.guide_hours_day": (),
    "onboarding.shows_rules": (),
    "moderation.explains_removals": (),
    "distribution.tie_share": (),
    "distribution.feed": ("distribution.explore_share *", "distribution.score_hours *",
                          "distribution.accuracy *"),
    "incentive.has_tips": ("incentive.tip_norm0 *", "incentive.tip_mean_cents *"),
    "incentive.has_token": ("incentive.token_* *",),
    "incentive.has_privileges": ("incentive.privilege_level", "incentive.privilege_cents_week *"),
    "crm.has_winback": ("crm.winback_* *", "crm.contact_cents *", "crm.holdout_share *",
                        "crm.score_noise *"),
    "game.has_checkins": ("game.lottery_odds", "game.lottery_cents", "game.missions_month *"),
}  # fmt: skip
"""What can be given to a part of the members, and what goes with it. What is marked with a star
apart is settled for all who have the instrument: it may differ only where one goes without."""


FEED = "distribution.feed"


class NoArm(ValueError):
    """Two policies that cannot live side by side in one community."""


def personal_levers() -> tuple[str, ...]:
    """List the levers that can be given to a part of the members."""
    return tuple(
        path for head, rest in INSTRUMENTS.items() for one in (head, *rest) for path in _named(one)
    )


def _named(pattern: str) -> list[str]:
    """Levers that a pattern such as ``incentive.prize_* *`` stands for."""
    group, _, lever = pattern.removesuffix(" *").partition(".")
    names = (field.name for field in dataclasses.fields(CLASSES[group]))
    return [f"{group}.{name}" for name in names if fnmatch(name, lever)]


def check_arms(usual: Policy, tried: Policy) -> None:
    """Refuse a policy that cannot be given to a part of the members beside another.

    Parameters
    ----------
    usual, tried : Policy
        What the others have, and what the arm gets.

    Raises
    ------
    NoArm
        With one line: which lever, why, and which can be given.
    plaza_lab.sim.policy.IncompatiblePolicy
        If one of them contradicts itself.
    """
    check_policy(usual)
    check_policy(tried)
    if usual.programme.review_weeks > 0:
        raise NoArm(
            "programme.review_weeks: reviews move levers of everybody while a trial runs; choose "
            "programme.review_weeks=0"
        )
    changed = {path for path, _, _ in differences(usual, tried)}
    if not changed:
        raise NoArm("both arms have the same levers; nothing is tried")
    if FEED in changed and not _has_chronological(usual, tried):
        raise NoArm(
            f"{FEED}: one arm must have chronological, as there is one order of the others; "
            "--by week tries any lever"
        )
    known = personal_levers()
    for path in sorted(changed - set(known)):
        switches = ", ".join(INSTRUMENTS)
        raise NoArm(
            f"{path} cannot be given to a part of the members: it is the whole community's. "
            f"{switches}, and what goes with them, can; --by week tries any lever"
        )
    for switch, rest in INSTRUMENTS.items():
        shared = [path for one in rest if one.endswith(" *") for path in _named(one)]
        for path in shared if switch not in changed else ():
            if path in changed:
                raise NoArm(
                    f"{path} is settled for all who have {switch.partition('.')[2]}: it can "
                    "differ only where one arm goes without; --by week tries any lever"
                )


def _has_chronological(*policies: Policy) -> bool:
    return any(one.distribution.feed == Feed.CHRONOLOGICAL for one in policies)


def check_share(share: float) -> None:
    """Refuse an arm of nobody or of everybody.

    Raises
    ------
    NoArm
        With one line.
    """
    if not 0.0 < share < 1.0:
        raise NoArm(
            f"an arm of {100 * share:g} % leaves nobody to compare with; choose more than 0 % and "
            "less than 100 %"
        )


def begin(
    tables: Tables,
    tried: Policy,
    share: float,
    has_group_arms: bool,
    day: int,
    draw: int = 0,
    usual: Policy | None = None,
) -> Tables:
    """Let a part of the members live under another policy from the morning of a day on.

    Parameters
    ----------
    tables : Tables
        Tables that have lived up to `day`.
    tried : Policy
        Checked with :func:`check_arms`.
    share : float
        Members, or groups, in the arm; above 0 and below 1.
    has_group_arms : bool
        Whether all members of a group are in the same arm.
    day : int
        Today.
    draw : int
        Number of the draw of the arms.
    usual : Policy, optional
        What the others have; levers in which `tried` agrees with it stay as they are, as alerts
        may have moved them. Without, the arm has all levers of `tried`.

    Returns
    -------
    Tables
        Other tables, with two rows of levers.

    Raises
    ------
    NoArm
        If an arm would be empty.
    """
    check_share(share)
    n_groups = int(tables.groups_state[0].n_groups)
    if has_group_arms and n_groups < 4:
        raise NoArm(
            f"the community has {n_groups} group{'s' if n_groups > 1 else ''}; arms of groups "
            "need 4 or more, as with groups.number=12, or choose arms of persons"
        )
    state = tables.trial_state[0]
    state.share, state.has_group_arms, state.draw = share, int(has_group_arms), draw
    state.first_groups = n_groups
    other = to_record(tried) if usual is None else put_into(tables.policy.copy(), usual, tried)
    both = np.concatenate([tables.policy, other]).view(np.recarray)
    return turned(tables, both, day)


def end(tables: Tables, policy: Policy, day: int, usual: Policy | None = None) -> Tables:
    """Let one policy hold for everybody again, from the morning of a day on.

    Parameters
    ----------
    tables : Tables
        Tables with two rows of levers.
    policy : Policy
        Which holds.
    day : int
        Today.
    usual : Policy, optional
        As for :func:`begin`.

    Returns
    -------
    Tables
        Other tables, with one row of levers.
    """
    if usual is None:
        return turned(tables, to_record(policy), day)
    return turned(tables, put_into(tables.policy[:1].copy(), usual, policy), day)


def note(tables: Tables, is_proven: bool, day: int) -> None:
    """Write down what the last look at a trial has shown; alert A12 reads it.

    Parameters
    ----------
    tables : Tables
        Tables that have lived up to `day`.
    is_proven : bool
        Whether the policy is better, and significantly so.
    day : int
        Today, from 1.
    """
    tables.daily[day - 1, mt.UNPROVEN] = float(not is_proven)


def arms_of(tables: Tables, draw: int = 0) -> np.ndarray:
    """Arms of all who have ever been members.

    Parameters
    ----------
    tables : Tables
        Tables in which a trial runs.
    draw : int
        Number of the draw of the arms; with another one, arms that the members might have had.

    Returns
    -------
    numpy.ndarray
        Int64, 0 or 1, one for each row of members in use.
    """
    own = int(tables.trial_state[0].draw)
    into = np.zeros(len(tables.members), np.int64)
    with np.errstate(over="ignore"):
        list_arms(tables, into, draw)
    tables.trial_state[0].draw = own
    return into[: int(tables.people_state[0].n_rows)]


def blocks_of(weeks: int, block: int, seed: int) -> np.ndarray:
    """Which blocks of weeks of a switch-back get the policy: one of each two, drawn by lot.

    Parameters
    ----------
    weeks, block : int
        Length of the trial and of a block, in weeks.
    seed : int
        Seed of the lot.

    Returns
    -------
    numpy.ndarray
        Bool, one for each block.
    """
    pairs = math.ceil(weeks / block / 2)
    first = np.random.default_rng([seed, 310]).random(pairs) < 0.5
    return np.column_stack([first, ~first]).ravel()[: math.ceil(weeks / block)]
