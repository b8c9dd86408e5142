"""Collections and faces: what Mesa's agent sets do, done on tables, and the rows behind them."""

from __future__ import annotations

import inspect
import statistics
import time

import numpy as np
import pytest
from mesa.agent import Agent, AgentSet

from plaza_lab import Community
from plaza_lab.agents.agent_set import Collection, Mixed
from plaza_lab.agents.choices import advocacy, sigmoid
from plaza_lab.agents.member import FATE, MEMBER, Flag, Kind, Route, Status
from plaza_lab.agents.moderator import Duty
from plaza_lab.agents.partner import Deal
from plaza_lab.agents.view import Face
from plaza_lab.agents.views import KINDS, KOC, Member, Moderator, Partner
from plaza_lab.engine.plain import plain
from plaza_lab.sim.policy import (
    Acquisition,
    Form,
    Fund,
    Koc,
    Partnership,
    Policy,
    Programme,
    Staff,
    Stewarding,
)
from plaza_lab.sim.setting import Population
from plaza_lab.sim.state import traits


@pytest.fixture(scope="module")
def lived() -> Community:
    """A community that has lived; tests that change it restore or use their own."""
    policy = Policy(
        fund=Fund(brand_week_cents=500_000, opening_cents=1_000_000),
        koc=Koc(programme=Programme.ORGANIC),
        partnership=Partnership(form=Form.CO_MARKETING),
        stewarding=Stewarding(staff=Staff.VOLUNTEERS),
        acquisition=Acquisition(has_referral=True),
    )
    c = Community(policy=policy, population=Population(initial_members=600), seed=2, days=120)
    c.run(100)
    return c


@pytest.fixture
def fresh() -> Community:
    return Community(population=Population(initial_members=40), seed=5, days=30)


# collections


def test_collections_are_agent_sets_of_agents(lived):
    for name, kind in (("members", Member), ("kocs", KOC), ("moderators", Moderator),
                       ("partners", Partner)):  # fmt: skip
        group = getattr(lived, name)
        assert isinstance(group, AgentSet)
        assert len(group) > 0
        assert all(isinstance(agent, (Agent, kind)) for agent in group)
        assert lived.agents_by_type[kind] == group
    assert lived.agent_types == list(KINDS)


def test_every_public_method_of_mesa_agent_sets_is_made_for_tables():
    for name, method in inspect.getmembers(AgentSet, inspect.isfunction):
        inherited = ("clear", "pop", "index", "count", "isdisjoint")
        if not name.startswith("_") and name not in inherited:
            assert getattr(Collection, name) is not method, name


def test_only_rows_in_use_are_shown(lived):
    assert len(lived.members) == lived.metric("members")
    assert len(lived.members.everyone()) == lived.tables.people_state[0].n_rows > len(lived.members)
    assert len(lived.kocs) == lived.metric("kocs")
    assert {m.duty for m in lived.moderators} <= {Duty.FOUNDER, Duty.VOLUNTEER, Duty.STEWARD}
    assert len(lived.partners) == lived.setting.policy.partnership.pool
    assert lived.members.everyone().groupby("status").count().keys() == set(Status)


def test_members_is_always_who_is_a_member_now_and_parts_are_of_their_moment(fresh):
    everybody, part = fresh.members, fresh.members.copy()
    fresh.members[0].leave()
    assert (len(everybody), len(part)) == (39, 40)


def test_indexing_slicing_and_membership(lived):
    group = lived.members
    assert group[0] == next(iter(group))
    assert group[-1] == group.to_list()[-1]
    assert isinstance(group[2:5], Collection)
    assert [m.row for m in group[2:5]] == [m.row for m in group.to_list()[2:5]]
    assert group[3] in group
    assert group[3] not in group[:3]
    assert lived.kocs[0] not in group
    assert "somebody" not in group
    with pytest.raises(IndexError):
        group[len(group)]


def test_aggregates_are_those_of_the_agents_one_by_one(lived):
    group = lived.members
    assert group.agg("belonging", np.mean) == pytest.approx(
        statistics.fmean(m.belonging for m in group), rel=1e-9
    )
    assert group.agg("points", [min, max, sum]) == [f(group.get("points")) for f in (min, max, sum)]
    by_rule = group.agg("unique_id", max)
    assert by_rule == group[-1].unique_id


def test_get_gives_what_attributes_give(lived):
    group = lived.members[:50]
    for name in ("belonging", "status", "circles", "inviter", "uid", "joined"):
        assert group.get(name) == [getattr(m, name) for m in group]
    assert group.get(["joined", "kind"]) == [[m.joined, m.kind] for m in group]
    assert group.get("shoe_size", "default", 42) == [42] * 50
    with pytest.raises(AttributeError, match="no 'shoe_size'"):
        group.get("shoe_size")
    with pytest.raises(ValueError, match="handle_missing"):
        group.get("joined", "maybe")


