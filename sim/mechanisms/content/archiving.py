"""Archiving: a digest makes collected answers searchable; a full archive becomes a book."""

from __future__ import annotations

from plaza_lab.sim.declaring import Clashes, Metric, Policy, Var, levers, params, quantity
from plaza_lab.sim.randomness import U64, day_key, poisson, uniform
from plaza_lab.sim.state import archive, fund
from plaza_lab.sim.state.archive import Protocol
from plaza_lab.sim.stepping import compiled, draw_ids, f8, i8, kernel, mt

SOURCE = "M37, M38"
METRICS = (Metric("archive_items", "items", "entries in the archive", "", True),)
STATE: tuple[Var, ...] = (
    Var("n_archive", "i8", "entries", "of these: made searchable by a digest", "M38"),
    Var("book_day", "i8", "day", "day the book came out, -1 before", "M38", -1),
)


@levers("content")
class Levers:
    """The archive, and the book made from it."""

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

    def clashes(self, policy: Policy) -> Clashes:
        """List what these levers rule out, see ``check_policy``."""
        yield (
            self.has_archive and policy.comms.protocol != Protocol.STRUCTURED_DIGEST,
            "an archive collects digests; choose comms=structured_digest",
        )
        yield (
            self.book_at_items > 0 and not self.has_archive,
            "a book is made from the archive; set content.has_archive=true",
        )


MONTH = 28


@params()
class Params:
    """The book and its authors."""

    readers: float = quantity(0.02, "1/member", (0.0, 10.0), "assumption (M38)")
    """Copies sold in a month, per member."""
    author_reputation: float = quantity(1.0, "points", (0.0, 100.0), "assumption (M38)")
    """Reputation an author gains for each entry in the book."""


def is_on(policy, world):
    """Whether there is an archive."""
    return bool(policy.content.has_archive)


@kernel()
def step(t, day):
    """Once a week: circulate what was collected, publish the book, settle its income."""
    lever = t.policy[0].content
    if not lever.has_archive or day % 7 != 0:
        return
    state = t.archiving_state[0]
    help_state = t.help_state[0]
    if t.stewarding_state[0].digest_quality > 0.0 and help_state.n_collected > state.n_archive:
        state.n_archive = help_state.n_collected
        _take_stock(t)
    t.daily[day, mt.ARCHIVE_ITEMS] = min(archive.ENTRIES, state.n_archive)
    if lever.book_at_items <= 0:
        return
    if state.book_day < 0 and state.n_archive >= lever.book_at_items:
        state.book_day = day
        for k in range(lever.book_at_items):
            author = t.members[t.entries[k].author]
            gain = t.params[0].archiving.author_reputation
            author.reputation = f8(author.reputation) + gain
    if state.book_day >= 0 and (day - state.book_day) % MONTH == 0:
        _sell_the_book(t, day, lever)


@compiled()
def _take_stock(t):
    """Count searchable entries by topic."""
    t.stock[:] = 0
    for k in range(min(archive.ENTRIES, t.archiving_state[0].n_archive)):
        t.stock[t.entries[k].topic] += 1


@compiled()
def _sell_the_book(t, day, lever):
    """A month's copies: income to the brand's pool, royalties in equal parts for the entries."""
    key = day_key(t.run_state[0].seed_key, draw_ids.BOOK, day)
    mean = t.params[0].archiving.readers * t.people_state[0].n_members
    income = poisson(uniform(key, U64(0)), mean) * lever.book_price_cents
    fund.transfer(t, day, fund.BOOK_SALE, fund.OUTSIDE, fund.BRAND_POOL, income, fund.NOBODY)
    royalties = i8(income * lever.royalty_share)
    n = lever.book_at_items
    for k in range(n):
        part = fund.share_of(royalties, k, n)
        author = i8(t.entries[k].author)
        fund.transfer(t, day, fund.ROYALTY, fund.BRAND_POOL, fund.MEMBERS, part, author)
