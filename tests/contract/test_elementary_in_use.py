"""What a run is made of takes exponentials and the like from one place, the same everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from plaza_lab.sim import compile as compiler

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "engine" / "elementary.py"
PLACES = ("agents", "sim", "engine")

DIFFER = frozenset((
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "power", "float_power",
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "arcsin", "arccos", "arctan", "arctan2",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "arcsinh", "arccosh", "arctanh",
    "erf", "erfc", "gamma", "lgamma", "cbrt", "hypot", "logaddexp", "logaddexp2", "sinc",
))  # fmt: skip
"""Functions of ``math`` and ``numpy`` whose last bit depends on the processor."""

LIBRARIES = frozenset(("math", "cmath", "np", "numpy"))

EXACT_DRAWS = frozenset(("random", "integers", "permutation", "shuffle", "bit_generator"))
"""What NumPy draws without a logarithm."""


def bare(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and wording of whatever may differ between processors."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of, name = node.value.id, node.attr
            if of in LIBRARIES and name in DIFFER:
                yield line, f"{of}.{name}"
            if of in ("rng", "generator") and name not in EXACT_DRAWS:
                yield line, f"{of}.{name}"
        elif isinstance(node, ast.ImportFrom) and node.module in LIBRARIES | {"scipy.special"}:
            yield from ((line, one.name) for one in node.names if one.name in DIFFER)
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Pow):
            if not _is_whole(node):
                yield line, ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pow":
            yield line, "pow"


def _is_whole(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether a power is one of two whole numbers that are written out."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return len(sides) == 2 and all(
        isinstance(side, ast.Constant) and type(side.value) is int for side in sides
    )


def test_nothing_else_takes_what_differs_between_processors():
    files = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py"))]
    assert len(files) > 200
    found = [
        f"{file.relative_to(ROOT)}:{line}: {what}"
        for file in files
        if file != OWN
        for line, what in bare(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert not found, "take it from plaza_lab.engine.elementary:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "text, told",
    [
        ("math.exp(x)", "math.exp"),
        ("np.expm1(x)", "np.expm1"),
        ("a ** b", "a ** b"),
        ("a ** 2", "a ** 2"),
        ("1.3 ** 0.25", "1.3 ** 0.25"),
        ("a **= 2", "a **= 2"),
        ("pow(a, b)", "pow"),
        ("from math import log", "log"),
        ("rng.standard_normal(3)", "rng.standard_normal"),
    ],
)
def test_it_is_found(text, told):
    assert [what for _, what in bare(ast.parse(text))] == [told]


@pytest.mark.parametrize("text", ["exp(x)", "math.sqrt(x)", "2 ** 63", "rng.random(3)", "f(**a)"])
def test_what_is_exact_is_let_through(text):
    assert not list(bare(ast.parse(text)))


def test_machine_code_calls_no_library_for_them(kernels):
    """Of each kernel on disk: what it needs from outside has no name of the kind."""
    looked = 0
    for name, (kernel, kinds) in compiler.every_kernel().items():
        stored = kernel.files.code(kinds)
        if stored is None or stored.symbols.needs is None:
            continue
        looked += 1
        assert not {need.strip("_") for need in stored.symbols.needs} & DIFFER, name
    assert looked > 50