def test_select_by_function_flags_number_and_type(lived):
    group = lived.members
    happy = group.select(lambda m: m.belonging > 0.3)
    assert happy == group.select(group.array("belonging") > 0.3)
    assert 0 < len(happy) < len(group)
    assert len(group.select(at_most=7)) == 7
    assert len(group.select(at_most=0.5)) == len(group) // 2
    assert len(group.select(lambda m: m.belonging > 0.3, at_most=2)) == 2
    assert len(group.select(agent_type=KOC)) == 0
    assert group.select() == group
    part = group.copy()
    assert part.select(at_most=3, inplace=True) is part
    assert len(part) == 3


def test_set_writes_one_value_or_many(fresh):
    fresh.members.set("trust", 0.75)
    assert fresh.members.agg("trust", np.ptp) == 0.0
    fresh.members.set("points", np.arange(40)).set("kind", Kind.CORE)
    assert fresh.members.get("points") == list(range(40))
    assert {m.kind for m in fresh.members} == {Kind.CORE}
    with pytest.raises(AttributeError, match="no state variable 'shoe_size'"):
        fresh.members.set("shoe_size", 42)
    with pytest.raises(OverflowError):
        fresh.members.set("wins", 1000)


def test_groupby_field_and_function(lived):
    group = lived.members
    by_route = group.groupby("route")
    assert set(by_route.groups) <= set(Route)
    assert sum(by_route.count().values()) == len(group)
    means = by_route.agg("belonging", np.mean)
    for route, part in by_route:
        assert means[route] == pytest.approx(np.mean([m.belonging for m in part]), rel=1e-9)
    by_function = group.groupby(lambda m: m.posts > 0, result_type="list")
    assert sorted(by_function.count()) == [False, True]
    assert by_function.count()[True] == int((group.array("posts") > 0).sum())


def test_do_map_sort_and_shuffle(fresh):
    group, seen = fresh.members, []
    group.do(lambda m, sign: seen.append(sign * m.row), -1)
    assert seen == [-m.row for m in group]
    assert group.map("advocacy") == [m.advocacy() for m in group]
    seen.clear()
    group.shuffle_do(lambda m: seen.append(m.row))
    assert sorted(seen) == list(range(40)) != seen
    down = group.sort("skill").get("skill")
    assert down == sorted(down, reverse=True)
    assert group.sort(lambda m: m.topic, ascending=True).get("row") == [
        m.row for m in sorted(group, key=lambda m: m.topic)
    ]
    assert group.sort("topic").get("row") == [
        m.row for m in sorted(group, key=lambda m: m.topic, reverse=True)
    ]
    assert group.shuffle() == group


def test_set_operations(lived):
    core = lived.members.select(lived.members.array("kind") == Kind.CORE)
    rest = lived.members - core
    assert len(core & rest) == 0
    assert (core | rest) == lived.members
    with pytest.raises(TypeError, match="Member"):
        core & lived.kocs
    with pytest.raises(TypeError, match="tables"):
        core.add(lived.members[0])


def test_frames_have_every_state_variable_and_names_of_enums(lived):
    frame = lived.members.frame()
    assert list(frame.columns) == [var.name for var in FATE + MEMBER]
    assert frame.index.tolist() == lived.members.get("unique_id")
    assert frame["status"].iloc[0] == lived.members[0].status.name
    assert lived.partners.frame()["deal"].isin([deal.name for deal in Deal]).all()


def test_agents_of_all_kinds(lived):
    agents = lived.agents
    assert isinstance(agents, Mixed)
    assert len(agents) == sum(len(group) for group in lived.agents_by_type.values())
    assert len({agent.unique_id for agent in agents}) == len(agents)
    assert agents.select(agent_type=KOC) == lived.kocs
    assert lived.kocs[0] in agents
    assert lived.members[0] in agents
    assert agents.groupby(type).count()[Moderator] == len(lived.moderators)
    assert len(agents.select(lambda a: isinstance(a, Partner))) == len(lived.partners)
    assert agents.agg("row", max) >= lived.members[-1].row


# faces


