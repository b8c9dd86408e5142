"""The battery: its data, what it takes for holding, and the command line."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.sanity.judging import (
    DISPUTED,
    FAILED,
    HELD,
    UNTOLD,
    Battery,
    Number,
    judge,
    paired,
)
from plaza_lab.scenarios.sanity.statement import (
    Ask,
    chosen,
    statements,
    statements_in,
    statements_of,
)

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ("budget_weeks",)
"""Statements that the quick suite tries; the whole battery is tried by .ci/full."""


def said(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


def test_the_battery_has_its_statements_with_a_source_each_and_arms_that_compose():
    battery = Battery(statements())
    assert [one.number for one in statements()] == list(range(1, 30))
    assert all(one.source for one in statements())
    assert all(any(ask.is_required for ask in one.asks) for one in statements())
    assert len(battery.arms) == sum(len(one.arms) for one in statements())
    times = {one.number: one.pairs_times for one in statements()}
    assert times.pop(13) == 5 and set(times.values()) == {1}
    assert battery.n_runs(40) == 40 * (len(battery.points) + 4 * len(statements()[12].arms))


def test_statements_are_chosen_by_number_and_name_and_come_in_their_order():
    assert [one.name for one in chosen(["14", "entry_fee"])] == ["entry_fee", "well_run"]
    assert len(chosen([])) == 29


@pytest.mark.parametrize(
    "words, line",
    [
        (
            ["prise"],
            "'prise' is no statement; did you mean prize? (plaza sanity --list names them)",
        ),
        (["30"], "'30' is no statement"),
        (["prize", "fund=dues"], "statement 5 sets fund=brand_funded itself; leave fund out"),
        (["prize", "run.weeks=3"], "run.weeks=3: every statement says how long it runs"),
        (["prize", "--pairs", "1"], "1: a number of pairs from 2 to 100,000 is expected"),
        (["buyers", "world=dafault"], "world has no option 'dafault'"),
        (["fee", "mechanisms=+none.py"], "mechanisms: none.py: there is no such file"),
    ],
)
def test_a_mistake_is_one_line(words, line):
    code, _, err = said("sanity", *words)
    assert code == 2
    assert line in err and err.count("\n") == 1


OWN = """statements:
  - name: closed
    says: Where nobody is left to join, nobody joins.
    source: arithmetic
    weeks: 2
    settings: entry=open fund=none population=learning_52
    arms: {usual: "", closed: world.arrival.market_size=0}
    asks:
      - {says: joins, measure: joins, arm: closed, at_most: 0}
      - {says: joins otherwise, measure: joins, arm: usual, against: closed, above: 0}
