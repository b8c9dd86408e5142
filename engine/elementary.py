"""Exponential, logarithm and what is made of them: the same to the last bit on every processor.

The system's own library takes another way on each kind of processor (with fused multiplication or
without), so the last bit of what it returns differs. What stands here adds, subtracts, multiplies
and divides doubles, each of which IEEE 754 rounds in one way only, and moves bits. Compiled code
and plain Python take the same steps, so they agree by construction. Whatever a run is made of uses
these, never ``**`` or the functions of ``math`` and ``numpy`` that mean the same.

How far a result may be from the exact one is told in units of its last place and measured in
``tests/analytic/test_elementary.py``. Nothing here raises an error: what has no value is NaN, and
what is beyond all numbers is infinite.
"""

from __future__ import annotations

import math
import struct

import numpy as np

from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.engine.lowered import lowered_by

PARTS = 128
"""Entries of the table of powers of 2, over one octave."""
HALVINGS = 7
"""``PARTS`` is 2 to this."""
OCTAVE = 52
"""Place of the exponent in the bits of a double."""
PART = OCTAVE - HALVINGS
"""Place in them where a number of parts counts octaves."""
PER_UNIT = 184.6649652337873
"""Parts in a unit of an exponent, ``PARTS / ln 2``."""
PART_HIGH = 0.005415212347998022
"""``ln 2 / PARTS`` to 34 bits: times a number of parts it is exact."""
PART_LOW = 1.2655086083325438e-13
"""The rest of ``ln 2 / PARTS``."""
TO_WHOLE = 6755399441055744.0
"""1.5 times 2 ** 52: added and taken off again, it rounds to a whole number."""
FULL = 708.0
"""Exponents up to here, either way, have results of full precision."""
LEAST, MOST = -746.0, 710.0
"""Exponents below the one have result 0, above the other an infinite one."""
AWAY = 64
"""Octaves by which a result at the edge is moved while it is computed."""
UP, DOWN = 18446744073709551616.0, 5.421010862427522e-20
"""2 to ``AWAY`` and to ``-AWAY``."""

LN2_HIGH = 0.6931471803691238
"""``ln 2`` to 33 bits: times a number of octaves it is exact."""
LN2_LOW = 1.9082149292705877e-10
"""The rest of ``ln 2``."""
LN2, PER_LN2 = 0.6931471805599453, 1.4426950408889634
OCTAVES = 1021.0
"""Exponents of 2 up to here, either way, have results of full precision."""
ROOT_HALF = 0x3FE6A09E00000000
"""Bits of a number just below the root of one half."""
SMALLEST, LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308
"""Numbers of full precision."""

QUARTER_TURN, QUARTER_TURN_LOW = 1.5707963267948966, 6.123233995736766e-17
HALF_TURN, HALF_TURN_LOW = 3.141592653589793, 1.2246467991473532e-16
PER_ROOT_PI = 0.5641895835477563


@lowered_by("elementary")
def bits_of(number: float) -> int:
    """Bits of a double, as a whole number with a sign.

    Parameters
    ----------
    number : float64
        Any.
    """
    return int(struct.unpack("<q", struct.pack("<d", number))[0])


@lowered_by("elementary")
def number_of(bits: int) -> float:
    """Double that has these bits.

    Parameters
    ----------
    bits : int64
        Any.
    """
    return float(struct.unpack("<d", struct.pack("<q", bits))[0])


def _powers() -> tuple[np.ndarray, np.ndarray]:
    """Bits of ``2 ** (i / PARTS)`` less what ``i`` adds to them, and what rounding left out of it.

    Reckoned in whole numbers of 256 bits, so nothing here depends on a processor either.
    """
    one = 1 << 256
    root = 2 * one
    for _ in range(HALVINGS):
        root = math.isqrt(root * one)
    bits, left, power = [], [], one
    for i in range(PARTS):
        near = power / one  # Python rounds a quotient of whole numbers correctly
        top, bottom = near.as_integer_ratio()
        bits.append(bits_of(near) - (i << PART))
        left.append((power * bottom - top * one) / (top * one))
        power = power * root // one
    return np.array(bits), np.array(left)


