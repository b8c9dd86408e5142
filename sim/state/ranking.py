"""The best of many, kept in order: winners of a week, finalists of a contest, items of a board."""

from __future__ import annotations

from plaza_lab.engine.compiled import compiled


@compiled()
def put(rows, scores, n, most, row, score):
    """Put a row among the best, of whom there are ``n`` already; who came first stays before.

    Parameters
    ----------
    rows, scores : ndarray
        The best and what they reached, best first; room for ``most``.
    n, most : int
        How many there are, and how many are kept.
    row : int
        Who is put among them.
    score : float
        What she reached.

    Returns
    -------
    int
        How many there are now.
    """
    place = n
    while place > 0 and scores[place - 1] < score:
        place -= 1
    if place >= most:
        return n
    n = min(n + 1, most)
    for k in range(n - 1, place, -1):
        rows[k] = rows[k - 1]
        scores[k] = scores[k - 1]
    rows[place] = row
    scores[place] = score
    return n
