"""Commerce: stages, segments, churn scores, income (T24, T25, T29, T30, T39, T43)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("stage_awareness", "members", "members in the stage of awareness", "T29", True),
    Metric("stage_interest", "members", "members in the stage of interest", "T29", True),
    Metric("stage_consideration", "members", "members in consideration", "T29", True),
    Metric("stage_purchase", "members", "members who have just bought", "T29", True),
    Metric("stage_use", "members", "members who use what they bought", "T29", True),
    Metric("stage_loyalty", "members", "members who buy again", "T29", True),
    Metric("stage_recommendation", "members", "members who recommend", "T29", True),
    Metric("stage_ups", "moves", "moves a stage up", "T29"),
    Metric("stage_downs", "moves", "moves a stage down", "T29"),
    Metric("prospects_aware", "persons", "people outside who have heard of the brand", "T29", True),
    Metric("prospects_interested", "persons", "people outside who are interested", "T29", True),
    Metric("prospects_considering", "persons", "people outside who consider joining", "T29", True),
    Metric("segment_ordinary", "members", "members sorted as ordinary", "T30", True),
    Metric("segment_core", "members", "members sorted as core", "T30", True),
    Metric("segment_vip", "members", "members sorted as VIP", "T30", True),
    Metric("segment_at_risk", "members", "members sorted as at risk", "T30", True),
    Metric("targeting_accuracy", "share", "members sorted where they belong", "T30", True),
    Metric("offers_ordinary", "offers", "offers to ordinary members", "T30"),
    Metric("offers_core", "offers", "offers to core members", "T30"),
    Metric("offers_vip", "offers", "offers to VIPs", "T30"),
    Metric("offers_at_risk", "offers", "offers to members at risk", "T30"),
    Metric("churn_scored", "members", "members with a churn score above the cut", "A06"),
    Metric("winback_contacts", "contacts", "members contacted to win them back", "T25"),
    Metric(
        "winback_false_alarms", "contacts", "contacts of members who had no cause to leave", "T25"
    ),
    Metric("churn_auc", "1", "chance that the score ranks one lost above one kept", "T24", True),
    Metric("churn_error", "1", "mean gap of score and frequency of loss", "T24", True),
    Metric("winback_treated", "members", "contacted 28 days ago", "T25"),
    Metric("winback_treated_kept", "members", "of these, still active", "T25"),
    Metric("winback_control", "members", "held out 28 days ago", "T25"),
    Metric("winback_control_kept", "members", "of these, still active", "T25"),
    Metric("page_views", "views", "members who looked at goods in the group", "T39"),
    Metric("orders", "orders", "orders in the group", "T39"),
    Metric("subscriptions", "orders", "paid content sold", "T39"),
    Metric("income_yuan", "yuan", "income from the community, before it is shared", "M58"),
    Metric("cross_sales", "purchases", "second products sold with a purchase", "M95"),
    Metric("staff_hours", "hours", "staff hours paid this week", "M57", True),
    Metric("arrears", "members", "members who owe dues", "M55", True),
    Metric("channel_moves", "members", "members who moved to another channel", "M98"),
    Metric("second_channel", "members", "members at home on the second channel", "M98", True),
)
