"""Which language: ``--lang``, else ``PLAZA_LANG``, else the locale, else English."""

from __future__ import annotations

import os
from collections.abc import Mapping

from plaza_lab.scenarios.errors import UserError

LANGUAGES = {"en": "English", "zh": "中文"}
"""Code to its own name."""

VARIABLE = "PLAZA_LANG"
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def chosen_language(asked: str = "", environment: Mapping[str, str] | None = None) -> str:
    """Choose a language.

    Parameters
    ----------
    asked : str
        What ``--lang`` says; empty where it is not given.
    environment : mapping, optional
        Default: that of the process.

    Returns
    -------
    str
        One of :data:`LANGUAGES`.

    Raises
    ------
    UserError
        If ``--lang`` or ``PLAZA_LANG`` names another language.
    """
    known = os.environ if environment is None else environment
    for name, given in (("--lang", asked), (VARIABLE, known.get(VARIABLE, ""))):
        if given:
            if (code := _code(given)) in LANGUAGES:
                return code
            raise UserError(f"{name} {given}: choose one of {', '.join(LANGUAGES)}")
    locale = next((known[name] for name in LOCALE if known.get(name)), "")
    code = _code(locale)
    return code if code in LANGUAGES else "en"


def _code(text: str) -> str:
    """Language of ``zh_CN.UTF-8``, ``zh-Hans`` or ``ZH``."""
    return text.partition(".")[0].replace("-", "_").partition("_")[0].lower()
