"""Members: what one remembers; and insiders, who have a stake in the brand.

A member's row holds her traits, drawn once at arrival from her lineage, and her state, changed by
the processes of the day. How she decides is in ``agents/decisions/``.
"""

from __future__ import annotations

import enum

from plaza_lab.agents.record import SHARE, Var


class Status(enum.IntEnum):
    """Where a member stands."""

    LEFT = 0
    ENGAGED = 1
    SILENT = 2


class Kind(enum.IntEnum):
    """Class of activity (science.md part A.4: lurkers, posters, core)."""

    LURKER = 0
    POSTER = 1
    CORE = 2


class Route(enum.IntEnum):
    """How a member came (T02)."""

    FOUNDING = 0
    ORGANIC = 1
    WORD_OF_MOUTH = 2
    REFERRAL = 3
    PARTNER = 4
    PAID = 5
    CONTENT = 6
    OFFLINE = 7
    INFLUENCER = 8
    STAR = 9
    CHALLENGE = 10
    REWARD = 11
    INSIDER = 12


class Flag(enum.IntEnum):
    """Bits of ``circles``: memberships in smaller circles."""

    PROFILE = 2
    WELCOMED = 4
    KOC = 8
    MODERATOR = 16
    BUYER = 32
    BOUT = 64


class Stance(enum.IntEnum):
    """Bits of ``stance``: how a member takes to rewards, and what binds her here."""

    RESPONDER = 1
    FARMER = 2
    FAKE = 4
    CAUGHT = 8
    INSIDER = 16
    CREW = 32


class Tier(enum.IntEnum):
    """Whom incentives and service favour (M49)."""

    NOBODY = 0
    GRADE = 1
    AT_RISK = 2
    HIGH_VALUE = 3


class Ballot(enum.IntEnum):
    """What part a member took in the votes on the charter."""

    NONE = 0
    YES = 1
    NO = 2
    OWNER = 3
    OUTVOTED = 4


class Lifecycle(enum.IntEnum):
    """Stages of a customer's life (E03); 0 while nobody keeps track."""

    UNKNOWN = 0
    AWARENESS = 1
    INTEREST = 2
    CONSIDERATION = 3
    PURCHASE = 4
    USE = 5
    LOYALTY = 6
    RECOMMENDATION = 7


class Segment(enum.IntEnum):
    """What the brand takes a member for (E02); 0 while it does not sort them."""

    UNSORTED = 0
    ORDINARY = 1
    CORE = 2
    VIP = 3
    AT_RISK = 4


class Contact(enum.IntEnum):
    """Bits of ``contact``: what the brand did, strong ties at the last score, dues."""

    OFFERED = 1
    CONTACTED = 2
    HELD_OUT = 4
    TIE = 8
    ARREARS = 64


class Channel(enum.IntEnum):
    """Bits of ``channel``: where a member is at home, and where her contact is held."""

    SECOND = 1
    SEVERAL = 2
    HELD_FIRST = 4
    HELD_SECOND = 8
    RIVAL = 16
    ABROAD = 32


FATE: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage; the address of every draw", "design 5"),
    Var("visit_hazard", "f4", "1/day", "hazard of visiting, before weekday rhythm", "M15"),
    Var("exit_hazard", "f4", "1/day", "hazard of leaving the membership", "science A.14"),
    Var("buy_hazard", "f4", "1/day", "hazard of a purchase while still a customer", "science A.13"),
    Var("status", "i1", "Status", "left, engaged or silent", "science A.14"),
    Var("kind", "i1", "Kind", "lurker, poster or core", "science A.4"),
    Var("circles", "i1", "Flag", "circles the member belongs to", "assumption"),
)
"""Hot screening fields, scanned for every member every day."""

