"""Link status, told once per change: first failure, a different failure, recovery."""

from drivers.clock import Clock
from drivers.driver import LinkStatus, OnLink
from drivers.errors import LinkFault


class LinkReport:
    """Keeps the last status of one connection, so that repeats stay silent."""

    def __init__(self, connection_id: str, clock: Clock, on_link: OnLink) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._on_link = on_link
        self._last: str | None = None

    def up(self) -> None:
        """Something behind the connection has answered."""
        self._tell("up", None)

    def down(self, fault: LinkFault) -> None:
        """The connection does not work."""
        # Another certificate that is not trusted is another fault, though its kind is the same.
        fingerprint = getattr(fault, "fields", {}).get("fingerprint", "")
        self._tell(f"{fault.code} {fingerprint}", fault)

    def _tell(self, status: str, fault: LinkFault | None) -> None:
        if status != self._last:
            self._last = status
            self._on_link(LinkStatus(self._connection_id, fault is None, self._clock.now_ns(), fault))
