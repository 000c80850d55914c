"""A whole number on the command line: one that is none, or lies outside, is told in words."""

import argparse
from collections.abc import Callable

from agent.commissioning.messages import no_number


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return what reads such an argument for argparse."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else least - 1
        if not least <= number <= most:
            words = no_number(text, least, most)
            raise argparse.ArgumentTypeError(f"{words.zh} / {words.en}")
        return number

    return read
