"""Runs the demo and puts its output where the documentation shows it: ``python docs/refresh.py``.

To be run when the engine or its defaults have changed, so that README and tutorial show what a
reader will see: the shortened table of the terminal and two figures.
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
SHOWN_IN = ("README.md", "docs/tutorials/first_comparison.md")
FIGURES = ("differences", "paths")
LAST_ROW = "Cost per retained"


def refresh() -> None:
    """Run the demo, rewrite the marked blocks, copy the figures."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "demo"
        command = [sys.executable, "-m", "scenarios", "demo", f"run.out={out}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "98"}
        done = subprocess.run(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        for name in SHOWN_IN:
            put(ROOT / name, shortened(done.stdout))
        for name in FIGURES:
            shutil.copyfile(out / f"{name}.png", ROOT / "docs" / "images" / f"demo-{name}.png")


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
    start = next(k for k, line in enumerate(lines) if line.startswith("Compared with"))
    end = next(k for k, line in enumerate(lines) if line.lstrip().startswith(LAST_ROW))
    while lines[end]:
        end += 1
    return "\n".join([*lines[start:end], " ..."])


def put(path: Path, text: str) -> None:
    """Replace what stands between the two markers of a page.

    Parameters
    ----------
    path : pathlib.Path
        A page with the markers ``demo table: begin`` and ``demo table: end``.
    text : str
        Shown as a block of text.
    """
    page = path.read_text(encoding="utf-8")
    pattern = r"(<!-- demo table: begin -->\n).*?(<!-- demo table: end -->)"
    new, n = re.subn(
        pattern, lambda found: f"{found[1]}```text\n{text}\n```\n{found[2]}", page, flags=re.DOTALL
    )
    if n != 1:
        raise SystemExit(f"{path} has no place for the demo's table")
    path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    refresh()
