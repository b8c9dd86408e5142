"""Options of governance: each composes, builds and lives three days; contradictions are refused."""

from __future__ import annotations

import pytest
from communities import lived, setting

from scenarios.composing import compose
from scenarios.config import Contradiction
from scenarios.options import option_names
from sim.policy import IncompatiblePolicy
from sim.policy.rules import Charter
from sim.policy.stewarding import Staff

GROUPS = ("stewarding", "moderation", "rules", "climate", "data_policy", "feedback")
SMALL = {"population.initial_members": 30}
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


@pytest.mark.parametrize("group", GROUPS)
def test_every_option_lives_three_days(group, kernels):
    for name in option_names(group):
        words = [f"{group}={name}", "fund=brand_funded", "entry=open", "world=full"]
        policy = compose(words).config.policy
        changes = {f"policy.{group}": getattr(policy, group), "policy.fund": policy.fund}
        tables = lived(setting(SMALL, changes), 1, 3)
        assert tables.daily[2, 0] >= 0


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (HIRED, "stewarding: hired staff .* choose fund=brand_funded"),
        ({"policy.stewarding.service_staff": 1}, "stewarding: hired staff"),
        ({"policy.rules.speak_low": 0.9}, "rules: speak_low is 0.9, above speak_high 0.8"),
        ({**ADAPTIVE, "policy.rules.speak_threshold": 0.9}, "rules: speak_threshold 0.9 lies"),
        ({**ADAPTIVE, "policy.rules.heat_threshold": 0.1}, "rules: heat_threshold 0.1 lies below"),
        ({"policy.rules.open_books": True}, "rules: open_books needs a fund"),
    ],
)
def test_contradictions_are_refused_in_one_line(changes, line):
    with pytest.raises(IncompatiblePolicy, match=line) as said:
        setting(SMALL, changes)
    assert "\n" not in str(said.value)


def test_the_command_line_refuses_staff_without_a_budget():
    with pytest.raises(Contradiction, match="choose fund=brand_funded"):
        compose(["stewarding=professional", "fund=entry_fee"])
