"""Outcomes that are stored with every run and reported where they are asked for by name."""

from __future__ import annotations

from plaza_lab.scenarios.outcomes.outcome import Outcome

SOURCES_AND_FORMS = {
    "member": "members' items", "koc": "KOCs' items", "brand": "brand's items",
    "partner": "partners' items", "filler": "filler", "imported": "imported items",
    "text": "texts", "document": "documents", "image": "images", "video": "videos",
    "audio": "audio", "live": "live sessions",
}  # fmt: skip
"""By whom and in which form, as the engine names them."""

PEOPLE: tuple[Outcome, ...] = (
    Outcome("joins", "Joins", "members", "higher", 0, "T02", "members who joined over the run"),
    Outcome("partner_joins", "Joins through partners", "members", "higher", 0, "T64",
            "members who came through partner brands"),
    Outcome("retained_members", "Retained members", "members", "higher", 0, "T59",
            "members of the whole community active in the last 28 days"),
    Outcome("joiner_retention_28d", "Joiners kept 28 days", "share", "higher", 1, "T22",
            "joiners still members 28 days later / joiners observed that long"),
    Outcome("joiner_retention_84d", "Joiners kept 84 days", "share", "higher", 1, "T22",
            "joiners still members 84 days later / joiners observed that long"),
    Outcome("stickiness", "Stickiness", "share", "higher", 1, "T08",
            "mean daily visitors of the last 28 days / members active in them"),
    Outcome("never_posted", "Never posted", "share", "lower", 1, "E01",
            "members without an item of their own / members"),
    Outcome("k_28d", "K in 28 days", "ratio", "higher", 3, "T37",
            "joins by invitation in the last 28 days / members"),
    Outcome("k_lifetime", "K over a membership", "ratio", "higher", 2, "T37",
            "K in 28 days / share of members leaving in 28 days"),
    Outcome("acquisition_cost_yuan", "Cost per join", "yuan", "lower", 2, "T42",
            "spend on acquisition / joins by any route"),
    Outcome("lifetime_value_yuan", "Lifetime value", "yuan", "higher", 2, "T42",
            "margin per member-day / exit hazard per day"),
    Outcome("targeting_accuracy", "Targeting accuracy", "share", "higher", 1, "T30",
            "members whom the brand sorts where they belong / members it sorts"),
)  # fmt: skip

PARTNERSHIPS: tuple[Outcome, ...] = (
    Outcome("deals", "Deals signed", "deals", "higher", 1, "T63", "deals with partners signed"),
    Outcome("deals_ended", "Deals ended", "deals", "lower", 1, "T63",
            "deals with partners that ended, at their term or before"),
    Outcome("host_benefit_yuan", "Host's benefit of partners", "yuan", "higher", 0, "T64",
            "joins through partners at their worth, money and data received"),
    Outcome("host_gain_yuan", "Host's gain of partners", "yuan", "higher", 0, "T64",
            "the host's benefit of partners, less what it spent on them"),
    Outcome("partner_benefit_yuan", "Partners' benefit", "yuan", "higher", 0, "T64",
            "sales, views, data and money that partners received, by what they want"),
    Outcome("partner_gain_yuan", "Partners' gain", "yuan", "higher", 0, "T64",
            "the partners' benefit, less what they spent"),
)  # fmt: skip
"""What partnerships bring, on both sides."""

SHOCKS: tuple[Outcome, ...] = (
    Outcome("recovery_weeks", "Weeks to recover", "weeks", "lower", 1, "M131",
            "from the last shock until the active members of four weeks are back at nine tenths "
            "of those of the eight weeks before; where they are not, the weeks to the end"),
)  # fmt: skip

FEELINGS: tuple[Outcome, ...] = (
    Outcome("belonging_end", "Belonging at the end", "1", "higher", 3, "M15",
            "mean over members, 0 to 1"),
    Outcome("satisfaction_end", "Satisfaction at the end", "1", "higher", 3, "T45",
            "mean over members, 0 to 1"),
    Outcome("trust_end", "Trust at the end", "1", "higher", 3, "M96", "mean over members, 0 to 1"),
    Outcome("motive_end", "Intrinsic motive at the end", "1", "higher", 3, "M53",
            "mean over members, 0 to 1"),
    Outcome("fairness_end", "Perceived fairness at the end", "1", "higher", 3, "T52",
            "mean over members, 0 to 1"),
    Outcome("partner_trust_end", "Partners' trust at the end", "1", "higher", 3, "T63",
            "mean over partner brands, 0 to 1"),
    Outcome("share_deviation", "Largest share deviation", "share", "lower", 1, "T63",
            "largest gap between a partner's share of returns and of contributions"),
)  # fmt: skip

