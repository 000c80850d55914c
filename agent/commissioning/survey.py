"""Registers of which nobody knows what they mean: every reading that makes sense, the likely ones marked.

What tells a right reading from a wrong one is chance. Of all 32-bit patterns, one
in eight is a float between 0.001 and a million; so where neighbouring pairs are all
such floats in one byte order, it is that order, and whether the pairs begin at even
or odd addresses shows as well. Bytes swapped within registers are rare, and small
whole numbers look like such floats: they need one more. A whole number is never
implausible: it is marked only where it lies within what instruments send.

Pure. Nothing here is certain: the page that shows it says so.
"""

import math
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from agent.commissioning.survey_text import Text, find_texts
from agent.commissioning.survey_wholes import WHOLE_MAX, Number, Wholes, ordered, wholes_at
from config.source import ByteOrder

FLOAT_MIN: Final = 1e-3
FLOAT_MAX: Final = 1e6
PAIRS_MIN: Final = 2
"""So few plausible pairs may be chance."""
CHANCE: Final = 0.12
"""Of random pairs, so many are plausible floats; there must be three times as many."""
CURRENT: Final = range(3600, 20501)
"""µA of a 4-20 mA signal, with the ends of NE 43."""
TENTHS: Final = range(-500, 2001)
"""A temperature with one decimal, or a percentage with one."""
INVALID: Final = frozenset({0x8000, 0x7FFF, 0xFFFF, 0x8001, 55555})
"""What devices send that have no value."""
INVALID_NOTE: Final = "invalid?"
CURRENT_NOTE: Final = "4-20 mA?"
_CLOCK_OFF_MAX_S: Final = 7 * 86400


@dataclass(frozen=True, slots=True)
class Row:
    """One address and the readings that begin there. `floats` by byte order; None: no such value."""

    address: int
    word: int
    unsigned: Number
    signed: Number
    tenth: Number
    floats: Mapping[ByteOrder, Number | None]
    wholes: Wholes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FloatGuess:
    """How floats seem to lie: byte order, whether they begin at even or odd addresses, and how sure."""

    order: ByteOrder
    parity: int  # 0: at even addresses, as on the wire
    likely: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Double:
    """A float64 in four registers: by chance one pattern in seventy looks like one."""

    first: int
    order: ByteOrder
    value: float


@dataclass(frozen=True, slots=True)
class Survey:
    """All that can be made of a range."""

    rows: tuple[Row, ...]
    guess: FloatGuess | None
    doubles: tuple[Double, ...]
    texts: tuple[Text, ...]


def survey(words: Mapping[int, int], now_s: int) -> Survey:
    """Return what registers may mean, by their zero-based addresses; `now_s` tells a clock from a number."""
    texts = find_texts(words)
    in_text = {address for text in texts for address in range(text.first, text.first + text.registers)}
    bare = {address: word for address, word in words.items() if address not in in_text}
    guess = guess_floats(bare)
    in_float = {address for address in bare if _is_half_of_float(bare, address, guess)}
    doubles = find_doubles(bare, in_float)
    in_double = {address for double in doubles for address in range(double.first, double.first + 4)}
    free = words.keys() - in_text - in_float - in_double
    # What looks like a float64 may be an int64 all the same: people are to see both.
    wide = free | in_double
    rows = [_row(words, address, guess, now_s, free, wide) for address in sorted(words)]
    return Survey(tuple(rows), guess, doubles, texts)


def guess_floats(words: Mapping[int, int]) -> FloatGuess | None:
    """Return the byte order and the alignment under which most pairs are plausible floats; None for none."""
    guesses = [_guess(words, order, parity) for order in ByteOrder for parity in (0, 1)]
    best = max(guesses, key=_sureness)
    is_sure = _sureness(best) >= PAIRS_MIN and best.likely >= 3 * CHANCE * best.pairs
    return best if is_sure else None


def _guess(words: Mapping[int, int], order: ByteOrder, parity: int) -> FloatGuess:
    values = [
        as_float(words[address], words[address + 1], order)
        for address in words
        if address % 2 == parity and address + 1 in words and words[address] | words[address + 1]
    ]
    return FloatGuess(order, parity, sum(map(is_likely_float, values)), len(values))


