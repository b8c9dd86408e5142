"""Trials inside the community: arms, the test, spill-over, the truth beside them, and mistakes."""

from __future__ import annotations

import dataclasses
import io
import json

import numpy as np
import pytest

from plaza_lab import trial
from plaza_lab.agents.member import Status
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.command_line.progress import Progress
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.execute import observe
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.trying.design import planned, share
from plaza_lab.scenarios.trying.living import (
    Estimate,
    Lived,
    Seen,
    _pair_means,
    judge,
    live_trial,
    switching,
)
from plaza_lab.sim import trials
from plaza_lab.sim.engine import live_until, open_tables
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state.alert_rules import INDEX
from plaza_lab.sim.state.alerts import GREEN, YELLOW

FEW = ["fund=brand_funded", "population.initial_members=300", "run.replicates=2", "run.workers=1"]
POLICIES = ["thanks_only", "points"]
pytestmark = pytest.mark.mechanism("M115")


def setting(*words):
    return compose([*FEW, *words]).config.setting


class TestTheRunner:
    """What every verb that looks into living communities is handed to."""

    def test_seeds_in_order_failures_told_and_left_out(self, monkeypatch):
        monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)

        def see(seed):
            if seed == 3:
                raise FloatingPointError("went\nwrong")
            return 10 * seed

        for workers in (1, 2):
            told, failures = io.StringIO(), []
            with Progress(5, stream=told) as progress:
                found = observe(see, range(1, 6), [], failures, workers=workers, progress=progress)
            assert found == [10, 20, 40, 50] and progress.done == 4
            assert failures == ["seed 3: FloatingPointError: went wrong"]
            assert "plaza: seed 3: FloatingPointError: went wrong" in told.getvalue()

    def test_a_mistake_in_the_question_ends_it_and_so_does_nothing_seen(self, monkeypatch):
        monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)

        def empty(seed):
            raise UserError("an arm is empty")

        def broken(seed):
            raise FloatingPointError("went wrong")

        for see, line in ((empty, "an arm is empty"), (broken, "no run could be finished: seed 1")):
            with pytest.raises(UserError, match=line):
                observe(see, [1, 2], [], [], progress=Progress(2, is_quiet=True))

    def test_a_seed_that_fails_ends_the_command_with_1(self, monkeypatch, capsys):
        monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: None)

        def see_well(design, seed):
            numbers = Estimate(*[0.1] * 5, 9, 9)
            seen = tuple(Seen(seed, name, numbers, *[1.0 * seed] * 7) for name in design.measures)
            return Lived(seen, True, 1.0, 2.0, 3.0)

        def see(design, seed):
            if seed == 2:
                raise FloatingPointError("went wrong")
            return see_well(design, seed)

        monkeypatch.setattr("plaza_lab.scenarios.trying.verb.live_trial", see)
        words = ["try", "points", "fund=brand_funded", "run.replicates=3", "--json"]
        assert main(words) == 1
        out, err = capsys.readouterr()
        assert json.loads(out)
        assert "plaza: 1 of 3 runs could not be finished; the first: seed 2: Floating" in err


class TestTheTest:
    def test_clusters_are_judged_as_in_the_closed_form(self):
        values = np.array([3, 5, 6, 8, 4, 4, 1, 3, 2, 2, 4, 6], float)
        arm, clusters = np.repeat([1, 0], 6), np.repeat(np.arange(6), 2)
        found = judge(values, arm, clusters)
        assert found.effect == pytest.approx(2.0)
        assert found.se == pytest.approx(1.327, abs=5e-4)
        # Student's t says .192; of the 20 ways to draw three of six, 6 part them as far
        assert found.p == pytest.approx(6 / 20, abs=0.03)
        assert judge(values, arm).se == pytest.approx(1.033, abs=5e-3)

    def test_what_was_before_takes_luck_out(self):
        rng = np.random.default_rng(1)
        before = rng.normal(0.0, 1.0, 400)
        arm = np.arange(400) % 2
        values = 0.9 * before + 0.2 * arm + rng.normal(0.0, 0.4, 400)
        assert judge(values, arm, before=before).se < 0.5 * judge(values, arm).se

    def test_an_empty_arm_proves_nothing(self):
        assert judge(np.arange(4.0), np.zeros(4)).p == 1.0

    def test_a_trend_over_pairs_of_blocks_is_no_effect(self):
        pair = np.repeat(np.arange(5), 4)
        assert np.abs(_pair_means(3.0 * pair, pair) - 3.0 * pair).max() < 1e-12


