"""``plaza example``: the example logs and the notebooks that come with the package, copied out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.files.places import check_parent, place_of
from plaza_lab.scenarios.output.output_folder import disk_errors
from plaza_lab.scenarios.settings.options import nearest

KINDS = {"data": ("*.csv", "README.md"), "notebooks": ("*.ipynb", "*.py")}
"""What there is, and which of its files are meant for users."""


def copy_examples(arguments: Sequence[str]) -> int:
    """Copy example logs or notebooks into a folder; files that are there are left as they are.

    Parameters
    ----------
    arguments : sequence of str
        ``data`` or ``notebooks``, and the folder to copy to (default: a folder of that name here).

    Returns
    -------
    int
        0.

    Raises
    ------
    UserError
        If there are no such examples, or the folder cannot be written to.
    """
    if not 1 <= len(arguments) <= 2 or arguments[0] not in KINDS:
        asked = arguments[0] if arguments else ""
        near = nearest(asked, KINDS) or f"; write plaza example {' or plaza example '.join(KINDS)}"
        raise UserError(
            f"example {' '.join(arguments)}".strip() + f": there is no such example{near}"
        )
    kind = arguments[0]
    place = place_of(arguments[-1], "example")
    source = Path(__file__).resolve().parents[2] / kind
    with disk_errors(place, option="example"):
        if not place.is_dir():
            check_parent(place, "example")
            place.mkdir(parents=True)
        for file in sorted(file for form in KINDS[kind] for file in source.glob(form)):
            copy = place / file.name
            if copy.exists():
                sys.stdout.write(f"{copy} is there already and was left as it is\n")
            else:
                shutil.copyfile(file, copy)
                sys.stdout.write(f"{copy}\n")
    return 0
