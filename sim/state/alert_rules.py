"""The table of alert rules (mechanisms.md section 5), and what compiled code reads of it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from plaza_lab.sim.calendar import MONTH, WEEK, YEAR
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state.agreement import areas_of
from plaza_lab.sim.state.alerts import ACTIONS, MOST_ACTS, Act, Reading, Rule, RuleSet

QUARTER = YEAR // 4

RULES: tuple[Rule, ...] = (
    Rule("A01", "net growth low", Reading.CHANGE, "members", MONTH, MONTH, False, 0.05,
         (Act.REFER, Act.TARGET), "F89 F90, C05",
         "net growth of 28 days below 5 %, for 2 periods yellow, for 3 red",
         yellow_after=2, red_after=3, consistent={"threshold": 0.022}),
    Rule("A02", "activity swing", Reading.SWING, "active_7d", WEEK, WEEK, True, 0.10,
         (Act.PROMPT,), "F91",
         "weekly active share 10 % off the four weeks before, red in the second week",
         red_after=2),
    Rule("A03", "interaction growth low", Reading.GROWTH, "interactions", MONTH, MONTH, False, 0.15,
         (Act.PROMPT, Act.TEST), "F83",
         "interactions of 28 days less than 15 % above those of the 28 days before",
         consistent={"reading": Reading.PER_HEAD, "threshold": 0.0}),
    Rule("A04", "negative mood high", Reading.TONE, "negative_share", WEEK, WEEK, True, 0.12,
         (Act.MEDIATE, Act.PAUSE), "F85 F67 F66",
         "sensed negative share of 7 days above 12 % yellow, above 30 % red", red_at=0.30),
    Rule("A05", "virality low", Reading.SHARE, "invited_joins", MONTH, MONTH, False, 1.2,
         (Act.MIX, Act.REFER), "F87, W27",
         "lifetime K, invited joins / exits, below 1.2 for 3 periods of 28 days",
         bottom="exits", yellow_after=3, consistent={"top": "joins", "threshold": 2.18}),
    Rule("A06", "members at risk", Reading.PER_MEMBER, "churn_scored", MONTH, WEEK, True, 0.0,
         (Act.WIN_BACK,), "F92",
         "a member's churn score above the cut; consistent: those of one in twenty",
         consistent={"threshold": 0.05}),
    Rule("A07", "serious event unanswered", Reading.UNANSWERED, "public_incidents", WEEK, 1, True,
         0.0, (Act.ANSWER, Act.PAUSE), "F93",
         "a public incident of the last 7 days that nobody answers within 24 hours",
         red_after=1),
    Rule("A08", "quality interaction low", Reading.SHARE, "threads_good", MONTH, MONTH, False, 0.60,
         (Act.DIGEST,), "F86",
         "threads with a score of at least 0.6 below 60 % of closed threads",
         bottom="threads_closed"),
    Rule("A09", "share path weak", Reading.SHARE, "joins_content", MONTH, MONTH, False, 0.20,
         (Act.SELECT, Act.REFER), "F84",
         "joins from shared items below 20 % of outside visits", bottom="outside_visits"),
    Rule("A10", "content type weak", Reading.MEASURED, "audience_retention", MONTH, MONTH, False,
         0.25, (Act.TEST,), "F88; assumption (cull below 25 %)",
         "audience retention below 25 %; forms above 50 % are promoted by the content test"),
    Rule("A11", "yearly goal missed", Reading.CHANGE, "members", QUARTER, QUARTER, False,
         math.sqrt(math.sqrt(1.30)) - 1.0, (Act.REPOSITION,), "F95 F96, M116",
         "members of a quarter grew by less than 30 % a year ask for"),
    Rule("A12", "policy not proven", Reading.LATEST, "unproven", WEEK, 1, True, 0.5,
         (), "F94, M115",
         "the last look at a trial does not prove its policy, which is therefore not scaled"),
    Rule("A13", "central weight outside band", Reading.OFF_TARGET, "central_weight", MONTH, WEEK,
         True, 0.10, (Act.RETUNE,), "F47, M75",
         "the brand's part of content, events and rules is 10 points off what is aimed at"),
    Rule("A14", "incubation conversion low", Reading.INCUBATION, "conversion", WEEK, WEEK, False,
         0.10, (Act.TARGET,), "F56",
         "conversion of the target group below 10 % as the incubation ends"),
    Rule("A15", "active share below plan", Reading.LATEST, "active_share", MONTH, MONTH, False,
         0.40, (Act.PROMPT, Act.TEST), "F102",
         "28-day active share below 40 %; consistent: below the straight path to it in a year",
         limits=(0.40, 364.0), consistent={"reading": Reading.PATH, "threshold": 0.0}),
    Rule("A16", "chat anomaly", Reading.LATEST, "topic_anomaly", 1, 1, True, 3.0,
         (Act.TIGHTEN,), "F78; assumption (k = 3)",
         "the day's topics more than 3 deviations off the usual, where the rules' engine measures"),
    Rule("A17", "charter compliance low", Reading.SHARE, "removed", MONTH, MONTH, True, 0.10,
         (Act.EXPLAIN, Act.MEDIATE), "F77",
         "found violations above 10 % of posts: compliance below 90 %", bottom="posts"),
    Rule("A18", "protection gap", Reading.LATEST, "data_gap", WEEK, WEEK, True, 0.0,
         (Act.PROTECT,), "F97 F99, M110",
         "partners have data, and less than 99 % of transfers are encrypted or the last audit may "
         "be older than 6 months: their data flow stops", red_after=1),
    Rule("A19", "KOC plan late", Reading.KOC_PLAN, "kocs", WEEK, WEEK, False, 1.0,
         (Act.KOCS,), "F103", "active KOCs behind the straight path to the planned number"),
    Rule("A20", "mention intensity high", Reading.MENTIONS, "mentions", MONTH, MONTH, True, 1.25,
         (Act.FIX, Act.ANSWER), "F29, W24",
         "mentions a purchase 1.25 times those of the first 28 days, in a bad tone",
         bottom="purchases", limits=(0.12, 1.0)),
    Rule("A21", "content waste", Reading.SHARE, "left_unseen", MONTH, MONTH, True, 0.50,
         (Act.CURATE,), "F30", "items nobody saw above half of the items that left",
         bottom="items_left"),
    Rule("A22", "runway short", Reading.RUNWAY, "fund_out_yuan", MONTH, WEEK, False, 8.0,
         (Act.RESERVE,), "assumption (8 weeks)",
         "funds that last less than 8 weeks at the outflow of the last 28 days", red_after=1),
    Rule("A23", "steward vacancy", Reading.VACANCY, "staffed", WEEK, WEEK, False, 1.0,
         (Act.STIPEND,), "F10; assumption", "a day of the week without the paid steward"),
    Rule("A24", "growth too fast", Reading.EITHER, "newcomer_share", MONTH, WEEK, True, 1.0,
         (Act.SLOW,), "M119; assumption (25 %)",
         "newcomers above 25 % of members, or members above capacity",
         bottom="capacity_use", red_after=1, limits=(0.25, 1.0)),
    Rule("A25", "voice captured", Reading.EITHER, "voice_gini", MONTH, MONTH, True, 1.0,
         (Act.SPREAD, Act.MEDIATE), "M123; assumption",
         "Gini of exposures above 0.8, or half of them for the best connected 5 %",
         bottom="voice_top", limits=(0.8, 0.5)),
    Rule("A26", "promotion too dense", Reading.SHARE, "promo_views", WEEK, WEEK, True, 0.20,
         (Act.PAUSE,), "M122; assumption (20 %)",
         "promotion above 20 % of what is shown in 7 days", bottom="impressions"),
    Rule("A27", "overload", Reading.OVERLOAD, "unread", WEEK, WEEK, True, 1.0,
         (Act.DIGEST, Act.CURATE), "M120; assumption",
         "unread items of a visit above a day's messages, or experts' active share down 20 %",
         bottom="messages", limits=(0.20, 1.0)),
    Rule("A28", "review backlog", Reading.SHARE, "review_wait_days", WEEK, WEEK, True, 1.0,
         (Act.REVIEW,), "M59; assumption (24 hours)",
         "mean waiting time for review above a day", bottom="reviewed"),
    Rule("A29", "partner strain", Reading.LATEST, "partner_strain", MONTH, MONTH, True, 0.0,
         (Act.RECONCILE,), "M113, M103; assumption (10 points)",
         "a partner whose trust is below 0.4, or whose share is 10 points off", red_after=1),
    Rule("A30", "data incident", Reading.LATEST, "privacy_incidents", 1, 1, True, 0.0,
         (Act.PROTECT,), "M125", "a leak of members' data yesterday", red_after=1),
    Rule("A31", "platform dependency", Reading.LATEST, "held_one_platform", WEEK, WEEK, True, 0.60,
         (Act.MOVE_OVER,), "M126, M98; assumption (60 %)",
         "contacts held only on one third party's platform above 60 %"),
    Rule("A32", "staff overload", Reading.MEAN, "staff_load", WEEK, WEEK, True, 1.2,
         (Act.RELIEVE,), "M127; assumption (1.2 for 4 weeks)",
         "hours needed above 1.2 of those available for 4 weeks", yellow_after=4),
    Rule("A33", "gaming detected", Reading.SHARE, "farmed_yuan", MONTH, MONTH, True, 0.05,
         (Act.DETECT,), "M129; assumption (5 %)", "farmers' part of rewards above 5 %",
         bottom="rewards_yuan"),
    Rule("A34", "service satisfaction low", Reading.SHARE, "service_answered", MONTH, MONTH, False,
         0.90, (Act.SERVE,), "F54",
         "questions that are answered below 90 %; consistent: below 70 %",
         bottom="service_questions", consistent={"threshold": 0.70}),
    Rule("A35", "complaints unanswered", Reading.SHARE, "reply_hours", MONTH, MONTH, True, 48.0,
         (Act.ANSWER, Act.FIX), "M70; assumption (48 hours)",
         "mean wait for a first reply above 48 hours", bottom="replies_given"),
)  # fmt: skip

INDEX = {rule.id: k for k, rule in enumerate(RULES)}

READING, TOP, BOTTOM, DAYS, EVERY, IS_ABOVE, YELLOW_AFTER, RED_AFTER, FIRST_ACT = range(9)
THRESHOLD, RED_AT, LIMIT_A, LIMIT_B = range(4)
NO_ACT = -1


def _whole(rule: Rule) -> list[int]:
    acts = [int(act) for act in rule.acts] + [NO_ACT] * (MOST_ACTS - len(rule.acts))
    return [
        int(rule.reading),
        mt.NAMES.index(rule.top),
        mt.NAMES.index(rule.bottom) if rule.bottom else 0,
        rule.days,
        rule.every,
        int(rule.is_above),
        rule.yellow_after,
        rule.red_after,
        *acts,
    ]


def _real(rule: Rule) -> list[float]:
    return [rule.threshold, rule.red_at, *rule.limits]


WHOLE: np.ndarray
"""Whole numbers of every rule under every rule set; see :func:`settle`."""
REAL = np.array([[_real(rule.under(ruleset)) for rule in RULES] for ruleset in RuleSet])
"""Real numbers of every rule under every rule set."""


def words_of(policy: Any) -> dict[str, tuple[int, bool]]:
    """Place of every lever in the policy's record, in words of 8 bytes, and whether it is whole."""
    words: dict[str, tuple[int, bool]] = {}
    at = 0
    for group in dataclasses.fields(policy):
        for item in dataclasses.fields(getattr(policy, group.name)):
            value = getattr(getattr(policy, group.name), item.name)
            is_list = isinstance(value, (list, tuple))
            words[f"{group.name}.{item.name}"] = at, not is_list and not isinstance(value, float)
            at += len(value) if is_list else 1
    return words


