"""Runs demo and studies and puts them where the documentation shows them: ``docs/refresh.py``.

To be run when the engine or its defaults have changed, so that README and guides show what a
reader will see: the shortened table of the demo and its figures, and the figures of two studies of
``conf/study`` (two to five minutes). Numbers that the guides quote from the studies are printed by
them and are put in by hand. ``docs/refresh.py forecast`` makes the pictures of the way from an
export to a decision and nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SHOWN_IN = ("README.md", "docs/tutorials/first_comparison.md")
FIGURES = ("differences", "paths")
STRATEGIST = ROOT / "docs" / "how-to" / "decide.md"
TASK = (
    "compare", "policies=[thanks_only,points,weekly_prize]", "fund=grant", "entry=open",
    "fund.opening=50k", "members=800", "farmers=one in twenty", "--flips", "run.report=false",
)  # fmt: skip
"""The strategist's task of the README."""
FORECAST = ROOT / "docs" / "how-to" / "forecast"
LOG = ROOT / "data" / "example_activity.csv"
LAST_ROW = "Spend per active"
STUDY_FIGURES = {
    "flip-map": ("slow_market", "flips-weekly_prize-distinct_answerers_week"),
    "morris": ("which_assumptions", "morris-retention"),
}
"""Name of a picture to the study and the figure it shows."""


def refresh() -> None:
    """Run demo and studies, rewrite the marked blocks, copy the figures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "demo"
        said = plaza(folder, "demo", f"run.out={out}")
        for name in SHOWN_IN:
            put(ROOT / name, shortened(said))
        put(STRATEGIST, first_screen(plaza(folder, *TASK)), "strategist")
        for name in FIGURES:
            shutil.copyfile(out / f"{name}.png", IMAGES / f"demo-{name}.png")
        for image, (study, figure) in STUDY_FIGURES.items():
            sys.stdout.write(plaza(folder, "study", "run", study))
            answer = Path(folder) / "plaza-store" / "studies" / study / "answer"
            shutil.copyfile(answer / f"{figure}.png", IMAGES / f"{image}.png")


def refresh_forecast() -> None:
    """Go the way of ``how-to/forecast_your_community.md``, and keep a picture of each step."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(LOG, Path(folder) / "log.csv")
        read = plaza(folder, "fit", "log.csv", "--name", "tea", "--dry-run")
        text_picture(read, "plaza fit log.csv --name tea --dry-run", "read")
        plaza(folder, "fit", "log.csv", "--name", "tea", "--policy", "incentive=thanks_only")
        for name, image in (("tea", "fit"), ("tea_backtest", "backtest")):
            picture = Path(folder) / "plaza-conf" / "fit" / f"{name}.png"
            shutil.copyfile(picture, FORECAST / f"{image}.png")
        plaza(folder, "forecast", "tea", "--weeks", "26", "--out", "ahead")
        shutil.copyfile(Path(folder) / "ahead" / "forecast.png", FORECAST / "fan.png")
        plaza(folder, "compare", "world=tea", "start=today", "policies=[points,learning_fund_500]",
              "run.weeks=26", "run.out=compared")  # fmt: skip
        shutil.copyfile(Path(folder) / "compared" / "differences.png",
                        FORECAST / "differences.png")  # fmt: skip
        words = ("plan-test", "policies=[thanks_only,weekly_prize]", "world=tea",
                 "--outcome", "retention", "--size", "60")  # fmt: skip
        text_picture(plaza(folder, *words), " ".join(("plaza", *words)), "plan")


def text_picture(text: str, command: str, name: str) -> None:
    """Draw what a command printed, as a terminal shows it."""
    import textwrap

    from matplotlib.figure import Figure

    lines = [f"$ {command}", ""]
    for line in text.rstrip().splitlines():
        lines += textwrap.wrap(line, 98, subsequent_indent="  ") if len(line) > 98 else [line]
    figure = Figure(figsize=(9.0, 0.16 * len(lines) + 0.4), facecolor="#fbfbf8")
    figure.text(0.02, 1 - 0.2 / (0.16 * len(lines) + 0.4), "\n".join(lines), family="monospace",
                fontsize=9, va="top", linespacing=1.25, parse_math=False)  # fmt: skip
    figure.savefig(FORECAST / f"{name}.png", dpi=110)


def plaza(folder: str, *words: str) -> str:
    """Run a command of Plaza.

    Parameters
    ----------
    folder : str
        Where.
    *words : str
        What follows ``plaza``.

    Returns
    -------
    str
        What it printed.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "98", "PLAZA_LANG": "en"}
    command = [sys.executable, "-m", "plaza_lab", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def shortened(output: str) -> str:
    """Cut the output after the headline outcomes.

    Parameters
    ----------
    output : str
        What the demo printed.

    Returns
    -------
    str
        From the plain answer to the last headline row.
    """
    lines = [line.rstrip() for line in output.splitlines()]
    start = next(k for k, line in enumerate(lines) if line.startswith("Advice"))
    end = next(k for k, line in enumerate(lines) if line.lstrip().startswith(LAST_ROW))
    while lines[end]:
        end += 1
    return "\n".join([*lines[start:end], " ..."])


def first_screen(output: str) -> str:
    """Cut the output of a comparison before its first table."""
    lines = [line.rstrip() for line in output.splitlines()]
    start = next(k for k, line in enumerate(lines) if line.startswith("Advice"))
    return "\n".join(lines[start : lines.index("", start)])


def put(path: Path, text: str, marker: str = "demo table") -> None:
    """Replace what stands between the two markers of a page.

    Parameters
    ----------
    path : pathlib.Path
        A page with two comments that name the marker, ``begin`` and ``end``.
    text : str
        Shown as a block of text.
    marker : str
        Name of the place.
    """
    page = path.read_text(encoding="utf-8")
    pattern = rf"(<!-- {marker}: begin -->\n).*?(<!-- {marker}: end -->)"
    new, n = re.subn(
        pattern, lambda found: f"{found[1]}```text\n{text}\n```\n{found[2]}", page, flags=re.DOTALL
    )
    if n != 1:
        raise SystemExit(f"{path} has no place for the {marker}")
    path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    refresh_forecast() if sys.argv[1:] == ["forecast"] else refresh()
