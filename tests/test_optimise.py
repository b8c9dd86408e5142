"""Searches over levers: known fronts, replays, impossible policies, and the verb."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.optimise.answer import Front, hints
from plaza_lab.scenarios.optimise.finding import Effort, find
from plaza_lab.scenarios.optimise.problem import Objective, Over, Space, problem_of, tidy
from plaza_lab.scenarios.optimise.robust import Robust
from plaza_lab.scenarios.optimise.search import means_of, search
from plaza_lab.scenarios.optimise.verb import run_optimise
from plaza_lab.scenarios.report.style import caption_of
from plaza_lab.scenarios.settings.composing import compose

DUES = "fund.dues_month_cents=interval(0,3000)"
SHARE = "fund.dues_prize_share=interval(0,1)"


def zdt1(points, seeds, sd: float = 0.0) -> pd.DataFrame:
    """Zitzler, Deb and Thiele's first problem: its front is where the second lever is 0."""
    rows = []
    for place, point in enumerate(points):
        x = point.factors["fund.dues_month_cents"] / 3000
        g = 1 + 9 * point.factors.get("fund.dues_prize_share", 0.0)
        own = int(point.fingerprint, 16) % 2**32
        for seed in seeds:
            luck = sd * np.random.default_rng([seed]).standard_normal(2)
            luck += 0.3 * sd * np.random.default_rng([seed, own]).standard_normal(2)
            rows.append({
                "point": place, "seed": seed, "growth": -x + luck[0],
                "fund_spend_yuan": g * (1 - math.sqrt(x / g)) + luck[1], "policy_stops": 0.0,
            })  # fmt: skip
    return pd.DataFrame(rows)


class Kept:
    """An evaluation that keeps its runs, as the store does, and counts those it had to run."""

    def __init__(self, inner) -> None:
        self.inner, self.runs, self.fresh = inner, {}, 0

    def __call__(self, points, seeds) -> pd.DataFrame:
        frames: list[dict] = []
        for place, point in enumerate(points):
            missing = [s for s in seeds if (point.fingerprint, s) not in self.runs]
            self.fresh += len(missing)
            for row in self.inner([point], missing).to_dict("records") if missing else ():
                self.runs[point.fingerprint, row["seed"]] = row
            frames += [{**self.runs[point.fingerprint, s], "point": place} for s in seeds]
        return pd.DataFrame(frames)


def noisy(points, seeds) -> pd.DataFrame:
    return zdt1(points, seeds, sd=0.05)


def problem(*more: str, **asked):
    return problem_of([DUES, *more], ["growth"], ["fund_spend_yuan"], **asked)


@pytest.mark.parametrize(("sampler", "trials", "near"), [("tpe", 60, 0.2), ("nsga2", 100, 0.4)])
def test_the_search_moves_towards_the_front(sampler, trials, near):
    tried = search(problem(SHARE), zdt1, [1], trials=trials, sampler=sampler, seed=3)
    share = [trial.factors["fund.dues_prize_share"] for trial in tried.trials]
    # chance alone would keep the mean at 0.5; the front is at 0
    assert np.mean(share[-20:]) < near
    assert np.mean(share[:10]) > 0.4
    assert len(tried.trials) == trials


@pytest.mark.parametrize("sampler", ["tpe", "nsga2"])
def test_a_search_begun_again_makes_the_same_trials_and_runs_nothing_new(sampler):
    asked, kept = problem(SHARE, where=["p(fund_dry)<=0.2"]), Kept(noisy)
    effort = Effort(trials=20, pairs=2, max_pairs=14, sampler=sampler, seed=5)
    first = find(asked, kept, effort)
    done = kept.fresh
    again = find(asked, kept, effort)
    assert (kept.fresh, len(kept.runs)) == (done, done)
    assert again.searched.trials == first.searched.trials
    pd.testing.assert_frame_equal(Front(again).frame(), Front(first).frame())


