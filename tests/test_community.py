"""The Mesa model: the same days as the engine, hooks, data collection, both Mesas, plain Python."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from plaza_lab import Community
from plaza_lab.agents.member import Flag, Status
from plaza_lab.agents.views import Member
from plaza_lab.engine.plain import plain
from plaza_lab.sim.day import live, live_plainly
from plaza_lab.sim.engine import open_tables, run_one
from plaza_lab.sim.mechanisms.visiting import belonging
from plaza_lab.sim.mesa.editing import COUNTED, INPUTS, recount
from plaza_lab.sim.policy import (
    Acquisition,
    Form,
    Fund,
    Incentive,
    Koc,
    Partnership,
    Policy,
    Programme,
    Staff,
    Stewarding,
)
from plaza_lab.sim.recording.metrics import NAMES as METRICS
from plaza_lab.sim.setting import Population, Setting, World
from plaza_lab.sim.state import traits
from plaza_lab.sim.tables import NAMES

ROOT = Path(__file__).resolve().parents[1]

BUSY = Policy(
    fund=Fund(brand_week_cents=500_000, opening_cents=1_000_000),
    incentive=Incentive(has_prize=True, has_points=True),
    koc=Koc(programme=Programme.ORGANIC),
    partnership=Partnership(form=Form.CO_MARKETING),
    stewarding=Stewarding(staff=Staff.VOLUNTEERS),
    acquisition=Acquisition(has_referral=True, referral_reward_cents=2000),
)


def community(members: int = 120, **options) -> Community:
    options = {"policy": BUSY, "days": 60, "seed": 3, **options}
    return Community(population=Population(initial_members=members), **options)


def columns(tables) -> dict[str, bytes]:
    """Every field of every table, without the padding between fields."""
    parts = {}
    for name in NAMES:
        table = getattr(tables, name)
        for field in table.dtype.names or ("",):
            column = table[field] if field else table
            parts[f"{name}.{field}"] = np.ascontiguousarray(column).tobytes()
    return parts


def differences(one, other) -> list[str]:
    a, b = columns(one), columns(other)
    return [name for name in a if a[name] != b[name] and not name.startswith("scratch")]


# the same days


@pytest.mark.parametrize("way", ["steps", "one call", "mixed", "hooked", "reported"])
def test_days_are_those_of_the_engine_whatever_the_way_they_are_lived(way):
    c = community(model_reporters={"n": lambda m: len(m.members)} if way == "reported" else None)
    if way == "hooked":
        c.on_day(lambda c: len(c.members))
        c.on_week(lambda c: c.members.frame())
    if way == "steps":
        for _ in range(60):
            c.step()
    elif way == "mixed":
        c.step()
        c.run(9)
        c.run(0)
        c.step()
    c.run()
    expected = run_one(c.setting, 3, 60)
    journal = c.tables.journal[: c.tables.fund_state[0].n_journal]
    assert c.tables.daily[:60].tobytes() == expected.days.tobytes()
    for field in journal.dtype.names:
        assert journal[field].tobytes() == expected.journal[field].tobytes()
    np.testing.assert_equal(c.outcomes(), expected.outcomes)
    assert (c.day, c.steps, c.running) == (60, 60, False)


def test_tables_grow_under_faces_that_stay_valid():
    world = World()
    first = community(members=20, policy=None, world=world)
    early = first.members[4]
    small = first.tables.members.shape[0]
    first.tables.prospects_state[0].n_applicants = 0
    import plaza_lab.sim.tables

    first.tables = plaza_lab.sim.tables.grown(first.tables, 3 * small)
    first.run(3)
    early.points = 7
    assert first.tables.members[early.row].points == 7
    assert first.tables.members.shape[0] >= 3 * small
    assert not np.shares_memory(first.tables.people_state, first.tables.members)


def test_all_defaults_and_parts_of_settings():
    koc, people = Koc(programme=Programme.DISABLED), Population(initial_members=30)
    by_parts = Community(policy=koc, population=people, days=2)
    assert by_parts.setting == Setting(policy=Policy(koc=koc), population=people)
    groups = (Fund(opening_cents=1000), Incentive(has_points=True))
    assert Community(policy=groups, world=belonging.Params(), population=Population(30), days=2)
    assert Community(Setting(population=Population(30)), days=2).setting.policy == Policy()
    with pytest.raises(ValueError, match="neither a Policy nor a group of one"):
        Community(policy=Population())
    with pytest.raises(ValueError, match="a weekly prize needs a fund"):
        Community(policy=(Fund(has_entry_pool=False), Incentive(has_prize=True)))
    assert Community(policy=Incentive(has_prize=True), days=2).policy.fund.has_entry_pool


def test_the_last_day_and_the_seed_are_refused_in_one_line():
    c = community(days=2)
    with pytest.raises(ValueError, match="no day has been lived"):
        c.outcomes()
    c.run()
    with pytest.raises(ValueError, match="only 0 days are left"):
        c.run(1)
    with pytest.raises(ValueError, match="beyond the 2 days"):
        c.step()
    with pytest.raises(ValueError, match="seed=-1"):
        community(seed=-1)


def test_seed_may_be_called_rng_and_may_be_of_numpy():
    assert differences(community(rng=np.int64(5)).tables, community(seed=5).tables) == []


def test_run_model_of_mesa_runs_to_the_last_day():
    c = community(days=5)
    c.run_model()
    assert c.day == 5


# what it leaves


def test_frames_balances_and_outcomes_agree():
    c = community()
    c.run(30)
    days, journal, balances = c.days_frame(), c.journal_frame(), c.balances()
    assert days.shape == (30, len(METRICS))
    assert days["members"].iloc[-1] == len(c.members) == c.metric("members")
    assert abs(sum(balances.values())) < 1e-6
    into = journal.loc[journal.payee == "brand_pool", "amount_yuan"].sum()
    out = journal.loc[journal.payer == "brand_pool", "amount_yuan"].sum()
    assert into - out == pytest.approx(balances["brand_pool"])
    assert set(journal.purpose) >= {"brand_subsidy", "prize"}
    assert c.outcomes()["members_end"] == len(c.members)


def test_data_collector_of_mesa_collects_metrics_samples_and_types():
    c = community(
        model_reporters={
            "members": "members",
            "mood": lambda m: m.members.agg("belonging", np.mean),
        },
        agent_reporters={"belonging": "belonging", "advocacy": lambda m: m.advocacy()},
        agenttype_reporters={Member: {"points": "points"}},
        sample=10,
    )
    c.run(5)
    model = c.datacollector.get_model_vars_dataframe()
    agents = c.datacollector.get_agent_vars_dataframe()
    types = c.datacollector.get_agenttype_vars_dataframe(Member)
    assert model["members"].tolist() == c.days_frame()["members"].tolist()
    assert model["mood"].iloc[-1] == pytest.approx(c.days_frame()["belonging"].iloc[-1], abs=0.05)
    assert len(agents) == 50
    assert len(types) == model["members"].sum()
    first = set(agents.loc[1].index)
    assert len(first & set(agents.loc[5].index)) >= 8


def test_metrics_are_collected_even_when_days_are_lived_in_one_call():
    c = community()
    c.run(20)
    frame = c.datacollector.get_model_vars_dataframe()
    assert frame["messages"].tolist() == c.days_frame()["messages"].tolist()


# hooks and changes by hand


def test_hooks_are_called_after_days_and_weeks():
    c, seen = community(), []
    c.on_day(lambda c: seen.append(("day", c.day)))

    @c.on_week
    def weekly(c):
        seen.append(("week", c.day, len(c.days_frame())))

    c.run(14)
    assert [s for s in seen if s[0] == "day"] == [("day", d) for d in range(1, 15)]
    assert [s for s in seen if s[0] == "week"] == [("week", 7, 7), ("week", 14, 14)]


def test_weekly_hooks_leave_the_days_between_to_one_call(monkeypatch):
    import plaza_lab.sim.engine as module

    calls = []
    true = module.live_until
    monkeypatch.setattr(module, "live_until", lambda t, a, b: calls.append((a, b)) or true(t, a, b))
    c = community()
    c.on_week(lambda c: None)
    c.run(17)
    assert calls == [(0, 7), (7, 14), (14, 17)]


def test_a_mechanism_in_plain_python_changes_what_members_do():
    def cheer(c):
        c.members.set("belonging", 0.95)
        c.members.set("satisfaction", 0.95)

    plain_life, cheered = community(), community()
    cheered.on_week(cheer)
    for c in (plain_life, cheered):
        c.run(28)
    assert cheered.days_frame()["visits"].sum() > 1.2 * plain_life.days_frame()["visits"].sum()


def test_hazards_follow_a_write_before_the_next_day_and_at_once_on_request():
    c = community(policy=None)
    c.run(3)
    m = c.members.select(lambda m: m.status == Status.ENGAGED)[0]
    before = float(m.fate.exit_hazard)
    m.belonging = 0.9
    assert float(m.fate.exit_hazard) == before
    c.refresh()
    assert float(m.fate.exit_hazard) == pytest.approx(m.exit_hazard(), rel=1e-6)
    pace = plain(traits.pace_of)(c.tables, m.row)
    assert float(m.fate.visit_hazard) == pytest.approx(pace * m.visit_hazard(), rel=1e-6)
    assert float(m.fate.exit_hazard) < before
    m.record.belonging = 0.1
    c.refresh(m)
    assert float(m.fate.exit_hazard) > before


def test_hazards_of_many_are_set_alike_compiled_and_plain():
    many, few = community(400, policy=None), community(400, policy=None)
    values = np.linspace(0.0, 1.0, len(many.members))
    many.members.set("belonging", values)
    many.refresh()
    for part in range(0, len(few.members), 100):
        few.members[part : part + 100].set("belonging", values[part : part + 100])
        few.refresh()
    assert differences(many.tables, few.tables) == []


def test_a_write_that_changes_nothing_changes_no_day():
    c, other = community(), community()
    c.on_day(lambda c: c.members.set("belonging", c.members.array("belonging")))
    c.run(20)
    other.run(20)
    assert differences(c.tables, other.tables) == []


def test_fields_on_which_hazards_depend_are_all_known():
    c = community(policy=None)
    c.run(30)
    silent = c.members.select(c.members.array("status") == Status.SILENT)[0]
    engaged = c.members.select(
        (c.members.array("status") == Status.ENGAGED) & (c.members.array("buy_rate") > 0)
    )[0]
    found = set()
    for m in (silent, engaged):
        c.refresh(m)
        for name, stored in Member.fields.items():
            if name.endswith("_hazard"):
                continue
            column = stored.column(c)
            kept, fate = column[m.row], m.fate.copy()
            others = (Status.ENGAGED, Status.SILENT) if name == "status" else (0, 1, 2)
            for value in others:
                column[m.row] = value
                c.refresh(m)
                if any(m.fate[h] != fate[h] for h in fate.dtype.names if h.endswith("_hazard")):
                    found.add(name)
            column[m.row] = kept
            c.refresh(m)
    assert found <= INPUTS
    assert {"belonging", "mood", "status", "stage"} <= found


def totals(c):
    people, points = c.tables.people_state[0], c.tables.points_state[0]
    return {
        "n_members": people.n_members,
        "n_silent": people.n_silent,
        "points_held": points.points_held,
    }


def test_totals_over_members_follow_writes_and_departures():
    c = community()
    c.run(10)
    c.members[:5].set("points", 50)
    c.members[0].last_act = 9
    c.members.select(c.members.array("status") == Status.ENGAGED)[2].status = Status.SILENT
    c.members[7].leave()
    c.refresh()
    kept = totals(c)
    acts = c.tables.acts.copy()
    recount(c.tables)
    assert kept == totals(c)
    assert np.array_equal(acts, c.tables.acts)
    assert kept["n_members"] == len(c.members)
    assert kept["points_held"] == c.members.agg("points", np.sum)
    c.run(5)
    assert set(COUNTED) <= set(Member.fields)


def test_totals_kept_by_the_engine_are_those_counted_from_rows():
    c = community()
    c.run(45)
    kept, acts = totals(c), c.tables.acts.copy()
    recount(c.tables)
    assert kept == totals(c)
    assert np.array_equal(acts, c.tables.acts)


def test_leaving_by_hand_is_an_exit_of_the_coming_day():
    c = community()
    c.run(4)
    n, member = len(c.members), c.members[2]
    member.leave()
    member.leave()
    assert (member.status, member.left, member.exit_hazard()) == (Status.LEFT, 4, 0.0)
    assert len(c.members) == n - 1
    assert member not in c.members
    assert member in c.members.everyone()
    c.step()
    assert c.days_frame()["exits"].iloc[4] >= 1


def test_paying_by_hand_is_posted_and_stops_at_an_empty_pool():
    c = community()
    c.run(2)
    member, pool = c.members[0], c.balances()["brand_pool"]
    assert c.pay("prize", "brand_pool", 12.34, member) == 12.34
    assert c.pay("prize", "brand_pool", 1e6) == pytest.approx(pool - 12.34)
    assert c.balances()["brand_pool"] == 0.0
    last = c.journal_frame().tail(3)
    assert last.purpose.tolist() == ["prize", "prize", "policy_stop"]
    assert last.member.tolist() == [member.row, -1, -1]
    with pytest.raises(ValueError, match="purpose='gift' is unknown"):
        c.pay("gift", "brand_pool", 1.0)
    with pytest.raises(ValueError, match="is no pool"):
        c.pay("prize", "outside", 1.0)


def test_the_journal_has_room_for_any_number_of_payments_by_hand():
    c = community(policy=Fund(opening_cents=10_000_000), days=4)
    c.on_day(lambda c: [c.pay("prize", "brand_pool", 0.01, m) for m in c.members])
    c.run()
    assert c.tables.fund_state[0].journal_lost == 0
    assert len(c.journal_frame()) > 4 * 100


def test_own_columns_are_remembered_for_members_to_come():
    c = community(members=40)
    c.add_column("zeal", default=0.25)
    c.members[3].zeal = 0.75
    c.run(30)
    assert c.members.everyone()[3].zeal == 0.75
    assert c.members[len(c.members) - 1].zeal == 0.25
    assert c.members.agg("zeal", np.max) == 0.75
    assert c.members.frame()["zeal"].max() == 0.75
    with pytest.raises(ValueError, match="not free"):
        c.add_column("belonging")


def test_a_fork_lives_the_same_days_and_is_changed_alone():
    c = community()
    c.run(20)
    twin, changed = c.fork(), copy.deepcopy(c)
    changed.members.set("satisfaction", 0.0)
    for one in (c, twin, changed):
        one.run(20)
    assert differences(c.tables, twin.tables) == []
    assert changed.days_frame()["visits"].sum() < c.days_frame()["visits"].sum()
    with pytest.raises(TypeError, match="cannot be stored"):
        pickle.dumps(c)


# Mesa


def test_communities_are_freed():
    gone = []
    for _ in range(3):
        c = community(members=20)
        c.on_day(lambda c: None)
        c.run(2)
        list(c.agents)
        gone.append(weakref.ref(c))
        del c
    gc.collect()
    assert [ref() for ref in gone] == [None, None, None]


IMPORTS = """
import multiprocessing, sys
import plaza_lab.sim.engine
print("mesa" in sys.modules, "pandas" in sys.modules)
import plaza_lab.sim.mesa.community
print("mesa" in sys.modules, multiprocessing.get_start_method(allow_none=True))
"""


def test_the_engine_needs_no_mesa_and_mesa_leaves_multiprocessing_alone():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False", "True", "None"]


@pytest.mark.skipif(not hasattr(__import__("mesa").Model, "run_for"), reason="Mesa 3.5 only")
def test_events_of_mesa_see_the_day_they_were_scheduled_for():
    c, seen = community(), []

    class Watcher:
        def look(self):
            seen.append((c.day, c._lived))

    watcher = Watcher()
    c.schedule_event(watcher.look, at=5.5)
    c.run(10)
    c.run_for(3)
    assert seen == [(5, 5)]
    assert (c.day, c.time) == (13, 13.0)


# plain Python

DIGEST = """
import hashlib, sys
sys.path.insert(0, "tests")
from test_community import community, columns
for policy in ({}, {"policy": None}):
    c = community(members=30, days=14, **policy)
    c.run(7)
    c.members[:3].set("belonging", 0.7)
    c.members[5].leave()
    c.run(7)
    for name, bytes_ in columns(c.tables).items():
        if not name.startswith("scratch"):
            print(name, hashlib.sha256(bytes_).hexdigest())
