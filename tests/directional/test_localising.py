"""Members of other cultures: what draws them, what offends them, how long they wait."""

from __future__ import annotations

import pytest
from communities import setting
from effects import assert_falls, assert_rises, share, total

from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.mechanisms.operation import localising

ABROAD = {
    "population.initial_members": 400,
    "world.localising.abroad": 0.4,
    "policy.fund.brand_week_cents": 1_000_000,
    "policy.content.brand_posts_day": 4.0,
}
MANY = ABROAD | {
    "population.initial_members": 1200,
    "policy.fund.brand_week_cents": 40_000_000,
    "policy.content.brand_posts_day": 60.0,
}
"""So many items that offences can be counted."""
LOCALISED = {"policy.content.localised": 0.8}
HOW = {"days": 140, "seeds": range(1, 7)}


def test_offence_follows_the_closed_form():
    chance, p = plain(localising.offence_chance), localising.Params()
    assert chance(0.0, 100.0, 0.0, 0.0, 0.0, p) == 0.0
    assert chance(2.0, 100.0, 0.0, 0.0, 0.0, p) == pytest.approx(0.09516, abs=1e-5)
    assert chance(2.0, 100.0, 1.0, 0.0, 0.0, p) == 0.0
    assert chance(2.0, 100.0, 1.0, 0.05, 0.0, p) == pytest.approx(0.02469, abs=1e-5)
    assert chance(2.0, 100.0, 0.0, 0.0, 1.0, p) == pytest.approx(0.03921, abs=1e-5)
    distance = plain(localising.distance_of)
    assert [distance(k, 1.5) for k in (0, 4, 7, 20)] == [0.0, 1.5, 2.625, 3.0]


@pytest.mark.mechanism("M78")
def test_localised_content_draws_members_of_other_cultures_and_costs(kernels):
    assert_rises(ABROAD, LOCALISED, share("abroad_visits", "visits"), **HOW)
    assert_falls(MANY, LOCALISED, total("offences"), **HOW)
    assert_rises(ABROAD, LOCALISED, total("localising_yuan"), **HOW)


@pytest.mark.mechanism("M78", "M124")
def test_people_err_less_than_machines_and_work_on_culture_saves_offence(kernels):
    human = LOCALISED | {"policy.content.translation": localising.Translation.HUMAN}
    assert_rises((ABROAD, LOCALISED), human, total("localising_yuan"), **HOW)
    assert_falls((MANY, LOCALISED), human, total("offences"), **HOW)
    assert_falls(MANY, {"policy.content.has_culture_work": True}, total("offences"), **HOW)
    assert_falls(MANY, {"world.localising.spread": 0.1}, total("offences"), **HOW)


@pytest.mark.mechanism("M78")
def test_members_abroad_wait_for_the_shift_that_the_service_lacks(kernels):
    served = {"policy.service.has_service": True, "policy.service.languages": 8}
    day = served | {"policy.service.coverage_hours": 8.0}
    round_the_clock = served | {"policy.service.coverage_hours": 24.0}
    slow = {"world.localising.abroad": 0.0}
    hours = share("service_hours", "service_answered")
    assert_falls((ABROAD, day), slow, hours, **HOW)  # without anybody abroad answers come sooner
    assert_falls((ABROAD, day), round_the_clock, hours, **HOW)


def test_what_is_not_paid_is_not_localised(kernels):
    poor = setting(ABROAD, LOCALISED, {"policy.fund.brand_week_cents": 1_000})
    tables = live_until(open_tables(poor, 1, 15), 0, 15)
    assert tables.localising_state[0].share < 0.1


def test_the_global_mode_has_its_languages_and_the_population_its_cultures():
    config = compose(["mode=global", "population=multicultural"]).config
    assert config.policy.content.localised == 0.8
    assert config.world.localising.abroad == 0.4
    assert config.population.initial_members == 500
