"""The world that `plaza compare world=NAME` uses, written from a fit."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import earlier_line, keep_earlier, write_whole
from plaza_lab.scenarios.files.yaml_file import read_yaml
from plaza_lab.scenarios.fit.activity import ActivityFit
from plaza_lab.scenarios.fit.arrival import DAYS
from plaza_lab.scenarios.fit.bouts import share_of_visits
from plaza_lab.scenarios.fit.estimate import Estimate
from plaza_lab.scenarios.fit.log import Log
from plaza_lab.scenarios.fit.purchases import PurchaseFit, Purchases
from plaza_lab.scenarios.output.output_folder import disk_errors
from plaza_lab.scenarios.settings.names import check_option, twin_in
from plaza_lab.scenarios.settings.options import conf_folder, option_of
from plaza_lab.scenarios.settings.resolvers import trusting

MARKET_PER_MEMBER = 20  # assumption: the market is far from used up by the members seen
STEEPEST_TREND = 0.002  # a day; x2 a year. assumption: steeper growth or decline does not last
DAMPING, YEAR_WEEKS = 0.98, 52  # a week; Hyndman & Athanasopoulos 2021 (.8 to .98)
LASTING = sum(DAMPING**week for week in range(1, YEAR_WEEKS + 1)) / YEAR_WEEKS
"""Part of a trend that a year keeps: the world's own has no damping, so less of it is written."""
FEWEST_MEMBERS = 20
MOST_LURKERS = 0.99
MOST_EXTERNAL = 0.1  # bound of a world's p_external
LN_UNANSWERED = math.log(0.5)  # middle of .35-.62, science.md B 11
USUAL_MUTUAL = 0.64  # CollegeMsg, science.md A.7
BLOCK_START = re.compile(r"^([A-Za-z_]\w*):", re.MULTILINE)


def check_world(name: str, directory: Path) -> str:
    """Let a world's name through, or say what a name may be.

    Parameters
    ----------
    name : str
        As given to ``--name``.
    directory : Path
        Where the world will be, usually ``plaza-conf``.

    Returns
    -------
    str
        The same, as :func:`plaza_lab.scenarios.settings.names.check_option` returns it.

    Raises
    ------
    UserError
        If it is no name, that of one of Plaza's own worlds or populations, or too like one.
    """
    name = check_option(name, "a world (--name)")
    for group in ("world", "population"):
        own = [file.stem for file in (conf_folder() / group).glob("*.yaml")]
        if name in own:
            raise UserError(f"--name {name}: Plaza has its own {group}={name}; take another name")
        there = [option_of(file) for file in (directory / group).glob("[!.]*.yaml")]
        twin = twin_in(name, [*own, *there])
        if twin:
            raise UserError(f"--name {name}: {group}={twin} is there, and some computers take the "
                            "two names for one; take another name")  # fmt: skip
    return name


def check_directory(directory: Path) -> None:
    """Refuse an output directory that cannot be written before the fit, not after it.

    Raises
    ------
    UserError
        Something that is no directory is in the way, or it may not be written.
    """
    there = next((one for one in (directory, *directory.absolute().parents) if one.exists()), None)
    if there is not None and not there.is_dir():
        raise UserError(f"{directory} cannot be written: {there} is a file (see --out)")
    if there is not None and not os.access(there, os.W_OK | os.X_OK):
        raise UserError(f"{directory} cannot be written: no permission for {there} (see --out)")


def arrival_block(fit: ActivityFit, n_members: int) -> str:
    """Text of the ``arrival`` block: market, chance of joining, trend at the end of the log."""
    share = _lurkers(fit)
    # whoever joined has come out of the market, those whom the log never hears of as well
    market = round(MARKET_PER_MEMBER * n_members / (1 - share))
    per_day = scaled(fit.arrivals.per_day, 1 / (1 - share) / market)
    external = min(per_day.value, MOST_EXTERNAL)
    trend = fit.arrivals.trend
    clipped = float(np.clip(trend.value, -STEEPEST_TREND, STEEPEST_TREND))
    why = f" of {number(trend.value)} seen, as a year keeps if it fades by 2 % a week"
    why += ", clipped" if clipped != trend.value else ""
    lines = [
        f"  market_size: {market}  # {MARKET_PER_MEMBER} x members seen / "
        "(1 - lurker_share); default",
        f"  p_external: {number(external)}  # a day; {fit.arrivals.per_day.value:.3g} first acts "
        f"a day at the end of the log / (1 - lurker_share) / market_size; {_told(per_day)}",
        "  visibility: 0.0  # the log does not tell how size draws people; default is .6",
        "  q_imitation: 0.0  # the log does not tell imitation from advertising; default",
        f"  trend: {number(LASTING * clipped)}  # log growth a day{why}; {_told(trend)}",
    ]
    return "arrival:\n" + "\n".join(lines) + "\n"