WORD, IS_WHOLE, HOW, PLACE, ACT = range(5)


def _moves(policy: Any) -> tuple[np.ndarray, np.ndarray]:
    """Every move of every act: where the lever lies in the policy's record, how and how far."""
    whole, real = [], []
    words = words_of(policy)
    for act, action in ACTIONS.items():
        for place, move in enumerate(action.moves):
            group, name = move.lever.split(".")
            said = next(
                item.metadata
                for item in dataclasses.fields(getattr(policy, group))
                if item.name == name
            )
            word, is_whole = words[move.lever]
            whole.append([word, int(is_whole), int(move.how), place, int(act)])
            low, high = said.get("low"), said.get("high")
            real.append([
                move.amount,
                -math.inf if low is None else float(low),
                math.inf if high is None else float(high),
            ])  # fmt: skip
    return np.array(whole, np.int64), np.array(real)


MOVES: np.ndarray
AMOUNTS: np.ndarray
AREAS = np.array(
    [areas_of(*(move.lever.partition(".")[0] for move in ACTIONS[act].moves)) for act in Act]
)
"""Fields of the brand's departments that every act touches, see ``agreement``."""
HOURS = np.array([ACTIONS[act].hours_week for act in Act])
"""Staff hours a week of every act."""


def settle(policy: Any) -> None:
    """Fix what hangs on the order of metrics and levers, once these are all declared.

    Parameters
    ----------
    policy : Policy
        Any policy.
    """
    global WHOLE, MOVES, AMOUNTS
    WHOLE = np.array([[_whole(rule.under(one)) for rule in RULES] for one in RuleSet], np.int64)
    MOVES, AMOUNTS = _moves(policy)
