"""Options of governance: each composes, builds and lives three days; contradictions are refused."""

from __future__ import annotations

import enum

import pytest
import yaml
from communities import Changes, lived, setting

from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Contradiction
from plaza_lab.scenarios.settings.options import option_files, option_names
from plaza_lab.sim.policy import Charter, IncompatiblePolicy, Policy, Staff
from plaza_lab.sim.recording import metrics as mt

GROUPS = ("stewarding", "moderation", "rules", "climate", "data_policy", "feedback")
SMALL = {"population.initial_members": 30, "policy.fund.brand_week_cents": 1_000_000}
POOR = {"policy.fund.brand_week_cents": 0, "policy.fund.has_entry_pool": False}
HIRED = {"policy.stewarding.staff": Staff.PROFESSIONAL}
ADAPTIVE = {"policy.rules.charter": Charter.ADAPTIVE}


def test_options_have_the_names_of_the_catalogue():
    """P18 to P21, P25, P29."""
    assert set(option_names("stewarding")) == {
        "founder_only", "volunteers", "layered", "paid_rotation", "professional", "third_party",
    }  # fmt: skip
    assert {"none", "post", "pre", "filter_queue", "assisted"} <= set(option_names("moderation"))
    assert set(option_names("rules")) == {"static", "adaptive", "voted", "adaptive_voted"}
    assert set(option_names("climate")) == {"none", "mood_sensing", "mediation", "full"}
    assert set(option_names("data_policy")) == {"lax", "standard", "strict"}
    assert set(option_names("feedback")) == {
        "none", "hotline", "open_forum", "forum_listening", "research_panel",
    }  # fmt: skip


def levers_of(group: str, option: str) -> Changes:
    """What an option file sets, by path."""
    said = yaml.safe_load(option_files(group)[option].read_text(encoding="utf-8")) or {}
    usual = getattr(Policy(), group)
    changes: Changes = {}
    for name, value in said.items():
        kind = type(getattr(usual, name))
        is_named = issubclass(kind, enum.Enum)
        changes[f"policy.{group}.{name}"] = kind[value.upper()] if is_named else value
    return changes


@pytest.mark.parametrize("group", GROUPS)
def test_every_option_lives_three_days(group, kernels):
    for name in option_names(group):
        tables = lived(setting(SMALL, levers_of(group, name)), 1, 3)
        assert tables.daily[2, mt.MEMBERS] > 0


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({**HIRED, **POOR}, "stewarding: hired staff .* choose fund=brand_funded"),
        ({"policy.stewarding.service_staff": 1, **POOR}, "stewarding: hired staff"),
        ({"policy.rules.speak_low": 0.9}, "rules: speak_low is 0.9, above speak_high 0.8"),
        ({**ADAPTIVE, "policy.rules.speak_threshold": 0.9}, "rules: speak_threshold 0.9 lies"),
        ({**ADAPTIVE, "policy.rules.heat_threshold": 0.1}, "rules: heat_threshold 0.1 lies below"),
        ({"policy.rules.open_books": True, **POOR}, "rules: open_books needs a fund"),
    ],
)
def test_contradictions_are_refused_in_one_line(changes, line):
    with pytest.raises(IncompatiblePolicy, match=line) as said:
        setting(SMALL, changes)
    assert "\n" not in str(said.value)


def test_the_command_line_refuses_staff_without_a_budget():
    with pytest.raises(Contradiction, match="choose fund=brand_funded"):
        compose(["stewarding=professional", "fund=entry_fee"])
