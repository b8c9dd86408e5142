"""The memo: of a command, of a kept folder, in two languages, with characters that are there."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_engine import FakeEngine

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.catalogue import catalogue_file
from plaza_lab.scenarios.language.fonts import FACES, SHIPPED, families
from plaza_lab.scenarios.memo.trial import trial_text
from plaza_lab.scenarios.outcomes import outcome_named

ASKED = ["policies=[thanks_only,points,weekly_prize]", "fund=grant", "entry=open",
         "fund.opening=50k", "members=800", "farmers=one in twenty", "run.weeks=2",
         "run.replicates=12", "run.report=false"]  # fmt: skip


@pytest.fixture
def engine(monkeypatch, tmp_path) -> FakeEngine:
    monkeypatch.chdir(tmp_path)
    fake = FakeEngine()
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", fake.each)
    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda report, settings: None)
    return fake


class Text(HTMLParser):
    """What a reader sees of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag, attrs):
        self.hidden = tag in ("style", "script", "pre")

    def handle_endtag(self, tag):
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden and data.strip():
            self.said.append(data.strip())


def read(file: Path) -> str:
    page = Text()
    page.feed(file.read_text(encoding="utf-8"))
    return "\n".join(page.said)


def test_the_strategists_task_is_one_command(engine, capsys):
    assert main(["compare", *ASKED, "--flips=farmers", "--memo", "run.out=out"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"Advice +Choose weekly_prize: it is best on active retention", text)
    assert "When it flips" in text
    assert "No setting moved is seen to change it." in " ".join(text.split())
    assert "a move asks of each of 2 policies against thanks_only: of 4 answers" in " ".join(
        text.split()
    )
    assert "Distinct answerers" not in text and "--all" in text
    folder = Path("out")
    assert {"memo.html", "memo.docx", "flips.json"} <= {file.name for file in folder.iterdir()}
    flips = json.loads((folder / "flips.json").read_text("utf-8"))
    assert [one["value"] for one in flips["found"]] == [2.5, 2.5, 10.0, 10.0]
    setting = engine.calls[0][0]
    assert setting.population.initial_members == 800
    assert setting.policy.fund.opening_cents == 5_000_000
    page = read(folder / "memo.html")
    for head in ("Advice", "What it brings", "Price", "Risk", "What would change the mind",
                 "How to test it small", "Where it comes from"):  # fmt: skip
        assert f"\n{head}\n" in page
    for told in ("Cost per retained member: all that was spent, over",
                 "Price of a member more kept: only what is spent beyond thanks_only"):  # fmt: skip
        assert told in page
    assert "Give whole communities a policy" in page and "seeds 1 to 12" in page
    assert page.startswith("What changes with points and weekly_prize against thanks_only, in a")
    assert '<img src="data:image/png' in (folder / "memo.html").read_text("utf-8")


def test_a_kept_comparison_is_told_in_chinese_without_english_sentences(engine, capsys):
    from docx import Document

    assert main(["compare", *ASKED, "--flips=farmers", "run.out=out"]) == 0
    assert main(["memo", "out", "--to", "memo", "--lang", "zh"]) == 0
    page = read(Path("memo/memo.html"))
    assert "建议" in page and "周奖" in page
    whole = Path("memo/memo.html").read_text("utf-8")
    assert '<html lang="zh-CN">' in whole and FACES in whole
    assert re.findall(r"(?:\b[a-z]{2,} ){3,}", page) == []  # three English words in a row
    paper = Document("memo/memo.docx")
    said = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert paper.styles.element.xpath("w:docDefaults//w:lang/@w:eastAsia") == ["zh-CN"]
    assert "建议" in said and len(paper.inline_shapes) == 1 and len(paper.tables) == 1
    kept = json.loads(Path("memo/manifest.json").read_text("utf-8"))
    assert kept["command"].startswith("plaza compare")  # the manifest never changes with language


def test_the_terminal_speaks_chinese_and_columns_do_not(engine, capsys):
    import pandas as pd

    assert main(["compare", *ASKED, "--lang", "zh", "run.out=out", "--by", "arrival"]) == 0
    text = capsys.readouterr().out
    assert "建议" in text and "成员增长" in text and "第一天就在的成员" in text
    assert "growth" in pd.read_parquet("out/runs.parquet")


def test_another_aim_gives_another_advice(engine, capsys):
    assert main(["compare", *ASKED, "--aim", "growth"]) == 0
    assert "Choose weekly_prize: it is best on member growth" in capsys.readouterr().out
    for wrong in (["--aim", "weather"], ["--by", "weather"], ["--all=1"], ["--lang", "fr"]):
        assert main(["compare", *ASKED, *wrong]) == 2
        assert "choose one of" in (line := capsys.readouterr().err) or "takes no value" in line


def test_what_is_worse_on_the_aim_is_called_so_among_the_risks(engine, capsys):
    asked = ["policies=[weekly_prize,thanks_only]", *ASKED[1:], "--memo", "run.out=out"]
    assert main(["compare", *asked]) == 0
    risk = read(Path("out/memo.html")).partition("\nRisk\n")[2]
    assert "thanks_only: worse on active retention (−" in risk.partition("\nWhat would")[0]


def test_what_is_better_stands_where_the_memo_says_what_a_policy_brings(engine, capsys):
    asked = ["policies=[thanks_only,weekly_prize]", *ASKED[1:], "--memo", "--aim", "growth"]
    assert main(["compare", *asked, "run.out=out"]) == 0
    brings, _, rest = read(Path("out/memo.html")).partition("\nPrice\n")
    risk = rest.partition("\nRisk\n")[2].partition("\nWhat would")[0]
    assert (
        "weekly_prize: better on active retention (+" in brings.partition("\nWhat it brings\n")[2]
    )
    assert "weekly_prize − thanks_only" in brings
    assert "better" not in risk and "Lost to farmers" in risk


def test_a_stored_study_has_its_memo(kernels, tmp_path, monkeypatch, capsys):
    from plaza_lab import run_study

    monkeypatch.chdir(tmp_path)
    words = ["run.weeks=2", "run.replicates=4", "population.initial_members=60"]
    run_study({"policies": ["thanks_only", "points"]}, words, name="small", store="kept")
    assert main(["memo", "small", "--store", "kept", "--to", "memo"]) == 0
    page = read(Path("memo/memo.html"))
    assert page.startswith(
        "What changes with points against thanks_only, in a community of 60 members"
    )
    assert "Ten pairs of runs are needed to size a test." in page


@pytest.mark.parametrize("of", ["nowhere/out", "no_such_study", "."])
def test_what_is_no_comparison_is_refused_in_one_line(engine, capsys, of):
    assert main(["memo", of]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_font_has_every_character_of_the_catalogue():
    from fontTools.ttLib import TTFont

    known = TTFont(SHIPPED).getBestCmap()
    text = catalogue_file("zh").read_text(encoding="utf-8")
    needed = {sign for sign in text if ord(sign) > 0x2E7F}
    assert sorted(sign for sign in needed if ord(sign) not in known) == []
    assert len(families("zh")) == 2 and families("en") == ["DejaVu Sans"]
    assert (SHIPPED.parent / "LICENCE.txt").read_text("utf-8").count("SIL OPEN FONT LICENSE") == 1


def spending(runs, days=364, workers=0):
    """Points spend 2,000 yuan whatever the fund holds; a prize spends the whole fund."""
    from fake_engine import result

    for setting, seed in runs:
        run = result(setting, seed, days)
        rewards = setting.policy.incentive
        fund = setting.policy.fund.opening_cents / 100.0
        run.outcomes["fund_spend_yuan"] = rewards.has_prize * fund + rewards.has_points * 2000.0
        yield run


def test_equal_spend_gives_each_what_the_least_spends(engine, monkeypatch, capsys):
    import pandas as pd

    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", spending)
    assert main(["compare", *ASKED, "--equal-spend", "run.out=out"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "weekly_prize was given 2,000 yuan, so that all that spend, spend about 2,000" in text
    assert "thanks_only spends nothing and cannot be compared at equal cost" in text
    spent = pd.read_parquet("out/runs.parquet").groupby("policy")["fund_spend_yuan"].mean()
    assert spent.to_dict() == {"thanks_only": 0.0, "points": 2000.0, "weekly_prize": 2000.0}
    assert "opening_cents: 200000\n" in Path("out/config-weekly_prize.yaml").read_text("utf-8")


def test_flips_and_equal_spend_go_with_plain_comparisons(engine, capsys):
    for more in (
        ["--flips", "--until", "retention=1pp"],
        ["--equal-spend", "--best", "growth=1pp"],
    ):
        assert main(["compare", *ASKED, *more]) == 2
        assert "goes with a plain comparison" in capsys.readouterr().err
    words = ["policies=[thanks_only,mood_sensing]", "run.weeks=1", "--equal-spend"]
    assert main(["compare", *words]) == 2
    assert "fewer than two of the policies spend money" in capsys.readouterr().err


def test_a_test_shorter_than_the_question_says_so():
    def plan(weeks: int, clusters: int | None) -> SimpleNamespace:
        return SimpleNamespace(weeks=weeks, clusters=clusters, is_told=True, power=0.83)

    advice = SimpleNamespace(baseline="thanks_only", aim=outcome_named("retention"))
    short = trial_text(advice, [plan(13, 95), plan(52, None)], "weekly_prize", 800, Language("en"))
    assert "for 13 weeks: 83 % of such tests decide on active retention." in short
    assert "It tells what holds after 13 weeks, which need not hold after 52." in short
    assert "need not hold" not in trial_text(
        advice, [plan(13, None), plan(52, 95)], "weekly_prize", 800, Language("en")
    )
