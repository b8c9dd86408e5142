"""What the brand publishes, and what readers open of it. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import lived, setting
from effects import assert_falls, assert_rises, effect, share, total

from plaza_lab.sim.state import fund

BRIEF = {"seeds": range(1, 9), "days": 56}
CHOOSY = {
    "population.initial_members": 150,
    "world.opening.is_on": True,
    "policy.content.brand_posts_day": 3.0,
    "policy.content.brand_centricity": 0.0,
}
OURS = share("brand_views", "brand_left")


@pytest.mark.mechanism("M28")
def test_self_centred_content_goes_unseen(kernels):
    """R24: the brand-centric run shows an unseen share above the user-fit run (F30)."""
    centred = {"policy.content.brand_centricity": 1.0}
    assert_rises(CHOOSY, centred, "brand_unseen_share", **BRIEF)
    assert_rises(CHOOSY, centred, "unseen_share", **BRIEF)
    assert_falls(CHOOSY, centred, OURS, **BRIEF)


@pytest.mark.mechanism("M28")
def test_useful_items_of_the_brand_build_trust(kernels):
    loud = {**CHOOSY, "world.audience.authority": 0.0}
    assert_rises(loud, {"world.audience.authority": 0.05}, "trust_end", **BRIEF)


@pytest.mark.mechanism("M27")
def test_items_timed_for_active_hours_are_opened_more(kernels):
    """R24: half of the members have their time in the evening."""
    early = {**CHOOSY, "policy.content.hour_slots": [1.0, 0.0, 0.0]}
    assert_rises(early, {"policy.content.hour_slots": [0.0, 0.0, 1.0]}, OURS, **BRIEF)


@pytest.mark.mechanism("M27")
def test_beyond_saturation_more_items_add_load_and_no_reach(kernels):
    """R24: four times the items, more unread, no more views of them than twice as many had."""
    full = {**CHOOSY, "world.activity.attention_ln_mean": 3.5}
    many = {**full, "policy.content.brand_posts_day": 8.0}
    more = {"policy.content.brand_posts_day": 32.0}
    assert_rises(many, more, "unread_per_visit", **BRIEF)
    assert effect(many, more, total("brand_views"), **BRIEF)[0] < 0.0
    free = {**many, "world.opening.saturation_weight": 0.0}
    assert_rises(free, more, total("brand_views"), **BRIEF)


@pytest.mark.mechanism("M29")
def test_forms_matched_to_the_segment_are_opened_and_finished(kernels):
    """R24."""
    watchers = {
        **CHOOSY,
        "policy.content.brand_posts_day": 10.0,
        "world.opening.families": [0.0, 1.0, 0.0],
    }
    video = {"policy.content.format_mix": [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]}
    assert_rises(watchers, video, OURS, **BRIEF)
    assert_rises(watchers, video, "completion_rate", **BRIEF)


@pytest.mark.mechanism("M29")
def test_each_form_has_its_cost(kernels):
    """Video costs four times what text costs; a pool that is short buys a quarter of the items."""
    paid = {
        "population.initial_members": 60,
        "policy.fund.brand_week_cents": 1_000_000,
        "policy.content.item_cost_cents": 1000,
        "policy.content.brand_posts_day": 5.0,
    }
    spent = []
    for mix in ([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]):
        tables = lived(setting(paid, {"policy.content.format_mix": mix}), 1, 28)
        journal = tables.journal[: tables.fund_state[0].n_journal]
        spent.append(int(journal.amount_cents[journal.purpose == fund.CONTENT].sum()))
    assert spent[1] == 4 * spent[0] > 0


@pytest.mark.mechanism("M30")
def test_relying_on_one_source_lowers_value(kernels):
    """R24: where the brand imports a part, sources are more varied and visits worth more."""
    mixed = {"policy.content.imported_share": 0.5}
    loud = {
        **CHOOSY,
        "policy.content.brand_posts_day": 12.0,
        "world.interaction.novelty_weight": 1.0,
        # as good as one's own, so that only variety tells
        "world.publishing.imported_quality": 0.55,
    }
    variety = [
        float(lived(setting(loud, change), 1, 28).publishing_state[0].variety)
        for change in ({}, mixed)
    ]
    assert variety[0] < variety[1]
    assert_rises(loud, mixed, share("value", "views"), **BRIEF)
    assert_falls(loud, mixed, "originality", **BRIEF)


@pytest.mark.mechanism("M30")
def test_member_made_items_interact_more(kernels):
    plain = {"population.initial_members": 150}
    assert_rises(plain, {"world.interaction.authenticity": 1.0}, "reactions_per_view", **BRIEF)


@pytest.mark.mechanism("M31")
def test_prompts_make_members_write(kernels):
    plain = {"population.initial_members": 150}
    assert_rises(plain, {"policy.content.prompts_week": 7.0}, total("posts"), **BRIEF)
    assert_rises(plain, {"policy.content.prompts_week": 7.0}, "member_made_share", **BRIEF)


@pytest.mark.mechanism("M120")
def test_overload_drives_experts_away_first(kernels):
    """Those who know most leave an overloaded place first, and the place knows less."""
    noisy = {
        "population.initial_members": 200,
        "world.activity.attention_ln_mean": 0.5,
        "world.churn.established_hazard": 0.003,
    }
    busy = {"world.churn.expert_weight": 4.0, "world.visiting.expert_weight": 2.0}
    gone = []
    for seed in range(1, 7):
        gap = []
        for change in ({}, busy):
            tables = lived(setting(noisy, change), seed, 84)
            rows = int(tables.run_state[0].n_founders)
            skill, left = tables.members.skill[:rows], tables.fate.status[:rows] == 0
            gap.append(left[skill > 0.65].mean() - left[skill < 0.5].mean())
        gone.append(gap[1] - gap[0])
    assert np.mean(gone) > 2.0 * np.std(gone, ddof=1) / np.sqrt(len(gone))
    assert_falls(noisy, busy, total("answers"), **BRIEF)
