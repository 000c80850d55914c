"""What passed on a connection's wire, and what it is in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passed:
    """What was sent, or what one read brought."""

    utc_ns: int
    mono_ns: int
    sent: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What passed, and what it is: frames in words, and how many bytes of it belong to none."""

    passed: Passed
    frames: tuple[str, ...]
    loose_bytes: int = 0

    @property
    def words(self) -> str:
        """What it is."""
        words = list(self.frames)
        if self.loose_bytes:
            words.append(f"{self.loose_bytes} bytes of no frame")
        return "; ".join(words) or "part of a frame"

    def __str__(self) -> str:
        arrow = "->" if self.passed.sent else "<-"
        return f"{arrow} {self.passed.data.hex(' ')} ({self.words})"
