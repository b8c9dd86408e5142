"""A model is a list of mechanisms: one of a user's own beside Plaza's, and some of Plaza's out."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from own_mechanisms import SOURCE, module_of, page_blocks

from plaza_lab import PLAZA, Community, Mechanism, Metric, Policy, Population, Term, Var, quantity
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.partnering import END
from plaza_lab.sim.engine import run_one
from plaza_lab.sim.policy import Incentive

DAYS = 28
FEW = Population(initial_members=80, age_days=0.0)  # newborn: enough of them visit
ON = {"birthday.is_greeting": True}


@pytest.fixture(scope="module")
def birthday(tmp_path_factory):
    return module_of(tmp_path_factory.mktemp("hers")).Birthday


def community(mechanisms=None, levers=None, days=DAYS, people=FEW, lived=DAYS, **more):
    made = Community(
        mechanisms=mechanisms, levers=levers, population=people, seed=1, days=days, **more
    )
    made.run(lived)
    return made


@pytest.fixture(scope="module")
def greeted(birthday):
    return community([*PLAZA, birthday], ON)


def test_the_file_of_the_page_has_at_most_forty_lines():
    assert len(SOURCE.rstrip().splitlines()) <= 40


def test_her_metric_is_what_her_state_adds_up_to(greeted):
    frame = greeted.days_frame()
    assert frame["greetings"].sum() == greeted.members.array("birthday.greeted").sum() > 0
    assert greeted.metric("greetings") == frame["greetings"].iloc[-1]
    assert list(frame.columns[:-1]) == list(community().days_frame().columns)


def test_her_state_is_read_and_written_on_a_member(greeted):
    twin = greeted.fork()
    row = int(np.argmax(twin.tables.birthday.greeted))
    member = twin.member_at(row)
    assert member.birthday.greeted == 1
    member.birthday.greeted = 3
    assert twin.tables.birthday.greeted[row] == 3
    assert greeted.tables.birthday.greeted[row] == 1
    assert "birthday.greeted" in twin.frame_of(twin.members).columns


def test_her_term_is_in_the_hazard_that_the_engine_wrote(greeted):
    # visitors of the last day had their hazards set on it
    today = greeted.tables.members.last_visit == greeted.last_day
    rows = np.flatnonzero((greeted.tables.birthday.greeted > 0) & today)
    member = greeted.member_at(int(rows[0]))
    assert member.exit_terms()["greeted"] == -1.0
    assert member.exit_hazard() == pytest.approx(float(member.fate.exit_hazard), rel=1e-5)
    terms = dict(member.exit_terms())
    terms.pop("greeted")
    assert sum(terms.values()) == pytest.approx(sum(member.exit_terms().values()) + 1.0)


def test_greetings_keep_members(birthday):
    many = Population(initial_members=3000)
    quick = {"birthday.is_greeting": True, "birthday.lift": 0.0, "birthday.hold": 5.0}
    exits = [
        community([*PLAZA, birthday], quick | {"birthday.hold": hold}, people=many, days=182,
                  lived=182).days_frame()["exits"].sum()
        for hold in (0.0, 5.0)
    ]  # fmt: skip
    assert exits[1] < 0.95 * exits[0]


def test_what_is_off_changes_no_byte(birthday):
    off, usual = community([*PLAZA, birthday]), community()
    assert off.tables.daily.tobytes() == usual.tables.daily.tobytes()
    assert off.tables.members.tobytes() == usual.tables.members.tobytes()
    assert (off.days_frame()["greetings"] == 0.0).all()


def test_without_a_lift_and_a_hold_greetings_are_only_counted(birthday):
    still = ON | {"birthday.lift": 0.0, "birthday.hold": 0.0}
    counted, usual = community([*PLAZA, birthday], still), community()
    assert counted.tables.daily.tobytes() == usual.tables.daily.tobytes()
    assert counted.days_frame()["greetings"].sum() > 0


def test_in_plain_python_the_same_comes_out(greeted, tmp_path):
    module_of(tmp_path, name="my_birthdays")
    script = (
        "import numpy as np\n"
        "from my_birthdays import Birthday\n"
        "from plaza_lab import PLAZA, Community, Population\n"
        "c = Community(mechanisms=[*PLAZA, Birthday], levers={'birthday.is_greeting': True},\n"
        f"              population=Population(80, age_days=0.0), seed=1, days={DAYS})\n"
        "c.run()\n"
        "np.save('days.npy', c.days_frame().to_numpy())\n"
        "np.save('state.npy', c.tables.birthday['greeted'])\n"
    )
    subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=240,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    days = np.load(tmp_path / "days.npy")
    np.testing.assert_allclose(days, greeted.days_frame().to_numpy(), rtol=1e-4, atol=1e-6)
    assert (np.load(tmp_path / "state.npy") == greeted.tables.birthday["greeted"]).all()


def test_her_tables_grow_with_the_members(birthday):
    crowd = community([*PLAZA, birthday], ON, days=400, lived=1)
    crowd.tables = dataclasses.replace(crowd.tables, own=crowd.tables.own.grown(50_000))
    assert len(crowd.tables.birthday) == 50_000
    before = int(crowd.tables.birthday["greeted"].sum())
    crowd.run(60)
    assert crowd.days_frame()["greetings"].sum() == crowd.tables.birthday["greeted"].sum() > before


def test_new_rows_hold_the_declared_default(birthday):
    mine = dataclasses.replace(
        birthday, state=(Var("greeted", "i4", "1", "from seven", default=7),)
    )
    crowd = community([*PLAZA, mine], lived=0)
    longer = crowd.tables.own.grown(9_000)
    assert (longer.arrays["birthday"]["greeted"] == 7).all()


def test_two_mechanisms_and_any_order_of_hers(birthday, tmp_path):
    words = {"birthday": "wedding", "greetings": "toasts", "greeted": "toasted"}
    source = SOURCE
    for old, new in words.items():
        source = source.replace(old, new)
    other = module_of(tmp_path, source, name="my_weddings").Birthday
    both = community([other, *PLAZA, birthday], ON | {"wedding.is_greeting": True})
    frame = both.days_frame()
    assert frame["toasts"].sum() > 0
    assert frame["greetings"].sum() > 0
    first = community([other, *PLAZA], {"wedding.is_greeting": True})
    assert first.days_frame()["toasts"].sum() > 0
    assert "toasted" in first.member_at(0).exit_terms()


def test_a_name_may_be_declared_anew_with_another_layout(birthday, tmp_path):
    source = SOURCE.replace("state=[", 'state=[Var("wishes", "f8", "1", "wishes", default=2.5), ')
    wider = module_of(tmp_path, source, name="my_wider").Birthday
    new, old = (community([*PLAZA, one], ON, lived=3) for one in (wider, birthday))
    for one in (new, old):
        one.run(DAYS - 3)
        assert one.days_frame()["greetings"].sum() == one.tables.birthday["greeted"].sum() > 0
    assert (new.tables.birthday["wishes"] == 2.5).all()
    assert new.tables.daily.tobytes() == old.tables.daily.tobytes()


def test_her_metric_is_collected_like_plazas(birthday):
    told = ["members", "greetings"]
    watched = community([*PLAZA, birthday], ON, model_reporters=told, agent_reporters={
        "greeted": lambda m: m.birthday.greeted})  # fmt: skip
    frame = watched.datacollector.get_model_vars_dataframe()
    assert frame["greetings"].sum() == watched.days_frame()["greetings"].sum() > 0
    assert watched.datacollector.get_agent_vars_dataframe()["greeted"].max() >= 1


def test_a_run_of_the_engine_has_her_columns(greeted):
    result = run_one(greeted.setting, 1, DAYS)
    assert result.metric_names[-1] == "greetings"
    assert (result.days[:, -1] == greeted.days_frame()["greetings"]).all()


def test_a_held_metric_is_carried_over():
    from plaza_lab.sim import own_tables
    from plaza_lab.sim.model import Model

    one = Mechanism(
        "watch", lambda t, day: None, metrics=[Metric("seen", "1", "seen", is_held=True)]
    )
    opened = own_tables.opened(Model([*PLAZA, one]), 4, 6)
    opened.arrays["watch_daily"]["seen"][[2, 4]] = 5.0, 6.0
    assert own_tables.daily(opened, 6)["seen"].tolist() == [0.0, 0.0, 5.0, 5.0, 6.0, 6.0]


def test_a_mechanism_of_plazas_can_be_taken_out():
    without = [m for m in PLAZA if m.name != "visiting"]
    assert community(without).days_frame()["dau"].iloc[7:].sum() == 0
    idle = community([m for m in PLAZA if m.name != "kocs"])
    assert idle.tables.daily.tobytes() == community().tables.daily.tobytes()


def test_levers_of_what_is_taken_out_are_refused():
    policy = Policy(incentive=Incentive(has_detection=True))
    with pytest.raises(
        ValueError, match=r"incentive.has_detection=True is a lever of gaming, which"
    ):
        Community(mechanisms=[m for m in PLAZA if m.name != "gaming"], policy=policy)


class NoBounds:
    lift: float = 0.1


class NoDefault:
    lift: float


class Outside:
    lift: float = quantity(3.0, "1", (0.0, 1.0))


def bare(name="mine", **more):
    return Mechanism(name, lambda t, day: None, **more)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda b: Community(mechanisms=[*PLAZA, b], levers={"birthday.lift": 1.5}),
         r"^birthday.lift=1.5 is outside its bounds: 0 to 1 1$"),
        (lambda b: Community(mechanisms=[*PLAZA, b], levers={"birthday.is_greeting": 2}),
         r"^birthday.is_greeting=2 is no flag"),
        (lambda b: Community(mechanisms=[*PLAZA, b], levers={"birthday.lift": "much"}),
         r"^birthday.lift='much' is no number"),
        (lambda b: Community(mechanisms=[*PLAZA, b], levers={"birthday.lift": float("nan")}),
         r"^birthday.lift=nan is outside"),
        (lambda b: Community(mechanisms=[*PLAZA, b], levers={"birthday.lifts": 0.5}),
         r"^birthday.lifts: birthday has no such lever; it has is_greeting, lift, hold$"),
        (lambda b: Community(levers={"birthday.lift": 0.5}), "no mechanism of your own is called"),
        (lambda b: b.with_levers(hold=9.0), "birthday.hold=9 is outside"),
        (lambda b: Community(mechanisms=[*PLAZA, b, b]), "'birthday' is there twice"),
        (lambda b: Community(mechanisms=[*PLAZA, b.step]), "is no Mechanism; write"),
        (lambda b: Community(mechanisms=PLAZA[::-1]), "keep the order of PLAZA"),
        (lambda b: Community(mechanisms=[*PLAZA, bare("gaming")]), "'gaming' is there twice"),
        (lambda b: Community(mechanisms=[*PLAZA, bare("members")]), "of that name; rename it"),
        (lambda b: Community(mechanisms=[*PLAZA, bare("incentive")]), "of that name; rename it"),
        (lambda b: Community(mechanisms=[*PLAZA, bare(metrics=[Metric("exits", "1", "")])]),
         "there is a metric 'exits' already"),
        (lambda b: Community(mechanisms=[*PLAZA, bare("trust")]), "of that name; rename it"),
        (lambda b: Community(mechanisms=[*PLAZA, bare("block")]), "of that name; rename it"),
        (lambda b: bare(levers=NoBounds), r"declare lift with quantity\(default"),
        (lambda b: bare(levers=NoDefault), r"declare lift with quantity\(default"),
        (lambda b: bare(levers=Outside), "mine.lift=3 is outside its bounds"),
        (lambda b: Community(mechanisms=[*PLAZA, bare(is_on=lambda levers, params: levers.on)]),
         "'mine': its is_on fails: AttributeError"),
        (lambda b: bare("Big Day"), "must be an identifier in lower case"),
        (lambda b: Mechanism("mine", 3), r"step must be a function step\(t, day\)"),
        (lambda b: bare(state=2 * [Var("a", "f8", "1", "")]), "declared twice"),
        (lambda b: bare(state=[Var("size", "f8", "1", "")]), "'size' cannot be a name"),
        (lambda b: bare(state=["greeted"]), r"Var\(\.\.\.\) is wanted"),
        (lambda b: bare(terms=[("exit", 1)]), "a term is a pair such as"),
        (lambda b: Community(mechanisms=[*PLAZA, bare(terms=[
            (EXIT, Term("mine", lambda m, luck: 0.0, "x"))])]), "takes 'luck'; there is m, day"),
        (lambda b: Community(mechanisms=[*PLAZA, bare(state=[Var("a", "f8", "1", "")], terms=[
            (END, Term("mine", lambda mine: 0.0, "x"))])]), "the decision has no 'world'"),
        (lambda b: Community(mechanisms=[*PLAZA, bare(terms=[
            (EXIT, Term("belonging", lambda m: 0.0, "x"))])]), "belonging"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(birthday, make, says):
    with pytest.raises((ValueError, TypeError), match=says) as told:
        make(birthday)
    assert "\n" not in str(told.value)


def test_what_cannot_be_compiled_is_told_in_one_line(tmp_path):
    source = SOURCE.replace("greeted += 1", "greted += 1")
    wrong = module_of(tmp_path, source, name="my_mistake").Birthday
    with pytest.raises(TypeError, match=r"my_mistake.step cannot be compiled: .*greted") as told:
        community([*PLAZA, wrong], ON)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 600


def test_the_code_of_the_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "my_mechanisms.py").write_text(SOURCE, "utf-8")
    monkeypatch.delitem(sys.modules, "my_mechanisms", raising=False)
    scope: dict = {}
    for block in page_blocks()[1:3]:
        exec(block, scope)
    printed = capsys.readouterr().out.split()
    assert float(printed[0]) > 0
    assert float(printed[-1]) in (0.0, -1.0)
    assert Path(sys.modules["my_mechanisms"].__file__).parent == tmp_path
