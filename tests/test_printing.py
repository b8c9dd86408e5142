"""Nothing that is read or typed is obeyed by a terminal."""

from __future__ import annotations

import io
import random

import pytest
from rich.table import Table

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.command_line.printing import Guarded, console, harmless, one_line

EVIL = "\x1b]0;owned\x07\x1b[2Jm\x9b31m\u202e"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def obeyed(text: str) -> set[str]:
    return {sign for sign in text if sign != "\n" and harmless(sign) != sign}


def test_control_characters_are_spelt():
    assert harmless("a\x1b[31mb\x07\tc\n\x9b\x7f") == "a\\x1b[31mb\\x07\tc\n\\x9b\\x7f"
    assert harmless("\udcff\u202ex") == "\\xff\\u202ex"
    assert harmless("größer 顧客") == "größer 顧客"


def test_a_line_stays_one_and_can_be_read():
    assert one_line("a\nb \x1b c") == "a b \\x1b c"
    assert len(one_line("x" * 100_000)) < 250
    assert len(one_line("x " * 100_000)) < 1000


def test_a_terminal_that_knows_few_characters_gets_them_spelt():
    bare = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Guarded(bare).write("± x\n")
    bare.flush()
    assert bare.buffer.getvalue() == b"\\xb1 x\n"


def test_colours_of_a_table_reach_a_terminal_and_escapes_in_it_do_not():
    stream = io.StringIO()
    table = Table("name")
    table.add_row(EVIL)
    table.add_row("[bold]strong[/bold]")
    console(stream, force_terminal=True, width=80).print(table)
    assert "\x1b[1mstrong" in stream.getvalue()
    assert "\x1b]0;" not in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "\x9b" not in stream.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL], ["run", f"incentive={EVIL}"], ["run", EVIL], ["run", f"'{EVIL}'=1"],
        ["study", EVIL], ["study", "run", f"--{EVIL}"], ["fit", EVIL], ["fit", f"{EVIL}.csv"],
        ["policy", "diff", EVIL, "points"], ["scenario", "show", EVIL],
        ["study", "status", "x", "--store", EVIL], ["calibrate", EVIL, "x"],
        ["explain", f"member={EVIL}"], ["compare", f"policies=['{EVIL}',points]"],
        ["run", "incentive=points", f"world='{EVIL}'"], ["validate", "--to", "/dev/null/" + EVIL],
    ],
)  # fmt: skip
def test_refusals_are_harmless(capsys, arguments):
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert obeyed(told.out + told.err) == set()


def test_members_and_names_of_a_log_are_harmless(capsys, folder):
    draw = random.Random(1)
    rows = [
        f'"{EVIL}{member}",2024-{1 + day // 28:02d}-{1 + day % 28:02d},"{EVIL}"'
        for day in range(40) for member in range(20) if draw.random() < 0.4
    ]  # fmt: skip
    log = folder / "a\x1b[31mb.csv"
    log.write_text("\n".join(["member,time,kind", *rows]))
    assert main(["fit", str(log), "--where", "member=nobody"]) == 2
    assert "owned" in capsys.readouterr().err
    assert main(["fit", str(log), "--name", "tea", "--kinds", "*=post"]) == 0
    told = capsys.readouterr()
    assert "\\x1b" in told.out
    assert obeyed(told.out + told.err) == set()
    for file in (folder / "plaza-conf").rglob("*.yaml"):
        assert obeyed(file.read_text()) == set()
