"""Daily metrics: one row a day, one column each, written by the processes as they happen.

Columns are declared here once; the ids are those of the metric catalogue (T..). Shares and means
that need a look at every member are taken weekly and held until the next look.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One daily column.

    Parameters
    ----------
    name : str
        Column name.
    unit : str
        Unit.
    doc : str
        Operational definition.
    tid : str
        Id in the metric catalogue, or ``""``.
    is_held : bool
        Whether the value is carried to the next day until measured anew.
    """

    name: str
    unit: str
    doc: str
    tid: str = ""
    is_held: bool = False


METRICS: tuple[Metric, ...] = (
    Metric("members", "members", "members at the end of the day", "T01"),
    Metric("silent", "members", "members who have fallen silent", ""),
    Metric("joins", "members", "joins of the day", "T02"),
    Metric("joins_organic", "members", "joins by own finding", "T02"),
    Metric("joins_word_of_mouth", "members", "joins by word of mouth", "T02"),
    Metric("joins_referral", "members", "joins by invitation", "T02"),
    Metric("joins_partner", "members", "joins through partner brands", "T02"),
    Metric("joins_paid", "members", "joins through paid reach", "T02"),
    Metric("applicants", "persons", "persons at the gate", "M10"),
    Metric("exits", "members", "members who left", "T23"),
    Metric("visits", "members", "members who visited", "T10"),
    Metric("dau", "members", "members with at least one active act", "T06"),
    Metric("active_7d", "members", "members active in 7 days", "T06"),
    Metric("active_28d", "members", "members active in 28 days", "T06"),
    Metric("active_share", "share", "28-day active members / members", "T07"),
    Metric("posts", "items", "items written by members", "T13"),
    Metric("replies", "replies", "replies written", "T11"),
    Metric("reactions", "reactions", "reactions given", "T11"),
    Metric("answers", "answers", "answers of members to requests", "T11"),
    Metric("founder_answers", "answers", "answers of the founder to requests", "T17"),
    Metric("messages", "messages", "posts and replies", "T13"),
    Metric("views", "views", "items read", "T31"),
    Metric("unread", "items", "items beyond the reading budget, mean a visit", "T20"),
    Metric("value", "points", "value received by readers", "T19"),
    Metric("minutes", "minutes", "minutes spent reading", "T19"),
    Metric("brand_items", "items", "items of the brand", "T35"),
    Metric("koc_items", "items", "items of KOCs", "T35"),
    Metric("partner_items", "items", "items of partner brands", "T35"),
    Metric("filler_items", "items", "filler written for liveliness", "T35"),
    Metric("violations", "items", "violating items written", "T49"),
    Metric("removed", "items", "items removed by review", "T49"),
    Metric("false_removed", "items", "harmless items removed", "T50"),
    Metric("review_backlog", "items", "items waiting for review", "T50"),
    Metric("requests", "requests", "help requests opened", "T17"),
    Metric("solved", "requests", "help requests solved", "T17"),
    Metric("answerers_week", "members", "distinct answerers in the week", "T60", True),
    Metric("invitations", "invitations", "invitations sent", "T37"),
    Metric("invited_joins", "members", "invitations that led to a join", "T37"),
    Metric("activated", "members", "joiners of 14 days ago with a contribution", "T26"),
    Metric("activation_base", "members", "joiners of 14 days ago", "T26"),
    Metric("joiners_28", "members", "joiners of 28 days ago", "T21"),
    Metric("joiners_28_kept", "members", "of these, still member and active", "T21"),
    Metric("joiners_84", "members", "joiners of 84 days ago", "T21"),
    Metric("joiners_84_kept", "members", "of these, member and active in 28 days", "T21"),
    Metric("retained", "share", "day-0 members still member and active in 28 days", "T21", True),
    Metric("kept", "share", "day-0 members still members", "T22", True),
    Metric("purchases", "purchases", "purchases of members", "T40"),
    Metric("sales_yuan", "yuan", "sales to members", "T42"),
    Metric("repurchase", "share", "buyers of one half-year who bought in the next", "T40", True),
    Metric("points_issued", "points", "points issued", "T56"),
    Metric("points_redeemed", "points", "points redeemed", "T56"),
    Metric("points_outstanding", "points", "points held by members", "T56"),
    Metric("entry_pool_yuan", "yuan", "balance of the entry-fee pool", "T58"),
    Metric("dues_pool_yuan", "yuan", "balance of the dues pool", "T58"),
    Metric("brand_pool_yuan", "yuan", "balance of the brand budget", "T58"),
    Metric("fund_in_yuan", "yuan", "paid into the pools", "T58"),
    Metric("fund_out_yuan", "yuan", "paid out of the pools", "T58"),
    Metric("policy_stops", "stops", "payments cut because a pool was empty", "T58"),
    Metric("prizes", "prizes", "prizes paid", "T57"),
    Metric("staffed", "flag", "paid steward on duty", "T60", True),
    Metric("volunteers", "members", "volunteers serving", "T60", True),
    Metric("kocs", "members", "active KOCs", "T62", True),
    Metric("incubating", "members", "KOCs in incubation", "T62", True),
    Metric("partners", "brands", "active partners", "T63", True),
    Metric("partner_trust", "1", "trust of active partners, mean", "T63", True),
    Metric(
        "share_deviation", "points", "received share - contribution share, absolute", "T63", True
    ),
    Metric("partner_exits", "brands", "deals ended", "T63"),
    Metric("newcomer_share", "share", "members with tenure below 28 days", "T27", True),
    Metric("belonging", "1", "mean belonging", "T46", True),
    Metric("satisfaction", "1", "mean satisfaction, true", "T45", True),
    Metric("trust", "1", "mean trust, true", "T46", True),
    Metric("motive", "1", "mean intrinsic motive", "M53", True),
    Metric("ties_per_member", "ties", "ties in use per member", "T05", True),
    Metric("strong_ties", "ties", "strong ties per member", "T55", True),
    Metric(
        "sensed_satisfaction", "1", "satisfaction as surveyed, with error and delay", "T45", True
    ),
    Metric("voice_gini", "1", "Gini of exposures received by authors in 28 days", "T51", True),
    Metric("voice_top", "share", "exposures of the best connected 5 % of members", "T51", True),
    Metric("expired_early", "items", "items pushed out because the feed was full", ""),
)
"""All daily columns, in storage order."""

