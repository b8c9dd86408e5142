"""Partnership levers: form, contract and split of one deal at a time (P23, P24)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


class Form(enum.IntEnum):
    """Forms of partnership that run today."""

    NONE = 0
    CO_MARKETING = 1


class Split(enum.IntEnum):
    """How the benefit is shared (M113)."""

    EQUAL = 0
    CONTRIBUTION = 1


@dataclass(frozen=True)
class Partnership:
    """Choice of partner, campaign and contract."""

    form: Form = quantity(Form.NONE, "form", source="M105")
    """none or co_marketing."""
    pool: int = quantity(5, "brands", (1, 32), "M102")
    """Candidate brands."""
    min_fit: float = quantity(0.5, "1", (0.0, 1.0), "M102")
    """Lowest fit accepted."""
    campaign_weeks: int = quantity(8, "weeks", (1, 104), "M105")
    """Campaign weeks in a contract."""
    term_weeks: int = quantity(26, "weeks", (1, 260), "M103")
    """Length of the contract."""
    review_weeks: int = quantity(4, "weeks", (1, 52), "M103")
    """Weeks between reviews."""
    budget_week_cents: int = quantity(200_000, "cents/week", (0, 1_000_000_000), "assumption")
    """Joint campaign budget a week, while the campaign runs."""
    host_share: float = quantity(0.5, "share", (0.0, 1.0), "M105")
    """Host's part of the budget."""
    split: Split = quantity(Split.CONTRIBUTION, "rule", source="M113")
    """How the benefit is split."""
    is_open_books: bool = quantity(True, "flag", source="M103")
    """Results are reported jointly."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        costs = self.host_share > 0 and self.budget_week_cents > 0
        return (
            (
                self.form != Form.NONE and costs and not policy.fund.has_brand_money,
                "the host's share of the campaign needs a brand budget; "
                "choose fund=brand_funded or partnership.host_share=0",
            ),
        )
