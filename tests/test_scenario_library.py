"""Scenarios: files, waiting for what is not there, verdicts, and the command line."""

from __future__ import annotations

import io
import math
import re
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
import yaml
from rich.console import Console

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.library.evaluation import Asked, ask, keys_of, plan_of
from plaza_lab.scenarios.library.measures import (
    absent,
    all_awaited,
    awaited_by,
    lacking,
    settings_awaited,
)
from plaza_lab.scenarios.library.scenario import (
    INFERRED,
    SEEDS,
    Expectation,
    read_scenario,
    scenario_files,
    scenario_of,
)
from plaza_lab.scenarios.library.telling import asked_text, effect_text
from plaza_lab.scenarios.library.verdicts import FAILS, HOLDS, UNDECIDED, UNDEFINED, Finding, judge
from plaza_lab.scenarios.settings.overrides import check_overrides
from plaza_lab.scenarios.store import open_store

REQUIRED = {
    "S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12", "S13",
    "S14", "S15", "S16", "S17", "S18", "S19", "S20", "S21",
}  # fmt: skip
SMALL = {
    "question": "Does a prize make a small group post more?",
    "weeks": 4,
    "settings": ["population=learning_52"],
    "arms": {"thanks": "incentive=thanks_only", "prize": "incentive=weekly_prize"},
    "expect": [
        {"says": "more posts", "source": "a text", "measure": "posts_per_day", "arm": "prize",
         "against": "thanks", "sign": "higher"},
        {"says": "fewer at the end", "source": "inferred", "measure": "posts / members",
         "weeks": [4, 4], "against_weeks": [1, 1], "arm": "prize", "against": "prize",
         "sign": "lower"},
        {"says": "52 members at the start", "source": "inferred", "measure": "members",
         "weeks": [1, 1], "arm": "prize", "against": 52, "sign": "equal", "within": 10},
    ],
}  # fmt: skip


