"""The engine room: how NumPy records and functions over them run as compiled code.

Everything above it is ordinary Python that works on records; what is peculiar to numba and LLVM is
here and nowhere else. It imports nothing of Plaza.
"""

if __name__ != "plaza_lab.engine":
    raise ImportError("engine is plaza_lab.engine")
