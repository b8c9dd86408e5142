"""What an output folder holds: tables, configurations, pictures, page, manifest."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.answers.answer import Answer, Shown
from plaza_lab.scenarios.command_line.printing import complain, show
from plaza_lab.scenarios.command_line.stopping import stopped_by
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.output.manifest import write_manifest
from plaza_lab.scenarios.output.output_folder import OutputFolder, disk_errors

if TYPE_CHECKING:
    from rich.console import RenderableType


def keep_answer(
    answer: Shown,
    folder: Path,
    *,
    place: Path | None = None,
    has_report: bool = True,
    has_tables: bool = True,
) -> None:
    """Write everything an answer leaves into a folder.

    A picture that cannot be drawn is left out with a line that says so; the tables are kept.

    Parameters
    ----------
    answer : Shown
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
        if isinstance(answer, Answer):
            answer.write_tables(folder, is_stored=not has_tables)
        else:
            answer.write_tables(folder)
        if has_report:
            _draw(answer, folder)
        answer.write_more(folder)
        write_manifest(folder, answer.manifest())


def _draw(answer: Shown, folder: Path) -> None:
    from plaza_lab.scenarios.report.style import spoken, write_png

    manifest, language = answer.manifest(), Language(chosen_language())
    try:
        for name, draw in answer.pictures().items():
            write_png(spoken(draw(), language, {}), folder / f"{name}.png", manifest)
        answer.report(folder / "report.html")
    except (OSError, UserError):
        raise
    except KeyboardInterrupt:
        complain(f"stopped by {stopped_by()} while drawing: the tables are kept")
    except Exception as failed:
        if os.environ.get("PLAZA_DEBUG") == "1":
            raise
        reason = " ".join(f"{type(failed).__name__}: {failed}".split())
        complain(f"not every picture could be drawn ({reason}); tables are kept")


def write_files(folder: Path, files: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """Write tables, pictures and texts by their names, and the manifest of all that is there.

    Parameters
    ----------
    folder : pathlib.Path
        An existing folder.
    files : mapping of str to object
        Tables (``.csv``, ``.parquet``), pictures (``.png``), plain values (``.json``), else texts.
        The index of a table is written where it has a name.
    manifest : mapping
        What makes them again; kept in every picture as well.
    """
    from plaza_lab.scenarios.files.csv_cells import write_csv
    from plaza_lab.scenarios.report.style import write_png

    for name, content in files.items():
        file = folder / name
        if file.suffix == ".csv":
            write_csv(content, file, index=content.index.name is not None)
        elif file.suffix == ".parquet":
            content.to_parquet(file, index=False)
        elif file.suffix == ".png":
            write_png(content, file, manifest)
        else:
            is_plain = file.suffix == ".json"
            file.write_text(as_json(content) + "\n" if is_plain else content, encoding="utf-8")
    write_manifest(folder, manifest)


def keep_files(
    place: Path, files: Mapping[str, Any], manifest: Mapping[str, Any], option: str = "--to"
) -> Path:
    """Write files (:func:`write_files`) into a new folder, which appears whole or not at all.

    Raises
    ------
    UserError
        If it exists, or the disk refuses; `option` is the flag that named it.
    """
    with (
        OutputFolder(place.expanduser(), option=option) as folder,
        disk_errors(place, option=option),
    ):
        write_files(folder.partial, files, manifest)
        return folder.keep()


def kept_line(place: Path, say: Language | None = None) -> str:
    """Say where something is kept, and in which files."""
    files = ", ".join(sorted(file.name for file in place.iterdir()))
    return (say or Language(chosen_language())).tr(
        "kept in {place}: {files}", place=place, files=files
    )


def as_json(values: Any) -> str:
    """Write plain values, records, dates and NumPy numbers as JSON; NaN becomes null."""
    return json.dumps(plain_values(values), ensure_ascii=False, indent=1, allow_nan=False)


def plain_values(value: Any) -> Any:
    """Return dataclasses, records, dates and NumPy numbers as JSON knows them; NaN is None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [own.name for own in dataclasses.fields(value)]
        return {name: plain_values(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): plain_values(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(one) for one in value]
    if isinstance(value, bool | str | int) or value is None:
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if math.isfinite(value) else None


def hand_out(
    options: Namespace,
    table: Callable[[], RenderableType],
    plain: Callable[[], Any],
    files: Callable[[], Mapping[str, Any]] | None = None,
    say: Language | None = None,
    **facts: Any,
) -> None:
    """Print an answer, or with ``--json`` its values, and with ``--to`` keep it in a new folder.

    Parameters
    ----------
    options : argparse.Namespace
        ``json``, ``asked`` and, of what can be kept, ``to``.
    table, plain, files : callable
        What is printed, said to programs, and written.
    say : Language, optional
        In which language; default: that of the command.
    **facts
        What the manifest holds beside command, version and engine.
    """
    from plaza_lab.scenarios.output.provenance import short_manifest

    if getattr(options, "json", False):
        sys.stdout.write(as_json(plain()) + "\n")
    else:
        show(table())
    if files is not None and options.to is not None:
        kept = keep_files(options.to, files(), short_manifest(options.asked, **facts))
        out = sys.stderr if getattr(options, "json", False) else sys.stdout
        out.write(f"\n{kept_line(kept, say)}\n")
    sys.stdout.flush()