class TestArms:
    def test_only_the_arm_earns_points(self, kernels):
        usual, tried = (setting(f"incentive={name}") for name in POLICIES)
        tables = live_until(open_tables(usual, 1, 70), 0, 14)
        tables = trials.begin(tables, tried.policy, 0.3, False, 14)
        arm = trials.arms_of(tables)
        assert arm.mean() == pytest.approx(0.3, abs=0.08)
        tables = live_until(tables, 14, 42)
        points = tables.members.points[: len(arm)]
        assert points[arm == 1].sum() > 0 and points[arm == 0].sum() == 0
        issued = tables.daily[:42, mt.POINTS_ISSUED]
        assert issued[:14].sum() == 0
        tables = live_until(trials.end(tables, usual.policy, 42), 42, 70)
        assert tables.policy.shape == (1,)
        assert tables.daily[42:70, mt.POINTS_ISSUED].sum() == 0

    def test_a_trial_of_what_everybody_has_changes_no_byte(self, kernels):
        usual = setting("incentive=points", "groups.number=6")
        plain = live_until(open_tables(usual, 2, 42), 0, 42)
        for has_groups in (False, True):
            tables = live_until(open_tables(usual, 2, 42), 0, 14)
            tables = trials.begin(tables, usual.policy, 0.5, has_groups, 14)
            tables = live_until(tables, 14, 42)
            assert tables.daily.tobytes() == plain.daily.tobytes()

    def test_groups_are_in_one_arm_and_as_many_as_the_share_says(self, kernels):
        usual = setting("groups.number=8")
        tables = open_tables(usual, 1, 14)
        tables = trials.begin(tables, setting("incentive=points").policy, 0.25, True, 0)
        for draw in range(20):
            arm = trials.arms_of(tables, draw)
            groups = tables.members.group[: len(arm)]
            treated = [set(arm[groups == group]) for group in range(8)]
            assert all(len(one) == 1 for one in treated) and treated.count({1}) == 2

    def test_the_prize_goes_to_the_arm(self, kernels):
        usual, tried = (setting(f"incentive={name}") for name in ("thanks_only", "weekly_prize"))
        tables = trials.begin(open_tables(usual, 1, 56), tried.policy, 0.5, False, 0)
        arm = trials.arms_of(tables)
        tables = live_until(tables, 0, 56)
        wins = tables.members.wins[: len(arm)]
        assert wins[arm == 1].sum() > 3 and wins[arm == 0].sum() == 0

    @pytest.mark.parametrize(
        ("words", "count"),
        [
            (("onboarding.guide_hours_day=2",), lambda t: (t.fate.circles & 4) > 0),
            (("game=checkins",), lambda t: t.members.habit > 0),
            (("incentive.has_levels=true", "incentive.level_first=1"), lambda t: t.members.level),
            (("incentive.has_badges=true",), lambda t: t.members.badges),
        ],
        ids=("guidance", "games", "grades", "badges"),
    )
    def test_an_instrument_reaches_its_arm_alone(self, kernels, words, count):
        tables = open_tables(setting(), 1, 42)
        tables = trials.begin(tables, setting(*words).policy, 0.5, False, 0)
        tables = live_until(tables, 0, 42)
        arm = trials.arms_of(tables)
        got = np.asarray(count(tables))[: len(arm)]
        assert got[arm == 1].sum() > 0 and got[arm == 0].sum() == 0

    @pytest.mark.parametrize(
        "words",
        [
            ("distribution.feed=curated",),
            ("incentive.has_tips=true", "incentive.tip_norm0=0.9"),
            ("incentive.has_token=true",),
            ("incentive.has_privileges=true",),
            ("crm.has_winback=true", "crm.winback_cut=1"),
        ],
        ids=("feed", "tips", "tokens", "privileges", "win-back"),
    )
    def test_what_an_empty_arm_has_moves_nobody(self, kernels, words):
        """A lever that is read member by member; with half in the arm some members differ."""
        tried = setting(*words).policy
        trials.check_arms(setting().policy, tried)
        plain = live_until(open_tables(setting(), 1, 42), 0, 42)
        moved = []
        for part in (1e-9, 0.5):
            tables = trials.begin(open_tables(setting(), 1, 42), tried, part, False, 0)
            tables = live_until(tables, 0, 42)
            moved.append(tables.members.tobytes() != plain.members.tobytes())
        assert moved == [False, True]

    def test_what_is_not_proven_is_an_alert_and_interventions_go_on(self, kernels):
        """A12 stands from a look that proves nothing; acts keep their levers in both arms."""
        usual, tried = (setting(f"incentive={name}", "alerts=strict") for name in POLICIES)
        tables = live_until(open_tables(usual, 1, 98), 0, 63)
        acted = tables.policy.copy()
        assert acted.tobytes() != open_tables(usual, 1, 7).policy.tobytes()
        tables = trials.begin(tables, tried.policy, 0.5, False, 63, usual=usual.policy)
        arm = tables.policy[1:].copy()
        assert arm.incentive.has_points.all() and not acted.incentive.has_points.any()
        arm.incentive["has_points"] = 0
        assert arm.tobytes() == acted.tobytes() == tables.policy[:1].tobytes()
        colours = []
        for day, is_proven in ((70, False), (77, True), (84, False), (91, False)):
            tables = live_until(tables, day - 7, day)
            colours.append(int(tables.alerts[INDEX["A12"]].colour))
            trials.note(tables, is_proven, day)
        assert colours == [GREEN, YELLOW, GREEN, YELLOW]
        before = tables.policy[:1].copy()
        tables = trials.end(tables, usual.policy, 91, usual.policy)
        assert tables.policy.tobytes() == before.tobytes()


