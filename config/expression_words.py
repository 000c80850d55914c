"""An expression cut into its words, each with the place where it begins."""

import re
from dataclasses import dataclass
from typing import Final

LENGTH_MAX: Final = 1000  # characters; longer than any condition that a person can check

_WORD: Final = re.compile(
    r"""(?P<point>[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<sign><=|>=|==|!=|[-+*/<>(),])
      | (?P<name>[^\s\d<>=!+*/(),-](?:[^\s<>=!+*(),-]|-(?=[^\s\d<>=!+*/(),-]))*)""",
    re.VERBOSE,
)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?=[^\s.<>=!+*(),-]*(?![\w.-]))")
"""Digits, perhaps with a unit at once behind them: `0.5s`, which would else pass for a point."""


class ExpressionFault(Exception):
    """An expression cannot be used; `offset` is the character where that shows, `others` the other faults."""

    others: "tuple[ExpressionFault, ...]" = ()

    def __init__(self, code: str, offset: int, **fields: object) -> None:
        super().__init__(f"{code} at {offset}: {fields}")
        self.code = code
        self.offset = offset
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Word:
    """One word: a point, a number, a sign, a name (a unit, `and`, `mean`), or the end."""

    kind: str
    text: str
    offset: int


def words_of(text: str) -> list[Word]:
    """Return the words of an expression, with an `end` behind the last. Raises ExpressionFault."""
    if len(text) > LENGTH_MAX:
        raise ExpressionFault("expression-long", 0, most=LENGTH_MAX)
    words, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _NUMBER.match(text, at)
        kind = "number" if found else None
        found = found or _WORD.match(text, at)
        if found is None:
            raise ExpressionFault("expression-character", at, character=text[at])
        words.append(Word(kind or str(found.lastgroup), found[0], at))
        at = found.end()
    return [*words, Word("end", "", len(text))]
