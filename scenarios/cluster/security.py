"""Who may talk to a scheduler: certificates for tls://, and workers of this machine."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    from distributed.security import Security

    from plaza_lab.scenarios.cluster.launcher import DaskLauncherConf

NAMES = ("tls_ca", "tls_cert", "tls_key")
TLS = (
    ", ".join(f"hydra.launcher.{name}" for name in NAMES[:-1]) + f" and hydra.launcher.{NAMES[-1]}"
)


def security_of(place: DaskLauncherConf) -> Security | None:
    """Read the certificates a user named.

    Returns
    -------
    distributed.security.Security or None
        None when none are named: then what Dask itself was told counts.

    Raises
    ------
    UserError
        If one is missing or cannot be read, or the address is not tls://.
    """
    files: dict[str, Any] = {name: getattr(place, name) for name in NAMES}
    if not any(files.values()):
        return None
    for name, file in files.items():
        if not file:
            raise UserError(f"hydra.launcher.{name} is missing: TLS takes {TLS}")
        if not Path(file).is_file():
            raise UserError(f"hydra.launcher.{name}={file}: there is no such file")
    if place.address and not place.address.startswith("tls://"):
        raise UserError(
            f"hydra.launcher.address={place.address} would not be encrypted; write tls://"
        )
    from distributed.security import Security

    security = Security(  # type: ignore[no-untyped-call]
        tls_ca_file=files["tls_ca"], tls_client_cert=files["tls_cert"],
        tls_client_key=files["tls_key"], require_encryption=True,
    )  # fmt: skip
    try:
        security.get_connection_args("client")
    except (OSError, ssl.SSLError) as wrong:
        raise UserError(
            f"the certificates of {TLS} cannot be used ({wrong}); key and certificate "
            "must belong together, as PEM files that you may read"
        ) from wrong
    return security


def security_here() -> Security | None:
    """Return passing certificates for workers of this machine, where they can be made.

    Loopback is open to everybody who is logged in here. With the package ``cryptography`` only
    this process and its workers can talk to one another.
    """
    from distributed.security import Security

    try:
        return Security.temporary()  # type: ignore[no-untyped-call]
    except ImportError:
        return None