def test_a_search_that_was_killed_goes_on_where_it_was():
    asked = problem(SHARE)
    effort = Effort(trials=20, pairs=2, max_pairs=14, sampler="nsga2", seed=5)
    whole = Kept(noisy)
    undisturbed = find(asked, whole, effort)

    class Killed(Kept):
        def __call__(self, points, seeds):
            if self.fresh >= 20:
                raise KeyboardInterrupt
            return super().__call__(points, seeds)

    stopped = Killed(noisy)
    with pytest.raises(KeyboardInterrupt):
        find(asked, stopped, effort)
    resumed = Kept(noisy)
    resumed.runs = dict(stopped.runs)
    finished = find(asked, resumed, effort)
    assert resumed.fresh == whole.fresh - stopped.fresh
    pd.testing.assert_frame_equal(Front(finished).frame(), Front(undisturbed).frame())


def test_another_seed_makes_another_search():
    asked = problem(SHARE)
    one, two = (search(asked, zdt1, [1], trials=12, seed=seed) for seed in (1, 2))
    assert one.trials != two.trials


@pytest.mark.slow
def test_labels_of_a_searched_front_are_true():
    asked = problem(SHARE)
    found = find(asked, noisy, Effort(trials=40, pairs=3, max_pairs=40, seed=2))
    truth = zdt1(found.points, [1]).set_index("point")[["growth", "fund_spend_yuan"]].to_numpy()
    truth = truth * [1, -1]
    on = [not any((o >= t).all() and (o > t).any() for o in truth) for t in truth]
    front = found.allocated.labels.front
    assert not any(label == 1 and not is_on for label, is_on in zip(front, on, strict=True))
    assert not any(label == -1 and is_on for label, is_on in zip(front, on, strict=True))
    assert (front == 1).sum() >= 3
    assert (front == -1).sum() >= 10
    seeds = found.runs_table().groupby("stage")["seed"].agg(["min", "max"])
    assert seeds.loc["search"].tolist() == [2, 4]
    assert seeds.loc["labels", "min"] == 5


