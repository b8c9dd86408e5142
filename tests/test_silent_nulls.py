"""Levers that cannot matter are told: before a run by lint, after it by the answer."""

from __future__ import annotations

import dataclasses
import io
from contextlib import redirect_stderr, redirect_stdout

import pytest

from plaza_lab import compare
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.policies.inert import INERT, NEEDS, levers_of
from plaza_lab.scenarios.policies.lint import lint
from plaza_lab.sim.policy import Policy
from plaza_lab.sim.setting import World


def inert(*words: str) -> list[str]:
    return [finding.rule for finding in lint(words)[1] if finding.kind == INERT]


def test_every_setting_of_a_need_is_there():
    for need in NEEDS:
        for wanted in [*levers_of(need), *need.of.replace("&", " ").split()]:
            path = wanted.partition("=")[0]
            record, path = (World(), path[6:]) if path.startswith("world.") else (Policy(), path)
            group, _, lever = path.partition(".")
            assert lever in {one.name for one in dataclasses.fields(getattr(record, group))}, path


@pytest.mark.parametrize(
    "words, because",
    [
        (("climate.senses_mood=true", "world.mood.is_felt=false"), "nobody is in a mood"),
        (("climate.mediates=true", "world.conflict.has_quarrels=false"), "nobody quarrels"),
        (("programme.active_goal=0.9",), "the programme is fixed"),
        (("rules.heat_low=0.9",), "the rules are static"),
        (("monetisation.has_preorder=true", "world.purchase.stock_share=0"), "cost nothing"),
        (("data_policy.encryption=0.1", "world.incidents.happen=false"), "no data are lost"),
        (("acquisition.tell_negative=3",), "members tell nobody"),
        (("koc.slots=5",), "no programme for KOCs"),
        (("steering.departments=2",), "nothing is decided while the days go by"),
    ],
)
def test_lint_says_why_a_lever_cannot_matter_and_not_where_it_can(words, because):
    (rule,) = inert(*words)
    assert "changes nothing here" in rule and because in rule
    full = [word for word in words if not word.startswith("world.")]
    on = {"programme": "programme=staged_by_metric", "rules": "rules=adaptive",
          "acquisition": "acquisition=organic", "koc": "koc=incubate",
          "steering": "alerts=strict"}  # fmt: skip
    own = on.get(words[0].partition(".")[0], "world=full")
    assert not [line for line in inert(own, *full) if because in line]


@pytest.mark.parametrize("form", ["co_content", "traffic_swap", "joint_event", "open_platform"])
def test_a_share_of_what_is_spent_together_is_told_where_nothing_is(form):
    (rule,) = inert(f"partnership={form}", "partnership.host_share=0.9", "entry=open",
                    "fund=brand_funded")  # fmt: skip
    assert "nothing is spent together in this form" in rule
    paid = ("partnership=co_promotion", "partnership.host_share=0.9", "fund=brand_funded")
    assert inert(*paid, "entry=open") == []


def test_a_review_after_the_end_and_a_price_war_without_a_rival_are_told():
    (line,) = inert("programme.review_weeks=52")
    assert "the first review is after the 52 weeks" in line
    assert inert("programme.review_weeks=51") == []
    (line,) = inert("world.rivals.matches=1")
    assert "there is no rival" in line
    assert inert("world.rivals.matches=1", "rivals=weak") == []


def test_the_default_policy_asks_for_nothing_in_vain():
    assert inert() == []


def test_hours_that_a_week_s_budget_cannot_pay_are_told():
    words = ["fund=brand_funded", "entry=open", "fund.needs_staff=true", "fund.staff_hours_week=80"]
    (line,) = [f.rule for f in lint(words)[1] if "caps the hours" in f.rule]
    assert "26.0 of 80 are paid (2,000 yuan of 6,160 yuan)" in line
    assert not [f for f in lint([*words[:3], "fund.staff_hours_week=20"])[1] if "caps" in f.rule]


def test_an_answer_says_what_changed_nothing_and_what_was_not_spent(kernels):
    found = compare(
        ["default", "climate.senses_mood=true"],
        ["population.initial_members=60", "world.mood.is_felt=false", "fund=brand_funded",
         "entry=open"], replicates=2, weeks=2, workers=1,
    )  # fmt: skip
    first, *others = found.notes()
    assert first.startswith("climate.senses_mood=true changes nothing here: all 2 pairs are the")
    assert "nobody is in a mood; world=full has it (world.mood.is_felt)" in first
    assert "default: of 4,000 yuan paid into the funds 0 were spent" in others


def test_a_rule_that_was_never_met_is_named(kernels):
    found = compare(
        ["thanks_only", "weekly_prize if active_share<1%"],
        ["population.initial_members=60", "fund=brand_funded", "entry=open"],
        replicates=2, weeks=8, workers=1,
    )  # fmt: skip
    first = found.notes()[0]
    assert "; active_share<0.01 was never seen at the weekly look" in first


def test_deals_that_nobody_signs_are_told_after_a_run(kernels):
    found = compare(
        ["default", "partnership=joint_event"],
        ["population.initial_members=60", "fund=brand_funded", "entry=open"],
        replicates=2, weeks=3, workers=1,
    )  # fmt: skip
    assert "of working together: hardly a partner signs" in found.notes()[0]


def test_a_policy_that_changes_something_is_no_null(kernels):
    found = compare(["default", "content.brand_posts_day=9"], ["population.initial_members=60"],
                    replicates=2, weeks=2, workers=1)  # fmt: skip
    assert not [line for line in found.notes() if "changes nothing" in line]


def test_the_command_prints_the_note(kernels, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()):
        code = main(["compare", "policies=[default,mood_sensing]", "run.weeks=1",
                     "run.replicates=2", "population.initial_members=60", "run.report=false",
                     "world.mood.is_felt=false"])  # fmt: skip
    assert code == 0
    assert "Note mood_sensing changes nothing here" in " ".join(out.getvalue().split())