"""


def test_statements_of_the_users_own_are_tried(kernels, tmp_path):
    file = tmp_path / "bets.yaml"
    file.write_text(OWN)
    code, out, err = said("sanity", "--file", str(file), "--pairs", "8", "--json")
    assert code == 0, err
    found = json.loads(out)["statements"]
    assert [(one["number"], one["name"], one["verdict"]) for one in found] == [(1, "closed", HELD)]


@pytest.mark.parametrize(
    "old, new, line",
    [
        ("measure: joins,", "measure: jions,", "there is no outcome and no metric 'jions'"),
        ("arm: closed,", "arm: shut,", "'shut' is no arm; there are usual, closed"),
        ("weeks: 2", "weeks: two", "weeks: two: a whole number from 1 is expected"),
        ("at_most: 0}", "at_most: none}", "joins: 'none': a number is expected"),
        ("at_most: 0}", "at_most: 0, weeks: [1, 3]}", "first and last week are expected, from 1"),
        ("source: arithmetic", "", "source is missing"),
        ("settings: entry", "settings: 'entry", "bets.yaml"),
        ("{says: joins, measure: joins, arm: closed, at_most: 0}", "joins", "lines such as"),
        ("statements:", "statments:", "a list 'statements:' is expected"),
        ("fund=none", "fund=nobody", "fund has no option 'nobody'"),
    ],
)
def test_a_mistake_in_her_file_is_one_line_that_names_it(tmp_path, old, new, line):
    file = tmp_path / "bets.yaml"
    file.write_text(OWN.replace(old, new, 1))
    code, _, err = said("sanity", "--file", str(file), "--pairs", "2")
    assert code == 2
    assert line in err and err.count("\n") == 1, err


def test_the_guides_example_can_be_tried(tmp_path):
    guide = (ROOT / "docs/how-to/try_a_world.md").read_text("utf-8")
    file = tmp_path / "bets.yaml"
    file.write_text(guide.split("```yaml\n")[1].split("```")[0])
    assert Battery(statements_in(file)).n_runs(1) == 2


def test_two_statements_of_one_name_are_refused(tmp_path):
    file = tmp_path / "bets.yaml"
    file.write_text(OWN + OWN.removeprefix("statements:\n"))
    assert "two statements have the name closed" in said("sanity", "--file", str(file))[2]


ASK = Ask("more", "joins", "a", "b", "difference", at_least=1.0)


@pytest.mark.parametrize(
    "ask, left, right, holds",
    [
        (ASK, {1: 4.0, 2: 4.2, 3: 4.1}, {1: 2.0, 2: 2.1, 3: 2.2}, True),
        (ASK, {1: 4.0, 2: 2.0, 3: 4.1}, {1: 2.0, 2: 2.1, 3: 2.2}, False),  # the interval is wide
        (ASK, {1: 4.0}, {1: 2.0}, False),  # one pair has no interval
        (replace(ASK, at_least=0.0), {1: 2.0, 2: 2.0}, {1: 2.0, 2: 2.0}, True),
        (replace(ASK, at_least=0.0, is_strict=True), {1: 2.0, 2: 2.0}, {1: 2.0, 2: 2.0}, False),
        (replace(ASK, scale="ratio"), {1: 0.0, 2: 4.0, 3: 4.0}, {1: 0.0, 2: 2.0, 3: 2.0}, True),
        (replace(ASK, scale="ratio"), {1: 4.0, 2: 4.0}, {1: 0.0, 2: 0.0}, False),
        (replace(ASK, at_least=-0.5, at_most=0.5), {1: 2.0, 2: 2.2}, {1: 2.0, 2: 2.2}, True),
    ],
)
def test_a_number_holds_when_its_whole_interval_lies_on_the_required_side(ask, left, right, holds):
    assert paired(ask, left, right).holds is holds


@pytest.mark.parametrize(
    "low, high, bounds, verdict",
    [
        (1.1, 1.3, (1.0, None), HELD),
        (0.7, 0.9, (1.0, None), FAILED),
        (0.9, 1.3, (1.0, None), UNTOLD),
        (0.9, 1.3, (None, 1.0), UNTOLD),
        (1.1, 1.3, (None, 1.0), FAILED),
        (0.9, 1.1, (0.8, 1.2), HELD),
        (1.3, 1.4, (0.8, 1.2), FAILED),
        (0.7, 1.3, (0.8, 1.2), UNTOLD),
        (float("nan"), float("nan"), (1.0, None), FAILED),
    ],
)
def test_an_interval_with_both_sides_of_a_bound_cannot_tell(low, high, bounds, verdict):
    ask = replace(ASK, at_least=bounds[0], at_most=bounds[1])
    assert Number(ask, value=(low + high) / 2, low=low, high=high, pairs=9).verdict == verdict


def test_so_many_pairs_tell_as_narrow_the_interval_to_the_bound():
    """Half of .4 about 1.2, bound 1: a quarter of it needs four times the pairs."""
    one = Number(replace(ASK, at_least=1.0), value=1.2, low=0.8, high=1.6, pairs=10)
    assert one.pairs_that_tell == 41
    assert replace(one, value=1.0, low=0.6, high=1.4).pairs_that_tell == float("inf")
    told = replace(one, low=0.8 + 0.2 + 1e-9)
    assert told.verdict == HELD


TOY = {
    "statements": [
        {
            "number": 1, "name": "toy", "says": "A fee keeps people out.", "source": "a book",
            "arms": {"free": "entry=open fund=none", "dear": "fund=none entry.fee_cents=90000"},
            "asks": [
                {"says": "joins", "measure": "joins", "arm": "dear", "against": "free",
                 "below": 0},
                {"says": "visits", "measure": "visits / members", "arm": "free", "shown": True},
            ],
        }
    ]
}  # fmt: skip


def of_toy(**changes):
    return next(statements_of({"statements": [TOY["statements"][0] | changes]}, "toy.yaml"))


def test_a_statement_holds_or_fails_by_what_was_measured_and_a_disputed_one_is_neither():
    toy = of_toy()

    def answered(joins_when_dear: float):
        def make(weeks, asks):
            def evaluate(points, seeds):
                return pd.DataFrame(
                    {"point": k, "seed": s, "visits / members": 0.1,
                     "joins": 9.0 if not p.setting.policy.entry.fee_cents > 20_000
                     else joins_when_dear}
                    for k, p in enumerate(points) for s in seeds
                )  # fmt: skip

            return evaluate

        return Battery([toy]).measure(range(1, 4), evaluate=make)  # fmt: skip

    assert judge([toy], answered(1.0))[0].verdict == HELD
    assert judge([toy], answered(9.0))[0].verdict == FAILED
    assert judge([toy], answered(12.0))[0].verdict == FAILED
    assert judge([of_toy(disputed="a trial")], answered(9.0))[0].verdict == DISPUTED


@pytest.mark.parametrize(
    "changes, line",
    [
        ({"arms": {"free": "entry=open"}}, "'dear' is no arm"),
        ({"source": ""}, "source is missing"),
        ({"asks": [{"says": "x", "measure": "joys", "arm": "free", "at_most": 1}]},
         "there is no outcome and no metric 'joys'"),
        ({"asks": [{"says": "x", "measure": "joins", "arm": "free"}]}, "at_least"),
        ({"colour": "red"}, "'colour' is no part of it"),
    ],
)  # fmt: skip
def test_a_file_of_statements_says_what_is_wrong(changes, line):
    with pytest.raises(UserError, match=r"toy\.yaml: statement 1: ") as wrong:
        of_toy(**changes)
    assert line in str(wrong.value)


def test_the_list_says_statements_arms_and_sources_and_runs_nothing():
    code, out, _ = said("sanity", "--list", "ads")
    assert code == 0
    assert "ads_x100: acquisition.media_week_cents=10000000" in out and "Bass 1969" in out


def test_the_command_prints_levers_numbers_and_verdicts_and_its_exit_code_says_whether_all_held(
    kernels,
):
    code, out, err = said("sanity", *SAMPLE, "buyers", "--pairs", "2", "--json")
    found = json.loads(out)
    assert err == ""
    assert (code == 0) is found["all_hold"]
    assert [one["name"] for one in found["statements"]] == ["buyers", *SAMPLE]
    for one in found["statements"]:
        holds = [n["holds"] for n in one["numbers"] if n["holds"] is not None]
        assert (one["verdict"] == "held") is all(holds)
        assert (one["pairs_that_tell"] is None) is (one["verdict"] != "cannot tell")
    buying = found["statements"][0]["numbers"][1]
    assert buying["low"] > 0 and buying["against_mean"] == 0.0


def test_a_mechanism_of_the_users_is_put_through_it(kernels, tmp_path):
    file = tmp_path / "idle.py"
    file.write_text(
        "from plaza_lab import Mechanism\nfrom plaza_lab.engine.compiled import kernel\n\n\n"
        "@kernel()\ndef step(t, day):\n    pass\n\n\nIdle = Mechanism('idle', step)\n"
    )
    code, out, _ = said("sanity", "budget_weeks", "--pairs", "2", "--json", f"mechanisms=+{file}")
    plain = json.loads(said("sanity", "budget_weeks", "--pairs", "2", "--json")[1])
    assert json.loads(out)["statements"] == plain["statements"]
    assert code in (0, 1)
