"""Two languages: which one is chosen, and that nothing of the page is left untranslated."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from pathlib import Path

import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import LANGUAGES, Language, chosen_language
from plaza_lab.scenarios.language.catalogue import (
    ERRORS,
    FINISHED,
    LEVERS,
    NAME,
    PLACE,
    WORLDS,
    catalogue_file,
    messages_of,
)

ROOT = Path(__file__).resolve().parents[1]
OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize(
    ("asked", "environment", "code"),
    [
        ("", {}, "en"),
        ("zh", {"PLAZA_LANG": "en"}, "zh"),
        ("", {"PLAZA_LANG": "zh-Hans", "LANG": "en_US.UTF-8"}, "zh"),
        ("", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("", {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ("", {"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_flag_then_variable_then_locale(asked, environment, code):
    assert chosen_language(asked, environment) == code


@pytest.mark.parametrize("environment", [{"PLAZA_LANG": "fr"}, {}])
def test_a_language_there_is_not_is_refused(environment):
    asked = "" if environment else "fr"
    with pytest.raises(UserError, match="choose one of en, zh"):
        chosen_language(asked, environment)


def messages_in(folder: Path) -> set[str]:
    """Every text that is marked or translated in the sources of a folder."""
    from babel.messages.extract import extract_from_dir

    found = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = extract_from_dir(
            str(folder), [("**.py", "python")], keywords={"tr": None, "marked": None}
        )
        for _, _, message, _, _ in rows:
            found.add(message if isinstance(message, str) else message[0])
    return found


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_of_page_terminal_and_memo_is_translated(code):
    found = messages_in(ROOT / "scenarios" / "app")
    assert len(found) > 150
    for folder in (
        "advising",
        "everyday",
        "memo",
        "report",
        "comparing",
        "language",
        "trying",
        "policies",
        "explaining",
        "optimise",
        "attributing",
    ):
        found |= messages_in(ROOT / "scenarios" / folder)
    for template in (ROOT / "scenarios" / "report" / "templates").glob("*.html"):
        found |= set(re.findall(r'tr\("([^"]+)"', template.read_text(encoding="utf-8")))
    assert len(found) > 250
    assert sorted(found - set(messages_of(code))) == []


@pytest.mark.parametrize("code", OTHERS)
def test_purposes_of_money_are_translated(code):
    from plaza_lab.sim.state.fund import PURPOSES

    known = messages_of(code)
    shown = {name.replace("_", " ") for name in PURPOSES}
    assert sorted(one for one in shown if known.get(one, one) == one) == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_name_and_meaning_on_the_page_is_translated(code):
    from plaza_lab.scenarios.advising.advice import GROUPS
    from plaza_lab.scenarios.app.dials import CHOICES
    from plaza_lab.scenarios.app.estimates import SHOWN
    from plaza_lab.scenarios.app.question import OUTCOMES, communities
    from plaza_lab.scenarios.outcomes import COMPARED, DERIVED, outcome_named, outcome_unit
    from plaza_lab.scenarios.outcomes import OUTCOMES as DECLARED
    from plaza_lab.scenarios.settings.options import conf_folder, option_files, plain_meaning

    shown = [DECLARED[name].label for name in (*SHOWN, *OUTCOMES)]
    told = [*COMPARED, *DERIVED.values()]
    told += [
        outcome_named(name) for by in GROUPS.values() for names in by.values() for name in names
    ]
    shown += [outcome_unit(DECLARED[name]) for name in SHOWN]
    shown += [text for one in told for text in (one.label, outcome_unit(one))]
    for group in CHOICES:
        for name, file in option_files(group).items():
            if file.is_relative_to(conf_folder()):
                shown += [name.replace("_", " "), plain_meaning(file)]
    for one in communities():
        if one.kind != "fitted":
            shown += [one.name.replace("_", " "), one.meaning]
    known = messages_of(code)
    assert sorted({text for text in shown if text and text != "%"} - set(known)) == []


def said_of_mistakes(folder: Path, calls: set[str]) -> set[str]:
    """Every line of a mistake in the sources of a folder, its places named by what fills them."""
    found = set()
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if not any(word in text for word in (*calls, "def clashes")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and node.args:
                if getattr(node.func, "id", "") in calls:
                    found.add(as_message(node.args[0]))
            elif isinstance(node, ast.FunctionDef) and node.name == "clashes":
                pairs = (one for one in ast.walk(node) if isinstance(one, ast.Tuple))
                found |= {as_message(one.elts[1]) for one in pairs if len(one.elts) == 2}
    return {" ".join(text.split()) for text in found if re.search("[a-z]{2}", PLACE.sub("", text))}


def as_message(node: ast.expr) -> str:
    """Write an f-string as a message; empty for what is put together elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    text, seen = "", Counter()
    for part in node.values if isinstance(node, ast.JoinedStr) else ():
        if isinstance(part, ast.Constant):
            text += part.value
            continue
        name = (re.findall(r"[A-Za-z_]\w*", ast.unparse(part.value)) or ["value"])[-1]
        seen[name] += 1
        text += f"{{{name}{seen[name] if seen[name] > 1 else ''}}}"
    return text


