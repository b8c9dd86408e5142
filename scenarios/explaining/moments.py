"""The moments of a day at which a member decides, and what her decisions are called with there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from plaza_lab.agents.decisions.buying import SELL
from plaza_lab.agents.decisions.decision import Decision
from plaza_lab.agents.koc import Programme, Stage
from plaza_lab.agents.member import Channel, Charter, Flag, Stance, Status
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.content import posting
from plaza_lab.sim.mechanisms.engagement import events as gatherings
from plaza_lab.sim.randomness import lineage, uniform
from plaza_lab.sim.state import (
    answering,
    audience,
    buyers,
    events,
    items,
    opening,
    places,
    responding,
    rewards,
    rivalry,
    traits,
    trial,
)
from plaza_lab.sim.state.fund import LapseRule
from plaza_lab.sim.tables import Tables

Given = dict[str, Any]
AROUND = ("m", "day", "t", "policy", "world")
"""What every decision may be called with, whatever the moment."""


@dataclass(frozen=True)
class Moment:
    """When a member decides, and with what.

    ``given`` takes tables, row and day, and returns the arguments that belong to the moment, by
    name, or None on a day without one; ``when`` says which moment is shown, where it is not the
    state of the evening alone.
    """

    given: Callable[[Tables, int, int], Given | None]
    when: str = ""


def arguments_now(decision: Decision, tables: Tables, row: int, day: int) -> tuple[Any, ...] | None:
    """Return what a decision is called with, as a member's state stands in the evening of a day.

    In the order of ``decision.arguments``; None on a day, from 0, without such a moment.
    """
    special = MOMENTS[decision.name].given(tables, row, day)
    if special is None:
        return None
    around = (tables.members[row], day, tables, _levers_of(tables, row), tables.params[0])
    given = dict(zip(AROUND, around, strict=True)) | special
    return tuple(given[name] for name in decision.arguments)


def _levers_of(tables: Tables, row: int) -> Any:
    return tables.policy[plain(trial.arm)(tables, row)]


def _while(is_on: Callable[[Tables, int, int], Any]) -> Callable[[Tables, int, int], Given | None]:
    """Make a moment that needs nothing further, and is there while something holds."""
    return lambda tables, row, day: {} if is_on(tables, row, day) else None


def _has_dues(tables: Tables, row: int, day: int) -> bool:
    lever = tables.policy[0].fund
    return bool(lever.lapse_rule != LapseRule.NONE and lever.dues_month_cents > 0)


def _is_ballot(tables: Tables, row: int, day: int) -> bool:
    rules = tables.policy[0].rules
    is_on = rules.charter >= Charter.VOTED
    return bool(is_on and day // 7 % rules.vote_weeks == rules.vote_weeks // 2)


def _is_followed(tables: Tables, row: int, day: int) -> bool:
    is_on = tables.params[0].funnel.is_tracked or tables.policy[0].crm.has_stage_messages
    return bool(is_on and tables.members[row].stage > 0)


def _leaving(tables: Tables, row: int, day: int) -> Given:
    return {"is_silent": tables.fate[row].status == Status.SILENT}


def _answering(tables: Tables, row: int, day: int) -> Given:
    prize, sure = plain(rewards.answer_stakes)(tables, day, _levers_of(tables, row))
    return {
        "reward": plain(rewards.answers_pull)(tables, row, prize, sure),
        "effort": plain(answering.effort)(tables),
    }


def _posting(tables: Tables, row: int, day: int) -> Given:
    is_responder = bool(tables.members[row].stance & Stance.RESPONDER)
    prize = plain(rewards.posts_pull)(tables, day, _levers_of(tables, row))
    return {"prize": prize, "is_responder": is_responder}


def _violating(tables: Tables, row: int, day: int) -> Given:
    return {"own": plain(posting.own_violations)(tables, row)}


def _buying(tables: Tables, row: int, day: int) -> Given | None:
    if tables.members[row].buy_rate <= 0:
        return None
    return {"price": plain(buyers.price_pull)(tables, row)}


def _sold_to(tables: Tables, row: int, day: int) -> Given | None:
    m = tables.members[row]
    if tables.policy[0].selling.tactic == 0 or m.buy_rate <= 0:
        return None
    saw = int(m.kinds_seen & audience.SAW_OFFER)
    hazard = float(tables.fate[row].buy_hazard)
    return {"saw_offer": saw, "hazard": hazard / math.exp(SELL(m, hazard, saw, tables.params[0]))}


def _ordering(tables: Tables, row: int, day: int) -> Given | None:
    lever, p = tables.policy[0].monetisation, tables.params[0].monetising
    if not (lever.has_ecommerce or lever.has_paid_content):
        return None
    return {"own": float(p.order_base if lever.has_ecommerce else p.content_base)}


def _friend(tables: Tables, row: int) -> Any | None:
    """Identity of the next friend she could tell or invite; None when all know."""
    m, uid = tables.members[row], tables.fate[row].uid
    known, friends = int(m.told) + int(m.invited), plain(traits.friends_of)(tables, uid)
    return plain(lineage)(uid, known) if friends == 0 or known < friends else None


def _telling(tables: Tables, row: int, day: int) -> Given | None:
    friend = _friend(tables, row)
    if friend is None or tables.policy[0].acquisition.tell_week <= 0:
        return None
    return {
        "interest": plain(traits.interest_of)(tables, friend),
        "closeness": plain(traits.closeness_of)(tables, friend),
    }


def _inviting(tables: Tables, row: int, day: int) -> Given | None:
    friend, lever = _friend(tables, row), tables.policy[0].acquisition
    if friend is None or not lever.has_referral:
        return None
    return {
        "interest": plain(traits.interest_of)(tables, friend),
        "is_koc": bool(tables.fate[row].circles & Flag.KOC),
        "is_rewarded": lever.referral_reward_cents > 0,
    }


def _joining(tables: Tables, row: int, day: int) -> Given | None:
    m = tables.members[row]
    if row < tables.run_state[0].n_founders or m.joined != day:
        return None
    interest = plain(traits.interest_of)(tables, tables.fate[row].uid)
    return {"interest": interest, "route": int(m.route), "pull": 0.0}


def _event(tables: Tables, day: int) -> Any | None:
    held = tables.events[: int(tables.events_state[0].n_events)]
    today = held[(held.day == day) & (held.kind != events.Kind.COCREATION)]
    return today[-1] if len(today) else None


def _invited(tables: Tables, row: int, day: int) -> Given | None:
    event = _event(tables, day)
    if event is None:
        return None
    kind, m = int(event.kind), tables.members[row]
    return {
        "pull": float(tables.params[0].events.pull[kind]),
        "fit": plain(items.fit)(event.topic, m.topic),
        "taste": plain(events.taste_of)(tables, tables.fate[row].uid),
        "novelty": plain(events.novelty_of)(tables, kind, day),
        "early": plain(events.too_early)(tables, gatherings.STAGE_OF[kind]),
    }


def _registered(tables: Tables, row: int, day: int) -> Given | None:
    event = _event(tables, day)
    if event is None:
        return None
    base = float(tables.params[0].events.show_base[int(event.kind)])
    return {"base": base, "has_reminder": bool(tables.policy[0].events.has_reminder)}


def _item(tables: Tables, row: int) -> Any | None:
    """What stands first on the list of her main interest; where it is empty, the newest item."""
    items_state = tables.items_state[0]
    board = int(tables.members[row].topic)
    if items_state.item_head == items_state.item_tail:
        return None
    number = int(tables.hot[board, 0]) if tables.hot_size[board] else int(items_state.item_head) - 1
    return tables.items[number & (len(tables.items) - 1)]


def _in_front(tables: Tables, row: int, day: int) -> Given | None:
    item = _item(tables, row)
    if item is None or not tables.params[0].opening.is_on:
        return None
    level, part, family = plain(opening.taken_apart)(plain(opening.look_of)(tables, row))
    is_ours = bool(plain(items.is_institutional)(item.source))
    return {
        "fits": bool(item.topic == tables.members[row].topic),
        "suits": bool(item.format // 2 == family),
        "is_timely": bool(item.slot == part),
        "is_centred": bool(item.is_centred),
        "is_promotion": bool(item.is_promotion),
        "weariness": level / (opening.LEVELS - 1.0) if is_ours else 0.0,
        "crowding": plain(opening.crowding_of)(tables) if is_ours else 0.0,
    }


def _seen(tables: Tables, row: int, day: int) -> Given | None:
    item = _item(tables, row)
    if item is None or not tables.params[0].spreading.is_on:
        return None
    return {
        "quality": float(item.quality),
        "emotion": plain(uniform)(item.uid, responding.EMOTION),
        "is_member_made": bool(plain(items.is_member_made)(item.source)),
        "is_weak_tie": False,
    }


def _recommended(tables: Tables, row: int, day: int) -> Given | None:
    item = _item(tables, row)
    if item is None or tables.policy[0].distribution.recommended <= 0:
        return None
    return {"fits": bool(item.topic == tables.members[row].topic)}


def _trainee(tables: Tables, row: int, day: int) -> Given | None:
    kocs = tables.kocs[: int(tables.kocs_state[0].n_kocs)]
    lever = tables.policy[0].koc
    is_trainee = np.any((kocs.member == row) & (kocs.stage == Stage.INCUBATING))
    if not is_trainee or lever.graduation_rate >= 1.0:
        return None
    return {"own": float(lever.graduation_rate ** (1.0 / lever.weeks))}


def _koc(tables: Tables, row: int, day: int) -> Given | None:
    kocs = tables.kocs[: int(tables.kocs_state[0].n_kocs)]
    active = kocs[(kocs.member == row) & (kocs.stage == Stage.ACTIVE)]
    lever = tables.policy[0].koc
    if not len(active) or lever.programme != Programme.INCUBATE:
        return None
    asked = float(min(lever.sponsored_week, lever.workload_cap))
    yuan = asked * float(active[0].fee_cents) / 100.0
    return {"asked": asked, "yuan": yuan, "fatigue": float(active[0].fatigue)}


def _comparing(tables: Tables, row: int, day: int) -> Given | None:
    if tables.params[0].rivals.relative_size <= 0 or _joining(tables, row, day) is None:
        return None
    return {"share": plain(rivalry.share_there)(tables)}


def _second_home(tables: Tables, row: int, day: int) -> Given | None:
    p = tables.params[0].rivals
    if p.relative_size <= 0 or tables.members[row].channel & Channel.RIVAL:
        return None
    return {
        "hazard": plain(rivalry.second_home_hazard)(tables),
        "share": plain(places.friends_with)(tables, row, int(Channel.RIVAL), 0.5),
    }


_TOP = "for the first item on the list of her main interest, or the newest"
MOMENTS: dict[str, Moment] = {
    "visit": Moment(_while(lambda t, row, day: True), "while she has not fallen silent"),
    "exit": Moment(_leaving),
    "fall silent": Moment(_while(lambda t, row, day: t.fate[row].status == Status.ENGAGED),
                          "after a day on which she posts, answers or replies"),
    "post": Moment(_posting, "on a visit"),
    "break the rules": Moment(_violating, "with a post"),
    "answer": Moment(_answering, "a request she sees and is capable of"),
    "buy": Moment(_buying, "while she is a customer"),
    "buy from tactics": Moment(_sold_to, "over what she buys by else"),
    "buy in the community": Moment(_ordering, "goods or, where none are sold, a subscription"),
    "not pay": Moment(_while(_has_dues), "on a due date"),
    "come when told": Moment(_telling, "her next friend, if she tells"),
    "accept an invitation": Moment(_inviting, "her next friend, if she invites"),
    "join": Moment(_joining, "on the day she joined; what she had seen before is not known "
                             "any more and taken as nothing"),
    "register": Moment(_invited, "for the last event of days that have one, if she is invited"),
    "turn up": Moment(_registered, "for the last event of days that have one, if registered"),
    "open": Moment(_in_front, _TOP),
    "read to the end": Moment(_in_front, _TOP),
    "share": Moment(_seen, f"{_TOP}, not had from a weak tie"),
    "click": Moment(_recommended, f"{_TOP}, if it is recommended"),
    "check in": Moment(_while(lambda t, row, day: t.policy[0].game.has_checkins), "on a visit"),
    "volunteer": Moment(_while(lambda t, row, day: t.policy[0].stewarding.volunteers_per_100 > 0),
                        "on a visit, while volunteers are wanted"),
    "vote": Moment(_while(_is_ballot), "on a visit, on days of a ballot"),
    "move up a stage": Moment(_while(_is_followed), "in a week"),
    "see training through": Moment(_trainee, "in a week of training"),
    "go to the rival": Moment(_comparing, "on the day she joined, if she compared"),
    "join the rival too": Moment(_second_home, "while she is at home here alone"),
    "write for the brand": Moment(_koc, "in a week as an active KOC"),
}  # fmt: skip
"""Every decision of a member, her friends, and herself as an applicant, by name."""