TALK: tuple[Outcome, ...] = (
    Outcome("posts_per_day", "Posts per day", "posts/day", "higher", 1, "T13",
            "items that members write, mean over the days"),
    Outcome("interactions_per_day", "Interactions per day", "acts/day", "higher", 1, "T11",
            "likes, replies and answers, mean over the days"),
    Outcome("interactions_per_active", "Interactions per active member", "acts", "higher", 1, "T11",
            "interactions of the last 28 days / members active in them"),
    Outcome("interaction_growth", "Growth of interactions", "share", "higher", 1, "T12",
            "interactions of the last 28 days / those of the 28 days before - 1"),
    Outcome("founder_answer_share", "Answers by founders", "share", "lower", 1, "T17",
            "answers given by the founding team / answers"),
    Outcome("solve_hours_median", "Hours to solution", "hours", "lower", 1, "T17",
            "median over solved requests"),
    Outcome("unsolved_hours", "Hours unsolved", "hours", "lower", 1, "T17",
            "mean over ended requests, cut at two weeks; unsolved ones count two weeks"),
    Outcome("thread_quality", "Thread quality", "1", "higher", 3, "T14",
            "mean score of the threads that closed, 0 to 1"),
    Outcome("quality_threads", "Good threads", "share", "higher", 1, "T15",
            "threads with a score of at least 0.6 / threads that closed"),
    Outcome("off_topic_share", "Off-topic threads", "share", "lower", 1, "T16",
            "threads off the theme of the charter / threads that closed"),
    Outcome("posting_gini", "Posting concentration", "Gini", "lower", 3, "T13",
            "Gini of the items written, over those who ever wrote"),
    Outcome("voice_top_share", "Exposure of the top authors", "share", "lower", 1, "T51",
            "part of exposures received by the best connected 5 % of members"),
    Outcome("unread_per_visit", "Unread per visit", "items", "lower", 1, "T20",
            "new items beyond the reading budget, mean over the days"),
    Outcome("minutes_per_value", "Minutes per value", "min/point", "lower", 2, "T19",
            "minutes spent / knowledge, social and entertainment value received"),
    Outcome("archive_served_share", "Served by the archive", "share", "higher", 1, "T17",
            "requests that the archive answered / requests"),
    Outcome("service_answered_share", "Service questions answered", "share", "higher", 1, "T17",
            "questions to the service desk answered / questions"),
    Outcome("service_response_hours", "Response time of service", "hours", "lower", 1, "T17",
            "mean hours until the service desk answered"),
    Outcome("opportunities", "Opportunities passed on", "openings", "higher", 0, "M47",
            "openings that reached a member over a tie"),
    Outcome("leak_harm", "Harm of leaks", "harm", "lower", 2, "M127",
            "harm done by profile data that leaked"),
)  # fmt: skip

CONTENT: tuple[Outcome, ...] = (
    Outcome("reach_per_item", "Reach per item", "views", "higher", 1, "T31",
            "views / items, of those whose life ended"),
    Outcome("open_rate", "Open rate", "share", "higher", 1, "T31",
            "items opened / items shown"),
    Outcome("completion_rate", "Completion rate", "share", "higher", 1, "T31",
            "items read to the end / items opened"),
    Outcome("reactions_per_view", "Reactions per view", "share", "higher", 1, "T32",
            "reactions / views"),
    Outcome("member_share_rate", "Share rate, members' items", "share", "higher", 2, "T33",
            "shares / views of member-made items, 28 days"),
    Outcome("brand_share_rate", "Share rate, brand's items", "share", "higher", 2, "T33",
            "shares / views of the institution's items, 28 days"),
    Outcome("brand_unseen_share", "Unseen brand items", "share", "lower", 1, "T34",
            "brand items without a view / brand items whose life ended in the last 28 days"),
    Outcome("filler_share", "Filler", "share", "lower", 1, "T35",
            "filler items / items created"),
    Outcome("member_made_share", "Made by members", "share", "higher", 1, "T35",
            "items that members wrote / items created"),
    Outcome("member_made_share_28d", "Made by members, last 28 days", "share", "higher", 1, "T35",
            "member-made items / items whose life ended in the last 28 days"),
    Outcome("originality", "Originality", "share", "higher", 1, "T35",
            "1 - imported items / items created, last 28 days"),
    Outcome("audience_retention", "Audience kept", "share", "higher", 1, "T36",
            "readers of the earlier weeks who still read, last count"),
)  # fmt: skip

