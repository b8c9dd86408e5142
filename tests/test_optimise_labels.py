"""Labels of a front: known truths, the promised error rate, and pairs where they are needed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.optimise.constraints import (
    POSSIBLY,
    SURELY,
    SURELY_NOT,
    Constraint,
    budget_constraint,
    parse_constraint,
    with_events,
)
from plaza_lab.scenarios.optimise.labels import (
    NONE,
    Sizes,
    allocate,
    judge,
    looks_up_to,
    name_rivals,
)


def true_front(means: np.ndarray) -> np.ndarray:
    """Which rows no other row beats; by the definition, one pair at a time."""
    beaten = [any((other >= own).all() and (other > own).any() for other in means) for own in means]
    return ~np.array(beaten)


def sizes(policies: int, objectives: int, constraints: int = 0, looks: int = 1) -> Sizes:
    return Sizes.share(
        0.95, policies=policies, rivals=min(5, policies - 1), objectives=objectives,
        constraints=constraints, looks=looks,
    )  # fmt: skip


def label(values: np.ndarray, facts: np.ndarray | None = None, rules: tuple = ()) -> object:
    policies, seeds, objectives = values.shape
    facts = np.zeros((policies, seeds, 0)) if facts is None else facts
    rivals = name_rivals(values.mean(axis=1), np.ones(policies, bool))
    return judge(values, facts, rules, rivals, sizes(policies, objectives, len(rules)))


def noisy(means: np.ndarray, seeds: int, rng: np.random.Generator, sd: float = 0.05) -> np.ndarray:
    """Outcomes that share half of their luck, as under common random numbers."""
    shared = rng.standard_normal((1, seeds, means.shape[1]))
    own = rng.standard_normal((len(means), seeds, means.shape[1]))
    return means[:, None] + sd * np.sqrt(0.5) * (shared + own)


def test_a_clear_front_is_labelled_as_it_is():
    means = np.array([[1.0, 0.0], [0.7, 0.7], [0.0, 1.0], [0.5, 0.5], [0.0, 0.0], [0.9, -0.1]])
    labels = label(noisy(means, 30, np.random.default_rng(1)))
    assert (labels.front == np.where(true_front(means), SURELY, SURELY_NOT)).all()
    assert labels.beaten_by.tolist()[:3] == [NONE, NONE, NONE]
    assert labels.beaten_by[3] == 1
    assert labels.open.size == 0


def test_near_policies_stay_possible_and_say_who_may_beat_them():
    means = np.array([[0.5, 0.5], [0.5005, 0.5005], [0.0, 0.0]])
    labels = label(noisy(means, 20, np.random.default_rng(2)))
    assert labels.front.tolist() == [POSSIBLY, POSSIBLY, SURELY_NOT]
    assert labels.not_cleared[:2] == ((1,), (0,))


def test_the_same_policy_twice_is_on_the_front_twice():
    values = noisy(np.array([[1.0, 1.0], [0.0, 0.0]]), 20, np.random.default_rng(3))
    labels = label(np.concatenate([values, values[:1]]))
    assert labels.front.tolist() == [SURELY, SURELY_NOT, SURELY]


def test_equal_spend_in_every_pair_does_not_hinder_a_policy_that_is_better_otherwise():
    rng = np.random.default_rng(4)
    growth = noisy(np.array([[1.0], [0.0]]), 20, rng)
    values = np.concatenate([growth, np.zeros((2, 20, 1))], axis=2)
    assert label(values).front.tolist() == [SURELY, SURELY_NOT]
    # with so few pairs "the same in every pair" is no evidence yet that the other is beaten
    assert label(values[:, :10]).front.tolist() == [SURELY, POSSIBLY]


def test_size_of_a_claim_is_that_of_a_one_sided_paired_t_test():
    rng = np.random.default_rng(5)
    a = rng.normal(0, 1, 12)
    b = a + rng.normal(0.5, 0.4, 12)
    p = stats.ttest_rel(b, a, alternative="greater").pvalue
    values = np.stack([a, b])[:, :, None]
    rivals = np.array([[1], [0]])
    for size, beaten in ((p * 1.01, SURELY_NOT), (p * 0.99, POSSIBLY)):
        labels = judge(values, np.zeros((2, 12, 0)), (), rivals, Sizes(size, 1e-12, 0.01))
        assert labels.front[0] == beaten


def test_undefined_outcomes_and_failed_runs_make_no_claim():
    values = noisy(np.array([[1.0, 1.0], [0.0, 0.0]]), 20, np.random.default_rng(6))
    values[1, :, 0] = np.nan
    assert label(np.nan_to_num(values)).front[1] == SURELY_NOT
    rivals = np.array([[1], [0]])
    labels = judge(values, np.zeros((2, 20, 0)), (), rivals, sizes(2, 2))
    assert labels.front[1] == POSSIBLY


def test_who_breaks_a_constraint_is_off_and_beats_nobody():
    rng = np.random.default_rng(7)
    values = noisy(np.array([[2.0, 2.0], [1.0, 1.0], [0.0, 0.0]]), 300, rng)
    rule = parse_constraint("p(fund_dry)<=0.05")
    facts = np.zeros((3, 300, 1))
    facts[0, ::2] = 1
    labels = label(values, facts, (rule,))
    assert labels.front.tolist() == [SURELY_NOT, SURELY, SURELY_NOT]
    assert labels.met[:, 0].tolist() == [SURELY_NOT, SURELY, SURELY]
    assert labels.beaten_by[2] == 1


def test_an_open_constraint_leaves_the_label_open_but_tells_what_would_follow():
    values = noisy(np.array([[1.0, 1.0], [0.0, 0.0]]), 30, np.random.default_rng(8))
    rule = parse_constraint("p(fund_dry)<=0.05")
    labels = label(values, np.zeros((2, 30, 1)), (rule,))
    assert labels.met[:, 0].tolist() == [POSSIBLY, POSSIBLY]
    assert labels.front.tolist() == [POSSIBLY, POSSIBLY]
    assert labels.if_met.tolist() == [SURELY, SURELY_NOT]
    assert labels.open.tolist() == [0]  # the beaten one needs no more pairs of its own


def test_bounds_of_a_share_are_clopper_pearson():
    rule = parse_constraint("p(fund_dry)<=5%")
    for k, n in ((0, 59), (3, 40), (40, 40)):
        facts = np.r_[np.ones(k), np.zeros(n - k)]
        known = stats.binomtest(k, n).proportion_ci(0.90, "exact")
        assert rule.bounds(facts, 0.05) == pytest.approx((known.low, known.high))
    assert rule.runs_needed(0.05) == 59
    assert rule.status(np.zeros(59), 0.05) == SURELY
    assert rule.status(np.zeros(58), 0.05) == POSSIBLY


def test_bounds_of_a_mean_are_students():
    values = np.random.default_rng(9).normal(2.0, 1.0, 25)
    low, high = stats.t.interval(0.9, 24, values.mean(), stats.sem(values))
    rule = parse_constraint("mean(growth)>=0")
    assert rule.bounds(values, 0.05) == pytest.approx((low, high))
    assert rule.status(values, 0.05) == SURELY
    assert rule.violation(values) < 0 < rule.violation(-values)
    assert rule.bounds(values[:1], 0.05) == (-math.inf, math.inf)


def test_constraints_read_as_people_write_them():
    assert parse_constraint("p( growth < -1% ) <= 10 %") == Constraint(
        "p( growth < -1% ) <= 10 %", "growth", "<=", 0.1, True, "<", -0.01
    )
    assert budget_constraint("100,000").limit == 100_000
    runs = pd.DataFrame({"growth": [-0.2, 0.1, np.nan], "policy_stops": [0.0, 3.0, 0.0]})
    rule = parse_constraint("p(growth<0)<=0.1")
    np.testing.assert_array_equal(rule.facts(runs), [1, 0, np.nan])
    assert with_events(runs)["fund_dry"].tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fund_dry<=0.05", "cannot be read"),
        ("p(fund_dry)<=0", "no number of runs"),
        ("p(fund_dry)<=5", "between 0 and 1"),
        ("p(growth)<=0.1", "no event"),
        ("mean(growth<0)<=0.1", "outcome alone"),
        ("mean(growth)<=1.2.3", "no number"),
    ],
)
def test_a_constraint_that_cannot_be_is_refused_in_one_line(text, said):
    with pytest.raises(UserError, match=said) as refused:
        parse_constraint(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["much", "-1", "nan", "inf", ""])
def test_a_budget_that_is_no_amount_is_refused(text):
    with pytest.raises(UserError, match="an amount in yuan"):
        budget_constraint(text)


def test_rivals_are_those_better_by_most_where_they_are_better_by_least():
    means = np.array([[0.0, 0.0], [1.0, 1.0], [3.0, 0.1], [0.5, 0.5]])
    assert name_rivals(means, np.ones(4, bool), 2)[0].tolist() == [1, 3]
    assert name_rivals(means, np.array([True, False, True, True]), 1)[0].tolist() == [3]


def test_looks_end_at_the_most_pairs_and_grow():
    for most in (2, 9, 10, 11, 36, 200):
        looks = looks_up_to(most)
        assert looks[-1] == most
        assert (np.diff(looks) > 0).all()
    assert looks_up_to(36) == (10, 15, 23, 36)


def study(means: np.ndarray, most: int, rng: np.random.Generator, noise, level: float = 0.95):
    """Label policies of known means from a pilot of four seeds and at most `most` fresh ones."""
    outcomes = means[:, None] + noise(rng, (len(means), most + 4, means.shape[1]))
    pilot, fresh = outcomes[:, :4], outcomes[:, 4:]

    def draw(policies, start, stop):
        return fresh[policies, start:stop], np.zeros((len(policies), stop - start, 0))

    rivals = name_rivals(pilot.mean(axis=1), np.ones(len(means), bool))
    return allocate(draw, rivals, means.shape[1], (), looks_up_to(most), level)


def test_pairs_go_where_the_front_is_decided():
    near = np.array([[1.0, 0.0], [0.95, 0.03], [0.93, 0.1]])
    far = np.array([[0.1, -0.5], [0.2, -0.4], [0.0, -0.3], [0.3, -0.6]])

    def noise(rng, shape):
        return 0.1 * rng.standard_normal(shape)

    done = study(np.concatenate([near, far]), 120, np.random.default_rng(10), noise)
    assert done.pairs[3:].max() == 10
    assert done.pairs[:3].min() > 40
    assert (done.labels.front[3:] == SURELY_NOT).all()
    assert sum(r.runs for r in done.rounds) == done.pairs.sum()
    assert [r.runs for r in done.rounds[1:]] == [r.ahead for r in done.rounds[:-1]]


def test_it_stops_when_all_is_decided():
    means = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    done = study(means, 200, np.random.default_rng(11), lambda r, s: 0.01 * r.standard_normal(s))
    assert done.labels.front.tolist() == [SURELY, SURELY, SURELY_NOT]
    assert done.pairs.tolist() == [10, 10, 10]


def normal(rng, shape):
    return 0.1 * rng.standard_normal(shape)


def skewed(rng, shape):
    return 0.1 * (rng.standard_exponential(shape) - 1)


def rare(rng, shape):
    return 0.1 * ((rng.random(shape) < 0.1) - 0.1) / 0.3


def wrong_labels(means: np.ndarray, done) -> int:
    on = true_front(means)
    front = done.labels.front
    return int(((front == SURELY) & ~on).sum() + ((front == SURELY_NOT) & on).sum())


@pytest.mark.slow
@pytest.mark.parametrize("noise", [normal, skewed, rare])
def test_all_labels_of_a_study_are_right_as_often_as_promised(noise):
    """30 policies on and behind a quarter circle: known front, noisy looks, stopping early."""
    rng = np.random.default_rng(12)
    wrong = decided = 0
    for _ in range(120):
        angle, depth = rng.random(30) * np.pi / 2, 1 - 0.5 * rng.random(30) ** 2
        means = depth[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        done = study(means, 60, rng, noise)
        wrong += wrong_labels(means, done) > 0
        decided += (done.labels.front != POSSIBLY).mean()
    # 0.05 promised; 0.092 is the 97.5 % point of what 120 studies at 0.05 would show
    assert wrong / 120 <= 0.092
    assert decided / 120 > 0.4  # sure of nothing would keep any promise


@pytest.mark.slow
def test_the_promise_holds_where_it_is_hardest_to_keep():
    """Two policies a hair apart: every "surely" is a coin toss, looked at six times."""
    rng, wrong = np.random.default_rng(13), {0.95: 0, 0.5: 0}
    means = np.array([[1.0], [1.0 - 1e-9]])
    for level in wrong:
        for _ in range(1000):
            wrong[level] += wrong_labels(means, study(means, 80, rng, normal, level)) > 0
    assert wrong[0.95] / 1000 <= 0.064
    assert 0.05 <= wrong[0.5] / 1000 <= 0.5  # the level is no dead letter


@pytest.mark.slow
def test_the_promise_includes_the_constraints():
    """Eight policies, half of them with a risk above the limit: the front is of those below."""
    rng, rule = np.random.default_rng(14), parse_constraint("p(fund_dry)<=0.2")
    looks, wrong, decided = looks_up_to(200), 0, 0.0
    for _ in range(150):
        means, risk = rng.random((8, 2)), rng.choice([0.02, 0.1, 0.25, 0.5], 8)
        values = noisy(means, 204, rng)
        facts = (rng.random((8, 204)) < risk[:, None]).astype(float)[:, :, None]

        def draw(policies, start, stop, values=values, facts=facts):
            return values[policies, start + 4 : stop + 4], facts[policies, start + 4 : stop + 4]

        pilot = values[:, :4].mean(axis=1)
        rivals = name_rivals(pilot, facts[:, :4, 0].mean(axis=1) <= 0.2, 5)
        labels = allocate(draw, rivals, 2, (rule,), looks).labels
        fine = risk <= 0.2
        on = np.zeros(8, dtype=bool)
        on[fine] = true_front(means[fine]) if fine.any() else []
        met = labels.met[:, 0]
        is_wrong = ((labels.front == SURELY) & ~on) | ((labels.front == SURELY_NOT) & on)
        is_wrong |= ((met == SURELY) & ~fine) | ((met == SURELY_NOT) & fine)
        wrong += is_wrong.any()
        decided += (labels.front != POSSIBLY).mean()
    assert wrong / 150 <= 0.087  # the 97.5 % point of what 150 studies at 0.05 would show
    assert decided / 150 > 0.5
