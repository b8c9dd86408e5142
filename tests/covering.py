"""Covering arrays: few policies in which every pair of options from two groups meets.

A pair filter of a library sees two options at a time; whether two options can meet depends on the
others here (a prize needs a fund, the fund a fee). So rows are made one by one: the pair is fixed,
the rest is chosen to bring in new pairs and then mended until nothing clashes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

Row = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]
Faults = Callable[[Row], tuple[int, frozenset[str]]]
"""How many rules a row breaks, and the groups on which the broken ones depend."""


def all_pairs(options: Mapping[str, list[str]]) -> set[Pair]:
    """Every two options of two groups."""
    return {
        ((a, x), (b, y))
        for a, b in itertools.combinations(options, 2)
        for x in options[a]
        for y in options[b]
    }


def pairs_of(row: Row) -> set[Pair]:
    """The pairs a row covers."""
    return set(itertools.combinations(row.items(), 2))


def covering_array(
    options: Mapping[str, list[str]], faults: Faults
) -> tuple[list[Row], dict[Pair, Row]]:
    """Rows that cover every pair that can be, and for the others the best row that was found."""
    open_pairs, impossible, rows = all_pairs(options), {}, []
    for pair in sorted(open_pairs):
        if pair not in open_pairs:
            continue
        row = _mended(options, _filled(options, pair, open_pairs), dict(pair), faults)
        if faults(row)[0]:
            neutral = {group: names[0] for group, names in options.items()} | dict(pair)
            row = _mended(options, neutral, dict(pair), faults)
        if faults(row)[0]:
            impossible[pair] = row
            open_pairs.discard(pair)
        else:
            rows.append(row)
            open_pairs -= pairs_of(row)
    return rows, impossible


def _filled(options: Mapping[str, list[str]], pair: Pair, open_pairs: set[Pair]) -> Row:
    """The pair, and for every other group the option that brings most new pairs."""
    place = {group: number for number, group in enumerate(options)}
    row = dict(pair)

    def is_new(one: tuple[str, str], other: tuple[str, str]) -> bool:
        return ((one, other) if place[one[0]] < place[other[0]] else (other, one)) in open_pairs

    for group, names in options.items():
        if group not in row:
            held = list(row.items())
            row[group] = max(names, key=lambda x: sum(is_new(one, (group, x)) for one in held))
    return {group: row[group] for group in options}


def _mended(options: Mapping[str, list[str]], row: Row, fixed: Row, faults: Faults) -> Row:
    """Change one group, or two or three together, as long as fewer faults are left."""
    while faults(row)[0]:
        better = _better(options, row, fixed, faults)
        if better is None:
            break
        row = better
    return row


def _better(options: Mapping[str, list[str]], row: Row, fixed: Row, faults: Faults) -> Row | None:
    worst, concerned = faults(row)
    free = sorted(concerned - fixed.keys())
    for size in (1, 2, 3):
        for groups in itertools.combinations(free, size):
            for names in itertools.product(*(options[group] for group in groups)):
                trial = row | dict(zip(groups, names, strict=True))
                if faults(trial)[0] < worst:
                    return trial
    return None
