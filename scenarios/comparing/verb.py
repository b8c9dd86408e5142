"""``plaza compare``, ``plaza wait`` and ``plaza remain``."""

from __future__ import annotations

from collections.abc import Sequence

from plaza_lab.scenarios.command_line.flags import Flags
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments import compare as comparing


def compare(arguments: Sequence[str]) -> int:
    """``plaza compare``: several policies, paired by seed.

    Parameters
    ----------
    arguments : sequence of str
        ``policies=[...]``, flags and overrides.

    Returns
    -------
    int
        Exit code.
    """
    from plaza_lab.scenarios.comparing import ways
    from plaza_lab.scenarios.comparing.asked import start_in, view_in, wish_in
    from plaza_lab.scenarios.experiments.placing import placed_in
    from plaza_lab.scenarios.experiments.varying import ensemble_in

    view, rest = view_in(arguments)
    wish, rest = wish_in(rest)
    flags = Flags.read("compare", rest)
    placed, words = placed_in(flags.overrides)
    start, words = start_in(words)
    asked = ways.Asked(*comparing.split_policies(words), arguments, view, placed)
    if start is not None:
        if wish is not None or flags.is_for_hydra:
            raise UserError("start=today goes with plain comparisons; leave out the flags")
        view.refuse_moves("start=today")
        return ways.compare_from_today(asked)
    if flags.is_for_hydra:
        return ways.compare_plainly(asked, flags)
    if wish is not None:
        view.refuse_moves("--best or --until")
        if not wish.best:
            return ways.compare_until(asked, wish)
        from plaza_lab.scenarios.comparing.ways import select_policy

        return select_policy(wish, asked)
    if ensemble_in(asked.overrides)[0] is not None:
        view.refuse_moves("world=ensemble, which moves the world already")
        return ways.compare_over_worlds(asked)
    return ways.compare_plainly(asked, flags)


def wait(arguments: Sequence[str]) -> int:
    """``plaza wait``: what waiting with a policy costs."""
    from plaza_lab.scenarios.comparing.timing import WAIT, ask

    return ask(WAIT, arguments)


def remain(arguments: Sequence[str]) -> int:
    """``plaza remain``: what is left of a policy after it has ended."""
    from plaza_lab.scenarios.comparing.timing import REMAIN, ask

    return ask(REMAIN, arguments)
