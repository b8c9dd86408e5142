"""Statistics: known answers, coverage by simulation, invariants."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.outcomes import (
    HEADLINE,
    OUTCOMES,
    outcome_named,
    show_difference,
    show_value,
)
from plaza_lab.scenarios.statistics import (
    compare,
    compare_all,
    holm,
    incremental_cost,
    mean_interval,
    summarise,
    tied_with_best,
)
from plaza_lab.scenarios.statistics.incremental import fieller
from plaza_lab.scenarios.statistics.intervals import bca
from plaza_lab.scenarios.statistics.pairing import name_seeds
from plaza_lab.sim.policy import Policy
from plaza_lab.sim.recording.outcomes import outcomes_of
from plaza_lab.sim.setting import World, to_record
from plaza_lab.sim.tables import allocate


def paired(columns: dict[str, tuple], policies=("A", "B"), world="base") -> pd.DataFrame:
    """Runs of two policies; each column is (values under A, values under B)."""
    frames = []
    for side, policy in enumerate(policies):
        frame = pd.DataFrame({name: np.asarray(v[side], float) for name, v in columns.items()})
        seeds = np.arange(1, len(frame) + 1)
        frame = frame.assign(policy=policy, world=world, seed=seeds)
        frames.append(frame.assign(run_id=[f"{policy}{s}" for s in seeds]))
    return pd.concat(frames, ignore_index=True)


def one(runs: pd.DataFrame, outcome: str = "retention", level: float = 0.95) -> dict:
    return compare(runs, "A", "B", [outcome], level).to_dict("records")[0]


def test_t_interval_matches_the_paired_t_test():
    rng = np.random.default_rng(1)
    a = rng.normal(0.4, 0.05, 12)
    b = a + rng.normal(0.02, 0.01, 12)
    row = one(paired({"retention": (a, b)}))
    known = stats.ttest_rel(b, a)
    low, high = known.confidence_interval(0.95)
    assert row["interval"] == "t"
    assert row["pairs"] == 12
    assert [row["low"], row["high"], row["p"]] == pytest.approx([low, high, known.pvalue])
    assert row["relative"] == pytest.approx((b.mean() - a.mean()) / a.mean())


def test_intervals_cover_the_true_mean():
    rng = np.random.default_rng(7)
    draws, hits = 1_000, 0
    for _ in range(draws):
        normal = mean_interval(rng.normal(3, 2, 10))
        hits += normal.low <= 3 <= normal.high
    assert hits / draws == pytest.approx(0.95, abs=0.02)


def test_skewed_differences_get_the_bootstrap_interval_scipy_gives():
    values = np.random.default_rng(1).lognormal(0, 1, 40) - 1.2
    generator = "rng" if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 15) else None
    given_rng = {generator or "random_state": np.random.default_rng(3)}
    known = stats.bootstrap((values,), np.mean, method="BCa", **given_rng).confidence_interval
    cell = mean_interval(values)
    assert cell.kind == "bca"
    assert [cell.low, cell.high] == pytest.approx([known.low, known.high], abs=0.06)
    assert "skewness +2" in cell.why


def test_bootstrap_p_is_the_level_at_which_the_interval_touches_zero():
    values = np.random.default_rng(1).lognormal(0, 1, 40) - 1.2
    p = bca(values)[2]
    assert bca(values, 1 - p)[0] == pytest.approx(0, abs=0.01)


def test_bootstrap_covers_a_skewed_mean_no_worse_than_t():
    rng, hits, t_hits, draws = np.random.default_rng(5), 0, 0, 400
    for _ in range(draws):
        values = rng.lognormal(0, 1, 30)
        low, high, _ = bca(values, 0.95, 999)
        plain = mean_interval(values, bootstrap=False)
        hits += low <= math.exp(0.5) <= high
        t_hits += plain.low <= math.exp(0.5) <= plain.high
    assert hits / draws > 0.84
    assert hits >= t_hits - 0.02 * draws


def test_few_skewed_pairs_keep_t_and_say_so():
    cell = mean_interval(np.array([0.0, 0, 0, 0, 0, 0, 0, 9]))
    assert cell.kind == "t"
    assert "too few" in cell.why


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_pairing_gain_of_a_bivariate_normal_is_known(rho):
    rng = np.random.default_rng(3)
    a, b = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 20_000).T
    row = one(paired({"retention": (a, b)}))
    assert row["correlation"] == pytest.approx(rho, abs=0.02)
    assert row["pairing_gain"] == pytest.approx(1 / (1 - rho), rel=0.04)
    assert row["superiority"] == pytest.approx(0.5, abs=0.02)


def test_holm_known_answer():
    # Holm (1979): sorted p times 4, 3, 2, 1, never decreasing
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == pytest.approx([1, 1])
    with_nan = holm([0.01, math.nan, 0.02])
    assert with_nan[[0, 2]] == pytest.approx([0.02, 0.02])
    assert math.isnan(with_nan[1])


def test_holm_runs_over_all_policies_and_only_over_headlines():
    rng = np.random.default_rng(2)
    a = rng.normal(0, 1, 20)
    runs = paired({"growth": (a, a + rng.normal(0.4, 1, 20)), "posts_per_day": (a, a + 1)})
    third = runs[runs["policy"] == "B"].assign(policy="C")
    table = compare_all(pd.concat([runs, third]), "A")
    heads = table[table["headline"]]
    assert list(heads["alternative"]) == ["B", "C"]
    assert heads["p_holm"].to_numpy() == pytest.approx(2 * heads["p"].to_numpy())
    assert table.loc[~table["headline"], "p_holm"].isna().all()


def test_a_headline_needs_holm_and_interval_to_be_called_clear():
    rng = np.random.default_rng(0)
    d = rng.normal(0, 1, 12)
    d = (d - d.mean()) / d.std(ddof=1)
    d = d + 2.4 / math.sqrt(12)  # t = 2.4, p about 0.035: clear alone, not among five
    zero = np.zeros(12)
    columns = {outcome.name: (zero + 5, d + 5) for outcome in HEADLINE}
    several = compare(paired(columns), "A", "B")
    assert (several["low"] > 0).all()
    assert (several["verdict"] == "no clear difference").all()
    assert one(paired({"retention": (zero, d)}))["verdict"] == "higher"


def test_price_of_a_retained_member_known_answer():
    rng = np.random.default_rng(4)
    extra = rng.normal(20, 2, 30)
    runs = paired({
        "fund_spend_yuan": (np.full(30, 1000.0), 1000 + 150 * extra),
        "retained_members": (np.full(30, 300.0), 300 + extra),
    })  # fmt: skip
    price = incremental_cost(runs, "A", "B")
    assert price.identified
    assert [price.value, price.low, price.high] == pytest.approx([150, 150, 150])
    assert price.words == (
        "One more active member costs about 150 yuan (95 % interval 150 to 150)."
    )


def test_fieller_bounds_are_where_the_paired_t_just_rejects():
    rng = np.random.default_rng(8)
    x, y = rng.normal(5, 2, 25), rng.normal(40, 9, 25)
    value, low, high = fieller(y, x)
    assert value == pytest.approx(y.mean() / x.mean())
    assert low < value < high
    for bound in (low, high):
        assert stats.ttest_1samp(y - bound * x, 0).pvalue == pytest.approx(0.05)


def test_fieller_covers_the_true_price():
    rng, hits, draws = np.random.default_rng(9), 0, 1_000
    for _ in range(draws):
        x = rng.normal(10, 8, 15)
        _, low, high = fieller(30 * x + rng.normal(0, 60, 15), x)
        hits += not math.isfinite(low) or low <= 30 <= high  # an unbounded set holds everything
    assert hits / draws == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(
    ("spend", "extra", "words"),
    [
        (500.0, 0.0, "cannot be told"),
        (-500.0, 10.0, "cost nothing extra"),
        (500.0, -10.0, "buys none"),
        (-500.0, -10.0, "for each active member given up"),
        (0.0, 10.0, "Both policies spend the same"),
    ],
)
def test_price_in_plain_words_for_every_case(spend, extra, words):
    noise = np.tile([-1.0, 1.0], 10)
    runs = paired({
        "fund_spend_yuan": (np.full(20, 900.0), 900 + spend + (noise if spend else 0)),
        "members_end": (np.full(20, 400.0), 400 + 2 * extra + 2 * noise),
        "active_share": (np.full(20, 0.5), np.full(20, 0.5)),
    })  # fmt: skip
    price = incremental_cost(runs, "A", "B")
    assert words in price.words
    assert price.identified == (extra != 0)


def test_unclear_spending_is_not_sold_as_a_price():
    rng = np.random.default_rng(6)
    runs = paired({
        "fund_spend_yuan": (np.full(20, 900.0), 900 + rng.normal(0, 300, 20)),
        "retained_members": (np.full(20, 200.0), 210 + rng.normal(0, 1, 20)),
    })  # fmt: skip
    assert "spending is not clearly different" in incremental_cost(runs, "A", "B").words


def test_identical_policies_show_no_difference_without_a_warning():
    values = np.linspace(0.2, 0.6, 10)
    row = one(paired({"retention": (values, values)}))
    assert (row["difference"], row["low"], row["high"]) == (0, 0, 0)
    assert (row["interval"], row["p"], row["superiority"]) == ("exact", 1, 0.5)
    assert row["verdict"] == "no clear difference"
    assert row["pairing_gain"] == math.inf


def test_the_same_difference_in_every_pair_is_clear():
    values = np.linspace(0.2, 0.6, 10)
    row = one(paired({"retention": (values, values + 0.1)}))
    assert row["interval"] == "exact"
    assert row["difference"] == pytest.approx(0.1)
    assert row["verdict"] == "higher"


@pytest.mark.parametrize(
    ("pairs", "verdict"), [(2, "too few pairs"), (5, "too few pairs"), (6, "higher")]
)
def test_the_same_difference_in_few_pairs_may_be_luck(pairs, verdict):
    values = np.linspace(0.2, 0.6, pairs)
    row = one(paired({"retention": (values, values + 0.1)}))
    assert (row["interval"], row["verdict"]) == ("exact", verdict)
    assert row["pairs_needed"] == 6  # 2 ** (1 - 6) is below 0.05, 2 ** (1 - 5) is not


def test_what_is_the_same_in_few_pairs_makes_no_other_outcome_clear():
    """A p of 0 would take the first place of Holm's, and leave the others a smaller factor."""
    same, extra = np.full(5, 0.4), np.array([0.02, 0.03, 0.001, 0.05, 0.045])
    table = compare(
        paired({"retention": (same, same + 0.1), "growth": (same, same + extra)}), "A", "B"
    ).set_index("outcome")
    assert table.loc["growth", "p"] < 0.05
    assert table.loc["growth", "verdict"] == "no clear difference"
    assert table.loc["retention", "p"] == 2.0**-4
    assert table.loc["retention", "verdict"] == "too few pairs"


