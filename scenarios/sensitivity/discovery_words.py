"""What a search for flips found, in sentences that claim no more than it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plaza_lab.scenarios.outcomes import outcome_named, show_difference
from plaza_lab.scenarios.report.words import counted, listed, records
from plaza_lab.scenarios.sensitivity.discovery import FEWEST_WORLDS, Flip


def discovery_words(flip: Flip) -> list[str]:
    """Say in which worlds the usually better policy loses: the answer, then what it rests on."""
    say = {
        "rule": _rule, "perhaps": _rule, "never": _never, "luck": _luck, "few worlds": _few_worlds,
        "few flips": _few_flips, "no rule": _no_rule,
    }[flip.status]  # fmt: skip
    return say(flip)


def limit_words(limit: Mapping[str, Any], *, interval: bool = True, key: str | None = None) -> str:
    """Write one limit: ``world.churn.established_hazard > 0.0012 1/day (0.0010 to 0.0014)``.

    Of a row of ``Flip.limits``, with the interval of the threshold or without; `key` is how the
    setting is called, by default its key. A unit of 1 is not written.
    """
    name = str(limit["key"]) if key is None else key
    if limit["side"] == "in":
        return f"{name} is {limit['values'].replace(', ', ' or ')}"
    unit = "" if limit["unit"] in ("", "1") else f" {limit['unit']}"
    text = f"{name} {limit['side']} {limit['threshold']:.3g}{unit}"
    return f"{text} ({limit['low']:.3g} to {limit['high']:.3g})" if interval else text


def _beats(flip: Flip) -> str:
    label = outcome_named(flip.outcome).label
    return f"{flip.winner} beats {flip.loser} in {label[0].lower()}{label[1:]}"


def _rule(flip: Flip) -> list[str]:
    limits = records(flip.limits)
    where = listed([limit_words(limit) for limit in limits])
    held = int(flip.worlds["is_inside"].sum())
    right = int((flip.worlds["is_inside"] & flip.worlds["is_flip"]).sum())
    lines = [f"{_beats(flip)} except where {where}."]
    if flip.status == "perhaps":
        lines = [
            f"Perhaps {lines[0][:-1]}: worlds flip there more often, but how far {flip.loser} is "
            "ahead there may be the luck of the seeds that all worlds share; add seeds."
        ]
    if any(limit["side"] != "in" for limit in limits):
        lines.append(
            f"In brackets: {flip.level * 100:g} % bootstrap intervals of the thresholds over "
            f"{len(flip.worlds)} worlds."
        )
    lines.append(
        f"The rule holds {held} of {len(flip.worlds)} worlds; {flip.loser} does better in {right} "
        f"of these (density {_percent(flip.density)}), which are {_percent(flip.coverage)} of the "
        f"{flip.flips} worlds in which it does (coverage)."
    )
    lines.append(
        f"For worlds that it was not made from, density is {_percent(flip.held_density)} and "
        f"coverage {_percent(flip.held_coverage)}; chance does as well with p {_chance(flip.p)}."
    )
    shaky = [f"{row['key']} {row['side']}" for row in limits if row["kept"] < 0.8]
    if shaky:
        lines.append(f"Not found again in every part of the worlds: {listed(shaky)}.")
    return [*lines, _lead(flip)]


def _never(flip: Flip) -> list[str]:
    count = len(flip.worlds)
    most = 1 - (1 - flip.level) ** (1 / count)
    ties = int((flip.worlds["gain"] == 0).sum())
    equal = f" ({counted(ties, 'tie')})" if ties else ""
    bound = (
        f"At most {_percent(most)} of such worlds could do so unseen ({flip.level * 100:g} % bound)"
    )
    return [
        f"{flip.loser} is ahead of {flip.winner} in none of {count} worlds{equal}: no uncertainty "
        f"looked at flips the winner. {bound}.",
        _lead(flip),
    ]


def _luck(flip: Flip) -> list[str]:
    fewest = int(flip.worlds["seeds"].min())
    cure = "run at least two seeds a world" if fewest < 2 else "add seeds or worlds to tell"
    return [
        f"No flip is shown: {flip.loser} is ahead of {flip.winner} in {flip.flips} of "
        f"{len(flip.worlds)} worlds, clearly in {_clear(flip)}, which is no more than luck would "
        f"make, and no uncertainty says which; {cure}.",
        _lead(flip),
    ]


def _few_worlds(flip: Flip) -> list[str]:
    return [
        f"{_beats(flip)} in {_won(flip)}: too few "
        f"worlds for a rule on where it does not; sample {FEWEST_WORLDS} or more, better 100."
    ]


def _few_flips(flip: Flip) -> list[str]:
    named = flip.worlds.loc[flip.worlds["is_flip"], "world_point"].tolist()
    return [
        f"{_beats(flip)} except in {flip.flips} of {len(flip.worlds)} worlds ({_clear(flip)} "
        f"clearly; number{'s' if len(named) > 1 else ''} {listed(map(str, named))}): too few for "
        "a rule; sample more worlds."
    ]


def _no_rule(flip: Flip) -> list[str]:
    return [
        f"{_beats(flip)} in {_won(flip)}; in "
        f"{flip.flips} it does not ({_clear(flip)} clearly), and no box of the uncertainties says "
        "which: no rule that held for other worlds was found.",
        _lead(flip),
    ]


def _lead(flip: Flip) -> str:
    declared = outcome_named(flip.outcome)
    better = -1.0 if declared.better == "lower" else 1.0
    ends = sorted((better * flip.lead_low, better * flip.lead_high))
    mean = show_difference(declared, better * flip.lead)
    low, high = (show_difference(declared, end, unit=False) for end in ends)
    seeds = int(flip.worlds["seeds"].max())
    text = (
        f"On average over worlds {flip.winner} differs from {flip.loser} by {mean} "
        f"({flip.level * 100:g} % interval over worlds and {counted(seeds, 'seed')}: "
        f"{low} to {high})"
    )
    if seeds < 2:
        return f"{text}; all worlds share the luck of one seed: run more."
    if not flip.lead_low > 0:
        return f"{text}, so the lead itself may be the luck of the seeds that all worlds share."
    return f"{text}."


def _won(flip: Flip) -> str:
    """Say in how many worlds the winner is ahead; a tie is no win."""
    ties = int((flip.worlds["gain"] == 0).sum())
    won = len(flip.worlds) - flip.flips - ties
    tied = f" ({counted(ties, 'tie')})" if ties else ""
    return f"{won} of {len(flip.worlds)} worlds{tied}"


def _clear(flip: Flip) -> int:
    return int((flip.worlds["is_clear"] & flip.worlds["is_flip"]).sum())


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _chance(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.2g}"
