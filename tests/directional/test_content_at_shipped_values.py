"""What is shown, talked of and kept: one lever moved, nothing else turned.

As :mod:`test_growth_at_shipped_values`; what only the full world has is looked for there.
"""

from __future__ import annotations

import numpy as np
import pytest
from communities import runs
from shipped import FULL, PAID, SEEDS, YEAR, falls, interval_of, rises, seen, setting_of

from plaza_lab.sim.recording import metrics as mt

pytestmark = pytest.mark.slow
CURATED, PERSONAL = ("distribution=curated",), ("distribution=personalised",)
DIGESTED = (*PAID, "comms=structured_digest")


@pytest.mark.mechanism("M16")
def test_prompts_of_members_own_topics_are_taken_up_and_others_are_a_load(kernels):
    off, on = ((*PAID, "events.topics_week=14", f"events.topic_fit={fit}") for fit in (0, 1))
    rises(PAID, on, "prompts")
    falls(PAID, off, "value/minutes")
    rises(off, on, "posts", "messages", "value/minutes")


@pytest.mark.mechanism("M22", "M99")
def test_sessions_in_a_virtual_space_cost_money_and_make_ties_that_are_known_as_such(kernels):
    sessions = (*PAID, "events=immersive")
    rises(PAID, sessions, "event_yuan", "event_guests", "interactions", "ties_per_member")
    rises(PAID, sessions, "ties_by_meeting", "belonging")


@pytest.mark.mechanism("M22")
def test_the_novelty_of_a_virtual_space_wears_off(kernels):
    """Guests of a session, last twelve weeks against the first: beside those of other events."""

    def growth(kind):
        found = runs(setting_of((*PAID, f"events.{kind}_month=4")), SEEDS, YEAR)
        days = np.array([one.days[:, [mt.EVENT_GUESTS, mt.EVENTS_HELD]] for one in found])
        first, last = days[:, :84].sum(axis=1), days[:, -84:].sum(axis=1)
        return np.log(last[:, 0] / last[:, 1] * first[:, 1] / first[:, 0])

    assert interval_of(growth("immersive") - growth("online"))[1] < 0


@pytest.mark.mechanism("M25")
def test_contests_bring_prototypes_trust_and_sales_at_their_cost(kernels):
    contests = (*PAID, "events=cocreation")
    none = (*contests, "events.cocreation_year=0")
    rises(none, contests, "proposals", "prototypes", "event_yuan", days=YEAR)
    rises(none, contests, "purchases", "trust", "belonging", days=YEAR)


@pytest.mark.mechanism("M32")
def test_curation_shows_better_items_and_its_errors_annoy_their_authors(kernels):
    curated = (*PAID, *CURATED)
    rises(PAID, curated, "promoted", "suppressed", "value/views", "reactions/views")
    sure, unsure = ((*curated, f"distribution.curation_error={e}") for e in (0, 0.5))
    rises(sure, unsure, "wrong_suppressed")
    falls(sure, unsure, "satisfaction", "value/views")


@pytest.mark.mechanism("M33")
def test_a_feed_that_knows_its_readers_is_opened_more_and_read_with_more_gain(kernels):
    personal = (*FULL, *PERSONAL)
    rises(FULL, personal, "views/impressions", "value/minutes", "recommended_clicks")
    blind, sharp = ((*personal, f"distribution.accuracy={x}") for x in (0, 1))
    rises(blind, sharp, "recommended_clicks/recommended", "value/minutes", "visits")


@pytest.mark.mechanism("M33", "M72")
def test_data_that_are_masked_and_asked_for_make_it_know_less(kernels):
    lax, strict = ((*FULL, *PERSONAL, f"data_policy={x}") for x in ("lax", "strict"))
    falls(lax, strict, "views/impressions", "recommended_clicks/recommended", "value/minutes")


@pytest.mark.mechanism("M37")
def test_a_digest_takes_fewer_minutes_for_what_it_is_worth(kernels):
    for world in (PAID, FULL):
        falls((*world, "comms=structured"), (*world, "comms=structured_digest"), "minutes/value")
    rises((*PAID, "comms=structured"), DIGESTED, "visits")


@pytest.mark.mechanism("M38")
def test_what_is_kept_answers_who_asks_again_and_fills_a_book(kernels):
    kept = (*DIGESTED, "content.has_archive=true")
    rises(DIGESTED, kept, "archive_items", "archive_served", "solved", days=YEAR)
    falls(DIGESTED, kept, "o:unsolved_hours", days=YEAR)
    rises((*kept, "content.reuse_rate=0.2"), kept, "archive_served", days=YEAR)
    book = (*kept, "content.book_at_items=20")
    rises(kept, book, "fund_in_yuan", "fund_out_yuan", days=YEAR)
    royal = (*book, "content.royalty_share=0.3")
    assert seen(royal, "fund_out_yuan", YEAR) == pytest.approx(
        3 * seen(book, "fund_out_yuan", YEAR), rel=0.01
    )
