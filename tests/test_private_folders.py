"""The kernel cache belongs to the user: numba reads it with pickle."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from test_cli import refusal

from plaza_lab.engine import cache_folder, private
from plaza_lab.engine.private import UnsafeFolder

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes here")
STRANGER = 12_345
as_root = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give a folder away"
)


@pytest.fixture
def look(monkeypatch, tmp_path):
    """Find the cache folder anew, with a home and a temporary folder of the test's own."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir(mode=0o700)
    temporary.mkdir()
    temporary.chmod(0o1777)
    for name in ("PLAZA_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return cache_folder.cache_folder.__wrapped__


def test_folders_are_made_for_the_user_alone_whatever_the_umask(look, tmp_path):
    before = os.umask(0)
    try:
        folder = look()
    finally:
        os.umask(before)
    part = folder.relative_to(tmp_path / "home" / ".cache")
    assert part.parts[:2] == ("plaza", "kernels")
    made = [tmp_path / "home" / ".cache" / above for above in (part, *part.parents)]
    assert {place.stat().st_mode & 0o777 for place in made} == {0o700}


def _group(place: Path) -> None:
    place.chmod(0o770)


def _others(place: Path) -> None:
    place.chmod(0o707)


def _everybody(place: Path) -> None:
    place.chmod(0o1777)


def _given_away(place: Path) -> None:
    os.chown(place, STRANGER, -1)


SPOILT = [_group, _others, _everybody, pytest.param(_given_away, marks=as_root)]
DEPTHS = ("", "plaza", "plaza/kernels")


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("variable", ["PLAZA_CACHE", "XDG_CACHE_HOME"])
def test_a_named_cache_that_others_may_write_is_refused_at_every_depth(
    look, monkeypatch, tmp_path, variable, depth, spoil
):
    spoilt = tmp_path / "named" / depth
    spoilt.mkdir(parents=True, mode=0o700)
    spoil(spoilt)
    monkeypatch.setenv(variable, str(tmp_path / "named"))
    with pytest.raises(UnsafeFolder, match=rf"^{variable}=.*{spoilt}[^\n]*$"):
        look()


def test_a_named_cache_below_a_folder_that_others_may_write_is_refused(look, monkeypatch, tmp_path):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab").chmod(0o777)
    monkeypatch.setenv("PLAZA_CACHE", str(tmp_path / "lab" / "mine"))
    with pytest.raises(UnsafeFolder, match=f"others may write to {tmp_path / 'lab'} "):
        look()


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("depth", DEPTHS)
def test_a_spoilt_folder_in_the_temporary_one_is_left_for_a_fresh_one(
    look, tmp_path, depth, spoil, monkeypatch
):
    (tmp_path / "home").rmdir()
    (tmp_path / "home").touch()  # nothing can be kept in this home
    squat = tmp_path / "tmp" / f"plaza-{os.geteuid()}"
    place = squat / depth
    place.mkdir(parents=True, mode=0o700)
    spoil(place)
    monkeypatch.setattr("atexit.register", lambda *given, **more: None)
    folder = look()
    assert squat not in folder.parents
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("depth", ["plaza", "plaza/kernels", None])
def test_links_in_the_temporary_folder_are_not_followed(look, tmp_path, depth, monkeypatch):
    (tmp_path / "home").rmdir()
    (tmp_path / "home").touch()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    link = tmp_path / "tmp" / f"plaza-{os.geteuid()}"
    if depth is not None:
        link = link / depth
        link.parent.mkdir(parents=True, mode=0o700)
    link.symlink_to(tmp_path / "elsewhere")
    monkeypatch.setattr("atexit.register", lambda *given, **more: None)
    folder = look()
    assert tmp_path / "elsewhere" not in folder.resolve().parents
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_own_folder_in_the_temporary_one_is_found_again(look, tmp_path):
    (tmp_path / "home").rmdir()
    (tmp_path / "home").touch()
    assert look() == look()
    assert tmp_path / "tmp" / f"plaza-{os.geteuid()}" in look().parents


def test_an_own_link_to_another_disk_is_followed_and_looked_at(look, monkeypatch, tmp_path):
    (tmp_path / "disk").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    monkeypatch.setenv("PLAZA_CACHE", str(tmp_path / "link"))
    assert tmp_path / "disk" in look().resolve().parents
    (tmp_path / "disk").chmod(0o770)
    with pytest.raises(UnsafeFolder):
        look()


def test_where_no_folder_is_safe_one_line_says_so(look, monkeypatch, tmp_path):
    (tmp_path / "home").chmod(0o777)
    (tmp_path / "tmp").chmod(0o777)
    monkeypatch.setattr("atexit.register", lambda *given, **more: None)
    with pytest.raises(UnsafeFolder, match=r"no folder is safe .* set PLAZA_CACHE"):
        look()


def test_without_owners_and_modes_a_folder_is_made_and_links_are_refused(
    look, monkeypatch, tmp_path
):
    monkeypatch.delattr(os, "geteuid")
    monkeypatch.delattr(os, "getuid")
    (tmp_path / "home" / ".cache").mkdir()
    (tmp_path / "home" / ".cache").chmod(0o777)
    assert tmp_path / "home" in look().parents
    (tmp_path / "other").mkdir()
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "plaza").symlink_to(tmp_path / "other")
    monkeypatch.setenv("PLAZA_CACHE", str(tmp_path / "named"))
    with pytest.raises(UnsafeFolder, match="is a link"):
        look()


def test_the_command_line_refuses_in_one_line(capsys, monkeypatch):
    def refused() -> None:
        raise UnsafeFolder("PLAZA_CACHE=/x is not used")

    monkeypatch.setattr("plaza_lab.sim.compile.warm", lambda *_: refused())
    assert "PLAZA_CACHE=/x is not used" in refusal(
        capsys, "run", "run.weeks=1", "run.replicates=1", "run.out=never"
    )
    assert not Path("never").exists()


def test_a_folder_for_one_process_goes_with_it(tmp_path):
    text = "from plaza_lab.engine import private; print(private.passing_folder('plaza-kernels-'))"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True,
        cwd=Path(private.__file__).parents[1], env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
