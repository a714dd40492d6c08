"""Numbers with units, as far as two ways of writing the same amount must be seen as equal."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_RELATIVE_TOLERANCE = 0.005  # two roundings of one value differ by less than this
_LONGEST_SYMBOL = 4  # in which case counts: mW and MW, Mb and MB
_NUMBER = r"[-+−]?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+−]?\.\d+"
_QUANTITY = re.compile(
    rf"^(?:about|approximately|approx\.?|roughly|~|≈|=)?\s*(?P<sign>[$€£])?\s*(?P<number>{_NUMBER})"
    r"\s*(?P<unit>[%°$€£µμA-Za-zΩ][\w°/²³^]*)?\s*\.?$"
)

# unit: (dimension, factor to the SI unit), BIPM SI Brochure 9th edition and NIST SP 811 for the
# others
_UNITS: dict[str, tuple[str, float]] = {
    "mm": ("m", 1e-3), "cm": ("m", 1e-2), "m": ("m", 1.0), "km": ("m", 1e3),
    "in": ("m", 0.0254), "inch": ("m", 0.0254), "inches": ("m", 0.0254),
    "ft": ("m", 0.3048), "feet": ("m", 0.3048), "foot": ("m", 0.3048),
    "yd": ("m", 0.9144), "yards": ("m", 0.9144),
    "mi": ("m", 1609.344), "mile": ("m", 1609.344), "miles": ("m", 1609.344),
    "meter": ("m", 1.0), "meters": ("m", 1.0), "metre": ("m", 1.0), "metres": ("m", 1.0),
    "kilometer": ("m", 1e3), "kilometers": ("m", 1e3),
    "kilometre": ("m", 1e3), "kilometres": ("m", 1e3),
    "mg": ("kg", 1e-6), "g": ("kg", 1e-3), "kg": ("kg", 1.0), "t": ("kg", 1e3),
    "lb": ("kg", 0.45359237), "lbs": ("kg", 0.45359237), "pounds": ("kg", 0.45359237),
    "oz": ("kg", 0.028349523125), "ounces": ("kg", 0.028349523125),
    "ms": ("s", 1e-3), "s": ("s", 1.0), "sec": ("s", 1.0),
    "seconds": ("s", 1.0), "second": ("s", 1.0),
    "min": ("s", 60.0), "minutes": ("s", 60.0), "minute": ("s", 60.0),
    "h": ("s", 3600.0), "hour": ("s", 3600.0), "hours": ("s", 3600.0),
    "day": ("s", 86400.0), "days": ("s", 86400.0),
    "ml": ("l", 1e-3), "mL": ("l", 1e-3), "l": ("l", 1.0), "L": ("l", 1.0),
    "liters": ("l", 1.0), "litres": ("l", 1.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in the base unit of its dimension.

    `ulp` is half of the last digit that was written; `is_converted` tells that the unit is a known
    one.
    """

    value: float
    dimension: str
    ulp: float
    is_whole: bool
    is_converted: bool


def parse(text: str) -> Quantity | None:
    """Read text that is one number with at most one unit; anything else is None."""
    found = _QUANTITY.match(text.strip().strip("*`_ "))
    if found is None:
        return None
    digits = re.sub(r"[, ]", "", found["number"]).replace("−", "-")
    value = float(digits)
    if not math.isfinite(value):
        return None
    unit = (found["sign"] or "") + (found["unit"] or "")
    folded = unit.casefold() if len(unit) > _LONGEST_SYMBOL else unit
    known = _UNITS.get(folded)
    dimension, factor = known or (folded, 1.0)
    mantissa, _, exponent = digits.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    ulp = float(f"5e{int(exponent or 0) - decimals - 1}")
    is_whole = decimals == 0 and not exponent
    return Quantity(value * factor, dimension, ulp * factor, is_whole, known is not None)


def agree(a: Quantity, b: Quantity) -> bool:
    """Say whether two quantities are one value up to rounding; whole numbers must be equal."""
    if a.dimension != b.dimension:
        return False
    if a.is_whole and b.is_whole and not a.dimension:
        return a.value == b.value
    gap = abs(a.value - b.value)
    tolerance = _RELATIVE_TOLERANCE * max(abs(a.value), abs(b.value))
    return gap <= min(max(a.ulp, b.ulp) * (1 + 1e-9), tolerance) or math.isclose(
        a.value, b.value, rel_tol=1e-9
    )
