"""Names of options, policies and worlds: letters of every script, and nothing that is a value."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from fake_engine import FakeEngine
from hypothesis import given
from hypothesis import strategies as st

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan import make_plan
from plaza_lab.scenarios.experiments.spec import read_spec, text_of, value_of
from plaza_lab.scenarios.experiments.varying import ensemble_in
from plaza_lab.scenarios.files.yaml_file import scalar
from plaza_lab.scenarios.output.output_folder import slug
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.grammar import for_parser
from plaza_lab.scenarios.settings.names import check_name, check_option, is_name, twin_in
from plaza_lab.scenarios.settings.options import GROUPS, option_names
from plaza_lab.scenarios.settings.overrides import parsed, values_in

ROOT = Path(__file__).resolve().parents[1]
QUICK = ["run.replicates=2", "run.weeks=2", "run.report=false"]
NAMES = ["积分", "Привет", "naïve", "हिन्दी", "ไทย", "Σύν", "积分_v1.2-b", "２班", "2班", "茶v2026"]
VALUES = [
    "2026", "nan", "NaN", "inf", "1e3", "1E-3", "null", "Null", "true", "FALSE", "yes", "off",
    "0x10", "0o17", "0b1", "1_000", "0100", "1.5", "2020-02-30", "２０２６", "١٢٣",
]  # fmt: skip
NO_NAMES = [
    "", "a b", "a，b", "积 分", "（积分）", "a/b", "../x", ".a", "-a", "a:b", "a=b", "a\nb", "a\0b",
    "🎉", "\u0301a", "a\u200b", "\ud800", "x" * 101, "茶" * 67, "[a]", "a'b", "$x",
]  # fmt: skip
ODD_FILES = ["CON", "nul", "com1.x", "a.", "x.yaml", "_self_", "_global_"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def engine(monkeypatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)
    return fake


def own(place: str, text: str = "") -> None:
    file = Path("plaza-conf", f"{place}.yaml")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def preset(name: str, text: str = "") -> None:
    own(f"scenario/{name}", f"# @package _global_\n{text}")


def refusal(capsys, *arguments: str) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line.removeprefix("plaza: ")


# The rule


@pytest.mark.parametrize("name", [*NAMES, "a", "_a", "points", "v1.2", "2b", "2026-11", "y", "1e"])
def test_letters_of_every_script_are_names(name):
    assert check_option(name) == check_name(name) == name
    assert is_name(name)


@pytest.mark.parametrize("name", [*VALUES, *NO_NAMES, *ODD_FILES])
def test_what_is_no_name_of_an_option_is_refused(name):
    with pytest.raises(UserError, match="is no name of an option") as caught:
        check_option(name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_file_name_is_no_name_of_anything(name):
    assert not is_name(name)
    with pytest.raises(UserError, match=r"is no name of a study: .*use letters, digits"):
        check_name(name)


@pytest.mark.parametrize("group", GROUPS)
def test_names_of_plazas_own_options_are_names(group):
    for name in option_names(group):
        assert check_option(name) == name
        assert not twin_in(name, option_names(group))


@given(st.text(max_size=12))
def test_a_name_of_an_option_is_one_text_to_every_reader(text):
    try:
        name = check_option(text)
    except UserError:
        return
    assert scalar(name) == name
    (single,) = parsed([f"incentive={name}"])
    assert single.value() == name
    (several,) = parsed([f"incentive={name},points"])
    assert values_in(several) == [name, "points"]
    assert value_of(text_of(name)) == name
    (listed,) = parsed([f"policies=[{name},points]"])
    assert listed.value() == [name, "points"]


def test_accents_are_in_one_piece():
    assert check_option("cafe\u0301") == "caf\u00e9"


# Overrides


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("run.out=结果", "结果"),
        ("run.out=./结 果/a", "./结 果/a"),
        (r"run.out=结\,果", "结,果"),
        ("run.out='结果，二'", "结果，二"),
        ('run.out="结\'果"', "结'果"),
        ("run.out=${oc.env:HOME}/果", "${oc.env:HOME}/果"),
        ("run.out=a/b", "a/b"),
        ("world=ensemble:茶社:4", "ensemble:茶社:4"),
    ],
)
def test_texts_of_every_script_are_read_as_typed(typed, read):
    (override,) = parsed([typed])
    assert override.value() == read
    assert override.input_line == typed


@given(st.text("ab积分é_.-", min_size=1, max_size=8), st.text("ab积分é_.-", min_size=1, max_size=8))
def test_quotes_are_put_once(first, second):
    once = for_parser(f"policies=[{first},{second}]")
    assert for_parser(once) == once


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("policies=[积分，points]", "'，' is not ','; write ','"),
        ("policies=［积分,points］", "'［' is not '['"),
        ("incentive＝积分", "'＝' is not '='"),
        ("incentive=“积分”", "'“' is not"),
        ("激励=积分", "激励 is no group and no setting"),
        ("incentive=积", "incentive has no option '积'; did you mean 积分?"),
    ],
)
def test_punctuation_of_another_keyboard_is_told(capsys, word, said):
    own("incentive/积分")
    verb = "compare" if word.startswith("policies") else "run"
    assert said in refusal(capsys, verb, word)


# Options of one's own


@pytest.mark.parametrize("name", NAMES)
def test_an_option_of_any_script_can_be_chosen(name):
    own(f"incentive/{name}", "# 积分。\nhas_points: true\n")
    composed = compose([f"incentive={name}"])
    assert composed.choices["incentive"] == name
    assert composed.config.policy.incentive.has_points


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_may_be_written_in_either_way(form, engine):
    own(f"incentive/{unicodedata.normalize(form, 'café')}", "has_points: true\n")
    for typed in ("NFC", "NFD"):
        word = f"incentive={unicodedata.normalize(typed, 'café')}"
        assert main(["run", word, *QUICK, f"run.out={typed}"]) == 0
        assert engine.calls[-1][0].policy.incentive.has_points
        assert set(pd.read_parquet(f"{typed}/runs.parquet")["policy"]) == {word} or typed == "NFD"


@pytest.mark.slow
def test_policies_of_any_script_are_compared_swept_and_kept(engine, here):
    own("incentive/积分", "has_points: true\n")
    own("world/Привет", "ties: {decay: 0.03}\n")
    preset("感谢", "defaults:\n  - override /incentive: 积分\nfund: {dues_month_cents: 500}\n")
    for policies in ("感谢,积分", "[thanks_only,'感谢']"):
        assert main(["compare", f"policies={policies}", "world=Привет", *QUICK]) == 0
    names = sorted(folder.name.rsplit("-", 2)[0] for folder in Path("plaza-out").iterdir())
    assert "compare-感谢-vs-积分" in names
    assert "compare-thanks_only-vs-感谢" in names
    quoted = '[thanks_only,"incentive=积分 fund=dues"]'
    assert main(["compare", f"policies={quoted}", *QUICK, "run.out=结果"]) == 0
    assert set(pd.read_parquet("结果/runs.parquet")["policy"]) == {
        "thanks_only", "incentive=积分 fund=dues",
    }  # fmt: skip
    assert Path("结果/config-incentive-积分-fund-dues.yaml").is_file()
    for axes in (["incentive=glob(*分)", "world=Привет,default"], ["scenario=感谢,none"]):
        assert main(["sweep", *axes, *QUICK]) == 0


def test_studies_of_any_script_are_planned():
    own("incentive/积分", "has_points: true\n")
    preset("感谢")
    text = "policies: [感谢, 积分]\nuncertainties: {world.ties.decay: [0.01, 0.02]}\n"
    own("study/茶社", text)
    spec = read_spec("茶社")
    assert spec.name == "茶社"
    plan = make_plan(spec)
    assert plan.policies == ["感谢", "积分"]
    assert compose(plan.overrides(1)).choices["incentive"] == "积分"


def test_an_ensemble_of_any_name_is_found():
    asked, rest = ensemble_in(["world=ensemble:茶社:4", "incentive=points"])
    assert (asked.name, asked.n) == ("茶社", 4)
    assert rest == ["world=茶社", "incentive=points"]


@pytest.mark.parametrize("name", [*VALUES, "a b", "a，b", *ODD_FILES])
def test_a_file_whose_name_is_none_is_refused_at_first_sight(capsys, name):
    own(f"incentive/{name}")
    for command in (["run"], ["compare", "policies=[thanks_only,points]"], ["policy", "lint"]):
        line = refusal(capsys, *command)
        assert line.startswith(
            f"plaza-conf/incentive/{name}.yaml: {name!r} is no name of an option"
        )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["incentive/points"], "Plaza has its own incentive=points"),
        (["incentive/Points"], "incentive=points is there, and some computers take the two"),
        (["incentive/ｐｏｉｎｔｓ"], "incentive=points is there"),
        (["world/Tea", "world/tea"], "world=tea is there"),
        (["world/caf\u00e9", "world/cafe\u0301"], "its accents written in another way"),
        (["incentive/default"], "policies=[default] is the configuration without any choice"),
        (["scenario/default"], "policies=[default] is the configuration without any choice"),
    ],
)
def test_two_files_of_one_name_are_refused(capsys, files, said):
    for file in files:
        own(file)
    assert said in refusal(capsys, "run", "--cfg", "job")


# Names of worlds that are written


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("default", "Plaza has its own world=default"),
        ("full", "Plaza has its own world=full"),
        ("learning_500", "Plaza has its own population=learning_500"),
        ("Default", "world=default is there"),
        ("TEA", "world=tea is there"),
        ("2026", "'2026' is no name of a world (--name): it is read as a value"),
        ("null", "is no name of a world"),
        ("茶 社", "is no name of a world"),
        ("ensemble:x", "is no name of a world"),
        ("../x", "is no name of a world"),
    ],
)
def test_names_are_checked_before_a_log_or_a_run(capsys, name, said):
    own("world/tea")
    assert said in refusal(capsys, "fit", "no_such_log.csv", f"--name={name}")
    Path("t.yaml").write_text("retention: {value: 0.4, sd: 0.1}\n")
    words = ["world.ties.decay=interval(0.001,0.05)", "--runs=400", f"--name={name}"]
    assert said in refusal(capsys, "calibrate", "t.yaml", *words)


@pytest.mark.slow
def test_a_world_of_any_script_is_fitted_and_used(engine, capsys):
    log = ROOT / "data" / "example_activity.csv"
    assert main(["fit", str(log), "--name", "茶社"]) == 0
    assert "plaza compare world=茶社 " in capsys.readouterr().out
    assert main(["compare", "world=茶社", "policies=[thanks_only,points]", *QUICK]) == 0
    fitted = compose(["world=茶社"])
    assert fitted.choices["population"] == "茶社"
    assert fitted.config.world != compose([]).config.world
    assert all(setting.world == fitted.config.world for setting, _ in engine.calls)


# Folders


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("感谢-vs-积分", "感谢-vs-积分"),
        ("incentive=积分 fund=dues", "incentive-积分-fund-dues"),
        ("naïve/../x", "naïve-..-x"),
        ("हिन्दी", "हिन्दी"),
        ("cafe\u0301", "caf\u00e9"),
        ("（积分）", "积分"),
        ("🎉", ""),
    ],
)
def test_folders_keep_letters(text, made):
    assert slug(text) == made


@given(st.text())
def test_folders_have_names_that_every_disk_takes(text):
    made = slug(text)
    assert len(made) <= 60
    assert len(made.encode()) <= 120
    assert not made.startswith((".", "-"))
    assert not set(made) & set('/\\:*?"<>|\0\n')
