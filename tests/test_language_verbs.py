"""What the verbs print, draw and explain of themselves holds no English word in Chinese."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from plaza_lab.scenarios.command_line.cli import OWN_HELPS, VERBS, main
from plaza_lab.scenarios.language import LANGUAGES, Language
from plaza_lab.scenarios.language.catalogue import HELP, messages_of

OTHERS = [code for code in LANGUAGES if code != "en"]
WIDTHS = (80, 60)
WRITTEN = (
    r"(?:[A-Z][\w'-]+(?:,|\s+&|\s+et\s+al\.)?\s+)+(?=\d{4})",  # who found it
    r"plaza [a-z<-].*",  # commands
    r"plaza-[a-z]+",  # folders
    r"\S*[=/_.@^<>|{}()\[\]\\]\S*",  # settings, files, keys of tables
    r"(?<![\w-])--?[a-z][a-z-]*",  # flags
    r"(?<![a-z])[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?![a-z])",  # KOC, WAPE, CollegeMsg
)
"""What is written the same in every language."""
ALLOWED = {
    "Plaza": "Plaza",
    "methods, and data that patterns come from": "Holm Holt Bass Shapley Sobol Bitcoin Gitter "
    "Hillstrom appium tldr git reddit science Matrix Microsoft Exchange Parquet Markdown Python "
    "Excel Slack Discord python ABC alpha gamma",
    "values that are written in a command": "job arrival excel person group week parquet latin utf "
    "partnership dmy mdy ymd grid lhs sobol morris post join leave visit skip none default "
    "full discord days journal mean contributions retention growth spend arm "
    "events estimate data notebooks tpe",
    "programs that --from knows": "slack discourse wechat github gitlab telegram teams messenger "
    "mattermost matrix stackexchange docx wordpress phpbb forum amazon woocommerce shop",
    "columns, kinds of act and names in the example": "member time kind comment answer ours sales",
    "keys": "Ctrl",
}
"""English that may stand in Chinese, and why."""


def known_words() -> set[str]:
    """Words of :data:`ALLOWED`, verbs and their parts, and names of statements and arms."""
    from plaza_lab.scenarios.library import verb as library
    from plaza_lab.scenarios.policies import verb as policies
    from plaza_lab.scenarios.sanity.statement import chosen
    from plaza_lab.scenarios.study import verb as studies

    known = {word for words in ALLOWED.values() for word in words.split()}
    known |= {part for verb in VERBS for part in verb.split("-")}
    known |= {*studies.PARTS, *library.PARTS, *policies.PARTS, "check"}
    return known | {name for one in chosen([], ()) for name in (one.name, *one.arms)}


def english_in(text: str) -> list[str]:
    """Words of a text that are neither written alike everywhere nor allowed."""
    for pattern in WRITTEN:
        text = re.sub(pattern, " ", text)
    known = known_words()
    return [word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in known]


def english_lines(text: str) -> dict[str, list[str]]:
    """Lines that hold English, and the words."""
    whole = re.sub(WRITTEN[0], " ", text)  # names may stand on two lines
    lines = dict.fromkeys(line.strip() for line in whole.split("\n"))
    return {line: found for line in lines if (found := english_in(line))}


def helps() -> list[list[str]]:
    """Every command that prints a help."""
    from plaza_lab.scenarios.library import verb as library
    from plaza_lab.scenarios.policies import verb as policies
    from plaza_lab.scenarios.study import verb as studies

    parts = {"study": studies.PARTS, "scenario": library.PARTS, "policy": policies.PARTS}
    shown = [["--help"]]
    for verb in VERBS:
        shown += [[verb, *part, "--help"] for part in ([], *([one] for one in parts.get(verb, ())))]
    return shown


def prose_of(text: str) -> str:
    """A help without its options by group, commands and usage."""
    lines = re.sub("(?ms)^用法：.*?^$", "", text).split("\n")
    return "\n".join(line for line in lines if re.search("[\u4e00-\u9fff]", line) or ": " in line)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_help_is_in_chinese_and_fits(width, capsys, monkeypatch):
    monkeypatch.setenv("PLAZA_LANG", "zh")
    monkeypatch.setenv("COLUMNS", str(width))
    left, wide = {}, {}
    for words in helps():
        if words[0] in ("run", "sweep"):
            continue  # written by Hydra; below
        assert main(words) == 0
        said = capsys.readouterr().out
        assert re.search("[\u4e00-\u9fff]{2}", said), words
        prose = prose_of(said)
        if found := english_lines(prose):
            left[" ".join(words)] = found
        if found := [line for line in prose.split("\n") if cell_len(line) > width]:
            wide[" ".join(words)] = found
    assert (left, wide) == ({}, {})


def test_the_help_that_hydra_writes_is_in_chinese(capsys):
    assert main(["run", "--help", "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Plaza：方案如何改变品牌社群")
    assert "显示每项设置及其值" in said


def test_english_helps_know_of_no_catalogue(capsys, monkeypatch):
    monkeypatch.setenv("PLAZA_LANG", "en")
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("Plaza: what a policy does")
    assert not re.search("[\u4e00-\u9fff]", "".join(OWN_HELPS))


@pytest.mark.parametrize("code", OTHERS)
def test_statements_patterns_and_facts_are_translated(code):
    from plaza_lab.scenarios.fit.telling import WORDS
    from plaza_lab.scenarios.sanity.statement import chosen
    from plaza_lab.scenarios.validation.patterns import FALSIFICATIONS, PATTERNS

    say, shown = Language(code), set(WORDS.values())
    for one in chosen([], ()):
        shown |= {one.says, one.source, *(ask.says for ask in one.asks)}
        shown |= set(re.split(r"(?<=\.) (?=[A-Z])", one.disputed)) if one.disputed else set()
    for pattern in PATTERNS:
        shown |= {pattern.name, *(statistic.name for statistic in pattern.statistics)}
    shown |= {one.name for one in FALSIFICATIONS}
    shown |= {one.statistic.name for one in FALSIFICATIONS}
    assert len(shown) > 150
    assert {one: found for one in sorted(shown) if (found := english_in(say.told(one)))} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_no_help_is_translated_that_is_not_shown(code, capsys, monkeypatch):
    asked: set[str] = set()
    told = Language.told

    def heard(self, sentence, domain="plaza"):
        if domain == HELP:
            asked.add(sentence)
        return told(self, sentence, domain)

    monkeypatch.setattr(Language, "told", heard)
    monkeypatch.setenv("PLAZA_LANG", code)
    for words in helps():
        assert main(words) == 0
    capsys.readouterr()
    whole = {text for text in messages_of(code, "", HELP) if "{" not in text or ": {" in text}
    assert sorted(whole - asked - {text for text in whole if re.search(r"\{\w+\}", text)}) == []


SMALL = ["entry=open", "fund=brand_funded", "run.weeks=4", "population.initial_members=60"]
PAIR = "policies=[thanks_only,weekly_prize]"
TELLING = {
    "fit": [["example", "data"], ["fit", "data/example_activity.csv", "--name", "ours"]],
    "sales": [
        ["example", "data"],
        ["fit", "data/example_purchases.csv", "--purchases", "--name", "sales"],
    ],
    "dry": [["example", "data"], ["fit", "data/example_activity.csv", "--dry-run"]],
    "forecast": [
        ["example", "data"],
        ["fit", "data/example_activity.csv", "--name", "ours"],
        ["forecast", "ours", "--weeks", "6", "--retention"],
    ],
    "sanity": [["sanity", "prize", "kocs", "--pairs", "3"], ["sanity", "--list"]],
    "wait": [["wait", PAIR, "--weeks", "2", "run.replicates=2", *SMALL]],
    "effects": [["policy", "effects", "service", "--world", "default", "--seeds", "2"]],
    "study": [
        ["study", "run", PAIR, "--name", "ours", "run.replicates=2", *SMALL],
        *(["study", part, "ours"] for part in ("status", "why", "resume")),
        ["study", "export", "ours", "--to", "tables"],
        ["study", "list"],
        ["study", "remove", "ours"],
        ["study", "gc", "--unasked"],
    ],
    "reproduce": [
        ["run", "incentive=weekly_prize", "run.replicates=2", *SMALL, "run.out=kept"],
        ["reproduce", "kept"],
    ],
    "plan-test": [["plan-test", PAIR, "--size", "40", "--weeks", "4", *SMALL[:2]]],
    "explain": [["explain", "incentive=weekly_prize", "member=3", "against=points", *SMALL]],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TELLING)
def test_a_verb_is_in_chinese_and_nothing_is_cut(name, capsys, monkeypatch, tmp_path):
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    drawn: list[str] = []
    save = Figure.savefig

    def seen(figure, *arguments, **options):
        drawn.extend(text.get_text() for text in figure.findobj(Text))
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", seen)
    monkeypatch.setenv("PLAZA_LANG", "zh")
    monkeypatch.setenv("COLUMNS", str(min(WIDTHS)))
    monkeypatch.chdir(tmp_path)
    for words in TELLING[name]:
        assert main(words) in (0, 1), words
    said = capsys.readouterr()
    text = "\n".join([said.out, said.err, *drawn])
    assert english_lines(re.sub(re.escape(str(tmp_path)) + r"\S*", "", text)) == {}
    assert len(re.findall("[\u4e00-\u9fff]", text)) > 30
    assert "…" not in re.sub("……", "", said.out)  # nothing is cut


@pytest.mark.parametrize(
    "words", [["study", "list", "--lang", "zh"], ["--lang", "zh", "study", "list"]]
)
def test_every_part_of_a_study_speaks_the_language_that_is_asked_for(
    words, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("plaza: 没有库")