def activity_block(fit: ActivityFit) -> str:
    """Text of the ``activity`` block: the law of active days, posts and the week."""
    lurkers = _lurkers(fit)
    lines = []
    for name in ACTIVITY:
        if name not in fit.parameters:
            continue
        told, how = fit.parameters[name], ""
        if name == "core_share" and told.value > 0:
            told, how = scaled(told, 1 - lurkers), f"{told.value:.3g} of posters; "
        if name == "bout_share" and told.value > 0:
            told, how = _mapped(told, share_of_visits), f"{told.value:.3g} of posting days; "
        value = lurkers if name == "lurker_share" else told.value
        lines.append(f"  {name}: {number(value)}  # {how}{_told(told)}")
    lines.append("  posts_activity: 0.0  # posts_person holds all that is the person's; default")
    week = ", ".join(f"{day.value:.3f}" for day in fit.weekday)
    ranges = ", ".join(
        f"{name[:3]} {day.low:.2f} to {day.high:.2f}"
        for name, day in zip(DAYS, fit.weekday, strict=True)
    )
    lines.append(f"  weekday: [{week}]  # 95 %: {ranges}; from data")
    return "activity:\n" + "\n".join(lines) + "\n"


ACTIVITY = (
    "rate_shape", "rate_weeks", "dropout_a", "dropout_b", "lurker_share", "core_share",
    "core_rate_factor", "core_dropout", "posts_ln_mean", "posts_ln_sd",
    "posts_person", "bout_share", "bout_pace",
)  # fmt: skip


def interaction_block(fit: ActivityFit) -> str | None:
    """Text of the ``interaction`` block, None where replies are not in the log.

    A world's ``reply_base`` is the chance that one reader answers one item, and its
    ``reciprocity`` what a tie adds to it; a log shows what becomes of all readers together. So the
    usual values are scaled: ``reply_base`` by the log-share left unanswered, as if each of the same
    number of readers answered independently, ``reciprocity`` by the share of mutual ties.
    """
    if fit.replies is None:
        return None
    from plaza_lab.sim.setting import World

    usual = World().interaction
    told = {}
    answered, mutual = fit.replies.reply_rate, fit.replies.reciprocity
    if np.isfinite(answered.value):
        base = _mapped(answered, lambda x: min(
            usual.reply_base * math.log(1 - min(x, 0.99)) / LN_UNANSWERED, 1.0))  # fmt: skip
        told["reply_base"] = f"{answered.value:.3g} of openings answered", base
    if np.isfinite(mutual.value):
        gain = _mapped(mutual, lambda x: min(usual.reciprocity * x / USUAL_MUTUAL, 1.0))
        told["reciprocity"] = f"{mutual.value:.3g} of ties are mutual", gain
    lines = [
        f"  {name}: {number(one.value)}  # {seen}, scaled from the usual value; {_told(one)}"
        for name, (seen, one) in told.items()
    ]
    return "interaction:\n" + "\n".join(lines) + "\n" if lines else None


def _mapped(told: Estimate, rise: Callable[[float], float]) -> Estimate:
    value, low, high = (rise(one) for one in (told.value, told.low, told.high))
    return Estimate(value, low, high, told.origin, told.note)


def _lurkers(fit: ActivityFit) -> float:
    return min(fit.parameters["lurker_share"].value, MOST_LURKERS)


CLOSED = "closed over the simulator"
"""Mark of a value that closing has changed."""


@dataclass(frozen=True)
class Buyers:
    """Who buys, as a purchase log and what is known of members tell.

    Attributes
    ----------
    share : float
        Of members, those who buy.
    told : str
        How it was found.
    here : float
        Customers expected to be still there.
    is_of_members : bool
        Members are known from a log of acts, and not only as customers.
    """

    share: float
    told: str
    here: float
    is_of_members: bool = True


def purchase_block(fit: PurchaseFit, data: Purchases, buyers: Buyers | None = None) -> str:
    """Text of the ``purchase`` block, which names its own file."""
    lines = [] if buyers is None else [
        f"  buyer_share: {number(buyers.share)}  # {buyers.told}"
    ]  # fmt: skip
    lines += [
        f"  {name}: {number(told.value)}  # {_told(told)}" for name, told in fit.parameters.items()
    ]
    head = (
        f"purchase:  # {data.source}: {data.n_customers} customers, {data.n_rows} purchases, "
        f"{data.first_day}..{data.last_day}; amounts taken as yuan"
    )
    return head + "\n" + "\n".join(lines) + "\n"


