"""A kernel holds every function it calls; one that would not is refused when it is compiled."""

from __future__ import annotations

import pytest
from numba import int64

from plaza_lab.engine.compiled import compiled, kernel
from plaza_lab.engine.lowering import linking


@compiled()
def _doubled(value):
    return 2 * value


@compiled()
def _perhaps_doubled(value, is_doubled):
    return _doubled(value) if is_doubled else value


@compiled()
def _doubled_if_large(value, limit):
    return _perhaps_doubled(value, value > limit)


def _by_literal_and_by_value(value):
    """Call a function by a literal that rules its helper out, and through one that needs it."""
    return _doubled_if_large(value, 3) + _perhaps_doubled(value, False)


def test_a_helper_ruled_out_by_one_caller_is_there_for_the_next():
    """LLVM drops a helper that nothing linked before it calls: callers must come first."""
    linked = kernel(cache=False)(_by_literal_and_by_value)
    linked.compile((int64,))
    assert (linked(2), linked(4)) == (4, 12)


def test_a_kernel_that_lacks_a_helper_is_refused(monkeypatch):
    """Unfinished code would end the process at the next compilation, without a word."""
    right = linking._callers_first
    monkeypatch.setattr(linking, "_callers_first", lambda libraries: right(libraries)[::-1])
    linked = kernel(cache=False)(_by_literal_and_by_value)
    with pytest.raises(RuntimeError, match=r"_doubled.* is called but was not linked"):
        linked.compile((int64,))
