"""Reach: the life of items, what is opened, shared and recommended (T20, T31-T38, T68)."""

from __future__ import annotations

from plaza_lab.sim.recording.metrics.metric import Metric

METRICS: tuple[Metric, ...] = (
    Metric("items_created", "items", "items added to the feed, whoever made them", "T13"),
    Metric("items_left", "items", "items whose life ended", "T34"),
    Metric("left_hidden", "items", "of these: not on show at the end", "T34"),
    Metric("left_unseen", "items", "of these: without any view", "T34"),
    Metric("brand_left", "items", "of these: of brand or partners, imported ones too", "T35"),
    Metric("brand_unseen", "items", "brand and partner items that left without any view", "T34"),
    Metric("member_made_left", "items", "items of members and KOCs whose life ended", "T35"),
    Metric("member_made_views", "views", "views of the member-made items that left", "T33"),
    Metric("member_made_shares", "shares", "shares of the member-made items that left", "T33"),
    Metric("brand_views", "views", "views of the brand and partner items that left", "T33"),
    Metric("brand_shares", "shares", "shares of the brand and partner items that left", "T33"),
    Metric("responses_left", "responses", "likes, comments and shares of items that left", "T32"),
    Metric("views_left", "views", "views of the items that left", "T32"),
    Metric("imported_items", "items", "items the brand took over from elsewhere", "T35"),
    Metric("impressions", "impressions", "items shown to readers, opened or not", "T31"),
    Metric("completions", "views", "views that went to the end", "T31"),
    Metric("promo_views", "impressions", "promotional items shown to readers", "T68"),
    Metric("shares", "shares", "shares, by readers and by those they reached", "T33"),
    Metric("reshares", "shares", "of these: caused by an earlier share", "T37"),
    Metric("shared_views", "views", "views of items that a contact had shared", "T31"),
    Metric("shares_lost", "shares", "shares that found no room in the day's list", ""),
    Metric("reposts", "items", "items reposted to other channels", "T31"),
    Metric("promoted", "items", "items put on the hot list", "T31"),
    Metric("suppressed", "items", "items taken off show for low quality", "T34"),
    Metric("wrong_suppressed", "items", "suppressed items that deserved to stay", "T34"),
    Metric("recommended", "impressions", "recommendations shown", "T31"),
    Metric("recommended_clicks", "clicks", "recommendations opened", "T31"),
    Metric("audience_retention", "share",
           "viewers of a content type who came again within 7 days, all types", "T36", True),
    Metric("archive_items", "items", "entries in the archive", "", True),
    Metric("archive_served", "requests", "requests served from the archive", "T17"),
    Metric("social_value", "points", "value of being answered and helped", "T19"),
    Metric("selling_items", "items", "items of the selling tactic", "T68"),
)  # fmt: skip
