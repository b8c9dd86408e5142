"""Kernels that several processes need at the same time are compiled by one of them."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from plaza_lab.engine import ahead
from plaza_lab.engine.cache_folder import prune
from plaza_lab.engine.reservation import Reservation

NOBODY = "keyword"
"""A module that ends at once when it is run: no help."""


class Slow:
    """Stands for a kernel: compiling it takes a moment and leaves its file."""

    def __init__(self, file: Path, made: list[str]) -> None:
        self.file, self.made, self.is_ready = file, made, False
        self.files = SimpleNamespace(
            recipe=lambda kinds: SimpleNamespace(key=lambda: "key"),
            file=lambda key: file,
            has=lambda kinds: file.exists(),
        )

    def compile(self, kinds: object) -> None:
        self.made.append(self.file.name)
        time.sleep(0.03)
        self.file.write_text("code")

    def get_ready(self, kinds: object) -> None:
        assert self.file.exists()
        self.is_ready = True


def slow_kernels(folder: Path, made: list[str]) -> dict[str, tuple[Slow, tuple[()]]]:
    return {name: (Slow(folder / name, made), ()) for name in ("one", "two", "three", "four")}


def test_who_begins_at_the_same_time_compiles_nothing_twice(tmp_path):
    made: list[str] = []
    sets = [slow_kernels(tmp_path, made) for _ in range(3)]
    threads = [threading.Thread(target=ahead.get_ready, args=(own, NOBODY)) for own in sets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["four", "one", "three", "two"]
    assert all(kernel.is_ready for own in sets for kernel, _ in own.values())
    assert {file.name for file in tmp_path.iterdir()} == set(made)  # no lock is left


def test_what_another_compiles_is_waited_for_and_what_it_leaves_undone_is_made(tmp_path):
    made: list[str] = []
    own = slow_kernels(tmp_path, made)
    held = {name: Reservation(tmp_path / name) for name in ("one", "two")}
    waiting = threading.Thread(target=ahead.get_ready, args=(own, NOBODY))
    waiting.start()
    while len(made) < 2:
        time.sleep(0.01)
    (tmp_path / "one").write_text("code")
    for reservation in held.values():
        reservation.release()
    waiting.join()
    assert sorted(made) == ["four", "three", "two"]


def test_progress_counts_what_others_have_compiled(tmp_path):
    told: list[tuple[int, int]] = []
    own = slow_kernels(tmp_path, [])
    own["four"][0].file.write_text("code")
    ahead.get_ready(own, NOBODY, lambda done, total, name: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3), (3, 3)]


def test_where_no_name_can_be_held_all_is_compiled(tmp_path, monkeypatch):
    def refused(place: Path) -> Reservation:
        raise PermissionError(place)

    monkeypatch.setattr(ahead, "Reservation", refused)
    made: list[str] = []
    ahead.get_ready(slow_kernels(tmp_path, made), NOBODY)
    assert made == ["one", "two", "three", "four"]


@pytest.mark.parametrize("age_days", [1, 91])
def test_locks_of_killed_processes_go_with_old_kernels(tmp_path, age_days):
    lock = tmp_path / ".day-abc.kernel.lock"
    lock.touch()
    then = time.time() - age_days * 86_400
    os.utime(lock, (then, then))
    prune(tmp_path)
    assert lock.exists() == (age_days < 90)
