"""How wide a text stands in a fixed-width font: a Chinese character takes two places."""

import unicodedata


def width(text: str) -> int:
    """Return the places that `text` takes in a terminal; combining marks take none."""
    return sum(_places(character) for character in text)


def _places(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
