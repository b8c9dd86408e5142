"""``--trust``: the user vouches for who wrote the files, so that they may read the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

FLAG = "--trust"
TRUSTED = "?trusted"
"""Ends the address of a folder whose files are vouched for, wherever a job is composed."""
_TRUSTED: ContextVar[bool] = ContextVar("plaza_trusted", default=False)


def is_trusted() -> bool:
    """Return whether files may refer to values outside themselves."""
    return _TRUSTED.get()


@contextlib.contextmanager
def trusting(is_on: bool) -> Iterator[None]:
    """Let files refer to values outside themselves, as ``${oc.env:HOME}``, for a while.

    Parameters
    ----------
    is_on : bool
        Whether the user vouches for them.
    """
    token = _TRUSTED.set(is_on)
    try:
        yield
    finally:
        _TRUSTED.reset(token)
