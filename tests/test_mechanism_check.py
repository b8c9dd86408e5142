"""``plaza mechanism check``: one line a check, and exit code 1 where one fails."""

from __future__ import annotations

import re
import sys

import pytest
from own_mechanisms import SOURCE

from plaza_lab.scenarios.command_line.cli import main

STEP = "            t.birthday[i].greeted += 1\n"


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    def ask(source, *words):
        (tmp_path / "my_mechanisms.py").write_text(source, "utf-8")
        code = main(["mechanism", "check", "my_mechanisms.py", *words])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return code, told.out, told.err

    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_mechanisms", raising=False)
    yield ask
    sys.modules.pop("my_mechanisms", None)


def failing(told):
    return [line for line in told.splitlines() if line.startswith("FAILS")]


def test_the_birthdays_hold(check):
    code, told, _ = check(SOURCE)
    assert (code, failing(told)) == (0, [])
    assert len(told.splitlines()) == 10
    assert re.search(r"its kernels are ready after \d+\.\d s of processor time", told)
    assert "it writes birthday.greeted, birthday_daily.greetings, members.belonging" in told


def test_levers_are_set_by_words(check):
    code, told, _ = check(SOURCE, "birthday.is_greeting=true", "birthday.lift=0.0")
    assert code == 0
    assert "it writes birthday.greeted, birthday_daily.greetings\n" in told


def test_what_a_number_switches_off_and_a_fund_pays_for(check):
    pays = "            fund.pay(t, day, fund.CONTENT, fund.BRAND_POOL, fund.OUTSIDE, cents, i)\n"
    source = (
        SOURCE.replace("levers.is_greeting", "levers.cents > 0")
        .replace("is_greeting: bool = quantity(False", "cents: int = quantity(0")
        .replace('"flag"', '"cents", (0, 100)')
        .replace("from plaza_lab", "from plaza_lab.sim.state import fund\nfrom plaza_lab", 1)
        .replace("    for i in range", "    cents = t.birthday_levers[0].cents\n    for i in range")
        .replace(STEP, STEP + pays)
    )
    code, told, _ = check(source, "birthday.cents=50", "fund=brand_funded")
    assert (code, failing(told)) == (0, [])
    assert "balances" in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (STEP, STEP + "            t.birthday_params[0].lift = 0.5\n",
         "leaves levers, luck, other days and empty rows alone: birthday_params.lift"),
        (STEP, STEP + "            t.birthday_daily[day - 1].greetings += 1.0\n",
         "birthday_daily (another day)"),
        (STEP, STEP + "            t.birthday[t.birthday.shape[0] - 1].greeted += 1\n",
         "birthday (rows of nobody)"),
        (STEP, STEP + "            t.fate[i].uid += 1\n", "fate.uid"),
        (STEP, STEP.replace("[i]", "[i + 100_000]"), "a community lives by it: IndexError: index "),
        (".greetings += 1.0", ".greetings += 0.0", "its metric greetings moves: 0 on each of 56"),
        (", is_on=lambda levers, params: levers.is_greeting", "", "nothing switches it off"),
        ("levers.is_greeting", "not levers.is_greeting",
         "switched off, it changes no byte: nothing switches it off"),
        (STEP, STEP.replace("greeted", "greted"),
         "lives by it: CannotCompile: my_mechanisms.step cannot be compiled: no field 'greted'"),
        ("t.birthday_params[0].lift)", "math.nan)", "no state is without a number: "),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_told(check, old, new, says):
    assert old in SOURCE
    code, told, _ = check(
        SOURCE.replace(old, new).replace("from plaza_lab", "import math\nfrom plaza_lab", 1)
    )
    assert code == 1
    assert [line for line in failing(told) if says in line], told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mechanism", "chek"], "no such part; did you mean check?"),
        (["mechanism", "check"], "which file? plaza mechanism check my_mechanisms.py"),
        (["mechanism", "check", "absent.py"], "there is no such file"),
    ],
)
def test_mistakes_in_the_command(capsys, words, says):
    assert main(words) == 2
    assert says in capsys.readouterr().err


def test_mistakes_in_levers(check):
    for word, says in (
        ("birthday.lift=2", "birthday.lift=2 is outside its bounds"),
        ("birthdays.lift=2", "write mechanism.lever=value; the file has birthday"),
        ("birthday.lft=2", "birthday has no such lever; it has"),
        ("birthday.lift=x", "is no number"),
    ):
        code, _, told = check(SOURCE, word)
        assert code == 2
        assert says in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"birthday", step', '"gaming", step', "'gaming' is there twice"),
        ('Metric("greetings"', 'Metric("members"', "there is a metric 'members' already"),
        ("levers.is_greeting,", "levers.nothing,", "its is_on fails: AttributeError"),
    ],
)
def test_what_no_model_takes_is_a_mistake_of_the_file(check, old, new, says):
    assert old in SOURCE
    code, told, line = check(SOURCE.replace(old, new))
    assert (code, told) == (2, "")
    assert says in line
    assert "fault of Plaza" not in line


def test_help(capsys):
    assert main(["mechanism", "--help"]) == 0
    assert "exit code 1 if one fails" in capsys.readouterr().out
