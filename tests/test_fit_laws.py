"""The fitted laws: known answers, recovery of known parameters, real logs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit import active_days, bgnbd, posts
from plaza_lab.scenarios.fit.activity import ActiveDays, active_days_of, fit_activity, lurker_share
from plaza_lab.scenarios.fit.arrival import fit_arrivals, weekday_rhythm
from plaza_lab.scenarios.fit.check import (
    check_fit,
    draw_active_days,
    draw_posts,
    lorenz_curve,
    week_retention,
    weekly_active,
)
from plaza_lab.scenarios.fit.log import Log, read_log
from plaza_lab.scenarios.fit.purchases import (
    fit_purchases,
    fit_spend,
    purchase_histories,
    read_purchases,
)
from plaza_lab.scenarios.fit.reading.cleaning import ReadReport
from plaza_lab.scenarios.fit.replies import fit_replies
from plaza_lab.sim.recording.commerce_outcomes import top_share
from plaza_lab.sim.recording.outcomes import gini

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.exists(), reason="real logs are not beside the project")


def log_of(member: list[int], day: list[float], reply_to: list[int] | None = None) -> Log:
    """A log in memory; days may have fractions."""
    order = np.argsort(day, kind="stable")
    days = np.array(day, float)[order]
    first = date(2025, 1, 6)  # a Monday
    origin = (first - date(1970, 1, 1)).days
    return Log(
        source="made here",
        member=np.array(member)[order],
        seconds=(days + origin) * 86_400,
        day=np.floor(days).astype(np.int64),
        reply_to=None if reply_to is None else np.array(reply_to)[order],
        n_members=len(set(member)),
        first_day=first,
        last_day=first + timedelta(days=int(days[-1])),
        resolution="second",
        kinds={},
        joined=None,
        report=ReadReport(len(member), {}),
    )


def drawn_log(natural: list[float], n: int, days: int, seed: int) -> Log:
    rng = np.random.default_rng(seed)
    first = np.sort(rng.integers(0, days, n))
    first[0] = 0
    member, day = draw_active_days(first, days - 1, np.array(natural), rng)
    each = draw_posts(len(day), 0.3, 1.2, rng)
    return log_of(np.repeat(member, each).tolist(), np.repeat(day, each).tolist())


class TestActiveDays:
    def test_likelihood_sums_to_one_over_all_histories(self) -> None:
        observed, natural = 5, np.array([0.8, 0.9, 1.2, 2.5, 0.1, 3.0, 0.02])
        total = 0.0
        for code in range(2**observed):
            active = [day for day in range(observed) if code >> day & 1]
            recency = (active[-1] + 1) / 7 if active else 0.0
            row = bgnbd.Histories(
                np.array([float(len(active))]),
                np.array([recency]),
                np.array([observed / 7]),
                np.ones(1),
            )
            total += np.exp(active_days.log_likelihood(natural, active_days.prepare(row)))
        assert total == pytest.approx(1.0, abs=2e-3)

    def test_likelihood_equals_the_share_simulated(self) -> None:
        natural = np.array([0.5, 0.6, 1.0, 3.0])
        rng = np.random.default_rng(4)
        n = 200_000
        member, _ = draw_active_days(np.zeros(n, np.int64), 20, natural, rng)
        never = np.mean(np.bincount(member, minlength=n) == 1)
        row = bgnbd.Histories(np.zeros(1), np.zeros(1), np.array([20 / 7]), np.ones(1))
        told = np.exp(active_days.log_likelihood(natural, active_days.prepare(row)))
        assert never == pytest.approx(told, abs=4 * np.sqrt(0.25 / n))

    @pytest.mark.slow
    def test_known_parameters_are_recovered(self) -> None:
        truth = [0.35, 0.4, 1.5, 2.0]
        fit = fit_activity(drawn_log(truth, 1500, 400, seed=2))
        for name, value in zip(bgnbd.NAMES, truth, strict=True):
            told = fit.parameters[name]
            assert 0.8 * told.low < value < 1.25 * told.high, name
        assert fit.parameters["core_share"].value == 0
        assert fit.parameters["posts_ln_mean"].value == pytest.approx(0.3, abs=0.08)
        assert fit.parameters["posts_ln_sd"].value == pytest.approx(1.2, abs=0.06)

    @pytest.mark.slow
    def test_search_that_begins_on_a_sample_ends_at_the_same_place(self) -> None:
        days = active_days_of(drawn_log([0.5, 0.6, 1.2, 3.0], 400, 200, seed=6))
        data = bgnbd.histories(days.member, days.day, 199)
        ready = active_days.prepare(data)
        rough = active_days.prepare(data, most=60)
        assert rough.sampled and not ready.sampled
        total = sum(block.weight.sum() for block in rough.blocks)
        assert total == pytest.approx(sum(block.weight.sum() for block in ready.blocks))
        whole, _ = active_days.fit_active_days(ready, ready)
        quick, _ = active_days.fit_active_days(ready, rough)
        assert quick.log_likelihood == pytest.approx(whole.log_likelihood, abs=0.02)

    @pytest.mark.slow
    def test_core_class_is_found_where_there_is_one(self) -> None:
        truth = [0.4, 1.0, 1.5, 2.0, 0.02, 8.0, 0.003]
        fit = fit_activity(drawn_log(truth, 2500, 400, seed=3))
        core = fit.parameters["core_share"]
        assert core.low < 0.02 < core.high
        assert fit.parameters["core_rate_factor"].value == pytest.approx(8, rel=0.35)
        assert fit.parameters["core_dropout"].value < 0.01

    @pytest.mark.slow
    def test_bootstrap_agrees_with_the_curvature(self) -> None:
        log = drawn_log([0.5, 0.6, 1.2, 3.0], 400, 200, seed=5)
        wald, resampled = fit_activity(log), fit_activity(log, bootstrap=30)
        for name in bgnbd.NAMES:
            one, other = wald.parameters[name], resampled.parameters[name]
            assert one.value == other.value
            assert np.log(other.high / other.low) == pytest.approx(
                np.log(one.high / one.low), rel=0.6
            )


class TestPosts:
    def test_probabilities_are_those_of_a_rounded_up_lognormal(self) -> None:
        numbers = np.arange(1, 60_000)
        assert np.exp(posts.log_probability(0.4, 1.3, numbers)).sum() == pytest.approx(1, abs=1e-6)
        drawn = draw_posts(200_000, 0.4, 1.3, np.random.default_rng(0))
        told = np.exp(posts.log_probability(0.4, 1.3, np.array([1, 2, 5])))
        seen = [np.mean(drawn == k) for k in (1, 2, 5)]
        assert seen == pytest.approx(told, abs=5e-3)

    def test_same_number_every_day_gives_no_interval(self) -> None:
        _, covariance = posts.fit_posts(np.arange(20), np.ones(20, np.int64))
        assert np.isnan(covariance).all()


class TestArrivals:
    def test_level_at_the_end_and_trend_are_recovered(self) -> None:
        rng = np.random.default_rng(8)
        mean = 4.0 * np.exp(0.003 * np.arange(-399, 1))
        counts = rng.poisson(rng.gamma(2.0, mean / 2.0))
        counts[0] = max(counts[0], 1)
        counts[-1] = max(counts[-1], 1)
        day = np.repeat(np.arange(400), counts)
        fit = fit_arrivals(log_of(list(range(len(day))), day.tolist()))
        assert fit.per_day.low < 4.0 < fit.per_day.high
        assert fit.trend.low < 0.003 < fit.trend.high
        assert fit.dispersion == pytest.approx(0.5, abs=0.2)
        assert fit.overdispersion > 1.5

    def test_rhythm_of_the_week_has_mean_one_and_counts_a_member_once_a_day(self) -> None:
        day = [7 * week + d for week in range(10) for d in (0, 0, 0, 4, 5)]
        log = log_of([0] * 50, day)
        days = active_days_of(log)
        rhythm = weekday_rhythm(days.member, days.day, log)
        assert [r.value for r in rhythm] == pytest.approx(
            [7 / 3, 0, 0, 0, 7 / 3, 7 / 3, 0], abs=0.3
        )
        assert np.mean([r.value for r in rhythm]) == pytest.approx(1)


class TestReplies:
    def test_openings_answers_and_ties_by_hand(self) -> None:
        # 0 opens; 1 answers in 6 h; 0 opens on day 1, nobody answers; 2 opens, 0 answers after 2 d
        log = log_of(
            member=[0, 1, 0, 2, 0, 1, 2, 2],
            day=[0.0, 0.25, 1.0, 2.0, 4.0, 12.0, 20.0, 30.0],
            reply_to=[-1, 0, -1, -1, 2, 0, 1, -1],
        )
        told = fit_replies(log)
        assert told is not None
        assert (told.n_openings, told.n_ties) == (3, 3)
        assert told.reply_rate.value == pytest.approx(2 / 3)
        assert told.median_delay_hours.value == pytest.approx((6 + 48) / 2)
        assert told.reciprocity.value == 0  # ties 1->0, 0->2, 2->1: a ring

    def test_first_messages_of_pairs_where_every_act_is_addressed(self) -> None:
        log = log_of(
            member=[0, 1, 0, 2, 3, 0],
            day=[0.0, 0.5, 1.0, 2.0, 3.0, 30.0],
            reply_to=[1, 0, 1, 0, 9, 2],
        )
        told = fit_replies(log)
        assert told is not None
        assert told.n_openings == 3
        assert told.reply_rate.value == pytest.approx(1 / 3)
        assert told.reciprocity.value == pytest.approx(4 / 5)


class TestMeasures:
    def test_inequality_of_known_cases(self) -> None:
        assert gini(np.ones(10)) == pytest.approx(0)
        assert gini(np.array([0, 0, 0, 1.0])) == pytest.approx(0.75)
        assert top_share(np.array([1.0] * 9 + [11.0]), 0.1) == pytest.approx(0.55)
        assert lorenz_curve(np.ones(7))[[0, 50, 100]] == pytest.approx([0, 0.5, 1])

    def test_weeks_by_hand(self) -> None:
        member = np.repeat(np.arange(20), 2)
        day = np.tile([0, 8], 20)
        world = ActiveDays(member, day, np.ones(40, np.int64))
        assert weekly_active(world, 21).tolist() == [20, 20, 0]
        retention = week_retention(world, 21)
        assert retention[:2].tolist() == [0, 1]
        assert np.isnan(retention[2:]).all()

    @pytest.mark.slow
    def test_a_log_drawn_from_the_law_passes_its_own_check(self) -> None:
        log = drawn_log([0.6, 0.5, 1.2, 3.0], 800, 200, seed=11)
        check = check_fit(fit_activity(log), active_days_of(log), log.n_days, draws=40)
        outside = [fact.name for fact in check.facts if not fact.is_within]
        assert len(outside) <= 1, outside


class TestPurchases:
    def test_known_spend_parameters_are_recovered(self) -> None:
        rng = np.random.default_rng(3)
        count = rng.integers(1, 8, 8000).astype(float)
        nu = rng.gamma(3.6, 1 / 15.0, 8000)
        mean = rng.gamma(6.3 * count) / nu / count
        found = fit_spend(count, mean).estimates(np.exp)
        for name, truth in (("spend_shape", 6.3), ("spend_mix", 3.6), ("spend_scale_yuan", 15.0)):
            assert found[name].low * 0.95 < truth < found[name].high * 1.05

    @needs_data
    def test_cdnow_known_answer(self) -> None:
        known = {row["id"]: row for row in json.loads((SHARED / "targets.json").read_text())}
        data = read_purchases(SHARED / "cdnow" / "purchases.csv.gz")
        fit = fit_purchases(data)
        names = dict(zip(("r", "alpha", "a", "b"), bgnbd.NAMES, strict=True))
        for short, name in names.items():
            target = known[f"clv.bgnbd.{short}"]
            told = fit.parameters[name]
            assert told.value == pytest.approx(target["value"], rel=2e-3)
            assert [told.low, told.high] == pytest.approx(target["ci95"], rel=0.02)
        published = {
            "spend_shape": 6.28,
            "spend_mix": 3.62,
            "spend_scale_yuan": 15.0,
        }  # science A.13
        for name, value in published.items():
            assert fit.parameters[name].value == pytest.approx(value, rel=5e-3)
        never = purchase_histories(data)
        share = never.weight[never.repeats == 0].sum() / data.n_customers
        assert share == pytest.approx(known["clv.p0_39w"]["value"], abs=1e-4)

    @needs_data
    def test_published_estimates_of_the_cdnow_sample(self, tmp_path: Path) -> None:
        """Table 2 of Fader, Hardie & Lee 2005: 2,357 customers, 39 weeks.

        The master log has ten times as many; which of them are in the sample is kept as steps from
        one customer's number to the next, a letter each. All 23,570 give other values (those of
        :meth:`test_cdnow_known_answer`): the sample is one draw of the cohort.
        """
        steps = (Path(__file__).parent / "cdnow_sample.txt").read_text().replace("\n", "")
        sample = np.cumsum([ord(one) - (96 if one > "Z" else 38) for one in steps])
        bought = pd.read_csv(SHARED / "cdnow" / "purchases.csv.gz")
        path = tmp_path / "sample.csv"
        bought[bought["customer_id"].isin(sample)].to_csv(path, index=False)
        data = read_purchases(path)
        assert data.n_customers == 2357
        fit = fit_purchases(data)
        found = [round(fit.parameters[name].value, 3) for name in bgnbd.NAMES]
        assert found == [0.243, 4.414, 0.793, 2.426]
        likelihood = bgnbd.log_likelihood(fit.law.position, purchase_histories(data))
        assert likelihood == pytest.approx(-9582.4, abs=0.05)


class TestRealLogs:
    @pytest.mark.slow
    @needs_data
    def test_gitter_docker(self) -> None:
        log = read_log(
            SHARED / "chat_communities" / "events.csv.gz", where="community=gitter_docker"
        )
        fit = fit_activity(log)
        check = check_fit(fit, active_days_of(log), log.n_days)
        facts = {fact.name: fact for fact in check.facts}
        assert log.n_members == 2356
        assert facts["weeks inside the model's band"].is_within
        assert facts["active again in week 12"].is_within
        assert facts["members with one active day"].is_within
        assert facts["Gini of posts"].data == pytest.approx(0.7407, abs=0.002)

    @needs_data
    def test_college_messages_reciprocity(self) -> None:
        told = fit_replies(read_log(SHARED / "college_msg" / "college_msg.csv.gz"))
        assert told is not None
        assert (told.n_ties, round(told.reciprocity.value, 3)) == (20_296, 0.636)

    @needs_data
    @pytest.mark.slow
    @pytest.mark.parametrize("repo", ["tldr", "ohmyzsh", "melpa"])
    def test_git_logs(self, repo: str) -> None:
        log = read_log(SHARED / "git_contributors" / "events.csv.gz", where=f"repo={repo}")
        fit = fit_activity(log)
        facts = {f.name: f for f in check_fit(fit, active_days_of(log), log.n_days).facts}
        assert all(np.isfinite(fit.parameters[name].low) for name in bgnbd.NAMES)
        once = facts["members with one active day"]
        assert abs(once.median - once.data) < 0.03  # bouts cost melpa half a point of the band
        recent = facts["active a week, last 12 weeks"]
        assert 2 / 3 < recent.median / recent.data < 3 / 2


def test_roll_gives_the_lurker_share() -> None:
    log = drawn_log([0.6, 0.5, 1.2, 3.0], 100, 100, seed=1)
    assert lurker_share(log, None).origin == "default"
    share = lurker_share(log, 400)
    assert (share.value, share.origin) == (0.75, "given")
    assert share.low < 0.75 < share.high
    with pytest.raises(UserError, match="everybody on the roll"):
        lurker_share(log, 99)


def test_tiny_logs_are_fitted_without_warnings() -> None:
    log = log_of([0, 1, 0, 1, 0], [0, 1, 5, 9, 20])
    fit = fit_activity(log)
    check = check_fit(fit, active_days_of(log), log.n_days, draws=20)
    assert all(np.isfinite(fact.data) for fact in check.facts)