NAMES: tuple[str, ...] = tuple(metric.name for metric in METRICS)
N_METRICS = len(METRICS)


def _index(name: str) -> int:
    return NAMES.index(name)


MEMBERS = _index("members")
SILENT = _index("silent")
JOINS = _index("joins")
JOINS_ORGANIC = _index("joins_organic")
JOINS_WORD_OF_MOUTH = _index("joins_word_of_mouth")
JOINS_REFERRAL = _index("joins_referral")
JOINS_PARTNER = _index("joins_partner")
JOINS_PAID = _index("joins_paid")
APPLICANTS = _index("applicants")
EXITS = _index("exits")
VISITS = _index("visits")
DAU = _index("dau")
ACTIVE_7D = _index("active_7d")
ACTIVE_28D = _index("active_28d")
ACTIVE_SHARE = _index("active_share")
POSTS = _index("posts")
REPLIES = _index("replies")
REACTIONS = _index("reactions")
ANSWERS = _index("answers")
FOUNDER_ANSWERS = _index("founder_answers")
MESSAGES = _index("messages")
VIEWS = _index("views")
UNREAD = _index("unread")
VALUE = _index("value")
MINUTES = _index("minutes")
BRAND_ITEMS = _index("brand_items")
KOC_ITEMS = _index("koc_items")
PARTNER_ITEMS = _index("partner_items")
FILLER_ITEMS = _index("filler_items")
VIOLATIONS = _index("violations")
REMOVED = _index("removed")
FALSE_REMOVED = _index("false_removed")
REVIEW_BACKLOG = _index("review_backlog")
REQUESTS = _index("requests")
SOLVED = _index("solved")
ANSWERERS_WEEK = _index("answerers_week")
INVITATIONS = _index("invitations")
INVITED_JOINS = _index("invited_joins")
ACTIVATED = _index("activated")
ACTIVATION_BASE = _index("activation_base")
JOINERS_28 = _index("joiners_28")
JOINERS_28_KEPT = _index("joiners_28_kept")
JOINERS_84 = _index("joiners_84")
JOINERS_84_KEPT = _index("joiners_84_kept")
RETAINED = _index("retained")
KEPT = _index("kept")
PURCHASES = _index("purchases")
SALES_YUAN = _index("sales_yuan")
REPURCHASE = _index("repurchase")
POINTS_ISSUED = _index("points_issued")
POINTS_REDEEMED = _index("points_redeemed")
POINTS_OUTSTANDING = _index("points_outstanding")
ENTRY_POOL_YUAN = _index("entry_pool_yuan")
DUES_POOL_YUAN = _index("dues_pool_yuan")
BRAND_POOL_YUAN = _index("brand_pool_yuan")
FUND_IN_YUAN = _index("fund_in_yuan")
FUND_OUT_YUAN = _index("fund_out_yuan")
POLICY_STOPS = _index("policy_stops")
PRIZES = _index("prizes")
STAFFED = _index("staffed")
VOLUNTEERS = _index("volunteers")
KOCS = _index("kocs")
INCUBATING = _index("incubating")
PARTNERS = _index("partners")
PARTNER_TRUST = _index("partner_trust")
SHARE_DEVIATION = _index("share_deviation")
PARTNER_EXITS = _index("partner_exits")
NEWCOMER_SHARE = _index("newcomer_share")
BELONGING = _index("belonging")
SATISFACTION = _index("satisfaction")
TRUST = _index("trust")
MOTIVE = _index("motive")
TIES_PER_MEMBER = _index("ties_per_member")
STRONG_TIES = _index("strong_ties")
SENSED_SATISFACTION = _index("sensed_satisfaction")
VOICE_GINI = _index("voice_gini")
VOICE_TOP = _index("voice_top")
EXPIRED_EARLY = _index("expired_early")
