"""Fonts: figures carry one that has the characters; pages name those of the readers' systems."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LATIN = "DejaVu Sans"
SHIPPED = Path(__file__).resolve().parent / "fonts" / "PlazaSansSC.otf"
FAMILY = "Plaza Sans SC"
CHINESE = (
    '"PingFang SC", "Hiragino Sans GB", '  # macOS, iOS
    '"Microsoft YaHei", '  # Windows
    '"HarmonyOS Sans SC", "MiSans", "Source Han Sans SC", "Noto Sans SC", "Noto Sans CJK SC", '
    '"WenQuanYi Micro Hei", "Droid Sans Fallback"'  # Android and Linux
)
"""Faces with Chinese characters, as style sheets name them."""
FACES = f'system-ui, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", {CHINESE}, sans-serif'
"""Faces of a page in any language: names and records on an English one may be Chinese."""
CODE_FACES = f'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace, {CHINESE}'
FACES_CSS = (
    f"body {{ font-family: {FACES}; text-autospace: normal; }}\n"
    f"pre {{ font-family: {CODE_FACES}; text-autospace: no-autospace; }}\n"
)
"""What every page begins its style with; browsers part Chinese from Latin letters a little."""


@cache
def families(code: str) -> list[str]:
    """Return the fonts for figures of a language, the first that has a letter, for matplotlib."""
    if code == "en" or not SHIPPED.exists():
        return [LATIN]
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(SHIPPED))
    return [LATIN, FAMILY]
