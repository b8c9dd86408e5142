"""The benchmarks at tiny sizes: the work agrees, nothing is timed against a clock."""

import json

import numpy as np
import pytest

from benchmarks import (
    cb1,
    cb1_mesa,
    cb1_plaza,
    draws,
    figures,
    full_day,
    page,
    pairing,
    peers,
    profile,
    scaling,
    sweep,
    trust,
)
from benchmarks.__main__ import main
from benchmarks.cb1_setup import COUNTS, FEED, gather
from benchmarks.pinned import pinned
from plaza_lab.engine.plain import plain
from plaza_lab.sim import randomness
from plaza_lab.sim.setting import Population, Setting

DAYS = 12


@pytest.fixture(scope="module")
def people():
    return gather(2000)


@pytest.fixture(scope="module")
def mesa_counts(people):
    community = cb1_mesa.Community(people)
    for _ in range(DAYS):
        community.step()
    return np.array(community.history)


@pytest.mark.slow
def test_both_ways_of_writing_the_day_do_the_same_work(people, mesa_counts):
    assert cb1.disagreements(people, mesa_counts, DAYS) == []


@pytest.mark.slow
def test_work_that_differs_is_found(people, mesa_counts):
    less = mesa_counts.copy()
    less[:, COUNTS.index("reads")] = less[:, COUNTS.index("reads")] * 8 // 10
    found = cb1.disagreements(people, less, DAYS)
    assert len(found) == 1
    assert found[0].startswith("reads")


def test_a_town_lives_the_same_days_in_one_go_and_in_two(people):
    whole = cb1_plaza.found(people, DAYS)
    halves = cb1_plaza.found(people, DAYS)
    cb1_plaza.live(whole, 3, 1, DAYS)
    cb1_plaza.live(halves, 3, 1, 5)
    cb1_plaza.live(halves, 3, 5, DAYS)
    for a, b in zip(whole, halves, strict=True):
        assert a.tobytes() == b.tobytes()


def test_states_stay_in_their_bounds(people):
    town = cb1_plaza.found(people, DAYS)
    cb1_plaza.live(town, 3, 1, DAYS)
    for name in ("satisfaction", "belonging"):
        assert 0.0 <= town.members[name].min() <= town.members[name].max() <= 1.0
    visits, posts, reads, reactions, _ = town.counts[1:DAYS].sum(axis=0)
    assert posts < visits
    assert reactions < reads <= FEED * visits


def test_a_verdict_compares_the_best_round_with_the_target():
    assert figures.Figure("a", "x", [90.0, 120.0], 100.0).verdict() == "reached, x1.20"
    assert figures.Figure("a", "s", [40.0, 25.0], 20.0, False).verdict() == "missed, x0.80"
    assert figures.Figure("a", "s", [40.0]).verdict() == ""


def test_profile_counts_every_process_and_changes_no_result():
    by_day = full_day.FullDay(300, 4)
    by_process = full_day.FullDay(300, 4)
    by_day.round()
    costs = full_day.profile(by_process.tables, by_process.day, 4)
    assert len(costs) == len(full_day.MECHANISMS) + 2
    assert np.array_equal(by_day.tables.daily, by_process.tables.daily)


def test_bytes_in_use_are_at_least_those_of_the_rows():
    tables = full_day.FullDay(300, 1).tables
    rows = tables.fate.dtype.itemsize + tables.members.dtype.itemsize
    used, allocated = full_day.table_bytes(tables)
    assert rows <= used <= allocated


def test_results_are_the_same_bytes_for_one_and_two_workers():
    assert sweep.sweep(3, 28, 1)[2] == sweep.sweep(3, 28, 2)[2]


def test_pairing_helps_even_in_a_few_short_runs():
    small = Setting(population=Population(initial_members=200))
    assert np.all(pairing.variance_ratios(small, 8, 42) > 1.0)


def test_the_command_prints_a_table_and_writes_figures(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sweep, "measure", lambda is_quick: [figures.Figure("a", "s", [1.0], 2.0)])
    path = tmp_path / "results" / "quick.json"
    assert main(["--quick", "--only", "sweep", "--out", str(path)]) == 0
    assert "missed, x0.50" in capsys.readouterr().out
    assert json.loads(path.read_text())["figures"][0]["item"] == "a"


def test_the_world_of_464ef09_is_written_out():
    """Numbers of that commit's default (read there): few come, none in bouts, moods are not felt;
    its full world felt them. Policy and population stay today's."""
    today = full_day.setting(300)
    was, full = (pinned(today, is_full=is_full) for is_full in (False, True))
    assert (was.world.arrival.p_external, was.world.activity.posts_activity) == (3e-5, 0.15)
    assert was.world.activity.bout_share == 0.0 and not was.world.mood.is_felt
    assert full.world.mood.is_felt and full.world.arrival.p_external == 3e-5
    assert was.policy == today.policy and was.population == today.population


def test_the_pinned_day_is_another_day_and_its_row_says_so():
    now, was = full_day.FullDay(300, 4), full_day.FullDay(300, 4, is_pinned=True)
    now.round(), was.round()
    assert not np.array_equal(now.tables.daily, was.tables.daily)
    assert [one.figures()[0].item for one in (now, was)] == [
        "full day, 300 members", "full day, 300 members, world of 464ef09",
    ]  # fmt: skip


