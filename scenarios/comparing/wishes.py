"""What ``plaza compare`` may be asked beyond a fixed number of pairs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.errors import UserError

MAX_PAIRS, LARGEST = 2000, 100_000
FIRST_LOOK = 20  # as in experiments.until and statistics.selection
EXAMPLES = {
    "--until": "retention=1pp,spend=2%",
    "--best": "retention=1pp",
    "--max-pairs": str(MAX_PAIRS),
}


@dataclass(frozen=True)
class Wish:
    """How sure one wants to be.

    Parameters
    ----------
    until : str
        Half-widths wanted, such as ``retention=1pp,spend=2%``; or empty.
    best : str
        Outcome to select the best policy by, and the lead that matters, such as
        ``retention=1pp``; or empty.
    max_pairs : int
        Most pairs.
    """

    until: str = ""
    best: str = ""
    max_pairs: int = MAX_PAIRS


def wish_in(arguments: Sequence[str]) -> tuple[Wish | None, list[str]]:
    """Take ``--until``, ``--best`` and ``--max-pairs`` out of a command line.

    Parameters
    ----------
    arguments : sequence of str
        What follows the verb.

    Returns
    -------
    tuple
        What is wished, None without a wish, and the other arguments.

    Raises
    ------
    UserError
        If a value is missing or no number, or the flags do not go together.
    """
    found: dict[str, str] = {}
    rest, words = [], list(arguments)
    while words:
        word = words.pop(0)
        flag, has_value, value = word.partition("=")
        if flag not in EXAMPLES:
            rest.append(word)
            continue
        if not has_value:
            if not words or words[0].startswith("-"):
                raise UserError(f"{flag} needs a value, as in {flag} {EXAMPLES[flag]}")
            value = words.pop(0)
        found[flag] = value
    if not found:
        return None, rest
    if {"--until", "--best"} <= set(found):
        raise UserError("--until and --best ask for different things; keep one of them")
    if set(found) == {"--max-pairs"}:
        raise UserError("--max-pairs goes with --until or --best, which say how sure to be")
    pairs = found.get("--max-pairs", str(MAX_PAIRS))
    if not re.fullmatch("[0-9]{1,7}", pairs) or int(pairs) > LARGEST:
        raise UserError(
            f"--max-pairs {pairs}: a whole number of pairs is expected, such as 2000, and at most "
            f"{LARGEST:,}"
        )
    if int(pairs) < FIRST_LOOK:
        raise UserError(
            f"--max-pairs {pairs}: the first look is after {FIRST_LOOK} pairs; allow at least that "
            "many"
        )
    return Wish(found.get("--until", ""), found.get("--best", ""), int(pairs)), rest