def write_activity_world(
    directory: Path, name: str, log: Log, fit: ActivityFit, command: str, policy: str = ""
) -> tuple[Path, Path]:
    """Write world and population files of an activity fit; other blocks already there are kept.

    Parameters
    ----------
    directory : Path
        Usually ``plaza-conf``; made if needed.
    name : str
        Of the world.
    log, fit : Log, ActivityFit
        What the numbers come from.
    command : str
        As typed, for the first line.
    policy : str
        A line on the policy in force while the log was written.

    Returns
    -------
    world, population : Path
        The files written.

    Raises
    ------
    UserError
        The directory cannot be written.
    """
    world, population = (
        directory / "world" / f"{name}.yaml",
        directory / "population" / f"{name}.yaml",
    )
    blocks = {
        "defaults": f"defaults:\n  - override /population@_global_.population: {name}\n",
        "arrival": arrival_block(fit, log.n_members),
        "activity": activity_block(fit),
        "interaction": interaction_block(fit),
    }
    head = (
        f"# Fitted by `{command}` from {log.source} ({log.n_members} members, {log.n_acts} acts, "
        f"{log.first_day}..{log.last_day})\n{policy}# 95 % intervals after each value.\n"
    )
    kept = {
        key: text
        for key, text in blocks_of(world).items()
        if key not in blocks and CLOSED not in text  # that was found for the fit before
    }
    new = {key: text for key, text in blocks.items() if text is not None}
    members = max(FEWEST_MEMBERS, round(fit.recent_members / (1 - _lurkers(fit))))
    people = (
        f"# Fitted by `{command}` from {log.source}\n"
        f"initial_members: {members}  # {fit.recent_members} members with an act in the last 84 "
        "days / (1 - lurker_share)\n"
    )
    _write_anew(population, people.encode())
    _write_anew(world, (head + "".join((new | kept).values())).encode())
    return world, population


def write_purchase_world(
    directory: Path,
    name: str,
    data: Purchases,
    fit: PurchaseFit,
    command: str,
    buyers: Buyers | None = None,
) -> Path:
    """Put the purchase block into a world file, which is made if it is not there.

    Where no log of acts has been fitted, the population is that of the customers.

    Raises
    ------
    UserError
        The directory cannot be written.
    """
    world = directory / "world" / f"{name}.yaml"
    there = blocks_of(world)
    if buyers is not None and "activity" in there and not buyers.is_of_members:
        buyers = None  # the world is of members that no state tells of
    blocks = there | {"purchase": purchase_block(fit, data, buyers)}
    population = directory / "population" / f"{name}.yaml"
    if buyers is not None and "activity" not in blocks:
        people = (
            f"# Fitted by `{command}` from {data.source}\n"
            f"initial_members: {max(FEWEST_MEMBERS, round(buyers.here))}  # customers expected to "
            f"be still there, of {data.n_customers:,} seen\n"
        )
        _write_anew(population, people.encode())
        chosen = f"defaults:\n  - override /population@_global_.population: {name}\n"
        blocks = {"defaults": chosen} | blocks
    head = (
        head_of(world)
        or f"# Fitted by `{command}` from {data.source}\n# 95 % intervals after each value.\n"
    )
    _write_anew(world, (head + "".join(blocks.values())).encode())
    return world


def _write_anew(path: Path, content: bytes) -> None:
    """Write an option file; one that was there, and may have been edited, is kept beside it."""
    from plaza_lab.scenarios.command_line.printing import complain

    with disk_errors(path, option="--out"):
        copy = keep_earlier(path, content)
    write_whole(path, content)
    if copy is not None:
        complain(earlier_line(path, copy))


def blocks_of(path: Path) -> dict[str, str]:
    """Top-level blocks of a YAML file as text with their comments; empty without the file.

    Raises
    ------
    UserError
        The file is there but cannot be read or is not a plain mapping.
    """
    text = _text_of(path)
    found = list(BLOCK_START.finditer(text))
    ends = [*(block.start() for block in found), len(text)][1:]
    return {
        block.group(1): text[block.start() : end].rstrip("\n") + "\n"
        for block, end in zip(found, ends, strict=False)
    }


def head_of(path: Path) -> str:
    """Text above the first block of an option file."""
    text = _text_of(path)
    found = BLOCK_START.search(text)
    return text[: found.start()] if found else text


def _text_of(path: Path) -> str:
    if not path.exists():
        return ""
    try:
        with trusting(True):  # it is not read here for its values
            return read_yaml(path).text
    except UserError as error:
        raise UserError(f"{error}: mend it, or choose another --name") from None


def scaled(told: Estimate, factor: float) -> Estimate:
    """Multiply an estimate and its interval by an exact factor."""
    return Estimate(
        told.value * factor, told.low * factor, told.high * factor, told.origin, told.note
    )


def number(value: float) -> str:
    """Write a number with four digits so that YAML reads it as a float."""
    text = f"{value:.4g}"
    if "e" in text:
        mantissa, power = text.split("e")
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(power):+03d}"
    return text if "." in text else text + ".0"


def _told(told: Estimate) -> str:
    origin = told.origin if told.origin != "default" else "default, not from data"
    if told.is_at_bound:
        origin = "at its bound, hardly from data"
    if np.isfinite(told.low) and np.isfinite(told.high):
        kind = "range" if told.origin == "default" else "95 %"
        return f"{kind} {told.low:.3g} to {told.high:.3g}; {origin}"
    return f"no interval ({told.note or 'the data do not tell it'}); {origin}"
