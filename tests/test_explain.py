"""``plaza explain``: a member's days, her terms, and where twin runs part."""

from __future__ import annotations

import io
import math
import re
from contextlib import redirect_stderr, redirect_stdout

import pandas as pd
import pytest

from plaza_lab.agents.decisions.answering import ANSWER
from plaza_lab.agents.decisions.leaving import EXIT
from plaza_lab.agents.decisions.serving import WRITE
from plaza_lab.agents.decisions.visiting import VISIT
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.scenarios.explaining.others import koc_days
from plaza_lab.scenarios.explaining.replay import (
    ACTS,
    OWN,
    Diary,
    live_again,
    parting,
    shown_decisions,
)
from plaza_lab.scenarios.explaining.subject import merged, wanted
from plaza_lab.sim.mesa.community import Community
from plaza_lab.sim.recording.metrics import NAMES

SMALL = ["population=learning_52", "incentive=weekly_prize"]
WEEKS = 8


@pytest.fixture(scope="module")
def run(kernels) -> Community:
    """The run that is explained, lived at once."""
    community = Community(one_policy(SMALL).setting, seed=3, days=7 * WEEKS)
    community.run()
    return community


@pytest.fixture(scope="module")
def busiest(run) -> int:
    """Number of the member of day 0 who posted and answered most."""
    members = run.tables.members[:52]
    return int((members.posts + members.answers).argmax()) + 1


@pytest.fixture(scope="module")
def diary(run, busiest) -> Diary:
    return live_again(one_policy(SMALL).setting, 3, WEEKS, busiest)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def said(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(["explain", *arguments])
    return code, out.getvalue(), err.getvalue()


def test_the_days_sum_to_what_the_run_left(run, busiest, diary):
    frame, m = diary.frame(), run.tables.members[busiest - 1]
    assert frame["posts"].sum() == m.posts > 0
    assert frame["answers"].sum() == m.answers
    assert frame["wins"].sum() == m.wins and frame["purchases"].sum() == m.buys
    assert frame["belonging"].iloc[-1] == pytest.approx(float(m.belonging))
    assert list(frame["day"]) == list(range(len(frame)))


def test_every_decision_with_names_is_shown_and_sums_to_its_rule(run, busiest, diary):
    assert {one.name for one in shown_decisions()} >= {"visit", "exit", "answer", "post"}
    last = diary.frame().iloc[-1]
    member = run.member_at(busiest - 1)
    hazard = math.exp(sum(last[f"visit: {term}"] for term in (OWN, *VISIT.names)))
    assert hazard == pytest.approx(member.visit_hazard(), rel=1e-6)
    hazard = math.exp(sum(last[f"exit: {term}"] for term in (OWN, *EXIT.names)))
    assert hazard == pytest.approx(member.exit_hazard(), rel=1e-6)
    odds = sum(last[f"answer: {term}"] for term in ANSWER.names)
    bare = ANSWER(member.record, 0.0, 0.0, *member._around)
    assert odds >= bare - 1e-9  # a prize only adds


def test_twin_runs_part_where_the_prize_goes(busiest, diary):
    other = merged(SMALL, ["incentive=thanks_only"])
    twin = live_again(one_policy(other).setting, 3, WEEKS, 0, diary.uid)
    found = parting(diary, twin)
    assert found.day == 0 and (found.decision, found.term) == ("answer", "reward")
    assert found.first > found.second == 0.0
    before = [row for row in diary.rows if row["day"] < found.act_day]
    same = [row for row in twin.rows if row["day"] < found.act_day]
    assert [[r[a] for a in ACTS] for r in before] == [[r[a] for a in ACTS] for r in same]
    assert parting(diary, diary).day == -1


@pytest.mark.slow
def test_a_stored_run_is_explained_with_its_twin(folder, kernels, busiest):
    from plaza_lab.scenarios import api

    answer = api.run_study({"policies": ["thanks_only", "weekly_prize"], "settings": SMALL[:1],
                            "run": {"replicates": 2, "weeks": 2}}, name="two")  # fmt: skip
    runs = answer.runs
    key = runs[(runs.policy == "weekly_prize") & (runs.seed == 2)]["run_id"].iloc[0]
    code, out, _ = said(f"run={key}", f"member={busiest}", "against=points", "--to", "kept")
    words = " ".join(out.split())
    assert code == 0 and f"Member {busiest} of weekly_prize, seed 2" in words
    assert "Under points her days part on day 1" in words
    assert all(len(line.rstrip()) <= 80 for line in out.splitlines() if "kept in" not in line)
    table = pd.read_csv(folder / "kept" / "days.csv")
    assert len(table) == 14 or table["status"].iloc[-1] == "left"
    assert f"visit: {VISIT.names[0]}" in table
    code, _, err = said("run=0000000", "member=1")
    assert code == 2 and "has such a run" in err and err.count("\n") == 1
    for name in ("twin.csv", "difference.csv", "terms.png", "manifest.json"):
        assert (folder / "kept" / name).stat().st_size > 100


def test_one_who_joins_later_is_found_by_number(run, folder):
    if int(run.tables.people_state[0].n_rows) < 53:
        pytest.skip("nobody joined")
    late = live_again(one_policy(SMALL).setting, 3, WEEKS, 53)
    assert late.rows[0]["day"] == int(run.tables.members[52].joined)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["population=learning_52"], "which member?"),
        (["member=0"], "a whole number from 1"),
        (["member=x"], "a whole number from 1"),
        (["member=9999", "population=learning_52", "run.weeks=1"], "has members 1 to"),
        (["member=1", "run=abcdef"], "there is no store"),
        (["member=1", "member=2"], "given twice"),
        (["member=1", "against=incentive=thanks_only"], "the same policy"),
        (["member=1", "incentive=poimts"], "did you mean points?"),
        (["member=1", "--days", "9-3"], "a span from 1 to"),
    ],
)
def test_mistakes_are_one_line(arguments, what, folder, kernels):
    code, _, err = said(*arguments)
    assert code == 2 and what in err, err
    assert err.count("\n") == 1


