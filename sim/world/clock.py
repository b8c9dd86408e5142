"""The clock: the community's counters and climate, one row; and the queue at its gate."""

from __future__ import annotations

from agents.record import Var

ROUTES = 6

APPLICANT: tuple[Var, ...] = (
    Var("uid", "u8", "1", "identity by lineage", "design 5"),
    Var("inviter", "i4", "row", "who invited, -1 for nobody", "M03", -1),
    Var("route", "i1", "Route", "how the person came", "T02"),
)

CLOCK: tuple[Var, ...] = (
    Var("seed_key", "u8", "1", "key of the run's draws", "design 5"),
    Var("n_rows", "i8", "rows", "member rows in use", "design 3"),
    Var("n_members", "i8", "members", "members now", "T01"),
    Var("n_founders", "i8", "members", "members of day 0", "T21"),
    Var("n_silent", "i8", "members", "silent members now", "science A.14"),
    Var("n_visitors", "i8", "members", "visitors today", "T10"),
    Var("n_applicants", "i8", "persons", "persons waiting at the gate", "M10"),
    Var("item_head", "i8", "item", "number of the next item", "E22"),
    Var("item_tail", "i8", "item", "oldest item alive", "E22"),
    Var("item_today", "i8", "item", "first item of today", "E22"),
    Var("review_next", "i8", "item", "next item to review", "M59"),
    Var("review_credit", "f8", "items", "review capacity carried over", "M59"),
    Var("n_requests", "i8", "requests", "requests ever opened", "T17"),
    Var("n_kocs", "i8", "rows", "KOC rows in use", "M50"),
    Var("n_moderators", "i8", "rows", "moderator rows in use", "M61"),
    Var("n_journal", "i8", "rows", "journal rows in use", "M56"),
    Var("journal_lost", "i8", "rows", "journal rows that found no room; must stay 0", "M56"),
    Var("exposure", "(6,)f8", "persons", "expected arrivals so far, by route", "science A.1"),
    Var("threshold", "(6,)f8", "persons", "exposure at which the next slot arrives", "science A.1"),
    Var("slots", "(6,)i8", "persons", "arrivals so far, by route", "science A.1"),
    Var("partner_slot", "i8", "row", "partner of the running campaign, -1 for none", "M105", -1),
    Var("pending_exposure", "f8", "persons", "arrivals expected from partners today", "M105"),
    Var("points_held", "i8", "points", "points held by members", "T56"),
    Var("points_today", "i8", "points", "points issued today", "T56"),
    Var("guide_used", "f8", "newcomers", "newcomers guided today", "M13"),
    Var("n_answerers", "i8", "members", "answerers of this week", "T60"),
    Var("last_answerers", "i8", "members", "answerers of last week", "M43"),
    Var("prize_cents", "i8", "cents", "prize pool of this week", "M43"),
    Var("stipend_cents", "i8", "cents", "stipend offered this week", "M62"),
    Var("opening_pool_cents", "i8", "cents", "entry pool at the start of the cycle", "M54"),
    Var("cycle_week", "i8", "weeks", "weeks since the cycle began", "M54"),
    Var("payer_weeks", "i8", "member-weeks", "dues-paying member-weeks so far", "W03"),
    Var("dues_released_cents", "i8", "cents", "dues released so far", "W04"),
    Var("dues_prize_cents", "i8", "cents", "released dues waiting for prizes", "assumption"),
    Var("digest_quality", "f8", "1", "quality of the last digest, 0 for none", "M37"),
    Var("answered_share", "f8", "share", "requests of last week that were solved", "M05"),
    Var("dues_share", "f8", "1", "dues relative to what a median member finds fair", "M55"),
    Var("prompt", "(8,)f8", "1", "part of a topic prompt's life still ahead, by topic", "M16"),
    Var("n_events", "i8", "rows", "event rows in use", "T54"),
    Var("contest", "i8", "row", "event row of the open contest, -1 for none", "M25", -1),
    Var("space_since", "i8", "day", "day the virtual space opened, -1 before", "M22", -1),
    Var("product", "f8", "1", "product quality gained from co-creation, 0 to 1", "M25"),
    Var("culture", "f8", "1", "how close members' values have come, 0 to 1", "M24"),
    Var("service_funded", "f8", "share", "part of this week's service that is paid for", "M23", 1),
    Var("service_queue", "f8", "questions", "questions waiting for people", "M23"),
    Var("stage", "i8", "Stage", "stage of the programme", "M71"),
    Var("stage_since", "i8", "day", "day this stage began", "M71"),
    Var("ripeness", "i8", "Stage", "stage the community itself has reached", "M71"),
    Var("conversion", "f8", "share", "conversion of the target group so far", "T29"),
)
