"""The model of ``plaza app``: questions, quick settings, runs that part on a date, estimates."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
import zipfile
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from plaza_lab.scenarios.app import export
from plaza_lab.scenarios.app.advice import advice
from plaza_lab.scenarios.app.day_by_day import ABSENT, films
from plaza_lab.scenarios.app.dials import LEVERS as DIALS
from plaza_lab.scenarios.app.dials import MEMBERS, OPENING, WORLD
from plaza_lab.scenarios.app.estimates import estimate
from plaza_lab.scenarios.app.export import capsule, memo
from plaza_lab.scenarios.app.flipping import FlipPoint, flips, values_of
from plaza_lab.scenarios.app.lived import PATHS, Course, Lived, Runner, check_fork, live
from plaza_lab.scenarios.app.question import (
    History,
    Question,
    config_of,
    findings,
    from_link,
    merged,
    to_link,
    value_in,
    with_word,
)
from plaza_lab.scenarios.app.serving import Door, is_loopback
from plaza_lab.scenarios.app.watching import SURE, WRONG, Watch, courses_of
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language
from plaza_lab.scenarios.language.fonts import FACES
from plaza_lab.scenarios.policies.lint import lint
from plaza_lab.scenarios.settings.composing import compose, composed_by_hydra, search_path
from plaza_lab.scenarios.settings.options import LEVERS, conf_folder, option_files
from plaza_lab.scenarios.statistics.anytime import anytime_interval

SMALL = Question(common=("population=learning_52",), weeks=8, width=0.2)
QUICK = ("incentive=points", "entry=fee_plus_challenge", "stewarding=paid_rotation", "events=mixed")


# questions


def test_a_link_brings_the_question_back():
    asked = Question(
        ("population=learning_52", "world.gaming.farmer_share=0.05"),
        (("incentive=points", "incentive.points_post=3"), (), ("fund=dues",)),
        26, 30, "growth", 0.02,
    )  # fmt: skip
    assert from_link(to_link(asked)) == asked


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("policy=fund=dues", "2 to 3"),
        ("weeks=9999", "1 to 520"),
        ("weeks=nan", "1 to 520"),
        ("weeks=x", "1 to 520"),
        ("outcome=luck", "choose one of"),
        ("all=__import__('os')", "no setting=value"),
        ("all=incentive.points_post=${oc.env:HOME}", "no setting=value"),  # would tell it
        ("all=hydra.searchpath=[file:///tmp]", "no setting=value"),
        ("weeks=4&fork=28", "0 to 27"),
    ],
)
def test_a_link_that_makes_no_sense_is_one_line(query, said):
    with pytest.raises(UserError, match=said) as wrong:
        from_link(query)
    assert "\n" not in str(wrong.value)


def test_another_option_drops_the_values_of_the_former():
    words = ("incentive=points", "incentive.points_post=3", "fund=dues")
    assert with_word(words, "incentive", "weekly_prize") == ("fund=dues", "incentive=weekly_prize")
    assert with_word(words, "incentive.points_post", "4")[-1] == "incentive.points_post=4"
    assert with_word(words, "fund", None) == words[:2]
    assert value_in(words, "fund") == "dues" and value_in(words, "entry") is None


def test_words_of_a_policy_win_over_the_common_ones():
    common = ("incentive=points", "incentive.points_post=3", "fund=dues")
    assert merged(common, ("incentive=none",)) == ("fund=dues", "incentive=none")
    assert merged(common, ("incentive.points_post=9",))[-1] == "incentive.points_post=9"


def test_undo_and_redo_walk_the_questions():
    history = History(Question())
    for weeks in (10, 20, 30):
        history.ask(replace(Question(), weeks=weeks))
    assert [history.undo().weeks, history.undo().weeks, history.redo().weeks] == [20, 10, 20]
    history.ask(replace(Question(), weeks=5))
    assert not history.can_redo and history.undo().weeks == 20


# settings


def _same(words):
    by_hydra = composed_by_hydra((*search_path(), *words), is_checked=False)
    assert compose(words, is_checked=False).config.setting == by_hydra.config.setting


@pytest.mark.parametrize("word", QUICK)
def test_quick_settings_are_those_of_hydra(word):
    _same((word, "world.gaming.farmer_share=0.05", "population.initial_members=200"))


def test_values_of_every_kind_are_set():
    _same(
        (
            "incentive=weekly_prize", "incentive.prize_judge=vote", "incentive.prize_winners=5",
            "incentive.prize_first_share=0.4", "incentive.has_detection=true", "fund=grant",
            "content.hour_slots=[1,2,1]",
        )
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("group", LEVERS)
def test_every_shipped_option_is_as_hydra_composes_it(group):
    for name, file in option_files(group).items():
        if file.is_relative_to(conf_folder()):
            _same((f"{group}={name}",))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("incentive.prize_winers=3", "no setting; did you mean incentive.prize_winners"),
        ("incentive.prize_winners=x", "a whole number from 1 to 20 members is expected"),
        ("incentive.prize_winners=2.5", "a whole number"),
        ("incentive.has_prize=3", "true or false"),
        ("incentive.prize_judge=dice", "one of steward, vote, mixed is expected"),
        ("incentive.prize_winners=900", "outside its bounds"),
        ("luck.is_on=true", "is no group"),
        ("world.gaming=3", "holds settings; set one of them"),
        ("incentive=gold", "has no option"),
    ],
)
def test_a_wrong_setting_is_one_line(word, said):
    with pytest.raises(UserError, match=said) as wrong:
        config_of((word,))
    assert "\n" not in str(wrong.value)


def test_dials_read_what_they_write():
    base = compose(("incentive=points", "fund=grant"), is_checked=False).config
    for dial in (*DIALS, *WORLD, MEMBERS, OPENING):
        moved = dial.low + 3 * dial.step
        words = ("incentive=points", "fund=grant", f"{dial.path}={dial.write(moved)}")
        config = compose(words, is_checked=False).config
        assert dial.read(config) == pytest.approx(moved), dial.path
        assert dial.low <= dial.read(base) <= dial.high or dial.path == "koc.slots", dial.path


def test_threads_compose_side_by_side():
    from concurrent.futures import ThreadPoolExecutor

    words = [[f"run.seed={seed}"] for seed in range(901, 907)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(compose, words))
    assert [one.config.run.seed for one in found] == list(range(901, 907))


def test_a_setting_is_there_in_milliseconds():
    config_of(("incentive=points",))
    began = time.perf_counter()
    for post in range(1, 11):
        config_of(("incentive=points", f"incentive.points_post={post}"))
    assert (time.perf_counter() - began) / 10 < 0.25  # Hydra takes longer for each


def test_lint_beside_the_slider_is_that_of_the_command():
    words = ("incentive=points", "fund=dues", "entry=open", "acquisition=rewarded_referral",
             "acquisition.referral_vest_days=0")  # fmt: skip
    assert findings(words) == lint(words)[1] != []


# runs


def test_courses_that_part_on_a_day_share_the_days_before():
    base, forked = courses_of(replace(SMALL, fork_day=21))
    first, second = live(base, 3, 56), live(forked, 3, 56)
    assert np.array_equal(first.paths[:21], second.paths[:21])
    assert not np.array_equal(first.paths[21:], second.paths[21:])


def test_a_fork_into_the_same_policy_changes_nothing():
    setting = courses_of(SMALL)[1].setting
    plain, forked = live(Course(setting), 5, 56), live(Course(setting, setting, 20), 5, 56)
    assert np.array_equal(plain.paths, forked.paths)
    assert {k: v for k, v in plain.outcomes.items() if v == v} == {
        k: v for k, v in forked.outcomes.items() if v == v
    }


def test_a_change_for_which_there_is_no_room_is_refused():
    asked = replace(SMALL, fork_day=14, policies=((), ("groups.number=6",)))
    with pytest.raises(UserError, match="lays the community out anew"):
        check_fork(courses_of(asked)[1], 56)


def test_runs_are_those_of_the_engine_and_are_kept():
    from plaza_lab.sim.engine import run_one

    course, runner = courses_of(SMALL)[0], Runner(1)
    first = list(runner.each([(course, 1), (course, 2)], 56))
    again = list(runner.each([(course, 1)], 56))
    runner.close()
    assert again[0] is first[0]
    assert first[0].outcomes["retention"] == run_one(course.setting, 1, 56).outcomes["retention"]


def _wait(watch, question):
    for _ in range(600):
        state = watch.state
        if state is not None and state.question == question and state.phase not in (
            "running", "compiling",
        ):  # fmt: skip
            return state
        time.sleep(0.05)
    raise AssertionError("no answer")


def test_watching_ends_when_it_is_sure_and_another_question_takes_its_place():
    runner = Runner(2)
    watch = Watch(runner)
    watch.ask(replace(SMALL, width=0.0005))
    other = replace(SMALL, weeks=6)
    watch.ask(other)
    state = _wait(watch, other)
    assert state.phase == SURE and state.estimate.pairs >= 20
    own = state.estimate.differences[0]["retention"]
    a, b = (np.array([run.outcomes["retention"] for run in runs]) for runs in watch.runs)
    exact = anytime_interval(b - a, 0.95, tightest=round((20 * 400) ** 0.5),
                             scale=float(max(np.abs(a).max(), np.abs(b).max())))  # fmt: skip
    assert (own.interval.low, own.interval.high) == (exact.low, exact.high)
    runner.close()


def test_a_policy_that_contradicts_itself_is_said():
    runner = Runner(1)
    watch = Watch(runner)
    asked = replace(SMALL, policies=((), ("incentive.prize_winners=900",)))
    watch.ask(asked)
    state = _wait(watch, asked)
    assert state.phase == WRONG and state.message.startswith("B: ") and "\n" not in state.message
    assert threading.active_count() < 20
    runner.close()


def _lived(seed, retention, spend):
    outcomes = {"retention": retention, "fund_spend_yuan": spend, "growth": 0.5, "members_end": 450}
    return Lived(seed, outcomes, np.full((14, len(PATHS)), float(seed), np.float32))


def _pairs(gain, spend, n=40):
    draw = np.random.default_rng(1).normal(0, 0.01, (2, n))
    a = [_lived(k, 0.3 + draw[0, k], 0.0) for k in range(n)]
    b = [_lived(k, 0.3 + draw[0, k] + gain + draw[1, k] / 10, spend) for k in range(n)]
    return a, b


def test_bands_and_prices_of_known_runs():
    found = estimate(_pairs(0.1, 3000.0), 400)
    band = found.bands[0]["members"]
    assert band.mean[0] == pytest.approx(19.5) and band.days.tolist() == [7, 14]
    assert band.low[0] == pytest.approx(np.quantile(np.arange(40), 0.1))
    assert found.prices[0].value == pytest.approx(100, rel=0.02)  # 3,000 yuan, 0.1 of 300
    assert found.differences[0]["retention"].is_clear


@pytest.mark.parametrize("n", [19, 20, 30, 40])
@pytest.mark.parametrize("gain", [0.0, 0.0003, 0.0005, 0.0007, 0.0009, 0.002, -0.002])
def test_a_price_is_told_at_a_look_exactly_where_the_advice_is(n, gain):
    found = estimate(_pairs(gain, 3000.0, n), 400)
    own = found.differences[0]["retention"]
    assert bool(np.isfinite(found.prices[0].low)) is own.is_clear


def test_advice_follows_the_interval():
    names = ["A thanks", "B prize"]
    texts = {
        gain: advice(Question(), estimate(_pairs(gain, 3000.0), 400), names, Language())[0].text
        for gain in (0.1, 0.0, -0.1)
    }
    assert texts[0.1].startswith("Choose B") and texts[-0.1].startswith("Stay with A")
    assert texts[0.0].startswith("No clear winner")


@pytest.mark.parametrize(
    ("code", "worth", "growing"),
    [
        ("en", "a member kept is worth more than 100 yuan",
         "on member growth (+20.0 percentage points): choose it if that is what you want"),
        ("zh", "多留住一名成员对您值 100 元以上",
         "在成员增长（+20.0 个百分点）上更好：如果这正是您要的，就选它"),
    ],
)  # fmt: skip
def test_the_page_advises_as_the_terminal_does(code, worth, growing):
    say = Language(code)

    def told(gain, more):
        a, b = _pairs(gain, 3000.0)
        growths = 0.5 + more + np.random.default_rng(2).normal(0, 0.001, len(b))
        grown = [
            replace(
                one, outcomes=one.outcomes | {"growth": growth, "members_end": 300 + 300 * growth}
            )
            for one, growth in zip(b, growths, strict=True)
        ]
        return advice(Question(), estimate((a, grown), 400), ["A thanks", "B prize"], say)[0].text

    ahead, worse = told(0.1, 0.0), told(0.1, -0.2)
    assert worth in ahead and say.tr("Member growth").lower() not in ahead
    assert worth in worse and say.tr("Member growth").lower() in worse
    assert told(0.0, 0.2).endswith((f"{growing}.", f"{growing}。"))
    assert growing in told(-0.1, 0.2)


def test_flips_lie_between_clear_points_of_other_sign():
    def point(value, mean, is_clear=True):
        interval = SimpleNamespace(mean=mean)
        return FlipPoint(value, (SimpleNamespace(interval=interval, is_clear=is_clear),))

    points = [point(0, 2.0), point(5, 0.1, False), point(10, -1.0), point(20, -3.0)]
    (flip,) = flips(points, 0)
    assert flip.value == pytest.approx(20 / 3) and (flip.low, flip.high) == (0, 10)
    assert flips(points[2:], 0) == []
    assert values_of(WORLD[0], 5.0) == [0, 4, 5.0, 8, 12, 16, 20]


def test_the_same_place_is_the_same_person_in_both_films():
    first, second = films(courses_of(replace(SMALL, fork_day=30)), 1, 40)
    assert np.array_equal(first.places, second.places)
    for day in range(30):
        assert np.array_equal(first.frames[day].roles, second.frames[day].roles)
    frame = first.frames[-1]
    ends = np.unique(frame.ties)
    assert frame.ties.size and (frame.roles[ends] != ABSENT).all()
    assert frame.members == live(courses_of(SMALL)[0], 1, 40).paths[-1, 0]


# what is taken away


@pytest.fixture(scope="module")
def answered():
    runner = Runner(2)
    runs = [[], []]
    courses = courses_of(SMALL)
    tasks = [(course, seed) for seed in range(1, 23) for course in courses]
    for k, lived in enumerate(runner.each(tasks, SMALL.days)):
        runs[k % 2].append(lived)
    runner.close()
    return runs, estimate(runs, 400)


def test_a_capsule_holds_settings_manifest_and_tables(answered):
    import pandas as pd

    runs, found = answered
    packed = zipfile.ZipFile(
        io.BytesIO(capsule(SMALL, found, runs, ["A thanks", "B prize"], Language("zh")))
    )
    manifest = json.loads(packed.read("manifest.json"))
    assert from_link(manifest["link"]) == SMALL and manifest["seeds"] == [1, 22]
    table = pd.read_parquet(io.BytesIO(packed.read("runs.parquet")))
    means = table.groupby("policy")["retention"].mean()
    difference = manifest["differences"][0]["retention"]["difference"]
    assert means["B"] - means["A"] == pytest.approx(difference)
    days = pd.read_parquet(io.BytesIO(packed.read("days.parquet")))
    assert len(days) == 2 * 22 * 56
    assert "initial_members: 52" in packed.read("settings.yaml").decode()


def test_a_memo_asks_no_other_host_and_escapes_what_it_shows(answered):
    page = memo(SMALL, answered[1], ["A <b>", "B prize"], Language("zh"))
    assert "<b>" not in page and 'lang="zh-CN"' in page and "建议" in page
    assert FACES in page
    assert "src=" not in page and "url(" not in page and "<link" not in page


def test_command_and_python_ask_the_same(tmp_path, monkeypatch, capsys):
    assert export.command(SMALL).startswith("plaza compare 'policies=[")
    scope: dict[str, object] = {}
    exec(export.python(replace(SMALL, weeks=4)).replace("replicates=30", "replicates=2"), scope)
    assert scope["result"].study.policies == ["incentive=thanks_only", "incentive=weekly_prize"]
    forked = export.python(replace(SMALL, fork_day=10)).replace("range(1, 31)", "range(1, 2)")
    exec(forked, {})
    assert capsys.readouterr().out.count("\n") >= 2


# the door


def _ask(door, headers, query=b"", kind="http"):
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        sent.append(message)

    door.app = app
    raw = [(name.encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": kind, "headers": raw, "query_string": query}
    asyncio.run(door(scope, None, send))
    return sent[0]


def test_only_this_machine_is_let_in():
    door = Door(None)
    assert _ask(door, {"host": "127.0.0.1:8640"})["status"] == 200
    assert _ask(door, {"host": "localhost:8640"})["status"] == 200
    assert _ask(door, {"host": "evil.example"})["status"] == 403
    strange = {"host": "127.0.0.1:8640", "origin": "http://evil.example"}
    assert _ask(door, strange)["status"] == 403
    assert _ask(door, strange, kind="websocket")["type"] == "websocket.close"
    assert is_loopback("127.0.0.5") and is_loopback("::1") and not is_loopback("0.0.0.0")


def test_an_open_host_asks_for_the_token():
    door = Door(None, "secret")
    assert _ask(door, {"host": "box:8640"})["status"] == 403
    assert _ask(door, {"host": "box:8640"}, b"token=wrong")["status"] == 403
    first = _ask(door, {"host": "box:8640"}, b"token=secret")
    (cookie,) = [text for name, text in first["headers"] if name == b"set-cookie"]
    assert b"HttpOnly" in cookie and b"SameSite=Strict" in cookie
    given = {"host": "box:8640", "cookie": cookie.decode().partition(";")[0]}
    assert _ask(door, given)["status"] == 200
    assert _ask(door, {"host": "box:8640"}, kind="websocket")["type"] == "websocket.close"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "99999"], "65"),
        (["--port", "x"], "port"),
        (["--host", "999.1.1.1"], "no such address"),
        (["--host", "nowhere.invalid"], "no such address"),
        (["--lang", "fr"], "choose one of en, zh"),
    ],
)
def test_a_bad_flag_is_one_line(words, said, capsys):
    assert main(["app", *words]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and "Traceback" not in told


def test_a_taken_port_is_one_line(capsys):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", "--port", str(port)]) == 2
    assert "it is taken" in capsys.readouterr().err


def test_without_the_extra_one_line_says_how_to_get_it(capsys, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "nicegui", None)
    assert main(["app", "--port", "0"]) == 2
    told = capsys.readouterr().err
    assert "pip install 'plaza-lab[app]'" in told and told.count("\n") == 1