def test_a_partners_days_are_told(kernels, capsys):
    """What it is, how its deal stands from month to month, and what both sides have of it."""
    words = ("partnership=open_platform", "fund=brand_funded", "entry=open", "run.weeks=16",
             "partnership.min_fit=0", "partnership.pool=1", "population.initial_members=120",
             "world.partnership.join_value_cents=100000")  # fmt: skip
    assert main(["explain", *words, "partner=1"]) == 0
    told = capsys.readouterr().out
    for word in ("Partner 1: class brand", "proposed", "negotiating", "open platform"):
        assert word in told
    assert re.search(r"active +0\.\d\d .* [a-z_]+ [-+]0\.\d\d", told)  # a term of leaving


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["partner=0"], "partner=0: one number of a candidate is expected"),
        (["partner=1", "member=2"], "give either a member or a partner"),
        (["partner=1"], "partner=1: partnership.form=none"),
        (["partner=9", "partnership=open_platform"], "the pool has candidates 1 to 5"),
        (["koc=0", "koc=incubate"], "koc=0: one number of a KOC is expected"),
        (["koc=1", "member=2"], "give either a member or a koc"),
        (["koc=1"], "koc=1: koc.programme=disabled"),
        (["koc=1", "koc=incubate", "--to", "kept"], "--to goes with member=N; koc=1 is told as a"),
    ],
)
def test_a_partner_there_is_not_is_one_line(words, line, capsys):
    assert main(["explain", *words]) == 2
    err = capsys.readouterr().err
    assert line in err and "Traceback" not in err


WORN = [*SMALL[:1], "koc=incubate", "fund=brand_funded", "koc.sponsored_week=7", "koc.weeks=2",
        "koc.fee_item_cents=0", "koc.cost_week_cents=0", "run.seed=5", "run.weeks=26"]  # fmt: skip


def test_a_kocs_days_are_told(kernels):
    """In training, agreeing, worn out and refusing, with every term of writing for the brand."""
    diary = koc_days(wanted([*WORN, "member=1"], ""), 1)
    states = [one.state for one in diary.moments]
    assert states[0] == "in training" and "agrees" in states and "refuses, week 4" in states
    assert states[-1].startswith("lapsed")
    items = [one.items for one in diary.moments]
    assert items == sorted(items) and items[-1] > 0
    tired = [one.fatigue for one in diary.moments if one.state == "refuses, week 1"]
    rested = [one.fatigue for one in diary.moments if one.state == "agrees"]
    assert min(tired) > rested[0] == 0.0
    frame = diary.frame()
    sums = frame[[f"write for the brand: {term}" for term in WRITE.names]].sum(axis=1, skipna=False)
    day = {one.day: one.state for one in diary.moments}
    refused = [sums[frame.day == at].iloc[0] for at, one in day.items() if one == "refuses, week 1"]
    assert refused and all(total < diary.leaning for total in refused)


def test_koc_is_a_number_or_an_option(folder, kernels):
    code, out, _ = said(*WORN[:-1], "run.weeks=4", "koc=1")
    assert code == 0 and "KOC 1: member" in out and "write for the brand, log-odds" in out
    assert all(len(line.rstrip()) <= 80 for line in out.splitlines())


@pytest.mark.slow
def test_followers_who_leave_with_their_kocs_are_told_once(kernels):
    words = ["population.initial_members=120", "koc=organic", "world.following.taken=1",
             "world.churn.established_hazard=0.003", "run.seed=6", "run.weeks=26"]  # fmt: skip
    asked = wanted([*words, "member=1"], "")
    lived = Community(asked.point.setting, seed=6, days=7 * 26)
    lived.run()
    lost = lived.tables.daily[:, NAMES.index("koc_followers_lost")].sum()
    told = [koc_days(asked, k + 1).moments[-1]
            for k in range(int(lived.tables.kocs_state[0].n_kocs))]  # fmt: skip
    assert sum(one.taken for one in told) == lost > 0


def test_what_moves_her_most_is_said_in_words():
    import pandas as pd

    from plaza_lab.scenarios.explaining.tables import plain_words

    frame = pd.DataFrame({
        "visit: own rate": [-1.0], "visit: load": [-0.2], "visit: ties": [0.05],
        "exit: own rate": [-8.0], "exit: silent": [0.7], "exit: belonging": [0.3],
        "exit: load": [0.2], "exit: trust": [-0.4], "vote: base": [2.0],
    })  # fmt: skip
    assert plain_words(frame) == [
        "She comes less because of load.",
        "She leaves more because of silent and belonging, less because of trust.",
    ]
