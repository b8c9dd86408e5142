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
    Var("promo_share", "f8", "share", "promotion in what was read in the last 7 days", "T68"),
    Var("variety", "f8", "1", "variety of sources in the last 7 days, 0 to 1", "M30"),
    Var("n_shared", "i8", "shares", "shares of today on the list", "M35"),
    Var("content_arrivals", "f8", "persons", "arrivals that shared items bring tomorrow", "T38"),
    Var("counts_from", "i8", "day", "first day of viewers counted in this cycle", "M36"),
    Var("counts_until", "i8", "day", "day after the last one of viewers counted", "M36"),
    Var("n_collected", "i8", "entries", "answers ever collected for the archive", "M38"),
    Var("n_archive", "i8", "entries", "of these: made searchable by a digest", "M38"),
    Var("book_day", "i8", "day", "day the book came out, -1 before", "M38", -1),
    Var("answered_share", "f8", "share", "requests of last week that were solved", "M05"),
    Var("dues_share", "f8", "1", "dues relative to what a median member finds fair", "M55"),
)
