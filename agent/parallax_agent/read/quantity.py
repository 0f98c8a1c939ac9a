"""Quantity: the numbers of Kubernetes' quantities, to compare two of them.

In: text such as `10Gi`, `500m`, `1e3`. Out: the number; None: it is none.
It does not: write one. Source: Kubernetes, apimachinery/pkg/api/resource/quantity.go.
"""

from decimal import Decimal, InvalidOperation
from re import compile as compile_pattern

_QUANTITY = compile_pattern(r"([+-]?[\d.]+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?")
_SMALL = {"n": -9, "u": -6, "m": -3}
_LARGE = "kMGTPE"


def number(text: object) -> Decimal | None:
    """Return the number of a quantity."""
    found = _QUANTITY.fullmatch(str(text))
    if found is None:
        return None
    digits, unit, power = found.groups()
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    if unit is None:
        return value.scaleb(int(power or 0))
    if unit in _SMALL:
        return value.scaleb(_SMALL[unit])
    step = _LARGE.upper().index(unit[0].upper()) + 1
    return value * (1024 if unit.endswith("i") else 1000) ** step
