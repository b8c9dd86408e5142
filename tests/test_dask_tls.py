"""Dask over TLS, with certificates made as the guide to clusters says."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hydra.core.utils import JobStatus

from plaza_lab.scenarios.errors import UserError

pytest.importorskip("distributed")

from test_dask_launcher import conf, free_port, launched  # noqa: F401

from benchmarks.local_hosts import ROOT, LocalHosts

GUIDE = ROOT / "docs" / "how-to" / "run_on_a_cluster.md"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
TASK = """
def task(config):
    return 3 * config.chunk
"""


def commands() -> list[str]:
    """The two commands of the guide that make certificates."""
    text = GUIDE.read_text(encoding="utf-8").replace("\\\n", " ")
    return re.findall(r"^openssl .*$", text, re.MULTILINE)


def certificates(folder: Path) -> dict[str, str]:
    folder.mkdir()
    for command in commands():
        subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True)
    names = {"tls_ca": "ca.pem", "tls_cert": "cert.pem", "tls_key": "key.pem"}
    return {name: str(folder / file) for name, file in names.items()}


@dataclass
class SecureHosts(LocalHosts):
    """A scheduler and workers that take certificates."""

    words: tuple[str, ...] = ()

    def _start(self, *words):
        return super()._start(*words, *self.words)


@needs_openssl
@pytest.mark.slow
def test_jobs_run_over_tls_and_nobody_else_gets_in(conf, tmp_path, monkeypatch):  # noqa: F811
    assert len(commands()) == 2
    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    (tmp_path / "plaza_tls_task.py").write_text(TASK)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    from plaza_tls_task import task

    flags = ("--tls-ca-file", ours["tls_ca"], "--tls-cert", ours["tls_cert"],
             "--tls-key", ours["tls_key"])  # fmt: skip
    hosts = SecureHosts((str(tmp_path),), words=flags)
    try:
        hosts.address = address = f"tls://127.0.0.1:{free_port()}"
        port = address.rpartition(":")[2]
        hosts._start("scheduler", "--host", address.rpartition(":")[0], "--port", port)
        hosts._start("worker", address, "--host", "tls://127.0.0.1", "--nthreads", "1",
                     "--no-nanny")  # fmt: skip
        jobs = [[f"chunk={k}"] for k in range(5)]
        returns = launched(conf, task, jobs, address=address, connect_s=60.0, **ours)
        assert [one.status for one in returns] == [JobStatus.COMPLETED] * 5
        assert [one.return_value for one in returns] == [0, 3, 6, 9, 12]
        for stranger in (others, {**others, "tls_ca": ours["tls_ca"]}):
            with pytest.raises(UserError, match=r"^no Dask scheduler answers at tls://[^\n]*$"):
                launched(conf, task, jobs, address=address, connect_s=2.0, **stranger)
        with pytest.raises(UserError, match=r"^[^\n]*tls[^\n]*$"):
            launched(conf, task, jobs, address=address, connect_s=2.0)
        plain = address.replace("tls", "tcp")
        with pytest.raises(UserError, match=r"^no Dask scheduler answers"):
            launched(conf, task, jobs, address=plain, connect_s=2.0)
    finally:
        hosts.end()


def test_an_address_that_would_not_be_encrypted_is_refused(conf, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    files = {name: str(tmp_path / name) for name in ("tls_ca", "tls_cert", "tls_key")}
    for file in files.values():
        Path(file).write_text("none")
    with pytest.raises(UserError, match=r"tcp://a:1 would not be encrypted; write tls://$"):
        launched(conf, print, [["chunk=1"]], address="tcp://a:1", **files)
    with pytest.raises(UserError, match=r"cannot be used .* PEM files"):
        launched(conf, print, [["chunk=1"]], address="tls://a:1", **files)


@pytest.mark.parametrize("missing", ["tls_ca", "tls_cert", "tls_key"])
def test_a_certificate_that_is_not_there_is_named(conf, tmp_path, monkeypatch, missing):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    files = {name: str(tmp_path / name) for name in ("tls_ca", "tls_cert", "tls_key")}
    for file in files.values():
        Path(file).touch()
    Path(files[missing]).unlink()
    with pytest.raises(UserError, match=f"hydra.launcher.{missing}=.*no such file"):
        launched(conf, print, [["chunk=1"]], address="tls://a:1", **files)
    with pytest.raises(UserError, match=rf"^hydra\.launcher\.{missing} is missing"):
        launched(conf, print, [["chunk=1"]], address="tls://a:1", **{**files, missing: None})