def said(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def written(folder, **changes) -> str:
    file = folder / "small.yaml"
    content = {key: value for key, value in (SMALL | changes).items() if value is not None}
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return str(file)


def test_the_library_holds_the_scenarios_of_the_catalogue():
    assert {read_scenario(name).id for name in scenario_files()} >= REQUIRED


@pytest.mark.parametrize("name", scenario_files())
def test_scenarios_ask_with_enough_seeds_and_tell_their_sources(name):
    one = read_scenario(name)
    assert one.seeds >= SEEDS and one.read and one.mechanisms
    sources = {e.source for e in one.expectations}
    assert sources - {INFERRED}, "an expectation of a source is needed"
    assert all(re.fullmatch(r"\d{3}_\w+\.txt", source) for source in sources - {INFERRED})
    assert set(one.arms) >= {arm for e in one.expectations for arm in e.arms}


@pytest.mark.parametrize("name", scenario_files())
def test_what_a_scenario_does_not_wait_for_is_well_written(name):
    one = read_scenario(name)
    check_overrides([word for word in one.settings if not absent([word])])
    for words in one.arms.values():
        check_overrides([word for word in words if not absent([word])])


@pytest.mark.slow
@pytest.mark.parametrize("name", scenario_files())
def test_what_a_scenario_does_not_wait_for_can_be_planned(name):
    one = read_scenario(name)
    if not settings_awaited(one) and any(not awaited_by(one, e) for e in one.expectations):
        plan, names = plan_of(one, 2)
        assert plan.n_runs == 2 * len(names)


def test_scenarios_that_wait_say_so_in_one_line(folder):
    _, out, _ = said("scenario", "list")
    for name in scenario_files():
        one = read_scenario(name)
        after = f"\n{out}".partition(f"\n{name} ")[2].partition("\n")[2]
        own = re.split(r"^\S", after, maxsplit=1, flags=re.M)[0]
        assert ("waits for" in own) == bool(all_awaited(one)), name
        if settings_awaited(one):
            code, _, err = said("scenario", "run", name)
            assert code == 2 and err.count("\n") == 1
            assert f"waits for {settings_awaited(one)[0]}" in err


def test_the_library_is_listed_in_chinese_with_arms_and_weeks(folder):
    _, out, _ = said("scenario", "list", "--lang", "zh")
    for name in scenario_files():
        head = next(line for line in out.splitlines() if line.startswith(f"{name} "))
        assert not re.search("[a-z]", head.removeprefix(name)), head


def test_options_and_measures_that_are_not_there_are_found():
    words = ["incentive=points", "incentive=pointless", "nothing=here", "fund.dues_month_cents=3",
             "fund.no_such=1", "fund.payout_rule=never"]  # fmt: skip
    assert absent(words) == [words[1], words[2], words[4], words[5]]
    assert lacking("retention", over_weeks=False) == []
    assert lacking("retention", over_weeks=True) == ["retention"]
    assert lacking("posts / nobody", over_weeks=False) == ["nobody"]
    assert lacking("removed + nothing / violations", over_weeks=False) == ["nothing"]


def expectation(sign="higher", **changes) -> Expectation:
    whole = {"says": "x", "source": "y", "measure": "m", "arm": "a", "against": "b", "sign": sign}
    return Expectation(**(whole | changes))


def values(a, b) -> dict:
    return {("m", "a", None): dict(enumerate(a)), ("m", "b", None): dict(enumerate(b))}


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (-0.000238, -0.000030, "-0.00013 points/min (-0.00024 to -0.00003)"),
        (-0.02, 0.0002, "-0.010 points/min (-0.020 to 0.000)"),
        (0.25, 0.25, "+0.250 points/min (every pair)"),
    ],
)
def test_an_effect_is_shown_as_finely_as_its_interval_asks(low, high, shown):
    found = Finding(expectation(measure="value_per_minute"), HOLDS, mean=0.1, other=0.1,
                    difference=(low + high) / 2, low=low, high=high)  # fmt: skip
    assert " ".join(effect_text(found).split("\n")) == shown


@pytest.mark.parametrize(
    ("shift", "sign", "verdict"),
    [(1.0, "higher", HOLDS), (1.0, "lower", FAILS), (-1.0, "higher", FAILS),
     (-1.0, "lower", HOLDS), (0.0, "higher", UNDECIDED)],
)  # fmt: skip
def test_a_verdict_follows_the_interval_of_the_pairs(shift, sign, verdict):
    noise = np.random.default_rng(1).normal(size=40)
    pairs = np.random.default_rng(2).normal(size=40) * 0.5
    pairs += shift - pairs.mean()
    found = judge(expectation(sign), values(noise + pairs, noise))
    assert found.verdict == verdict and found.pairs == 40
    assert found.low < found.difference < found.high
    assert found.difference == pytest.approx(shift, abs=1e-9)


def test_the_same_runs_give_the_same_interval_in_whatever_order_they_are_read():
    skewed = np.random.default_rng(3).exponential(size=30) ** 3
    read = values(skewed, np.zeros(30))
    turned = {key: dict(reversed(side.items())) for key, side in read.items()}
    found, again = (judge(expectation(), sides) for sides in (read, turned))
    assert (found.low, found.high) == (again.low, again.high)
    assert found.high - found.difference > 1.2 * (found.difference - found.low)  # by bootstrap


