"""Small logs in the forms of real exports, made from one seeded history."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

N_ACTS, N_MEMBERS, N_DAYS = 400, 20, 60
START = datetime(2025, 1, 6, 9, 0, 7)


def acts(seed: int = 1) -> list[tuple[datetime, str]]:
    """Acts in order of time; every day of month beyond the twelfth is among them."""
    rng = random.Random(seed)
    return sorted(
        (
            START + timedelta(days=rng.randrange(N_DAYS), seconds=rng.randrange(40_000)),
            f"m{rng.randrange(N_MEMBERS):02d}",
        )
        for _ in range(N_ACTS)
    )


def table(
    when: Callable[[datetime], str] = datetime.isoformat,
    who: Callable[[str], str] = str,
    more: Callable[[int], str] | None = None,
    head: str = "member,time",
    mark: str = ",",
    end: str = "\n",
) -> str:
    """The acts as text of rows and cells."""
    rows = [head]
    for place, (time, member) in enumerate(acts()):
        cells = [who(member), when(time), *([more(place)] if more else [])]
        rows.append(mark.join(cells))
    return end.join(rows) + end


def sales(seed: int = 2) -> list[tuple[datetime, str, float]]:
    """Purchases of 40 customers over 90 days, amounts from 200 to 3,000."""
    rng = random.Random(seed)
    return sorted(
        (
            START + timedelta(days=rng.randrange(90), seconds=rng.randrange(40_000)),
            f"c{rng.randrange(40):02d}",
            round(rng.uniform(200, 3000), 2),
        )
        for _ in range(300)
    )
