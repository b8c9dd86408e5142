"""Forecasts: laws with known answers, the state that is kept, verdicts, and bad input."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.bgnbd import State, expected_weeks, new_person_weeks
from plaza_lab.scenarios.fit.check import draw_active_days
from plaza_lab.scenarios.fit.verb import run_fit
from plaza_lab.scenarios.forecast.ahead import look_ahead
from plaza_lab.scenarios.forecast.backtest import (
    OURS,
    Acts,
    Backtest,
    Score,
    backtest,
    judge,
)
from plaza_lab.scenarios.forecast.baselines import bass, holt, last_weeks
from plaza_lab.scenarios.forecast.kept import hashed, key_of, read_state
from plaza_lab.scenarios.forecast.known import posterior
from plaza_lab.scenarios.forecast.level import (
    SHORTEST_WEEKS,
    ErrorLaw,
    earlier,
    error_law,
    level_ahead,
    level_middle,
    season_of,
    weights_of,
)
from plaza_lab.scenarios.forecast.returning import fit_returning, recent_at
from plaza_lab.scenarios.forecast.telling import say_forecast
from plaza_lab.scenarios.forecast.verb import run_forecast
from plaza_lab.scenarios.forecast.weekly import weekly_of
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.terminal import spoken_on

EXAMPLES = Path(__file__).resolve().parents[1] / "data"
LAW = np.array([0.6, 0.5, 1.0, 6.0])


def drawn(n: int = 400, days: int = 560, seed: int = 3, law: np.ndarray = LAW) -> Acts:
    """A log drawn from the fitted law, its members coming evenly."""
    rng = np.random.default_rng(seed)
    first = np.sort(rng.integers(0, days, n))
    first[0] = 0
    member, day = draw_active_days(first, days - 1, law, rng)
    amount = rng.poisson(1.0, len(day)) + 1
    return Acts(member, day, amount, days, date(2025, 6, 1))


class TestWeeks:
    def test_a_log_by_weeks_by_hand(self) -> None:
        member = np.array([0, 0, 0, 1, 1])
        day = np.array([0, 2, 15, 8, 15])
        weekly = weekly_of(member, day, np.array([1, 2, 1, 1, 5]), 16, date(2025, 1, 16))
        assert weekly.n_weeks == 2
        np.testing.assert_array_equal(weekly.series["weekly_actives"], [2, 2])
        np.testing.assert_array_equal(weekly.series["posts"], [3, 6])
        np.testing.assert_array_equal(weekly.series["joins"], [1, 0])

    def test_what_was_known_after_some_days_is_the_log_without_the_rest(self) -> None:
        acts = drawn()
        cut = acts.until(280)
        assert cut.day.max() < 280
        assert cut.last_day == date(2024, 8, 25)
        assert len(cut.member) == (acts.day < 280).sum()
        np.testing.assert_array_equal(np.unique(cut.member), np.arange(cut.member.max() + 1))

    def test_a_log_before_a_week_is_the_log_of_then(self) -> None:
        acts = drawn(days=560)
        then, known = acts.until(553).weekly(), acts.weekly().until(79)
        assert known.last_day == then.last_day
        for name in then.series:
            np.testing.assert_array_equal(known.series[name], then.series[name])
        np.testing.assert_array_equal(recent_at(known, 79)[1].bits, recent_at(then, 79)[1].bits)


class TestParts:
    def test_the_part_that_came_nearest_weighs_most(self) -> None:
        logs = np.log1p(np.linspace(20.0, 60.0, 40))
        told = [
            np.array([logs[at : at + ahead] + miss for miss in (0.1, 0.2, 0.4)])
            for at, ahead in earlier(40, 13)
        ]
        np.testing.assert_allclose(weights_of(told, logs), np.array([16, 4, 1]) / 21, rtol=1e-6)
        np.testing.assert_allclose(weights_of([], logs, 4), 0.25)

    def test_a_seasonal_log_that_nobody_joins_any_more_has_no_arrivals_below_none(self) -> None:
        weeks = np.arange(230)
        ended = np.where(weeks < 200, np.rint(20 * (1 + np.sin(weeks / 8.3))), 0.0)
        assert level_middle(ended, 60).min() >= 0.0

    def test_who_was_there_before_the_log_begins_is_no_newcomer(self) -> None:
        """Sixty old hands come every other week; one stranger a week looks in and never returns."""
        rng = np.random.default_rng(8)
        old = [(who, 7 * week) for who in range(60) for week in range(24) if rng.random() < 0.5]
        new = [(100 + week, 7 * week + 3) for week in range(24)]
        member, day = np.array(old + new).T
        acts = Acts(member, day, np.ones(len(day), np.int64), 168, date(2025, 6, 1))
        weekly = acts.weekly()
        law = fit_returning(weekly)
        _, known = recent_at(weekly, 24)
        stranger = known.chosen(np.array([weekly.n_members - 1]))  # came last week
        assert law.chance(known)[known.founder].mean() == pytest.approx(0.5, abs=0.05)
        as_founder = dataclasses.replace(stranger, founder=np.array([True]))
        assert law.chance(stranger) < 0.8 * law.chance(as_founder)


class TestLevel:
    def test_a_constant_series_goes_on(self) -> None:
        ahead = np.expm1(level_ahead(np.full(60, 7.0), 10))
        np.testing.assert_allclose(ahead, 7.0)

    def test_a_trend_is_damped(self) -> None:
        values = np.exp(0.05 * np.arange(80))
        ahead = np.expm1(level_ahead(values, 500)[1])
        assert ahead[3] > values[-1]
        assert ahead[-1] <= 2 * values.max() + 2

    def test_a_season_of_four_years_is_seen_and_one_of_a_year_is_not(self) -> None:
        weeks = np.arange(210)
        wave = np.where(np.floor((weeks - 210) % 52.18) < 4, 1.5, 0.0)
        rng = np.random.default_rng(1)
        season = season_of(3 + wave + 0.1 * rng.standard_normal(210))
        assert season.kept > 0.9
        assert season.ahead(8)[:3].mean() - season.ahead(30)[10:].mean() > 1.0
        assert season_of(wave[: SHORTEST_WEEKS - 1]).kept == 0.0

    def test_noise_without_season_has_none(self) -> None:
        rng = np.random.default_rng(2)
        season = season_of(3 + 0.3 * rng.standard_normal(260))
        assert np.abs(season.log_factor).max() < 0.25

    def test_errors_of_a_random_walk_grow_and_cover_what_they_say(self) -> None:
        law = ErrorLaw(0.0001, 0.04, 1.0, 1e6)
        paths = law.draw(20_000, 25, np.random.default_rng(0))
        assert paths[:, 0].std() == pytest.approx(0.2, rel=0.05)
        assert paths[:, 24].std() == pytest.approx(1.0, rel=0.05)

    def test_the_error_law_of_noise_around_a_level_has_no_walk(self) -> None:
        rng = np.random.default_rng(5)
        values = rng.poisson(50, 150).astype(float)
        law = error_law(values, 20)
        assert law.spread + law.step * 20 < 0.08
        assert law.spread + law.step > 0.01


class TestPersons:
    def test_presence_and_rate_agree_with_many_drawn_lives(self) -> None:
        rng = np.random.default_rng(8)
        n, days = 200_000, 120
        first = np.zeros(n, np.int64)
        member, day = draw_active_days(first, days + 60, LAW, rng)
        seen = day < days
        count = np.bincount(member[seen], minlength=n)
        last = np.zeros(n, np.int64)
        np.maximum.at(last, member[seen], day[seen])
        later = np.bincount(member[~seen], minlength=n) > 0
        alike = (count == 3) & (last >= 40) & (last < 60)
        told = posterior(LAW, np.array([2.0]), np.array([50.0]), np.array([days - 1.0]))
        rate, here = told.rate[0], told.here[0]
        draws = rng.lognormal(np.log(rate) - told.rate_sd[0] ** 2 / 2, told.rate_sd[0], 4000)
        expected = here * np.mean(-np.expm1(-draws / 7 * 60))
        assert alike.sum() > 300
        assert later[alike].mean() == pytest.approx(expected, abs=0.06)

    def test_who_was_here_yesterday_is_likelier_here_than_who_was_not(self) -> None:
        told = posterior(LAW, np.full(2, 9.0), np.array([200.0, 20.0]), np.full(2, 201.0))
        assert told.here[0] > 0.6 > 0.1 > told.here[1]

    def test_the_return_law_finds_the_share_that_comes_back(self) -> None:
        weekly = drawn().weekly()
        law = fit_returning(weekly)
        members, state = recent_at(weekly, weekly.n_weeks)
        rate = law.chance(state).sum()
        last = weekly.series["weekly_actives"][-12:].mean() - weekly.series["joins"][-12:].mean()
        assert len(members) == weekly.n_members
        assert rate == pytest.approx(last, rel=0.35)

    def test_bgnbd_weeks_add_up_to_the_published_expectation(self) -> None:
        law = np.array([0.243, 4.414, 0.793, 2.426])  # CDNOW, Fader, Hardie & Lee 2005
        weeks = new_person_weeks(law, 39, counts_days=True)
        from scipy.special import hyp2f1

        r, alpha, a, b = law
        t = 38.5
        whole = (a + b - 1) / (a - 1)
        whole *= 1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t))
        assert weeks.sum() - 1 == pytest.approx(whole, rel=0.03)

    def test_a_customer_who_must_be_gone_buys_no_more(self) -> None:
        law = np.array([0.243, 4.414, 0.793, 2.426])
        gone = State(law, np.array([2.0]), np.array([39.0]), np.array([0.0]), np.array([5.0]))
        assert expected_weeks(gone, 4, counts_days=True).sum() == 0.0


class TestBaselines:
    def test_closed_forms(self) -> None:
        np.testing.assert_allclose(last_weeks(np.arange(10.0), 3), 7.5)
        np.testing.assert_allclose(holt(np.arange(20.0), 3), [20, 21, 22], atol=0.05)

    def test_bass_goes_on_along_its_own_curve(self) -> None:
        time = np.arange(1, 61.0)
        p, q = 0.01, 0.12

        def adopted(when: np.ndarray) -> np.ndarray:
            fading = np.exp(-(p + q) * when)
            return 1000 * (1 - fading) / (1 + q / p * fading)

        sales = adopted(time) - adopted(time - 1)
        np.testing.assert_allclose(bass(sales[:40], 20), sales[40:], rtol=0.1)


class TestBacktest:
    @pytest.mark.slow
    def test_intervals_cover_what_the_fitted_law_itself_draws(self) -> None:
        found = backtest(drawn(n=1500, days=700), (0.5, 0.6, 0.7))
        assert 0.6 <= found.median("weekly_actives", OURS, 26, "cover_80") <= 1.0
        assert found.median("weekly_actives", OURS, 26, "wape") < 0.35

    def test_a_short_log_is_not_judged(self) -> None:
        found = backtest(drawn(days=90))
        assert found.is_empty
        assert judge(found, "weekly_actives").may is None

    def test_a_baseline_that_wins_comes_first_and_forbids(self) -> None:
        def score(method: str, wape: float) -> Score:
            return Score(0.6, "weekly_actives", method, 26, 26, wape, 1.0, 0.8, 0.95)

        verdict = judge(Backtest([score(OURS, 0.4), score("holt", 0.2)]), "weekly_actives")
        assert verdict.may is False
        assert verdict.lines[0].startswith("Holt's linear trend forecasts weekly actives over 26")
        near = judge(Backtest([score(OURS, 0.4), score("holt", 0.39)]), "weekly_actives")
        assert near.may is True
        assert near.lines[0].startswith("Holt")

    def test_a_baseline_that_wins_on_another_metric_is_told_and_forbids_nothing(self) -> None:
        def score(metric: str, method: str, wape: float) -> Score:
            return Score(0.6, metric, method, 0, 10, wape, 1.0, 0.8, 0.95)

        ours = [score("weekly_actives", OURS, 0.2), score("joins", OURS, 0.64)]
        theirs = [score("weekly_actives", "holt", 0.7), score("joins", "mean_26_weeks", 0.57)]
        verdict = judge(Backtest([*ours, *theirs]), "weekly_actives")
        assert verdict.may is True
        assert verdict.lines[0] == (
            "the mean of the last 26 weeks forecasts joins over 10 weeks better than this world: "
            "error 57% against 64%"
        )

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_a_narrow_terminal_cuts_no_figure_of_a_forecast(self, language, capsys) -> None:
        paths = {name: np.full((9, 26), 12_345.0) for name in ("weekly_actives", "posts", "joins")}
        out = io.StringIO()
        narrow = Console(file=out, width=60)
        table = []
        say_forecast(
            SimpleNamespace(print=table.append), SimpleNamespace(paths=paths),
            dict.fromkeys(paths, 12_345.0),
        )  # fmt: skip
        narrow.print(spoken_on(table[0], Language(language)))
        assert "…" not in out.getvalue()
        assert out.getvalue().replace("\n", "").replace(" ", "").count("12,345") >= 3 * 4

    def test_wape_and_mase_by_hand(self) -> None:
        acts = drawn()
        (first, *_) = [
            one for one in backtest(acts, (0.6,)).scores
            if (one.method, one.metric, one.horizon) == ("last_4_weeks", "weekly_actives", 4)
        ]  # fmt: skip
        known = int(560 * 0.6)
        before = acts.until(known).weekly().series["weekly_actives"]
        after = acts.until(known + 28).weekly().series["weekly_actives"][-4:]
        errors = np.abs(after - before[-4:].mean())
        assert first.wape == pytest.approx(errors.sum() / after.sum())
        assert first.mase == pytest.approx(errors.mean() / np.abs(np.diff(before)).mean())


def test_a_forecast_has_ordered_quantiles_and_knows_who_is_there() -> None:
    forecast = look_ahead(drawn().weekly(), 26)
    edges = np.percentile(forecast.paths["weekly_actives"], [2.5, 10, 50, 90, 97.5], axis=0)
    assert (np.diff(edges, axis=0) >= 0).all()
    assert forecast.old is not None
    assert forecast.old[0] > forecast.old[-1] > 0


# ---- from end to end


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("community") / "plaza-conf"
    log = str(EXAMPLES / "example_activity.csv")
    assert (
        run_fit([log, "--name", "tea", "--out", str(folder), "--policy", "incentive=points"]) == 0
    )
    return folder


def test_the_state_hides_ids_and_keeps_the_key_apart(fitted: Path) -> None:
    kept = read_state("tea", fitted)
    assert kept is not None
    names = pd.read_csv(EXAMPLES / "example_activity.csv")["member"].astype(str)
    ids = set(kept.members["id"])
    assert not ids & set(names)
    assert len(ids) == names.nunique()
    key = fitted.parent / "plaza-keys" / "tea.key"
    assert key.stat().st_mode & 0o077 == 0
    assert set(hashed(names.unique(), key_of(fitted, "tea"))) == ids
    everything = b"".join(file.read_bytes() for file in fitted.rglob("*") if file.is_file())
    assert key.read_bytes().strip() not in everything


def test_the_state_tells_posteriors_ties_level_and_policy(fitted: Path) -> None:
    kept = read_state("tea", fitted)
    assert kept is not None
    members = kept.members
    assert members["here"].between(0, 1).all()
    assert (members["tenure_days"] >= 1).all()
    assert members.loc[members["last_day"].idxmax(), "here"] > members["here"].median()
    assert len(kept.ties) > 0
    assert kept.about["policy"] == ["incentive=points"]
    assert kept.about["is_policy_assumed"] is False
    assert kept.about["recent_level"]["weekly_actives"]["last_4_weeks"] > 0
    assert "incentive=points" in (fitted / "world" / "tea.yaml").read_text().splitlines()[1]


def test_keep_ids_writes_them_plainly(tmp_path: Path) -> None:
    folder = tmp_path / "plaza-conf"
    log = str(EXAMPLES / "example_purchases.csv")
    run_fit(["--purchases", log, "--name", "shop", "--out", str(folder), "--keep-ids"])
    kept = read_state("shop", folder, "purchases")
    assert kept is not None
    assert set(kept.members["id"]) == set(pd.read_csv(log).iloc[:, 0].astype(str))
    assert not (tmp_path / "plaza-keys").exists()
    told = (folder / "world" / "shop.yaml").read_text()
    assert "buyer_share: 1.0" in told
    assert (folder / "population" / "shop.yaml").exists()


def test_forecast_leaves_its_table_and_picture(fitted: Path, tmp_path: Path) -> None:
    out = tmp_path / "ahead"
    assert run_forecast(["tea", "--weeks", "13", "--conf", str(fitted), "--out", str(out),
                         "--retention"]) == 0  # fmt: skip
    table = pd.read_parquet(out / "forecast.parquet")
    assert list(table.columns) == [
        "week", "metric", "mean", "p2_5", "p10", "p50", "p90", "p97_5"
    ]  # fmt: skip
    assert set(table["metric"]) == {"weekly_actives", "posts", "joins"}
    assert (table.groupby("metric")["week"].max() == 13).all()
    ordered = table[["p2_5", "p10", "p50", "p90", "p97_5"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= 0).all()
    assert (out / "forecast.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_same_seed_gives_the_same_forecast(fitted: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run_forecast(["tea", "--weeks", "4", "--conf", str(fitted), "--out", str(tmp_path / name)])
    one, two = (pd.read_parquet(tmp_path / name / "forecast.parquet") for name in ("one", "two"))
    pd.testing.assert_frame_equal(one, two)


def test_the_verdict_is_in_the_numbers(fitted: Path) -> None:
    told = json.loads((fitted / "fit" / "tea.json").read_text())["backtest"]
    assert set(told) == {"may_forecast", "why", "scores"}
    assert {one["method"] for one in told["scores"]} >= {OURS, "last_4_weeks", "holt", "bgnbd"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "is no fitted community"),
        (["teaa"], "tea"),
        (["tea", "--weeks", "0"], "--weeks"),
        (["tea", "--weeks", "many"], "--weeks"),
        (["tea", "--seed", "-1"], "--seed"),
    ],
)
def test_mistakes_are_one_line(
    fitted: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    with pytest.raises(UserError, match=said) as told:
        run_forecast([*arguments, "--conf", str(fitted), "--out", str(tmp_path / "no")])
    assert "\n" not in str(told.value)


def test_a_damaged_state_is_one_line(fitted: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "plaza-conf"
    shutil.copytree(fitted, copy)
    (copy / "state" / "tea" / "members.parquet").write_bytes(b"no parquet")
    with pytest.raises(UserError, match="damaged"):
        read_state("tea", copy)
    (copy / "state" / "tea" / "state.json").write_text("{")
    with pytest.raises(UserError, match="fit the log again"):
        read_state("tea", copy)


@pytest.mark.parametrize(
    "words", [["world.ties.decay=1"], ["run.weeks=3"], ["nothing=points"], ["entry=open"]]
)
def test_a_policy_in_force_is_levers_that_go_together(tmp_path: Path, words: list[str]) -> None:
    log = str(EXAMPLES / "example_activity.csv")
    with pytest.raises(UserError):
        run_fit([log, "--name", "tea2", "--out", str(tmp_path), "--policy", *words])


@pytest.mark.slow
def test_buyers_are_the_members_whose_id_is_in_both_logs(tmp_path: Path) -> None:
    folder = tmp_path / "plaza-conf"
    acts = pd.read_csv(EXAMPLES / "example_activity.csv")
    bought = pd.read_csv(EXAMPLES / "example_purchases.csv")
    customers = sorted(bought.iloc[:, 0].unique())
    names = sorted(acts["member"].unique())
    both = dict(zip(customers[:30], names[:30], strict=True))
    bought.iloc[:, 0] = [both.get(name, f"other {name}") for name in bought.iloc[:, 0]]
    bought.to_csv(tmp_path / "bought.csv", index=False)
    run_fit([str(EXAMPLES / "example_activity.csv"), "--name", "tea", "--out", str(folder)])
    run_fit(["--purchases", str(tmp_path / "bought.csv"), "--name", "tea", "--out", str(folder)])
    told = (folder / "world" / "tea.yaml").read_text()
    assert f"30 of {len(names)} members seen have bought" in told
    from plaza_lab.scenarios.forecast.from_today import start_of
    from plaza_lab.scenarios.forecast.verb import ahead_of, states_of

    found = states_of("tea", folder)
    start = start_of(found)
    assert (start.buy_rate > 0).sum() == 30
    forecast, _ = ahead_of(found, 8, 0)
    assert set(forecast.paths) == {"weekly_actives", "posts", "joins", "purchases"}
