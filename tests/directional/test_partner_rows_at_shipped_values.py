"""Requirements of partnerships, shocks and steering, at shipped values: a lever, or none at all.

As in :mod:`test_rows_at_shipped_values` no coefficient of the world is turned.
"""

from __future__ import annotations

import numpy as np
import pytest
from communities import runs
from shipped import HALF, PAID, YEAR, interval, interval_of, seen

from plaza_lab.agents.deal import Form
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import deals, fund

pytestmark = pytest.mark.slow
FEW = range(1, 6)
CALM = ("entry=open", "fund=none")
HOST = ("entry=open", "fund=brand_funded", "fund.brand_week_cents=600000")
PARTNERS = (*HOST, "partnership.min_fit=0", "partnership.deals=3", "partnership.pool=12")
STEERED = (0.3, 0.45, 0.6)


def lived(words, seed, days):
    """Return the tables of a community after so many days."""
    return live_until(open_tables(one_policy(list(words)).setting, seed, days), 0, days)


@pytest.mark.mechanism("M124", "M125", "M126", "M128")
@pytest.mark.parametrize(
    ("kind", "measures"),
    [
        ("privacy_leak", ("trust", "visits")),
        ("public_event", ("trust", "purchases")),
        ("culture_offence", ("trust", "belonging")),
        ("platform_rule", ("visits",)),
    ],
)
def test_r68_what_befalls_a_community_costs_it_and_an_answer_saves_some(kernels, kind, measures):
    struck = (*CALM, f"shocks={kind}")
    for measure in measures:
        assert interval(CALM, struck, measure, HALF, FEW)[1] < 0, measure
    answered = (*struck, "feedback.pr_response_hours=6")
    assert interval(struck, answered, measures[0], HALF, FEW)[0] > 0


@pytest.mark.mechanism("M104", "M106", "M107", "M108", "M109", "M111", "M112")
@pytest.mark.parametrize(
    ("form", "words", "trace"),
    [
        ("co_brand", (), "cobrand_units"),
        ("co_content", (), "partner_items"),
        ("co_promotion", (), "joins_partner"),
        ("open_platform", (), "platform_items"),
        ("traffic_swap", (), "swapped_out"),
        ("joint_event", ("partnership.joint_month=14",), "joint_guests"),
        ("points_alliance", ("incentive=points", "incentive.point_value_cents=20"),
         "points_abroad"),
    ],
)  # fmt: skip
def test_r65_a_form_is_signed_at_shipped_prices_and_does_what_it_is_for(
    kernels, form, words, trace
):
    with_it = (*PARTNERS, f"partnership={form}", *words)
    assert not seen(HOST, trace, YEAR, FEW).any()
    assert interval(HOST, with_it, "deals_signed", YEAR, FEW)[0] > 0
    assert interval(HOST, with_it, trace, YEAR, FEW)[0] > 0


@pytest.mark.mechanism("M105")
def test_r65_a_joint_campaign_is_signed_at_shipped_prices_where_its_term_is_no_longer(kernels):
    """Working together is paid for through the whole term, newcomers come while it runs."""
    campaign = (
        *HOST, "partnership=co_marketing", "partnership.min_fit=0", "partnership.deals=3",
        "partnership.pool=32", "partnership.budget_week_cents=50000",
        "partnership.has_meetings=true", "partnership.has_counteroffers=true",
        "partnership.data_scope=user_level",
    )  # fmt: skip
    short, long = ((*campaign, f"partnership.term_weeks={weeks}") for weeks in (8, 26))
    for measure in ("deals_signed", "joins_partner"):
        assert interval(HOST, short, measure, YEAR, range(1, 11))[0] > 0, measure
    assert interval(long, short, "deals_signed", YEAR, range(1, 11))[0] > 0


def test_r65_a_portfolio_signs_several_forms_at_shipped_prices(kernels):
    words = (*PARTNERS, "partnership=portfolio")
    found = [lived(words, seed, HALF).deals for seed in FEW]
    assert len({Form(int(d.form)) for one in found for d in one if d.signed >= 0}) >= 2


@pytest.mark.mechanism("M111")
def test_joint_events_bring_people_by_their_number_and_cost_nothing(kernels):
    events = (*PARTNERS, "partnership=joint_event", "partnership.joint_month=4")
    two, many = ((*events, f"partnership.joint_groups={n}") for n in (2, 20))
    for measure in ("joint_guests", "joins_partner"):
        assert interval(two, many, measure, HALF, FEW)[0] > 0, measure
    run = lived(many, 1, HALF)
    assert not (run.journal[: run.fund_state[0].n_journal].purpose == fund.CAMPAIGN).any()


@pytest.mark.mechanism("M112")
def test_access_brings_makers_items_in_and_a_gate_keeps_some_out(kernels):
    platform = (*PARTNERS, "partnership=open_platform")
    low, high = ((*platform, f"partnership.platform_access={x}") for x in (0.2, 0.8))
    for measure in ("platform_items", "joins_partner"):
        assert interval(low, high, measure, HALF, FEW)[0] > 0, measure
    loose, strict = ((*platform, f"partnership.platform_gate={x}") for x in (0.2, 0.6))
    assert interval(loose, strict, "platform_refused", HALF, FEW)[0] > 0
    assert interval(loose, strict, "joins_partner", HALF, FEW)[1] < 0