def test_a_small_grid_is_tried_whole_without_optuna(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    asked = problem_of(["fund.dues_month_cents=0,1500,3000"], ["growth"], ["fund_spend_yuan"])
    found = find(asked, zdt1, Effort(trials=5, pairs=1, max_pairs=20))
    assert found.searched.method == "every combination"
    # without noise, every one of them is on the front: growth and spend fall together
    assert Front(found).frame()["label"].tolist() == ["surely"] * 3


def test_impossible_policies_count_as_such_and_are_not_run():
    # a weekly prize without a fund to pay it from contradicts itself
    asked = problem_of(
        ["incentive=none,weekly_prize", "fund=none,dues", "fund.dues_month_cents=1000"],
        ["growth"], ["fund_spend_yuan"],
    )  # fmt: skip
    seen = []

    def evaluate(points, seeds):
        seen.extend(point.policy for point in points)
        rows = [
            {"point": place, "seed": seed, "growth": 1.0, "fund_spend_yuan": 1.0}
            for place in range(len(points))
            for seed in seeds
        ]
        return pd.DataFrame(rows)

    found = find(asked, evaluate, Effort(trials=9, pairs=1, max_pairs=3))
    impossible = found.searched.impossible
    assert impossible
    assert not set(impossible) & set(seen)
    table = Front(found).frame().set_index("policy")
    assert len(table) == 4
    for name, trial in impossible.items():
        assert table.loc[name, "label"] == "surely not"
        assert table.loc[name, "why"] == trial.reason != ""
        assert math.isnan(table.loc[name, "growth"])


def test_options_are_composed_once_and_numbers_changed_in_place(monkeypatch):
    composed = []
    monkeypatch.setattr(
        "plaza_lab.scenarios.optimise.problem.compose",
        lambda o: composed.append(tuple(o)) or compose(o),
    )
    asked = problem("incentive=none,points", "fund=dues")
    made = Space(asked.axes, asked.fixed)
    points = [
        made.point({"fund.dues_month_cents": cents, "incentive": name})
        for cents in range(100, 500, 100)
        for name in ("none", "points")
    ]
    assert len(composed) == 2
    assert points[-1].policy == "fund.dues_month_cents=400 incentive=points"
    again = compose(["incentive=points", "fund=dues", "fund.dues_month_cents=400"])
    assert points[-1].composed.plain == again.plain


def test_values_of_a_range_are_such_as_people_name():
    assert tidy(0.123456, Axis("x", (), 0.0, 1.0)) == 0.123
    assert tidy(1234.5678, Axis("x", (), 0.0, 3000.0)) == 1235
    assert tidy(0.00123456, Axis("x", (), 1e-4, 1.0, is_log=True)) == 0.00123
    assert tidy(0.9999, Axis("x", (), 0.0, 0.9994)) == 0.9994
    assert tidy("points", Axis("incentive", ("none", "points"))) == "points"


def test_a_problem_is_read_as_it_is_written():
    asked = problem_of(
        ["incentive=glob(*)", "fund.dues_prize_share=tag(log,interval(0.1,1))", "world=default"],
        where=["p(fund_dry)<=0.05"], budget="100,000",
    )  # fmt: skip
    assert {"none", "points", "weekly_prize"} <= set(asked.axes[0].values)
    assert asked.axes[1].is_log
    assert asked.fixed == ("world=default",)
    assert asked.objectives == (
        Objective("growth", True), Objective("retention", True), Objective("fund_spend_yuan", False)
    )  # fmt: skip
    assert asked.constraints[-1] is asked.budget
    assert asked.outcomes == ["growth", "retention", "fund_spend_yuan", "fund_dry"]
    assert asked.combinations == math.inf


@pytest.mark.parametrize(
    ("overrides", "asked", "said"),
    [
        ([], {}, "nothing to search"),
        (["incentive=points"], {}, "nothing to search"),
        (["incentive=none,pionts"], {}, "did you mean points"),
        (["incentive=none,none"], {}, "twice"),
        (["fund.dues_month_cents=interval(3000,0)"], {}, "swap them"),
        (["fund.dues_month_cents=interval(-5,10)"], {}, "leaves its bounds"),
        (["fund.dues_month_cents=-5,10"], {}, "outside its bounds"),
        (["fund.dues_month_cents=tag(odd,interval(1,10))"], {}, "tag odd"),
        (["incentive=interval(0,1)"], {}, "takes no number"),
        (["incentive.nothing=1,2"], {}, "is no group and no setting"),
        (["world=default,large"], {}, "an uncertainty, not a lever"),
        (["population.members=interval(50,100)"], {}, "is no group|an uncertainty"),
        (["run.weeks=4,8"], {}, "is no axis"),
        ([DUES, DUES], {}, "set twice"),
        ([DUES, "run.replicates=3"], {}, "--pairs"),
        ([DUES], {"maximise": ["growth"], "minimise": ["growth"]}, "high and low at once"),
        ([DUES], {"maximise": ["growth", "growth"]}, "named twice"),
        ([DUES], {"where": ["growth>0"]}, "cannot be read"),
        ([DUES], {"budget": "much"}, "an amount in yuan"),
    ],
)
def test_mistakes_in_a_problem_are_said_in_one_line(overrides, asked, said):
    with pytest.raises(UserError, match=said) as refused:
        problem_of(overrides, **asked)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--trials", "0", DUES], "at least one policy"),
        (["--trials", "many", DUES], "a whole number from 0 to 100,000"),
        (["--pairs", "0", DUES], "at least one seed"),
        (["--pairs", "5", "--max-pairs", "6", DUES], "at least 7"),
        (["--level", "95", DUES], "between 0 and 1"),
        (["--budget", "a lot", DUES], "an amount in yuan"),
        (["--sampler", "magic", DUES], "invalid choice"),
        ([], "nothing to search"),
    ],
)
def test_mistakes_on_the_command_line_are_said_in_one_line(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=said):
        run_optimise(arguments)
    assert not list(tmp_path.iterdir())


def test_an_unknown_outcome_is_found_after_one_run():
    asked = problem_of([DUES], ["grwoth"])
    kept = Kept(zdt1)
    with pytest.raises(UserError, match="did you mean growth"):
        search(asked, kept, [1, 2], trials=20)
    assert kept.fresh == 1


def test_a_recorded_outcome_that_is_not_declared_may_be_wanted():
    asked = problem_of([DUES], ["growth"], ["policy_stops"])
    assert len(search(asked, zdt1, [1], trials=11).points) == 11


