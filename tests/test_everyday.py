"""Everyday values: what they become, what is refused, and which settings are listed."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.values import everyday_names, read_amount, translated
from plaza_lab.scenarios.experiments.design import policy_overrides
from plaza_lab.scenarios.settings.composing import compose


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("members=800", "population.initial_members=800"),
        ("fund.opening=50k", "fund.opening_cents=5000000"),
        ("fund.opening=5万", "fund.opening_cents=5000000"),
        ("money=1,2k", "fund.opening_cents=100,200000"),
        ("fund.brand_week=500 yuan a week", "fund.brand_week_cents=50000"),
        ("fund.opening_cents=¥500", "fund.opening_cents=50000"),
        ("farmers=one in twenty", "world.gaming.farmer_share=0.05"),
        ("farmers=5%", "world.gaming.farmer_share=0.05"),
        ("farmers=二十分之一", "world.gaming.farmer_share=0.05"),
        ("farmers=1/20", "world.gaming.farmer_share=0.05"),
        ("farmers=1%,5%", "world.gaming.farmer_share=0.01,0.05"),
        ("leavers=0.1%", "world.churn.established_hazard=0.001"),
        ("comms.lead_days=2weeks", "comms.lead_days=14"),
        ("weeks=26", "run.weeks=26"),
        ("pairs=40", "run.replicates=40"),
        # what is an override already stays as it was written
        ("incentive=points", "incentive=points"),
        ("fund.opening_cents=1e6", "fund.opening_cents=1e6"),
        ("fund.opening_cents=1,2", "fund.opening_cents=1,2"),
        ("world.ties.decay=interval(0.1,0.2)", "world.ties.decay=interval(0.1,0.2)"),
        ("policies=[points,thanks_only]", "policies=[points,thanks_only]"),
        ("nobody=5%", "nobody=5%"),
    ],
)
def test_everyday_values_become_those_of_the_settings(said, meant):
    assert translated([said]) == [meant]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("fund.opening=5%", "money is expected, as in fund.opening=50k"),
        ("farmers=3 yuan", "a part of a whole is expected, as in farmers=5%"),
        ("members=5%", "a number of people is expected"),
        ("comms.lead_days=5%", "a time is expected"),
        ("members=80.5", "a whole number is expected"),
        ("fund.brand_week=500 yuan a month", "is counted in cents/week, not by the month"),
        ("fund.opening=lots", "money is expected"),
    ],
)
def test_a_wrong_unit_is_refused_in_one_line(said, why):
    with pytest.raises(UserError, match=why) as refused:
        translated([said])
    assert "\n" not in str(refused.value) and str(refused.value).startswith(said)


@pytest.mark.parametrize("text", ["", "a few", "in", "5 apples", "one in none", "%"])
def test_what_is_no_value_is_none(text):
    assert read_amount(text) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [("half", 0.5), ("three in five", 0.6), ("twenty-five in one hundred", 0.25),
     ("二十五分之二", 0.08), ("one out of two thousand", 0.0005)],
)  # fmt: skip
def test_parts_in_words(text, part):
    assert read_amount(text).number == pytest.approx(part)


def test_values_within_a_policy_are_everyday_ones_too():
    assert policy_overrides("incentive=points fund.opening=50k") == [
        "incentive=points", "fund.opening_cents=5000000",
    ]  # fmt: skip


def test_everyday_names_are_settings_and_no_groups():
    from plaza_lab.scenarios.settings.declared_settings import setting_keys
    from plaza_lab.scenarios.settings.options import GROUPS

    assert set(everyday_names().values()) <= set(setting_keys())
    assert not set(everyday_names()) & {*GROUPS, *setting_keys()}
    words = translated(["members=800", "farmers=one in twenty", "fund=grant", "fund.opening=50k"])
    config = compose(words).config
    assert config.population.initial_members == 800
    assert config.world.gaming.farmer_share == 0.05
    assert config.policy.fund.opening_cents == 5_000_000


def test_the_few_settings_are_listed_with_value_unit_and_bounds(capsys):
    assert main(["settings"]) == 0
    text = capsys.readouterr().out
    assert all(f"{name}=" in text for name in everyday_names())
    assert main(["settings", "farm", "farmers=5%"]) == 0
    found = capsys.readouterr().out
    row = next(line for line in found.splitlines() if "farmers=" in line)
    assert "Farmers of rewards" in row and "5 %" in row and "0 to 100" in row
    assert "world.gaming.farm_posts=" in found  # and what else holds the word


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_narrow_terminal_breaks_no_name_number_or_word_of_the_settings(
    language, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["settings", "--lang", language]) == 0
    text = capsys.readouterr().out
    assert max(map(cell_len, text.splitlines())) <= 60
    shown = re.split(r"[\s()（）]+", text)
    assert {f"{name}=" for name in everyday_names()} <= set(shown)
    assert {"10,000,000", "1,000,000,000"} <= set(shown)
    if language == "en":
        assert {"thousand", "Requests", "Strength"} <= set(shown)


@pytest.mark.parametrize(
    ("word", "code", "path"),
    [
        ("farmers", "en", "world.fairness.gaming_loss"),
        ("刷奖者", "zh", "world.fairness.gaming_loss"),
        ("farmers", "zh", "world.fairness.gaming_loss"),
        ("归属感", "zh", "world.lives.contact_read"),
    ],
)
def test_settings_are_found_by_what_they_are_and_those_of_that_name_come_first(word, code, path):
    from plaza_lab.scenarios.everyday.verb import settings_found
    from plaza_lab.scenarios.language import Language

    rows = settings_found(compose([]).config, [word], Language(code))
    found = [row.path for row in rows]
    assert path in found
    assert all(row.label for row in rows)
    if word == "farmers":
        assert found[0] == "world.gaming.farmer_share"


def test_settings_are_listed_in_chinese_and_what_is_none_is_refused(capsys):
    assert main(["settings", "成员", "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    assert "起始成员" in text and "500 人" in text
    assert main(["settings", "weather-forecast"]) == 2
    assert "no setting is called" in capsys.readouterr().err
