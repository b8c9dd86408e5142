"""The flags of `plaza fit`, and what they say about the log and the policy in force."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from plaza_lab.scenarios.command_line.parser import Parser, whole
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.forms import FORMS, Form, form_of
from plaza_lab.scenarios.fit.reading.sheet import Sheet
from plaza_lab.scenarios.fit.reading.unpacking import MOST_BYTES, size_of, size_text

MOST_RESAMPLES, MOST_MEMBERS = 10_000, 1_000_000_000
OF_PURCHASES = ("amount", "price", "quantity", "decimal")
OF_ACTS = ("kind", "kinds", "reply_to", "members_total", "bootstrap", "policy", "close")


def fit_parser() -> Parser:
    """Make the parser of ``plaza fit``."""
    parser = Parser(
        prog="plaza fit",
        description="Estimate a world from a community's own log: CSV, JSON, Excel or Parquet, "
        "plain or packed.",
    )
    add = parser.add_argument
    add("log", metavar="LOG", nargs="+", help="files with a row for each act (or purchase)")
    add("--name", default="my_community", help="name of the world written (default my_community)")
    add("--dry-run", action="store_true", help="show what would be read, and write nothing")
    add("--json", action="store_true", help="print what was read and estimated for programs")
    add("--member", metavar="COL", help="column of the member (or customer) id")
    add("--time", metavar="COL", help="column of the date or time")
    add("--kind", metavar="COL", help="column of the kind of act, none for no such column")
    add("--kinds", metavar="KIND=ROLE,...",
        help="what kinds are (post, join, leave, visit, skip): 加入=join,发言=post")  # fmt: skip
    add("--reply-to", metavar="COL", help="column of the member replied to")
    add("--from", dest="form", choices=tuple(FORMS), metavar="PROGRAM",
        help=f"what the file was exported from: {', '.join(FORMS)}")  # fmt: skip
    add("--where", metavar="COL=VALUE", help="keep these rows only, such as community=docs")
    add("--exclude", metavar="NAME", nargs="+", action="extend", default=[],
        help="accounts to leave out: bots, placeholders")  # fmt: skip
    add("--include", metavar="NAME", nargs="+", action="extend", default=[],
        help="accounts to keep although their names are a bot's")  # fmt: skip
    add("--merge-ids", action="store_true",
        help="take ids that differ only in case, '.0' or form of letters for one")  # fmt: skip
    add("--tz", metavar="ZONE", dest="zone",
        help="clock of the community, such as Asia/Shanghai; else days are as written")  # fmt: skip
    add("--time-format", metavar="FORM", help="dmy, mdy, ymd or such as '%%d %%b %%Y %%H:%%M'; "
        "of numbers excel1904, discord or ns")  # fmt: skip
    add("--until", metavar="DATE", type=_day, help="last day of observation, such as 2024-12-31")
    add("--encoding", metavar="NAME", help="of the text, such as gb18030, latin-1, utf-16")
    add("--accept-loss", action="store_true", help="fit although above 2 %% of rows are lost")
    add("--purchases", action="store_true", help="the log is of purchases: customer, date, amount")
    add("--amount", metavar="COL", help="column of the amount, with --purchases")
    add("--price", metavar="COL", help="column of the price of one piece, with --purchases")
    add("--quantity", metavar="COL", help="column of the number of pieces, with --purchases")
    add("--decimal", choices=(".", ","), help="mark of decimals in amounts, with --purchases")
    add("--members-total", metavar="N", type=whole(0, MOST_MEMBERS),
        help="members on the roll, silent ones too")  # fmt: skip
    add("--out", metavar="DIR", type=Path, default=Path("plaza-conf"), help="default ./plaza-conf")
    add("--policy", metavar="OPTION", nargs="+", action="extend", default=[],
        help="policy in force while the log was written: incentive=points")  # fmt: skip
    add("--backtest", action="store_true",
        help="try forecasts from several earlier days, not from one only")  # fmt: skip
    add("--close", action="store_true",
        help="simulate the fitted community beside the forecast of its log, and write what brings "
        "it there into the world")  # fmt: skip
    add("--keep-ids", action="store_true",
        help="write ids of members plainly into the state, not as keyed hashes")  # fmt: skip
    add("--bootstrap", metavar="N", type=whole(0, MOST_RESAMPLES), default=0,
        help="resamples of members for intervals")  # fmt: skip
    add(
        "--max-size",
        metavar="SIZE",
        type=size_of,
        default=MOST_BYTES,
        help=f"most that a log may unpack to, such as 500MB; default {size_text(MOST_BYTES)}",
    )
    return parser


def asked_of(options: argparse.Namespace) -> dict[str, object]:
    """Pick what concerns reading; see :class:`plaza_lab.scenarios.fit.options.Asked`.

    Raises
    ------
    UserError
        A flag does not go with the kind of log.
    """
    foreign = OF_ACTS if options.purchases else OF_PURCHASES
    given = ("--" + one.replace("_", "-") for one in foreign if getattr(options, one))
    if name := next(given, None):
        if options.purchases:
            raise UserError(f"{name} does not go with --purchases: fit the log of acts by itself")
        raise UserError(f"{name} goes with --purchases: a log of acts has no amounts")
    if options.members_total is not None and options.members_total < 1:
        raise UserError(f"--members-total {options.members_total}: a number of members, 1 or more")
    told = {one.name: getattr(options, one.name) for one in fields(Asked) if one.name in options}
    lists = {name: tuple(told[name]) for name in ("exclude", "include")}
    return told | lists | {"most": options.max_size}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text[:40]}: a day is expected, such as 2024-12-31"
        ) from None


USUAL = "default"


def policy_words(given: Sequence[str]) -> list[str]:
    """Check the words of ``--policy`` as overrides of levers.

    Parameters
    ----------
    given : sequence of str
        Such as ``incentive=points``, or the name of a scenario or option.

    Returns
    -------
    list of str
        Overrides; empty where nothing was said.

    Raises
    ------
    UserError
        They are no levers, or contradict each other, so that nobody can have lived under them.
    """
    if not given:
        return []
    from plaza_lab.scenarios.experiments.design import policy_overrides
    from plaza_lab.scenarios.settings.composing import compose
    from plaza_lab.scenarios.settings.options import LEVERS
    from plaza_lab.scenarios.settings.overrides import check_overrides

    words: list[str] = []
    for word in given:
        words += policy_overrides(word)
    for word in words:
        group = word.partition("=")[0].partition(".")[0]
        if group not in (*LEVERS, "scenario"):
            raise UserError(f"--policy {word}: {group} is no lever group; a policy is levers only")
    check_overrides(words)
    compose(words)
    return words


def policy_line(words: Sequence[str]) -> str:
    """Line of a world's file that says under which policy its numbers were seen."""
    if words:
        return f"# Seen under the policy: {' '.join(words)}\n"
    return f"# Seen under the policy: {USUAL} (assumed; say --policy)\n"


