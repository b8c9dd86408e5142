"""Make the font for Chinese figures: a subset of Noto Sans CJK SC, shipped as package data.

Takes the regular weight of Debian's package ``fonts-noto-cjk`` (SIL Open Font License 1.1, which
allows to subset and to ship) and keeps the characters of the catalogues and the 6,763 of GB 2312,
so that new messages and names of a user's own are drawn as well::

    apt-get install fonts-noto-cjk
    python docs/font.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
SOURCE_LICENCE = Path("/usr/share/doc/fonts-noto-cjk/copyright")
FOLDER = ROOT / "scenarios" / "language" / "fonts"
FONT, FAMILY = "PlazaSansSC.otf", "Plaza Sans SC"
SIMPLIFIED = "Noto Sans CJK SC"
ROWS = range(0xB0, 0xF8)


def characters() -> set[str]:
    """Return what the font must have: catalogues, GB 2312, Chinese punctuation."""
    found = set("，。、；：？！“”‘’（）《》【】—…·～％￥")
    for file in (ROOT / "scenarios" / "language").glob("*/LC_MESSAGES/*.po"):
        found |= {sign for sign in file.read_text(encoding="utf-8") if ord(sign) > 0x7F}
    for first in ROWS:
        for second in range(0xA1, 0xFF):
            found |= set(bytes([first, second]).decode("gb2312", "ignore"))
    return found


def licence() -> str:
    """Return the licence of the font, without what concerns the package around it."""
    text = SOURCE_LICENCE.read_text(encoding="utf-8")
    of_font = text[text.index("Files: *") : text.index("Files: debian/*")]
    terms = text[text.index("License: SIL-1.1\n ") :].partition("\nLicense: GPL")[0]
    return f"{FAMILY}: a subset of {SIMPLIFIED}\n\n{of_font}{terms.rstrip()}\n"


def make() -> Path:
    """Write the font and its licence.

    Returns
    -------
    pathlib.Path
        The font.
    """
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    if not SOURCE.exists():
        raise SystemExit(f"{SOURCE} is not there: apt-get install fonts-noto-cjk")
    fonts = TTCollection(str(SOURCE)).fonts
    font = next(one for one in fonts if one["name"].getDebugName(1) == SIMPLIFIED)
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=False,
                             name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True)  # fmt: skip
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, characters())))
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
    FOLDER.mkdir(parents=True, exist_ok=True)
    font.save(FOLDER / FONT)
    (FOLDER / "LICENCE.txt").write_text(licence(), encoding="utf-8")
    return FOLDER / FONT


if __name__ == "__main__":
    made = make()
    sys.stdout.write(f"{made} {made.stat().st_size:,} bytes\n")
