"""Patterns of effects: paid arrivals, cash, points, rules (science.md part B, 19-22, 24)."""

from __future__ import annotations

import math

import numpy as np

from plaza_lab.agents.decisions.answering import answer_probability
from plaza_lab.agents.member import Route, Status
from plaza_lab.agents.rewards import reward_log_odds
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.validation.chronicle import Chronicle
from plaza_lab.scenarios.validation.conversation import odds_ratio
from plaza_lab.scenarios.validation.participation import RETURN_FROM, RETURN_TO
from plaza_lab.sim.engine import lived
from plaza_lab.sim.setting import Setting

CASH_DAY = 28
CASH_MEMBERS = 200
STOP_DAY = 182
"""Day on which the prize stops in the community ``prize stopped``."""

PAID_WINDOW = (126, 182)
KEPT_WINDOW = (258, 286)
"""Four weeks around the 90th day after the prize stopped."""

NEW_DAYS = 28


def cash_saturation(setting: Setting, seed: int) -> float:
    """Gain of the first unit of cash relative to two, in a community at literal calibration.

    ``(P(1) - P(0)) / (P(2) - P(0))`` of answering, mean over at most 200 members of day 28.
    """
    tables = lived(setting, seed, CASH_DAY)
    policy, world = tables.policy[0], tables.params[0]
    here = np.flatnonzero(tables.fate.status[: tables.people_state[0].n_rows] != Status.LEFT)[
        :CASH_MEMBERS
    ]
    chance = plain(answer_probability)
    unit = float(world.incentives.cash_unit_yuan)
    rewards = [plain(reward_log_odds)(units * unit, world) for units in (0.0, 1.0, 2.0)]
    none, one, two = (
        np.mean([chance(tables.members[i], r, 0.0, tables, policy, world) for i in here])
        for r in rewards
    )
    return float((one - none) / (two - none)) if two > none else math.nan


def paid_return(chronicle: Chronicle) -> float:
    """Odds ratio of writing 14-120 days after joining: came by paid reach, or found it herself."""
    came = chronicle.joined
    place = came[chronicle.written.member]
    age = chronicle.written.day - place
    again = np.zeros(came.size, bool)
    again[chronicle.written.member[(age >= RETURN_FROM) & (age <= RETURN_TO)]] = True
    is_paid = chronicle.route == Route.PAID
    among = is_paid | (chronicle.route == Route.ORGANIC)
    among &= (came >= 0) & (came + RETURN_TO < chronicle.n_days)
    if not (among & is_paid).any() or not (among & ~is_paid).any():
        return math.nan
    return odds_ratio(again, is_paid, among)


def kept_after_pay(unpaid: Chronicle, paid: Chronicle, stopped: Chronicle) -> float:
    """Share of a prize's effect on answers that is left 90 days after the prize has stopped.

    Of the same people, members of day 0, as trials follow those who were paid: a prize draws others
    in, who answer less once it has gone.
    """
    during = _answers(paid, PAID_WINDOW) - _answers(unpaid, PAID_WINDOW)
    after = _answers(stopped, KEPT_WINDOW) - _answers(unpaid, KEPT_WINDOW)
    return after / during if during > 0 else math.nan


def _answers(chronicle: Chronicle, window: tuple[int, int]) -> float:
    """Answers to requests a day in a window of days, by members of day 0."""
    since, until = window
    days = (chronicle.said_on >= since) & (chronicle.said_on < until) & chronicle.is_answer
    return float((chronicle.joined[chronicle.who[days]] < 0).sum()) / (until - since)


def responders(chronicle: Chronicle) -> float:
    """Share of those moved by points among members who reached the reward."""
    return float(chronicle.responds[chronicle.has_reached].mean())


def compliance_change(plain_entry: Chronicle, with_rules: Chronicle) -> float:
    """Change in the share of newcomers' posts that keep the rules, in percentage points."""
    return 100.0 * (_newcomer_compliance(with_rules) - _newcomer_compliance(plain_entry))


def _newcomer_compliance(chronicle: Chronicle) -> float:
    threads = chronicle.threads
    is_new = threads.day - chronicle.joined[threads.author] < NEW_DAYS
    return 1.0 - float(threads.is_violation[is_new].mean())
