"""Text for a terminal: what stands in a file of others cannot move the cursor or change colours."""

from __future__ import annotations

import re

UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and those that turn the direction of reading."""


def plain_text(text: object) -> str:
    r"""Write control characters as what they are, such as ``\x1b``.

    Parameters
    ----------
    text : object
        What is to be shown.

    Returns
    -------
    str
        The same where there are none.
    """
    return UNSHOWN.sub(lambda found: ascii(found[0])[1:-1], str(text))
