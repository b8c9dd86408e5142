"""Shared by all tests: the tests' own helper modules can be imported from any folder below."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

os.environ["PLAZA_LANG"] = "en"  # what is printed is read by tests

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell that runs the tests in the background passes this on, and then Ctrl-C cannot be tested
    signal.signal(signal.SIGINT, signal.default_int_handler)


gc.disable()


def pytest_collection_finish():
    """What was imported stays: a search for garbage need not look through it again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def kernels():
    """The compiled day; compiled once when it is not in the cache."""
    from plaza_lab.sim import compile as compiler

    compiler.load()
    return compiler
