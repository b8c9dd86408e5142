"""What the user says about a log, for those who read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from plaza_lab.scenarios.fit.forms import FORMS, Form, form_of
from plaza_lab.scenarios.fit.sheet import Sheet
from plaza_lab.scenarios.fit.unpacking import MOST_BYTES


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
