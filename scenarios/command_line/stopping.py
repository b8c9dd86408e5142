"""Ending on a signal: work under way is kept as after Ctrl-C, and no process started here is left.

SIGTERM (a batch system, ``kill``) and SIGHUP (a terminal that goes) are raised in the main thread
as a kind of ``KeyboardInterrupt``, so that every ``finally`` and every place that keeps what is
done acts as it does for Ctrl-C. Then whatever processes are left below this one are ended. A second
signal ends all at once. A signal that is ignored from outside (``nohup``) stays ignored.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

from plaza_lab.scenarios.errors import UserError

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that ask a process to end; not every system has all of them."""
GRACE_S = 10.0
"""Seconds a process has to end by itself."""
ASK_AGAIN_S = 0.05
"""Seconds until a stop that was lost in a destructor is asked for again."""
_received: list[int] = []


class Stopped(KeyboardInterrupt):
    """This process was asked to end by a signal other than Ctrl-C."""


class Orderly:
    """How a command ended; to be asked for its exit code."""

    def code(self, told: int) -> int:
        """Return the exit code a shell expects: 128 + number of SIGTERM or SIGHUP, or `told`."""
        others = [number for number in _received if number != signal.SIGINT]
        return 128 + others[0] if others else told


@contextlib.contextmanager
def orderly() -> Iterator[Orderly]:
    """End in order when a signal comes; for the command line, in the main thread."""
    kept: dict[int, Any] = {}
    _received.clear()
    told = sys.unraisablehook
    try:
        if threading.current_thread() is threading.main_thread():
            for number in _numbers():
                if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                    kept[number] = signal.signal(number, _stop)
        sys.unraisablehook = _unless_stopped(told)
        yield Orderly()
    finally:
        if _received:
            end_children()
        else:
            sys.unraisablehook = told
        for number, before in kept.items():
            signal.signal(number, before)


def is_stopping() -> bool:
    """Whether a signal has come to a command that ends in order."""
    return bool(_received)


def stopped_by() -> str:
    """Name what stopped this command: ``Ctrl-C``, or a signal such as ``SIGTERM``."""
    others = [number for number in _received if number != signal.SIGINT]
    return signal.Signals(others[0]).name if others else "Ctrl-C"


def is_of_a_stop(wrong: BaseException) -> bool:
    """Whether an error was met by a library that tidied up because of a signal.

    Errors of files are none: what could not be kept is told.
    """
    one: BaseException | None = wrong
    while one is not None:
        behind = one.__cause__ or one.__context__
        is_ours = isinstance(one, (UserError, OSError))
        if isinstance(behind, KeyboardInterrupt) and not is_ours:
            return True
        one = behind
    return False


def wait_for(process: subprocess.Popen[Any]) -> int:
    """Wait for a process started here, and return its exit code.

    When this one is stopped that one is ended as well, which ends its own children.
    """
    try:
        return process.wait()
    except BaseException:
        if stopped_by() == "Ctrl-C":  # from a terminal it has come to both
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S / 2)
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S)
        end_children(0.0)
        raise


def end_children(grace_s: float = GRACE_S / 2) -> None:
    """End every process below this one: asked first, killed after `grace_s` seconds."""
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:  # comes with the schedulers whose processes it ends
        return
    with contextlib.suppress(psutil.Error):
        children = [one for one in psutil.Process().children(recursive=True) if _is_work(one)]
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.terminate()
        for child in psutil.wait_procs(children, grace_s)[1]:
            with contextlib.suppress(psutil.Error):
                child.kill()
        psutil.wait_procs(children, 1.0)


def _is_work(child: Any) -> bool:
    """Python's own guards of shared memory tidy up after this process and end by themselves."""
    with contextlib.suppress(Exception):
        return "resource_tracker" not in " ".join(child.cmdline())
    return True


def _numbers() -> list[int]:
    return [int(getattr(signal, name)) for name in NAMES if hasattr(signal, name)]


def _stop(number: int, frame: FrameType | None) -> None:
    others = [one for one in _received if one != signal.SIGINT]
    _received.append(number)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    if others:
        _end_at_once(others[0])
    raise Stopped(signal.Signals(number).name)


def _unless_stopped(told: Callable[[sys.UnraisableHookArgs], Any]) -> Callable[..., None]:
    """What goes wrong in a destructor is told, unless a stop has broken off what it destroys.

    A stop that was itself raised inside a destructor or a callback from C is lost: ask again.
    """

    def hook(what: sys.UnraisableHookArgs) -> None:
        if not _received:
            told(what)
        elif issubclass(what.exc_type, KeyboardInterrupt):
            again = threading.Timer(ASK_AGAIN_S, _interrupt_main)
            again.daemon = True
            again.start()

    return hook


def _interrupt_main() -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:  # it also ends a call that waits
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


def _end_at_once(number: int) -> NoReturn:
    end_children(0.0)
    os._exit(128 + number)
