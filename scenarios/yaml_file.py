"""YAML files of named values: studies and scenarios, read with mistakes in one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plaza_lab.scenarios.errors import UserError


def yaml_content(file: Path) -> Mapping[str, Any]:
    """Read a YAML file of named values.

    Parameters
    ----------
    file : pathlib.Path
        The file.

    Returns
    -------
    mapping
        What stands in it.

    Raises
    ------
    UserError
        With the file, and the line where it is known.
    """
    import yaml  # type: ignore[import-untyped]

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as wrong:
        reason = getattr(wrong, "strerror", None) or wrong
        raise UserError(f"{file} cannot be read: {reason}") from wrong
    except yaml.MarkedYAMLError as wrong:
        line = f", line {wrong.problem_mark.line + 1}" if wrong.problem_mark else ""
        raise UserError(f"{file}{line}: {wrong.problem}") from wrong
    except yaml.YAMLError as wrong:
        raise UserError(f"{file}: {' '.join(str(wrong).split())}") from wrong
    if not isinstance(content, dict):
        raise UserError(f"{file}: lines of 'name: value' are expected, such as 'question: ...'")
    return content
