"""KOCs: who is chosen, who sees it through, what they do to others. Paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from communities import live_by_hand, lived, opened, runs, setting
from effects import assert_falls, assert_rises, total

from plaza_lab.agents.koc import Stage
from plaza_lab.sim.policy import Programme, Select
from plaza_lab.sim.recording import metrics as mt

FEW = {"seeds": range(1, 9), "days": 112}
TRAINED = {
    "population.initial_members": 250,
    "policy.koc.programme": Programme.INCUBATE,
    "policy.fund.brand_week_cents": 5_000_000,
    "policy.koc.weeks": 2,
    "policy.koc.slots": 8,
    "world.kocs.least_score": 0.3,
    "world.amplification.example": 0.0,
}


@pytest.mark.mechanism("M50")
def test_cohorts_start_and_end_together(kernels):
    """R35: nobody is taken in while a cohort is in training."""
    which = setting(TRAINED, {"policy.koc.is_cohort": True, "policy.koc.graduation_rate": 0.6})
    starts = []

    def after(tables, day, name):
        if name == "kocs":
            trainees = tables.kocs[: tables.kocs_state[0].n_kocs]
            trainees = trainees[trainees.stage == Stage.INCUBATING]
            assert len(set(trainees.since.tolist())) <= 1
            starts.extend(trainees.since.tolist())

    live_by_hand(opened(which, 3, 70, 2500), 0, 70, after)
    assert len(set(starts)) >= 3


@pytest.mark.mechanism("M50")
def test_some_drop_out_of_incubation(kernels):
    """R35, M50: a lower rate means fewer graduates and more who break it off."""
    hard = {"policy.koc.graduation_rate": 0.4}
    assert_falls(TRAINED, hard, "koc_graduates", **FEW)
    assert_rises(TRAINED, hard, total("koc_dropouts"), **FEW)


@pytest.mark.mechanism("M50")
def test_more_places_come_nearer_to_the_plan(kernels):
    """R35, S09, A19: too few slots miss 50 in 26 weeks; the path is reported."""
    plan = {**TRAINED, "policy.koc.target": 50, "policy.koc.weeks": 4, "policy.koc.slots": 2}
    assert_rises(plan, {"policy.koc.slots": 20}, "koc_path_gap", seeds=range(1, 5), days=182)
    assert all(run.outcomes["koc_path_gap"] < 0 for run in runs(setting(plan), range(1, 5), 182))


@pytest.mark.mechanism("M50")
@pytest.mark.parametrize(
    ("rule", "field"),
    [(Select.QUALITY, "skill"), (Select.CENTRALITY, "n_ties"), (Select.INFLUENCE, "reputation")],
)
def test_candidates_are_chosen_by_the_rule(kernels, rule, field):
    """M50: who is chosen stands out in what the rule looks at."""
    which = setting(TRAINED, {"policy.koc.select": rule, "world.kocs.least_score": 0.0,
                              "policy.koc.slots": 5, "population.ties": 3.0})  # fmt: skip
    tables = live_by_hand(opened(which, 3, 30, 2500), 0, 16)
    chosen = tables.kocs.member[: tables.kocs_state[0].n_kocs]
    everybody = np.asarray(tables.members[field][: tables.people_state[0].n_rows], float)
    assert len(chosen) >= 5
    assert everybody[chosen].mean() > everybody.mean() + 0.5 * everybody.std()


LOUD = {**TRAINED, "policy.koc.sponsored_week": 7.0, "policy.koc.fee_item_cents": 1000}
EXAMPLE = {"world.amplification.example": 1.0}
MODEST = {**TRAINED, "policy.koc.sponsored_week": 0.1}


@pytest.mark.mechanism("M51")
def test_trusted_kocs_give_confidence_and_reach(kernels):
    """M51: purchases rise by their word; invitations are accepted more."""
    strong = {**MODEST, "world.amplification.confidence": 2.0, "world.purchase.buyer_share": 0.8}
    assert_rises(strong, EXAMPLE, total("purchases"), **FEW)
    norm = {**MODEST, "world.amplification.norm": 0.4}
    assert_rises(norm, EXAMPLE, total("value"), **FEW)


@pytest.mark.mechanism("M51")
def test_kocs_seen_as_paid_turn_the_effect_round(kernels):
    """M51, S09: mostly sponsored feeds lose credit; hidden payment that comes out reverses it."""
    hidden = {"policy.koc.has_disclosure": False, "world.amplification.exposure": 1.0}
    assert_falls((MODEST, EXAMPLE), LOUD, "mean:koc_credit", **FEW)
    assert_falls((LOUD, EXAMPLE), hidden, "mean:koc_credit", **FEW)
    credit = lived(setting(LOUD, EXAMPLE, hidden), 1, 112).amplification_state[0].koc_credit
    assert credit < 0
    strong = {**LOUD, **hidden, "world.amplification.confidence": 2.0,
              "world.purchase.buyer_share": 0.8}  # fmt: skip
    assert_falls(strong, EXAMPLE, total("purchases"), **FEW)


def test_a_workload_cap_spares_kocs(kernels):
    """M51: no more items are asked than the cap allows."""
    capped = {"policy.koc.workload_cap": 0.5}
    assert_falls(LOUD, capped, total("koc_items"), **FEW)


@pytest.mark.mechanism("M07", "M51")
def test_kocs_post_the_invitation_outside(kernels):
    """M07: a part of what they write goes to their own followers, who come by that route."""
    outside = {"policy.koc.distribution_share": 1.0}
    assert_rises(LOUD, outside, total("joins_influencer"), **FEW)
    run = runs(setting(LOUD, outside), (1,), 112)[0]
    assert run.outcomes["koc_reach"] > 0
    assert np.isfinite(run.outcomes["koc_joins"])
    assert run.days[:, mt.JOINS_INFLUENCER].sum() > 0
