"""Content levers: what the brand publishes, tests and keeps (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaza_lab.agents.quantity import quantity
from plaza_lab.sim.policy.comms import Protocol

if TYPE_CHECKING:
    from plaza_lab.sim.policy import Clash, Policy


@dataclass(frozen=True)
class Content:
    """Brand posts, their fit and their promotion share."""

    brand_posts_day: float = quantity(1.0, "items/day", (0.0, 1000.0), "M27")
    """Brand items a day."""
    brand_centricity: float = quantity(0.5, "share", (0.0, 1.0), "M28, F30")
    """Share of brand items about the brand itself rather than members' interests."""
    promo_share: float = quantity(0.1, "share", (0.0, 1.0), "M122")
    """Share of brand items that sell something."""
    item_cost_cents: int = quantity(0, "cents/item", (0, 10_000_000), "M29")
    """Cost of a brand item."""

    imported_share: float = quantity(0.0, "share", (0.0, 1.0), "M30")
    """Share of brand items taken over from elsewhere instead of made."""
    format_mix: list[float] = quantity((1.0, 0.0, 0.0, 0.0, 0.0, 0.0), "1", (0.0, 1000.0), "M29")
    """Weights of text, document, image, video, audio and live among brand items."""
    format_cost: list[float] = quantity(
        (1.0, 1.5, 1.5, 4.0, 2.0, 5.0),
        "1",
        (0.0, 100.0),
        "assumption (M29: each form has its own unit cost)",
    )
    """Cost of an item in each form, times the cost of an item."""
    hour_slots: list[float] = quantity((1.0, 1.0, 1.0), "1", (0.0, 1000.0), "M27")
    """Weights of morning, midday and evening in the calendar."""
    prompts_week: float = quantity(0.0, "prompts/week", (0.0, 70.0), "M31")
    """Calls on members to write something."""
    has_testing: bool = quantity(False, "flag", source="M36")
    """Whether forms are tested against each other."""
    cycle_weeks: int = quantity(4, "weeks", (2, 52), "assumption (M36)")
    """Length of a test cycle."""
    promote_above: float = quantity(0.5, "share", (0.0, 1.0), "F88")
    """Audience retention above which a form gains budget."""
    cull_below: float = quantity(0.25, "share", (0.0, 1.0), "A10 (proposed)")
    """Audience retention below which a form is dropped."""
    has_archive: bool = quantity(False, "flag", source="M38")
    """Whether digests are kept and searched."""
    reuse_rate: float = quantity(0.6, "share", (0.0, 1.0), "assumption (M38)")
    """Share of requests that repeat what was asked before."""
    book_at_items: int = quantity(0, "entries", (0, 200), "M38")
    """Entries in the archive at which a book comes out, 0 for no book."""
    book_price_cents: int = quantity(4000, "cents", (0, 1_000_000), "assumption")
    """Price of the book."""
    royalty_share: float = quantity(
        0.1, "share", (0.0, 1.0), "assumption (M38: royalties for credited authors)"
    )
    """Share of the book's income that goes to its authors."""

    def clashes(self, policy: Policy) -> tuple[Clash, ...]:
        """List what these levers rule out elsewhere, see ``check_policy``."""
        return (
            (
                self.item_cost_cents > 0 and not policy.fund.has_brand_money,
                "paid brand items need a brand budget; choose fund=brand_funded",
            ),
            (
                self.has_archive and policy.comms.protocol != Protocol.STRUCTURED_DIGEST,
                "an archive collects digests; choose comms=structured_digest",
            ),
            (
                self.book_at_items > 0 and not self.has_archive,
                "a book is made from the archive; set content.has_archive=true",
            ),
            (
                len(self.format_mix) != 6 or sum(self.format_mix) <= 0.0,
                "format_mix needs 6 weights, one of them above 0: "
                "text, document, image, video, audio, live",
            ),
            (
                len(self.format_cost) != 6,
                "format_cost needs 6 numbers: text, document, image, video, audio, live",
            ),
            (
                len(self.hour_slots) != 3 or sum(self.hour_slots) <= 0.0,
                "hour_slots needs 3 weights, one of them above 0: morning, midday, evening",
            ),
            (
                self.has_testing and self.cull_below >= self.promote_above,
                "a form cannot be dropped and promoted; cull_below must be below promote_above",
            ),
        )
