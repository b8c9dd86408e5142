"""Jobs of Hydra on many machines: a launcher over Dask and a sweeper that composes nothing twice.

Hydra looks for launchers in a package called ``hydra_plugins``. Plaza has none, so that nothing of
it can be imported at top level: :func:`register` puts the two into Hydra's registry by hand.
"""

from __future__ import annotations


def register() -> None:
    """Tell Hydra of ``hydra/launcher=dask`` and ``hydra/sweeper=jobs``; again does nothing."""
    from hydra.core.plugins import Plugins

    from plaza_lab.scenarios.cluster.launcher import DaskLauncher, JobsSweeper

    registry = Plugins.instance()
    for kind in (DaskLauncher, JobsSweeper):
        registry.register(kind)
        # Hydra starts only what is called hydra_plugins.*, whatever module it comes from
        registry.class_name_to_class[f"hydra_plugins.plaza.{kind.__name__}"] = kind