def test_ratios_to_peers_are_taken_round_by_round():
    ours = {name: [30.0, 20.0] for name in peers.PINNED}
    found = peers.figures(100_000, ours, {"Covasim 4": [2.0, 4.0], "Starsim 3": [10.0, 10.0]})
    assert [one.values for one in found if one.unit == "x"] == [[15.0, 5.0]] * 2 + [[3.0, 2.0]] * 2
    assert [one.target for one in found if one.unit == "x"] == [10.0, 2.5, None, None]


def test_steps_that_are_small_everywhere_are_added_up_and_shares_stand_side_by_side():
    shares = {
        "few": {"reading": [60.0, 50.0], "tips": [0.5, 0.3], "mood": [39.5, 49.7]},
        "many": {"reading": [99.0, 98.0], "tips": [0.4, 0.8], "mood": [0.6, 1.2]},
    }
    costs = {"few": [1000.0, 1200.0], "many": [2000.0, 2400.0]}
    found = profile.figures_of(shares, costs)
    assert [f.item for f in found[:4]] == [
        "few: reading", "few: mood", f"few: {profile.REST}", f"few: {profile.WHOLE}",
    ]  # fmt: skip
    assert found[6].values == shares["many"]["tips"]
    for figure in found:
        figure.part = "profile"
    text = page.page(
        figures.as_data(found, {**figures.machine(), "load average after": "0.1 0.1 0.1"})
    )
    assert "| step | few | many |" in text
    assert "| reading | 55.0 | 98.5 |" in text
    assert f"| {profile.WHOLE} | 1,100 | 2,200 |" in text


def test_the_page_holds_every_figure_of_the_file_it_is_made_from(tmp_path, monkeypatch):
    own = figures.Figure("a year", "runs/s", [90.0, 110.0], 100.0, note="one core", part="sweep")
    data = figures.as_data([own], {**figures.machine(), "load average after": "0.1 0.1 0.1"})
    file = tmp_path / "figures.json"
    file.write_text(json.dumps(data))
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    assert page.main([str(file)]) == 0
    text = page.PAGE.read_text()
    assert "| a year (one core) | 110 | 100 | runs/s | 100 | reached, x1.10 |" in text
    assert data["machine"]["date"] in text
    assert "## Many small runs" in text and "## Launchers" not in text
    assert page.main([]) == 2
    for part in ("trust", "sweep"):
        other = figures.Figure(f"more of {part}", "s", [7.0], part=part)
        file.write_text(json.dumps(figures.as_data([other], data["machine"])))
        assert page.main(["--add", str(file)]) == 0
    text = page.PAGE.read_text()
    assert "more of trust" in text and "more of sweep" in text and "a year (one core)" not in text
    assert text.index("more of sweep") < text.index("more of trust")
    assert page.with_parts(text, json.loads(file.read_text())) == text


def test_the_battery_reads_the_words_that_the_engine_draws_from():
    key = plain(randomness.day_key)(plain(randomness.run_key)(1, 0), 3, 1)
    out = np.empty(3, np.uint64)
    plain(draws.ORDERS["members"][1])(draws.MEMBERS, out)  # the second day's first members
    drawn = [plain(randomness.uniform)(key, np.uint64(member)) for member in range(3)]
    assert ((out >> np.uint64(11)) * randomness.TO_UNIT).tolist() == drawn


def test_what_dieharder_prints_is_read():
    text = """
#        test_name   |ntup| tsamples |psamples|  p-value |Assessment
          sts_serial|   2|    100000|     100|0.85626401|  PASSED
   diehard_birthdays|   0|       100|     100|0.00000001|  FAILED
"""
    assert list(draws._read(text)) == [
        ("sts_serial 2", 0.85626401, "PASSED"), ("diehard_birthdays 0", 1e-8, "FAILED"),
    ]  # fmt: skip


def test_an_answer_is_reckoned_as_it_is_run_and_pairs_go_with_the_variance():
    spread = 0.02
    draws = np.random.default_rng(1).normal(0.6, spread / np.sqrt(2), (4000, 2))
    run = trust.cost(lambda k: (draws[k, 0], draws[k, 1]), 1e9)
    assert run.n_run == run.pairs and "run to its end" in run.note
    differences = np.diff(draws)[:, 0]
    assert trust.pairs_wanted(differences.tolist()) == pytest.approx(run.pairs, rel=0.25)
    twice = trust.pairs_wanted((2 * differences).tolist())
    assert twice == pytest.approx(4 * run.pairs, rel=0.25)
    early = trust.cost(lambda k: (draws[k, 0], draws[k, 1]), 0.0)
    assert early.n_run == 20 < early.pairs and "reckoned from 20 pairs" in early.note


def test_retention_of_cb1_is_the_share_of_places_that_nobody_left():
    people = gather(60)
    for one, other in (trust.records(people)(1), trust.mesa(people)(1)):
        assert 0.5 < one < 1.0 and 0.5 < other < 1.0


def test_on_paper_no_process_begins_more_runs_than_its_interpreter_can():
    one, many, cluster = scaling.on_paper(run_s=0.02, ends_s=0.001, job_s=0.1)
    assert one.best == pytest.approx(1000.0)
    assert many.best == pytest.approx(64 / 0.02)
    assert cluster.best == pytest.approx(100_000 / (100_000 / (50 * 100) + 5.0))
