"""Adding pairs until sure enough: what stops it, what it claims, and how often that is wrong."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.answers.comparison import precision_sentences
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.design import several_policies
from plaza_lab.scenarios.experiments.evaluate import InMemory
from plaza_lab.scenarios.experiments.until import Precision, until_precise
from plaza_lab.scenarios.experiments.widths import find_outcome, parse_targets
from plaza_lab.scenarios.statistics.anytime import critical

A, B, C = (
    SimpleNamespace(
        policy=name, world="w", factors={}, composed=SimpleNamespace(choices={"population": "p"})
    )
    for name in "ABC"
)


class Luck:
    """Outcomes with known laws: luck shared by seed, own luck by policy; notes what was asked."""

    def __init__(self, shift=0.0, spend=(0.0, 100.0), start=0, law="normal"):
        rng, shape = np.random.default_rng(start), (3, 2_001)
        own = rng.normal(0, 1, shape) if law == "normal" else rng.exponential(1, shape) - 1
        self.retention = 0.5 + rng.normal(0, 0.1, 2_001) + 0.05 * own
        self.retention[1:] += shift
        self.spend, self.asked = spend, []

    def __call__(self, points, seeds):
        self.asked.append((seeds[0], seeds[-1]))
        policies = np.array(["ABC".index(point.policy) for point in points])
        k, n = len(points), len(seeds)
        return pd.DataFrame(
            {
                "point": np.repeat(np.arange(k), n),
                "seed": np.tile(np.array(seeds), k),
                "retention": self.retention[np.ix_(policies, seeds)].ravel(),
                "fund_spend_yuan": np.repeat(np.array(self.spend)[(policies > 0).astype(int)], n),
            }
        )


def test_it_stops_when_the_named_difference_is_narrow_enough():
    looks = []
    runs, precision = until_precise(
        Luck(0.04), [A, B], parse_targets("retention=2pp"), max_pairs=2000, on_look=looks.append
    )
    (row,) = precision.rows
    assert precision.is_reached
    assert row.half_width <= 0.02
    assert row.low < 0.04 < row.high
    assert looks[-1] == precision
    assert all(look.rows[0].half_width > 0.02 for look in looks[:-1])
    # the spread of a difference is 0.05 sqrt 2, and the interval reaches about 3 errors
    assert 80 <= precision.pairs <= 160
    assert precision.pairs_saved == 2000 - precision.pairs
    assert precision.runs_used == 2 * precision.pairs == len(runs)
    assert precision.runs_saved == 2 * precision.pairs_saved


def test_every_seed_is_asked_for_once_and_from_the_first():
    luck = Luck(0.04)
    runs, precision = until_precise(
        luck, [A, B], parse_targets("retention=1pp"), first_seed=7, max_pairs=300
    )
    starts = [first for first, _ in luck.asked]
    assert starts == [7, *(last + 1 for _, last in luck.asked[:-1])]
    assert precision.pairs == luck.asked[-1][1] - 6 <= 300
    assert not runs.duplicated(["policy", "seed"]).any()
    assert set(runs.columns) >= {"policy", "world", "population", "seed", "retention"}


def test_at_most_the_pairs_allowed_and_says_how_many_it_would_take():
    _, precision = until_precise(Luck(), [A, B], parse_targets("retention=0.2pp"), max_pairs=100)
    (row,) = precision.rows
    assert (precision.pairs, precision.is_reached) == (100, False)
    n = row.pairs_needed
    errors = float(critical(n, 0.95, math.sqrt(20 * n)))
    assert n == pytest.approx((errors * 0.0707 / 0.002) ** 2, rel=0.3)
    assert "Not sure enough: 100 pairs" in precision_sentences(precision)[0]
    assert "at this spread it takes about" in precision_sentences(precision)[1]


def test_what_pairing_won_is_told_in_runs():
    _, precision = until_precise(Luck(), [A, B], parse_targets("retention=1pp"), max_pairs=2000)
    (row,) = precision.rows
    # var a + var b over var d = (0.1^2 + 0.05^2) / 0.05^2
    assert row.pairing_gain == pytest.approx(5, rel=0.2)
    assert row.runs_unpaired == pytest.approx(5 * row.runs_used, rel=0.2)
    assert f"instead of {row.runs_used:,.0f} (factor" in " ".join(precision_sentences(precision))


def test_several_outcomes_and_policies_share_the_level():
    one = until_precise(Luck(), [A, B], parse_targets("retention=2pp"), max_pairs=500)[1]
    luck = Luck(spend=(1000.0, 1200.0))
    both = until_precise(luck, [A, B, C], parse_targets("retention=2pp,spend=2%"), max_pairs=500)[1]
    assert [(row.alternative, row.outcome) for row in both.rows] == [
        ("B", "retention"), ("B", "fund_spend_yuan"), ("C", "retention"), ("C", "fund_spend_yuan"),
    ]  # fmt: skip
    assert both.pairs > one.pairs
    assert both.rows[1].wanted == 20
    assert (both.rows[1].low, both.rows[1].high) == (200, 200)
    assert list(both.frame()["alternative"]) == ["B", "B", "C", "C"]


def test_a_width_relative_to_zero_is_a_finding_and_holds_nothing_up():
    _, precision = until_precise(
        Luck(), [A, B], parse_targets("retention=3pp,spend=2%"), max_pairs=400
    )
    assert precision.pairs < 400
    assert precision.is_reached
    spend = precision.rows[1]
    assert not spend.is_reached
    assert "the baseline's mean is 0" in spend.finding
    assert "fund_spend_yuan=10" in precision_sentences(precision)[2]


def test_a_cost_nobody_has_is_a_finding():
    def evaluate(points, seeds):
        table = Luck(spend=(0.0, 0.0))(points, seeds)
        return table.assign(cost_per_retained_yuan=0.0)

    _, precision = until_precise(evaluate, [A, B], parse_targets("cost=5"), max_pairs=400)
    assert precision.pairs == 20
    assert precision.rows[0].finding == "neither policy spends anything"
    assert "No width asked for can be reached" in precision_sentences(precision)[0]


def test_an_outcome_equal_in_every_pair_so_far_is_looked_at_longer():
    luck = Luck(spend=(100.0, 100.0))
    _, precision = until_precise(luck, [A, B], parse_targets("spend=1yuan"), max_pairs=400)
    assert precision.pairs == 60
    assert precision.is_reached


def test_failed_runs_cost_their_pair_and_are_counted():
    def evaluate(points, seeds):
        table = Luck()(points, seeds)
        return table[~((table["point"] == 1) & (table["seed"] % 10 == 0))]

    runs, precision = until_precise(evaluate, [A, B], parse_targets("retention=2pp"), max_pairs=500)
    assert precision.lost == precision.pairs // 10
    assert len(runs) == 2 * (precision.pairs - precision.lost)
    assert any("because a run failed" in line for line in precision_sentences(precision))
    with pytest.raises(UserError, match="none of the first 20 pairs"):
        until_precise(lambda p, s: pd.DataFrame(), [A, B], parse_targets("retention=2pp"))


def test_stopped_by_hand_it_answers_with_what_it_has():
    luck = Luck()

    def evaluate(points, seeds):
        if len(luck.asked) == 2:
            raise KeyboardInterrupt
        return luck(points, seeds)

    runs, precision = until_precise(evaluate, [A, B], parse_targets("retention=0.1pp"))
    assert precision.is_interrupted
    assert precision.looks == (20, 40)
    assert len(runs) == 80
    assert precision_sentences(precision)[0].startswith("Stopped by hand: 40 pairs")
    assert math.isfinite(precision.rows[0].low)


@pytest.mark.parametrize(
    ("text", "name", "amount", "is_relative"),
    [
        ("retention=1pp", "retention", 0.01, False),
        ("spend=2%", "fund_spend_yuan", 0.02, True),
        ("cost = 5", "cost_per_retained_yuan", 5, False),
        ("fund_spend_yuan=500yuan", "fund_spend_yuan", 500, False),
        ("retention=0.5%", "retention", 0.005, True),
        ("growth=.02", "growth", 0.02, False),
        ("Runway=1.5e0", "runway_weeks", 1.5, False),
        ("gini=0.01", "voice_gini", 0.01, False),
    ],
)
def test_widths_are_read_in_the_unit_they_are_written_in(text, name, amount, is_relative):
    (target,) = parse_targets(text)
    assert target.outcome.name == name
    assert target.amount == pytest.approx(amount)
    assert target.is_relative == is_relative
    assert target.half_width(-200.0) == pytest.approx(amount * (200 if is_relative else 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no outcome"),
        ("retention", "no width"),
        ("retention=", "no width"),
        ("retention=0pp", "above zero"),
        ("retention=-1pp", "above zero"),
        ("retention=nan", "is no width"),
        ("retention=1e999", "above zero"),
        ("retention=1", "retention=1pp"),
        ("retention=3yuan", "is no width"),
        ("spend=1pp", "not in percentage points"),
        ("retension=1pp", "did you mean retention"),
        ("happiness=1", "is no outcome"),
        ("retention=1pp,retention=2pp", "named twice"),
        ("spend=1%,fund_spend_yuan=2%", "named twice"),
        ("members=1,per=2", "may be"),
    ],
)
def test_widths_that_make_no_sense_are_refused_in_one_line(text, words):
    with pytest.raises(UserError, match=words) as caught:
        parse_targets(text)
    assert "\n" not in str(caught.value)


def test_a_part_of_one_name_is_enough():
    assert find_outcome("purchases").name == "purchases_yuan"
    assert find_outcome("membership").name == "membership_retention"


def test_arguments_that_make_no_sense_are_refused():
    targets = parse_targets("retention=1pp")
    with pytest.raises(UserError, match="first look is after 20"):
        until_precise(Luck(), [A, B], targets, max_pairs=10)
    with pytest.raises(UserError, match="no coverage"):
        until_precise(Luck(), [A, B], targets, level=95)
    with pytest.raises(UserError, match="two policies"):
        until_precise(Luck(), [A], targets)
    with pytest.raises(UserError, match="growth is no outcome of these runs"):
        until_precise(Luck(), [A, B], parse_targets("growth=1pp"))


@pytest.mark.slow
def test_it_narrows_a_real_difference_and_the_result_repeats():
    points = several_policies(["thanks_only", "weekly_prize"], ["population=learning_52"])
    targets = parse_targets("retention=2pp,spend=40yuan")
    first, again = (until_precise(InMemory(4, 2), points, targets, max_pairs=300) for _ in range(2))
    assert first[1] == again[1]
    assert first[1].is_reached
    pd.testing.assert_frame_equal(first[0], again[0])


def stopped(law: str, draws: int) -> list[Precision]:
    targets = parse_targets("retention=2pp")
    return [
        until_precise(Luck(start=draw, law=law), [A, B], targets, max_pairs=300)[1]
        for draw in range(draws)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("law", ["normal", "exponential"])
def test_without_an_effect_it_claims_one_no_more_often_than_it_says(law):
    draws = 150
    wrong = [not row.low <= 0 <= row.high for p in stopped(law, draws) for row in p.rows]
    assert np.mean(wrong) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)
