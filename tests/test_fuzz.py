"""Whatever is typed: a right answer, or one line, another exit code and nothing left behind.

Hundreds of command lines made by chance (``fuzz_cases``), most of them wrong by construction.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fuzz_cases import KINDS, POLICIES, QUICK, Case, cases_of

from plaza_lab.scenarios.command_line.cli import main

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60
FAULTS = ("Traceback", "fault of Plaza")


class TooLong(BaseException):
    """A case did not end in time; no Exception, so that nothing between takes it for a fault."""


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def everything(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(file), file.stat().st_size * file.is_file()) for file in folder.rglob("*"))


def complaint(case: Case, capsys) -> str:
    """Run a case; return what is wrong with what became of it, or nothing."""
    before = everything(Path())
    capsys.readouterr()
    try:
        with in_time():
            code = main(list(case.arguments))
    except TooLong:
        return f"did not end in {SECONDS} s"
    except BaseException as escaped:
        return f"{type(escaped).__name__} escaped: {escaped}"
    told = capsys.readouterr()
    return _judged(case, code, told.out, told.err, before)


def _judged(case: Case, code: int, out: str, err: str, before: list[tuple[str, int]]) -> str:
    lines = err.splitlines()
    if any(fault in err + out for fault in FAULTS):
        return f"a fault: {err.strip()[:300]}"
    if case.is_right:
        if code != 0 or any(line.startswith("plaza: ") for line in lines):
            return f"refused ({code}): {err.strip()[:300]}"
        is_there = not case.made or any(Path().glob(case.made))
        return "" if is_there else f"left no {case.made}"
    if code == 0:
        return "was carried out"
    if len(lines) != 1 or not lines[0].startswith("plaza: "):
        return f"{len(lines)} lines: {err[:300]!r}"
    if any(sign < " " and sign != "\n" for sign in out + err):
        return f"control characters: {err!r}"
    if len(lines[0]) > 1200:
        return f"a line of {len(lines[0])} characters"
    left = set(everything(Path())) ^ set(before)
    return f"left or changed {sorted(left)[:3]}" if left else ""


def lay_out(folder: Path, case: Case) -> None:
    folder.mkdir()
    for name, content in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    os.chdir(folder)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLAZA_DEBUG", raising=False)
    return tmp_path


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # said on standard error, where they count as lines
@pytest.mark.parametrize("kind", KINDS)
def test_every_command_line_is_answered_or_refused_in_a_line(kind, home, capsys, kernels):
    found = {}
    for place, case in enumerate(cases_of(kind)):
        lay_out(home / str(place), case)
        wrong = complaint(case, capsys)
        if wrong:
            found[place, " ".join(word[:60] for word in case.arguments)] = (
                wrong,
                list(case.files.items())[:1],
            )
    assert not found, "\n".join(f"{words!r}: {wrong}" for words, wrong in found.items())


@pytest.mark.slow
def test_most_command_lines_are_wrong_by_construction():
    cases = [case for kind in KINDS for case in cases_of(kind)]
    assert len(cases) >= 300
    assert sum(not case.is_right for case in cases) >= 200
    assert len({case.arguments + tuple(case.files.items()) for case in cases}) > 0.95 * len(cases)


def cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def files_in(part: str, change: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage(store: Path) -> None:
        for file in [file for file in (store / part).rglob("*") if file.is_file()]:
            change(file)

    return damage


def file_instead(part: str) -> Callable[[Path], None]:
    def damage(store: Path) -> None:
        shutil.rmtree(store / part)
        (store / part).write_text("x")

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a mark cut off": lambda store: (store / "store.json").write_text("{"),
    "a mark of another kind": lambda store: (store / "store.json").write_text("[]"),
    "a newer store": lambda store: (store / "store.json").write_text('{"format": 999}'),
    "segments cut off": files_in("runs", cut),
    "empty segments": files_in("runs", lambda file: file.write_bytes(b"")),
    "days cut off": files_in("days", cut),
    "a plan that is none": files_in("studies/s", lambda file: file.write_bytes(b"\0[")),
    "a plan cut off": files_in("studies/s", cut),
    "no plan": files_in("studies/s", Path.unlink),
    "a file for a study": file_instead("studies/s"),
    "a file for all studies": file_instead("studies"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory, kernels) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    before = Path.cwd()
    os.chdir(folder)
    words = [POLICIES, *QUICK, "--name", "s", "--no-report", "--store", "store"]
    assert main(["study", "run", *words]) == 0
    os.chdir(before)
    return folder / "store"


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_named_in_a_line(damage, store, home, capsys):
    found = {}
    for part in (["export", "s", "--to", "out"], ["report", "s", "--to", "out"]):
        shutil.rmtree(home / "store", ignore_errors=True)
        shutil.copytree(store, home / "store")
        DAMAGES[damage](home / "store")
        case = Case(("study", *part, "--store", "store"))
        wrong = complaint(case, capsys)
        if wrong:
            found[part[0]] = wrong
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        (b"run", b"incentive=\xff"), (b"\xff\xfe",), (b"fit", b"\xff.csv"),
        (b"run", b"run.out=\xc3\x28"), (b"policy", b"diff", b"\x9b31m", b"points"),
        (b"sweep", b"fund.dues_month_cents=range(0,1000000000000)"),
        (b"run", b"run.seed=" + b"9" * 5000), (b"bench", b"--only", b"x"),
        (b"bench", b"--out", b"/proc/x/y"), (b"study", b"run", b"--jobs", b"0"),
    ],
)  # fmt: skip
def test_a_process_ends_with_one_line(arguments, home):
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"plaza_lab", *arguments],
        env=environment, capture_output=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    told = done.stderr.decode()
    case = Case(tuple(map(str, arguments)))
    assert _judged(case, done.returncode, done.stdout.decode(), told, []) == ""
