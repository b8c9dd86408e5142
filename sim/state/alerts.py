"""The alert rules, as data: what each one looks at, when it stands, and what is then done.

A rule compares one reading of the day book with a threshold at every look. What is done is an act:
a list of levers the operator moves in this run's own copy of the policy, and moves back when the
alert has gone. No lever belongs to two acts, so that they can start and end in any order.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from plaza_lab.agents.record import Var


class RuleSet(enum.IntEnum):
    """Thresholds by which alerts are judged."""

    DISABLED = 0
    SOURCE_THRESHOLDS = 1
    CONSISTENT_THRESHOLDS = 2
    STRICT = 3


GREEN, YELLOW, RED = range(3)

MOST_LEVERS = 4
"""Levers one act can move."""
MOST_ACTS = 3
"""Acts that can follow one alert."""

ALERT: tuple[Var, ...] = (
    Var("value", "f8", "as the rule says", "last reading, smoothed", "M114"),
    Var("colour", "i1", "colour", "0 green, 1 yellow, 2 red", "M114"),
    Var("looks", "i4", "looks", "looks in a row at which the rule was broken", "M114"),
    Var("since", "i4", "day", "day on which the alert rose, -1 while it is green", "M114", -1),
    Var("weeks", "f8", "weeks", "how long the alert has stood", "M114"),
    Var("acted", "i4", "day", "day of the last intervention, -1 for none", "M114", -1),
    Var("known", "f8", "1", "whether there is a reading to smooth with", "M114"),
)
"""One row a rule."""

ORDER: tuple[Var, ...] = (
    Var("until", "i4", "day", "day up to which the act is kept up, -1 while it is not", "M114", -1),
    Var("due", "i4", "day", "day of the next payment for it", "M114"),
    Var("aside", f"({MOST_LEVERS},)f8", "as the lever", "what its levers stood at", "M114"),
)
"""One row an act."""

INTERVENTION: tuple[Var, ...] = (
    Var("day", "i4", "day", "day of the intervention", "M114"),
    Var("rule", "i1", "rule", "alert it follows", "M114"),
    Var("act", "i1", "act", "what was done", "M114"),
    Var("is_start", "i1", "flag", "1 begun, 0 ended", "M114"),
    Var("cents", "i8", "cents", "paid for its staff hours on that day", "M114"),
)
"""The log of interventions."""


class Reading(enum.IntEnum):
    """How a value is read from the day book; windows end with yesterday."""

    SHARE = 0  # sum of top / sum of bottom over the window
    LATEST = 1  # yesterday's top
    MEAN = 2  # mean of top over the window
    GROWTH = 3  # sum of top over the window / over the one before - 1
    PER_HEAD = 4  # the same per member; in the incubation of a staged programme not, less 15 %
    CHANGE = 5  # members now / members a window ago - 1
    SWING = 6  # weekly active share against the four weeks before, absolute
    EITHER = 7  # the larger of top / first limit and bottom / second limit
    PER_MEMBER = 8  # sum of top over the window / members
    MEASURED = 9  # yesterday's top, where it has been measured at all
    PATH = 10  # top less the straight path from its fourth week to a goal after a year
    TONE = 11  # negative share, sensed where it is sensed
    UNANSWERED = 12  # public incidents nobody answers in time
    INCUBATION = 13  # conversion in the last week of the incubation
    KOC_PLAN = 14  # KOCs / the number planned by now
    MENTIONS = 15  # mentions a purchase against those of the first four weeks, when tone is bad
    RUNWAY = 16  # weeks the funds last at the outflow of four weeks
    VACANCY = 17  # share of days with a paid steward, where there should be one
    OVERLOAD = 18  # unread of a visit / a day's messages, or the fall of the experts' active share
    OFF_TARGET = 19  # distance of yesterday's top from the central weight that is aimed at


class Act(enum.IntEnum):
    """What is done about an alert."""

    PAUSE = 0
    MEDIATE = 1
    PROMPT = 2
    DIGEST = 3
    CURATE = 4
    REFER = 5
    SELECT = 6
    MIX = 7
    RESERVE = 8
    STIPEND = 9
    SLOW = 10
    SPREAD = 11
    REVIEW = 12
    RELIEVE = 13
    DETECT = 14
    SERVE = 15
    ANSWER = 16
    FIX = 17
    WIN_BACK = 18
    KOCS = 19
    TIGHTEN = 20
    EXPLAIN = 21
    TARGET = 22
    TEST = 23
    RECONCILE = 24
    PROTECT = 25
    REPOSITION = 26
    RETUNE = 27
    MOVE_OVER = 28


class How(enum.IntEnum):
    """How a lever is moved."""

    SET = 0
    ADD = 1
    SCALE = 2
    AT_LEAST = 3
    AT_MOST = 4


@dataclass(frozen=True)
class Move:
    """One lever moved by an act."""

    lever: str
    how: How
    amount: float


@dataclass(frozen=True)
class Action:
    """What an act is, what it costs, and which levers it moves."""

    doc: str
    moves: tuple[Move, ...]
    hours_week: float = 0.0


def _moves(how: How) -> Callable[[str, float], Move]:
    return lambda lever, amount: Move(lever, how, amount)


_set, _add, _scale, _least, _most = map(_moves, How)

ACTIONS: dict[Act, Action] = {
    Act.PAUSE: Action(
        "promotion and selling pause",
        (_set("content.promo_share", 0.0), _set("selling.posts_day", 0.0)),
    ),
    Act.MEDIATE: Action(
        "tone is watched and answered, quarrels are mediated",
        (_set("climate.senses_mood", 1), _set("climate.mediates", 1),
         _add("climate.mediation_day", 2.0)),
        4.0,
    ),
    Act.PROMPT: Action(
        "more calls to write, topics and online events",
        (_add("content.prompts_week", 2.0), _add("events.topics_week", 1.0),
         _add("events.online_month", 1.0)),
        2.0,
    ),
    Act.DIGEST: Action(
        "written problems and answers, and a weekly digest", (_least("comms.protocol", 2),)
    ),
    Act.CURATE: Action(
        "half the brand items, and the poorest items taken off show",
        (_scale("content.brand_posts_day", 0.5), _least("distribution.suppress_below", 0.25)),
        2.0,
    ),
    Act.REFER: Action(
        "a referral campaign",
        (_set("acquisition.has_referral", 1), _least("acquisition.referral_reward_cents", 1000)),
    ),
    Act.SELECT: Action(
        "the best items are put forward", (_least("distribution.top_share", 0.1),), 2.0
    ),
    Act.MIX: Action(
        "fewer items about the brand itself", (_scale("content.brand_centricity", 0.5),)
    ),
    Act.RESERVE: Action(
        "prizes are cut, the funds last longer",
        (_scale("fund.horizon_weeks", 2.0), _scale("fund.dues_prize_share", 0.5),
         _scale("fund.brand_prize_share", 0.5)),
    ),
    Act.STIPEND: Action(
        "a higher stipend for a shorter duty",
        (_scale("stewarding.stipend_week_cents", 1.25),
         _scale("stewarding.steward_hours_week", 0.75)),
    ),
    Act.SLOW: Action(
        "entry waits until newcomers are absorbed, guides are added, paid reach stops",
        (_least("onboarding.growth_cap", 1), _add("onboarding.guide_hours_day", 1.0),
         _set("acquisition.media_week_cents", 0)),
    ),
    Act.SPREAD: Action(
        "exposure is capped and hosts rotate",
        (_set("rules.exposure_cap", 1), _set("rules.rotation", 1)),
    ),
    Act.REVIEW: Action(
        "items are shown before review, and more hours go into it",
        (_most("moderation.review", 1), _add("stewarding.founder_hours_week", 2.0)),
        2.0,
    ),
    Act.RELIEVE: Action(
        "targets are lifted, routine is written down, requests go to members who know",
        (_set("stewarding.kpi_pressure", 0.0), _add("stewarding.systematised", 0.2),
         _set("comms.has_matching", 1)),
    ),
    Act.DETECT: Action(
        "farming is looked for, identities are checked",
        (_set("incentive.has_detection", 1), _set("incentive.has_identity_check", 1)),
        2.0,
    ),
    Act.SERVE: Action(
        "service for more hours, and a bot",
        (_least("service.coverage_hours", 16.0), _set("service.has_bot", 1)),
    ),
    Act.ANSWER: Action(
        "complaints are answered within half a day, fixes are announced",
        (_most("feedback.response_hours", 12.0), _set("feedback.publish_fixes", 1)),
        2.0,
    ),
    Act.FIX: Action("more ideas are put into practice", (_add("feedback.implement_rate", 0.2),)),
    Act.WIN_BACK: Action(
        "win-back with half as much money again",
        (_set("crm.has_winback", 1), _scale("crm.winback_month_cents", 1.5)),
    ),
    Act.KOCS: Action(
        "more places and support for KOCs",
        (_scale("koc.slots", 1.5), _scale("koc.cost_week_cents", 1.25)),
    ),
    Act.TIGHTEN: Action("stricter rules", (_add("moderation.strictness", 0.2),)),
    Act.EXPLAIN: Action(
        "rules and removals are explained",
        (_set("onboarding.shows_rules", 1), _set("moderation.explains_removals", 1)),
        1.0,
    ),
    Act.TARGET: Action(
        "the message is aimed better", (_add("acquisition.targeting_accuracy", 0.2),)
    ),
    Act.TEST: Action(
        "forms of content compete for the budget", (_set("content.has_testing", 1),)
    ),
    Act.RECONCILE: Action(
        "partners are shown the books, disputes are mediated, terms are opened",
        (_set("partnership.is_open_books", 1), _set("partnership.has_mediation", 1),
         _set("partnership.is_adaptive", 1)),
    ),
    Act.PROTECT: Action(
        "no user-level data for new partners, nearly all transfers are encrypted",
        (_most("partnership.data_scope", 1), _least("data_policy.encryption", 0.99)),
    ),
    Act.REPOSITION: Action(
        "members' word stands for the community: reviews are shown, members are asked to tell",
        (_least("acquisition.peer_vs_ad_weight", 0.5), _least("acquisition.tell_week", 0.05)),
        2.0,
    ),
    Act.RETUNE: Action(
        "brand items and hosted events are tuned to the weight that is aimed at",
        (_set("steering.is_steered", 1),),
    ),
    Act.MOVE_OVER: Action(
        "members are asked over to the second place, and rights hold in both",
        (_least("hosting.push", 1.0), _set("crm.cross_platform", 1)),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One alert.

    Parameters
    ----------
    id, name : str
        Id in the catalogue, and a name.
    reading : Reading
        How its value is read.
    top, bottom : str
        Daily metrics it is read from.
    days, every : int
        Window of the reading, and days between looks.
    is_above : bool
        Whether values above the threshold break the rule, else those below.
    threshold : float
        Value at which it is broken.
    red_at : float
        Value at which it is red at once; NaN for none.
    yellow_after, red_after : int
        Broken looks in a row until it is yellow, and red; 0 for never.
    acts : tuple of Act
        What is done.
    source, doc : str
        Where it comes from, and what it says.
    limits : tuple of float
        Limits of an ``EITHER`` reading, or goal of a ``PATH``.
    """

    id: str
    name: str
    reading: Reading
    top: str
    days: int
    every: int
    is_above: bool
    threshold: float
    acts: tuple[Act, ...]
    source: str
    doc: str
    bottom: str = ""
    red_at: float = math.nan
    yellow_after: int = 1
    red_after: int = 0
    limits: tuple[float, float] = (1.0, 1.0)
    consistent: dict[str, Any] = field(default_factory=dict)

    def under(self, ruleset: RuleSet) -> Rule:
        """The rule as one rule set reads it."""
        if ruleset == RuleSet.CONSISTENT_THRESHOLDS:
            return dataclasses.replace(self, **self.consistent)
        if ruleset == RuleSet.STRICT:
            return dataclasses.replace(
                self,
                yellow_after=_sooner(self.yellow_after),
                red_after=_sooner(self.red_after),
            )
        return self


def _sooner(looks: int) -> int:
    return max(1, looks - 1) if looks > 0 else 0