def test_failed_runs_and_undefined_objectives_do_not_stop_a_search():
    def evaluate(points, seeds):
        table = zdt1(points, seeds)
        dues = np.array([points[i].factors["fund.dues_month_cents"] for i in table["point"]])
        table.loc[dues < 1000, "growth"] = np.nan
        return table[dues < 2000].reset_index(drop=True)

    found = find(problem(), evaluate, Effort(trials=30, pairs=2, max_pairs=20, seed=4))
    table = Front(found).frame()
    dues = table["fund.dues_month_cents"]
    assert set(table.loc[dues >= 2000, "why"]) == {"none of its runs could be finished"}
    assert set(table.loc[dues < 1000, "label"]) == {"possibly"}
    assert means_of(problem(), zdt1(found.points[:1], [1])).shape == (2,)


def test_the_answer_says_the_best_under_a_budget_and_what_pairs_cannot_show():
    asked = problem(SHARE, where=["p(fund_dry)<=0.05"], budget="2")
    found = find(asked, noisy, Effort(trials=30, pairs=2, max_pairs=20, seed=2))
    answer, table = Front(found), Front(found).frame()
    assert (
        "The best policies under 2 yuan: none surely; the likeliest are no. 1" in answer.sentence()
    )
    over = table[table["mean(fund_spend_yuan)<=2 low"] > 2]
    assert len(over)
    assert set(over["label"]) == {"surely not"}
    assert over["why"].str.contains("breaks mean").all()
    needed = found.problem.constraints[0].runs_needed(found.allocated.sizes.constraint)
    assert hints(found) == [
        f"To be sure that p(fund_dry)<=0.05 takes at least {needed} pairs a policy; there are 18: "
        f"set --max-pairs to {needed + 2} or more."
    ]


def test_the_front_shows_itself(tmp_path):
    found = find(problem(SHARE), noisy, Effort(trials=20, pairs=2, max_pairs=30, seed=2))
    answer = Front(found, "plaza optimise here")
    table = answer.frame()
    assert table["no"].tolist() == list(range(1, len(table) + 1))
    order = table["label"].map({"surely": 0, "possibly": 1, "surely not": 2})
    assert order.is_monotonic_increasing
    runs = answer.runs.query("stage == 'labels'").groupby("policy")["growth"].mean()
    assert table.set_index("policy")["growth"].to_dict() == pytest.approx(runs.to_dict())
    figure = answer.plot()
    assert len(figure.axes) == 1
    assert f"{table['pairs'].min()} to {table['pairs'].max()} pairs" in caption_of(figure)
    marks = {line.get_label().split(" (")[0]: line.get_marker() for line in figure.axes[0].lines}
    shapes = {marks[name] for name in marks if not name.startswith("_")}
    looks = table["label"].where(table["label"] == table["if_met"], "both")
    assert len(shapes) == looks.nunique()
    page = answer.report(tmp_path / "report.html").read_text()
    assert "plaza optimise here" in page
    assert "surely on the front" in answer._repr_html_()


