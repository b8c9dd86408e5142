"""What partnerships bring, on both sides: a deal that pays one side only is said to be one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.scenarios.advising.writing import money, policy_name
from plaza_lab.scenarios.language import Language, marked
from plaza_lab.scenarios.statistics.intervals import MeanInterval, mean_interval

if TYPE_CHECKING:
    import pandas as pd

HOST, PARTNER = "host_gain_yuan", "partner_gain_yuan"
GAINS, LOSES, UNTOLD = "gains", "loses", "untold"
SAID = {
    (GAINS, GAINS): marked("both sides gain"),
    (GAINS, LOSES): marked("it pays you and not the partners, who will not renew it"),
    (LOSES, GAINS): marked("it pays the partners and not you"),
    (LOSES, LOSES): marked("both sides lose"),
    (GAINS, UNTOLD): marked("it pays you; whether it pays the partners is not clear"),
    (UNTOLD, GAINS): marked("it pays the partners; whether it pays you is not clear"),
    (LOSES, UNTOLD): marked("it does not pay you; whether it pays the partners is not clear"),
    (UNTOLD, LOSES): marked("it does not pay the partners; whether it pays you is not clear"),
    (UNTOLD, UNTOLD): marked("whether it pays either side is not clear"),
}


@dataclass(frozen=True)
class Sides:
    """What the deals of a policy bring in a run, yuan.

    ``deals`` are those signed in a run on average; ``host`` and ``partner`` are benefit less cost,
    of the host and of its partners together.
    """

    deals: float
    host: MeanInterval
    partner: MeanInterval

    @property
    def kind(self) -> tuple[str, str]:
        """How host and partners fare: gains, loses, or not told."""
        return _fares(self.host), _fares(self.partner)


def _fares(side: MeanInterval) -> str:
    """Judge one side by its interval; a single run tells nothing."""
    return GAINS if side.low > 0.0 else LOSES if side.high < 0.0 else UNTOLD


def sides_of(runs: pd.DataFrame, level: float = 0.95) -> Sides | None:
    """Work out both sides of the deals of one policy from its runs; None where none was signed.

    `level` is the coverage of the intervals.
    """
    if not {"deals", HOST, PARTNER} <= set(runs.columns) or not (runs["deals"] > 0).any():
        return None
    host, partner = (mean_interval(runs[side].to_numpy(), level) for side in (HOST, PARTNER))
    return Sides(float(runs["deals"].mean()), host, partner)


def sides_text(policy: str, sides: Sides, say: Language) -> str:
    """Say what the deals of a policy bring the host and the partners, and whom they pay."""
    return say.tr(
        "{name}: {host} yuan to you ({host_low} to {host_high}), {partner} yuan to the partners "
        "({low} to {high}): {verdict}",
        name=policy_name(policy, say), host=_signed(sides.host.mean),
        host_low=_signed(sides.host.low), host_high=_signed(sides.host.high),
        partner=_signed(sides.partner.mean), low=_signed(sides.partner.low),
        high=_signed(sides.partner.high), verdict=say.tr(SAID[sides.kind]),
    )  # fmt: skip


def _signed(yuan: float) -> str:
    """Write an amount with its sign; a dash where there is none."""
    if yuan != yuan:
        return "–"
    return money(yuan) if yuan < 0 else f"+{money(yuan)}"
