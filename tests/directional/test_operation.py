"""Places the community lives in, and how much of it is the brand's."""

from __future__ import annotations

import numpy as np
import pytest
from communities import LIVELY, OPEN, lived, setting
from effects import assert_falls, assert_rises, late, total

from plaza_lab.agents.member import Channel
from plaza_lab.engine.plain import plain
from plaza_lab.sim.mechanisms.operation import hosting
from plaza_lab.sim.policy import Charter, IncompatiblePolicy, Place
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import central

SEEDS = range(1, 6)
MONEY = {"policy.fund.brand_week_cents": 1_000_000}
BASE = {**LIVELY, **OPEN, **MONEY, "population.initial_members": 300}
GROUP = {"policy.hosting.first": Place.OPEN_GROUP, "world.hosting.rules_scale": 0.0}
TWO = {**GROUP, "policy.hosting.second": Place.OWN_APP}
RULE_DAY, DAYS = 28, 56
share, weight, tuned = plain(central.share), plain(central.weight), plain(central.tuned)


def column(run, name: str) -> np.ndarray:
    return run.daily[:, mt.NAMES.index(name)]


# ---- places (M76, M77, M126) ---------------------------------------------------------------


def test_without_places_nothing_about_them_matters(kernels):
    """Off by default, to the byte."""
    plain = lived(setting(BASE), 1, DAYS)
    other = lived(
        setting(BASE, {"world.hosting.reach": [0.01] * 8, "world.hosting.rule_day": 3}), 1, DAYS
    )
    assert plain.members.tobytes() == other.members.tobytes()
    assert plain.daily[:DAYS].tobytes() == other.daily[:DAYS].tobytes()


def test_a_place_like_the_usual_one_changes_nothing_but_records(kernels):
    """An open group is what the rest describes: only who is held there is noted."""
    plain = lived(setting(BASE), 1, DAYS)
    placed = lived(setting(BASE, GROUP, {"world.hosting.held_back": [0.0] * 8}), 1, DAYS)
    for field in plain.members.dtype.names:
        if field != "channel":
            assert (plain.members[field] == placed.members[field]).all(), field
    assert (column(placed, "visits") == column(plain, "visits")).all()


@pytest.mark.mechanism("M126")
def test_a_rule_change_costs_what_is_held_only_there(kernels):
    """Statement 19: the loss of visits is proportional to the share held only in that place, slope
    1 within 0.2 of what is lost when everybody is held only there.

    That whole loss is less than the cut of .5: the hazard of coming by is halved, and who comes
    several times in two days does not come by half as many days.
    """
    losses = {}
    for second in (0.0, 0.5, 1.0):
        which = {**TWO, "policy.hosting.second_share": second}
        visits = {}
        for day in (-1, RULE_DAY):
            struck = setting(BASE, which, {"world.hosting.rule_day": day})
            tables = [lived(struck, seed, DAYS) for seed in SEEDS[:3]]
            visits[day] = sum(column(one, "visits")[RULE_DAY + 1 : DAYS].sum() for one in tables)
            alone = np.mean([column(one, "held_one_platform")[RULE_DAY] for one in tables])
        losses[float(alone)] = 1.0 - visits[RULE_DAY] / visits[-1]
    whole = losses[1.0]
    assert 0.3 < whole < 0.55
    slope, base = np.polyfit(list(losses), [one / whole for one in losses.values()], 1)
    assert abs(slope - 1.0) < 0.2 and abs(base) < 0.1, (slope, base)


@pytest.mark.mechanism("M76")
def test_a_platform_holds_promotion_back_and_reaches_fewer(kernels):
    video = {**GROUP, "policy.hosting.first": Place.SHORT_VIDEO}
    base = (BASE, {"policy.content.brand_posts_day": 5.0, "policy.content.promo_share": 0.5})
    assert_rises((*base, GROUP), video, total("items_held_back"), seeds=SEEDS, days=DAYS)
    assert_falls((*base, GROUP), video, total("brand_items"), seeds=SEEDS, days=DAYS)


@pytest.mark.mechanism("M77")
def test_an_app_is_paid_for_and_goes_dark_when_it_is_not(kernels):
    app = {**GROUP, "policy.hosting.first": Place.OWN_APP}
    rich = lived(setting(BASE, app, {"policy.fund.brand_week_cents": 5_000_000}), 1, DAYS)
    poor = lived(setting(BASE, app, {"policy.fund.brand_week_cents": 1_000}), 1, DAYS)
    assert column(rich, "hosting_yuan")[28] >= 20_000
    assert column(poor, "hosting_yuan")[28] < 20_000
    assert column(rich, "brand_items")[29:DAYS].sum() > 0
    assert column(poor, "brand_items")[29:DAYS].sum() == 0


