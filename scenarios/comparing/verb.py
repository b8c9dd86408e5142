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
    from plaza_lab.scenarios.comparing.asked import view_in
    from plaza_lab.scenarios.comparing.best import select_policy
    from plaza_lab.scenarios.comparing.over_worlds import compare_over_worlds
    from plaza_lab.scenarios.comparing.plain import compare_plainly
    from plaza_lab.scenarios.comparing.start_word import start_in
    from plaza_lab.scenarios.comparing.until import compare_until
    from plaza_lab.scenarios.comparing.wishes import wish_in
    from plaza_lab.scenarios.experiments.ensembles import ensemble_in

    view, rest = view_in(arguments)
    wish, rest = wish_in(rest)
    flags = Flags.read("compare", rest)
    start, words = start_in(flags.overrides)
    names, overrides = comparing.split_policies(words)
    if start is not None:
        if wish is not None or flags.is_for_hydra:
            raise UserError("start=today goes with plain comparisons; leave out the flags")
        view.refuse_moves("start=today")
        from plaza_lab.scenarios.comparing.from_today import compare_from_today  # loads the fits

        return compare_from_today(names, overrides, arguments, view)
    if not flags.is_for_hydra:
        if wish is not None:
            view.refuse_moves("--best or --until")
        if wish is not None and wish.best:
            return select_policy(wish, names, overrides, arguments)
        if wish is not None:
            return compare_until(wish, names, overrides, arguments, view)
        if ensemble_in(overrides)[0] is not None:
            view.refuse_moves("world=ensemble, which moves the world already")
            return compare_over_worlds(names, overrides, arguments, view)
    return compare_plainly("compare", names, overrides, flags, arguments, view)


def wait(arguments: Sequence[str]) -> int:
    """``plaza wait``: what waiting with a policy costs."""
    from plaza_lab.scenarios.comparing.timing import WAIT, ask

    return ask(WAIT, arguments)


def remain(arguments: Sequence[str]) -> int:
    """``plaza remain``: what is left of a policy after it has ended."""
    from plaza_lab.scenarios.comparing.timing import REMAIN, ask

    return ask(REMAIN, arguments)
