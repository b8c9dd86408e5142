"""Answers that advise: what is chosen, what is refused, what of the money, and when it flips."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plaza_lab.scenarios.advising import flips as flipping
from plaza_lab.scenarios.advising.advice import advise, by_group
from plaza_lab.scenarios.advising.choice import Effect, choose
from plaza_lab.scenarios.advising.lines import advice_text, first_lines
from plaza_lab.scenarios.app.dials import FLIPPABLE
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.outcomes import outcome_named
from plaza_lab.scenarios.report.terminal import comparison_table, first_screen
from plaza_lab.scenarios.report.words import inside_scale
from plaza_lab.scenarios.statistics import compare_all
from plaza_lab.scenarios.statistics.incremental import incremental_cost, kept_members

SAY = Language()
FOUNDERS, PAIRS = 400.0, 24


def runs_of(**gains: tuple[float, float]) -> pd.DataFrame:
    """Runs in which each policy adds so much retention, for so many yuan, with small luck."""
    rng = np.random.default_rng(3)
    luck = rng.normal(0, 0.02, PAIRS)
    rows = []
    for name, (gain, spend) in {"thanks": (0.0, 0.0), **gains}.items():
        own = 0.3 + luck + gain + rng.normal(0, 0.005, PAIRS) * (name != "thanks")
        for seed in range(PAIRS):
            active = FOUNDERS * own[seed] + 50
            rows.append(
                {
                    "run_id": f"{name}{seed}", "policy": name, "seed": seed, "growth": 0.25,
                    "retention": own[seed], "membership_retention": 0.6 + luck[seed],
                    "members_end": 1.25 * FOUNDERS, "retained_members": active,
                    "active_share": active / (1.25 * FOUNDERS), "fund_spend_yuan": spend,
                    "cost_per_retained_yuan": spend / active, "fund_in_yuan": 9000.0,
                    "fund_balance_yuan": 9000.0 - spend, "policy_stops": 0.0,
                    "koc_graduates": 3.0 if name == "prize" else np.nan, "filler_share": np.nan,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def advice_of(runs: pd.DataFrame, aim: str = "retention", farmed=None):
    policies = list(dict.fromkeys(runs["policy"]))
    return advise(runs, compare_all(runs, policies[0], policies[1:]), aim, farmed)


def printed(what, width: int) -> str:
    from rich.console import Console

    out = io.StringIO()
    Console(file=out, width=width).print(what)
    return out.getvalue()


def test_the_same_difference_in_few_pairs_is_undecided_and_none_at_all_is_not():
    runs = runs_of(prize=(0.0, 0.0))
    runs.loc[runs["policy"] == "prize", "growth"] += 0.1
    runs = runs[runs["seed"] < 4]
    told = [outcome.name for outcome in advice_of(runs).undecided("prize")]
    assert "growth" in told
    assert "membership_retention" not in told


@pytest.mark.parametrize(
    ("effects", "behind", "kind", "chosen"),
    [
        ([(2, 1, 3, True), (-1, -2, -0.5, True)], True, "choose", (0,)),
        ([(2, 1, 3, True), (2.5, 1, 4, True)], False, "either", (1, 0)),
        ([(2, 1, 3, True), (2.5, 1, 4, True)], True, "choose", (1,)),
        ([(9, -1, 19, False), (-1, -2, -0.5, True)], True, "unclear", ()),
        ([(-2, -3, -1, True)], True, "stay", ()),
        ([(5, np.nan, np.nan, False)], True, "early", ()),
        # an interval that leaves out zero is not enough where several questions were asked
        ([(2, 0.1, 4, False)], True, "unclear", ()),
    ],
)
def test_only_what_is_clearly_better_is_chosen(effects, behind, kind, chosen):
    found = choose([Effect(*one) for one in effects], lambda place, best: behind)
    assert (found.kind, found.chosen) == (kind, chosen)


def test_the_price_of_a_member_kept_is_that_of_first_members():
    runs = runs_of(prize=(0.05, 3000.0))
    assert kept_members(runs).to_numpy() == pytest.approx(FOUNDERS * runs["retention"])
    price = incremental_cost(runs, "thanks", "prize", people="kept")
    kept = FOUNDERS * (
        runs[runs.policy == "prize"].retention.mean()
        - runs[runs.policy == "thanks"].retention.mean()
    )
    assert price.value == pytest.approx(3000.0 / kept)
    assert price.words.startswith("One more retained member costs about 1")
    text = advice_text(advice_of(runs), SAY)
    assert text.startswith("Choose prize: it is best on active retention, provided a member kept")


def test_nothing_is_advised_that_the_intervals_do_not_allow():
    advice = advice_of(runs_of(prize=(0.0025, 3000.0), points=(-0.05, 100.0)))
    text = advice_text(advice, SAY)
    assert text.startswith("No advice on active retention: nothing here is clearly better")
    assert "run.replicates=" in text  # what it would take
    assert advice.chosen == []
    lines = {line.head: line.text for line in first_lines(advice, SAY)}
    assert lines["Price"].startswith("No price for a member more kept")
    behind = advice_of(runs_of(prize=(-0.001, 3000.0)))
    assert "no remedy" in advice_text(behind, SAY)


@pytest.mark.parametrize("gain", [0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.004])
def test_a_member_kept_has_a_price_exactly_where_the_advice_is_clear(gain):
    """Many questions are asked at once, so an interval of one that leaves out zero is no price."""
    advice = advice_of(runs_of(prize=(gain, 3000.0), points=(-0.05, 100.0)))
    price = advice.priced("prize", "kept")
    assert (price is not None) == (advice.chosen == ["prize"])


def test_two_that_cannot_be_told_apart_are_both_named():
    text = advice_text(advice_of(runs_of(prize=(0.05, 3000.0), points=(0.05, 100.0))), SAY)
    assert "prize" in text and "points" in text and "cannot be told apart" in text


def test_unspent_farmed_and_unequal_money_is_said():
    runs = runs_of(prize=(0.05, 3000.0))
    farmed = pd.Series({run: 300.0 for run in runs["run_id"] if run.startswith("prize")})
    lines = {line.head: line.text for line in first_lines(advice_of(runs, farmed=farmed), SAY)}
    assert lines["Not spent"] == "thanks 9,000 of 9,000 yuan and prize 6,000 of 9,000 yuan"
    assert lines["Lost to farmers"] == "prize 300 of 3,000 yuan"
    assert "--equal-spend" in lines["Budgets"]
    equalised = first_lines(advice_of(runs, farmed=farmed), SAY, is_equal_spend=True)
    (said,) = [line.text for line in equalised if line.head == "Budgets"]
    assert lines["Budgets"] == f"{said[:-1]}; --equal-spend compares at equal cost."
    assert lines["When it flips"].startswith("not asked")


def test_outcomes_one_side_lacks_have_a_dash_and_undefined_ones_are_folded():
    frame = compare_all(runs_of(prize=(0.05, 3000.0)), "thanks", ["prize"])
    text = printed(comparison_table(frame, say=SAY), 80)
    assert "Filler" not in text
    row = next(line for line in text.splitlines() if "KOC graduates" in line)
    assert row.split()[-3:] == ["–", "3", "–"]
    short = printed(comparison_table(frame, say=SAY, secondary=False), 80)
    assert "KOC graduates" not in short and "--all" in short


def test_intervals_stay_inside_the_scale_of_a_share():
    row = {"outcome": "retention", "low": -0.04, "high": 0.99, "mean_baseline": 0.02}
    assert inside_scale(row) == (-0.02, 0.98)
    assert inside_scale(row | {"outcome": "growth"}) == (-0.04, 0.99)  # has no upper end


@pytest.mark.parametrize("width", [60, 80])
def test_no_word_of_a_table_is_broken(width):
    frame = compare_all(runs_of(weekly_prize=(0.05, 123456.0)), "thanks", ["weekly_prize"])
    text = printed(comparison_table(frame, say=SAY), width)
    assert max(map(len, text.splitlines())) <= width
    labels = {word for label in frame["label"] for word in label.split()}
    shown = {word for line in text.splitlines() for word in line.replace(",", " ").split()}
    assert {"Membership", "retention", "Members"} <= labels & shown


@pytest.mark.parametrize("width", [60, 80])
def test_no_word_of_the_first_screen_is_broken(width):
    advice = advice_of(runs_of(weekly_prize=(0.0005, 3000.0), points=(-0.05, 100.0)))
    lines = first_lines(advice, SAY)
    text = printed(first_screen(lines), width)
    assert max(map(len, text.splitlines())) <= width
    words = set(text.split())
    for line in lines:
        assert set(line.text.split()) <= words


def test_groups_of_people_add_up():
    advice = advice_of(runs_of(prize=(0.05, 3000.0)))
    runs = advice.runs
    assert (runs["newcomers_active"] + runs["kept_members"]).to_numpy() == pytest.approx(
        runs["retained_members"]
    )
    found = by_group(runs, ["thanks", "prize"], "arrival")
    assert list(found) == ["Members of the first day", "Newcomers"]
    assert {row["outcome"] for row in found["Newcomers"]} >= {"newcomers_end", "newcomers_active"}


class Run(SimpleNamespace):
    pass


def flips_where(monkeypatch, effect) -> flipping.Flips:
    """Look for flips in a world where the prize adds `effect(config)` to retention."""
    from plaza_lab.scenarios.experiments.design import several_policies

    points = several_policies(["thanks_only", "weekly_prize"], ["fund=grant", "entry=open"])
    monkeypatch.setattr("plaza_lab.sim.engine.simulate_each", simulate_by(effect))
    simulate = simulate_by(effect)
    rows = []
    for point in points:
        for run in simulate([(point.setting, seed) for seed in range(1, 31)]):
            head = {"policy": point.policy, "seed": run.seed, "run_id": f"{point.policy}{run.seed}"}
            rows.append(head | run.outcomes)
    runs = pd.DataFrame(rows)
    frame = compare_all(runs, "thanks_only", ["weekly_prize"])
    return flipping.look_for_flips(points, runs, frame, "retention", 7)


def simulate_by(effect):
    def simulate_each(runs, days=364, workers=0):
        for setting, seed in runs:
            luck, own = np.random.default_rng(seed).normal(0, 0.02, 2)
            prize = setting.policy.incentive.has_prize
            value = 0.3 + luck + prize * (effect(setting) + 0.1 * own)
            yield Run(seed=seed, outcomes={"retention": value})

    return simulate_each


def test_an_advice_flips_where_the_world_turns_it_and_nowhere_else(monkeypatch):
    def effect(setting):
        return 0.05 if setting.world.gaming.farmer_share < 0.03 else -0.05

    found = flips_where(monkeypatch, effect)
    turned = found.of(flipping.FLIPS)
    assert [(one.path, one.value) for one in turned] == [("world.gaming.farmer_share", 4.0)]
    assert found.of(flipping.APPEARS, flipping.FADES) == []
    assert len(found.of(flipping.HOLDS)) == found.moves - 1
    text = flipping.flip_sentences(found, SAY)[0]
    assert text.startswith("With farmers of rewards at 4 % (now 2 %) weekly_prize turns round")
    assert flipping.Flips.read(found.plain()) == found


def test_luck_alone_turns_nothing(monkeypatch):
    found = flips_where(monkeypatch, lambda setting: 0.0)
    assert found.of(flipping.FLIPS, flipping.APPEARS, flipping.FADES) == []
    assert flipping.flip_sentences(found, SAY)[0].startswith("No setting moved is seen")


def judged(there, verdict="no clear difference"):
    """Say what a move does where twelve pairs had no effect that is clear before it."""
    here = np.linspace(-0.009, 0.003, 12)
    move = flipping.Move(FLIPPABLE[0], 5.0, 10.0)
    return flipping._judged(move, "weekly_prize", here, there(here), verdict, 0.99).kind


def test_an_effect_becomes_clear_only_where_the_same_seeds_show_that_it_has_grown():
    luck = np.resize([-0.003, 0.003], 12)
    assert judged(lambda here: here) == flipping.HOLDS
    assert judged(lambda here: luck - 0.006) == flipping.UNTOLD  # clear there, as large as before
    assert judged(lambda here: here - 0.02) == flipping.APPEARS
    assert judged(lambda here: here, "lower") == flipping.UNTOLD
    assert judged(lambda here: here + 0.003, "lower") == flipping.FADES


def test_what_is_moved_stays_within_its_span_and_is_not_what_the_policies_set():
    from plaza_lab.scenarios.errors import UserError
    from plaza_lab.scenarios.experiments.design import several_policies

    points = several_policies(
        ["fund=grant", "fund=brand_funded incentive=weekly_prize"], ["entry=open"]
    )
    configs = [point.composed.config for point in points]
    moves = flipping.moves_of(configs)
    paths = {move.dial.path for move in moves}
    assert "fund.opening_cents" not in paths  # a setting in which they differ is theirs
    assert paths < {dial.path for dial in FLIPPABLE}
    assert all(move.dial.low <= move.value <= move.dial.high != move.now for move in moves)
    assert {m.dial.name for m in flipping.moves_of(configs, ["members"])} == {"members"}
    with pytest.raises(UserError, match="choose of farmers"):
        flipping.moves_of(configs, ["weather"])


def test_derived_outcomes_are_called_as_others_are():
    assert outcome_named("kept_members").label == "Members kept"
    assert outcome_named("cost_per_kept_yuan").label == "Cost per retained member"
    assert outcome_named("cost_per_retained_yuan").label == "Spend per active member"


@pytest.mark.parametrize(
    ("host", "partner", "words"),
    [
        (900.0, 400.0, "both sides gain"),
        (900.0, -400.0, "it pays you and not the partners"),
        (-900.0, 400.0, "it pays the partners and not you"),
        (-900.0, -400.0, "both sides lose"),
        (900.0, 1.0, "whether it pays the partners is not clear"),
    ],
)
def test_a_deal_is_shown_with_both_its_sides(host, partner, words):
    runs = runs_of(prize=(0.05, 3000.0))
    luck = np.random.default_rng(1).normal(0, 50, len(runs))
    with_deal = runs.policy == "prize"
    runs["deals"] = with_deal * 1.0
    runs["host_gain_yuan"] = (host + luck) * with_deal
    runs["partner_gain_yuan"] = (partner + luck) * with_deal
    told = [line for line in first_lines(advice_of(runs), SAY) if line.head == "Partnership"]
    assert len(told) == 1 and told[0].text.startswith("prize: ")  # thanks has no deal
    assert words in told[0].text
    assert "{" not in "".join(line.text for line in first_lines(advice_of(runs), Language("zh")))


def test_without_a_deal_nothing_is_said_of_partners():
    runs = runs_of(prize=(0.05, 3000.0)).assign(deals=0.0, host_gain_yuan=0.0)
    heads = {line.head for line in first_lines(advice_of(runs), SAY)}
    assert "Partnership" not in heads
