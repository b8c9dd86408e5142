"""Attribution: rules of credit by their closed forms, and what channels have really brought."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from plaza_lab import attribute
from plaza_lab.agents.member import Stance, Status
from plaza_lab.scenarios.attributing.credit import RULES, shapley, shares, whole_parts
from plaza_lab.scenarios.attributing.living import channels_of, credit
from plaza_lab.scenarios.attributing.touching import WINDOW, Joined, joined, live_watched
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.sim.engine import live_until, open_tables

FEW = ["fund=brand_funded", "acquisition=mixed", "run.weeks=10", "population.initial_members=200",
       "run.workers=1"]  # fmt: skip
pytestmark = pytest.mark.mechanism("M116")


class TestRules:
    def test_time_position_and_even_by_hand(self):
        ages = (14, 7, 0)
        assert 120 * shares("decay", ages) == pytest.approx([17.14, 34.29, 68.57], abs=0.005)
        assert 120 * shares("position", ages) == pytest.approx([48, 24, 48])
        assert 120 * shares("even", ages) == pytest.approx([40, 40, 40])
        assert shares("position", (3, 0)) == pytest.approx([0.5, 0.5])
        assert [shares(rule, (5,)).tolist() for rule in RULES[:-1]] == [[1.0]] * 5

    def test_cents_go_out_by_largest_remainder_ties_to_the_first(self):
        assert whole_parts(10_000, [1, 1, 1]) == [3334, 3333, 3333]
        assert whole_parts(1, [0.5, 0.5]) == [1, 0]
        assert whole_parts(10_000, [70, 50]) == [5833, 4167]
        assert whole_parts(100_001, [0.6, 0.4]) == [60_001, 40_000]

    def test_shapley_by_closed_forms(self):
        worth = {"A": 40, "B": 30, "C": 10, "AB": 60, "AC": 60, "BC": 40, "ABC": 100, "": 0}
        found = shapley(list("ABC"), lambda some: worth["".join(sorted(some))])
        assert [found[one] for one in "ABC"] == pytest.approx([140 / 3, 95 / 3, 65 / 3])
        chances = dict(zip("ABC", (0.2, 0.1, 0.05), strict=True))
        found = shapley(list("ABC"), lambda s: 1 - math.prod(1 - chances[one] for one in s))
        assert [found[one] for one in "ABC"] == pytest.approx([0.1853, 0.0878, 0.0428], abs=5e-5)

    def test_shapley_of_many_is_drawn_and_sums_to_the_whole(self):
        names = [f"c{k}" for k in range(12)]
        size = dict(zip(names, range(12), strict=True))
        found = shapley(names, lambda some: float(sum(size[one] for one in some)))
        assert found == pytest.approx(size) and sum(found.values()) == pytest.approx(66)

    def test_every_rule_credits_every_join_and_every_cent_once(self):
        rng = np.random.default_rng(2)
        people = []
        for _ in range(200):
            n = int(rng.integers(1, 6))
            ages = tuple(sorted(map(int, rng.integers(0, WINDOW, n - 1)), reverse=True))
            names = tuple(f"c{k}" for k in rng.integers(0, 4, n))
            people.append(Joined(names, (*ages, 0), int(rng.integers(0, 9999))))
        found = credit(people, {f"c{k}": 0.1 for k in range(4)})
        for rule in RULES:
            assert sum(found.joins[rule].values()) == pytest.approx(200.0)
            assert sum(found.cents[rule].values()) == found.total_cents


class TestTouches:
    def test_to_be_watched_changes_no_byte(self, kernels):
        setting = channels_of([*FEW, "run.replicates=2"]).point.setting
        watched, reached = live_watched(setting, 1, 70)
        plain = live_until(open_tables(setting, 1, 70), 0, 70)
        assert watched.daily.tobytes() == plain.daily.tobytes()
        assert {"organic", "paid", "offline", "content"} <= set(reached.persons)

    def test_the_last_touch_is_how_she_came_and_the_others_lie_before(self, kernels):
        setting = channels_of([*FEW, "run.replicates=2"]).point.setting
        tables, reached = live_watched(setting, 1, 70)
        people = joined(tables, reached, 2000.0)
        assert len(people) > 20 and max(len(one.ages) for one in people) > 1
        assert all(one.ages[-1] == 0 and max(one.ages) <= WINDOW for one in people)
        assert all(list(one.ages) == sorted(one.ages, reverse=True) for one in people)
        # in a smaller market every channel reaches the same persons more often
        few, many = (sum(len(one.ages) for one in joined(tables, reached, size))
                     for size in (1e6, 2000.0))  # fmt: skip
        assert few < many


def _kept(setting, seed, days=182, least=84):
    """Who joined at least so long ago and has stayed as long, member by member."""
    run = live_until(open_tables(setting, seed, days), 0, days)
    kept = 0
    for i in range(int(run.run_state[0].n_founders), int(run.people_state[0].n_rows)):
        member = run.members[i]
        end = int(member.left) if run.fate[i].status == Status.LEFT else days
        is_real = not int(member.stance) & Stance.FAKE
        kept += is_real and end - int(member.joined) >= least
    return kept


@pytest.mark.slow
class TestAgainstTheTruth:
    def test_the_twin_without_a_channel_is_the_policy_without_it(self, kernels):
        found = attribute(FEW, replicates=2)
        closed = channels_of([*FEW, "run.replicates=2"]).off["paid"]
        assert closed.policy.acquisition.media_week_cents == 0
        tables = live_until(open_tables(closed, 1, 70), 0, 70)
        new = len(tables.members[: tables.people_state[0].n_rows]) - int(
            tables.run_state[0].n_founders
        )
        life = found.lives[0]
        assert life.without["paid"].joins == new < life.all_on.joins
        assert "credits of each rule sum" in found.told()[-2]
        table = found.frame().set_index("channel")
        assert table.loc["paid", "true"] > 0 and table.loc["paid", "cost_yuan"] > 0
        joins = np.mean([one.credited.n_joins for one in found.lives])
        assert table["last"].sum() == pytest.approx(joins)

    def test_deals_are_credited_and_true_shapley_sums_to_what_all_bring(self, kernels):
        words = ["fund=brand_funded", "acquisition=paid_media", "partnership=co_promotion",
                 "partnership.min_fit=0", "run.weeks=16", "population.initial_members=200",
                 "acquisition.has_referral=false", "run.workers=1"]  # fmt: skip
        found = attribute(words, has_shapley=True, replicates=2)
        assert set(found.channels.off) == {"paid", "partner"}
        whole = found.channels.without(["paid", "partner"])
        for life, seed in zip(found.lives, found.channels.seeds, strict=True):
            bare = live_until(open_tables(whole, seed, 112), 0, 112)
            new = int(bare.people_state[0].n_rows) - int(bare.run_state[0].n_founders)
            assert sum(life.true_shapley.values()) == pytest.approx(life.all_on.joins - new)
        names = [row.channel for row in found.rows()]
        assert any(name.startswith("co_promotion ") for name in names)

    def test_joins_of_partners_that_stay_are_told_against_the_twin(self, kernels):
        """R67: counted member by member, 12 weeks after she joined (T64)."""
        found = attribute(["entry=open", "fund=brand_funded", "partnership=open_platform",
                           "partnership.min_fit=0", "partnership.deals=3", "partnership.pool=12",
                           "run.weeks=26", "run.workers=1"], replicates=3)  # fmt: skip
        row = next(one for one in found.rows() if one.channel == "partner")
        sides = (found.channels.point.setting, found.channels.off["partner"])
        kept = [[_kept(side, seed) for side in sides] for seed in found.channels.seeds]
        assert row.retained == pytest.approx(-np.diff(kept).mean())
        assert 0 < row.retained < row.true[0]


class TestTheCommand:
    @pytest.mark.slow
    def test_it_answers_in_both_languages_and_keeps(self, kernels, tmp_path, capsys):
        words = [*FEW, "run.replicates=2"]
        place = tmp_path / "here"
        assert main(["attribute", *words, "--json", "--to", str(place)]) == 0
        plain = json.loads(capsys.readouterr().out)
        assert plain == json.loads((place / "channels.json").read_text())
        kept = {file.name for file in place.iterdir()}
        assert kept == {"manifest.json", "channels.json", "channels.csv", "channels.png"}
        assert main(["attribute", *words, "--lang", "zh"]) == 0
        told = capsys.readouterr().out
        assert "付费媒体" in told and "paid" not in told

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["acquisition=none"], "no channel is open"),
            (["acquisition=paid_media@week1-4", "fund=brand_funded"], "leave out the @"),
            (["acquisition=referral", "run.replicates=1"], "2 or more pairs"),
            ([*FEW, "--shapley", "partnership=co_promotion"], "channels are open"),
        ],
    )
    def test_mistakes_are_one_line(self, capsys, words, told):
        assert main(["attribute", *words]) == 2
        line = capsys.readouterr().err
        assert told in line and line.count("\n") == 1
