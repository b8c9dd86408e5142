"""Starting from a community as it is: known members in the simulator, and `start=today`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plaza_lab.agents.member import Flag, Kind, Status
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.command_line import verbs
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.comparing.asked import start_in
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.verb import run_fit
from plaza_lab.scenarios.forecast import from_today
from plaza_lab.scenarios.forecast.closing import close
from plaza_lab.scenarios.forecast.simulated_log import (
    SimulatedLog,
    shape_facts,
    simulated_log,
    weekly_facts,
)
from plaza_lab.sim.engine import live_until, open_tables, run_one
from plaza_lab.sim.setting import Population, Setting, check_setting
from plaza_lab.sim.start import Start
from plaza_lab.sim.state.traits import visits_of

EXAMPLES = Path(__file__).resolve().parents[1] / "data"
N = 60


def start(**changes: object) -> Start:
    """Sixty known members, all here, and thirty who never act."""
    whole = {
        "here": np.ones(N), "rate": np.full(N, 2.0), "rate_sd": np.zeros(N),
        "dropout": np.full(N, 0.05), "tenure": np.full(N, 200), "silence": np.full(N, 3),
        "posts": np.full(N, 9), "buy_rate": np.full(N, np.nan), "tie_of": np.array([0, 0, 1]),
        "tie_to": np.array([1, 2, 0]), "contacts": np.array([5.0, 1.0, 4.0]), "n_quiet": 30,
    }  # fmt: skip
    return Start(**(whole | changes))  # type: ignore[arg-type]


def setting(own: Start) -> Setting:
    population = Population(initial_members=own.n_members, tenure_days=200.0, ties=0.0)
    return Setting(population=population, start=own)


def test_known_members_have_what_their_histories_tell() -> None:
    t = open_tables(setting(start()), 1, 30)
    rows, fate = t.members[:N], t.fate[:N]
    assert (rows["joined"] == -200).all()
    assert (fate["status"] == Status.ENGAGED).all()
    assert (fate["kind"] == Kind.POSTER).all()
    assert (t.fate["kind"][N : N + 30] == Kind.LURKER).all()
    visits, posting = plain(visits_of)(2.0, 0.0, t.params[0].activity)
    np.testing.assert_allclose(rows["visit_rate"], visits, rtol=1e-5)
    np.testing.assert_allclose(rows["post_rate"], posting, rtol=1e-5)
    assert posting * -np.expm1(-visits) == pytest.approx(-np.expm1(-2 / 7))
    np.testing.assert_allclose(rows["quit"] / 65535, 0.05, atol=1e-4)
    assert int(t.people_state[0].n_members) == N + 30
    assert int(t.acts.sum()) == N


def test_ties_are_those_of_the_log() -> None:
    t = open_tables(setting(start()), 1, 30)
    assert t.members["n_ties"][:3].tolist() == [2, 1, 0]
    assert t.ties["other"][0, :2].tolist() == [1, 2]
    assert t.ties["strength"][0, :2].tolist() == [5 * 64, 64]


def test_who_has_stopped_is_silent_and_counted() -> None:
    t = open_tables(setting(start(here=np.zeros(N), silence=np.full(N, 90))), 1, 30)
    assert (t.fate["status"][:N] == Status.SILENT).all()
    assert int(t.people_state[0].n_silent) == N
    assert t.fate["visit_hazard"][:N].max() < 0.002


def test_known_members_feel_as_such_lives_leave_them() -> None:
    """Feelings at rest; a bout that a long silence has ended is over, one that it allows is not."""
    gone = np.arange(N) % 3 == 0
    own = start(here=np.where(gone, 0.0, 1.0), silence=np.where(gone, 150, 60),
                rate=np.full(N, 0.5))  # fmt: skip
    t = open_tables(setting(own), 1, 30)
    rest, rows = t.params[0].lives, t.members[:N]
    wanted = np.where(gone, rest.satisfaction_silent, rest.satisfaction)
    np.testing.assert_allclose(rows["satisfaction"], wanted, atol=1e-3)
    np.testing.assert_allclose(rows["load"], rest.load, atol=1e-2)
    assert rows["belonging"][gone].max() < rows["belonging"][~gone].min()
    assert (t.fate["circles"][:N][~gone] & Flag.BOUT > 0).mean() < 0.2
    just = open_tables(setting(start(silence=np.zeros(N, np.int64))), 1, 30)
    assert (just.fate["circles"][:N] & Flag.BOUT > 0).mean() > 0.6


def test_active_members_write_more_than_stopped_ones() -> None:
    lively = weekly_facts(simulated_log(setting(start()), 1, 28))["weekly_actives"]
    gone = start(here=np.zeros(N), silence=np.full(N, 200))
    quiet = weekly_facts(simulated_log(setting(gone), 1, 28))["weekly_actives"]
    assert lively.mean() > 3 * quiet.mean()


def test_the_same_seed_gives_the_same_days() -> None:
    one, two = (run_one(setting(start()), 4, 21).days for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_living_day_by_day_is_living_at_once() -> None:
    own = setting(start())
    at_once = live_until(open_tables(own, 2, 14), 0, 14)
    log = simulated_log(own, 2, 14)
    seen = np.unique(log.member[log.day == 13])
    written = at_once.members["posts_today"] + at_once.members["replies_today"]
    here = at_once.visitors[: int(at_once.people_state[0].n_visitors)]
    assert set(seen) >= set(here[written[here] > 0])


def test_a_start_of_another_size_is_refused() -> None:
    wrong = dataclasses.replace(setting(start()), population=Population(initial_members=10))
    with pytest.raises(ValueError, match="the start has 90 members"):
        check_setting(wrong)


def test_facts_of_a_simulated_log_by_hand() -> None:
    log = SimulatedLog(
        member=np.array([0, 0, 1, 2, 2]), day=np.array([0, 8, 1, 3, 10]),
        messages=np.array([1, 1, 2, 1, 1]), n_first=2, n_days=14, replies=np.array([0, 1, 1, 0, 0]),
    )  # fmt: skip
    facts = weekly_facts(log)
    assert facts["weekly_actives"].tolist() == [3, 2]
    assert facts["posts"].tolist() == [4, 2]
    assert facts["joins"].tolist() == [1, 0]
    shape = shape_facts(log.member, log.day, log.messages, log.member >= 2, 14)
    assert shape["newcomers active again in week 1"] == 1.0
    assert shape["Gini of messages"] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["start=yesterday", "world=tea"], "start=today"),
        (["start=today", "start=today"], "start=today"),
        (["start="], "start=today"),
    ],
)
def test_another_start_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        start_in(words)


def test_today_needs_a_fitted_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    policies = "policies=[thanks_only,points]"
    with pytest.raises(UserError, match="name it, as in world"):
        verbs.compare(["start=today", policies])
    with pytest.raises(UserError, match="is no fitted community"):
        verbs.compare(["start=today", "world=default", policies])
    with pytest.raises(UserError, match="leave out the flags"):
        verbs.compare(["start=today", "world=default", policies, "--cfg", "job"])


@pytest.mark.slow
def test_policies_are_compared_from_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_fit([str(EXAMPLES / "example_activity.csv"), "--name", "tea",
             "--policy", "incentive=thanks_only"])  # fmt: skip
    words = ["world=tea", "start=today", "policies=[thanks_only,points]", "run.weeks=8",
             "run.replicates=3", "run.out=answer"]  # fmt: skip
    assert verbs.compare(words) == 0
    told = capsys.readouterr().out
    assert "in force: incentive=thanks_only" in told
    assert "The simulated community beside the forecast of its log" in told
    runs = pd.read_parquet(tmp_path / "answer" / "runs.parquet")
    assert list(dict.fromkeys(runs["policy"])) == ["thanks_only", "points"]  # one is in force
    assert main(["memo", "answer", "--to", "memo"]) == 0
    memo = (tmp_path / "memo" / "memo.html").read_text("utf-8")
    assert "the last day of example_activity.csv" in memo
    assert "corrected by a factor of" in memo


@pytest.mark.slow
def test_a_gate_that_turns_people_away_does_not_use_up_the_market(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a fee as many come in as the log tells, in the first weeks and a year later."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("plaza_lab.scenarios.forecast.closing.SEEDS", 4)
    run_fit([str(EXAMPLES / "example_activity.csv"), "--name", "tea", "--policy", "entry=fee"])
    found = from_today.kept_of("tea")
    point = from_today.point_in_force("tea", found)
    ready, closing = close([point], found, 52)
    arrival, fitted = (one.composed.config.world.arrival for one in (ready[0], point))
    assert closing.arrivals > 2  # most are turned away
    assert arrival.market_size == pytest.approx(closing.arrivals * fitted.market_size)
    assert arrival.p_external == pytest.approx(fitted.p_external, rel=0.2)
    for metric, until, _, low, high, _, after in closing.rows:
        assert low <= after <= high, (metric, until)
