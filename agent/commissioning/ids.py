"""Ids for what a table names in its own way: small letters, digits and hyphens, each only once."""

import re
from collections.abc import Iterable
from typing import Final

_LENGTH_MAX: Final = 60  # of 64: a number may follow


def slug(text: str | None) -> str | None:
    """Return an id made of a tag or a name, `PT_101.PV` → `pt-101-pv`; None where no letter is left."""
    word = re.sub(r"[^a-z0-9]+", "-", (text or "").lower()).strip("-")[:_LENGTH_MAX].strip("-")
    is_id = re.search(r"[a-z]", word) and (text or "").isascii()
    return word if is_id else None


class Names:
    """Hands out ids, none of them twice."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def new(self, wanted: str) -> str:
        """Return `wanted`, or with a number behind it where it is taken."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}-{number}"
        self._taken.add(name)
        return name