@pytest.mark.slow
def test_without_an_effect_five_in_a_hundred_are_significant(kernels):
    usual = setting("population.initial_members=900", "groups.number=16")
    tables = live_until(open_tables(usual, 1, 84), 0, 84)
    values = (tables.members.posts + tables.members.answers)[:].astype(float)
    for has_groups in (False, True):
        own = trials.begin(tables, usual.policy, 0.5, has_groups, 83)
        n = int(own.people_state[0].n_rows)
        here = own.fate.status[:n] != Status.LEFT
        clusters = own.members.group[:n][here] if has_groups else None
        found = [
            judge(values[:n][here], trials.arms_of(own, draw)[here], clusters).p < 0.05
            for draw in range(400)
        ]
        assert 10 <= sum(found) <= 32, (has_groups, sum(found))


@pytest.mark.slow
class TestAgainstTheTruth:
    def test_the_truth_is_that_of_the_twin_runs(self, kernels):
        design = planned(POLICIES, [*FEW, "run.weeks=8"], weeks=4, after=2)
        lived = [live_trial(design, seed) for seed in design.seeds]
        seen = lived[0].seen[0]
        lives = []
        for point in (design.usual, design.tried):
            tables = live_until(open_tables(design.usual.setting, 1, 56), 0, 14)
            n = int(tables.people_state[0].n_rows)
            there = tables.fate.status[:n] != Status.LEFT
            before = (tables.members.posts + tables.members.answers)[:n].astype(int)
            policy = trials.end(tables, point.setting.policy, 14)
            tables = live_until(policy, 14, 42)
            after = (tables.members.posts + tables.members.answers)[:n].astype(int)
            lives.append((after - before)[there].mean())
        assert (seen.nobody, seen.everybody) == pytest.approx(tuple(lives))
        assert seen.truth > 0.0

    def test_what_is_not_proven_is_not_scaled(self, kernels):
        words = [*FEW, "run.weeks=8"]
        found = trial(POLICIES, words, trial_weeks=4, after=2, alpha=1e-9)
        assert not any(one.is_proven for one in found.lived)
        assert any(line.startswith("Not proven in") for line in found.told())
        assert "everybody against nobody" in " ".join(found.told())
        # what the arm writes is read and answered by the others as well
        spill = [one.seen[0].spill for one in found.lived]
        assert max(map(abs, spill)) > 0.0
        sure = trial(POLICIES, words, trial_weeks=4, after=2, alpha=0.999999)
        ends = [(one.end_rule, other.end_rule) for one, other in
                zip(found.lived, sure.lived, strict=True) if other.is_proven]  # fmt: skip
        assert ends and any(one != other for one, other in ends)

    def test_blocks_of_weeks_come_in_pairs(self):
        design = planned(POLICIES, FEW, weeks=8, after=2, by="week")
        for seed in range(6):
            days = [day for day, _ in switching(design, seed).changes]
            assert all((day - 14) % 7 == 0 and 14 <= day < 70 for day in days)
            blocks = trials.blocks_of(8, 1, seed).reshape(-1, 2)
            assert (blocks.sum(axis=1) == 1).all()

    def test_any_lever_can_come_and_go_by_weeks(self, kernels):
        found = trial({"slow": dataclasses.replace(setting().policy),
                       "curated": setting("distribution=curated").policy},
                      ["population.initial_members=200", "run.replicates=2", "run.workers=1"],
                      by="week", trial_weeks=6, after=1)  # fmt: skip
        assert set(found.frame()["outcome"]) == {"contributions", "spend"}
        assert found.frame()["clusters"].eq(3).all()


