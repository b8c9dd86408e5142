"""The outcomes that every comparison reports: the headlines, then what explains them.

Derived ones follow from others: they are told where advice is given, and kept in no store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaza_lab.scenarios.outcomes.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

HEADLINE: tuple[Outcome, ...] = (
    Outcome("growth", "Member growth", "share", "higher", 1, "T03/T04",
            "members at the end / members at day 0 - 1, net of exits, over the horizon", True),
    Outcome("retention", "Active retention", "share", "higher", 1, "T21",
            "day-0 members still members and active in the last 28 days / day-0 members", True),
    Outcome("membership_retention", "Membership retention", "share", "higher", 1, "T22",
            "day-0 members still members at the end / day-0 members", True),
    Outcome("fund_spend_yuan", "Fund spend", "yuan", "lower", 0, "T58",
            "total paid out of the community's funds over the horizon, less what came back", True),
    Outcome("cost_per_retained_yuan", "Spend per active member", "yuan", "lower", 1, "T59",
            "fund spend / members of the whole community active in the last 28 days", True),
)  # fmt: skip

SECONDARY: tuple[Outcome, ...] = (
    Outcome("members_end", "Members at the end", "members", "higher", 0, "T01",
            "members on the last day"),
    Outcome("active_share", "Active share", "share", "higher", 1, "T07",
            "members active in the last 28 days / members"),
    Outcome("solved_rate", "Solved requests", "share", "higher", 1, "T17",
            "help requests marked solved / opened, over the whole run"),
    Outcome("distinct_answerers_week", "Distinct answerers", "persons/week", "higher", 1, "T60",
            "different members who answered somebody, mean over the weeks"),
    Outcome("value_per_minute", "Value per minute", "points/min", "higher", 3, "T19",
            "knowledge, social and entertainment value received / minutes spent"),
    Outcome("exit_hazard_week", "Exit hazard per week", "share", "lower", 2, "T23",
            "exits / member-weeks at risk"),
    Outcome("activation_14d", "Newcomer activation", "share", "higher", 1, "T26",
            "joiners with at least one contribution in their first 14 days / joiners"),
    Outcome("messages_per_day", "Messages per day", "messages/day", "neither", 1, "T13",
            "posts and replies created, mean over the days"),
    Outcome("repurchase", "Repurchase rate", "share", "higher", 1, "T40",
            "buyers of the earlier window who bought again / buyers of the earlier window"),
    Outcome("violation_rate", "Violation rate", "share", "lower", 2, "T49",
            "items of members that break the rules / items of members"),
    Outcome("voice_gini", "Voice concentration", "Gini", "lower", 3, "T51",
            "Gini of the exposures that authors received, 0 even to 1 one voice"),
    Outcome("steward_fill", "Steward posts filled", "share", "higher", 1, "T60",
            "staffed steward weeks / steward weeks"),
    Outcome("runway_weeks", "Fund runway", "weeks", "higher", 1, "T58",
            "fund balance / mean weekly outflow of the last four weeks"),
    Outcome("cost_per_join_paid_yuan", "Cost per join, paid reach", "yuan", "lower", 1, "T42",
            "spend on paid reach / joins by it"),
    Outcome("cost_per_join_referral_yuan", "Cost per join, referral", "yuan", "lower", 1, "T42",
            "referral rewards / joins by invitation"),
    Outcome("cost_per_join_offline_yuan", "Cost per join, offline", "yuan", "lower", 1, "T42",
            "spend on shop and event visitors / joins of these"),
    Outcome("cost_per_join_influencer_yuan", "Cost per join, influencers", "yuan", "lower", 1,
            "T42", "fees of influencers / joins from their posts"),
    Outcome("cost_per_join_partner_yuan", "Cost per join, partners", "yuan", "lower", 1, "T42",
            "own spend on campaigns / joins through partner brands"),
    Outcome("cost_per_join_challenge_yuan", "Cost per join, challenge", "yuan", "lower", 1, "T42",
            "prizes of challenge winners / experts who joined"),
    Outcome("value_to_cost", "Lifetime value to acquisition cost", "ratio", "higher", 2, "T42",
            "margin over the expected life of a member / acquisition spend per join"),
    Outcome("share_to_registration", "Share to registration", "share", "higher", 1, "T38",
            "joins from shared items / outside visits from them, last 28 days"),
    Outcome("koc_graduates", "KOC graduates", "persons", "higher", 0, "T62",
            "KOCs who completed incubation"),
    Outcome("koc_path_gap", "KOC graduates against plan", "persons", "higher", 1, "T62",
            "graduates - those of a straight path to the plan, when it ends or the run does"),
    Outcome("koc_joins", "Joins per KOC", "members", "higher", 2, "T62",
            "joins by invitation of a KOC / KOCs"),
    Outcome("koc_reach", "Reach per KOC", "views", "higher", 0, "T62",
            "views of items of KOCs since they were chosen / KOCs"),
    Outcome("koc_sales_yuan", "Sales per KOC", "yuan", "higher", 0, "T62",
            "purchases of those whom KOCs invited, at the mean sale / KOCs"),
    Outcome("gaming_loss", "Lost to gaming", "share", "lower", 1, "T69",
            "points, prizes and pay that farmers got / all of them, in the last four weeks"),
    Outcome("purchases_yuan", "Member purchases", "yuan", "higher", 0, "T41",
            "what members spent with the brand over the horizon"),
    Outcome("fund_in_yuan", "Fund income", "yuan", "neither", 0, "T58",
            "paid into the community's funds over the horizon"),
    Outcome("fund_balance_yuan", "Fund balance", "yuan", "higher", 0, "T58",
            "what the community's funds hold at the end"),
    Outcome("spent_rewards_yuan", "Spent on rewards", "yuan", "neither", 0, "T58",
            "prizes paid and points backed, less backing of lapsed points"),
    Outcome("spent_stewards_yuan", "Spent on stewards", "yuan", "neither", 0, "T58",
            "stipends of stewards"),
    Outcome("spent_kocs_yuan", "Spent on KOCs", "yuan", "neither", 0, "T58",
            "support and fees of KOCs"),
    Outcome("spent_reach_yuan", "Spent on reach", "yuan", "neither", 0, "T58",
            "paid reach, referral rewards and campaigns with partners"),
    Outcome("spent_content_yuan", "Spent on content", "yuan", "neither", 0, "T58",
            "brand items"),
    Outcome("spent_crm_yuan", "Spent on offers", "yuan", "neither", 0, "T58",
            "offers to segments and win-back contacts"),
    Outcome("spent_staff_yuan", "Spent on staff", "yuan", "neither", 0, "T58",
            "wages of the brand's staff"),
    Outcome("income_yuan", "Income from members", "yuan", "higher", 0, "T58",
            "sold in the group and licensed, after the cost of goods, before it is shared"),
    Outcome("group_conversion", "Conversion in the group", "share", "higher", 2, "T39",
            "orders / members who looked at goods in the group"),
    Outcome("spend_top30", "Spending of the top 30 %", "share", "neither", 1, "T43",
            "part of all spending by the 30 % of buyers who spend most"),
    Outcome("stage_up_28d", "Moves up the funnel", "share", "higher", 1, "T29",
            "moves a stage up in 28 days / members"),
    Outcome("churn_auc", "Churn score, AUC", "1", "higher", 3, "T24",
            "chance that the score ranks a member lost in 28 days above one kept"),
    Outcome("churn_error", "Churn score, calibration error", "1", "lower", 3, "T24",
            "mean gap between the score as a probability and the share lost"),
    Outcome("winback_lift", "Lift of win-back", "share", "higher", 1, "T25",
            "contacted and active 28 days later, minus the same of those held out by lot"),
    Outcome("search_minutes", "Search cost", "minutes", "lower", 1, "T18",
            "minutes spent on looking for helpers / helpers with the needed skill found"),
    Outcome("member_quality", "Member quality", "1", "higher", 3, "T28",
            "half mean quality of answers, half share of requested skills that a member holds"),
    Outcome("ties_per_member", "Ties per member", "ties", "higher", 2, "T05",
            "ties that members hold / members"),
    Outcome("capacity_use", "Capacity use", "share", "neither", 1, "T05",
            "members / capacity of the groups"),
    Outcome("newcomer_share_peak", "Peak newcomer share", "share", "neither", 1, "T27",
            "largest weekly share of members with tenure below 28 days, from day 35 on"),
    Outcome("strong_tie_share", "Strong-tie share", "share", "higher", 1, "T55",
            "ties that are strong by strength or meetings / ties"),
    Outcome("unseen_share", "Unseen items", "share", "lower", 1, "T34",
            "items without a view / items, of those whose life ended in the last 28 days"),
    Outcome("engagement_rate", "Engagement", "share", "higher", 1, "T32",
            "likes, comments and shares / views"),
    Outcome("recommended_click_rate", "Clicks on recommendations", "share", "higher", 1, "T31",
            "recommendations opened / recommendations shown"),
    Outcome("reshare_advantage", "Reshare advantage", "share", "neither", 1, "T33",
            "share rate of member-made items / share rate of the institution's - 1, 28 days"),
    Outcome("content_k", "Content K", "ratio", "higher", 2, "T37",
            "reshares caused / shares, over the last 28 days"),
    Outcome("promotion_share", "Promotion share", "share", "lower", 1, "T68",
            "promotional items shown / items shown, over the last 7 days"),
    Outcome("unread_backlog", "Unread backlog", "items", "lower", 1, "T20",
            "new items beyond the reading budget, mean over visits of the last 7 days"),
)  # fmt: skip

KEPT, COST_KEPT, FARMED = "kept_members", "cost_per_kept_yuan", "farmed_yuan"

DERIVED: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome(KEPT, "Members kept", "members", "higher", 0, "T21",
                "day-0 members still members and active in the last 28 days"),
        Outcome(COST_KEPT, "Cost per retained member", "yuan", "lower", 1, "T59",
                "fund spend / day-0 members still members and active in the last 28 days"),
        Outcome(FARMED, "Lost to farmers", "yuan", "lower", 0, "T69",
                "points, prizes and pay that farmers got, over the whole run"),
        Outcome("newcomers_end", "Newcomers at the end", "members", "higher", 0, "T01",
                "members on the last day who were not there on day 0"),
        Outcome("newcomers_active", "Active newcomers", "members", "higher", 0, "T07",
                "of these, active in the last 28 days"),
        Outcome("newcomers_active_share", "Newcomers' active share", "share", "higher", 1, "T07",
                "newcomers active in the last 28 days / newcomers who are members at the end"),
        Outcome("honest_end", "Members who do not farm", "members", "higher", 0, "T69",
                "members on the last day, less farmers and fake accounts"),
    )
}  # fmt: skip

NEEDS = {"retention", "growth", "members_end"}


def with_derived(runs: pd.DataFrame, farmed: pd.Series | None = None) -> pd.DataFrame:
    """Add what follows from the outcomes of each run; what cannot be known is left out.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row per run.
    farmed : pandas.Series, optional
        What farmers got in each run, in yuan, by ``run_id``.
    """
    from plaza_lab.scenarios.statistics.incremental import kept_members

    table = runs.copy()
    if farmed is not None:
        table[FARMED] = table["run_id"].map(farmed).astype(float)
    if not set(runs.columns) >= NEEDS:
        return table
    kept = kept_members(runs)
    founders = runs["members_end"] / (1.0 + runs["growth"]).where(runs["growth"] > -1.0)
    table[KEPT] = kept
    if "fund_spend_yuan" in runs:
        table[COST_KEPT] = runs["fund_spend_yuan"] / kept.where(kept > 0.0)
    if "membership_retention" in runs:
        table["newcomers_end"] = runs["members_end"] - founders * runs["membership_retention"]
    if {"retained_members", "membership_retention"} <= set(runs.columns):
        table["newcomers_active"] = runs["retained_members"] - kept
        there = table["newcomers_end"]
        table["newcomers_active_share"] = table["newcomers_active"] / there.where(there > 0.5)
    if "farmers_end" in runs:
        table["honest_end"] = runs["members_end"] - runs["farmers_end"]
    return table
