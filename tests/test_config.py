"""The configuration: every option composes, defaults belong to the dataclasses."""

from __future__ import annotations

import dataclasses

import pytest

from plaza_lab import Community
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Contradiction, Run, schema, typed
from plaza_lab.scenarios.settings.declared_settings import setting_keys
from plaza_lab.scenarios.settings.options import (
    BUNDLES,
    GROUPS,
    LEVERS,
    conf_folder,
    meaning,
    option_files,
    option_names,
)
from plaza_lab.scenarios.settings.overrides import check_overrides
from plaza_lab.sim.policy import Gate, Policy, Protocol, check_policy

OPTIONS = [(group, name) for group in GROUPS for name in option_names(group)]
MONEY = {"fund": "brand_funded", "entry": "open"}
WITH = {
    "learning_archive": {"comms": "structured_digest"},
    "points_alliance": {"incentive": "points"},
}
MONEY_FOR = {"fee_plus_challenge": {"fund": "entry_fee", "incentive": "weekly_prize"}}
FREE = [group for group in GROUPS if group not in (*MONEY, *BUNDLES, "scenario")]
MOST = max(len(option_names(group)) for group in FREE)
# Every option of every group is in one of these: with a brand budget all levers go together.
CHOICES = [
    *(
        MONEY
        | (chosen := {g: option_names(g)[k % len(option_names(g))] for g in FREE})
        | WITH.get(chosen["content"], {})
        | WITH.get(chosen["partnership"], {})
        for k in range(MOST)
    ),
    *({"fund": name} for name in option_names("fund")),
    *({"entry": name} | MONEY_FOR.get(name, {"fund": "none"}) for name in option_names("entry")),
    *({group: name} for group in ("scenario", *BUNDLES) for name in option_names(group)),
    # whose place the forms of partnership that go by themselves have taken above
    *({"incentive": name} for name in option_names("incentive")),
]
EXPECTED = {
    "incentive": {
        "none",
        "thanks_only",
        "points",
        "weekly_prize",
        "prize_and_points",
        "points_levels_badges",
        "reputation",
        "tips",
        "talent",
        "token",
        "full_stack",
    },
    "fund": {"none", "entry_fee", "dues", "entry_and_dues", "brand_funded", "grant"},
    "entry": {"open", "owner_only", "member_invite", "invite", "exclusive", "fee",
              "fee_plus_challenge"},
    "onboarding": {"none", "guided", "directory", "directory_guided"},
    "comms": {"free_chat", "structured", "structured_digest"},
    "content": {"brand_centric", "user_fit", "quiet"},
    "distribution": {"chronological", "curated", "personalised"},
    "moderation": {"none", "post", "pre", "lenient", "strict", "filter_queue", "assisted"},
    "stewarding": {
        "founder_only",
        "volunteers",
        "paid_rotation",
        "layered",
        "professional",
        "third_party",
    },
    "rules": {"static", "adaptive", "voted", "adaptive_voted"},
    "climate": {"none", "mood_sensing", "mediation", "full"},
    "data_policy": {"lax", "standard", "strict"},
    "feedback": {"none", "hotline", "open_forum", "forum_listening", "research_panel"},
    "acquisition": {"none", "organic", "referral", "rewarded_referral", "paid_media",
                    "paid_targeted", "content_led", "offline_to_private", "influencer",
                    "seed_then_star", "mixed"},
    "koc": {"disabled", "organic", "incubate", "incubate_50"},
    "partnership": {
        "none", "co_brand", "co_content", "co_marketing", "co_promotion", "joint_event",
        "open_platform", "points_alliance", "portfolio", "traffic_swap",
    },
    "roles": {"closed_loops", "sharer_loop_open", "steward_loop_open", "star_absent"},
    "world": {"default", "full"},
    "population": {"learning_52", "learning_500", "brand_5000", "million"},
}  # fmt: skip


@pytest.mark.parametrize("group", EXPECTED)
def test_options_are_the_ones_promised(group):
    assert EXPECTED[group] <= set(option_names(group))


