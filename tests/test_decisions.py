"""Decisions: base rates and registered terms, what is shown of them, and what is refused."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from communities import EVERYTHING, copied, lived, setting

from plaza_lab.agents.decisions.decision import Decision, decision, decisions
from plaza_lab.agents.decisions.leaving import EXIT, exit_hazard
from plaza_lab.agents.decisions.term import Form, Term
from plaza_lab.agents.decisions.visiting import VISIT, visit_hazard
from plaza_lab.agents.member import Status
from plaza_lab.engine.compiled import kernel
from plaza_lab.engine.elementary import exp
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.explaining.moments import AROUND, MOMENTS, arguments_now
from plaza_lab.scenarios.explaining.replay import OWN, shown_decisions, terms_now
from plaza_lab.sim.mechanisms.partners.contract import Params as Contract
from plaza_lab.sim.state import everyday

DOCS = Path(__file__).resolve().parents[1] / "docs"
sys.path.insert(0, str(DOCS))
import decision_pages  # noqa: E402
import generate  # noqa: E402

BUSY = {**EVERYTHING, "policy.events.online_month": 28.0, "policy.distribution.recommended": 2}
"""Much goes on, so that most decisions have a moment."""
DAYS = 20


@pytest.fixture(scope="module")
def tables(kernels):
    return lived(setting(BUSY), 1, DAYS)


def present(tables) -> list[int]:
    status = tables.fate.status[: tables.people_state[0].n_rows]
    return [int(i) for i in np.flatnonzero(status != Status.LEFT)]


def added(terms) -> float:
    total = 0.0
    for term in terms:
        total += term
    return total


def test_every_decision_is_the_sum_of_the_terms_it_shows(tables):
    """To the last bit: they are added in the same order."""
    seen = set()
    for row in present(tables)[:25]:
        for one in shown_decisions():
            given = arguments_now(one, tables, row, DAYS - 1)
            if given is None:
                continue
            seen.add(one.name)
            shown = terms_now(tables, row, DAYS - 1)[one.name]
            assert tuple(shown) == (() if one.form is Form.SUM else (OWN,)) + one.names
            assert one(*given) == added(shown[name] for name in one.names), one.name
    assert {"visit", "exit", "post", "answer", "buy", "register", "open", "click"} <= seen
    assert len(seen) >= 18


UNUSUAL = {
    "star": ("star_state.star_cohesion", "star_state.star_gone"),
    "points": ("policy.incentive.has_points",),
    "token": ("policy.incentive.has_token",),
    "founder": ("groups_state.presence params.groups.prestige_weight",),
    "game": ("policy.game.has_checkins",),
    "expert time": ("params.visiting.expert_weight", "params.churn.expert_weight"),
    "identity": ("culture_state.culture",),
    "place": ("policy.hosting.first",),
    "alarm": ("shocks_state.alarm",),
    "platform rule": ("shocks_state.platform_loss",),
    "dues": ("dues_state.dues_share",),
    "grade": ("policy.incentive.has_levels",),
    "privileges": ("policy.incentive.has_privileges", "policy.incentive.care_cents_week"),
    "talent": ("policy.incentive.has_talent",),
    "channels": ("policy.crm.cross_platform",),
    "relationship": ("params.relationship.strength",),
    "referring": ("policy.acquisition.referral_reward_cents",),
}
"""What brings each term into play that is left out on an everyday."""


def test_what_is_left_out_on_an_everyday_is_nothing_for_anybody(kernels):
    """And each thing that would bring one of the terms into play makes the day another."""
    tables = lived(setting({"population.initial_members": 120}), 1, DAYS)
    is_everyday = plain(everyday.is_everyday)
    assert is_everyday(tables)
    left_out = {one: {*one.names} for one in (everyday.VISIT_LESS, everyday.EXIT_LESS)}
    assert set.union(*left_out.values()) == {*UNUSUAL}
    for row in present(tables):
        for one, names in left_out.items():
            given = arguments_now(one.decision, tables, row, DAYS - 1)
            shown = one.decision.each(*given)
            assert not any(shown[name] for name in names)
            assert one(*given) == added(shown[name] for name in shown if name not in names)
    for path in (path for paths in UNUSUAL.values() for path in paths):
        other = copied(tables)
        for place in path.split():
            name, *inner, field = place.split(".")
            record = getattr(other, name)[0]
            for group in inner:
                record = getattr(record, group)
            setattr(record, field, 1)
        assert not is_everyday(other), path


@kernel(cache=False)
def hazards(t, row, day, is_silent):
    m, policy, world = t.members[row], t.policy[0], t.params[0]
    leaving = exit_hazard(m, day, is_silent, t, policy, world)
    return visit_hazard(m, t, policy, world), leaving


def test_shown_terms_make_the_compiled_hazards(tables):
    """What kernels compute is the exponential of what is shown."""
    for row in present(tables)[:25]:
        terms = terms_now(tables, row, DAYS - 1)
        is_silent = bool(tables.fate.status[row] == Status.SILENT)
        for name, hazard in zip(
            ("visit", "exit"), hazards(tables, row, DAYS - 1, is_silent), strict=True
        ):
            assert hazard == pytest.approx(math.exp(added(terms[name].values())), rel=1e-12)


def test_rates_are_the_exponential_of_base_and_terms(tables):
    m, around = tables.members[0], (tables, tables.policy[0], tables.params[0])
    assert plain(visit_hazard)(m, *around) == VISIT.base_rate(m, *around) * plain(exp)(
        VISIT(m, *around)
    )
    given = (m, 5, False, *around)
    assert plain(exit_hazard)(*given) == EXIT.base_rate(*given) * plain(exp)(EXIT(*given))


def test_decisions_of_partners_and_stars_add_up_too():
    p = Contract()
    around = (6.0, 0.0, 0.0, 1.0, 0.0)
    end = decision("end the partnership")
    assert end(0.8, 0.5, 0.6, around, p) == added(end.each(0.8, 0.5, 0.6, around, p).values())
    assert end(0.8, 0.5, 0.6, around, p) < end(0.2, -0.5, 0.3, around, p)


def test_every_term_is_known_to_explain_and_to_the_pages():
    for one in decisions():
        page = decision_pages.decision_page(one, generate.table)
        for term in (one.base_term, *one.terms):
            assert f"| `{term.name}`" in page and term.source in page, (one.name, term.name)
            if "mechanisms" in term.place:
                mechanism = term.place.rsplit(".", 1)[-1]
                text = decision_pages.terms_of(mechanism, generate.table)
                assert f"| `{term.name}`" in text and f"[{one.name}](/odd/" in text, mechanism
    assert {one.name for one in shown_decisions()} == set(MOMENTS)
    others = {one.name for one in decisions() if one.name not in MOMENTS}
    assert others == {"end the partnership", "come as a star", "go as a star"}


def test_every_term_has_its_own_source_and_a_sentence():
    for one in decisions():
        for term in (one.base_term, *one.terms):
            assert term.source and term.function.__doc__, (one.name, term.name)
            assert set(term.arguments) <= set(one.arguments)
        assert one.names == one.order, "a sum must not depend on what was imported first"


def a_decision(name: str) -> Decision:
    return Decision(name, "Trying.", form=Form.SUM, arguments=("m", "world"), order=("base",),
                    source="assumption")  # fmt: skip


@pytest.fixture
def trial(monkeypatch):
    """A decision that is forgotten again."""
    known = dict(decision.__globals__["_decisions"])
    monkeypatch.setitem(decision.__globals__, "_decisions", known)
    one = a_decision("try")
    one.base("base", source="assumption")(lambda m: 1.0)
    return one


def test_a_term_is_registered_once(trial):
    trial.term("luck", source="assumption")(lambda m: 2.0)
    for name in ("luck", "base"):
        with pytest.raises(ValueError, match=f"try: term '{name}' is there already"):
            trial.term(name, source="assumption")(lambda m: 2.0)
    with pytest.raises(ValueError, match="the base is 'base' already"):
        trial.base("other", source="assumption")(lambda m: 0.0)
    assert trial(None, None) == 3.0 and trial.names == ("base", "luck")


def test_what_a_decision_cannot_use_is_refused_in_one_line(trial):
    with pytest.raises(ValueError, match=r"takes 'weather'; known here are m, world$"):
        trial.term("rain", source="assumption")(lambda weather: 1.0)
    for rule in (None, 3.0):
        with pytest.raises(ValueError, match="needs a name and a function"):
            trial.term("rain", source="assumption")(rule)
    with pytest.raises(ValueError, match="has no source"):
        trial.term("rain", source="")(lambda m: 1.0)
    with pytest.raises(ValueError, match="there is no decision 'exti'; did you mean 'exit'"):
        decision("exti")
    with pytest.raises(ValueError, match="'try' is there already"):
        a_decision("try")
    with pytest.raises(ValueError, match="comes too late: the decision is composed already"):
        assert EXIT.py_func
        EXIT.term("late", source="assumption")(lambda m: 1.0)
    assert "late" not in EXIT.names


def weather(world, m):
    return 0.25 + 0.0 * m.belonging


ROUGH = VISIT.with_terms([Term("weather", weather, "assumption")])


@kernel(cache=False)
def rough_visit(t, row):
    return ROUGH(t.members[row], t, t.policy[0], t.params[0])


def test_a_users_term_comes_after_all_of_plazas_and_leaves_them_alone(tables):
    assert ROUGH.names == (*VISIT.names, "weather") and "weather" not in VISIT.names
    around = (tables.members[0], tables, tables.policy[0], tables.params[0])
    assert ROUGH(*around) == VISIT(*around) + 0.25
    assert ROUGH(*around) == added(ROUGH.each(*around).values())
    assert rough_visit(tables, 0) == pytest.approx(VISIT(*around) + 0.25, rel=1e-12)
    with pytest.raises(ValueError, match="visit: term 'mood' is there already"):
        VISIT.with_terms([Term("mood", weather, "assumption")])
    assert decision("visit") is VISIT


def test_a_composed_function_reaches_the_rules_of_its_terms_by_stable_names():
    scope = VISIT.composed.py_func.__globals__["terms_of_visit"].py_func.__globals__
    assert [scope[term.key] for term in VISIT.terms] == [term.rule for term in VISIT.terms]
    assert all(term.key.startswith("term_") for term in VISIT.terms)


def test_a_decision_is_not_composed_before_all_mechanisms_are_there():
    """Rather than a kernel that lacks terms, there is a line that says what to import."""
    code = ("from plaza_lab.agents.decisions.visiting import VISIT\n"
            "try:\n    VISIT.py_func\nexcept RuntimeError as wrong:\n    print(wrong)\n"
            "import plaza_lab.sim.day\nprint(\"star\" in VISIT.names)\n")  # fmt: skip
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = said.stdout.strip().splitlines()
    assert "lacks star, points" in first and "import plaza_lab.sim.day" in first
    assert second == "True"


def test_moments_give_what_decisions_are_called_with(tables):
    for one in shown_decisions():
        for row in present(tables)[:10]:
            special = MOMENTS[one.name].given(tables, row, DAYS - 1)
            if special is not None:
                assert {*one.arguments} <= {*special, *AROUND}, one.name
                assert {*special} <= {*one.arguments, *SPARE}, one.name


SPARE = {"fits", "suits", "is_timely", "is_centred", "is_promotion", "weariness", "crowding"}
"""Of an item in front of a reader; finishing it asks for fewer of them."""
