"""Decimal numbers, as engineers write them."""

from decimal import Decimal


def decimal_places(number: float) -> int:
    """Return how many decimal places a number is written with: 2 for 0.05."""
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    assert isinstance(exponent, int), number  # config refused NaN and infinity
    return max(0, -exponent)
