"""Testing, digest, archive, book, and selling tactics. Intervals: 95 %, paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import CLOSED, FAITHFUL, lived, opened, runs, setting
from effects import assert_falls, assert_rises, late, share, total, values

from plaza_lab.sim.engine import live_until
from plaza_lab.sim.mechanisms.content import testing
from plaza_lab.sim.policy import Protocol, Tactic
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

BRIEF = {"seeds": range(1, 9), "days": 84}

# ---- testing -------------------------------------------------------------------------------

TESTED = {
    "population.initial_members": 150,
    "policy.content.has_testing": True,
    "policy.content.cycle_weeks": 2,
    "policy.content.format_mix": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
}


@pytest.mark.mechanism("M36")
def test_budget_moves_to_forms_above_the_threshold(kernels):
    """R27: above F88 a form gains, below the culling line it is dropped, the budget stays."""
    tables = opened(setting(TESTED), 1, 40)
    testing.step(tables, 0)
    tables.arms.viewers[:] = [100, 100, 100, 100, 10, 100]
    tables.arms.came_again[:] = [60, 51, 50, 40, 1, 20]
    testing.step(tables, 14)
    weights = tables.arms.weight
    assert weights.sum() == pytest.approx(6.0)
    assert weights[5] == 0.0
    # too few viewers to judge: neither promoted nor dropped
    assert weights[2] == weights[3] == weights[4] > 0.0
    assert weights[0] == weights[1] == pytest.approx(1.5 * weights[2])


@pytest.mark.mechanism("M36")
def test_audience_retention_is_counted_from_what_viewers_saw(kernels):
    """T36: with a low bar all forms gain and the mix stays; with a high one the worst go."""
    low = {"policy.content.promote_above": 0.02, "policy.content.cull_below": 0.01}
    tables = lived(setting(TESTED, low), 1, 57)
    assert (tables.arms.viewers > 0).any()
    assert 0.05 < tables.daily[56, mt.AUDIENCE_RETENTION] < 0.95
    assert (tables.arms.weight > 0.0).all()
    high = {"policy.content.promote_above": 0.99, "policy.content.cull_below": 0.98}
    tables = lived(setting(TESTED, high), 1, 57)
    # nothing comes near the bar, and not everything can be dropped
    assert tables.arms.weight.sum() == pytest.approx(6.0)


# ---- digest and archive --------------------------------------------------------------------

WRITTEN = {
    "population.initial_members": 200,
    "world.help.request_week": 0.5,
    "world.help.answer_base": -1.0,
    "policy.comms.protocol": Protocol.STRUCTURED,
    "policy.comms.lead_days": 0,
    "policy.stewarding.founder_hours_week": 14.0,
}
DIGEST = {"policy.comms.protocol": Protocol.STRUCTURED_DIGEST}


@pytest.mark.mechanism("M37")
def test_a_digest_lowers_the_minutes_a_point_of_value_takes(kernels):
    """R28: minutes per value fall, more so the more a digest saves."""
    assert_falls(WRITTEN, DIGEST, "minutes_per_value", **BRIEF)
    digested = {**WRITTEN, **DIGEST}
    assert_falls(digested, {"world.interaction.digest_compression": 0.6}, "minutes_per_value",
                 **BRIEF)  # fmt: skip


ARCHIVE = {"policy.content.has_archive": True}


@pytest.mark.mechanism("M38")
def test_repeated_requests_are_served_from_the_archive(kernels):
    """R28: solved without anybody's effort, more of them as the stock grows; more is asked."""
    digested = {**WRITTEN, **DIGEST}
    assert_rises(digested, ARCHIVE, total("archive_served"), **BRIEF)
    assert_rises(digested, ARCHIVE, "solved_rate", **BRIEF)
    assert_falls(digested, ARCHIVE, share("answers", "requests"), **BRIEF)
    served = np.sum([
        run.days[:, mt.ARCHIVE_SERVED] / np.maximum(1.0, run.days[:, mt.REQUESTS])
        for run in runs(setting(digested, ARCHIVE), BRIEF["seeds"], BRIEF["days"])
    ], axis=0)  # fmt: skip
    assert served[56:].mean() > 1.5 * served[7:28].mean()


