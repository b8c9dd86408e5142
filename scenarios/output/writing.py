"""What an output folder holds: tables, configurations, pictures, page, manifest."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from plaza_lab.scenarios.answers import Answer
from plaza_lab.scenarios.command_line.stopping import stopped_by
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.output.output_folder import disk_errors, slug, write_manifest


def keep_answer(
    answer: Answer,
    folder: Path,
    *,
    place: Path | None = None,
    has_report: bool = True,
    has_tables: bool = True,
) -> None:
    """Write everything a study leaves into a folder.

    A picture that cannot be drawn is left out with a line that says so; the tables are kept.

    Parameters
    ----------
    answer : Answer
        What was found.
    folder : pathlib.Path
        An existing folder, not yet under its final name.
    place : pathlib.Path, optional
        The final name, shown when the disk refuses.
    has_report : bool
        Whether pictures and the page are made.
    has_tables : bool
        Whether runs, days and journal are written; a study has them in its store.

    Raises
    ------
    UserError
        If the disk refuses.
    """
    with disk_errors(place or folder):
        if has_tables:
            answer.study.write_tables(folder)
        else:
            answer.frame().to_parquet(folder / "answer.parquet", index=False)
        _write_configs(answer, folder)
        if has_report:
            _draw(answer, folder)
        answer.write_more(folder)
        write_manifest(folder, answer.manifest())


def _write_configs(answer: Answer, folder: Path) -> None:
    taken: set[str] = set()
    for place, point in enumerate(answer.study.points):
        name = slug(point.policy)
        name = f"{name}-{place}" if name in taken else name
        taken.add(name)
        text = f"# {point.policy}\n{point.composed.text}"
        (folder / f"config-{name}.yaml").write_text(text, encoding="utf-8")


def _draw(answer: Answer, folder: Path) -> None:
    from plaza_lab.scenarios.report.style import write_png

    manifest = answer.manifest()
    try:
        for name, draw in answer.pictures().items():
            write_png(draw(), folder / f"{name}.png", manifest)
        answer.report(folder / "report.html")
    except (OSError, UserError):
        raise
    except KeyboardInterrupt:
        sys.stderr.write(f"plaza: stopped by {stopped_by()} while drawing: the tables are kept\n")
    except Exception as failed:
        if os.environ.get("PLAZA_DEBUG") == "1":
            raise
        reason = " ".join(f"{type(failed).__name__}: {failed}".split())
        sys.stderr.write(f"plaza: not every picture could be drawn ({reason}); tables are kept\n")