def test_the_same_difference_in_few_worlds_may_be_luck():
    for worlds, verdict in ((5, "too few pairs"), (6, "higher")):
        runs = pd.concat([
            paired({"retention": (np.full(4, 0.4), np.full(4, 0.5))}).assign(world_point=world)
            for world in range(worlds)
        ])  # fmt: skip
        assert one(runs)["verdict"] == verdict


def test_one_pair_has_no_interval_and_no_verdict():
    row = one(paired({"retention": ([0.4], [0.5])}))
    assert row["interval"] == "none"
    assert math.isnan(row["low"])
    assert row["verdict"] == "too few pairs"


def test_undefined_runs_are_dropped_in_pairs_and_counted():
    nan = math.nan
    a, b = [1.0, nan, 3.0, 4.0, math.inf], [2.0, 2.0, nan, 6.0, 1.0]
    row = one(paired({"cost_per_retained_yuan": (a, b)}), "cost_per_retained_yuan")
    assert (row["pairs"], row["dropped"]) == (2, 3)
    assert row["difference"] == pytest.approx(1.5)


def test_cost_per_retained_is_undefined_when_nobody_spends():
    zero = np.zeros(5)
    runs = paired({"fund_spend_yuan": (zero, zero), "cost_per_retained_yuan": (zero, zero)})
    row = one(runs, "cost_per_retained_yuan")
    assert row["verdict"] == "undefined"
    assert row["why"] == "neither policy spends anything"


