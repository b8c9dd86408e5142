"""Whether a design point of a plan is the configuration that its runs are kept under."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.experiments.plan_checks import shortened
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.declared_settings import declaration

if TYPE_CHECKING:
    from plaza_lab.scenarios.experiments.plan import Row


def check_keys(plains: Sequence[Mapping[str, Any]], rows: Iterable[Row]) -> None:
    """Compare every design point with the configuration that its runs are kept under.

    Parameters
    ----------
    plains : sequence of mapping
        Plain base configurations.
    rows : iterable of Row
        Design points.

    Raises
    ------
    UserError
        With the first point whose fingerprint is not that of its configuration.
    """
    moulds: dict[tuple[int, tuple[str, ...]], Callable[[Mapping[str, Any]], str]] = {}
    for place, row in enumerate(rows):
        form = (row.base, tuple(row.numbers))
        if form not in moulds:
            moulds[form] = _mould(plains[row.base], form[1])
        found = moulds[form](row.numbers)
        if found != row.point_id:
            raise UserError(
                f"point {place + 1} ({shortened(row.policy)}, bases[{row.base}]) was altered: its "
                f"configuration is {found}, its runs are kept under {row.point_id}"
            )


def _mould(plain: Mapping[str, Any], keys: Sequence[str]) -> Callable[[Mapping[str, Any]], str]:
    """Make what fingerprints a base with some numbers changed, without writing it out each time.

    It equals :attr:`DesignPoint.fingerprint` of the varied point.
    """
    own, token = copy.deepcopy(dict(plain)), uuid.uuid4().hex
    for place, key in enumerate(keys):
        *parents, name = key.split(".")
        inner = own
        for parent in parents:
            inner = inner[parent]
        if name not in inner:
            raise KeyError(key)
        before, inner[name] = inner[name], f"{token}{place}"
        for change in own.get(CHANGES, ()):  # as in varying.py
            later = change["policy"].get(parents[0], {})
            if later.get(name) == before:
                later[name] = f"{token}{place}"
    pieces = re.split(f'"{token}([0-9]+)"', json.dumps(own, sort_keys=True))
    is_float = [declaration(key)[1].type is float for key in keys]

    def fingerprint(numbers: Mapping[str, Any]) -> str:
        values = [
            json.dumps(float(numbers[key]) if whole else numbers[key])
            for key, whole in zip(keys, is_float, strict=True)
        ]
        filled = [values[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces)]
        return hashlib.sha256("".join(filled).encode()).hexdigest()[:16]

    return fingerprint
