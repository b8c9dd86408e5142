"""Which uncertainty flips the winner: hidden rules recovered, none invented, thresholds covered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.experiments.axes import Axis
from plaza_lab.scenarios.sensitivity import discover
from plaza_lab.scenarios.sensitivity.boxes import Limit, find_box, inside, sharpened
from plaza_lab.scenarios.sensitivity.discovery import Flip
from plaza_lab.scenarios.sensitivity.discovery_words import discovery_words
from plaza_lab.scenarios.statistics.pairing import BadRuns

HAZARD = Axis("world.churn.established_hazard", (), 1e-4, 1e-2, True, "1/day")
AXES = [HAZARD, *(Axis(f"world.{name}", (), 0.0, 1.0) for name in ("b", "c", "d"))]
KEYS = [axis.key for axis in AXES]
TRUE_HAZARD, TRUE_B = 1e-4 * 100**0.6, 0.5

Law = Callable[[np.ndarray], np.ndarray]


def step(x: np.ndarray) -> np.ndarray:
    """A beats B except where the hazard is high and b is low."""
    return np.where((x[:, 0] > 0.6) & (x[:, 1] <= TRUE_B), -1.0, 1.0)


def slope(x: np.ndarray) -> np.ndarray:
    return 2 * (0.7 - x[:, 0])


def studied(
    lead_of_a: Law, worlds: int = 120, seeds: int = 4, noise: float = 1.0, shared: float = 0.0,
    draw: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """Runs of policies A and B; luck that both share cancels in the pairs."""
    rng = np.random.default_rng(draw)
    x = rng.random((worlds, len(AXES)))
    lead = lead_of_a(x)[:, None] + noise * rng.standard_normal((worlds, seeds))
    lead += shared * rng.standard_normal(seeds)
    common = 50 + 10 * rng.standard_normal((worlds, seeds))
    settings = pd.DataFrame({
        axis.key: [axis.at(float(share)) for share in x[:, at]] for at, axis in enumerate(AXES)
    })  # fmt: skip
    place, seed = (index.ravel() for index in np.indices(lead.shape))
    sides = []
    for policy, values in (("A", common + lead), ("B", common)):
        side = pd.DataFrame({"policy": policy, "world_point": place, "seed": seed + 1})
        sides.append(side.assign(y=values.ravel()))
    return pd.concat(sides, ignore_index=True).join(settings, on="world_point")


def limits_of(flip: Flip) -> dict[tuple[str, str], tuple[float, float, float]]:
    return {
        (row["key"], row["side"]): (row["threshold"], row["low"], row["high"])
        for row in flip.limits.to_dict("records")
    }


def test_a_hidden_rule_is_recovered_in_the_units_of_its_axes():
    flip = discover(studied(step, noise=0.5), AXES, ("B", "A"), "y")
    assert (flip.status, flip.winner, flip.loser) == ("rule", "A", "B")
    limits = limits_of(flip)
    assert set(limits) == {(HAZARD.key, ">"), ("world.b", "<=")}
    for key, truth in (((HAZARD.key, ">"), TRUE_HAZARD), (("world.b", "<="), TRUE_B)):
        at, low, high = limits[key]
        assert low <= at <= high
        assert low <= truth <= high
        assert at == pytest.approx(truth, rel=0.1)
    assert flip.density > 0.95 and flip.coverage > 0.95
    assert flip.held_density > 0.9 and flip.held_coverage > 0.9 and flip.p < 1e-6
    inside_rule = flip.worlds["is_inside"]
    assert flip.density == (flip.worlds["is_flip"] & inside_rule).sum() / inside_rule.sum()
    said = discovery_words(flip)
    assert said[0].startswith("A beats B in y except where ")
    assert f"{HAZARD.key} > 0.00" in said[0] and "1/day (" in said[0]


def test_the_winner_of_an_outcome_to_be_low_is_the_lower_one():
    runs = studied(step, noise=0.1).rename(columns={"y": "fund_spend_yuan"})
    flip = discover(runs, AXES, ("A", "B"), "fund_spend_yuan")
    assert (flip.winner, flip.loser) == ("B", "A")
    assert set(limits_of(flip)) == {(HAZARD.key, ">"), ("world.b", "<=")}


def test_no_flip_is_said_to_be_none_with_the_bound_it_allows():
    flip = discover(studied(lambda x: 3 + x[:, 0], noise=0.2), AXES, ("A", "B"), "y")
    assert flip.status == "never" and flip.flips == 0 and flip.limits.empty
    said = discovery_words(flip)
    assert said[0].startswith("B is ahead of A in none of 120 worlds")
    assert "At most 2 % of such worlds" in said[0]  # 1 - 0.05^(1/120) = 2.5 %


def test_a_lead_that_all_worlds_owe_to_the_same_seeds_is_not_called_sure():
    """Without any effect, luck shared by all worlds puts one policy ahead everywhere."""
    runs = studied(lambda x: 0 * x[:, 0], noise=0.01, shared=1.0, seeds=3, draw=4)
    flip = discover(runs, AXES, ("A", "B"), "y")
    assert flip.status == "never"
    assert flip.lead_low < 0 < flip.lead
    assert "may be the luck of the seeds" in discovery_words(flip)[1]


def test_a_rule_whose_gain_may_be_shared_luck_is_only_perhaps_one():
    runs = studied(slope, noise=0.3, shared=0.4, seeds=2, draw=2)
    flip = discover(runs, AXES, ("A", "B"), "y")
    assert flip.status == "perhaps" and flip.p > 0.05
    assert discovery_words(flip)[0].startswith("Perhaps ")
    surer = discover(studied(slope, noise=0.3, seeds=2, draw=2), AXES, ("A", "B"), "y")
    assert surer.status == "rule" and surer.p < 0.05


@pytest.mark.parametrize("law", [lambda x: 0 * x[:, 0], lambda x: 0.1 + 0.9 * x[:, 0]])
def test_flips_made_by_noise_are_called_luck(law):
    flip = discover(studied(law), AXES, ("A", "B"), "y")
    assert flip.status == "luck" and flip.flips > 10 and flip.limits.empty
    assert "no more than luck would make" in discovery_words(flip)[0]


def test_flips_that_no_uncertainty_explains_get_no_rule():
    chance = np.random.default_rng(9)
    runs = studied(lambda x: np.where(chance.random(len(x)) < 0.3, -1.0, 1.0), noise=0.2)
    flip = discover(runs, AXES, ("A", "B"), "y")
    assert flip.status == "no rule"
    assert "no box of the uncertainties says which" in discovery_words(flip)[0]


def test_too_few_worlds_or_flips_are_said_to_be_too_few():
    few = discover(studied(step, worlds=15, noise=0.1, draw=5), AXES, ("A", "B"), "y")
    assert few.status == "few worlds"
    assert "sample 20 or more" in discovery_words(few)[0]
    rare = discover(
        studied(lambda x: np.where(np.arange(len(x)) < 3, -1.0, 1.0), worlds=30, noise=0.1),
        AXES, ("A", "B"), "y",
    )  # fmt: skip
    assert rare.status == "few flips"
    assert "numbers 0, 1 and 2" in discovery_words(rare)[0]


def test_words_without_order_and_whole_numbers_make_limits_of_their_own_kind():
    rng = np.random.default_rng(3)
    world = rng.choice(["calm", "busy", "harsh"], 150)
    days = rng.integers(1, 31, 150)
    lead = np.where((world == "harsh") & (days > 12), -1.0, 1.0) + 0.1 * rng.standard_normal(150)
    side = pd.DataFrame({"world_point": range(150), "seed": 1, "world": world, "world.n": days})
    runs = pd.concat([side.assign(policy="A", y=lead), side.assign(policy="B", y=0.0)])
    axes = [
        Axis("world", ("calm", "busy", "harsh")),
        Axis("world.n", (), 1, 30, unit="days", is_integer=True),
    ]
    flip = discover(runs, axes, ("A", "B"), "y")
    limits = flip.limits.set_index("key")
    assert limits.loc["world", "values"] == "harsh"
    assert limits.loc["world.n", "threshold"] == 12
    assert "world is harsh" in discovery_words(flip)[0]
    assert "world.n > 12 days" in discovery_words(flip)[0]
    assert "luck of one seed" in discovery_words(flip)[-1]


def test_a_threshold_is_put_where_the_gain_is_largest():
    x = {"a": np.arange(10.0)}
    gain = np.array([-1, -1, -1, 1, -3, 1, 1, 1, 1, -1.0])
    box = sharpened({"a": Limit(low=2.0, high=9.0)}, x, gain)
    assert box["a"] == Limit(low=4.5, high=8.5)
    assert gain[inside(box, x)].sum() == 4  # no other interval gains more
    assert max(gain[i:j].sum() for i in range(10) for j in range(i + 1, 11)) == 4


@pytest.mark.slow
def test_prim_and_cart_find_the_same_rule():
    runs = studied(step, noise=0.5)
    found = [discover(runs, AXES, ("A", "B"), "y", method=method, folds=3)
             for method in ("prim", "cart")]  # fmt: skip
    first, second = (limits_of(flip) for flip in found)
    assert set(first) == set(second) == {(HAZARD.key, ">"), ("world.b", "<=")}
    for key, (at, *_) in first.items():
        assert at == pytest.approx(second[key][0], rel=0.05)


@pytest.mark.slow
def test_prim_limits_words_and_finds_nothing_in_noise():
    rng = np.random.default_rng(1)
    x = {"a": rng.random(150), "w": rng.choice(["u", "v", "z"], 150)}
    gain = np.where((x["a"] > 0.5) & (x["w"] != "v"), 1.0, -1.0)
    box = find_box("prim", x, gain)
    assert box["w"].values == {"u", "z"}
    assert box["a"].low == pytest.approx(0.5, abs=0.03)
    flip = discover(studied(lambda x: 0.1 + 0.9 * x[:, 0]), AXES, ("A", "B"), "y", method="prim",
                    folds=2)  # fmt: skip
    assert flip.status == "luck"


@pytest.mark.slow
@pytest.mark.parametrize(("law", "shared", "truth"), [(step, 0.0, 0.6), (slope, 0.3, 0.7)])
def test_intervals_of_thresholds_cover_the_truth(law, shared, truth):
    covered = []
    for draw in range(40):
        runs = studied(law, noise=0.5, shared=shared, seeds=8, draw=draw)
        limits = limits_of(discover(runs, AXES, ("A", "B"), "y", folds=3))
        if (HAZARD.key, ">") in limits:
            _, low, high = limits[HAZARD.key, ">"]
            covered.append(low <= HAZARD.at(truth) <= high)
    assert len(covered) >= 36
    assert np.mean(covered) >= 0.86  # 0.95 less 2.5 standard errors of 40 draws


@pytest.mark.slow
def test_rules_are_seldom_found_where_there_are_none():
    rules = 0
    for draw in range(150):
        rng = np.random.default_rng(1000 + draw)
        laws: list[Law] = [
            lambda x: 0 * x[:, 0],
            lambda x, rng=rng: np.where(rng.random(len(x)) < 0.35, -1.0, 1.0),
        ]
        runs = studied(laws[draw % 2], noise=0.5, draw=draw)
        rules += discover(runs, AXES, ("A", "B"), "y").status == "rule"
    assert rules <= 12  # 5 % of 150, and two standard errors


def test_wrong_questions_are_refused_in_one_line():
    runs, unknown = studied(step, worlds=25), Axis("world.z", (), 0.0, 1.0)
    cases = [
        (lambda: discover(runs, AXES, ("A", "B"), "y", method="lasso"), "choose cart or prim"),
        (lambda: discover(runs, AXES, ("A", "C"), "y"), "no run of policy 'C'"),
        (lambda: discover(runs, [], ("A", "B"), "y"), "no uncertainty"),
        (lambda: discover(runs, [unknown], ("A", "B"), "y"), "no column 'world.z'"),
        (lambda: discover(runs.assign(y=np.nan), AXES, ("A", "B"), "y"), "no world has a pair"),
    ]  # fmt: skip
    for wrong, says in cases:
        with pytest.raises(BadRuns, match=says) as refused:
            wrong()
        assert "\n" not in str(refused.value)