class TestTheCommand:
    @pytest.mark.slow
    def test_it_answers_in_both_languages_and_keeps(self, kernels, tmp_path, capsys):
        words = ["policies=[thanks_only,points]", *FEW, "--weeks", "4", "--after", "2"]
        place = tmp_path / "here"
        assert main(["try", *words, "--json", "--to", str(place)]) == 0
        plain = json.loads(capsys.readouterr().out)
        assert plain == json.loads((place / "trial.json").read_text())
        assert len(plain["trials"]) == 8 and plain["outcome"] == "contributions"
        kept = {file.name for file in place.iterdir()}
        assert kept == {"manifest.json", "trial.json", "trials.csv", "trial.png"}
        assert main(["try", *words, "--lang", "zh"]) == 0
        told = capsys.readouterr().out
        assert "试验" in told and "trial" not in told

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["points", "--arm", "0%"], "leaves nobody to compare with"),
            (["points", "--arm", "100%"], "less than 100 %"),
            (["points", "--arm", "half"], "a share such as 50% is expected"),
            (["dues"], "fund.dues_month_cents cannot be given to a part of the members"),
            (["entry=fee"], "which policy is tried?"),
            (["policies=[curated,personalised]"], "one arm must have chronological"),
            (["points", "incentive.has_points=true"], "same"),
            (["points@week1-4"], "dates of its own"),
            (["points", "run.weeks=6"], "after the 6 weeks of the run"),
            (["points", "--outcome", "joy"], "choose one of contributions"),
            (["points", "--by", "week", "--outcome", "retention"], "is not of a week"),
            (["points", "--by", "week", "--weeks", "9"], "pairs of blocks"),
            (["points", "--by", "week", "--arm", "0.3"], "leave out --arm"),
            (["points", "--by", "week", "--washout", "7"], "no day of a block"),
            (["points", "run.replicates=1"], "2 or more communities"),
            (["fund=dues"], "which policy is tried?"),
            (["policies=[a,b,c]"], "of one policy against another"),
        ],
    )
    def test_mistakes_are_one_line(self, capsys, words, told):
        assert main(["try", *words]) == 2
        line = capsys.readouterr().err
        assert told in line and line.count("\n") == 1

    def test_a_group_alone_has_no_arms(self, kernels, capsys):
        assert main(["try", "points", *FEW, "--by", "group"]) == 2
        assert "need 4 or more" in capsys.readouterr().err

    def test_python_says_what_it_does_not_know(self):
        with pytest.raises(UserError, match="arms= is unknown"):
            trial(POLICIES, FEW, arms=0.5)
        with pytest.raises(UserError, match="choose one of person"):
            trial(POLICIES, FEW, by="street")
        assert share("30%") == share("0.3") == pytest.approx(0.3)


def test_what_can_be_given_to_a_part_are_levers_there_are():
    policy = setting().policy
    for path in trials.personal_levers():
        group, _, lever = path.partition(".")
        assert hasattr(getattr(policy, group), lever), path


def test_what_is_settled_for_all_may_differ_only_where_one_goes_without():
    prize = setting("incentive=weekly_prize").policy
    two = dataclasses.replace(
        prize, incentive=dataclasses.replace(prize.incentive, prize_winners=5)
    )
    with pytest.raises(trials.NoArm, match="settled for all who have has_prize"):
        trials.check_arms(prize, two)
    trials.check_arms(setting().policy, two)
