"""Own exponentials and logarithms: how near they are, their edges, and the same bits everywhere."""

from __future__ import annotations

import hashlib
import math
import re
import struct
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest

from plaza_lab.engine import elementary
from plaza_lab.engine.compiled import kernel
from plaza_lab.engine.plain import plain

exp, log, log2, power, cos, erfc = (
    plain(getattr(elementary, name)) for name in ("exp", "log", "log2", "power", "cos", "erfc")
)
FAR = Context(prec=50, Emin=-9999, Emax=9999)


@kernel(cache=False)
def together(x, y):
    return (
        elementary.exp(x),
        elementary.log(x),
        elementary.log2(x),
        elementary.power(x, y),
        elementary.cos(x),
        elementary.erfc(x),
    )


def alone(x: float, y: float) -> tuple[float, ...]:
    """What :func:`together` returns, by plain Python."""
    return exp(x), log(x), log2(x), power(x, y), cos(x), erfc(x)


def arguments(n: int) -> np.ndarray:
    """Numbers of all sizes, and those near 1; whole numbers divided, so the same everywhere."""
    raw = np.random.default_rng(7).integers(-(2**53), 2**53, n) / 2.0**53
    scale = np.array([1.0, 4.0, 30.0, 700.0])[np.arange(n) % 4]
    near = np.arange(n) % 8 == 0
    return np.where(near, 1.0 + raw / 64.0, raw * scale)


def units(found: float, exact: Decimal) -> float:
    """Distance in units of the last place of the exact value."""
    return float(abs(Decimal(found) - exact) / Decimal(math.ulp(float(exact))))


def test_an_exponential_is_within_half_a_unit_and_a_little():
    with localcontext(FAR):
        assert max(units(exp(x), Decimal(x).exp()) for x in arguments(4000).tolist()) < 0.53


def test_logarithms_are_within_their_units():
    some = np.abs(arguments(4000))
    octaves = np.ldexp(some, np.arange(4000) % 2001 - 1000)
    edge = 1.0 + np.linspace(-1 / 100, 1 / 100, 2001)  # where parts of the table meet at 1
    values = [x for x in np.concatenate([some, octaves, edge]).tolist() if x > 1e-300 and x != 1.0]
    with localcontext(FAR):
        exact = [Decimal(x).ln() for x in values]
        ln2 = Decimal(2).ln()
        assert max(units(log(x), ln) for x, ln in zip(values, exact, strict=True)) < 1.1
        assert max(units(log2(x), ln / ln2) for x, ln in zip(values, exact, strict=True)) < 2.0


def test_a_power_is_within_its_units():
    bases = (np.abs(arguments(3000)) + 1e-9).tolist()
    exponents = (3.0 * arguments(3001)[1:] / 700.0).tolist()
    with localcontext(FAR):
        for x, y in zip(bases, exponents, strict=True):
            exact = (Decimal(x).ln() * Decimal(y)).exp()
            assert units(power(x, y), exact) < 1 + 3 * abs(y * math.log(x)), (x, y)


@pytest.mark.parametrize(
    "own, theirs, low, high, most",
    [(cos, math.cos, -math.pi, math.pi, 2.0), (erfc, math.erfc, -6.0, 26.0, 9.0)],
    ids=["cos", "erfc"],
)
def test_cosine_and_error_function_beside_those_of_the_system(own, theirs, low, high, most):
    """Within a unit more than ours may be off, as the system's may be off by one too."""
    for x in np.linspace(low, high, 20_001).tolist():
        assert abs(own(x) - theirs(x)) <= most * math.ulp(theirs(x)), x


def test_edges():
    inf, nan = math.inf, math.nan
    assert [exp(x) for x in (0.0, -0.0, -inf, -708.1, 709.79, inf)] == [1, 1, 0, 0, inf, inf]
    assert [log(x) for x in (1.0, 0.0, 1e-309, inf)] == [0, -inf, -inf, inf]
    assert [log2(2.0**k) for k in (-1000, -1, 0, 1, 10)] == [-1000, -1, 0, 1, 10]
    assert [power(x, y) for x, y in ((0, 2), (0, -1), (0, 0), (1, nan))] == [0, inf, 1, 1]
    assert [power(x, y) for x, y in ((0.5, 3), (4, 0.5), (7.3, 1), (2, 2000), (2, -2000))] == [
        0.125, 2, 7.3, inf, 0,
    ]  # fmt: skip
    assert [erfc(x) for x in (0.0, -30.0, 30.0, -inf, inf)] == [1, 2, 0, 2, 0]
    assert cos(0.0) == 1 and cos(math.pi) == -1
    none = [exp(nan), log(nan), log(-1.0), log(-inf), log2(nan), power(-2.0, 3.0), power(nan, 2.0)]
    none += [erfc(nan), cos(nan), cos(4.0)]
    assert np.isnan(none).all()


def test_they_rise_where_they_should():
    """No step down where one part of a table ends and the next begins."""
    x = np.linspace(-1.0, 1.0, 20_001).tolist()
    assert (np.diff([exp(one) for one in x]) > 0).all()
    assert (np.diff([log(1.5 + one) for one in x]) > 0).all()


def test_plain_and_compiled_agree_to_the_last_bit():
    special = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1e308, 709.5, -707.5, -1.0, 3.2]
    xs = [*arguments(4000).tolist(), *np.abs(arguments(1000)).tolist(), *special]
    ys = (arguments(len(xs)) / 200.0).tolist()
    for x, y in zip(xs, ys, strict=True):
        np.testing.assert_array_equal(together(x, y), alone(x, y), err_msg=f"{x!r}, {y!r}")


def test_narrow_and_whole_numbers_are_taken_as_doubles():
    assert together(np.float32(0.1), 2.0) == alone(float(np.float32(0.1)), 2.0)
    assert together(3, 2) == alone(3.0, 2.0)


def test_the_bits_are_those_of_every_other_processor():
    """SHA-256 over 5,000 arguments: recorded once, and the same wherever this runs."""
    said = hashlib.sha256()
    for x, y in zip(arguments(5000).tolist(), (arguments(5000) / 100.0).tolist(), strict=True):
        values = (*alone(abs(x), y), exp(x), erfc(-x))
        said.update(b"".join(b"nan" if v != v else struct.pack("<d", v) for v in values))
    assert said.hexdigest()[:16] == "4678fa15d325d9f7"


def test_compiled_code_has_no_fused_multiplication_and_calls_no_library():
    """A product is rounded before it is added to, whatever the processor offers."""
    together(0.5, 2.0)
    for code in together.inspect_asm().values():
        assert not re.findall(r"\bvfn?m(?:add|sub)\w*|\bfn?m(?:add|sub)\w*", code)
    for code in together.inspect_llvm().values():
        called = re.findall(
            r"call[^\n]*@\"?(?:llvm\.)?(exp|log|pow|sin|cos|erf)\w*[.\w]*\"?\(", code
        )
        assert not called


def test_what_is_compiled_into_kernels_says_that_python_cannot_call_it():
    with pytest.raises(TypeError, match="log2 is compiled into kernels"):
        elementary.log2(2.0)
