"""Characters in registers: a tag, a gas, a serial number; ASCII, or Chinese text in GBK.

Each register holds two characters, the first in its high byte, or in its low byte
where the device sends its bytes in reverse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Order = Literal["big", "little"]

TEXT_BYTES_MIN: Final = 6
"""Two printable bytes are chance, and so are four: the floats of a plant begin with 0x41 to 0x44."""


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that seem to stand in several registers.

    `reversed` is the same with the two characters of each register in reverse, where
    that can be read as well: which of both is a word, people must tell.
    """

    first: int
    registers: int
    text: str
    reversed: str = ""


def find_texts(words: Mapping[int, int]) -> tuple[Text, ...]:
    """Return the runs of registers that hold printable ASCII or Chinese text in GBK."""
    texts: list[Text] = []
    for run in _runs(words):
        at = 0
        while at < len(run):
            text = _text_from(words, run[at:])
            if text is not None:
                texts.append(text)
            at += text.registers if text else 1
    return tuple(texts)


def _text_from(words: Mapping[int, int], run: Sequence[int]) -> Text | None:
    """Return the text that begins with the first register of a run."""
    straight, swapped = _length(words, run, "big"), _length(words, run, "little")
    size = max(straight, swapped)
    if size == 0:
        return None
    one, other = _read(words, run[:size], "big"), _read(words, run[:size], "little")
    return Text(run[0], size, one, other) if straight == size else Text(run[0], size, other)


def _length(words: Mapping[int, int], run: Sequence[int], order: Order) -> int:
    """Return how many registers from the first on are text; 0 where they are too few to be one."""
    size = 0
    for address in run:
        pair = words[address].to_bytes(2, order)
        if not _is_text_pair(pair):
            break
        size += 1
        if pair[1] == 0:
            break
    is_text = len(_bytes(words, run[:size], order)) >= TEXT_BYTES_MIN and _read(words, run[:size], order)
    return size if is_text else 0


def _bytes(words: Mapping[int, int], run: Sequence[int], order: Order) -> bytes:
    return b"".join(words[address].to_bytes(2, order) for address in run).rstrip(b"\0 ")


def _read(words: Mapping[int, int], run: Sequence[int], order: Order) -> str:
    """Return the characters of a run; empty where they are none that people would write."""
    try:
        text = _bytes(words, run, order).decode("gbk")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


def _runs(words: Mapping[int, int]) -> list[list[int]]:
    """Return the addresses in runs without a hole."""
    runs: list[list[int]] = []
    for address in sorted(words):
        if runs and runs[-1][-1] == address - 1:
            runs[-1].append(address)
        else:
            runs.append([address])
    return runs


def _is_text_pair(pair: bytes) -> bool:
    is_ascii = all(0x20 <= byte < 0x7F for byte in pair)
    ends = 0x20 <= pair[0] < 0x7F and pair[1] == 0
    # The characters of GB 2312 level 1 and 2: what a maker would write into a device.
    is_hanzi = 0xB0 <= pair[0] <= 0xF7 and pair[1] >= 0xA1
    return is_ascii or ends or is_hanzi