def test_an_outcome_undefined_everywhere_keeps_its_row():
    runs = paired({"runway_weeks": ([math.nan] * 4, [3.0, 4, 5, 6])})
    row = one(runs, "runway_weeks")
    assert (row["pairs"], row["dropped"], row["verdict"]) == (0, 4, "undefined")
    assert row["mean_alternative"] == pytest.approx(4.5)


def test_missing_seeds_are_named():
    runs = paired({"retention": (np.arange(9.0), np.arange(9.0))})
    short = runs[~((runs["policy"] == "B") & runs["seed"].isin([2, 5, 6, 7]))]
    with pytest.raises(ValueError, match=r"'B' has no run for seeds 2, 5 to 7") as caught:
        compare(short, "A", "B")
    assert isinstance(caught.value, UserError)
    assert name_seeds([1, 2, 3, 9]) == "1 to 3, 9"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r.assign(seed=1), "more than one run for seed 1"),
        (lambda r: r.assign(world=np.where(r["seed"] > 2, "x", "y")), "mix the worlds"),
        (lambda r: r[r["policy"] == "A"], "no run of policy 'B'"),
        (lambda r: r.drop(columns="seed"), "no column 'seed'"),
    ],
)
def test_runs_that_cannot_be_paired_are_refused_in_one_line(change, words):
    runs = paired({"retention": (np.arange(4.0), np.arange(4.0))})
    with pytest.raises(ValueError, match=words) as caught:
        compare(change(runs), "A", "B")
    assert "\n" not in str(caught.value)


