"""Who comes, by which way and through which gate: one lever moved, nothing else turned.

The default world and the options as they are shipped; each effect is the 95 % interval of the
paired difference over shared seeds.
"""

from __future__ import annotations

import numpy as np
import pytest
from shipped import PAID, falls, interval_of, rises, seen

pytestmark = pytest.mark.slow
RICH = ("entry=open", "fund=brand_funded", "fund.brand_week_cents=1000000")
ALONE = (*RICH, "acquisition=none")
FREE = ("entry=open", "fund=none")
BOUGHT = (*RICH, "acquisition=paid_media")


@pytest.mark.mechanism("M01")
def test_reach_that_is_paid_for_brings_joins_and_more_where_it_is_aimed(kernels):
    rises(ALONE, BOUGHT, "joins_paid", "joins")
    rises(BOUGHT, (*RICH, "acquisition=paid_targeted"), "joins_paid", "joins")


@pytest.mark.mechanism("M01")
def test_an_advertisement_persuades_less_beside_members_reviews(kernels):
    falls(BOUGHT, (*BOUGHT, "acquisition.peer_vs_ad_weight=1"), "joins_paid")


@pytest.mark.mechanism("M02")
def test_glad_members_tell_friends_and_a_bad_event_makes_them_warn(kernels):
    silent, talking = ((*FREE, f"acquisition={way}") for way in ("none", "organic"))
    rises(silent, talking, "told", "joins_word_of_mouth")
    struck = (*talking, "shocks=public_event")
    rises(talking, struck, "warned")
    falls(talking, struck, "joins_word_of_mouth")
    rises(talking, (*talking, "acquisition.tell_negative=5"), "warned")


@pytest.mark.mechanism("M04")
def test_an_owner_adds_fewer_than_come_where_anybody_may_and_more_with_more_hours(kernels):
    gates = [("fund=none", f"entry={gate}", "acquisition.has_referral=false")
             for gate in ("owner_only", "open")]  # fmt: skip
    rises(*gates, "joins")
    falls(*gates, "refused")
    few = (*gates[0], "stewarding.founder_hours_week=2")
    rises(few, gates[0], "joins")


@pytest.mark.mechanism("M04")
def test_where_members_ask_people_in_nobody_comes_unasked(kernels):
    asked = ("fund=none", "entry=member_invite")
    falls(FREE, asked, "joins_organic")
    assert not seen(asked, "joins_organic", 182).any()
    rises((*asked, "acquisition.has_referral=false"), asked, "joins")


@pytest.mark.mechanism("M05")
def test_what_is_easy_to_share_outside_brings_visitors_who_register(kernels):
    rises(ALONE, (*RICH, "acquisition=content_led"), "outside_visits", "joins_content", "joins")


@pytest.mark.mechanism("M06")
def test_visitors_of_shops_come_in_and_have_bought_before(kernels):
    shops = (*RICH, "acquisition=offline_to_private")
    rises(ALONE, shops, "joins_offline", "stage_purchase/members", "purchases/members")
    rises(shops, (*shops, "acquisition.offline_capture=0.2"), "joins_offline")


@pytest.mark.mechanism("M07")
def test_influencers_are_paid_and_bring_joins_as_far_as_some_fit(kernels):
    posted = (*RICH, "acquisition=influencer")
    rises(ALONE, posted, "influencer_posts", "joins_influencer", "joins", "fund_out_yuan")
    loose, strict = ((*posted, f"acquisition.influencer_min_fit={fit}") for fit in (0, 0.9))
    falls(loose, strict, "influencer_posts", "joins_influencer")


@pytest.mark.mechanism("M08")
def test_a_star_comes_after_the_seed_and_brings_followers(kernels):
    star = (*RICH, "acquisition=seed_then_star")
    rises(ALONE, star, "stars", "joins_star", "joins")
    rises(star, (*star, "acquisition.star_followers=50000"), "joins_star")
    assert not seen((*star, "acquisition.star_seed=100000"), "stars", 182).any()


@pytest.mark.mechanism("M09")
def test_a_closed_club_takes_fewer_who_trust_it_more_for_being_refused_to_others(kernels):
    club = ("fund=none", "entry=exclusive")
    falls(FREE, club, "joins")
    rises(FREE, club, "refused", "trust")
    plain = (*club, "entry.status_bonus=0")
    rises(plain, club, "belonging", "trust")
    falls(plain, club, "exits")


@pytest.mark.mechanism("M11")
def test_open_problems_bring_experts_from_52_members_on(kernels):
    prize = ("fund=entry_fee", "incentive=weekly_prize")
    fee, challenge = ((*prize, f"entry={gate}") for gate in ("fee", "fee_plus_challenge"))
    rises(fee, challenge, "challengers", "challenge_winners", "joins_challenge")
    assert not seen((*challenge, "entry.challenge_min_members=5000"), "challengers", 182).any()
    hidden = (*challenge, "entry.challenge_shares_answers=false")
    rises(hidden, challenge, "joins_challenge")


@pytest.mark.mechanism("M12")
def test_a_shared_directory_finds_helpers_in_minutes_and_a_masked_one_through_brokers(kernels):
    private, shared, masked = (
        (*PAID, f"onboarding={mode}")
        for mode in ("private_records", "shared_full", "shared_masked")
    )
    minutes = [seen(words, "search_minutes/found", 182) for words in (shared, masked, private)]
    assert interval_of(minutes[1] - minutes[0])[0] > 0 < interval_of(minutes[2] - minutes[1])[0]
    rises(PAID, shared, "ties_per_member", "solved")
    rises(shared, masked, "brokered")
    falls(shared, masked, "found/searches")


@pytest.mark.mechanism("M13")
def test_guided_newcomers_contribute_sooner_and_stay_within_the_hours_there_are(kernels):
    little, some, plenty, idle = (
        (*BOUGHT, f"onboarding.guide_hours_day={hours}") for hours in (0, 4, 50, 500)
    )
    rises(little, some, "o:activation_14d", "o:joiner_retention_28d")
    assert np.array_equal(*(seen(words, "joins", 182) for words in (plenty, idle)))
