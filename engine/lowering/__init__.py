"""What the engine asks of numba; imported when something must be compiled, not before."""
