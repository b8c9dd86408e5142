"""People: who is a member, who comes, who goes (T01-T05, T21-T27)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("members", "members", "members at the end of the day", "T01"),
    Metric("silent", "members", "members who have fallen silent", ""),
    Metric("joins", "members", "joins of the day", "T02"),
    Metric("joins_organic", "members", "joins by own finding", "T02"),
    Metric("joins_word_of_mouth", "members", "joins by word of mouth", "T02"),
    Metric("joins_referral", "members", "joins by invitation", "T02"),
    Metric("joins_partner", "members", "joins through partner brands", "T02"),
    Metric("joins_paid", "members", "joins through paid reach", "T02"),
    Metric("joins_content", "members", "joins from items shared outside", "T02"),
    Metric("joins_offline", "members", "joins from shops and events", "T02"),
    Metric("joins_influencer", "members", "joins from posts of influencers and KOCs", "T02"),
    Metric("joins_star", "members", "a star and those who followed", "T02"),
    Metric("joins_challenge", "members", "experts who came by a challenge", "T02"),
    Metric("applicants", "persons", "persons at the gate", "M10"),
    Metric("exits", "members", "members who left", "T23"),
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
    Metric("newcomer_share", "share", "members with tenure below 28 days", "T27", True),
)
