"""Closing the simulator over a log: it is brought to live on as the forecast of the log does.

Under the policy that was in force it must live on as the forecast of the log does, and what it
adds to the fitted law (first posts, reading dropout, returns from silence, feelings) is taken off
by factors on visits, on what is written on a writing day and on arrivals, found by simulating.
Where the log tells who answers whom, the share of messages that open a thread and the willingness
to reply are found with them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plaza_lab.scenarios.experiments.design import DEFAULT, DesignPoint
from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.fit.world_file import CLOSED, blocks_of, head_of, number
from plaza_lab.scenarios.forecast.kept import Kept
from plaza_lab.scenarios.forecast.simulated_log import (
    SimulatedLog,
    shape_facts,
    simulated_log,
    weekly_facts,
)
from plaza_lab.scenarios.output.output_folder import disk_errors
from plaza_lab.scenarios.settings.composing import Composed

ROUNDS = 4
SEEDS = 12
FACTORS = (0.1, 10.0)
COMING = (0.1, 100.0)  # few gates let in less than one in a hundred
MOST_MARKET, MOST_FACTOR, LN_POSTS = 1e10, 10.0, (-2.0, 3.0)  # ranges of the parameters
ODDS = (0.01, 100.0)
LEAST = 0.005  # a share of replies nearer to none or all is not told from it
WEEK = 7


@dataclass(frozen=True)
class Closing:
    """How the simulated community was brought to live on as the log does.

    Attributes
    ----------
    visits, writing, arrivals : float
        Factors found: on visits, on messages of a writing day, on arrivals.
    starts : float
        Factor on the odds that a message opens a thread.
    replying : float
        Factor on the chance of a reply.
    rows : list of tuple
        Metric, weeks, forecast of the log (median, 80 % interval), simulated before and after.
    shapes : list of tuple
        Fact, in the last weeks of the log, in as many simulated: middle, low and high of 80 %.
    """

    visits: float
    writing: float
    arrivals: float
    rows: list[tuple[str, int, float, float, float, float, float]]
    shapes: list[tuple[str, float, float, float, float]]
    starts: float = 1.0
    replying: float = 1.0

    @property
    def misses(self) -> list[str]:
        """What does not fit."""
        told = [
            f"{metric.replace('_', ' ')} to week {until}"
            for metric, until, _, low, high, _, after in self.rows
            if not low <= after <= high
        ]
        return told + [name for name, data, _, low, high in self.shapes if not low <= data <= high]


def with_factors(
    point: DesignPoint,
    visits: float,
    coming: float,
    arrivals: float = 1.0,
    writing: float = 1.0,
    starts: float = 1.0,
    replying: float = 1.0,
) -> DesignPoint:
    """Scale visits, messages and replying, and let so many come a day by themselves.

    The fit counts who came in; whoever comes up to the gate and is turned away is out of the
    market as well. More arrivals are therefore those of a larger market: the chance of a day stays,
    and with it how soon the market is used up.
    """
    config = point.composed.config
    world = config.world
    fitted = max(world.arrival.market_size, 1.0)
    external = min(coming / (1 - min(world.activity.lurker_share, 0.99)) / fitted, 0.1)
    scaled = _scaled(
        lambda block, name: getattr(getattr(world, block), name),
        visits, writing, arrivals, starts, replying,
    )  # fmt: skip
    scaled["arrival"] |= {"p_external": external, "trend": 0.0}
    blocks = {
        block: dataclasses.replace(getattr(world, block), **values)
        for block, values in scaled.items()
    }
    plain = dict(point.composed.plain)
    plain["world"] = plain["world"] | {
        block: dataclasses.asdict(values) for block, values in blocks.items()
    }
    new = dataclasses.replace(config, world=dataclasses.replace(world, **blocks))
    return DesignPoint(point.policy, Composed(new, plain, point.composed.choices), point.factors)


def _scaled(
    value: Callable[[str, str], float],
    visits: float,
    writing: float,
    arrivals: float,
    starts: float,
    replying: float,
) -> dict[str, dict[str, float]]:
    """Values of a world after the factors, by block and name, within their ranges."""
    ln_mean = value("activity", "posts_ln_mean") + np.log(writing)
    return {
        "arrival": {"market_size": min(value("arrival", "market_size") * arrivals, MOST_MARKET)},
        "visiting": {
            "activity_factor": min(value("visiting", "activity_factor") * visits, MOST_FACTOR)
        },
        "activity": {
            "posts_ln_mean": float(np.clip(ln_mean, *LN_POSTS)),
            "start_share": _odds_scaled(value("activity", "start_share"), starts),
        },
        "interaction": {"reply_base": min(value("interaction", "reply_base") * replying, 1.0)},
    }


def _odds_scaled(share: float, factor: float) -> float:
    """A share whose odds are so many times those of another."""
    return share * factor / (1.0 - share + share * factor)


def close(
    points: Sequence[DesignPoint], found: Sequence[Kept], weeks: int, seed: int = 0
) -> tuple[list[DesignPoint], Closing]:
    """Bring the community under the policy in force to live on as the forecast of its log does.

    Parameters
    ----------
    points : sequence of DesignPoint
        The policy in force first.
    found : sequence of Kept
        State of the world.
    weeks : int
        Weeks to be compared.
    seed : int
        Of the forecast.

    Returns
    -------
    points : list of DesignPoint
        With the factors found.
    closing : Closing
        What was compared.
    """
    from plaza_lab.scenarios.forecast.ahead import look_ahead

    forecast = look_ahead(found[0].acts.weekly(), weeks, seed)
    wanted = {name: forecast.middle(name) for name in forecast.paths}
    coming = float(wanted["joins"].mean()) / WEEK
    visits, writing, arrivals, starts, replying = 1.0, 1.0, 1.0, 1.0, 1.0
    base = points[0].composed.config.world.interaction.reply_base
    logs = _lived(with_factors(points[0], visits, coming), weeks)
    first = simulated = _weeks_of(logs)
    for _ in range(ROUNDS):
        gap = _gap(wanted["weekly_actives"], simulated["weekly_actives"])
        visits = float(np.clip(visits * gap, *FACTORS))
        writing = float(
            np.clip(writing * _gap(wanted["posts"], simulated["posts"]) / gap, *FACTORS)
        )
        more = _gap(wanted["joins"], simulated["joins"])
        arrivals = float(np.clip(arrivals * more, *COMING))
        starts, replying = _replies_corrected(found[0], logs, starts, replying)
        replying = min(replying, 1.0 / max(base, LEAST))  # a chance
        factors = (visits, coming, arrivals, writing, starts, replying)
        logs = _lived(with_factors(points[0], *factors), weeks)
        simulated = _weeks_of(logs)
    rows = []
    for metric in ("weekly_actives", "posts", "joins"):
        for until in sorted({min(4, weeks), min(13, weeks), weeks}):
            part = slice(max(0, until - 4), until)
            told = forecast.paths[metric][:, part].mean(axis=1)
            low, middle, high = np.percentile(told, [10, 50, 90])
            rows.append((metric, until, float(middle), float(low), float(high),
                         float(first[metric][part].mean()),
                         float(simulated[metric][part].mean())))  # fmt: skip
    ready = [with_factors(point, *factors) for point in points]
    shapes = _shapes(found[0], logs, WEEK * weeks)
    return ready, Closing(visits, writing, arrivals, rows, shapes, starts, replying)


def _replies_corrected(
    kept: Kept, logs: Sequence[SimulatedLog], starts: float, replying: float
) -> tuple[float, float]:
    """Factors of opening and of replying, brought nearer to what the log tells of replies."""
    replies, openings, answered = (
        np.array([(log.replies.sum() / max(log.messages.sum(), 1), log.openings, log.answered)
                  for log in logs]).T)  # fmt: skip
    share, rate = kept.about.get("reply_share"), kept.about.get("reply_rate")
    if share is not None:
        wanted, seen = np.clip([share, replies.mean()], LEAST, 1 - LEAST)
        starts *= (1 - wanted) / wanted * seen / (1 - seen)
    if rate is not None and openings.sum():
        wanted, seen = np.clip([rate, answered.sum() / openings.sum()], LEAST, 1 - LEAST)
        replying *= np.log1p(-wanted) / np.log1p(-seen)
    return float(np.clip(starts, *ODDS)), float(np.clip(replying, *FACTORS))


def _gap(wanted: np.ndarray, simulated: np.ndarray) -> float:
    return float((wanted.sum() + 1.0) / (simulated.sum() + 1.0))


def _lived(point: DesignPoint, weeks: int) -> list[SimulatedLog]:
    return [simulated_log(point.setting, seed, WEEK * weeks) for seed in range(SEEDS)]


def _weeks_of(logs: Sequence[SimulatedLog]) -> dict[str, np.ndarray]:
    """Means over simulated logs; float64[weeks] for each metric."""
    facts = [weekly_facts(log) for log in logs]
    return {name: np.mean([one[name] for one in facts], axis=0) for name in facts[0]}


def _shapes(
    kept: Kept, logs: Sequence[SimulatedLog], days: int
) -> list[tuple[str, float, float, float, float]]:
    """Facts that no level tells: in the last days of the log, and in as many simulated."""
    acts = kept.acts
    since = max(0, acts.n_days - days)
    late = acts.day >= since
    new = kept.members["first_day"].to_numpy(np.int64)[acts.member] >= since
    told = shape_facts(
        acts.member[late], acts.day[late] - since, acts.amount[late], new[late], days
    )
    lived = [
        shape_facts(log.member, log.day, log.messages, log.member >= log.n_first, log.n_days)
        for log in logs
    ]
    rows = []
    for name, key in (("share of messages that are replies", "reply_share"),
                      ("openings answered", "reply_rate")):  # fmt: skip
        seen = kept.about.get(key)
        told[name] = np.nan if seen is None else float(seen)
    for log, facts in zip(logs, lived, strict=True):
        share = log.replies.sum() / max(log.messages.sum(), 1)
        facts["share of messages that are replies"] = float(share)
        facts["openings answered"] = log.answered / log.openings if log.openings else np.nan
    for name, value in told.items():
        values = np.array([one[name] for one in lived])
        if np.isfinite(value) and np.isfinite(values).any():
            low, middle, high = np.nanpercentile(values, [10, 50, 90])
            rows.append((name, value, float(middle), float(low), float(high)))
    return rows


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
    usual = World()

    def value(block: str, name: str) -> float:
        found = re.search(_line(name), blocks.get(block, ""))
        return float(found[1]) if found else float(getattr(getattr(usual, block), name))

    new = _scaled(value, closing.visits, closing.writing, closing.arrivals, closing.starts,
                  closing.replying)  # fmt: skip
    whys = {
        ("activity", "posts_ln_mean"): (closing.writing, "{:.3g} x the messages of {}"),
        ("arrival", "market_size"): (
            closing.arrivals, "{:.3g} x {}, as not all who come up come in",
        ),
        ("activity", "start_share"): (closing.starts, "odds {:.3g} x those of {}; from data"),
        ("interaction", "reply_base"): (closing.replying, "{:.3g} x {}"),
        ("visiting", "activity_factor"): (
            closing.visits,
            "visits that it adds to the fitted law are taken off, {:.3g} x {}; from data",
        ),
    }  # fmt: skip
    for (block, name), (factor, why) in whys.items():
        if factor != 1.0 or name not in ("start_share", "reply_base"):
            told = why.format(factor, number(value(block, name)))
            text = blocks.get(block, f"{block}:\n")
            blocks[block] = _changed(text, name, new[block][name], told)
    with disk_errors(world, option="--out"):
        write_whole(world, (head_of(world) + "".join(blocks.values())).encode())


def _line(name: str) -> str:
    return rf"(?m)^  {name}: *([^ #\n]+) *(?:# *(.*))?$"


def _changed(block: str, name: str, value: float, why: str) -> str:
    """Block with another value, and why in front of what was said of it."""
    found = re.search(_line(name), block)
    rest = f"; fitted: {found[2]}" if found is not None and found[2] else ""
    line = f"  {name}: {number(value)}  # {CLOSED}: {why}{rest}"
    if found is None:
        return block + line + "\n"
    return block[: found.start()] + line + block[found.end() :]


def _of_replies(closing: Closing, kept: Kept) -> str:
    if kept.about.get("reply_share") is None:
        return ""
    return (f", {closing.starts:.2f} on the odds that a message opens a thread, "
            f"{closing.replying:.2f} on replying")  # fmt: skip


def remarks_of(closing: Closing, kept: Kept) -> list[str]:
    """Say where a comparison begins, what was corrected, and what does not fit.

    Parameters
    ----------
    closing : Closing
        What closing the world over its log found.
    kept : Kept
        The state of the log.

    Returns
    -------
    list of str
        Three lines, for the terminal and for what is kept of the comparison.
    """
    in_force = " ".join(kept.about.get("policy") or [DEFAULT])
    assumed = " (assumed: say plaza fit --policy)" if kept.about.get("is_policy_assumed") else ""
    misses = ", ".join(closing.misses)
    return [
        f"from {kept.acts.last_day}, the last day of {kept.about.get('source', kept.name)}; in "
        f"force: {in_force}{assumed}",
        f"corrected by a factor of {closing.visits:.2f} on visits, {closing.writing:.2f} on "
        f"messages of a writing day, {closing.arrivals:.2f} on arrivals"
        + _of_replies(closing, kept),
        f"does not fit: {misses}; take results that hang on it with care"
        if misses
        else "all of it fits",
    ]


def say_closing(closing: Closing, kept: Kept) -> None:
    """Print what the simulated community does beside the forecast of its log."""
    from rich.table import Table

    from plaza_lab.scenarios.command_line.printing import console

    terminal = console(highlight=False)
    begins, *ends = remarks_of(closing, kept)
    for line in (begins, *kept.about.get("why", [])):
        terminal.print(line, markup=False, soft_wrap=True)
    table = Table(title="The simulated community beside the forecast of its log, 4-week means",
                  title_justify="left")  # fmt: skip
    table.add_column("metric")
    for name in ("to week", "forecast", "80 % interval", "as fitted", "corrected"):
        table.add_column(name, justify="right")
    for metric, until, middle, low, high, before, after in closing.rows:
        table.add_row(metric.replace("_", " "), str(until), f"{middle:.1f}",
                      f"{low:.1f} to {high:.1f}", f"{before:.1f}", f"{after:.1f}")  # fmt: skip
    terminal.print(table)
    shape = Table(title="Its shape beside that of the last weeks of the log", title_justify="left")
    shape.add_column("fact")
    for name in ("log", "simulated", "80 % interval"):
        shape.add_column(name, justify="right")
    for name, data, middle, low, high in closing.shapes:
        shape.add_row(name, f"{data:.3g}", f"{middle:.3g}", f"{low:.3g} to {high:.3g}")
    terminal.print(shape)
    for line in ends:
        terminal.print(line, markup=False, soft_wrap=True)