@dataclass(frozen=True)
class Asked:
    """Columns, words and limits, as given or None.

    Attributes
    ----------
    member, time, kind, reply_to, amount, price, quantity, order : str, optional
        Columns; ``kind`` may be ``none``.
    where : str, optional
        ``"column=value"`` picks one community out of several.
    kinds, time_format, zone, encoding, decimal, form : str, optional
        As ``--kinds``, ``--time-format``, ``--tz``, ``--encoding``, ``--decimal``, ``--from``.
    until : datetime.date, optional
        Last day of observation.
    exclude, include : tuple of str
        Accounts left out, or kept.
    merge_ids : bool
        Take twins of ids for one person.
    today : datetime.date
        Times later than the day after it are in the future.
    most : int
        Bytes that a file may unpack to.
    """

    member: str | None = None
    time: str | None = None
    kind: str | None = None
    reply_to: str | None = None
    amount: str | None = None
    price: str | None = None
    quantity: str | None = None
    order: str | None = None
    where: str | None = None
    kinds: str | None = None
    time_format: str | None = None
    zone: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    form: str | None = None
    until: date | None = None
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    merge_ids: bool = False
    today: date = field(default_factory=date.today)
    most: int = MOST_BYTES

    def form_for(self, sheet: Sheet) -> tuple[str, Form | None]:
        """Name the form of a sheet: the one chosen, or the one recognised by its columns."""
        key = self.form or form_of(list(sheet.table.column_names))
        form = FORMS.get(key) if key else None
        return (f"{sheet.form}, {form.title}" if form else sheet.form), form


def source_of(paths: list[str | Path], where: str | None) -> str:
    """Name the files and the filter in one line, for captions."""
    from plaza_lab.scenarios.command_line.printing import one_line

    names = ", ".join(Path(path).name for path in paths[:3])
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return one_line(names + more + (f" ({where})" if where else ""))
