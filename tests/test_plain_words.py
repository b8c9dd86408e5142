"""What is composed without Hydra is what Hydra composes, to the last value and its type."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_mechanisms import module_of

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import in_force, read_model
from plaza_lab.scenarios.settings.composing import (
    Composed,
    compose,
    composed_by_hydra,
    search_path,
)
from plaza_lab.scenarios.settings.options import GROUPS, option_names
from plaza_lab.scenarios.settings.plain_words import composed_at_once
from plaza_lab.scenarios.settings.user_options import check_user_file

USUAL = [
    [],
    ["scenario=well_run", "entry=fee", "run.weeks=4"],
    ["scenario=learning_fund_500", "fund=brand_funded", "moderation.owner_exempt=true"],
    ["incentive=weekly_prize", "incentive.prize_winners=7", "world.churn.established_hazard=6e-4"],
    ["fund.dues_month_cents=2000", "world.visiting.activity_factor=1", "population=million"],
    ["stewarding.staff=LAYERED", "run.report=false", "run.out=somewhere", "world=full"],
    ["entry.fee_cents=9999999999"],
    ["run.out=plaza-out/first_look-2.b"],
    ["run.out=/var/tmp/a/true"],
    ["run.out=../null"],
]
UNUSUAL = [
    ["fund.dues_month_cents=20,30"], ["fund=grant", "fund=none"], ["+fund.more=1"], ["fund=[a]"],
    ["entry.fee_cents=5.5"], ["entry.fee_cents='5'"], ["run.weeks=010"], ["fund=nowhere"],
    ["run.weeks=nan"], ["run.report=yes"], ["no.such=1"], ["incentive=true"], ["fund=积分"],
    ["run.weeks=1_0"], ["hydra.verbose=true"], ["population.initial_members=null"],
    ["stewarding.staff=nobody"], ["run.out=NULL"], ["run.seed=1", "run.seed=2"],
    ["fund=../config"], ["fund=rival/none"], ["run.out=a b/c"], ["run.out=/1"], ["run.out=a//b"],
]  # fmt: skip


def same(words: list[str]) -> None:
    usual = composed_at_once(words, is_checked=False)
    assert usual is not None, words
    mine, hydras = Composed(*usual), composed_by_hydra(tuple(words), is_checked=False)
    assert repr(mine.config) == repr(hydras.config)  # tells 1 from 1.0
    assert repr(mine.plain) == repr(hydras.plain)  # in order
    assert list(mine.choices.items()) == list(hydras.choices.items())
    assert mine.text == hydras.text


@pytest.mark.parametrize("words", USUAL, ids=" ".join)
def test_usual_words_are_composed_as_by_hydra(words):
    same(words)


def test_levers_of_ones_own_are_composed_as_by_hydra(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module_of(tmp_path)
    with in_force(read_model("+my_mechanisms.py,-gaming")):
        same(["birthday.is_greeting=true", "birthday.lift=0.2", "incentive=points"])


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_every_option_of_plaza_is_composed_as_by_hydra(group):
    for name in option_names(group):
        same([f"{group}={name}"])


def test_every_option_of_plaza_is_understood():
    for group in GROUPS:
        for name in option_names(group):
            assert composed_at_once([f"{group}={name}"], is_checked=False) is not None


@pytest.mark.parametrize("words", UNUSUAL, ids=" ".join)
def test_what_is_not_plain_is_left_to_hydra(words):
    assert composed_at_once(words, is_checked=False) is None


def test_values_outside_their_bounds_are_refused():
    with pytest.raises(UserError, match=r"entry.fee_cents"):
        composed_at_once(["entry.fee_cents=9999999999"])


PLAIN = {
    "fund/mine": "dues_month_cents: 1234\nmedia_share: 0.5\n",
    "incentive/plain": "# nothing but a word\n",
    "world/small": "visiting: {activity_factor: 2}\n",
    "scenario/ours": "# @package _global_\ndefaults:\n  - override /fund: mine\n"
    "  - override /entry: open\nrun:\n  weeks: 13\nfund:\n  dues_month_cents: 99\n",
}
NOT_PLAIN = {
    "fund/reads": "dues_month_cents: ${entry.fee_cents}\n",
    "fund/more": "defaults:\n  - grant\ndues_month_cents: 7\n",
    "fund/no_such": "no_such_field: 1\n",
    "fund/text": "dues_month_cents: many\n",
    "fund/fraction": "dues_month_cents: 1.5\n",
    "fund/broken": "dues_month_cents: [\n",
    "scenario/homeless": "run:\n  weeks: 13\n",
    "fund/numbered": "1: 3\n",
    "world/dotted": "visiting.activity_factor: 2\n",
    "world/hollow": "no_such_part: {}\n",
    "fund/unlike": "# @package _group_\ndues_month_cents: 7\n",
}
HEAD = "# @package _global_\n"
REFUSED = {
    "scenario/twice": (f"{HEAD}defaults:\n  - override /fund: dues\n  - override /fund: grant\n",
                       "'override /fund' stands twice in defaults"),
    "scenario/unnamed": (f"{HEAD}defaults:\n  - override /fund: ''\n", "a list of options"),
    "scenario/blank": (f"{HEAD}defaults:\n  - 'override /fund ': dues\n", "a list of options"),
    "scenario/late": (f"# ours\n{HEAD}run:\n  weeks: 13\n", "@package stands in the first line"),
    "fund/authored": ("# @author A B\ndues_month_cents: 7\n", "write @author and one name"),
}  # fmt: skip


def options_of_ones_own(folder: Path, files: dict[str, str]) -> Path:
    own = folder / "plaza-conf"
    for name, text in files.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / f"{name}.yaml").write_text(text)
    return own


@pytest.mark.parametrize("word", [*(one.replace("/", "=") for one in PLAIN), "fund=grant"])
def test_plain_options_of_ones_own_are_composed_as_by_hydra(word, tmp_path, monkeypatch):
    own = options_of_ones_own(tmp_path, PLAIN)
    monkeypatch.chdir(tmp_path)
    words = [word, "run.seed=3"]
    usual = composed_at_once(words, is_checked=False, folder=own)
    assert usual is not None
    mine = Composed(*usual)
    hydras = composed_by_hydra((*search_path(), *words), is_checked=False)
    assert repr(mine.config) == repr(hydras.config)
    assert repr(mine.plain) == repr(hydras.plain)
    assert list(mine.choices.items()) == list(hydras.choices.items())


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_in_ones_own_options_is_left_to_hydra(name, tmp_path, monkeypatch):
    own = options_of_ones_own(tmp_path, NOT_PLAIN)
    monkeypatch.chdir(tmp_path)
    word = name.replace("/", "=")
    assert composed_at_once([word], is_checked=False, folder=own) is None
    assert composed_at_once([word], is_checked=False) is None


@pytest.mark.parametrize("name", REFUSED)
def test_what_hydra_would_stumble_over_or_pass_by_is_refused(name, tmp_path, monkeypatch):
    text, why = REFUSED[name]
    own = options_of_ones_own(tmp_path, {name: text})
    monkeypatch.chdir(tmp_path)
    word = name.replace("/", "=")
    assert composed_at_once([word], is_checked=False, folder=own) is None
    with pytest.raises(UserError, match=why):
        check_user_file(*name.split("/"))


def test_what_hydra_raises_is_said_in_one_line():
    with pytest.raises(UserError, match="must be a string or a list"):
        compose(["incentive=12"])


def test_an_option_of_ones_own_that_is_edited_is_read_again(tmp_path, monkeypatch):
    own = options_of_ones_own(tmp_path, PLAIN)
    monkeypatch.chdir(tmp_path)
    assert compose(["fund=mine"]).config.policy.fund.dues_month_cents == 1234
    (own / "fund" / "mine.yaml").write_text("dues_month_cents: 12345\n")
    assert compose(["fund=mine"]).config.policy.fund.dues_month_cents == 12345
