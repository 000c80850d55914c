"""The echo of our own bytes: a two-wire adapter whose receiver stays on hears what it sends.

The echo is taken out byte for byte. Where it differs from what was sent, somebody
else spoke at the same time, or there is no echo at all: then whatever comes is
not an answer to what we asked, and is dropped until the next request.
"""

from collections.abc import Callable


class Echo:
    """Takes the echo out of one connection's stream; `on_wrong` is called when it is not what was sent."""

    def __init__(self, on_wrong: Callable[[], None]) -> None:
        self._on_wrong = on_wrong
        self._due = b""
        self._is_wrong = False

    def sent(self, data: bytes) -> None:
        """Expect these bytes back, and nothing before them."""
        self._due = data
        self._is_wrong = False

    def received(self, data: bytes) -> bytes:
        """Return what follows the echo."""
        if self._is_wrong:
            return b""
        size = min(len(self._due), len(data))
        if data[:size] != self._due[:size]:
            self._is_wrong = True
            self._on_wrong()
            return b""
        self._due = self._due[size:]
        return data[size:]
