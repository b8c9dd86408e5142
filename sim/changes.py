"""Changes: from a day on, or while a condition holds, there is another policy.

Nothing before that day knows of it.

What a community is opened with cannot change: its groups, a grant paid in on day 0. Everything
else that follows from levers is worked out anew on the day: hazards, the founder's hours, the
weight of dues, the brands that might be partners.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from plaza_lab.agents.deal import Form
from plaza_lab.agents.member import Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.engine.compiled import kernel
from plaza_lab.sim.calendar import WEEK
from plaza_lab.sim.checking import LARGEST, whole
from plaza_lab.sim.conditions import FIRST_LOOK, Condition
from plaza_lab.sim.mechanisms.engagement import assembly
from plaza_lab.sim.mechanisms.joining import insiders
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.policy import Policy, check_policy
from plaza_lab.sim.state import candidates, groups

if TYPE_CHECKING:
    from plaza_lab.sim.setting import Setting
    from plaza_lab.sim.tables import Tables

Change = tuple[int | Condition, Policy]
"""A day from 1, and the policy that holds from its morning on; or a condition, and a policy: while
it holds, the levers in which that policy differs from the one of day 0 are set as it says."""
MOST_CONDITIONS = 4
"""In one policy; what each set of them makes of it is checked before a run."""

OPENED_WITH = ("groups", "fund.opening_cents")
"""Levers that have their effect on day 0 alone."""


@dataclass(frozen=True)
class During:
    """A policy that holds for a time, or while something holds.

    Made by ``policy.during(weeks=(1, 26))`` and ``policy.when("active_share<0.3")``.

    Parameters
    ----------
    policy : Policy
        What holds.
    date : str
        ``week1-26``, ``day5-90``, ``week27-``; first and last are both included.
    first : int
        First day, from 0.
    last : int, optional
        Day after the last; None for the end of the run.
    condition : Condition, optional
        What must hold instead of a date.
    """

    policy: Policy
    date: str
    first: int
    last: int | None
    condition: Condition | None = None

    def beside(self, usual: Policy) -> tuple[Policy, tuple[Change, ...]]:
        """Return the policy of day 0 and the changes, where `usual` holds before and after.

        Parameters
        ----------
        usual : Policy
            Another policy.

        Returns
        -------
        tuple
            ``policy`` and ``changes`` of a :class:`plaza_lab.sim.setting.Setting`.
        """
        if self.condition is not None:
            return usual, ((self.condition, self.policy),)
        after = () if self.last is None else ((self.last, usual),)
        if self.first == 0:
            return self.policy, after
        return usual, ((self.first, self.policy), *after)


def during(
    policy: Policy,
    weeks: tuple[int | None, int | None] | None = None,
    days: tuple[int | None, int | None] | None = None,
) -> During:
    """Let a policy hold for a time.

    Parameters
    ----------
    policy : Policy
        What holds.
    weeks, days : tuple of int or None
        First and last, from 1, both included; None for an open end. One of the two is given.

    Returns
    -------
    During
        Taken where a policy is.

    Raises
    ------
    TypeError, ValueError
        If both or none are given, or the time ends before it begins.
    """
    first, last = span_of(weeks, days)
    unit, (low, high) = ("week", weeks) if days is None else ("day", days)  # type: ignore[misc]
    return During(policy, f"{unit}{low or ''}-{high or ''}", first, last)


def when(policy: Policy, condition: str) -> During:
    """Let a policy hold while the operator sees something, see :mod:`plaza_lab.sim.conditions`.

    Parameters
    ----------
    policy : Policy
        What holds.
    condition : str
        Such as ``active_share<0.3`` or ``active_share<0.3/8weeks``.

    Returns
    -------
    During
        Taken where a policy is.

    Raises
    ------
    ValueError
        If the condition cannot be read.
    """
    read = Condition.read(condition)
    return During(policy, str(read), 0, None, read)


def span_of(
    weeks: tuple[int | None, int | None] | None, days: tuple[int | None, int | None] | None
) -> tuple[int, int | None]:
    """Turn weeks or days from 1 into days from 0, the last one excluded; None where it is open."""
    if (weeks is None) == (days is None):
        raise TypeError("give weeks=(first, last) or days=(first, last)")
    unit, length = ("weeks", WEEK) if days is None else ("days", 1)
    given = weeks if days is None else days
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise TypeError(f"{unit}={given!r} is no span; write {unit}=(first, last)")
    first, last = (None if one is None else whole(unit, one, -LARGEST) for one in given)
    if first is not None and first < 1:
        raise ValueError(f"{unit}=({first}, {last}) begins before {unit[:-1]} 1")
    if last is not None and last < (first or 1):
        raise ValueError(f"{unit}=({first}, {last}) ends before it begins")
    return length * ((first or 1) - 1), None if last is None else length * last


def check_changes(setting: Setting) -> None:
    """Refuse changes that are out of order, impossible, or of what day 0 has settled.

    Parameters
    ----------
    setting : Setting
        Its own policy is checked elsewhere.

    Raises
    ------
    ValueError
        With one line.
    """
    before = 0
    conditions = [one for one, _ in setting.changes if isinstance(one, Condition)]
    if len(conditions) > MOST_CONDITIONS:
        raise ValueError(f"{len(conditions)} conditions in one policy; {MOST_CONDITIONS} at most")
    for when_, policy in setting.changes:
        if not isinstance(when_, Condition):
            if type(when_) is not int or when_ <= before:
                raise ValueError(f"changes: day {when_} is not after day {before}")
            before = when_
        for path, _, _ in differences(setting.policy, policy):
            if path.partition(".")[0] in OPENED_WITH or path in OPENED_WITH:
                date = f"if {when_}" if isinstance(when_, Condition) else f"on day {when_}"
                raise ValueError(f"{path} cannot change {date}: it has its effect on day 0 alone")
    for policy in policies(setting):
        check_policy(policy)


def policies(setting: Setting) -> Iterator[Policy]:
    """Yield every policy that may hold on some day: of each date, with every set of conditions."""
    dated = [setting.policy, *(one for day, one in setting.changes if type(day) is int)]
    given = [change for change in setting.changes if isinstance(change[0], Condition)]
    for usual in dated:
        for n in range(len(given) + 1):
            for standing in itertools.combinations(given, n):
                yield _with(usual, setting.policy, [policy for _, policy in standing])


def policy_on(setting: Setting, daily: np.ndarray, day: int) -> Policy:
    """Policy of a day, by its date and by what has been seen until its morning.

    Parameters
    ----------
    setting : Setting
        A policy and its changes.
    daily : numpy.ndarray
        Daily metrics, shape ``(days, n_metrics)``.
    day : int
        The day, from 0.

    Returns
    -------
    Policy
        That of the last date, with the levers of what stands; of two, the later one's.
    """
    usual, standing = setting.policy, []
    for when_, policy in setting.changes:
        if isinstance(when_, Condition):
            if when_.holds_on(daily, day):
                standing.append(policy)
        elif when_ <= day:
            usual = policy
    return _with(usual, setting.policy, standing)


def days_of(setting: Setting, first: int, last: int) -> list[int]:
    """Days from `first` up to `last` on whose mornings the policy may change, in order."""
    days = {day for day, _ in setting.changes if type(day) is int and first <= day < last}
    if any(isinstance(one, Condition) for one, _ in setting.changes):
        begin = max(FIRST_LOOK, -(-first // WEEK) * WEEK)
        days.update(range(begin, last, WEEK))
    return sorted(days)


def _with(usual: Policy, opened: Policy, standing: list[Policy]) -> Policy:
    """Put the levers in which policies differ from that of day 0 in place of the usual ones."""
    for policy in standing:
        for path, _, value in differences(opened, policy):
            group, _, lever = path.partition(".")
            changed = dataclasses.replace(getattr(usual, group), **{lever: value})
            usual = dataclasses.replace(usual, **{group: changed})
    return usual


def differences(first: Policy, second: Policy) -> Iterator[tuple[str, Any, Any]]:
    """Yield ``group.lever`` and both values, of every lever in which two policies differ."""
    for group in dataclasses.fields(first):
        one, other = (getattr(policy, group.name) for policy in (first, second))
        for lever in dataclasses.fields(one) if one != other else ():
            values = getattr(one, lever.name), getattr(other, lever.name)
            if values[0] != values[1]:
                yield (f"{group.name}.{lever.name}", *values)


def change(tables: Tables, before: Policy, after: Policy, day: int) -> Tables:
    """Let another policy hold from the morning of a day on.

    Parameters
    ----------
    tables : Tables
        Tables that have lived up to `day`.
    before, after : Policy
        The policy so far and the one from now on; levers in which they agree are left as they
        are, as alerts may have moved them.
    day : int
        Today.

    Returns
    -------
    Tables
        Other tables, with a policy of their own.
    """
    return turned(tables, put_into(tables.policy.copy(), before, after), day)


def turned(tables: Tables, policy: np.recarray, day: int) -> Tables:
    """Give other tables in which rows of levers hold from a morning on, and all that follows."""
    changed = dataclasses.replace(tables, policy=policy)
    kernel = turn_over if tables.own is None else tables.own.model.varied(turn_over)
    with np.errstate(over="ignore"):  # in plain Python, hashes wrap around
        kernel(changed, tables, np.int64(day))
    return changed


def put_into(record: np.recarray, before: Policy, after: Policy) -> np.recarray:
    """Write the levers in which two policies differ into a record, and leave the others.

    Parameters
    ----------
    record : numpy.recarray
        Rows of levers; changed in place.
    before, after : Policy
        The policy so far, and the one whose levers are written.
    """
    from plaza_lab.sim.setting import to_record

    new = to_record(after)
    for path, _, _ in differences(before, after):
        group, _, lever = path.partition(".")
        record[group][lever] = new[group][lever]
    return record


@kernel()
def turn_over(t, was, day):
    """Bring what founding and visits have derived from levers in line with those of today.

    Hazards that the old and the new levers make alike stay as they are, so that a change of one
    lever touches nothing else.

    Parameters
    ----------
    t : Tables
        The community's tables, with today's levers.
    was : Tables
        The same with the levers so far; all but the policy is shared.
    day : int
        Today, before its first step.
    """
    dues_state = t.dues_state[0]
    founder = t.moderators[0]
    hours = groups.founder_hours(t)
    if founder.duty == Duty.FOUNDER and hours != groups.founder_hours(was):
        founder.hours_day = hours
        t.operator[0].founder_hours_day = hours
    if t.policy[0].partnership.form != Form.NONE and t.partners[0].uid == 0:
        candidates.gather(t)
    insiders.part_with(t, day)
    if t.policy[0].assembly.orders_month <= 0.0:
        assembly.break_up(t, day)
    dues_before = dues_state.dues_share
    dues = t.policy[0].fund.dues_month_cents / t.params[0].churn.fair_dues_cents
    for i in range(t.people_state[0].n_rows):
        fate = t.fate[i]
        if fate.status == Status.LEFT:
            continue
        visit, leave, buy = fate.visit_hazard, fate.exit_hazard, fate.buy_hazard
        dues_state.dues_share = dues_before
        belonging.set_hazards(was, i, day)
        old_visit, old_leave, old_buy = fate.visit_hazard, fate.exit_hazard, fate.buy_hazard
        dues_state.dues_share = dues
        belonging.set_hazards(t, i, day)
        if fate.visit_hazard == old_visit:
            fate.visit_hazard = visit
        if fate.exit_hazard == old_leave:
            fate.exit_hazard = leave
        if fate.buy_hazard == old_buy:
            fate.buy_hazard = buy
    dues_state.dues_share = dues
