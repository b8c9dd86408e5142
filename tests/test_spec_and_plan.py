"""What a study asks, and the runs that are planned from it."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from composed_once import composed_once
from hypothesis import given, settings
from hypothesis import strategies as st

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.axes import is_lever, list_axis, range_axis
from plaza_lab.scenarios.experiments.design import DesignPoint, one_policy
from plaza_lab.scenarios.experiments.launching import MOST_JOBS, jobs_worth, part_of, quoted
from plaza_lab.scenarios.experiments.plan import Plan, make_plan
from plaza_lab.scenarios.experiments.plan_files import (
    StudyFolder,
    check_name,
    load_facts,
    load_plan,
    save_plan,
    study_named,
    study_names,
)
from plaza_lab.scenarios.experiments.spec import Spec, read_spec, spec_of, text_of, value_of
from plaza_lab.scenarios.experiments.varying import vary
from plaza_lab.scenarios.settings.composing import compose
from plaza_lab.scenarios.settings.config import Run
from plaza_lab.scenarios.settings.declared_settings import declaration, setting_keys
from plaza_lab.scenarios.settings.overrides import parsed
from plaza_lab.scenarios.store import open_store

POLICIES = ["thanks_only", "weekly_prize"]
DECAY = "world.ties.decay"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def quick_plans(monkeypatch):
    monkeypatch.setattr("plaza_lab.scenarios.experiments.plan.compose", composed_once)


def by_words(*words: str, name: str = "s", **design: object) -> Spec:
    """Make a spec as the command line does."""
    return replace(Spec("").changed_by(words, design), name=name)


@cache
def base() -> DesignPoint:
    return one_policy([])


@cache
def plan_of(*words: str, kind: str = "grid", n: int = 0) -> Plan:
    """Plan once for several tests; composing takes a while."""
    return make_plan(by_words(*words, kind=kind, n=n))


WORLDS = ("policies=[thanks_only,weekly_prize]", f"{DECAY}=0.01,0.02", "run.replicates=3")


def keys(plan: Plan) -> list[str]:
    return [plan.key_of(number) for number in range(plan.n_runs)]


@cache
def numeric_keys() -> list[str]:
    """Settings that take a number within finite bounds."""
    found = []
    for key in setting_keys():
        own = declaration(key)[1]
        is_number = own.type in (int, float) and not key.startswith("run.")
        if is_number and math.isfinite(own.metadata["low"] + own.metadata["high"]):
            found.append(key)
    return found


@st.composite
def numbers(draw) -> dict[str, float]:
    """Some settings with values within their bounds."""
    chosen = draw(st.lists(st.sampled_from(numeric_keys()), min_size=3, max_size=9, unique=True))
    values = {}
    for key in chosen:
        own = declaration(key)[1]
        low, high = own.metadata["low"], own.metadata["high"]
        kind = st.integers(int(low), int(high)) if own.type is int else st.floats(low, high)
        values[key] = draw(kind)
    return values


# Design points


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(numbers())
def test_varying_a_point_equals_composing_it(values):
    words = [f"{key}={text_of(value)}" for key, value in values.items()]
    try:
        whole = compose(words)
    except UserError as wrong:
        with pytest.raises(type(wrong)):
            vary(base(), values)
        return
    point, composed = vary(base(), values), DesignPoint("", whole)
    assert point.composed.config == whole.config
    assert point.composed.plain == whole.plain
    assert point.fingerprint == composed.fingerprint
    assert point.factors == values


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(numeric_keys()), st.floats(0.05, 0.95))
def test_every_number_of_policy_and_world_changes_the_fingerprint(key, share):
    axis = range_axis(key, *(declaration(key)[1].metadata[end] for end in ("low", "high")))
    try:
        point = vary(base(), {key: axis.at(share)})
    except UserError:
        return
    is_same = point.composed.plain == base().composed.plain
    assert (point.fingerprint == base().fingerprint) == is_same


def test_how_much_is_run_and_where_changes_no_fingerprint():
    values = {"replicates": 3, "weeks": 9, "seed": 5, "workers": 1, "out": "x", "report": "false"}
    assert set(values) | {"overwrite"} == {own.name for own in fields(Run)} - NOT_HERE
    words = [f"run.{key}={value}" for key, value in values.items()]
    assert one_policy(words).fingerprint == base().fingerprint


NOT_HERE = {own.name for own in fields(Run)} - {
    "replicates", "weeks", "seed", "workers", "out", "report", "overwrite",
}  # fmt: skip


# Plans


def test_yaml_and_command_line_make_the_same_plan(empty_folder):
    content = {
        "policies": POLICIES,
        "levers": {"comms.lead_days": [2, 3]},
        "uncertainties": {DECAY: {"low": 0.01, "high": 0.02, "log": True}},
        "design": {"kind": "lhs", "n": 3, "seed": 4},
        "settings": ["population=learning_52"],
        "run": {"weeks": 4, "replicates": 2},
    }
    Path("s.yaml").write_text(yaml.safe_dump(content))
    words = [
        "policies=[thanks_only,weekly_prize]", "comms.lead_days=2,3",
        f"{DECAY}=tag(log,interval(0.01,0.02))", "population=learning_52", "run.weeks=4",
        "run.replicates=2",
    ]  # fmt: skip
    from_file, typed = read_spec("s.yaml"), by_words(*words, kind="lhs", n=3, seed=4)
    assert from_file == typed
    one, other = make_plan(from_file), make_plan(typed)
    assert one.rows == other.rows
    assert keys(one) == keys(other)
    assert one.n_runs == 2 * 2 * 3 * 2


def test_options_of_conf_study_are_found(empty_folder):
    folder = empty_folder / "plaza-conf" / "study"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("policies: [thanks_only, points]\n")
    assert read_spec("mine").policies == ("thanks_only", "points")
    with pytest.raises(UserError, match="did you mean mine"):
        read_spec("mien")


def test_a_plan_is_every_policy_in_every_world_at_every_seed():
    plan = plan_of(*WORLDS, "run.seed=7", "run.weeks=4")
    runs = [(plan.rows[place], seed) for place, seed in map(plan.run_of, range(plan.n_runs))]
    found = [(row.policy, row.factors[DECAY], seed) for row, seed in runs]
    assert len(set(found)) == len(found) == 12
    assert {seed for *_, seed in found} == {7, 8, 9}
    assert [row.world_point for row in plan.rows] == [0, 0, 1, 1]
    assert len(set(keys(plan))) == 12
    for place, row in enumerate(plan.rows):
        point = plan.point(place)
        assert point.fingerprint == row.point_id
        assert point.composed.config.world.ties.decay == row.factors[DECAY]
        assert DesignPoint("", compose(plan.overrides(place))).fingerprint == row.point_id


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(1, 30), st.data())
def test_all_points_have_equally_many_seeds_at_any_moment(points, seeds, data):
    plan = Plan(Spec("s"), [], [None] * points, list(range(seeds)), 4)
    stop = data.draw(st.integers(0, plan.n_runs))
    counts = Counter(plan.run_of(number)[0] for number in range(stop))
    every = [counts[place] for place in range(points)]
    assert max(every) - min(every) <= 1
    order = [plan.run_of(number)[1] for number in range(stop)]
    assert order == sorted(order)


@given(st.integers(0, 5000), st.integers(1, 300))
def test_parts_are_even_and_whole(n_runs, parts):
    shares = [part_of(n_runs, part, parts) for part in range(parts)]
    assert [number for share in shares for number in share] == list(range(n_runs))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize(
    ("words", "jobs"),
    [
        ("run.replicates=1", 1),
        ("run.replicates=30", 6),
        ("run.replicates=30 run.weeks=26", 3),
        ("run.replicates=30 population.initial_members=1000,2000", 36),
        ("run.replicates=3000", MOST_JOBS),
    ],
)
def test_a_study_is_cut_into_as_many_jobs_as_are_worth_their_cost(words, jobs):
    plan = make_plan(by_words("policies=[thanks_only,points]", *words.split()))
    assert jobs_worth(plan) == jobs


def test_levers_alone_make_policies():
    plan = make_plan(by_words("incentive=thanks_only,points", "comms.lead_days=2,3"))
    assert plan.policies[0] == "incentive=thanks_only comms.lead_days=2"
    assert len(plan.policies) == 4
    assert plan.n_worlds == 1


def test_options_that_match_a_pattern_make_policies():
    assert make_plan(by_words("culture=glob(*)")).policies == ["culture=strong", "culture=weak"]
    with pytest.raises(UserError, match=r"no option matches; there are strong, weak"):
        by_words("culture=glob(z*)")
    with pytest.raises(UserError, match=r"world.ties.decay has no options"):
        by_words("world.ties.decay=glob(*)")


@pytest.mark.slow
def test_combinations_that_contradict_themselves_are_left_out_and_named():
    plan = make_plan(by_words("incentive=thanks_only,weekly_prize", "fund=none,dues"))
    assert len(plan.rows) == 3
    (line,) = plan.refused
    assert line.startswith("incentive=weekly_prize fund=none: ")
    with pytest.raises(UserError, match="needs a fund"):
        make_plan(by_words("incentive=weekly_prize", "fund=none", "comms.lead_days=2,3"))


def test_another_engine_makes_other_keys(monkeypatch):
    plan = plan_of(*WORLDS, "run.seed=7", "run.weeks=4")
    before = keys(plan)
    monkeypatch.setattr("plaza_lab.scenarios.store.layout.code_fingerprint", lambda: "another")
    assert not set(before) & set(keys(plan))
    assert len(set(keys(plan))) == 12


# Expanding


def expanded(plan: Plan, *words: str, **design: object) -> tuple[Plan, set[str], set[str]]:
    new = make_plan(plan.spec.changed_by(words, design))
    return new, set(keys(plan)), set(keys(new))


def test_seeds_and_values_that_are_added_keep_every_run():
    plan = plan_of(*WORLDS, "run.seed=7", "run.weeks=4")
    more = ["run.replicates=5", f"{DECAY}=0.01,0.02,0.03"]
    _, old, new = expanded(plan, *more, "policies=[thanks_only,weekly_prize,points]")
    assert old < new
    assert (len(old), len(new)) == (12, 3 * 3 * 5)


def test_a_sobol_sequence_grows_point_by_point():
    plan = make_plan(by_words(f"{DECAY}=interval(0.01,0.02)", kind="sobol_sequence", n=4))
    _, old, new = expanded(plan, n=8)
    assert old < new
    assert len(new) == 2 * len(old)


# Kept plans


def test_a_plan_is_read_as_it_was_kept(tmp_path):
    words = ["policies=[thanks_only,weekly_prize]", f"{DECAY}=interval(0.01,0.02)", "run.weeks=4"]
    plan = make_plan(by_words(*words, "comms.lead_days=2,3", kind="lhs", n=3, seed=2))
    study = StudyFolder(open_store(tmp_path / "store"), "s")
    save_plan(study, plan, "plaza study run ...")
    kept = load_plan(study)
    assert (kept.spec, kept.rows, kept.seeds, kept.weeks) == (
        plan.spec, plan.rows, plan.seeds, plan.weeks,
    )  # fmt: skip
    for place in range(len(plan.rows)):
        assert kept.point(place).composed.config == plan.point(place).composed.config
        assert kept.overrides(place) == plan.overrides(place)
    assert load_facts(study)["command"] == "plaza study run ..."
    assert study_named(study.store, "s") == study
    assert study_names(study.store) == ["s"]


def age_points(study: StudyFolder) -> None:
    """Make design points as old as those that nobody is about to name."""
    for file in study.folder.glob("points-*.parquet"):
        os.utime(file, (0, 0))


@pytest.mark.parametrize("step", range(1, 5))
def test_a_plan_that_is_replaced_is_whole_at_any_moment(tmp_path, monkeypatch, step):
    study = StudyFolder(open_store(tmp_path / "store"), "s")
    old = plan_of(*WORLDS, "run.seed=7", "run.weeks=4")
    save_plan(study, old, "old")
    new = plan_of("policies=[thanks_only,points]")
    count = 0

    def stopping(real):
        def act(*args, **kwargs):
            nonlocal count
            count += 1
            if count == step:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        return act

    age_points(study)
    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", stopping(pq.write_table))
        patch.setattr(Path, "replace", stopping(Path.replace))
        patch.setattr(Path, "unlink", stopping(Path.unlink))
        with pytest.raises(KeyboardInterrupt):
            save_plan(study, new, "new")
    kept = load_plan(study)
    assert keys(kept) in (keys(old), keys(new))
    age_points(study)
    save_plan(study, new, "new")
    assert keys(load_plan(study)) == keys(new)
    assert len(list(study.folder.glob("points-*.parquet"))) == 1


def test_a_plan_is_read_where_its_options_are_not(empty_folder, tmp_path_factory, monkeypatch):
    folder = empty_folder / "plaza-conf" / "world"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("ties: {decay: 0.03}\n")
    plan = make_plan(by_words("policies=[thanks_only,points]", "world=mine"))
    study = StudyFolder(open_store(empty_folder / "store"), "s")
    save_plan(study, plan, "")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert keys(load_plan(study)) == keys(plan)


@pytest.mark.parametrize("damage", ["study.json", "points", "spec", "base"])
def test_a_plan_that_cannot_be_read_is_said_in_one_line(tmp_path, damage):
    study = StudyFolder(open_store(tmp_path / "store"), "s")
    save_plan(study, plan_of("policies=[thanks_only,points]"), "")
    file = study.folder / "study.json"
    content = json.loads(file.read_text())
    if damage == "study.json":
        file.write_text('{"name": ')
    elif damage == "points":
        (study.folder / content["points"]).write_bytes(b"PAR1")
    elif damage == "spec":
        file.write_text(json.dumps(content | {"spec": {"levers": {"world.nonsense": [1]}}}))
    else:
        content["bases"][0]["plain"]["world"]["unheard_of"] = 3
        file.write_text(json.dumps(content))
    with pytest.raises(UserError, match=r"cannot be read|no readable plan") as wrong:
        load_plan(study)
    assert "\n" not in str(wrong.value)


# Values and names


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("3", 3), ("-2.5", -2.5), ("true", True), ("points", "points"), ("1.0", 1.0)],
)
def test_values_are_read_as_people_mean_them(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value)
    assert value_of(text_of(value)) == value
    spec = spec_of({"policies": POLICIES, "uncertainties": {DECAY: ["1e-3", 2e-3]}}, "s")
    assert spec.uncertainties[0].values == (0.001, 0.002)


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_a_folder_of_any_name_reaches_the_jobs(name):
    from omegaconf import OmegaConf

    (override,) = parsed([f"folder={quoted('/' + name)}"])
    read = OmegaConf.create({"folder": override.value()})
    assert read.folder == "/" + name


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", fullmatch=True))
def test_plain_names_are_taken(name):
    assert check_name(name) == name
    assert check_name("茶" + name[:50]) == "茶" + name[:50]


@pytest.mark.parametrize(
    "name", ["", "a/b", "../x", ".hidden", "a b", "a" * 101, "茶" * 67, "a，b", "a\n"]
)
def test_names_that_are_no_file_names_are_refused(name):
    with pytest.raises(UserError, match="is no name of a study"):
        check_name(name)


def test_levers_and_uncertainties_are_told_apart_by_name():
    for key in setting_keys():
        if not key.startswith("run"):
            assert is_lever(key) == (key.split(".")[0] not in ("world", "population"))
    assert is_lever("scenario")
    assert not is_lever("population")


# Mistakes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "nothing to study"),
        ({"polices": POLICIES}, "'polices' is no part of a study; did you mean policies?"),
        ({"policies": "points"}, "policies: a list is expected"),
        ({"policies": [["a"]]}, "is no name"),
        ({"policies": ["points", "pointz"]}, "did you mean points"),
        ({"policies": ["points", "points"]}, "points is named twice"),
        ({"policies": ["thanks_only", "volunteers"]}, "are the same policy here"),
        ({"levers": {DECAY: [0.1]}}, f"{DECAY} is no lever; put it under uncertainties"),
        ({"uncertainties": {"incentive": ["points"]}}, "incentive is a lever; put it under levers"),
        ({"levers": {"fund.due_month_cents": [1]}}, "did you mean fund.dues_month_cents"),
        ({"uncertainties": {"world.nonsense": [1]}}, "world.nonsense is no group and no setting"),
        ({"uncertainties": {DECAY: []}}, "the list of values is empty"),
        ({"uncertainties": {DECAY: [0.1, 0.1]}}, "names a value twice"),
        ({"uncertainties": {DECAY: [1, 1.0]}}, "names a value twice"),
        ({"uncertainties": {DECAY: [7]}}, "outside its bounds"),
        ({"uncertainties": {DECAY: [[1]]}}, "is no value"),
        ({"uncertainties": {DECAY: [None]}}, "is no value"),
        ({"uncertainties": {DECAY: ["fast"]}}, "a number"),
        ({"uncertainties": {DECAY: {"low": 0.3, "high": 0.1}}}, "low 0.3 is not below high 0.1"),
        ({"uncertainties": {DECAY: {"low": 0.1, "high": 7}}}, "leaves its bounds"),
        ({"uncertainties": {DECAY: {"low": 0, "high": 0.1, "log": True}}}, "begins above zero"),
        ({"uncertainties": {DECAY: {"low": "a", "high": 0.1}}}, "'a' is no number"),
        ({"uncertainties": {DECAY: {"lo": 0.1}}}, "'lo' is no part of a range"),
        ({"uncertainties": {DECAY: {"low": 0.1, "high": 0.2, "log": 3}}}, "true or false"),
        ({"uncertainties": {"world": {"low": 1, "high": 2}}}, "takes no number"),
        ({"uncertainties": {"run.seed": [1, 2]}}, "run.* is no axis"),
        ({"uncertainties": {DECAY: {"low": 0.1, "high": 0.2}}}, "in how many steps"),
        ({"uncertainties": {"world": ["default", "mars"]}}, "world has no option 'mars'"),
        ({"policies": POLICIES, "outcomes": ["growht"]}, "did you mean growth?"),
        ({"policies": POLICIES, "design": {"kind": "gird"}}, "did you mean grid?"),
        ({"policies": POLICIES, "design": {"m": 3}}, "design: 'm' is unknown"),
        ({"policies": POLICIES, "design": {"n": -1}}, "n=-1 is no whole number"),
        ({"policies": POLICIES, "run": {"sed": 3}}, "did you mean run.seed"),
        ({"policies": POLICIES, "run": [3]}, "run: lines of 'name: value' are expected"),
        ({"policies": POLICIES, "settings": ["incentive=points"]}, "incentive"),
        (
            {"policies": POLICIES, "levers": {"incentive": ["points", "none"]}},
            "thanks_only sets incentive, and the study varies it",
        ),
        (
            {"policies": POLICIES, "settings": [f"{DECAY}=0.1"], "uncertainties": {DECAY: [0.2]}},
            "is set and varied",
        ),
    ],
)
def test_mistakes_are_said_before_anything_is_run(content, said):
    with pytest.raises(UserError) as wrong:
        make_plan(spec_of(content, "s", "s.yaml"))
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("policies: [a", r"s\.yaml, line \d"),
        ("- 3\n", "lines of 'name: value'"),
        ("", "lines of 'name: value'"),
        ("policies: \t[a]\n\tb", r"s\.yaml"),
        (None, "cannot be read: No such file"),
        (b"\xff\xfe\x00", r"s\.yaml"),
    ],
)
def test_files_that_cannot_be_read_are_said_in_one_line(empty_folder, text, said):
    if text is not None:
        Path("s.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UserError, match=said) as wrong:
        read_spec("s.yaml")
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    "words",
    [
        [f"{DECAY}=interval(0.01,0.02)", "run.replicates=100000"],
        [f"{DECAY}=interval(0.01,0.02)", "run.replicates=1", "comms.lead_days=2,3"],
    ],
)
def test_plans_too_large_are_refused_before_they_are_drawn(monkeypatch, words):
    monkeypatch.setattr("plaza_lab.scenarios.experiments.sampling.sample", lambda *_, **__: 1 / 0)
    with pytest.raises(UserError, match=r"runs at .* design points are planned, about .* GB"):
        make_plan(by_words(*words, kind="lhs", n=150_000))


def test_worlds_that_are_the_same_are_refused(empty_folder):
    folder = empty_folder / "plaza-conf" / "world"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("# As the default.\n")
    with pytest.raises(UserError, match="worlds: world=default and world=mine are the same"):
        make_plan(by_words("policies=[thanks_only,points]", "world=default,mine"))


def test_a_list_knows_its_unit_and_a_range_its_ends():
    axis = range_axis(DECAY)
    metadata = declaration(DECAY)[1].metadata
    assert (axis.low, axis.high, axis.unit) == (
        metadata["low"], metadata["high"], metadata["unit"],
    )  # fmt: skip
    assert list_axis(DECAY, [0.1]).unit == metadata["unit"]
