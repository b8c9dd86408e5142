"""The partner frontier: both sides of forms and contracts, and which none beats."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.policies.frontier import (
    CONTRACTS,
    forms_named,
    frontier,
    frontier_of,
    planned,
)
from plaza_lab.scenarios.policies.terminal import frontier_table
from plaza_lab.scenarios.report.front_figures import frontier_picture
from plaza_lab.scenarios.report.style import caption_of

TWO = {name: CONTRACTS[name] for name in ("by contribution", "equal shares")}


def test_a_pair_lies_on_the_frontier_unless_another_beats_it():
    pairs = [(0.0, 5.0), (3.0, 3.0), (5.0, 0.0), (2.0, 2.0), (3.0, 1.0), (-np.inf, -np.inf)]
    assert frontier_of(pairs) == [True, True, True, False, False, False]
    assert frontier_of([(1.0, 1.0), (1.0, 1.0)]) == [True, True]  # neither beats its like
    assert frontier_of([]) == []


def test_contracts_share_one_twin_and_an_alliance_has_points_in_its_twin_too():
    plan = planned([], ["open_platform", "traffic_swap", "points_alliance"], TWO)
    assert len({row[3].fingerprint for row in plan}) == 2  # two forms ask for nothing else
    for form, _, point, twin in plan:
        assert point.setting.policy.partnership.form.name.lower() == form
        assert twin.setting.policy.partnership.form == 0
        assert point.setting.policy.incentive.has_points == twin.setting.policy.incentive.has_points
    assert (
        plan[0][2].setting.policy.partnership.split != plan[1][2].setting.policy.partnership.split
    )


def test_joins_count_as_far_as_the_twin_lacks_them():
    """Books: 10 joins of 120 yuan, of whom 4 would have come anyway: the host has 480 less."""
    plan = planned([], ["open_platform", "traffic_swap"], {"by contribution": ()})

    def evaluate(points, seeds):
        rows = []
        for place, point in enumerate(points):
            has_deal = point.setting.policy.partnership.form != 0
            is_swap = point.setting.policy.partnership.form.name == "TRAFFIC_SWAP"
            rows += [{
                "point": place, "seed": seed, "deals": float(has_deal),
                "joins": 100.0 + seed + 6.0 * has_deal, "partner_joins": 10.0 * has_deal,
                "host_gain_yuan": 2000.0 * has_deal + seed,
                "partner_gain_yuan": (-50.0 if is_swap else 70.0) * has_deal,
            } for seed in seeds]  # fmt: skip
        return pd.DataFrame(rows)

    platform, swap = frontier(plan, evaluate, range(1, 6))
    assert platform.sides.host.mean == pytest.approx(2003.0 - 4 * 120.0)
    assert platform.books == 2003.0 and platform.sides.partner.mean == 70.0
    assert (platform.is_best, swap.is_best) == (True, False)
    assert platform.verdict == "both sides gain" and "not the partners" in swap.verdict
    figure = frontier_picture([platform, swap], 5)
    named = {text.get_text() for text in figure.legends[0].get_texts()}
    assert named == {"open platform", "traffic swap", "by contribution"}
    assert "5 pairs" in caption_of(figure)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--forms", "co_bran"], "no such form; did you mean co_brand?"),
        (["--pairs", "1"], "--pairs"),
        (["partnership=co_brand"], "choose forms by --forms co_brand"),
        (["--contract", "entry=fee"], "entry=fee is no term of a contract"),
        (["--contract", "partnership.spilt=equal"], "did you mean partnership.split"),
        (["--forms", "open_platform", "--contract", "partnership.split=evenly"], "equal"),
    ],
)
def test_mistakes_are_one_line(words, line, capsys):
    assert main(["policy", "frontier", *words]) == 2
    err = capsys.readouterr().err
    assert line in err and err.count("\n") == 1 and "Traceback" not in err


def test_a_frontier_of_real_runs(kernels, capsys, tmp_path):
    words = ["--forms", "traffic_swap", "--pairs", "3", "population.initial_members=120",
             "run.weeks=26", "--json", "--to", str(tmp_path / "kept")]  # fmt: skip
    assert main(["policy", "frontier", *words]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(CONTRACTS) and any(row["deals"] > 0 for row in rows)
    assert any(row["is_best"] for row in rows)
    assert len(pd.read_csv(tmp_path / "kept" / "points.csv")) == len(rows)
    assert (tmp_path / "kept" / "frontier.png").stat().st_size > 10_000


def test_a_narrow_terminal_cuts_no_contract():
    contract = "term_weeks=104 is_adaptive=true"
    sides = SimpleNamespace(
        deals=1.0, kind=("gains", "gains"),
        host=SimpleNamespace(mean=1e5, low=9e4, high=1.1e5),
        partner=SimpleNamespace(mean=1e5, low=9e4, high=1.1e5),
    )  # fmt: skip
    point = SimpleNamespace(form="open_platform", contract=contract, is_best=True, sides=sides)
    out = io.StringIO()
    Console(file=out, width=60).print(frontier_table([point], 4, 52))
    shown = out.getvalue()
    assert "…" not in shown and "on average no other point" in " ".join(shown.split())


def test_all_forms_are_tried_where_none_is_named():
    assert len(forms_named("")) == 9 and "none" not in forms_named("")