@pytest.mark.mechanism("M38")
def test_the_book_pays_its_authors(kernels):
    """R28: income to the brand's pool, a tenth of it in equal parts to those who wrote it."""
    book = {"policy.content.book_at_items": 20, "world.archiving.readers": 0.5}
    tables = lived(setting(WRITTEN, DIGEST, ARCHIVE, book), 1, 120)
    journal = tables.journal[: tables.fund_state[0].n_journal]
    sales = journal[journal.purpose == fund.BOOK_SALE]
    royalties = journal[journal.purpose == fund.ROYALTY]
    assert sales.size >= 2
    for day in np.unique(sales.day):
        income = int(sales.amount_cents[sales.day == day].sum())
        today = royalties[royalties.day == day]
        assert today.amount_cents.sum() == income // 10
        assert np.ptp(today.amount_cents) <= 1
    authors = tables.entries.author[:20]
    assert set(royalties.member) == set(authors)
    assert tables.balances.sum() == 0
    no_book = lived(setting(WRITTEN, DIGEST, ARCHIVE), 1, tables.archiving_state[0].book_day + 1)
    with_book = lived(
        setting(WRITTEN, DIGEST, ARCHIVE, book), 1, tables.archiving_state[0].book_day + 1
    )
    known = with_book.members.reputation[authors] - no_book.members.reputation[authors]
    assert (known > 0.5).all()


# ---- selling -------------------------------------------------------------------------------

GROUP = {
    **CLOSED,
    "population.initial_members": 200,
    "world.opening.is_on": True,
    "world.purchase.buyer_share": 1.0,
    "world.purchase.rate_shape": 3.0,
    "policy.selling.posts_day": 6.0,
}


def tactic(which: Tactic) -> dict:
    return {**GROUP, "policy.selling.tactic": which}


HARD = {"policy.selling.tactic": Tactic.HARD_SELL}


@pytest.mark.mechanism("M122")
def test_offers_beyond_what_is_borne_close_ears_and_cost_trust(kernels):
    """R29: promotion share up; open rate, trust and mood down; weariness is what closes ears."""
    nurture = tactic(Tactic.NURTURE)
    assert_rises(nurture, HARD, "promotion_share", **BRIEF)
    assert_falls(nurture, HARD, share("brand_views", "brand_left"), **BRIEF)
    assert_falls(nurture, HARD, "trust_end", **BRIEF)
    assert_falls(nurture, HARD, "satisfaction_end", **BRIEF)
    hard = {**GROUP, **HARD, "world.opening.weariness_weight": 0.0}
    weary = {"world.opening.weariness_weight": 6.0}
    assert_falls(hard, weary, share("brand_views", "brand_left"), **BRIEF)


@pytest.mark.mechanism("M122")
def test_care_restores_open_ears_slowly(kernels):
    """Who is weary and then sees useful items is less weary than who rests."""
    which = [
        setting(tactic(Tactic.FREE_VALUE), FAITHFUL, {"world.audience.weariness_care": care})
        for care in (0.0, 0.2)
    ]
    left = []
    for one in which:
        tables = opened(one, 1, 60)
        tables.members.weariness[: tables.people_state[0].n_rows] = 200
        tables = live_until(tables, 0, 60)
        left.append(tables.members.weariness[: tables.people_state[0].n_rows].mean())
    assert left[1] < left[0] < 200


def first_weeks(run) -> float:
    """Purchases of the first fortnight."""
    return float(run.days[:14, mt.PURCHASES].sum())


@pytest.mark.mechanism("M122")
def test_selling_tactics_come_in_the_order_of_the_sources(kernels):
    """R29, S16: hard selling is first ahead and last behind; trust and free value end highest."""
    early, end = {}, {}
    how = {"seeds": range(1, 13), "days": 182}
    for which in (Tactic.NURTURE, Tactic.HARD_SELL, Tactic.FREE_VALUE):
        early[which] = values((tactic(which),), first_weeks, **how)
        end[which] = values((tactic(which),), late("purchases", 91), **how)
    ahead = early[Tactic.HARD_SELL] - early[Tactic.FREE_VALUE]
    behind = end[Tactic.NURTURE] - end[Tactic.HARD_SELL]
    assert ahead.mean() > 0.0
    assert behind.mean() > 2.0 * behind.std(ddof=1) / np.sqrt(behind.size)
