"""Fonts for figures: one that has the characters of the language, shipped beside the catalogues."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LATIN = "DejaVu Sans"
SHIPPED = Path(__file__).resolve().parent / "fonts" / "PlazaSansSC.otf"
FAMILY = "Plaza Sans SC"


@cache
def families(code: str) -> list[str]:
    """Return the fonts that figures of a language are drawn with, the first that has a letter.

    Parameters
    ----------
    code : str
        One of ``LANGUAGES``.

    Returns
    -------
    list of str
        Families that matplotlib knows.
    """
    if code == "en" or not SHIPPED.exists():
        return [LATIN]
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(SHIPPED))
    return [LATIN, FAMILY]