POWERS, LEFT = _powers()


@inlined()
def exp(x):
    """Exponential, within .53 units of the last place (Tang 1989).

    Parameters
    ----------
    x : float
        Any.

    Returns
    -------
    float
        0 from -746 downwards, infinite from 709.8 upwards.
    """
    number = float(x)
    if abs(number) <= FULL:
        return _exp(number, 0)
    return _exp_at_the_edge(number)


@inlined()
def _exp(number, octaves):
    parts = number * PER_UNIT + TO_WHOLE - TO_WHOLE
    return _raised(int(parts) + octaves * PARTS, number - parts * PART_HIGH - parts * PART_LOW)


@inlined()
def _raised(parts, r):
    """Two to so many parts of an octave, times the exponential of a small rest."""
    i = parts & (PARTS - 1)
    square = r * r
    more = r * (1.0 / 6.0) + 0.5 + square * (r * (1.0 / 120.0) + 1.0 / 24.0)
    power = number_of(POWERS[i] + (parts << PART))
    return power + power * (float(LEFT[i]) + r + square * more)


@compiled()
def _exp_at_the_edge(number):
    if number > MOST:
        return math.inf
    if number < LEAST:
        return 0.0
    if number > 0.0:
        return _exp(number, -AWAY) * UP
    if number < 0.0:
        return _exp(number, AWAY) * DOWN
    return number


@inlined()
def log(x):
    """Natural logarithm, within 1 unit of the last place (coefficients: fdlibm, ``e_log.c``).

    Parameters
    ----------
    x : float
        Any; NaN below 0.

    Returns
    -------
    float
        Minus infinite at 0.
    """
    number = float(x)
    if SMALLEST <= number <= LARGEST:
        octaves = _octaves(number)
        return _log_and(_fraction(number, octaves) - 1.0, float(octaves))
    return _log_at_the_edge(number)


@inlined()
def _octaves(number):
    """Octaves to take off so that a number lies between the roots of one half and of two."""
    return (bits_of(number) - ROOT_HALF) >> OCTAVE


@inlined()
def _fraction(number, octaves):
    return number_of(bits_of(number) - (octaves << OCTAVE))


@inlined()
def _log_and(f, octaves):
    """Logarithm of ``1 + f`` and of some octaves."""
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (w * (w * 0.15313837699209373 + 0.22222198432149784) + 0.3999999999940942)
    even = w * (w * (w * 0.14798198605116586 + 0.1818357216161805) + 0.2857142874366239)
    series = odd + z * (even + 0.6666666666666735)
    half = 0.5 * f * f
    return octaves * LN2_HIGH - ((half - (s * (half + series) + octaves * LN2_LOW)) - f)


@compiled()
def _log_at_the_edge(number):
    if number == 0.0:
        return -math.inf
    if 0.0 < number < SMALLEST:
        larger = number * UP
        octaves = _octaves(larger)
        return _log_and(_fraction(larger, octaves) - 1.0, float(octaves - AWAY))
    return number if number > 0.0 else math.nan


@compiled()
def log2(x):
    """Logarithm to base 2, within 2 units of the last place; exact for powers of 2.

    Parameters
    ----------
    x : float
        A number of full precision above 0; below 0 and at its edge as :func:`log`.

    Returns
    -------
    float
    """
    number = float(x)
    if SMALLEST <= number <= LARGEST:
        octaves = _octaves(number)
        return float(octaves) + _log_and(_fraction(number, octaves) - 1.0, 0.0) * PER_LN2
    return _log_at_the_edge(number) * PER_LN2


@compiled()
def power(base, exponent):
    """Power, within ``1 + 3 |exponent ln base|`` units of the last place; exact for powers of 2.

    Parameters
    ----------
    base : float
        At least 0; NaN below.
    exponent : float
        Any.

    Returns
    -------
    float
        1 where the exponent is 0 or the base 1.
    """
    x, y = float(base), float(exponent)
    if y == 0.0 or x == 1.0:
        return 1.0
    if y == 1.0:
        return x
    octaves = y * log2(x)
    if abs(octaves) <= OCTAVES:
        parts = octaves * PARTS + TO_WHOLE - TO_WHOLE
        return _raised(int(parts), (octaves - parts / PARTS) * LN2)
    return _exp_at_the_edge(octaves * LN2)