@pytest.mark.mechanism("M98")
def test_members_add_the_second_place_when_pushed(kernels):
    calm = (BASE, TWO, {"policy.hosting.second_share": 0.1})
    assert_rises(calm, {"policy.hosting.push": 3.0}, late("held_twice"), seeds=SEEDS, days=DAYS)
    run = lived(setting(*calm, {"policy.hosting.push": 5.0}), 1, DAYS)
    held = run.members.channel & (Channel.HELD_FIRST | Channel.HELD_SECOND)
    n = run.people_state[0].n_rows
    assert (held[:n] != 0).all()  # nobody is lost on the way


@pytest.mark.mechanism("M04")
def test_only_the_owner_adds_to_a_closed_group(kernels):
    many = (BASE, {"world.arrival.visibility": 1.0, "policy.stewarding.founder_hours_week": 0.05})
    closed = {**GROUP, "policy.hosting.first": Place.CLOSED_GROUP}
    assert_falls((*many, GROUP), closed, total("joins"), seeds=SEEDS, days=DAYS)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"policy.hosting.second": Place.FORUM}, "needs another first one"),
        ({**GROUP, "policy.hosting.second": Place.OPEN_GROUP}, "needs another first one"),
        ({**GROUP, "policy.hosting.push": 1.0}, "only if there is one"),
        (
            {"policy.hosting.first": Place.OWN_APP, "policy.fund.brand_week_cents": 0},
            "paid for each month",
        ),
    ],
)
def test_places_that_cannot_be_are_refused(changes, why):
    with pytest.raises(IncompatiblePolicy, match=why):
        setting(changes)


def test_lists_by_place_are_complete():
    p = hosting.Params()
    lists = [value for value in vars(p).values() if isinstance(value, list)]
    assert len(lists) == 9 and all(len(one) == len(Place) - 1 for one in lists)


# ---- central weight (M73, M74, M75) --------------------------------------------------------


def test_the_weight_is_the_mean_of_its_parts():
    """Known answer 9 of partners.md."""
    rules = share(5.0, 10.0)
    content, meetings = share(6_000.0, 10_000.0), share(30.0, 120.0)
    assert weight(content, meetings, rules) == pytest.approx(0.45)
    assert weight(content, share(0.0, 0.0), rules) == pytest.approx(0.55)
    none = share(0.0, 0.0)
    assert weight(none, none, none) == central.NONE


def test_steering_lets_small_gaps_be_and_stays_within_bounds():
    assert tuned(0.5, 0.5, 0.54, 0.05, 0.3) == 0.5
    assert tuned(0.5, 0.5, 0.7, 0.05, 0.3) == pytest.approx(0.44)
    assert tuned(0.1, 0.0, 0.9, 0.05, 0.3) == 0.0
    assert tuned(0.9, 1.0, 0.2, 0.05, 0.5) == 1.0
    assert tuned(0.4, 1.0, central.NONE, 0.05, 0.3) == 0.4


EVENTS = {"policy.events.online_month": 8.0}


@pytest.mark.mechanism("M74", "M88")
def test_events_of_members_take_no_staff_and_are_not_the_brands(kernels):
    theirs = {"policy.steering.member_hosted": 1.0}
    assert_falls((BASE, EVENTS), theirs, total("event_hours"), seeds=SEEDS, days=DAYS)
    run = lived(setting(BASE, EVENTS, theirs), 1, DAYS)
    assert column(run, "event_guests").sum() > 0
    assert column(run, "central_events")[DAYS - 1] == 0.0
    own = lived(setting(BASE, EVENTS), 1, DAYS)
    assert column(own, "central_events")[DAYS - 1] == 1.0


@pytest.mark.mechanism("M73")
def test_more_brand_items_weigh_more(kernels):
    few = {"policy.steering.items_week": 2.0}
    many = {"policy.steering.items_week": 30.0}
    assert_rises((BASE, few), many, late("central_content"), seeds=SEEDS, days=DAYS)


@pytest.mark.mechanism("M74")
def test_rules_with_a_vote_are_less_the_brands(kernels):
    base = (BASE, {"policy.moderation.strictness": 0.6})
    voted = {"policy.rules.charter": Charter.VOTED}
    assert_falls(base, voted, late("central_rules"), seeds=SEEDS, days=DAYS)


@pytest.mark.slow
@pytest.mark.mechanism("M75")
def test_steering_brings_the_weight_nearer_to_its_target(kernels):
    """Half a year at a target of .2 with a calendar that weighs far more: the effort falls, and the
    weight of content with it."""
    heavy = (BASE, EVENTS, {"policy.steering.items_week": 40.0})
    target = {"policy.steering.central_weight": 0.2, "policy.steering.is_steered": True}
    how = {"seeds": SEEDS, "days": 182}
    assert_falls(heavy, target, late("central_weight"), **how)
    run = lived(setting(*heavy, target), 1, 182)
    efforts = column(run, "central_effort")
    assert efforts[181] < efforts[6] and 0.0 <= efforts[:182].min() <= efforts[:182].max() <= 1.0
