"""Numba's version and switches, told without importing numba."""

from __future__ import annotations

import importlib
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

USUAL = {
    "OPT": "3",
    "LOOP_VECTORIZE": "1",
    "SLP_VECTORIZE": "0",
    "BOUNDSCHECK": "None",
    "DEBUGINFO_DEFAULT": "0",
    "CPU_NAME": "None",
    "CPU_FEATURES": "None",
}
"""Settings that change the code numba makes, and what they are when nobody sets them."""

VARIABLES = {"DEBUGINFO_DEFAULT": "NUMBA_DEBUGINFO"}
"""Variable of a setting that is not called by its name."""

CONFIG_FILE = Path(".numba_config.yaml")
"""A file in which numba looks for settings as well."""
if CONFIG_FILE.exists():
    importlib.import_module("numba.core.config")


def _config() -> Any:
    """Numba's own settings, where numba is loaded; else None."""
    return sys.modules.get("numba.core.config")


def jit_is_off() -> bool:
    """Whether everything is to run as plain Python (``NUMBA_DISABLE_JIT=1``)."""
    config = _config()
    if hasattr(config, "DISABLE_JIT"):
        return bool(config.DISABLE_JIT)
    try:
        return bool(int(os.environ.get("NUMBA_DISABLE_JIT", "0")))
    except ValueError:  # as numba has it
        return False


def unusual() -> dict[str, str]:
    """Settings that change the code and are not what they usually are.

    Returns
    -------
    dict of str to str
        The same whether numba is loaded or not.
    """
    config = _config()
    found = {}
    for name, usual in USUAL.items():
        if hasattr(config, name):
            value = getattr(config, name)
            said = str(int(value) if isinstance(value, int) else value)
        else:
            said = os.environ.get(VARIABLES.get(name, f"NUMBA_{name}"), usual)
        if said != usual:
            found[name] = said
    return found


def numba_version() -> str:
    """Version of numba, told without importing it."""
    found = find_spec("numba")
    assert found is not None and found.origin is not None
    said = re.search(
        r'"version": "([^"]+)"', Path(found.origin).with_name("_version.py").read_text()
    )
    if said is None:
        from numba import __version__

        return str(__version__)
    return said[1]