ORDER: tuple[Outcome, ...] = (
    Outcome("farmers_end", "Farmers at the end", "members", "lower", 0, "T69",
            "members on the last day who farm rewards, and fake accounts"),
    Outcome("honest_retention", "Active retention, not farming", "share", "higher", 1, "T21",
            "day-0 members who do not farm, still members and active in the last 28 days / such"),
    Outcome("negative_share", "Negative messages", "share", "lower", 1, "T47",
            "messages in a negative mood / messages"),
    Outcome("compliance", "Compliance", "share", "higher", 1, "T49",
            "authors without a removed item / authors"),
    Outcome("false_removal_share", "False removals", "share", "lower", 1, "T50",
            "removed items that broke no rule / removed items"),
    Outcome("blocked_share", "Blocked", "share", "lower", 1, "T50",
            "items blocked before publication / items of members"),
    Outcome("review_wait_hours", "Wait for review", "hours", "lower", 1, "T50",
            "mean hours an item waited for its review"),
    Outcome("quarrels", "Quarrels", "quarrels", "lower", 0, "T47", "quarrels over the run"),
    Outcome("rule_changes", "Changes of rules", "changes", "neither", 0, "T50",
            "changes of the rules over the run"),
    Outcome("reply_hours", "Reply to feedback", "hours", "lower", 1, "T53",
            "mean hours until feedback was replied to"),
    Outcome("closed_7d_share", "Complaints closed in 7 days", "share", "higher", 1, "T53",
            "complaints closed within 7 days / complaints"),
    Outcome("implemented_share", "Ideas taken up", "share", "higher", 1, "T53",
            "improvements made / ideas of members"),
    Outcome("staff_load", "Load of the team", "share", "lower", 1, "T61",
            "work asked of the team / its capacity, mean over the days"),
    Outcome("staff_fatigue_end", "Fatigue of the team", "1", "lower", 3, "T61",
            "at the end, 0 to 1"),
    Outcome("incidents", "Incidents", "incidents", "lower", 0, "T66",
            "privacy breaches and public rows over the run"),
    Outcome("founder_attention", "Founders' attention", "hours/day", "neither", 2, "M63",
            "founder time for each group, last day"),
    Outcome("group_fit", "Fit of the groups", "1", "higher", 3, "M14",
            "fit of a group's items with its members' interests, 0 to 1"),
    Outcome("isolates", "Isolates", "share", "lower", 1, "T55",
            "members without any tie / members"),
)  # fmt: skip

EVENTS: tuple[Outcome, ...] = (
    Outcome("attended_of_reachable", "Attendance of the reachable", "share", "higher", 1, "T54",
            "guests who came / members the invitation could reach"),
    Outcome("attended_of_registered", "Attendance of the registered", "share", "higher", 1, "T54",
            "guests who came / guests who registered"),
    Outcome("attended_of_members", "Attendance of members", "share", "higher", 1, "T54",
            "guests who came / members"),
    Outcome("event_cost_yuan", "Cost of events", "yuan", "lower", 0, "T58",
            "spent on events over the run"),
)  # fmt: skip

MONEY: tuple[Outcome, ...] = (
    Outcome("prize_yuan", "Prizes", "yuan", "neither", 0, "T58", "prizes paid"),
    Outcome("stipend_yuan", "Stipends", "yuan", "neither", 0, "T58", "stipends of stewards paid"),
    Outcome("dues_yuan", "Dues", "yuan", "higher", 0, "T58", "dues paid by members"),
    Outcome("entry_fees_yuan", "Entry fees", "yuan", "higher", 0, "T58", "fees paid at joining"),
    Outcome("points_liability_yuan", "Points owed", "yuan", "lower", 0, "T58",
            "reserve that backs the points members hold, at the end"),
    Outcome("policy_stops", "Payments stopped", "times", "lower", 0, "T58",
            "payments that the fund could not make"),
    Outcome("award_winners_share", "Different winners", "share", "higher", 1, "T57",
            "different winners / prizes"),
    Outcome("award_gini", "Concentration of prizes", "Gini", "lower", 3, "T57",
            "Gini of the prizes over those who won any"),
)  # fmt: skip

BY_KIND: tuple[Outcome, ...] = tuple(
    Outcome(f"engagement_{kind}", f"Engagement, {words}", "share", "higher", 1, "T32",
            "likes, comments and shares / views, of these items")
    for kind, words in SOURCES_AND_FORMS.items()
)  # fmt: skip

WATCH: tuple[Outcome, ...] = (
    Outcome("health", "Health index", "0-100", "higher", 0, "T71",
            "weighted mean of what can be measured, last weekly look; none in the first 4 weeks"),
    Outcome("expert_active_share", "Active experts", "share", "higher", 1, "T07",
            "28-day active share of the fifth of members with most skill, last weekly look"),
    Outcome("recommend_share", "Would recommend", "share", "higher", 1, "T44",
            "answers of 7 and above, of 0 to 10, in the last weekly survey"),
    Outcome("promoter_score", "Promoter score", "points", "higher", 0, "T44",
            "answers of 9 and 10 less those of 0 to 6, per 100 of the last weekly survey"),
    Outcome("alerts_red", "Red alerts", "alerts", "lower", 2, "M114",
            "red alerts, mean over the days"),
    Outcome("interventions", "Interventions", "acts", "neither", 0, "M114",
            "interventions begun over the run"),
    Outcome("central_weight", "Central weight", "share", "neither", 2, "M75",
            "mean of the brand's shares of views, of guests at events and of decisions on rules in "
            "28 days, last weekly look"),
    Outcome("held_one_platform", "Held on one platform", "share", "lower", 1, "T67",
            "members whose contact is held only on one third-party place, last weekly look"),
)  # fmt: skip

FURTHER = (
    *PEOPLE, *PARTNERSHIPS, *SHOCKS, *FEELINGS, *TALK, *CONTENT, *BY_KIND, *ORDER, *EVENTS, *MONEY,
    *WATCH,
)  # fmt: skip
