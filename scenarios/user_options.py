"""The user's own option files in ``./plaza-conf``: looked at before Hydra meets them."""

from __future__ import annotations

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.options import GROUPS, USER_FOLDER, conf_folder, nearest, user_folder

GLOBAL = "# @package _global_"
KNOWN = (*GROUPS, "study")


def check_user_folder() -> None:
    """Refuse folders that are no group and files that Plaza's own would hide.

    Raises
    ------
    UserError
        With the folder or file.
    """
    folder = user_folder()
    if folder is None:
        return
    for file in sorted(folder.glob("*/*.yaml")):
        group, shown = file.parent.name, f"{USER_FOLDER}/{file.parent.name}/{file.name}"
        if group not in KNOWN:
            raise UserError(f"{shown}: {group} is no group of options{nearest(group, KNOWN)}")
        if (conf_folder() / group / file.name).exists():
            raise UserError(
                f"{shown}: Plaza has its own {group}={file.stem}; give your file another name"
            )


def check_user_file(group: str, name: str) -> None:
    """Refuse an option file of the user that cannot be read.

    Parameters
    ----------
    group, name : str
        The option chosen; nothing is done if it is one of Plaza's own.

    Raises
    ------
    UserError
        With the file, and the line where it is known.
    """
    import yaml  # type: ignore[import-untyped]

    folder = user_folder()
    file = None if folder is None else folder / group / f"{name}.yaml"
    if file is None or not file.exists():
        return
    shown = f"{USER_FOLDER}/{group}/{file.name}"
    try:
        text = file.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except (OSError, UnicodeError) as wrong:
        raise UserError(f"{shown} cannot be read: {wrong}") from wrong
    except yaml.MarkedYAMLError as wrong:
        line = f", line {wrong.problem_mark.line + 1}" if wrong.problem_mark else ""
        raise UserError(f"{shown}{line}: {wrong.problem}") from wrong
    except yaml.YAMLError as wrong:
        raise UserError(f"{shown}: {' '.join(str(wrong).split())}") from wrong
    if content is not None and not isinstance(content, dict):
        raise UserError(f"{shown}: lines of 'name: value' are expected")
    if group == "scenario" and GLOBAL not in text:
        raise UserError(f"{shown}: a scenario begins with the line {GLOBAL!r}")
