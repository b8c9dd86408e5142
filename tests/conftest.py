"""Shared by all tests: the tests' own helper modules can be imported from any folder below."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def kernels():
    """The compiled day; compiled once when it is not in the cache."""
    from sim import compile as compiler

    compiler.load()
    return compiler
