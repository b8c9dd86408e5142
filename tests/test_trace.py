"""Every mechanism that is required has a module and a test, or is named as pending."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))

import library_pages
import trace_ids

from plaza_lab.scenarios.library.scenario import read_scenario, scenario_files


def test_no_required_mechanism_lost_its_module_or_its_test():
    assert trace_ids.problems() == []


def test_an_id_that_loses_something_is_told(monkeypatch):
    whole = trace_ids.Trace("a", ["sim/x.py"], ["tests/t.py::test_x"])
    lost = trace_ids.Trace("b", ["sim/x.py"])
    stale = trace_ids.Trace("c", ["sim/x.py"], ["tests/t.py::test_x"])
    monkeypatch.setattr(trace_ids, "traces", lambda: {"M01": whole, "M02": lost, "M03": stale})
    monkeypatch.setattr(trace_ids, "listed", lambda: ({"M01": "", "M02": "", "M03": ""}, ("M03",)))
    assert [line[:3] for line in trace_ids.problems()] == ["M02", "M03"]


def test_sources_and_marks_are_read_from_the_text():
    module = '''
"""M01 in a docstring is no source."""
SOURCE = "science.md A.1; M02, M54-M56"
x: int = quantity(1, "1", (0, 1), "M39 (F05)")
"""M03 in passing"""
y: bool = quantity(True, "flag", source="M40")
V = (Var("a", "i1", "1", "M04 in passing", "M15"),)
'''
    assert trace_ids.ids_of_module(module) == ["M02", "M54", "M55", "M56", "M39", "M40", "M15"]
    tests = """
pytestmark = pytest.mark.mechanism("M01")
@pytest.mark.mechanism("M02", "M03")
def test_a(): ...
def helper(): ...
class TestB:
    @pytest.mark.mechanism("M04")
    def test_b(self): ...
"""
    found = sorted(trace_ids.marks(tests))
    assert found == [("M01", "test_a"), ("M01", "test_b"), ("M02", "test_a"), ("M03", "test_a"),
                     ("M04", "test_b")]  # fmt: skip


def test_a_test_that_turns_a_coefficient_is_told_from_one_at_shipped_values():
    tests = """
LOUD = {"world.mood.usual_tone": 0.9}
def through(): return setting(LOUD)
def test_shipped(): assert lived({"policy.incentive.has_points": True})
def test_present(): assert lived({"world.mood.is_felt": True})
def test_turned(): assert lived({"world.help.looks": 3})
def test_by_a_constant(): assert lived(LOUD)
def test_by_a_function(): assert lived(through())
@pytest.mark.parametrize("x", [{"world.help.looks": 1}])
def test_by_a_mark(x): assert lived(x)
def test_shared(): assert lived(CLOSED)
"""
    assert trace_ids.turning(tests) == {
        "test_turned", "test_by_a_constant", "test_by_a_function", "test_by_a_mark",
    }  # fmt: skip
    assert "vary a lever" in trace_ids.kinds_text()


def test_every_measure_of_the_catalogue_is_named_in_a_test():
    """R70: all seventy-one, in the test that holds the measure to its definition."""
    files = Path(__file__).resolve().parent.rglob("test_*.py")
    told = {key for file in files for key in re.findall(r"\bT\d\d\b", file.read_text("utf-8"))}
    assert {f"T{number:02d}" for number in range(1, 72)} - told == set()


def test_every_mechanism_of_a_scenario_is_a_mechanism():
    for name in scenario_files():
        assert all(key.startswith("M") for key in read_scenario(name).mechanisms)


def test_every_failed_expectation_has_its_likely_reason():
    said = library_pages.notes()
    for row in library_pages.verdict_rows():
        if row["verdict"] == "fails":
            assert said.get(row["scenario"], {}).get(row["expectation"]), row["expectation"]


def test_every_expectation_of_every_scenario_has_a_verdict_that_was_observed():
    """R76, R55: of all 21 and thus of the six modes, with the runs it rests on."""
    kept = {(row["scenario"], row["expectation"]): row for row in library_pages.verdict_rows()}
    asked = {(name, e.says) for name in scenario_files() for e in read_scenario(name).expectations}
    assert set(kept) == asked
    assert all(int(row["pairs"]) > 1 and row["effect"] for row in kept.values())


def test_notes_speak_of_expectations_that_are_there():
    for name, reasons in library_pages.notes().items():
        says = {e.says for e in read_scenario(name).expectations}
        assert set(reasons) <= says, set(reasons) - says
