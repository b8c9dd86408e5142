"""Figures, pages and terminal tables from made-up runs."""

from __future__ import annotations

import io
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from matplotlib.text import Text
from rich.console import Console

from plaza_lab.scenarios.advising.lines import Line
from plaza_lab.scenarios.advising.writing import policy_name
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.fonts import FACES
from plaza_lab.scenarios.report import figures, page, rendering, terminal, words
from plaza_lab.scenarios.report.money import flows_by_purpose, fund_accounts
from plaza_lab.scenarios.report.rendering import settings_that_differ
from plaza_lab.scenarios.report.style import (
    COLOURS,
    caption_of,
    png_bytes,
    policy_colours,
    spoken,
    write_png,
)
from plaza_lab.scenarios.statistics import (
    compare,
    compare_all,
    incremental_cost,
    summarise,
    tied_with_best,
)

POLICIES = ("no_prize", "weekly_prize", "points")
MANIFEST = {"plaza": "0.1.0", "config_hash": "9f3c", "seeds": list(range(1, 9))}


def one_run(policy: str, place: int, seed: int) -> dict:
    luck, own = np.random.default_rng(seed), np.random.default_rng([seed, place])
    retention = luck.normal(0.41, 0.04) + 0.04 * place + own.normal(0, 0.01)
    spend, members, active = 60_000.0 * place * luck.lognormal(0, 0.2), 600 + 10 * place, 0.5
    return {
        "run_id": f"{policy}-{seed}", "policy": policy, "world": "base", "seed": seed,
        "growth": luck.normal(0.3, 0.1) + own.normal(0, 0.05), "retention": retention,
        "membership_retention": retention + 0.2, "fund_spend_yuan": spend,
        "cost_per_retained_yuan": spend / (members * (active + 0.02 * place)),
        "members_end": members, "active_share": active + 0.02 * place + own.normal(0, 0.005),
        "runway_weeks": math.nan if place == 0 else 12.0, "posts_per_day": own.normal(80, 5),
        "a_column_nobody_declared": 1.0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    return pd.DataFrame([one_run(p, k, s) for k, p in enumerate(POLICIES) for s in range(1, 9)])


@pytest.fixture(scope="module")
def days(runs) -> pd.DataFrame:
    t, pieces = np.arange(57), []
    for row in runs.itertuples():
        members = 500 + (row.members_end - 500) * t / t[-1] + np.sin(t + row.seed)
        frame = {"day": t, "members": members, "active_28d": members * row.active_share,
                 "entry_pool_yuan": 1e5 - row.fund_spend_yuan * t / t[-1],
                 "dues_pool_yuan": 0.0 * t}  # fmt: skip
        who = {"run_id": row.run_id, "policy": row.policy, "seed": row.seed}
        pieces.append(pd.DataFrame(who | frame))
    return pd.concat(pieces, ignore_index=True)


@pytest.fixture(scope="module")
def journal(runs) -> pd.DataFrame:
    rows = []
    for row in runs.itertuples():
        who = [row.run_id, row.policy, row.seed]
        rows.append([*who, 0, "entry_fee", "members", "entry_pool", 10_000_000])
        rows.append([*who, 7, "topping_up", "entry_pool", "brand_pool", 500])
        if row.fund_spend_yuan:
            paid = round(row.fund_spend_yuan * 100)
            rows.append([*who, 7, "prize", "entry_pool", "members", paid])
    names = "run_id policy seed day purpose payer payee amount_cents"
    return pd.DataFrame(rows, columns=names.split())


@pytest.fixture(scope="module")
def pair(runs) -> pd.DataFrame:
    return compare(runs, "no_prize", "weekly_prize")


@pytest.fixture(scope="module")
def sweep() -> pd.DataFrame:
    rows = []
    for seed in range(1, 7):
        luck = np.random.default_rng(seed).normal(0, 0.03)
        for i, incentive in enumerate(["thanks", "points", "prize"]):
            for j, fund in enumerate(["none", "dues"]):
                own = np.random.default_rng([seed, i, j]).normal(0, 0.01)
                rows.append({"seed": seed, "incentive": incentive, "fund": fund,
                             "growth": 0.2 + luck + own, "retention": 0.4 + 0.03 * i + luck + own,
                             "fund_spend_yuan": 1000.0 * i * j})  # fmt: skip
    return pd.DataFrame(rows)


def drawn_figures(runs, days, journal, pair, sweep):
    table = summarise(sweep, ["incentive", "fund"])
    return {
        "paths": figures.paths(days, "no_prize"),
        "paths_of_one_run": figures.paths(days[days["run_id"] == "points-3"], "points", []),
        "effects": figures.effects(pair),
        "effects_of_all": figures.effects(compare_all(runs, "no_prize"), headline=False),
        "pairs": figures.pairs(runs, "no_prize", "weekly_prize"),
        "spend": figures.spend(journal),
        "sweep_dots": figures.sweep_dots(table, "incentive", "fund"),
        "sweep_heatmap": figures.sweep_heatmap(table, "incentive", "fund"),
    }


@pytest.mark.slow
def test_every_figure_has_data_a_caption_and_ink(runs, days, journal, pair, sweep):
    for name, figure in drawn_figures(runs, days, journal, pair, sweep).items():
        assert figure.axes, name
        for axes in figure.axes:
            assert axes.has_data(), name
        assert re.search(r"\d", caption_of(figure)), f"{name}: the caption states no n"
        picture = imread(io.BytesIO(png_bytes(figure, dpi=60)))[..., :3]
        ink = (picture.min(axis=2) < 0.95).mean()
        assert ink > 0.01, name
        border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        if name != "sweep_heatmap":
            assert (border > 0.6).all(), f"{name}: something is cut at the edge"


def test_captions_tell_pairs_and_interval_kind(runs, days, pair):
    assert "8 pairs" in caption_of(figures.effects(pair))
    assert "Student's t" in caption_of(figures.effects(pair))
    assert "8 pairs" in caption_of(figures.paths(days, "no_prize"))
    assert "Correlation of the pairs" in caption_of(figures.pairs(runs, "no_prize", "weekly_prize"))


@pytest.mark.slow
def test_page_and_figures_leave_nothing_untranslated(runs, days, journal, tmp_path):
    say, found = Language("zh"), compare_all(runs, "no_prize")
    names = {policy: policy_name(policy, say) for policy in POLICIES}
    journal = journal[journal["purpose"] != "topping_up"]
    spent = "points: of 20,000 yuan paid into the funds 9 were spent"
    file = page.write_page(
        tmp_path / "zh.html", found, runs=runs, say=say,
        lines=[Line("建议", "如此")], found=[spent],
        pictures=figures.of_comparison(found, runs, days, journal).values(),
    )  # fmt: skip
    text = file.read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in text and FACES in text
    shown = Page(text).shown
    drawn = [figures.effects(found), figures.paths(days, "no_prize"), figures.spend(journal)]
    drawn += [figures.pairs(runs, "no_prize", "points")]
    for figure in drawn:
        spoken(figure, say, names)
        figure.draw_without_rendering()
        shown += [text.get_text() for text in figure.findobj(Text)]
    stays = re.compile("no_prize|no prize|Holm|BCa|Plaza")
    assert [text for text in shown if re.search("[A-Za-z]{2,}", stays.sub("", text))] == []
    assert len(shown) > 100


def test_a_policy_with_a_chinese_name_is_still_found_by_its_page():
    parts = {
        "names": {"thanks_only": "仅致谢"},
        "baseline": "thanks_only",
        "lines": ["thanks_only"],
    }
    assert rendering._spoken(parts, Language("zh")) == parts
    assert rendering._spoken({"lines": ["thanks_only"]}, Language("zh")) == {"lines": ["仅致谢"]}


class Page(HTMLParser):
    """What a reader of a page sees or hears, but for the table of origin and the command."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.inside: list[str] = []
        self.feed(text.replace("<wbr>", ""))  # where a long name may break

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in ("meta", "link", "img"):
            self.inside.append("quiet" if found.get("class") == "settings" else tag)
        self.shown += [found[name] for name in ("alt", "title", "data-head") if found.get(name)]

    def handle_endtag(self, tag):
        self.inside.pop()

    def handle_data(self, data):
        if data.strip() and not {"style", "pre", "quiet"} & {*self.inside}:
            self.shown.append(data)


def test_one_colour_a_policy_and_the_baseline_first():
    assert list(policy_colours(POLICIES).values()) == list(COLOURS[:3])
    assert len(set(COLOURS)) == 7


def test_png_carries_the_manifest_and_is_the_same_each_time(tmp_path, pair):
    path = write_png(figures.effects(pair), tmp_path / "made" / "effects.png", MANIFEST)
    content = path.read_bytes()
    assert content == png_bytes(figures.effects(pair), MANIFEST)
    stored = re.search(rb"Comment\x00({.*?})", content)
    assert json.loads(stored[1])["config_hash"] == "9f3c"
    assert [file.name for file in path.parent.iterdir()] == ["effects.png"]


def test_money_by_purpose_known_answer(journal):
    flows = flows_by_purpose(journal).set_index(["policy", "direction", "purpose"])["yuan"]
    assert flows["no_prize", "in", "entry_fee"] == pytest.approx(100_000)
    paid = journal[(journal["policy"] == "points") & (journal["purpose"] == "prize")]
    assert flows["points", "out", "prize"] == pytest.approx(paid["amount_cents"].sum() / 800)
    assert "topping_up" not in flows.index.get_level_values("purpose")
    assert fund_accounts(journal) == ["brand_pool", "entry_pool"]
    half = flows_by_purpose(journal, runs={"points": 16}).set_index(["policy", "purpose"])["yuan"]
    assert half["points", "prize"] == pytest.approx(paid["amount_cents"].sum() / 1600)


def test_many_purposes_are_lumped_and_categories_are_read(journal):
    first = journal[journal["purpose"] == "prize"].iloc[[0]]
    many = [first.assign(purpose=f"purpose_{k}", amount_cents=100 * (k + 1)) for k in range(14)]
    table = pd.concat([journal, *many], ignore_index=True)
    for column in ("purpose", "payer", "payee"):
        table[column] = table[column].astype("category")
    labels = [t.get_text() for t in figures.spend(table).axes[1].get_yticklabels()]
    assert len(labels) == 9
    assert labels[0] == "all other"
    assert labels[-1] == "prize"


def test_backing_that_comes_back_is_no_income_but_less_spent(journal):
    prize = journal[(journal["policy"] == "points") & (journal["purpose"] == "prize")].iloc[[0]]
    out = prize.assign(purpose="points_backing", payee="points_reserve", amount_cents=8_000)
    back = prize.assign(purpose="points_backing", payer="points_reserve",
                        payee=prize["payer"].iloc[0], amount_cents=1_600)  # fmt: skip
    table = pd.concat([journal, out, back], ignore_index=True)
    flows = flows_by_purpose(table).set_index(["policy", "direction", "purpose"])["yuan"]
    assert flows["points", "out", "points_backing"] == pytest.approx((8_000 - 1_600) / 800)
    assert ("points", "in", "points_backing") not in flows.index


def test_a_journal_without_a_fund_is_refused(journal):
    with pytest.raises(ValueError, match="name the funds"):
        fund_accounts(journal.assign(payer="members", payee="outside"))


class Reader(HTMLParser):
    """Collects tags, what they load, and whether every opened tag is closed."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "wbr"})

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.loads, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for key, value in attrs if key in ("src", "href", "srcset")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def read_page(path) -> tuple[Reader, str]:
    html = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    assert all(load.startswith("data:") for load in reader.loads)
    assert "http" not in re.sub(r"base64,[^\"]*", "", html)
    assert not {"script", "iframe"} & set(reader.tags)
    assert "url(" not in html
    assert "@import" not in html
    return reader, re.sub(r"\s+", " ", "".join(reader.text))


@pytest.mark.slow
def test_comparison_page_says_it_all_in_one_file(tmp_path, runs, days, journal, pair):
    settings = {
        "no_prize": {"incentive": {"has_prize": False, "has_thanks": True}},
        "weekly_prize": {"incentive": {"has_prize": True, "has_thanks": True}},
    }
    both = [table[table["policy"] != "points"] for table in (runs, days, journal)]
    path = page.write_page(
        tmp_path / "out" / "answer.html", pair, question="Does <a prize> keep members?",
        runs=both[0], pictures=figures.of_comparison(pair, *both).values(),
        settings=settings, manifest=MANIFEST,
        command="plaza compare policy=no_prize,weekly_prize", limits=["No weather."],
    )  # fmt: skip
    reader, text = read_page(path)
    assert reader.tags.count("img") == 4
    assert "Does <a prize> keep members?" in text
    for words_expected in (
        "higher active retention", "One more active member costs about", "8 pairs of runs",
        "incentive.has_prize", "The best shares of the week win a prize", "9f3c", "1 to 8",
        "plaza compare policy=no_prize,weekly_prize",
        "No weather.", "Pairing gain", "Other outcomes, to explore",
    ):  # fmt: skip
        assert words_expected in text
    assert "incentive.has_thanks" not in text
    assert [file.name for file in path.parent.iterdir()] == ["answer.html"]


def test_a_page_needs_nothing_but_the_comparison(tmp_path, runs):
    table = compare_all(runs, "no_prize")
    _, text = read_page(page.write_page(tmp_path / "bare.html", table))
    assert "What do weekly_prize and points change, compared with no_prize?" in text


def test_sweep_page_and_run_page(tmp_path, runs, days, journal, sweep):
    table = summarise(sweep, ["incentive", "fund"])
    path = page.write_sweep_page(
        tmp_path / "sweep.html", table, ["incentive", "fund"], runs=sweep,
        pictures=figures.of_sweep(table, ["incentive", "fund"]).values(),
    )  # fmt: skip
    reader, text = read_page(path)
    assert reader.tags.count("img") == 2
    assert "The highest active retention" in text
    assert "incentive=prize" in text
    table = summarise(sweep, ["incentive"])
    alone = page.write_sweep_page(
        tmp_path / "one.html", table, ["incentive"],
        pictures=figures.of_sweep(table, ["incentive"]).values(),
    )  # fmt: skip
    assert read_page(alone)[0].tags.count("img") == 1
    run, *tables = (table[table["run_id"] == "weekly_prize-3"] for table in (runs, days, journal))
    drawn = figures.of_policy("weekly_prize", *tables).values()
    path = rendering.render(
        tmp_path / "run.html", "run.html", MANIFEST, title="One run of weekly_prize",
        answer=words.run_answer(run), lines=words.run_lines(run), settings=[], limits=page.LIMITS,
        figures=[(one.title, one.figure()) for one in drawn], command="",
    )  # fmt: skip
    reader, text = read_page(path)
    assert reader.tags.count("img") == 2
    assert "One run holds luck as well as policy" in text


def test_settings_that_differ_are_listed_whether_set_or_not():
    given = {"A": {"fund": {"dues": 5, "pool": 1}}, "B": {"fund": {"pool": 1}, "x": 2}}
    assert settings_that_differ(given, ["A", "B"]) == [
        ("fund.dues", ["5", "not set"]),
        ("x", ["not set", "2"]),
    ]


def test_a_lever_with_dates_or_conditions_is_told_in_one_line():
    prize, none = {"incentive": {"has_prize": True}}, {"incentive": {"has_prize": False}}
    given = {
        "A": none,
        "B": none | {"changes": [{"day": 28, "policy": prize}, {"day": 56, "policy": none}]},
        "C": none | {"changes": [{"if": "active_share<0.3/4weeks", "policy": prize}]},
    }
    assert settings_that_differ(given, ["A", "B", "C"]) == [
        ("incentive.has_prize", [
            "False", "False; from day 29: True; from day 57: False",
            "False; while active_share<0.3/4weeks: True",
        ]),
    ]  # fmt: skip


def test_the_answer_claims_nothing_the_intervals_do_not_show(runs):
    same = runs[runs["policy"] == "no_prize"]
    twins = pd.concat([same, same.assign(policy="twin")])
    table = compare(twins, "no_prize", "twin")
    assert words.answers(table)["twin"] == (
        "Compared with no_prize, twin shows no clear difference in member growth, active "
        "retention, membership retention and fund spend; spend per active member is undefined."
    )
    noise = np.random.default_rng(1).normal(0, 0.2, len(same))
    wobble = pd.concat([same, same.assign(policy="twin", retention=same["retention"] + noise)])
    table = compare(wobble, "no_prize", "twin", ["retention"])
    assert "no clear difference in active retention" in words.answers(table)["twin"]
    assert any("would take this many pairs" in line for line in words.how_sure(table))


def test_an_outcome_with_two_kinds_of_interval_is_told_by_policy(runs):
    # one paying the same in every run beside one whose spending differs from run to run
    fixed = runs[runs["policy"] == "weekly_prize"].assign(policy="fixed", fund_spend_yuan=500.0)
    table = compare_all(pd.concat([runs, fixed]), "no_prize", ["points", "fixed"])
    (still,) = [line for line in words.how_sure(table) if line.startswith("no spread")]
    assert still == "no spread (the same difference in every pair): fund spend of fixed."
    (others,) = [line for line in words.how_sure(table) if line.startswith("Student's t")]
    assert "fund spend of points" in others and "growth of" not in others


def test_an_interval_and_its_signs_stay_in_one_line():
    assert rendering.true_minus("(-0.8 to -0.3, 95 %)") == "(−0.8\xa0to\xa0−0.3, 95\xa0%)"
    assert rendering.true_minus("（-0.8 至 +0.3）") == "（−0.8\xa0至\xa0+0.3）"
    assert rendering.true_minus("seeds 1 to 12, 52 weeks") == "seeds 1 to 12, 52 weeks"


def test_pairs_that_are_undefined_are_named_and_outcomes_that_are_only_counted(runs):
    few = runs.assign(growth=runs["growth"].where(runs["seed"] > 1), retention=math.nan)
    table = compare(few, "no_prize", "points", ["growth", "retention", "fund_spend_yuan"])
    console = Console(file=io.StringIO(), width=200)
    console.print(terminal.comparison_table(table))
    foot = console.file.getvalue().strip().splitlines()[-1]
    assert "Undefined pairs left out: Member growth 1." in foot
    assert "Nothing to show under either policy: 1 outcome." in foot


def test_one_pair_is_told_to_be_one_pair(runs):
    table = compare(runs[runs["seed"] == 1], "no_prize", "points", ["retention", "growth"])
    assert words.answers(table)["points"] == (
        "Compared with no_prize, points cannot be judged by one pair of runs in active retention "
        "and member growth."
    )


def test_a_difference_that_is_the_same_in_every_pair_is_no_interval(runs):
    spends = np.where(runs["policy"] == "points", 100.0, 0.0)
    chosen = ["fund_spend_yuan", "active_share"]
    answer = words.answers(
        compare(runs.assign(fund_spend_yuan=spends), "no_prize", "points", chosen)
    )["points"]
    assert "+100 yuan (same in every pair)" in answer


def test_pairs_too_few_for_an_interval_are_no_verdict_but_ask_for_more(runs):
    table = compare(runs, "no_prize", "points", ["fund_spend_yuan"], anytime=30)
    assert table.loc[0, "interval"] == "none"
    assert table.loc[0, "verdict"] == "too few pairs"
    assert words.answers(table)["points"] == (
        "Compared with no_prize, points needs more than 8 pairs of runs to be judged in fund spend."
    )
    console = Console(file=io.StringIO(), width=200)
    console.print(terminal.comparison_table(table))
    line = next(x for x in console.file.getvalue().splitlines() if "Fund spend" in x)
    assert line.rstrip().endswith("too few pairs")
    assert "not clear" not in console.file.getvalue()


def test_a_run_whose_fund_spent_nothing_still_has_a_price_in_words(runs):
    same = runs[runs["policy"] == "no_prize"]
    twins = pd.concat([same, same.assign(policy="twin")])
    assert "cannot be told" in incremental_cost(twins, "no_prize", "twin").words


@pytest.mark.parametrize("width", [80, 100])
def test_terminal_tables_fit_and_say_the_answer(runs, pair, sweep, width):
    table = summarise(sweep, ["incentive", "fund"])
    ranking = tied_with_best(sweep, ["incentive", "fund"])
    price = incremental_cost(runs, "no_prize", "weekly_prize")
    shown = {
        "compare": (terminal.comparison_table(pair, price), "Compared with no_prize"),
        "all": (terminal.comparison_table(compare_all(runs, "no_prize")), "points"),
        "sweep": (terminal.sweep_table(table, ["incentive", "fund"], ranking), "The highest"),
        "plain": (terminal.sweep_table(table, ["incentive", "fund"]), "6 runs a design point"),
        "run": (terminal.run_table(runs.iloc[[9]]), "Under weekly_prize, seed 2"),
    }
    for name, (renderable, expected) in shown.items():
        console = Console(width=width, file=io.StringIO(), force_terminal=False)
        console.print(renderable)
        text = console.file.getvalue()
        assert expected in text, name
        assert "…" not in text, name
        assert max(map(len, text.splitlines())) <= width, name


def test_a_sweep_of_more_outcomes_than_fit_abreast_names_its_points_in_every_table(sweep):
    by = ["incentive.longest_name_of_all", "fund.another_rather_long_name"]
    sweep = sweep.rename(columns=dict(zip(["incentive", "fund"], by, strict=True)))
    names = [*terminal.SWEEP_OUTCOMES, "membership_retention", "joins"]
    sweep = sweep.assign(membership_retention=sweep["retention"], joins=sweep["growth"])
    table = summarise(sweep, by, names)
    console = Console(width=80, file=io.StringIO(), force_terminal=False)
    console.print(terminal.sweep_table(table, by, tied_with_best(sweep, by), names))
    text = console.file.getvalue()
    assert "…" not in text
    assert text.count("longest_name") >= 2
    assert len([line for line in text.splitlines() if line.rstrip().endswith("*")]) == 2


def test_days_with_two_rows_for_a_day_are_refused(days):
    twice = pd.concat([days, days])
    with pytest.raises(ValueError, match="more than one row"):
        figures.paths(twice, "no_prize")
    with pytest.raises(ValueError, match="no days of 'absent'"):
        figures.paths(days, "absent")