def test_no_difference_in_any_pair_fails_a_direction_and_holds_equality():
    same = values([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert judge(expectation(), same).verdict == FAILS
    assert judge(expectation("equal", within=0.1), same).verdict == HOLDS


@pytest.mark.parametrize(("pairs", "verdict"), [(2, UNDECIDED), (4, UNDECIDED), (5, HOLDS)])
def test_the_same_difference_in_few_pairs_may_be_luck(pairs, verdict):
    """At 90 %, 2 ** (1 - 5) is luck no more."""
    base = np.linspace(0.2, 0.6, pairs)
    found = judge(expectation(), values(base + 0.1, base))
    assert found.verdict == verdict
    assert ("more seeds" in found.why) is (verdict == UNDECIDED)


def test_equality_asks_for_the_whole_interval_within_the_tolerance():
    b = np.zeros(30)
    a = 0.5 + 0.2 * np.random.default_rng(1).normal(size=30)
    assert judge(expectation("equal", within=1.0), values(a, b)).verdict == HOLDS
    assert judge(expectation("equal", within=0.5), values(a, b)).verdict == UNDECIDED
    assert judge(expectation("equal", within=0.1), values(a, b)).verdict == FAILS


def test_a_level_effects_of_effects_and_gaps():
    a, b = [2.0, 3.0, 4.0], [1.0, 1.5, math.nan]
    found = judge(expectation(against=1.0), values(a, b))
    assert found.difference == pytest.approx(2.0) and found.verdict == HOLDS
    assert judge(expectation(), values(a, b)).pairs == 2
    minus = expectation(minus="b", against_minus="b", against="a", against_weeks=(1, 2))
    both = values(a, [1.0, 1.0, 1.0]) | {
        ("m", "a", (1, 2)): {0: 1.0, 1: 2.0, 2: 3.5}, ("m", "b", (1, 2)): {0: 1.0, 1: 1.0, 2: 1.0}
    }  # fmt: skip
    assert judge(minus, both).difference == pytest.approx(np.mean([1.0, 1.0, 0.5]))
    nothing = values([math.nan], [1.0])
    assert judge(expectation(), nothing).verdict == UNDEFINED


def test_every_scenario_prints_what_was_expected_beside_what_was_observed():
    """R76: each expectation of each of them, whatever came out."""
    for name in scenario_files():
        one, rng = read_scenario(name), np.random.default_rng(1)
        found = [
            judge(e, {key: dict(enumerate(rng.normal(k, size=4)))
                      for k, key in enumerate(keys_of(e))})
            for e in one.expectations
        ]  # fmt: skip
        page = Console(file=io.StringIO(), width=200)
        page.print(asked_text(Asked(one, list(range(4)), findings=found)))
        text = page.file.getvalue()
        for each in found:
            assert each.expectation.says in text and effect_text(each).split("\n")[0] in text, name
        assert sum(text.count(f" {verdict} ") for verdict in (HOLDS, FAILS, UNDECIDED)) >= len(
            found
        )


def changed(**parts) -> dict:
    return {**SMALL, "expect": [{**SMALL["expect"][0], **parts}]}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({**SMALL, "arms": {}}, "arms: lines of"),
        ({**SMALL, "arms": None}, "arms: lines of"),
        ({**SMALL, "arms": {"a": "incentive=points", "b": ["incentive=points"]}}, "are the same"),
        ({**SMALL, "arms": {"a": "population=learning_500"}}, "settings do so too"),
        ({**SMALL, "arms": {"a": "run.weeks=3"}}, "run equally long"),
        ({**SMALL, "expect": []}, "at least one"),
        ({**SMALL, "question": "A prize."}, "question mark"),
        ({**SMALL, "weeks": 0}, "weeks: 0 is no whole number"),
        ({**SMALL, "quesion": "x"}, "did you mean question?"),
        (changed(sign="hihger"), "did you mean higher?"),
        (changed(sign="positive"), "choose one of higher, lower, equal"),
        (changed(sign="equal"), "needs within"),
        (changed(within=3), "sign: equal only"),
        (changed(arm="prise"), "did you mean prize?"),
        (changed(against=None), "an arm or a number"),
        (changed(against="prize"), "compared with itself"),
        (changed(weeks=[3, 9]), "beyond the 4 weeks"),
        (changed(weeks=[3]), "no span of weeks"),
        (changed(says=None), "says is missing"),
        (changed(arms="x"), "did you mean arm?"),
    ],
)
def test_mistakes_in_a_file_are_one_line(content, what):
    with pytest.raises(UserError) as wrong:
        scenario_of(content, "small")
    assert what in str(wrong.value) and "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["run", "learning_fund_5000"], "did you mean learning_fund_500"),
        (["show", "nothing_like_it_at_all"], "plaza scenario list names them"),
        (["rnu"], "did you mean run?"),
        (["run", "S02", "--seeds", "1"], "at least 2 pairs"),
        (["run", "missing.yaml"], "cannot be read"),
    ],
)
def test_mistakes_on_the_command_line_are_one_line(arguments, what, folder):
    code, _, err = said("scenario", *arguments)
    assert code == 2 and what in err and err.count("\n") == 1


