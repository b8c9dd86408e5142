"""What closing a fitted world over the simulator found, written into the world's file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.fit.world_file import CLOSED, blocks_of, head_of, number
from plaza_lab.scenarios.forecast.closing import MOST_MARKET, Closing, odds_scaled
from plaza_lab.scenarios.output.output_folder import disk_errors

MOST_FACTOR, LN_POSTS = 10.0, (-2.0, 3.0)  # ranges of the parameters


def write_corrections(world: Path, closing: Closing) -> None:
    """Change a world's visits, messages and arrivals by the factors found.

    A run that chooses the world then lives as the log does, as far as three levels bring it there.
    The next fit without closing writes the fitted values again.

    Parameters
    ----------
    world : Path
        As :func:`plaza_lab.scenarios.fit.world_file.write_activity_world` wrote it.
    closing : Closing
        What was found.

    Raises
    ------
    UserError
        The file cannot be read or written.
    """
    from plaza_lab.sim.setting import World

    blocks = blocks_of(world)
    activity, arrival = blocks["activity"], blocks["arrival"]
    ln_mean = _value(activity, "posts_ln_mean")
    new = float(np.clip(ln_mean + np.log(closing.writing), *LN_POSTS))
    activity = _changed(activity, "posts_ln_mean", new, f"{closing.writing:.3g} x the messages of "
                        f"{number(ln_mean)}")  # fmt: skip
    market = _value(arrival, "market_size")
    told = f"{closing.arrivals:.3g} x {number(market)}, as not all who come up come in"
    arrival = _changed(arrival, "market_size", min(market * closing.arrivals, MOST_MARKET), told)
    visiting = blocks.get("visiting", "visiting:\n")
    before = _value(visiting, "activity_factor", 1.0)
    factor = min(before * closing.visits, MOST_FACTOR)
    told = f"visits that it adds to the fitted law are taken off, {closing.visits:.3g} x "
    visiting = _changed(visiting, "activity_factor", factor, told + f"{number(before)}; from data")
    if closing.starts != 1.0:
        starts = _value(activity, "start_share", World().activity.start_share)
        new = odds_scaled(starts, closing.starts)
        told = f"odds {closing.starts:.3g} x those of {number(starts)}; from data"
        activity = _changed(activity, "start_share", new, told)
    if closing.replying != 1.0:
        interaction = blocks.get("interaction", "interaction:\n")
        base = _value(interaction, "reply_base", World().interaction.reply_base)
        new = min(base * closing.replying, 1.0)
        blocks["interaction"] = _changed(interaction, "reply_base", new,
                                         f"{closing.replying:.3g} x {number(base)}")  # fmt: skip
    blocks |= {"activity": activity, "arrival": arrival, "visiting": visiting}
    with disk_errors(world, option="--out"):
        write_whole(world, (head_of(world) + "".join(blocks.values())).encode())


def _line(name: str) -> str:
    return rf"(?m)^  {name}: *([^ #\n]+) *(?:# *(.*))?$"


def _value(block: str, name: str, default: float | None = None) -> float:
    found = re.search(_line(name), block)
    if found is None:
        assert default is not None, f"{name} is written by every fit"
        return default
    return float(found[1])


def _changed(block: str, name: str, value: float, why: str) -> str:
    """Block with another value, and why in front of what was said of it."""
    found = re.search(_line(name), block)
    rest = f"; fitted: {found[2]}" if found is not None and found[2] else ""
    line = f"  {name}: {number(value)}  # {CLOSED}: {why}{rest}"
    if found is None:
        return block + line + "\n"
    return block[: found.start()] + line + block[found.end() :]
