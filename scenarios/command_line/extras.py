"""Libraries that only some commands need, and the line that says how to get them."""

from __future__ import annotations

import importlib
from typing import Any

from plaza_lab.scenarios.errors import UserError


def needed(module: str, extra: str) -> Any:
    """Import a library of an extra.

    Parameters
    ----------
    module : str
        Name of the module.
    extra : str
        Extra of ``pyproject.toml`` that brings it.

    Returns
    -------
    module
        The library.

    Raises
    ------
    UserError
        If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as lacking:
        package = module.partition(".")[0]
        if lacking.name != package:
            raise
        raise UserError(
            f"this needs the library {package}: pip install 'plaza-lab[{extra}]' "
            f"(in a checkout: pip install -e '.[{extra}]')"
        ) from lacking
