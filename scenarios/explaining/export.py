"""Keeping a member's days: CSV files and the figure."""

from __future__ import annotations

from pathlib import Path

from plaza_lab.scenarios.explaining.divergence import gaps_of
from plaza_lab.scenarios.explaining.figure import stacked
from plaza_lab.scenarios.explaining.replay import Diary
from plaza_lab.scenarios.explaining.subject import Wanted
from plaza_lab.scenarios.files.csv_cells import write_csv
from plaza_lab.scenarios.output.output_folder import OutputFolder, disk_errors, write_manifest


def keep(
    wanted: Wanted, diary: Diary, twin: Diary | None, place: Path, command: str
) -> list[str]:  # fmt: skip
    """Write ``days.csv``, ``terms.png`` and, with a twin, ``twin.csv`` and ``difference.csv``.

    Parameters
    ----------
    wanted : Wanted
        What was asked.
    diary : Diary
        Her days.
    twin : Diary, optional
        Her days under the other policy.
    place : pathlib.Path
        A new folder.
    command : str
        Command line that asked.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    UserError
        If the folder exists, or the disk refuses.
    """
    from plaza_lab.scenarios.output.fingerprint import code_fingerprint
    from plaza_lab.scenarios.output.provenance import version
    from plaza_lab.scenarios.report.style import write_png

    frames = [(wanted.title, diary.frame())]
    if twin is not None and twin.rows:
        frames.append((wanted.twin, twin.frame()))
    manifest = {
        "command": command, "version": version(), "engine": code_fingerprint(),
        "seed": wanted.seed, "weeks": wanted.weeks, "member": wanted.member,
        "overrides": list(wanted.overrides), "against": list(wanted.against),
    }  # fmt: skip
    with (
        OutputFolder(place.expanduser(), option="--to") as folder,
        disk_errors(place, option="--to"),
    ):
        write_csv(frames[0][1], folder.partial / "days.csv")
        if len(frames) > 1:
            write_csv(frames[1][1], folder.partial / "twin.csv")
            gaps = gaps_of(frames[0][1], frames[1][1])
            write_csv(gaps, folder.partial / "difference.csv", index=True)
        figure = stacked(frames, f"Member {wanted.member}, seed {wanted.seed}")
        write_png(figure, folder.partial / "terms.png", manifest)
        write_manifest(folder.partial, manifest)
        kept = folder.keep()
    return sorted(file.name for file in kept.iterdir())