@pytest.mark.slow
@pytest.mark.parametrize("code", OTHERS)
def test_every_mistake_is_said_in_the_language(code):
    found = said_of_mistakes(ROOT / "scenarios", {"UserError"})
    assert len(found) > 500
    for folder in ("sim", "agents"):
        found |= said_of_mistakes(ROOT / folder, set())
    assert sorted(found - set(messages_of(code, "", ERRORS))) == []


@pytest.mark.parametrize(
    "words",
    [
        ["foo"],
        ["run", "incentive=point"],
        ["run", "run.weeks=abc"],
        ["run", "fund.opening=1e99"],
        ["run", "incentive=weekly_prize", "fund=none"],
        ["compare", "policies=[thanks_only,poits]"],
        ["compare", "policies=[thanks_only,points]", "--flags"],
        ["compare", "policies=[thanks_only,'points@week0']"],
        ["explain", "--weeks"],
        ["optimise", "incentive=points,none", "--budget", "much"],
        ["study", "status", "nothing", "--store", "nowhere"],
        ["study", "run", "policies=[thanks_only,points]", "--name", "a b"],
        ["study", "run", "policies=[thanks_only,points]", "--name="],
        ["study", "run", "policies=[thanks_only,points]", "--name", "n" * 101],
        ["fit", "nowhere.csv", "--lang", "zh"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_said_in_chinese(words, capsys, monkeypatch):
    from plaza_lab.scenarios.command_line.cli import main

    monkeypatch.setenv("PLAZA_LANG", "en" if "--lang" in words else "zh")
    assert main(words) == 2
    line = capsys.readouterr().err
    assert len(line.splitlines()) == 1
    # names of settings, options and verbs stay; a sentence does not
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", re.sub("plaza:? [a-z]+ [a-z]+", "", line))
    assert re.search("[\u4e00-\u9fff]", line)


@pytest.mark.parametrize("code", OTHERS)
def test_every_group_option_and_outcome_has_a_name(code):
    from plaza_lab.agents.decisions.decision import decisions
    from plaza_lab.scenarios.explaining.moments import MOMENTS
    from plaza_lab.scenarios.outcomes import OUTCOMES
    from plaza_lab.scenarios.settings.options import GROUPS, conf_folder, option_files
    from plaza_lab.sim import day

    assert day.MECHANISMS  # the decisions have all their terms
    known = set(messages_of(code)) | set(messages_of(code, NAME))
    shown = {group.replace("_", " ") for group in GROUPS}
    for group in GROUPS:
        own = [one for one, file in option_files(group).items() if conf_folder() in file.parents]
        shown |= {name.replace("_", " ") for name in own}
    shown |= {text for one in OUTCOMES.values() for text in (one.label, one.definition)}
    told = [one for one in decisions() if one.name in MOMENTS]
    shown |= {text for one in told for text in (one.name, *one.names, MOMENTS[one.name].when)}
    assert sorted(shown - known - {"", "post"}) == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_places_of_their_messages(code):
    for context in ("", FINISHED):
        for text, translation in messages_of(code, context).items():
            assert set(PLACE.findall(text)) == set(PLACE.findall(translation)), text
    for text, translation in messages_of(code, "", ERRORS).items():  # an English ending may go
        assert set(PLACE.findall(text)) - {"is"} <= set(PLACE.findall(translation)), text


@pytest.mark.parametrize("code", OTHERS)
def test_what_lint_says_is_translated(code):
    from plaza_lab.scenarios.app.question import findings

    asked = [
        ("incentive=points", "fund=dues", "incentive.points_cap_day=9999",
         "incentive.points_answer=1"),
        ("incentive=weekly_prize", "incentive.prize_winners=1", "incentive.prize_gap_weeks=0"),
        ("acquisition=rewarded_referral", "acquisition.referral_vest_days=0", "fund=grant",
         "acquisition.referral_reward_cents=20000", "acquisition.referral_cap=900"),
        ("moderation=pre", "stewarding=founder_only", "content.promo_share=0.6"),
        ("stewarding=paid_rotation", "fund=none", "stewarding.kpi_quality=0",
         "moderation.owner_exempt=true"),
        ("moderation.strictness=0", "fund=brand_funded", "incentive=none"),
        ("entry=fee_plus_challenge", "koc=incubate", "population.initial_members=100"),
    ]  # fmt: skip
    say, left = Language(code), []
    for words in asked:
        found = findings(words)
        assert found
        for one in found:
            said = say.told(one.rule)
            # names of settings stay; three English words in a row do not
            if re.search(r"[a-z]+ [a-z]+ [a-z]+", said):
                left.append((said, one.rule))
    assert left == []


def test_lint_speaks_the_language_that_stands_before_the_verb(capsys):
    from plaza_lab.scenarios.command_line.cli import main

    assert main(["--lang", "zh", "policy", "lint", "incentive=points", "fund=grant"]) == 0
    said = capsys.readouterr().out
    assert "应改为：incentive.has_detection=true" in said
    assert re.findall(r"(?<![=\w])[a-z]+ [a-z]+ [a-z]+", said) == []


def docs_of(records: list[object]) -> set[str]:
    """What every setting of some records is."""
    import dataclasses

    from plaza_lab.agents.quantity import doc_of

    return {
        doc_of(type(one), own.name).rstrip(".")
        for one in records
        for own in dataclasses.fields(one)
    } - {""}


def parts_of(record: object) -> dict[str, object]:
    """The records of a record, by name."""
    import dataclasses

    return {own.name: getattr(record, own.name) for own in dataclasses.fields(record)}


def meanings() -> set[str]:
    """What every lever is and what every shipped option means."""
    from plaza_lab.scenarios.settings.composing import compose
    from plaza_lab.scenarios.settings.options import (
        GROUPS,
        conf_folder,
        option_files,
        plain_meaning,
    )

    config = compose([], is_checked=False).config
    found = docs_of([*parts_of(config.policy).values(), config.population, config.run])
    for group in GROUPS:
        shipped = [one for one in option_files(group).values() if conf_folder() in one.parents]
        found |= {plain_meaning(file) for file in shipped}
    return found - {""}


@pytest.mark.parametrize("code", OTHERS)
def test_every_lever_and_option_is_explained_in_the_language_and_no_other(code):
    say, asked = Language(code), meanings()
    assert len(asked) > 500
    assert sorted(one for one in asked if say.meant(one) == one) == []
    assert sorted(set(messages_of(code, "", LEVERS)) - asked) == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_setting_of_the_world_is_explained_in_the_language_and_no_other(code):
    from plaza_lab.scenarios.settings.composing import compose

    parts = parts_of(compose([], is_checked=False).config.world)
    say, asked = Language(code), docs_of(list(parts.values()))
    assert len(asked) > 1000
    assert sorted(one for one in asked if say.meant(one) == one) == []
    assert sorted(set(messages_of(code, "", WORLDS)) - asked) == []
    assert set(messages_of(code, NAME, WORLDS)) == {f"world.{name}" for name in parts}


@pytest.mark.parametrize("code", OTHERS)
def test_every_unit_is_said_in_the_language(code):
    import dataclasses
    import enum

    from plaza_lab.scenarios.settings.composing import compose

    config, say = compose([], is_checked=False).config, Language(code)
    records = [*parts_of(config.policy).values(), *parts_of(config.world).values()]
    units = {
        own.metadata["unit"]
        for one in (*records, config.population)
        for own in dataclasses.fields(one)
        if not isinstance(getattr(one, own.name), (str, enum.Enum))
    } - {"1"}
    assert len(units) > 150
    assert sorted(one for one in units if say.unit(one) == one) == []


def test_two_policies_are_told_apart_in_chinese(capsys):
    from plaza_lab.scenarios.command_line.cli import main

    pair = ["scenario=learning_fund_500", "scenario=volunteer_group_baseline"]
    assert main(["--lang", "zh", "policy", "diff", *pair]) == 0
    said = capsys.readouterr().out
    assert re.findall(r"(?<![=\w])[a-z]+ [a-z]+ [a-z]+", said) == []
    assert "10 元/成员/月" in said
    assert "1 小时/天" in said


@pytest.mark.parametrize(
    "words",
    [["policy", "diff", "world=default", "world=full"], ["settings", "world.incentives"]],
    ids=" ".join,
)
def test_worlds_are_explained_in_chinese(words, capsys):
    from plaza_lab.scenarios.command_line.cli import main

    assert main(["--lang", "zh", *words]) == 0
    said = capsys.readouterr().out
    assert re.findall(r"(?<![=\w])[a-z]+ [a-z]+ [a-z]+", said) == []
    assert len(re.findall("[\u4e00-\u9fff]", said)) > 200


@pytest.mark.parametrize("code", OTHERS)
def test_questions_of_the_library_are_translated(code):
    files = (ROOT / "conf" / "scenario" / "library").glob("*.yaml")
    asked = {re.search("(?m)^question: (.*)$", one.read_text("utf-8"))[1] for one in files}
    assert len(asked) > 20
    assert sorted(asked - set(messages_of(code))) == []


def test_a_sentence_nobody_knows_stays_as_it_is():
    say = Language("zh")
    assert say.told("the sky is blue, or not") == "the sky is blue, or not"
    assert Language("en").told("anything") == "anything"


def test_catalogues_are_kept_in_order():
    for code in OTHERS:
        text = catalogue_file(code).read_text(encoding="utf-8")
        assert "#, fuzzy" not in text.partition("\n\n")[2]


SMALL = ["entry=open", "fund=brand_funded", "run.weeks=5", "members=40", "run.overwrite=true"]
TELLING = {
    "run": ["incentive=weekly_prize", "run.replicates=2", *SMALL],
    "sweep": ["incentive=thanks_only,points", "run.replicates=2", *SMALL],
    "optimise": ["incentive=thanks_only,points", "--pairs", "2", "--max-pairs", "5", *SMALL],
    "explain": ["incentive=weekly_prize", "member=3", "against=incentive=points", *SMALL[:-1]],
}


@pytest.mark.slow
@pytest.mark.parametrize("verb", TELLING)
def test_a_verb_speaks_chinese_on_the_terminal_and_on_its_page(verb, capsys, tmp_path, monkeypatch):
    from plaza_lab.scenarios.command_line.cli import main

    monkeypatch.chdir(tmp_path)
    out = [] if verb == "explain" else ["run.out=told"]
    assert main([verb, *TELLING[verb], *out, "--lang", "zh"]) == 0
    printed = capsys.readouterr()
    told = printed.out.partition("told")[0]  # files follow
    if out:
        page = (tmp_path / "told" / "report.html").read_text(encoding="utf-8")
        verbatim = r"(?s)<(style|pre)>.*?</\1>|<table class=\"settings\">.*?</table>|src=\"[^\"]*\""
        told += re.sub(r"</?(?!img)[^>]*>", " \n", re.sub(verbatim, "", page))
    left = re.findall(r"(?<![=\w])[a-z]+ [a-z]+ [a-z]+", told)
    assert (left, len(re.findall("[\u4e00-\u9fff]", told)) > 200) == ([], True)
