"""Deals with partners: the record of one, and what can be agreed in it."""

from __future__ import annotations

import enum

from plaza_lab.agents.record import SHARE, Var


class Form(enum.IntEnum):
    """Forms of partnership (P23)."""

    NONE = 0
    CO_MARKETING = 1
    CO_BRAND = 2
    CO_CONTENT = 3
    CO_PROMOTION = 4
    POINTS_ALLIANCE = 5
    TRAFFIC_SWAP = 6
    JOINT_EVENT = 7
    OPEN_PLATFORM = 8
    PORTFOLIO = 9


class Split(enum.IntEnum):
    """How the benefit is shared (M113)."""

    EQUAL = 0
    CONTRIBUTION = 1
    REACH = 2
    FIXED_FEE = 3


class Scope(enum.IntEnum):
    """Data on members that the sides share (M110)."""

    NONE = 0
    AGGREGATE = 1
    USER_LEVEL = 2


class Gift(enum.IntEnum):
    """What sides give each other."""

    MONEY = 0
    AUDIENCE = 1
    CONTENT = 2
    MEMBERS = 3
    DATA = 4


N_GIFTS = len(Gift)

DEAL: tuple[Var, ...] = (
    Var("partner", "i2", "row", "the partner, -1 for an empty row", "M103", -1),
    Var("form", "i1", "Form", "form of partnership", "P23"),
    Var("state", "i1", "Deal", "how it stands", "M103"),
    Var("since", "i4", "day", "first day of the present state", "M103"),
    Var("signed", "i4", "day", "day of signing, -1 before", "M103", -1),
    Var("until", "i4", "day", "last day of the contract", "M103"),
    Var("review_day", "i4", "day", "day of the next account", "M103"),
    Var("rounds", "i1", "rounds", "rounds of talks so far", "M103"),
    Var("split", "i1", "Split", "how the benefit is shared", "M113"),
    Var("scope", "i1", "Scope", "data shared", "M110"),
    Var("fee_cents", "i8", "cents/month", "what the host adds for the partner", "M113"),
    Var("effort", "f4", "1", "effort of the partner", "M113", 1.0, bounds=SHARE),
    Var("host_effort", "f4", "1", "effort of the host", "M113", 1.0, bounds=SHARE),
    Var("strained", "i1", "flag", "the partner was refused better terms", "M113"),
    Var("is_renewed", "i1", "flag", "past its first term", "M103"),
    Var("belief", "f8", "cents/month", "gain as the partner believes", "M103"),
    Var("doubt", "f8", "cents^2", "variance of it", "M103"),
    Var("last_gain", "f8", "cents/month", "gain of the review before", "M103"),
    Var("host_belief", "f8", "cents/month", "gain as the host believes", "M103"),
    Var("host_doubt", "f8", "cents^2", "variance of it", "M103"),
    Var("host_last_gain", "f8", "cents/month", "gain of the review before", "M103"),
    Var("low_reviews", "i1", "reviews", "in a row with less than elsewhere, partner", "M103"),
    Var("host_low_reviews", "i1", "reviews", "in a row with a loss, host", "M103"),
    Var("signed_active", "f4", "members", "active in 28 days at the signing", "M103"),
    Var("disputed", "i4", "day", "day of the last dispute, -1 for none", "M113", -1),
    Var("deviation", "f4", "share", "received - contribution share, last account", "M113"),
    Var("given_cents", "i8", "cents", "partner's contribution since the last account", "M113"),
    Var("received_cents", "i8", "cents", "partner's benefit since the last account", "M113"),
    Var("host_given_cents", "i8", "cents", "host's contribution since the last account", "M113"),
    Var("host_received_cents", "i8", "cents", "host's benefit since the last account", "M113"),
    Var("promised_cents", "i8", "cents", "promised by the host since the last account", "M103"),
    Var("kept_cents", "i8", "cents", "of these: paid", "M103"),
    Var("gave", f"({N_GIFTS},)f8", "mixed", "what the partner gave, by kind", "M113"),
    Var("got", f"({N_GIFTS},)f8", "mixed", "what the partner received, by kind", "M113"),
    Var("host_gave", f"({N_GIFTS},)f8", "mixed", "what the host gave, by kind", "M113"),
    Var("host_got", f"({N_GIFTS},)f8", "mixed", "what the host received, by kind", "M113"),
    Var("benefit_cents", "i8", "cents", "partner's benefit since the signing", "M113"),
    Var("cost_cents", "i8", "cents", "partner's cost since the signing", "M113"),
    Var("host_benefit_cents", "i8", "cents", "host's benefit since the signing", "M113"),
    Var("host_cost_cents", "i8", "cents", "host's cost since the signing", "M113"),
    Var("joins", "i4", "members", "joins attributed", "T64"),
    Var("purchases", "i4", "purchases", "purchases of those who joined by it", "T64"),
    Var("visits", "f8", "persons", "arrivals at the gate expected so far", "T64"),
    Var("today", "f8", "persons", "arrivals expected today", "T64"),
    Var("reached_day", "f8", "persons/day", "persons that this week's money reaches", "M105"),
    Var("items_due", "f8", "items", "part of the next item that is due", "M105"),
    Var("stock", "f8", "mixed", "what is left to be seen, sold, or came in lately", "M104, M106"),
    Var("units", "i8", "units", "units of a joint product that were made", "M104"),
    Var("luck", "f8", "1", "success of a joint product, relative to the usual", "M104", 1.0),
    Var("aware", "f8", "share", "of the partner's audience, who know the host by it", "M104"),
    Var("tired", "f8", "1", "part of the effect that sponsored items have taken", "M106"),
    Var("owed_cents", "i8", "cents", "what the host owes for points, less what is owed", "M108"),
)