def test_an_outcome_nobody_has_is_refused_and_extra_columns_are_tolerated():
    runs = paired({"retention": (np.arange(4.0), np.arange(4.0)), "odd": (np.ones(4), np.ones(4))})
    assert list(compare(runs, "A", "B")["outcome"]) == ["retention"]
    assert one(runs, "odd")["label"] == "odd"
    with pytest.raises(ValueError, match="no outcome 'growth'"):
        compare(runs, "A", "B", ["growth"])


numbers = hnp.arrays(
    float,
    st.integers(2, 30).map(lambda n: (2, n)),
    elements=st.floats(-1e4, 1e4).map(lambda x: round(x, 3)),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(numbers)
def test_swapping_the_policies_flips_the_sign(values):
    runs = paired({"retention": (values[0], values[1])})
    there = one(runs)
    back = compare(runs, "B", "A", ["retention"]).to_dict("records")[0]
    assert back["difference"] == pytest.approx(-there["difference"], abs=1e-9)
    assert back["superiority"] == pytest.approx(1 - there["superiority"])
    assert back["interval"] == there["interval"]
    if there["interval"] != "bca":  # a bootstrap quantile moves with the resampling noise
        assert [back["low"], back["high"]] == pytest.approx(
            [-there["high"], -there["low"]], abs=1e-6
        )
        swapped = {"higher": "lower", "lower": "higher"}
        assert back["verdict"] == swapped.get(there["verdict"], there["verdict"])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(numbers, st.integers(-1000, 1000))
def test_shifting_both_policies_changes_nothing(values, shift):
    here = one(paired({"retention": (values[0], values[1])}))
    there = one(paired({"retention": (values[0] + shift, values[1] + shift)}))
    for key in ("difference", "low", "high", "sd_difference"):
        assert there[key] == pytest.approx(here[key], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_and_keeps_their_order(p):
    adjusted = holm(p)
    assert (adjusted >= np.array(p) - 1e-15).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


def sweep_runs() -> pd.DataFrame:
    rows = []
    for seed in range(1, 21):
        luck = np.random.default_rng(seed).normal(0, 0.05)
        for place, incentive in enumerate(["thanks", "points", "prize"]):
            own = np.random.default_rng([seed, place]).normal(0, 0.005)
            level = 0.4 + luck + own + 0.03 * min(place, 1)
            rows.append({"seed": seed, "incentive": incentive, "fund": "dues", "retention": level,
                         "growth": level, "fund_spend_yuan": 1000.0 * place})  # fmt: skip
    return pd.DataFrame(rows)


def test_sweep_summary_has_means_and_intervals_of_every_point():
    runs = sweep_runs()
    table = summarise(runs, ["incentive", "fund"])
    assert list(table["incentive"]) == ["thanks", "points", "prize"]
    assert list(table["runs"]) == [20, 20, 20]
    first = runs.loc[runs["incentive"] == "thanks", "retention"]
    known = stats.t.interval(0.95, 19, first.mean(), stats.sem(first))
    assert list(table.loc[0, ["retention_low", "retention_high"]]) == pytest.approx(known)
    assert table.loc[1, "fund_spend_yuan_low"] == 1000
    with pytest.raises(ValueError, match="no column 'world'"):
        summarise(runs, ["world"])


def test_the_best_point_is_found_and_its_ties_are_named():
    table = tied_with_best(sweep_runs(), ["incentive", "fund"]).set_index("incentive")
    assert table["is_best"].sum() == 1
    assert not table.loc["thanks", "is_tied"]
    assert table.loc[["points", "prize"], "is_tied"].all()
    assert table.loc["thanks", "difference"] == pytest.approx(-0.03, abs=0.01)


def test_every_outcome_is_declared_whole():
    headline = ["growth", "retention", "membership_retention", "fund_spend_yuan"]
    assert [o.name for o in HEADLINE] == [*headline, "cost_per_retained_yuan"]
    for name, outcome in OUTCOMES.items():
        assert name == outcome.name
        assert outcome.better in ("higher", "lower", "neither")
        assert outcome.definition
        assert outcome.metric[0] in "TME"


def test_every_outcome_of_a_run_is_declared_and_no_other():
    tables = allocate(to_record(Policy()), to_record(World()), 1, 1, 7)
    tables.run_state[0].n_founders = 1
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert set(outcomes_of(tables, 7)) == set(OUTCOMES)


def test_numbers_are_written_with_units_and_signs():
    share, money = outcome_named("retention"), outcome_named("fund_spend_yuan")
    assert show_value(share, 0.4567) == "45.7 %"
    assert show_difference(share, 0.031) == "+3.1 points"
    assert show_difference(money, -1234.4) == "-1,234 yuan"
    assert show_difference(share, -1e-9) == "0.0 points"
    assert show_value(money, math.nan) == "undefined"