@compiled()
def erfc(x):
    """Complementary error function (Cody 1969), within 4 units of the last place.

    Parameters
    ----------
    x : float
        Any.

    Returns
    -------
    float
        2 far below 0, 0 above 26.5.
    """
    number = float(x)
    y = abs(number)
    if y <= 0.46875:
        return 1.0 - number * _erf_near(y * y)
    if y < 27.0:
        whole = float(int(16.0 * y)) / 16.0  # its square is exact
        far = exp(-whole * whole) * exp(-(y - whole) * (y + whole))
        far *= _erfc_middle(y) if y <= 4.0 else _erfc_far(y)
        return far if number > 0.0 else 2.0 - far
    if number < 0.0:
        return 2.0
    return 0.0 if number > 0.0 else number


@compiled()
def _erf_near(z):
    top = (0.18577770618460315 * z + 3.1611237438705656) * z + 113.86415415105016
    top = (top * z + 377.485237685302) * z + 3209.3775891384695
    low = (z + 23.601290952344122) * z + 244.02463793444417
    low = (low * z + 1282.6165260773723) * z + 2844.236833439171
    return top / low


@compiled()
def _erfc_middle(y):
    top = (2.1531153547440383e-8 * y + 0.5641884969886701) * y + 8.883149794388377
    top = ((top * y + 66.11919063714163) * y + 298.6351381974001) * y + 881.952221241769
    top = ((top * y + 1712.0476126340707) * y + 2051.0783778260716) * y + 1230.3393547979972
    low = ((y + 15.744926110709835) * y + 117.6939508913125) * y + 537.1811018620099
    low = ((low * y + 1621.3895745666903) * y + 3290.7992357334597) * y + 4362.619090143247
    return top / ((low * y + 3439.3676741437216) * y + 1230.3393548037495)


@compiled()
def _erfc_far(y):
    z = 1.0 / (y * y)
    top = (0.016315387137302097 * z + 0.30532663496123236) * z + 0.36034489994980445
    top = ((top * z + 0.12578172611122926) * z + 0.016083785148742275) * z + 6.587491615298378e-4
    low = ((z + 2.568520192289822) * z + 1.8729528499234604) * z + 0.5279051029514285
    low = (low * z + 0.06051834131244132) * z + 0.0023352049762686918
    return (PER_ROOT_PI - z * top / low) / y


@compiled()
def cos(x):
    """Cosine, within 1 unit of the last place (coefficients: fdlibm, ``k_cos.c``, ``k_sin.c``).

    Parameters
    ----------
    x : float
        Radians, at most half a turn either way; NaN beyond.

    Returns
    -------
    float
    """
    y = abs(float(x))
    if y <= 0.5 * QUARTER_TURN:
        return _cos_near(y)
    if y <= 1.5 * QUARTER_TURN:
        return _sin_near(QUARTER_TURN - y, QUARTER_TURN_LOW)
    return -_cos_near(HALF_TURN - y) if y <= HALF_TURN else math.nan


@compiled()
def _cos_near(y):
    z = y * y
    tail = (-1.1359647557788195e-11 * z + 2.087572321298175e-09) * z - 2.7557314351390663e-07
    tail = (tail * z + 2.480158728947673e-05) * z - 0.001388888888887411
    half = 0.5 * z
    near = 1.0 - half
    return near + ((1.0 - near - half) + z * z * (tail * z + 0.0416666666666666))


@compiled()
def _sin_near(y, low):
    """Sine of ``y + low``, ``low`` being less than the last place of ``y``."""
    z = y * y
    tail = (1.58969099521155e-10 * z - 2.5050760253406863e-08) * z + 2.7557313707070068e-06
    tail = (tail * z - 0.00019841269829857949) * z + 0.00833333333332249
    return y + (low + y * z * (tail * z - 0.16666666666666632))
