"""Hydra plugins of Plaza: jobs over Dask (``hydra/launcher=dask``) and a sweeper for many jobs."""
