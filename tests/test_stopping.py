"""A command that is asked to end ends all it started, whatever the signal and the verb."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plaza_lab.scenarios.command_line import cli, stopping
from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
needs_signals = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def _heard():
    """Under nohup a process is born deaf to SIGHUP, and what it starts as well."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def started(tmp_path, *words, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "plaza_lab", *words],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=_heard if hasattr(signal, "SIGHUP") else None,
    )  # fmt: skip


def below(process, count, most_s=100.0):
    """Processes below one, as soon as there are so many at work."""
    psutil = pytest.importorskip("psutil")
    end = time.monotonic() + most_s
    while time.monotonic() < end and process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        if len(children) >= count:
            return children
        time.sleep(0.2)
    raise AssertionError(f"never {count} processes: {process.communicate()}")


def assert_ends(process, children, number, code, most_s=60.0):
    import psutil

    os.kill(process.pid, number)
    try:
        out, err = process.communicate(timeout=most_s)
    except subprocess.TimeoutExpired:
        for one in [*children, process]:
            one.kill()
        raise
    _, left = psutil.wait_procs(children, timeout=5.0)
    for one in left:
        one.kill()
    assert not left, [one.cmdline() for one in left]
    assert process.returncode == code, (out, err)
    assert "Traceback" not in err, err
    return err


@needs_signals
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_the_helper_that_compiles_ends_with_the_command(tmp_path, name):
    process = started(
        tmp_path, "run", "run.weeks=1", "run.replicates=1", PLAZA_CACHE=str(tmp_path / "cache")
    )
    children = below(process, 1)
    time.sleep(2.0)
    err = assert_ends(process, children, getattr(signal, name), 128 + getattr(signal, name))
    assert f"stopped by {'Ctrl-C' if name == 'SIGINT' else name}" in err
    assert not (tmp_path / "plaza-out").exists()


@needs_signals
@pytest.mark.slow
def test_the_helper_that_compiles_ends_when_the_command_is_killed(tmp_path):
    process = started(
        tmp_path, "run", "run.weeks=1", "run.replicates=1", PLAZA_CACHE=str(tmp_path / "cache")
    )
    children = below(process, 1)
    time.sleep(2.0)
    assert_ends(process, children, signal.SIGKILL, -signal.SIGKILL)


@needs_signals
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_workers_of_a_study_end_with_the_command(kernels, tmp_path, name):
    pytest.importorskip("distributed")
    process = started(
        tmp_path, "study", "run", "policies=[thanks_only,points]", "--name", "long",
        "run.replicates=2000", "run.weeks=52", "--jobs", "50",
        "hydra/launcher=dask", "hydra.launcher.workers=2",
    )  # fmt: skip
    children = below(process, 2)
    time.sleep(5.0)
    err = assert_ends(process, children, getattr(signal, name), 128 + getattr(signal, name))
    assert "runs are kept" in err


@needs_signals
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_scheduler_and_workers_of_a_benchmark_end_with_the_command(kernels, tmp_path, name):
    pytest.importorskip("distributed")
    process = started(tmp_path, "bench", "--quick", "--only", "jobs")
    children = below(process, 4)  # the benchmarks, a scheduler and two workers
    code = 130 if name == "SIGINT" else 128 + getattr(signal, name)
    assert_ends(process, children, getattr(signal, name), code)


@needs_signals
@pytest.mark.slow
def test_what_is_done_is_kept_on_sigterm_as_on_ctrl_c(kernels, tmp_path):
    process = started(tmp_path, "run", "run.replicates=100000", "run.weeks=4", "run.workers=1")
    assert process.stdout.readline().startswith("seed 1:")
    time.sleep(1.0)
    err = assert_ends(process, [], signal.SIGTERM, 143)
    assert "stopped by SIGTERM" in err
    (kept,) = (tmp_path / "plaza-out").iterdir()
    assert kept.name.endswith("-interrupted")
    assert (kept / "runs.parquet").exists()


def test_a_signal_is_an_interrupt_and_gives_the_code_of_a_shell(monkeypatch, capsys):
    if os.name == "nt":
        pytest.skip("signals of POSIX")
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    def killed(rest):
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("goes on")

    monkeypatch.setattr("plaza_lab.scenarios.command_line.verbs.run", killed)
    monkeypatch.setattr(stopping, "end_children", lambda *given: None)
    assert main(["run"]) == 143
    assert "stopped by SIGTERM; nothing was kept" in capsys.readouterr().err
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_signal_that_is_ignored_from_outside_stays_ignored():
    if not hasattr(signal, "SIGHUP"):
        pytest.skip("no SIGHUP here")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping.orderly():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_signal_ends_at_once(monkeypatch):
    ended = []
    monkeypatch.setattr(stopping, "end_children", lambda *given: ended.append(given))

    def leave(code):
        raise SystemExit(code)

    monkeypatch.setattr(stopping.os, "_exit", leave)
    with stopping.orderly() as ending:
        with pytest.raises(stopping.Stopped):
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(SystemExit) as left:
            signal.raise_signal(signal.SIGTERM)
    assert left.value.code == 143 == ending.code(0)
    assert ended[0] == (0.0,)


class BrokenOff:
    """As an object of a library whose making a signal has interrupted."""

    def __del__(self):
        del self.never_set


class Deaf:
    """A stop that comes while a destructor runs is dropped by Python."""

    def __del__(self):
        signal.raise_signal(signal.SIGTERM)


def test_what_a_stop_broke_off_is_not_told_as_a_fault(capsys):
    before = sys.unraisablehook
    try:
        with stopping.orderly():
            with pytest.raises(stopping.Stopped):
                signal.raise_signal(signal.SIGTERM)
            BrokenOff()
        assert capsys.readouterr().err == ""
    finally:
        sys.unraisablehook = before


@pytest.mark.parametrize(
    ("trips", "code", "says"),
    [
        (AttributeError("'NoneType' object has no attribute 'flags'"), 130, "stopped by Ctrl-C"),
        (OSError("no space left"), 2, "defaults: no space left"),
    ],
)
def test_a_library_that_trips_over_a_stop_is_no_mistake(monkeypatch, capsys, trips, code, says):
    def tidying(_):
        try:
            try:
                raise KeyboardInterrupt
            finally:
                raise trips
        except Exception as wrong:
            raise UserError(f"defaults: {wrong}") from wrong

    monkeypatch.setattr(cli, "_dispatch", tidying)
    assert main(["run"]) == code
    assert says in capsys.readouterr().err


def test_without_a_stop_a_fault_in_a_destructor_is_told(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    with stopping.orderly():
        BrokenOff()
    assert [one.exc_type for one in told] == [AttributeError]
    assert sys.unraisablehook == told.append


def test_a_stop_that_comes_inside_a_destructor_is_not_lost(monkeypatch):
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    with stopping.orderly() as ending, pytest.raises(KeyboardInterrupt):
        Deaf()
        time.sleep(5.0)
    assert ending.code(0) == 143


def test_without_the_signals_of_posix_commands_run(monkeypatch, capsys):
    """As on Windows: no SIGHUP, no user numbers; a comparison needs none of them."""
    for owner, name in ((signal, "SIGHUP"), (os, "getuid"), (os, "geteuid"), (os, "killpg")):
        if hasattr(owner, name):
            monkeypatch.delattr(owner, name)
    assert main(["--version"]) == 0
    assert len(stopping._numbers()) >= 2
