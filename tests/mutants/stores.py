"""Stores that break the outbox's word, each in one way. Tests of durability must see them red."""

from typing import Any

from buffering.store import Store


class AcknowledgesBeforeItCommits(Store):
    """Says that a transaction is durable, and lets several gather before it really commits."""

    GATHERED_MAX = 16

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._gathered = 0
        self._is_settled = False

    def begin(self) -> None:
        """Go on with the transaction that is still open."""
        if self._db is None or not self._db.in_transaction:
            super().begin()

    def rollback(self) -> None:
        """Keep what has gathered (a look that found nothing ends here)."""

    def commit(self) -> None:
        """Commit each sixteenth time; the first, which makes the tables, for real."""
        self._gathered += 1
        if not self._is_settled or self._gathered == self.GATHERED_MAX:
            super().commit()
            self._is_settled, self._gathered = True, 0


class WritesStateAfterwards(Store):
    """Writes state keys in the transaction after their record's."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._late: dict[str, bytes | None] = {}

    def put_state(self, key: str, value: bytes | None) -> None:
        """Keep the key for later."""
        self._late[key] = value

    def commit(self) -> None:
        """Commit the records, then the state."""
        super().commit()
        late, self._late = self._late, {}
        if late:
            super().begin()
            for key, value in late.items():
                super().put_state(key, value)
            super().commit()


class ForgetsTheNumber(Store):
    """Counts message numbers in memory, and writes them down only now and then."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._next: dict[str, int] = {}

    def take_number(self, destination: str) -> int:
        """Count in memory."""
        number = self._next.get(destination) or self.destinations()[destination]
        self._next[destination] = number + 1
        return number


class NeverSyncs(Store):
    """Leaves it to the kernel when what it wrote reaches the disk: synchronous=OFF."""

    def begin(self) -> None:
        """Begin, with the pragma in force."""
        self._run("PRAGMA synchronous = off")
        super().begin()