def test_faces_show_and_write_every_declared_state_variable(fresh):
    hidden = {"visit_hazard", "exit_hazard"}
    for kind in KINDS:
        declared = [var.name for group in kind.TABLES.values() for var in group]
        methods = {name for name in declared if inspect.isfunction(getattr(kind, name))}
        assert methods == (hidden if kind is Member else set())
    member = fresh.members[7]
    for var in FATE + MEMBER:
        if var.unit in ("Status", "Flag") or var.name in hidden:
            continue
        value = {"row": fresh.members[2], "Kind": Kind.CORE, "Route": Route.PAID}.get(var.unit, 1)
        setattr(member, var.name, value)
        assert getattr(member, var.name) == value
        assert type(getattr(member, var.name)) in (int, float, Kind, Route, Member)
    assert "belonging" in dir(member)
    assert "[1; M15]" in inspect.getdoc(Member.belonging)


def test_enums_flags_and_rows_are_shown_as_such(lived, fresh):
    koc = lived.kocs[0]
    assert Flag.KOC in koc.member.circles
    assert isinstance(koc.member, Member)
    founder = lived.moderators[0]
    assert (founder.member, founder.duty) == (None, Duty.FOUNDER)
    invited = lived.members.select(lambda m: m.inviter is not None)[0]
    assert invited.inviter.invited > 0
    member = fresh.members[0]
    member.circles = {Flag.BUYER, Flag.BUYER}
    member.inviter = None
    assert member.circles == frozenset({Flag.BUYER, Flag.BUYER})
    assert (member.inviter, member.record.inviter) == (None, -1)


def test_faces_are_equal_by_row_and_have_no_memory_of_their_own(fresh):
    a, b = fresh.members[3], fresh.members[3]
    assert (a == b, hash(a) == hash(b), a is b) == (True, True, False)
    assert a != fresh.members[4]
    assert a != fresh.fork().members[3]
    assert a.unique_id == 4
    assert a.uid == int(fresh.tables.fate[3].uid)
    with pytest.raises(AttributeError, match=r"add one with community\.add_column"):
        a.shoe_size = 42


def test_leaving_is_final(fresh):
    member = fresh.members[3]
    with pytest.raises(ValueError, match=r"member\.leave\(\)"):
        member.status = Status.LEFT
    member.remove()
    with pytest.raises(ValueError, match=r"member\.leave\(\)"):
        member.status = Status.ENGAGED
    with pytest.raises(TypeError, match="cannot be removed"):
        fresh.moderators[0].remove()


def test_rules_of_members_are_the_rules_of_the_engine(lived):
    engaged = lived.members.array("status") == Status.ENGAGED
    today = lived.members.array("last_visit") == lived.last_day
    visitors = lived.members.select(engaged & today)
    assert len(visitors) > 5
    for m in visitors:
        # visitors of the last day had their hazards set on it
        assert m.exit_hazard() == pytest.approx(float(m.fate.exit_hazard), rel=1e-6)
        pace = plain(traits.pace_of)(lived.tables, m.row)
        assert pace * m.visit_hazard() == pytest.approx(float(m.fate.visit_hazard), rel=1e-6)
        assert m.advocacy() == pytest.approx((m.satisfaction + m.trust + m.belonging) / 3)
        for chance in (m.quit_probability(), m.answer_probability(0.5, 0.2)):
            assert 0.0 < chance < 1.0
        assert m.answer_probability(1.0) > m.answer_probability(0.0)
        assert np.isfinite((m.post_log_odds(), m.goal_pull(), m.candidate_score())).all()


def test_rules_of_moderators_and_partners(lived):
    assert lived.moderators[0].items_per_day() > 0.0
    partner = lived.partners[0]
    assert 0.0 < partner.conversion() < 1.0
    assert (partner.stays(0.0, 0.999), partner.stays(0.0, 0.0)) == (True, False)


def test_ties_come_with_strength_strongest_first(lived):
    member = max(lived.members, key=lambda m: m.n_ties)
    ties = member.ties()
    strengths = [strength for _, strength in ties]
    assert len(ties) == member.n_ties > 1
    assert strengths == sorted(strengths, reverse=True)
    assert all(isinstance(other, Member) and other != member for other, _ in ties)
    row = lived.tables.ties[member.row][: member.n_ties]
    assert max(strengths) <= row["strength"].max() / 64.0


def test_plain_twins_call_plain_twins():
    record = np.zeros(1, [(name, "f4") for name in ("satisfaction", "trust", "belonging")])
    assert plain(advocacy)(record.view(np.recarray)[0]) == 0.0
    assert plain(sigmoid)(0.0) == 0.5
    assert plain(sigmoid) is plain(sigmoid)
    assert plain(len)([1, 2]) == 2


def test_large_collections_cost_nothing_until_looked_at():
    c = Community(population=Population(initial_members=100_000), days=2)
    start = time.perf_counter()
    for _ in range(20):
        assert len(c.members) == 100_000
        c.members.agg("belonging", np.mean)
        c.members.groupby("kind").count()
    assert time.perf_counter() - start < 2.0
    assert isinstance(c.members[99_999], Face)
