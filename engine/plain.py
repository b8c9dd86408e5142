"""Plain Python twins of compiled rules, for debuggers, hooks and tests.

A compiled helper has no entry from Python, and its own source calls other compiled helpers. Its
twin is the same source, calling twins. With ``NUMBA_DISABLE_JIT=1`` a rule is its own twin.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from plaza_lab.engine.twins import Twins

_twins = Twins({}, lambda old, twin: twin, lambda value: hasattr(value, "py_func"))


@functools.cache
def plain(rule: Any) -> Callable[..., Any]:
    """Python function of a rule, helper, kernel or step; everything it calls is Python too.

    Parameters
    ----------
    rule : callable
        Something decorated with ``compiled``, ``inlined`` or ``kernel``, compiled or not, in Plaza
        or in a module of your own.

    Returns
    -------
    callable
        Takes the same arguments. The wrap-around of 64-bit hashes raises no NumPy warning.

    Examples
    --------
    >>> from plaza_lab.agents.choices import sigmoid
    >>> plain(sigmoid)(0.0)
    0.5
    """
    return np.errstate(over="ignore")(_twins.of(rule))