def test_every_option_is_composed_below():
    assert {pair for choices in CHOICES for pair in choices.items()} == set(OPTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("choices", CHOICES)
def test_options_compose_and_hold_overrides_only(choices):
    """What an option file does not set is the default of the dataclass."""
    from omegaconf import OmegaConf

    composed = compose([f"{group}={name}" for group, name in choices.items()])
    assert choices.items() <= composed.choices.items()
    check_policy(composed.config.policy)
    for group in set(choices) & set(LEVERS):
        own = OmegaConf.load(option_files(group)[choices[group]]) or {}
        lever, default = getattr(composed.config.policy, group), getattr(Policy(), group)
        for field in dataclasses.fields(lever):
            if field.name not in own:
                assert getattr(lever, field.name) == getattr(default, field.name)


@pytest.mark.parametrize(("group", "name"), OPTIONS)
def test_every_option_says_what_it_means(group, name):
    assert meaning(option_files(group)[name]).endswith((".", "?", ")"))


def _values(record: object, path: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        inner = dataclasses.is_dataclass(value)
        found |= _values(value, f"{path}{field.name}.") if inner else {path + field.name: value}
    return found


def test_python_starts_from_the_default_of_the_command_line():
    """Every lever, parameter and population setting; the command line has one default of its own,
    for what is no setting: the run."""
    config = compose([]).config
    from_python, composed = _values(Community(days=1).setting), _values(config.setting)
    differ = {k: (from_python[k], composed[k]) for k in composed if from_python[k] != composed[k]}
    assert not differ
    assert from_python.keys() == composed.keys() and len(composed) > 800
    assert config.run == Run()


def test_the_default_policy_has_an_entry_fee_and_no_rewards():
    policy = compose([]).config.policy
    assert policy.entry.gate is Gate.FEE
    assert policy.fund.has_entry_pool
    assert not policy.incentive.has_prize
    assert not policy.incentive.has_points
    assert policy.comms.protocol is Protocol.FREE_CHAT


def test_volunteer_group_baseline_is_s01():
    choices = compose(["scenario=volunteer_group_baseline"]).choices
    config = compose(["scenario=volunteer_group_baseline"]).config
    wanted = {
        "entry": "open", "fund": "none", "onboarding": "none", "comms": "free_chat",
        "incentive": "thanks_only", "stewarding": "volunteers", "population": "learning_500",
    }  # fmt: skip
    assert {group: choices[group] for group in wanted} == wanted
    assert config.policy.moderation.owner_exempt
    assert config.run == Run()


def test_learning_fund_500_is_s02():
    composed = compose(["scenario=learning_fund_500"])
    wanted = {
        "entry": "fee", "fund": "entry_and_dues", "onboarding": "directory_guided",
        "comms": "structured_digest", "incentive": "weekly_prize", "stewarding": "paid_rotation",
        "population": "learning_500",
    }  # fmt: skip
    assert {group: composed.choices[group] for group in wanted} == wanted
    policy = composed.config.policy
    assert policy.entry.fee_cents == 20_000  # F01: 200 yuan
    assert policy.fund.dues_month_cents == 1_000  # F07: 10 yuan a month
    assert policy.fund.dues_prize_share == 0.0
    assert not policy.moderation.owner_exempt
    assert composed.config.run == Run()


def test_the_command_line_beats_the_scenario():
    composed = compose(["scenario=learning_fund_500", "incentive=points", "run.seed=7"])
    assert composed.config.policy.incentive.has_points
    assert not composed.config.policy.incentive.has_prize
    assert composed.config.policy.comms.protocol is Protocol.STRUCTURED_DIGEST
    assert composed.config.run.seed == 7


@pytest.mark.parametrize("text", ["structured_digest", "STRUCTURED_DIGEST", "Structured_Digest"])
def test_enums_are_spelt_in_any_case(text):
    composed = compose([f"comms.protocol={text}"])
    assert composed.config.policy.comms.protocol is Protocol.STRUCTURED_DIGEST
    assert composed.plain["comms"]["protocol"] == "structured_digest"


def test_composed_dataclasses_are_frozen():
    config = compose([]).config
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.policy.fund.dues_month_cents = 5


def test_lists_keep_their_length():
    from omegaconf import ListConfig, OmegaConf

    config = OmegaConf.structured(schema())
    lists = [key for key in setting_keys() if isinstance(OmegaConf.select(config, key), ListConfig)]
    assert lists
    for key in lists:
        before = OmegaConf.select(config, key).copy()
        OmegaConf.update(config, key, [1.0])
        with pytest.raises(UserError, match="numbers, not 1"):
            typed(config)
        OmegaConf.update(config, key, before)


def test_yaml_round_trip():
    """The resolved configuration, written and read again, is the same configuration."""
    from omegaconf import OmegaConf

    composed = compose(["scenario=learning_fund_500"])
    again = OmegaConf.merge(OmegaConf.structured(schema()), OmegaConf.create(composed.text))
    assert typed(again)[0] == composed.config


@pytest.mark.parametrize(
    "overrides",
    [
        ["fund=none", "incentive=weekly_prize"],
        ["entry=open"],
        ["koc=incubate"],
        ["koc=organic", "koc.target=50"],
        ["entry=fee_plus_challenge"],
        ["entry=open", "fund=none", "acquisition=influencer"],
        ["entry=open", "fund=none", "acquisition=offline_to_private"],
        ["partnership=co_marketing"],
        ["stewarding=paid_rotation", "fund=entry_fee"],
    ],
)
def test_contradictions_are_refused(overrides):
    with pytest.raises(Contradiction, match=r"choose|set"):
        compose(overrides)


def test_every_declared_setting_has_unit_source_and_bounds():
    for key in setting_keys():
        owner = schema()
        for part in key.split("."):
            field = {field.name: field for field in dataclasses.fields(owner)}[part]
            owner = field.type
        if not dataclasses.is_dataclass(owner):
            assert {"unit", "source", "low", "high"} <= set(field.metadata), key
            assert field.metadata["unit"], key
            assert field.metadata["source"], key


def test_option_files_are_where_hydra_looks():
    assert (conf_folder() / "config.yaml").is_file()
    for group, name in OPTIONS:
        check_overrides([f"{group}={name}"])


def test_a_configuration_is_written_as_omegaconf_writes_it():
    from omegaconf import OmegaConf

    from plaza_lab.scenarios.settings.composing import as_yaml

    words = ["1e5", "true", "null", "~", "1_000", "0x1f", "nan", "2024-01-01", "a: b", "# x", "",
             " a", "é 中文", "1.5", "12:30", "on", "a" * 200, "line\nline"]  # fmt: skip
    tree = {"words": words, "more": {"each": [1, None, 2.5, True, {"word": words}]}, "none": {}}
    assert as_yaml(tree) == OmegaConf.to_yaml(OmegaConf.create(tree))