@pytest.mark.mechanism("M110")
def test_r66_portraits_bring_more_and_a_leak_ends_their_deals_alone(kernels):
    """The shipped leak is on day 91: who shares persons' data is without partners after it."""
    deal = (*PARTNERS, "partnership=co_promotion", "partnership.term_weeks=52")
    none, users = ((*deal, f"partnership.data_scope={x}") for x in ("none", "user_level"))
    assert interval(none, users, "joins_partner", HALF, FEW)[0] > 0
    left = {}
    for scope in ("aggregate", "user_level"):
        words = (*deal, "shocks=privacy_leak", f"partnership.data_scope={scope}")
        days = [one.days for one in runs(one_policy(list(words)).setting, FEW, 105)]
        left[scope] = [sum(one[day, mt.PARTNERS] for one in days) for day in (90, 94)]
    assert left["user_level"][0] > 0 == left["user_level"][1]
    assert left["aggregate"][1] >= left["aggregate"][0] > 0


@pytest.mark.mechanism("M113")
def test_r66_an_equal_split_of_what_is_not_put_in_equally_ends_in_dispute_more_often(kernels):
    """Joint products of half a year, signed in the first: disputes within half a year."""
    disputed = {}
    for split in ("contribution", "equal"):
        words = (*PARTNERS, "partnership=co_brand", "partnership.host_share=0.1",
                 "partnership.term_weeks=26", f"partnership.split={split}")  # fmt: skip
        made = [d for seed in range(1, 21) for d in lived(words, seed, YEAR).deals
                if d.partner >= 0 and 0 <= d.signed <= HALF]  # fmt: skip
        assert len(made) >= 15
        disputed[split] = np.mean([d.signed <= d.disputed <= d.signed + HALF for d in made])
    assert disputed["equal"] > 0.15 > 0.08 > disputed["contribution"]


@pytest.mark.mechanism("M133")
def test_exclusive_deals_keep_rivals_apart(kernels):
    """Rivals veto each other four times in five; where deals are exclusive they never meet."""
    relation, is_open = deals.relation.py_func, deals.is_open.py_func
    met = []
    for exclusive in ("false", "true"):
        words = (*HOST, "partnership=co_promotion", "partnership.min_fit=0",
                 "partnership.deals=8", "partnership.pool=32",
                 f"partnership.is_exclusive={exclusive}")  # fmt: skip
        met.append(0)
        for seed in range(1, 11):
            run = lived(words, seed, HALF)
            now = [int(d.partner) for d in run.deals if d.partner >= 0 and is_open(d.state)]
            met[-1] += sum(relation(run, a, b) < deals.RIVAL for a in now for b in now if a < b)
    assert met[0] > 0 == met[1]


@pytest.mark.mechanism("M117", "M118")
def test_r71_what_is_sensed_is_kept_beside_what_is_true_and_paid_answers_come_nearer(kernels):
    """A survey hears the satisfied more (.03), a week late; more answers scatter less."""
    scatter, mood = [], ("climate=mood_sensing",)
    for cents in (0, 2000):
        words = (*PAID, *mood, f"incentive.survey_reward_cents={cents}")
        found = runs(one_policy(list(words)).setting, range(1, 11), YEAR)
        days = np.array([one.days for one in found])
        true = days[:, 6:-7:7, mt.SATISFACTION]
        gap = days[:, 13::7, mt.SENSED_SATISFACTION] - true
        assert gap.mean() == pytest.approx(0.03, abs=0.005)
        scatter.append(gap.std(axis=1))
        heard = days[:, 28:, mt.SENSED_NEGATIVE] - days[:, 28:, mt.NEGATIVE_SHARE]
        assert heard.std() > 0.001 and abs(heard.mean()) < 0.03
    assert interval_of(scatter[1] - scatter[0])[1] < 0


@pytest.mark.mechanism("M75")
def test_r58_the_weight_measured_is_the_one_configured(kernels):
    """In the second year of the hybrid mode, within the distance that its operator lets be.

    Beyond .25 and .61 there is nothing left to take over or to leave: the effort ends at a bound.
    """
    for target in (*STEERED, 0.1, 0.9):
        words = ("entry=open", "mode=hybrid", "world=full", f"steering.central_weight={target}")
        setting = one_policy(list(words)).setting
        days = np.array([one.days[-HALF:] for one in runs(setting, range(1, 3), 2 * YEAR)])
        if target in STEERED:
            found = days[:, :, mt.CENTRAL_WEIGHT].mean()
            assert found == pytest.approx(target, abs=setting.world.steering.gap)
        else:
            assert (days[:, :, mt.CENTRAL_EFFORT] == round(target)).all()
