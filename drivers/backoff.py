"""How long to wait before the next try: doubling, capped, and jittered."""

from random import Random


class Backoff:
    """Waits that double from `first_s` up to `cap_s`; each is shortened by up to half at random.

    The jitter keeps a plant's connections, which a switch's reboot cut all at
    once, from coming back all at once.
    """

    def __init__(self, *, first_s: float, cap_s: float, rng: Random) -> None:
        self._first_s = first_s
        self._cap_s = cap_s
        self._rng = rng
        self._tries = 0

    def next_s(self) -> float:
        """Return the next wait in seconds."""
        full_s = min(self._cap_s, self._first_s * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return full_s * self._rng.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Start again from `first_s`: it worked."""
        self._tries = 0