MEMBER: tuple[Var, ...] = (
    # what a weekly look reads, side by side
    Var(
        "belonging",
        "f4",
        "1",
        "identity with and bonds in the community, 0 to 1",
        "M15",
        bounds=SHARE,
    ),
    Var(
        "satisfaction",
        "f4",
        "1",
        "experience against expectation, 0 to 1",
        "science A.9",
        0.5,
        bounds=SHARE,
    ),
    Var(
        "trust",
        "f4",
        "1",
        "trust in brand and management, 0 to 1",
        "science A.16",
        0.5,
        bounds=SHARE,
    ),
    Var("motive", "f4", "1", "intrinsic motive now, 0 to 1", "science A.10", bounds=SHARE),
    Var(
        "native_motive",
        "f4",
        "1",
        "intrinsic motive one returns to, 0 to 1",
        "science A.10",
        bounds=SHARE,
    ),
    Var("reputation", "f4", "points", "standing from answers and posts, decaying", "M42"),
    Var("load", "f4", "1", "overload of the last visit, 0 to 1", "science A.5", bounds=SHARE),
    Var("mood", "f4", "1", "mood, -1 to 1; 0 is the usual one", "M101", bounds=(-1.0, 1.0)),
    Var("visit_rate", "f4", "1/day", "base hazard of visiting", "science A.4"),
    Var("frailty", "f4", "1", "multiplies the exit hazard, mean 1", "science A.14", 1),
    Var("buy_rate", "f4", "1/day", "base hazard of a purchase", "science A.13"),
    Var("joined", "i2", "day", "day of joining; negative for tenure before the run", "T02"),
    Var("touched", "i2", "day", "day up to which decay has been applied", "assumption"),
    Var("last_visit", "i2", "day", "day of the last visit", "T10", -32000),
    Var("answers", "i2", "answers", "answers given", "T60"),
    Var("solved", "i2", "requests", "own requests solved", "T17"),
    Var("buys", "i2", "purchases", "purchases made", "T40"),
    Var("n_ties", "i1", "ties", "ties in use", "science A.8"),
    Var("n_strong", "i1", "ties", "strong ties at the last count", "M100"),
    Var("route", "i1", "Route", "how the member came", "T02"),
    Var("channel", "i1", "Channel", "where she is at home", "M98, M132, M78"),
    Var("contact", "i1", "Contact", "what the brand did, and what it remembers", "M94"),
    Var("stage", "i1", "Lifecycle", "stage of the customer's life", "E03"),
    Var(
        "stance",
        "i1",
        "Stance",
        "responder, farmer, fake, caught, insider, in a crew",
        "M129, M134",
    ),
    Var("level", "i1", "grade", "grade reached, 0 for none", "M40"),
    # what a visit uses besides: with the above the first 128 bytes, which are asked for early
    Var("expectation", "f4", "1", "expected value of a visit", "science A.9", 0.4),
    Var("hurt", "f4", "replies", "toxic replies received and not got over", "science A.11"),
    Var(
        "fairness", "f4", "1", "perceived fairness of governance, 0 to 1", "M69", 0.5, bounds=SHARE
    ),
    Var("skill", "f4", "1", "quality of answers and posts, 0 to 1", "M21", bounds=SHARE),
    Var("post_rate", "f4", "1/visit", "base odds of posting on a visit", "science A.4"),
    Var("origins", "u4", "3 bits/tie", "how each tie arose, in the order of the ties", "E31"),
    Var("seen_to", "i4", "item", "newest item known at the last visit", "T20", -1),
    Var("last_item", "i4", "item", "newest own item", "science A.5", -1),
    Var("worth", "u2", "1/65535", "value of the last visit, as part of 65535", "M52"),
    Var("returns", "u2", "1/65535", "what visits have brought lately, as part of 65535", "M52"),
    Var("harm", "u2", "1/65535", "harm seen at the last visit, as part of 65535", "science A.11"),
    Var("quit", "u2", "1/65535", "chance of falling silent after an active day", "science A.4"),
    Var("practice", "u2", "1/65535", "how used one is to contributing for pay, a part", "M53"),
    Var("honour", "u2", "1/65535", "awards received and not faded, as part of 65535", "M41"),
    Var("last_act", "i2", "day", "day of the last active act", "T06", -32000),
    Var("unread_replies", "i2", "replies", "replies received since the last visit", "M15"),
    Var("unread_reactions", "i2", "reactions", "reactions received since the last visit", "M15"),
    Var("posts", "i2", "items", "items written", "T13"),
    Var("left", "i2", "day", "day of leaving, 32767 while a member", "T23", 32767),
    Var(
        "attention",
        "u1",
        "items/visit",
        "reading budget of a visit, 1 to 60",
        "science A.5",
        bounds=(1, 60),
    ),
    Var("topic", "i1", "topic", "main interest", "M28"),
    Var("skill_topic", "i1", "topic", "field of expertise", "M21"),
    Var("group", "i1", "group", "group she belongs to", "E20"),
    Var("posts_today", "i1", "items", "items written at the last visit", "T13"),
    Var("to_say", "i1", "messages", "messages she came to say to others today", "science A.7"),
    Var("replies_today", "i1", "replies", "replies written at the last visit", "T11"),
    Var("answers_today", "i1", "answers", "answers given at the last visit", "T11"),
    Var("helped_today", "i1", "requests", "own requests solved since the last visit", "T17"),
    Var("unsolved", "i1", "requests", "own requests given up", "T17"),
    # the rest, by size, so that nothing is left empty between them
    Var("inviter", "i4", "row", "who invited, -1 for nobody", "M03", -1),
    Var("points", "i4", "points", "points held", "M39"),
    Var("tokens", "i4", "tokens", "tokens held", "M48"),
    Var(
        "exposures",
        "i4",
        "views",
        "views of own items that have left the feed, since the last count",
        "T51",
    ),
    Var("spent", "f4", "yuan", "spent with the brand so far", "T43"),
    Var("replier", "i4", "row", "who replied last, -1 for nobody", "science A.7", -1),
    Var("last_buy", "i2", "day", "day of the last purchase", "T43", -32000),
    Var("last_win", "i2", "day", "day of the last prize", "M43", -32000),
    Var("invited", "i2", "invitations", "invitations sent so far; ordinal of the next", "M03"),
    Var("told", "i2", "contacts", "outside friends told of the community, for good or ill", "M02"),
    Var("habit", "u2", "1/65535", "how used one is to games, as part of 65535", "M19"),
    Var("exchange", "u2", "1/65535", "kept promises and fair value, as part of 65535", "M96"),
    Var("investment", "u2", "1/65535", "discounted contributions, as part of 65535", "M96"),
    Var("affect", "u2", "1/65535", "care received, as part of 65535", "M96"),
    Var("week_score", "u2", "1/65535", "best answer or post of this week in the ranking", "M43"),
    Var("last_event", "i2", "day", "day of the last event attended", "T54", -32000),
    Var("wins", "i1", "prizes", "prizes won", "T57"),
    Var("badges", "i1", "badges", "badges awarded", "M41"),
    Var("matches", "i1", "matches", "openings found through the talent pool", "M47"),
    Var("violations", "i1", "items", "own items removed", "T49"),
    Var("kinds_seen", "u1", "bits", "kinds of items opened at the last visit", "T36"),
    Var("weariness", "u1", "1/255", "weariness of promotion", "M122"),
    Var("ballot", "i1", "Ballot", "part taken in the charter's votes", "M68"),
    Var("segment", "i1", "Segment", "what the brand takes her for", "E02"),
    Var("risk", "i1", "score of 100", "churn score now", "M94"),
    Var("risk_then", "i1", "score of 100", "churn score when contacts were last chosen", "T24"),
)
"""What only those touched today need."""

BRAND = 0
"""Firm of the brand's own staff; suppliers are 1, 2, ..., partner ``k`` is ``-1 - k``."""

INSIDER: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage; 0 for an empty seat", "design 5"),
    Var("member", "i4", "row", "the member, -1 until she is in", "M134", -1),
    Var("firm", "i2", "firm", "0 the brand, above a supplier, below a partner", "M134"),
)

SEATS = 1024
"""Most insiders at a time."""


class Charter(enum.IntEnum):
    """How the rules come about."""

    STATIC = 0
    ADAPTIVE = 1
    VOTED = 2
    ADAPTIVE_VOTED = 3
