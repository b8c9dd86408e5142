"""Numbers handed in from Python: whole and in range, or one line; never a broken memory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import opened, setting

from plaza_lab import Community, Policy, Setting, compare, run, run_study
from plaza_lab.scenarios.errors import UserError
from plaza_lab.sim.engine import live_until, open_tables, run_one, simulate
from plaza_lab.sim.policy import Incentive
from plaza_lab.sim.setting import Population

WRONG = [2.5, -5, True, False, np.True_, math.nan, math.inf, "7", 2**70, None, [1], 1j]
SMALL = Population(initial_members=20)


def refused(call, value):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(value)
    text = str(caught.value)
    assert text and "\n" not in text
    assert "=" in text, text  # names what is wrong


@pytest.mark.parametrize("value", [w for w in WRONG if w is not None])
def test_a_community_takes_whole_numbers_only(kernels, value):
    community = Community(population=SMALL, days=14)
    refused(community.run, value)
    assert community.day == 0
    refused(community.run_for, value) if value not in (2.5, True) else None
    refused(community.sample, value)
    refused(community.member_at, value)
    for name in ("seed", "rng", "days", "replicate", "sample"):
        refused(lambda v, name=name: Community(population=SMALL, **{name: v}), value)


def test_numpys_whole_numbers_are_whole_numbers(kernels):
    community = Community(
        population=SMALL, seed=np.int64(3), days=np.int32(14), replicate=np.uint8(0)
    )
    community.run(np.int16(7))
    assert (community.day, community.seed) == (7, 3)
    twin = Community(population=SMALL, seed=3, days=14)
    twin.run(7)
    assert np.array_equal(community.tables.daily, twin.tables.daily)


def test_the_largest_seed_is_a_seed(kernels):
    assert Community(population=SMALL, seed=2**63 - 1, days=2).seed == 2**63 - 1
    with pytest.raises(ValueError, match=r"seed=9\.223e"):
        Community(population=SMALL, seed=2**63, days=2)


@pytest.mark.parametrize("value", [w for w in WRONG if w is not None])
def test_the_engine_takes_whole_numbers_only(kernels, value):
    which = setting({"population.initial_members": 20})
    refused(lambda v: open_tables(which, v, 7), value)
    refused(lambda v: open_tables(which, 1, v), value)
    refused(lambda v: open_tables(which, 1, 7, v), value)
    refused(lambda v: run_one(which, 1, v), value)
    refused(lambda v: simulate(which, [1, v], 7, 1), value)
    refused(lambda v: simulate(which, [1], 7, v), value)
    tables = opened(which, 1, 7)
    refused(lambda v: live_until(tables, 0, v), value)
    refused(lambda v: live_until(tables, v, 7), value)


@pytest.mark.parametrize("last", [8, 9, 400, 10**6])
def test_nobody_lives_past_the_days_that_were_opened(kernels, last):
    tables = opened(setting({"population.initial_members": 20}), 1, 7)
    with pytest.raises(ValueError, match="were opened for 7 days"):
        live_until(tables, 0, last)
    tables = live_until(tables, 0, 7)
    with pytest.raises(ValueError, match="were opened for 7 days"):
        live_until(tables, 7, 8)
    with pytest.raises(ValueError, match=r"first=7 is more"):
        live_until(tables, 7, 6)


@pytest.mark.parametrize("value", [2.5, -5, True, math.nan, "7", 2**70, 0, "1 seed=9"])
@pytest.mark.parametrize("name", ["replicates", "weeks"])
def test_studies_from_python_take_whole_numbers_only(name, value):
    for call in (
        lambda: compare(["points", "thanks_only"], **{name: value}),
        lambda: run(**{name: value}),
    ):
        with pytest.raises(UserError, match=rf"^run\.{name}=[^\n]*$"):
            call()


@pytest.mark.parametrize("name", ["jobs", "workers"])
def test_a_study_takes_whole_numbers_only(name, tmp_path):
    with pytest.raises(UserError, match=f"^{name}="):
        run_study("slow_market", store=tmp_path / "store", **{name: 1.5})
    assert not (tmp_path / "store").exists()


def test_one_text_is_no_list_of_policies():
    with pytest.raises(UserError, match=r"policies='points' is no list"):
        compare("points")


@pytest.mark.parametrize("yuan", [-1.0, math.nan, math.inf, 1e300, "5", None, True])
def test_money_is_an_amount(kernels, yuan):
    community = Community(population=SMALL, days=7)
    refused(lambda v: community.pay("prize", "brand_pool", v), yuan)


def test_a_metric_that_is_none_is_named(kernels):
    with pytest.raises(ValueError, match="'growht' is no daily metric"):
        Community(population=SMALL, days=7).metric("growht")


# Mesa's other members


def test_time_goes_with_the_days_in_every_mesa(kernels):
    community = Community(population=SMALL, days=14)
    community.run(3)
    community.run_for(2)
    community.run_until(9)
    assert (community.day, community.time) == (9, 9.0)
    with pytest.raises(ValueError, match="only 5 days are left"):
        community.run_for(6)
    with pytest.raises(ValueError, match="end_time=3"):
        community.run_until(3)
    community.run_model()
    assert (community.day, community.running) == (14, False)


def test_what_an_older_mesa_has_not_is_said_in_one_line(kernels, monkeypatch):
    monkeypatch.setattr("plaza_lab.sim.mesa.community.HAS_EVENTS", False)
    community = Community(population=SMALL, days=14)
    for name in ("schedule_event", "schedule_recurring"):
        with pytest.raises(NotImplementedError, match=f"{name} needs Mesa 3.5.*on_day"):
            getattr(community, name)(print, after=1)
    with pytest.raises(ValueError, match="ends within a day"):
        community.run_for(1.5)


def test_agents_of_mesa_are_refused_and_not_lost(kernels):
    from mesa import Agent

    community = Community(population=SMALL, days=14)
    with pytest.raises(TypeError, match="has its own agents"):
        Agent(community)
    with pytest.raises(TypeError, match="only members can leave"):
        community.remove_all_agents()
    assert len(community.members) == 20


@pytest.mark.parametrize(
    "parts",
    [
        {"policy": Policy("thanks_only")}, {"policy": Policy(incentive=None)},
        {"policy": Policy(incentive=Incentive(prize_winners=None))},
        {"population": 52}, {"setting": Setting(world=3)},
    ],
)  # fmt: skip
def test_a_setting_of_the_wrong_kind_is_refused_where_it_is_made(parts):
    with pytest.raises(TypeError, match=r"(is expected|give Incentive|are expected)") as caught:
        Community(**parts)
    assert "\n" not in str(caught.value)