def _sureness(guess: FloatGuess) -> int:
    return guess.likely - (1 if guess.order.swaps_bytes else 0)


def find_doubles(words: Mapping[int, int], in_float: Collection[int]) -> tuple[Double, ...]:
    """Return what may be float64, no two of them sharing a register, and none made of float32 alone."""
    found: list[Double] = []
    for address in sorted(words):
        places = range(address, address + 4)
        registers = [words[a] for a in places if a in words]
        if len(registers) < 4 or not any(registers) or all(a in in_float for a in places):
            continue
        if found and address < found[-1].first + 4:
            continue
        for order in ByteOrder:
            value: float = struct.unpack(">d", ordered(registers, order))[0]
            if is_likely_float(value):
                found.append(Double(address, order, value))
                break
    return tuple(found)


def as_float(first: int, second: int, order: ByteOrder) -> float:
    """Return two registers as a float32 in a byte order."""
    value: float = struct.unpack(">f", ordered((first, second), order))[0]
    return value


def is_likely_float(value: float) -> bool:
    """Return whether an instrument would send this: neither minute nor huge."""
    return math.isfinite(value) and FLOAT_MIN <= abs(value) <= FLOAT_MAX


def _row(
    words: Mapping[int, int],
    address: int,
    guess: FloatGuess | None,
    now_s: int,
    free: Collection[int],
    wide: Collection[int],
) -> Row:
    """Return the readings at one address.

    In registers of `free` nothing longer seems to lie; in those of `wide` neither float32 nor text.
    """
    word, following = words[address], words.get(address + 1)
    is_free = address in free
    signed = word - (1 << 16) if word & 0x8000 else word
    floats: dict[ByteOrder, Number | None] = dict.fromkeys(ByteOrder)
    if following is not None and word | following:
        for order in ByteOrder:
            floats[order] = _float(word, following, order, address, guess)
    return Row(
        address,
        word,
        Number(str(word), is_free and 0 < word <= WHOLE_MAX),
        Number(str(signed), is_free and -WHOLE_MAX <= signed < 0),
        Number(f"{signed / 10:.1f}", is_free and signed in TENTHS and abs(signed) > 9),
        floats,
        wholes_at(words, address, free, wide),
        _notes(word, following, now_s) if is_free else (),
    )


def _float(
    word: int, following: int, order: ByteOrder, address: int, guess: FloatGuess | None
) -> Number | None:
    value = as_float(word, following, order)
    if not is_likely_float(value):
        return None
    fits = guess is None or (guess.order is order and address % 2 == guess.parity)
    return Number(f"{value:.6g}", fits)


def _is_half_of_float(words: Mapping[int, int], address: int, guess: FloatGuess | None) -> bool:
    """Return whether the guess takes this register for one of a float's two."""
    if guess is None:
        return False
    first = address if address % 2 == guess.parity else address - 1
    if first not in words or first + 1 not in words:
        return False
    return is_likely_float(as_float(words[first], words[first + 1], guess.order))


def _notes(word: int, following: int | None, now_s: int) -> tuple[str, ...]:
    notes = [_bcd(word), _packed(word)]
    if word in INVALID:
        notes.append(INVALID_NOTE)
    if word in CURRENT:
        notes.append(CURRENT_NOTE)
    if following is not None:
        notes += [_clock(word << 16 | following, now_s), _clock(following << 16 | word, now_s)]
    return tuple(note for note in notes if note)


def _bcd(word: int) -> str:
    """Return a register's hexadecimal digits as a decimal number, if they can be one: 0x0209 is 209."""
    digits = f"{word:04X}"
    return f"BCD {int(digits)}" if digits.isdecimal() and word > 0xFF else ""


def _packed(word: int) -> str:
    """Return high byte and low byte as a number with one decimal, if they can be one: 0x1409 is 20.9."""
    whole, tenths = divmod(word, 0x100)
    return f"{whole}.{tenths}" if 0 < whole < 100 and 0 < tenths < 10 else ""


def _clock(seconds: int, now_s: int) -> str:
    """Return a number of seconds since 1970 as a time, if it is about now."""
    if abs(seconds - now_s) > _CLOCK_OFF_MAX_S:
        return ""
    return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%d %H:%M:%S}Z"
