"""The tables of keys and of signed heads: one statement each, no decisions. All raise StoreFailed."""

from buffering.ranges import Range
from buffering.record import Lane
from buffering.statements import Statements

Signature = tuple[int, bytes, int, str, bytes]
"""seq, chain, signed_ns, fingerprint, signature"""


class SignatureTable(Statements):
    """Heads that were signed, and the keys that verify them."""

    def put_key(self, fingerprint: str, public_key: bytes) -> None:
        """Keep a public key. Raises StoreFailed."""
        self._run("INSERT OR IGNORE INTO device_key VALUES (?, ?)", fingerprint, public_key)

    def newest_signature(self, epoch: int, lane: Lane) -> Signature | None:
        """Return a lane's newest signed head. Raises StoreFailed."""
        rows = self._run(
            "SELECT seq, chain, signed_ns, fingerprint, signature FROM signature"
            " WHERE epoch = ? AND lane = ? ORDER BY seq DESC LIMIT 1",
            epoch,
            lane.value,
        )
        return (rows[0][0], *rows[0][1:]) if rows else None

    def put_signature(self, epoch: int, lane: Lane, seq: int, rest: tuple[bytes, int, str, bytes]) -> None:
        """Add a signed head, or replace the one with its number. Raises StoreFailed."""
        self._run(
            "INSERT OR REPLACE INTO signature VALUES (?, ?, ?, ?, ?, ?, ?)", epoch, lane.value, seq, *rest
        )

    def delete_signature(self, epoch: int, lane: Lane, seq: int) -> None:
        """Forget a signed head. Raises StoreFailed."""
        self.delete_signatures(epoch, lane, Range(seq, seq))

    def delete_signatures(self, epoch: int, lane: Lane, gone: Range) -> None:
        """Forget the signed heads of records that are removed. Raises StoreFailed."""
        statement = "DELETE FROM signature WHERE epoch = ? AND lane = ? AND seq BETWEEN ? AND ?"
        self._run(statement, epoch, lane.value, gone.first, gone.last)
