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
from decimal import Context, Decimal, localcontext

import numpy as np

from plaza_lab.engine.compiled import compiled, inlined
from plaza_lab.engine.lowered import lowered_by

PARTS = 128
"""Entries of each table, over one octave."""
OCTAVE = 52
"""Place of the exponent in the bits of a double."""
PART = OCTAVE - 7
"""Place in them where a number of parts counts octaves."""
PER_UNIT = 184.6649652337873
"""Parts in a unit of an exponent, ``PARTS / ln 2``."""
PART_HIGH = 0.005415212347998022
"""``ln 2 / PARTS`` to 34 bits: times a number of parts it is exact."""
PART_LOW = 1.2655086083325438e-13
"""The rest of ``ln 2 / PARTS``."""
TO_WHOLE = 6755399441055744.0
"""1.5 times 2 ** 52: what is added to it is rounded to a whole number, which its bits count."""
WHOLE = 0x4338000000000000
"""Bits of ``TO_WHOLE``."""
LEAST, MOST = -708.0, 709.78
"""Exponents below the one have result 0, above the other an infinite one."""

LN2_HIGH = 0.6931471803691238
"""``ln 2`` to 33 bits: times a number of octaves it is exact."""
LN2_LOW = 1.9082149292705877e-10
"""The rest of ``ln 2``."""
LN2, PER_LN2 = 0.6931471805599453, 1.4426950408889634
FIRST = 0x3FF0000000000000 - (151 << (PART - 1))
"""Bits of the number, about .71, at which the octave of the logarithm's table begins: so that 1 is
in the middle of a part."""
SMALLEST, LARGEST = 2.2250738585072014e-308, 1.7976931348623157e308
"""Numbers of full precision."""
FIXED = 2.0**42
"""Logarithms in the table have no bits below one over this, so that adding octaves is exact."""
OCTAVES = 1021.0
"""Most by which a power may differ from 1."""

QUARTER_TURN, QUARTER_TURN_LOW = 1.5707963267948966, 6.123233995736766e-17
HALF_TURN = 3.141592653589793
PER_ROOT_PI = 0.5641895835477563
ALL = (1 << 64) - 1


@lowered_by("intrinsics")
def bits_of(number: float) -> int:
    """Bits of a double, as a whole number with a sign.

    Parameters
    ----------
    number : float64
        Any.
    """
    return int(struct.unpack("<q", struct.pack("<d", number))[0])


@lowered_by("intrinsics")
def number_of(bits: int) -> float:
    """Double that has these bits.

    Parameters
    ----------
    bits : int64
        Any; the lowest 64 bits count.
    """
    return float(struct.unpack("<d", struct.pack("<Q", int(bits) & ALL))[0])


def _tables() -> tuple[np.ndarray, ...]:
    """Powers of 2 and logarithms over an octave, in decimal arithmetic, hence the same everywhere.

    Returns
    -------
    tuple of numpy.ndarray
        Bits of ``2 ** (i / PARTS)`` less what ``i`` adds to them; what rounding left out of it, as
        a share; then for the middle of each part its inverse, and its logarithm in two summands.
    """
    rows = []
    with localcontext(Context(prec=40)):
        for i in range(PARTS):
            power = (Decimal(2).ln() * i / PARTS).exp()
            near = float(power)
            middle = number_of(FIRST + (2 * i + 1 << PART - 1))
            logarithm = Decimal(middle).ln()
            high = round(float(logarithm) * FIXED) / FIXED
            rows.append((
                bits_of(near) - (i << PART), float(power / Decimal(near) - 1),
                middle, 1.0 / middle, high, float(logarithm - Decimal(high)),
            ))  # fmt: skip
    return tuple(np.array(column) for column in zip(*rows, strict=True))


POWERS, LEFT, MIDDLE, INVERSE, LOG_HIGH, LOG_LOW = _tables()


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
        0 below -708, infinite above 709.78.
    """
    number = float(x)
    shifted = number * PER_UNIT + TO_WHOLE
    parts = shifted - TO_WHOLE
    r = number - parts * PART_HIGH - parts * PART_LOW
    result = _raised(bits_of(shifted) - WHOLE, r)
    # without a branch around the rest: LLVM may take it out of loops
    if number > MOST:
        result = math.inf
    if number < LEAST:
        result = 0.0
    return result


@inlined()
def _raised(parts, r):
    """Two to so many parts of an octave, times the exponential of a small rest."""
    i = parts & (PARTS - 1)
    square = r * r
    more = r * (1.0 / 6.0) + 0.5 + square * (r * (1.0 / 120.0) + 1.0 / 24.0)
    power = number_of(int(POWERS[i]) + (parts << PART))
    return power + power * (float(LEFT[i]) + r + square * more)


@inlined()
def log(x):
    """Natural logarithm, within 1.1 units of the last place (Tang 1990).

    Parameters
    ----------
    x : float
        Any; NaN below 0.

    Returns
    -------
    float
        Minus infinite below 2.3e-308.
    """
    number = float(x)
    octaves, high, low = _log_parts(number)
    result = octaves * LN2_HIGH + high + (octaves * LN2_LOW + low)
    return _log_at_the_edge(number, result)


@inlined()
def _log_parts(number):
    """Octaves, and the logarithm of what they leave, in two summands."""
    bits = bits_of(number) - FIRST
    octaves = bits >> OCTAVE
    i = (bits >> PART) & (PARTS - 1)
    r = (number_of(bits_of(number) - (octaves << OCTAVE)) - float(MIDDLE[i])) * float(INVERSE[i])
    square = r * r
    series = r * (-1.0 / 4.0) + 1.0 / 3.0 + square * (r * (-1.0 / 6.0) + 0.2 + square * (1.0 / 7.0))
    return float(octaves), float(LOG_HIGH[i]), float(LOG_LOW[i]) + square * (r * series - 0.5) + r


@inlined()
def _log_at_the_edge(number, result):
    if number < SMALLEST:
        result = -math.inf
    if number < 0.0:
        result = math.nan
    if not number <= LARGEST:
        result = number
    return result


@compiled()
def log2(x):
    """Logarithm to base 2, within 2 units of the last place; exact for powers of 2.

    Parameters
    ----------
    x : float
        As for :func:`log`.

    Returns
    -------
    float
        As for :func:`log`.
    """
    number = float(x)
    octaves, high, low = _log_parts(number)
    return _log_at_the_edge(number, octaves + (high + low) * PER_LN2)


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
        1 where the exponent is 0 or the base 1; 0 and infinite beyond 2 to 1021 either way.
    """
    x, y = float(base), float(exponent)
    if y == 0.0 or x == 1.0:
        return 1.0
    if y == 1.0:
        return x
    octaves = y * log2(x)
    shifted = octaves * PARTS + TO_WHOLE
    rest = (octaves - (shifted - TO_WHOLE) / PARTS) * LN2
    result = _raised(bits_of(shifted) - WHOLE, rest)
    if octaves > OCTAVES:
        result = math.inf
    if octaves < -OCTAVES:
        result = 0.0
    return result


@compiled()
def erfc(x):
    """Complementary error function (Cody 1969), within 8 units of the last place.

    Parameters
    ----------
    x : float
        Any.

    Returns
    -------
    float
        2 far below 0, 0 above 26.5.
    """
    number = 1.0 * float(x)  # compiled, what is narrow becomes a double by this
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
    """Cosine, within 1 unit of the last place (coefficients: Sun Microsystems 1993).

    Parameters
    ----------
    x : float
        Radians, at most half a turn either way; NaN beyond.

    Returns
    -------
    float
    """
    y = abs(1.0 * float(x))  # as above
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