def test_an_unknown_measure_or_option_is_named_with_what_is_near(folder):
    bad = [{**SMALL["expect"][0], "measure": "posts_per_dya"}]
    code, _, err = said("scenario", "run", written(folder, expect=bad))
    assert code == 2 and "posts_per_dya" in err and "did you mean posts_per_day" in err
    arms = {"thanks": "incentive=thank_only", "prize": "incentive=weekly_prize"}
    code, _, err = said("scenario", "run", written(folder, arms=arms, expect=SMALL["expect"][:1]))
    assert code == 2 and "incentive=thank_only" in err and "thanks_only" in err
    code, _, err = said("scenario", "run", written(folder, settings=["fund=none"]))
    assert code == 2 and "arm prize" in err and "needs a fund" in err
    assert not (folder / "plaza-store").exists()


def test_a_scenario_is_asked_kept_and_answered_again(folder, kernels):
    name = written(folder)
    code, out, _ = said("scenario", "run", name, "--seeds", "4", "--save", "kept")
    assert code == 0 and "Expected by a text" in out and "Inferred" in out
    assert "8 runs of 4 weeks, 8 made now" in " ".join(out.split())
    assert all(len(line.rstrip()) <= 80 for line in out.splitlines())
    import pandas as pd

    table = pd.read_parquet(folder / "kept" / "verdicts.parquet")
    assert list(table["pairs"]) == [4, 4, 4]
    assert set(table["verdict"]) <= {HOLDS, FAILS, UNDECIDED}
    assert len(pd.read_csv(folder / "kept" / "verdicts.csv")) == 3
    assert "| more posts (" in (folder / "kept" / "verdicts.md").read_text(encoding="utf-8")
    again = said("scenario", "run", name, "--seeds", "4")
    assert again[0] == 0 and "all made before" in " ".join(again[1].split())
    assert said("scenario", "run", name, "--save", "kept")[0] == 2
    more = [*SMALL["expect"], {**SMALL["expect"][0], "measure": "not_there_yet"}]
    code, out, _ = said("scenario", "run", written(folder, expect=more), "--seeds", "4")
    assert code == 1 and "waits for measure not_there_yet" in " ".join(out.split())


def test_a_measure_over_weeks_is_the_mean_of_its_days(folder, kernels):
    """Window means and ratios agree with the day book of the run."""
    from plaza_lab.scenarios import api

    scenario = read_scenario(written(folder))
    asked = ask(scenario, 2, open_store("plaza-store"), "", Progress(0, is_quiet=True))
    words = ["population=learning_52", "incentive=weekly_prize"]
    days = api.run(words, replicates=2, weeks=4).days
    ratios, starts = [], []
    for _, rows in days.groupby("seed"):
        rows = rows.sort_values("day")
        last, first = rows[rows.day >= 21], rows[rows.day < 7]
        ratios.append(
            last.posts.sum() / last.members.sum() - first.posts.sum() / first.members.sum()
        )
        starts.append(first.members.mean())
    assert asked.findings[1].difference == pytest.approx(np.mean(ratios))
    assert asked.findings[2].mean == pytest.approx(np.mean(starts))
