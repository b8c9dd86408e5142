"""The price list: what is expected, how an effect is judged, and the command line."""

from __future__ import annotations

import io
import json
import math
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace

import pandas as pd
import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.price_list.expected import Expected, expected, suspect
from plaza_lab.scenarios.price_list.measuring import (
    ABOVE,
    BELOW,
    INSIDE,
    SUSPECT,
    Price,
    effect_of,
    planned,
)
from plaza_lab.scenarios.price_list.tables import HEADS, rows_of
from plaza_lab.scenarios.settings.options import LEVERS, option_names
from plaza_lab.sim.recording.metrics import NAMES


def said(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


def test_every_shipped_option_has_an_act_a_band_and_a_source():
    for group in LEVERS:
        one = expected()[group]
        assert {one.neutral, *one.options} == set(option_names(group))
        for row in one.options.values():
            assert row.low < row.high and row.act and row.source
            if row.source == "gap" and row.outcome == "retention":
                assert (row.low, row.high) == (-0.1, 0.1)
    assert "answers" in NAMES and "retention" in suspect()


def test_effects_are_on_the_scale_of_their_outcome():
    half, third = pd.Series([0.5, 0.5]), pd.Series([1 / 3, 1 / 3])
    assert effect_of("retention", half, third).value == pytest.approx(math.log(2.0))
    assert effect_of("joins", half, third).value == pytest.approx(math.log(1.5))
    stays = effect_of("membership_retention", half, third)
    assert stays.value == pytest.approx(math.log(math.log(2) / math.log(3)))
    assert stays.change == pytest.approx(100 / 6) and stays.half == pytest.approx(0.0)
    assert math.isnan(effect_of("joins", half, pd.Series([0.0, 0.0])).value)


def price(outcome: str, own: list[float], neutral: list[float], band: tuple[float, float]) -> Price:
    effect = effect_of(outcome, pd.Series(own), pd.Series(neutral))
    told = Expected(outcome, *band, "an act", "a trial")
    names = ("retention", "membership_retention", "messages_per_day", "solved_rate", "joins",
             "purchases_yuan")  # fmt: skip
    none = {name: effect_of(name, pd.Series([0.4, 0.4]), pd.Series([0.4, 0.4])) for name in names}
    return Price("g", "o", "default", told, none, none | {outcome: effect}, None, 0.0)


@pytest.mark.parametrize(
    "own, band, verdict",
    [
        ([1.1, 1.1], (0.05, 0.2), INSIDE),
        ([1.0, 1.02], (0.05, 0.2), BELOW),
        ([1.4, 1.4], (0.05, 0.2), ABOVE),
        ([2.8, 2.8], (0.05, 2.0), SUSPECT),  # more than 2.5 times the joins
        ([0.5, 0.5], (-0.9, -0.1), INSIDE),
    ],
)
def test_verdicts_follow_the_band_and_what_good_trials_show(own, band, verdict):
    found = price("joins", own, [1.0, 1.0], band)
    assert found.verdict == verdict
    (row,) = rows_of([found])
    assert len(row) == len(HEADS) and row[-1].startswith(verdict)


def test_what_newcomers_do_is_shown_and_what_day_0_members_do_is_judged():
    found = price("joins", [2.0, 2.0], [1.0, 1.0], (0.05, 0.9))
    many = effect_of("purchases_yuan", pd.Series([2.0, 2.0]), pd.Series([1.0, 1.0]))
    shown = replace(found, effects=found.effects | {"purchases_yuan": many})
    assert shown.verdict == INSIDE and rows_of([shown])[0][6].startswith("+100.0")
    judged = replace(found, judged=found.judged | {"purchases_yuan": many})
    assert judged.verdict == SUSPECT


def test_an_estimate_outside_whose_interval_reaches_the_band_may_be_luck():
    assert price("joins", [0.8, 1.2, 1.0], [1.0] * 3, (0.05, 0.3)).may_be_luck
    assert not price("joins", [1.0, 1.001, 1.0], [1.0] * 3, (0.05, 0.3)).may_be_luck


def test_an_option_stops_after_half_a_year_unless_day_0_has_settled_it():
    tried = planned([expected()["culture"], expected()["groups"]], ["default"])
    stopped = {(one.group, one.option) for one in tried if one.is_stopped}
    assert stopped == {("culture", "strong")}
    (change,) = next(one.point.setting.changes for one in tried if one.is_stopped)
    assert change[0] == 182


def test_a_bad_group_is_one_line():
    code, _, err = said("policy", "effects", "incentives")
    assert code == 2
    assert err == "plaza: 'incentives' is no policy group; did you mean incentive?\n"


def test_the_command_prints_a_group(kernels):
    code, out, _ = said("policy", "effects", "culture", "--seeds", "2", "--world", "default",
                        "--json", "--workers", "1")  # fmt: skip
    (one,) = json.loads(out)
    assert code == 0 and (one["group"], one["option"]) == ("culture", "strong")
    assert one["verdict"] in (INSIDE, BELOW, ABOVE, SUSPECT)
    assert one["left"]["value"] is not None and one["effects"]["retention"]["mean"] > 0