@pytest.mark.slow
def test_the_verb_keeps_what_it_found(kernels, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    arguments = [
        "incentive=none,points", "fund=dues", "--maximise", "growth,retention", "--minimise",
        "fund_spend_yuan", "--where", "p(fund_dry)<=0.5", "--budget", "100000", "--pairs", "1",
        "--max-pairs", "12", "population=learning_52", "run.weeks=4", "run.out=here",
    ]  # fmt: skip
    assert run_optimise(arguments) == 0
    kept = sorted(file.name for file in (tmp_path / "here").iterdir())
    assert kept == ["front.png", "manifest.json", "policies.parquet", "report.html", "runs.parquet"]
    said = capsys.readouterr().out
    assert "Of 2 policies tried" in said
    assert "under 100,000 yuan" in said
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    runs = pd.read_parquet(tmp_path / "here" / "runs.parquet")
    assert manifest["runs"] == len(runs) == runs["run_id"].nunique()
    assert manifest["search"]["method"] == "every combination"
    with pytest.raises(UserError, match="exists already"):
        run_optimise(arguments)


BOLD, MIDDLE, SAFE = 3000, 1500, 0
GAINS = {BOLD: (1.0, -0.2), MIDDLE: (0.7, 0.2), SAFE: (0.3, 0.3)}
"""Dues to what they bring where ties last, and where they fade."""
LASTING, FADING = {"world.ties.decay": 0.01}, {"world.ties.decay": 0.02}


def of_two_worlds(points, seeds) -> pd.DataFrame:
    """A bold policy that pays only where ties last, a safe one, and one between."""
    rows = []
    for place, point in enumerate(points):
        dues, fades = point.factors["fund.dues_month_cents"], point.setting.world.ties.decay > 0.015
        own = int(point.fingerprint, 16) % 2**32
        for seed in seeds:
            luck = np.random.default_rng([seed]).normal(0, 0.1)
            luck += np.random.default_rng([seed, own]).normal(0, 0.02)
            spend = 1000.0 * (2.0 if fades and dues == MIDDLE else 1.0) + 10 * luck
            rows.append({
                "point": place, "seed": seed, "growth": GAINS[dues][int(fades)] + luck,
                "fund_spend_yuan": spend, "policy_stops": float(fades and dues == BOLD),
            })  # fmt: skip
    return pd.DataFrame(rows)


def best_over_worlds(way: str, **asked) -> Front:
    levers = f"fund.dues_month_cents={SAFE},{MIDDLE},{BOLD}"
    wanted = problem_of([levers, "fund=dues"], ["growth"], **asked)
    wanted = dataclasses.replace(wanted, over=Over("made", 3, way))
    worlds = [LASTING, {"world.ties.decay": 0.011}, FADING]
    return Front(find(wanted, Robust(of_two_worlds, worlds, way, wanted), Effort(pairs=3)))


@pytest.mark.parametrize(
    ("way", "dues", "gain"), [("mean", BOLD, 0.6), ("worst", SAFE, 0.3), ("regret", MIDDLE, -0.3)]
)
def test_the_robust_policy_is_not_that_of_one_world(way, dues, gain):
    best = best_over_worlds(way).frame().iloc[0]
    assert (best["label"], best["fund.dues_month_cents"]) == ("surely", dues)
    assert best["growth"] == pytest.approx(gain, abs=0.1)


def test_a_constraint_has_to_be_met_in_the_hardest_world():
    front = best_over_worlds("regret", budget="1500", where=["p(fund_dry)<=0.5"])
    table = front.frame().set_index("fund.dues_month_cents")
    assert table["label"].to_dict() == {SAFE: "surely", MIDDLE: "surely not", BOLD: "surely not"}
    assert "mean(fund_spend_yuan)" in table.loc[MIDDLE, "why"]
    assert "p(fund_dry)" in table.loc[BOLD, "why"]
    assert front.sentence().startswith("Judged by the largest regret over 3 worlds")
    assert front.manifest()["over"] == {"name": "made", "worlds": 3, "way": "regret"}


def test_a_robust_search_begun_again_runs_nothing_new():
    levers = "fund.dues_month_cents=interval(0,3000)"
    wanted = problem_of([levers, "fund=dues"], ["growth"], ["fund_spend_yuan"])
    kept = Kept(noisy)
    effort = Effort(trials=12, pairs=2, max_pairs=8, seed=4)
    first = find(wanted, Robust(kept, [LASTING, FADING], "regret", wanted), effort)
    done = kept.fresh
    again = find(wanted, Robust(kept, [LASTING, FADING], "regret", wanted), effort)
    assert kept.fresh == done
    pd.testing.assert_frame_equal(Front(again).frame(), Front(first).frame())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--robust", "worst"], "name the worlds"),
        (["world=ensemble:nothing"], "no ensemble"),
        (["world=ensemble:nothing:1"], "with 2 worlds or more"),
        (["world=ensemble:nothing", "--robust", "best"], "invalid choice"),
    ],
)
def test_worlds_that_cannot_be_searched_over_are_refused(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=said):
        run_optimise(["fund.dues_month_cents=0,500", "fund=dues", *words])
    assert list(tmp_path.iterdir()) == []