"""


POORER = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"}
"""Makes the C library take what it takes on a processor without fused multiplication."""


@pytest.mark.slow
def test_plain_python_takes_the_decisions_of_compiled_code(tmp_path):
    """Also where the C library's own exponentials differ in their last bits."""
    outputs = []
    for disable, processor in (("0", {}), ("1", POORER)):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disable, "PYTHONPATH": str(ROOT / "src")}
        environment |= processor
        done = subprocess.run(
            [sys.executable, "-W", "error::RuntimeWarning", "-c", DIGEST],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout.splitlines())
    assert len(outputs[0]) > 100
    assert outputs[0] == outputs[1]


def test_the_plain_twin_of_the_day_lives_the_same_days():
    setting = community(members=25).setting
    compiled, in_python = (open_tables(setting, 8, 30) for _ in range(2))
    live(compiled, 0, 30)
    assert plain(live_plainly)(in_python, 0, 30) == 30
    assert differences(compiled, in_python) == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_plain_python_agrees_over_years():
    setting = Setting(population=Population(initial_members=3))
    compiled, in_python = (open_tables(setting, 8, 900) for _ in range(2))
    assert live(compiled, 0, 900) == plain(live_plainly)(in_python, 0, 900)
    assert differences(compiled, in_python) == []


def test_flags_fit_the_bits_of_a_field():
    assert sum(Flag) <= np.iinfo(np.int8).max
