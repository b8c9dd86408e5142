"""The one error a user sees: a clear line and an exit code, never a traceback."""

from __future__ import annotations


class UserError(Exception):
    """A mistake the user can mend.

    The message is one line: what is wrong, where, and what would be right. The command line
    prints it and exits with code 2.
    """


def in_one_line(failed: BaseException) -> str:
    """Write what failed in one line of at most 300 letters: its kind, and what it says."""
    return " ".join(f"{type(failed).__name__}: {failed}".split())[:300]
