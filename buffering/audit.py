"""Walks a lane of a store from its first record to its last and says where it is not what was committed.

Every payload is held against its SHA-256, every header against the chain, every
number must be a record or told as removed, every signed head must be the chain's
own. A break does not end the walk: from there the chain is taken at its word,
so that each thing that was done to a store is told by itself.

The payloads are not understood here; whether what was removed was also *said* is
for those who can read them.
"""

import hashlib
import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from buffering.beside import SLICE_RECORDS, Row, Slice, StoreBeside
from buffering.chain import Header, genesis, link
from buffering.errors import StoreFailed
from buffering.heads import SignedHead, fingerprint, text
from buffering.ranges import Range, Ranges
from buffering.record import Lane
from buffering.records import RETENTION, Removed
from buffering.tally import Tally, in_two_places, tally

BREAKS_MAX: Final = 1000
"""Of one lane. Beyond, its breaks have one cause, and the list is no use to anybody."""

UNREADABLE: Final = "unreadable"
OTHER_KEY: Final = "other-key"

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, signed bytes) → whether it is the key's (Ed25519)."""


@dataclass(frozen=True, slots=True)
class Break:
    """A place at which the store is not what was committed; `what` is a code.

    The times are those of the record, or of the records on either side, as far as they are known.
    """

    what: str
    epoch: int
    lane: Lane
    first: int
    last: int
    from_ns: int | None = None
    to_ns: int | None = None
    detail: str = ""


@dataclass(slots=True)
class LaneAccount:
    """What a walk found in one lane."""

    epoch: int
    lane: Lane
    records: int = 0
    items: int = 0
    held: list[Range] = field(default_factory=list)
    last: int = 0  # the highest number that there ever was
    chain: bytes | None = None
    from_ns: int | None = None
    to_ns: int | None = None
    removed: Sequence[Removed] = ()
    heads: int = 0  # signed, and verified
    newest_head: SignedHead | None = None
    unsigned_ns: int | None = None  # the time of the first record after it
    breaks: list[Break] = field(default_factory=list)
    destinations: dict[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a walk needs to know. `given_up` tells what a destination will not get of a lane.

    It is asked after each slice was read, and must tell what had been given up by then: what
    is in no table and not given up counts as confirmed. Heads count of `trusted` keys only, by
    fingerprint; of every key on record, if none is named.
    """

    gateway: str
    keys: Mapping[str, bytes]
    verify: Verify
    destinations: Sequence[str] = ()
    trusted: Collection[str] = ()
    given_up: Callable[[str, int, Lane], Ranges] = lambda *_: ()


class LaneWalk:
    """One lane's walk; `step` until it says that the end is reached."""

    def __init__(self, store: StoreBeside, terms: Terms, epoch: int, lane: Lane) -> None:
        self._store = store
        self._terms = terms
        self._chain: bytes | None = genesis(terms.gateway, epoch, lane)
        self._total: int | None = 0
        self._seq = 0
        self._limit = SLICE_RECORDS
        self.account = LaneAccount(epoch, lane, destinations={name: Tally() for name in terms.destinations})

    def step(self) -> bool:
        """Look at one slice; return whether there is more. Raises StoreFailed: the disk fails."""
        account, first = self.account, self._seq + 1
        try:
            piece = self._store.piece(account.epoch, account.lane, first, limit=self._limit)
        except StoreFailed as failed:
            if failed.reason != "damaged":
                raise
            return self._unreadable(failed.detail)
        account.removed = piece.removed
        for row in piece.rows:
            self._cross(piece.removed, row.seq, row.first_ns)
            self._take(row)
        if not piece.rows:
            self._end(piece.removed)
        account.last = self._seq
        self._heads(piece)
        self._tally(piece, first)
        return bool(piece.rows) and len(account.breaks) < BREAKS_MAX

    def _break(
        self, what: str, first: int, last: int, times: tuple[int | None, int | None], detail: str = ""
    ) -> None:
        account = self.account
        account.breaks.append(Break(what, account.epoch, account.lane, first, last, *times, detail))

    def _unreadable(self, detail: str) -> bool:
        """A page is damaged: go on record by record, and past those that cannot be read."""
        if self._limit > 1:
            self._limit = 1
            return True
        breaks, from_ns = self.account.breaks, self.account.to_ns
        self._seq += 1
        self._chain = self._total = None
        if breaks and (breaks[-1].what, breaks[-1].last) == (UNREADABLE, self._seq - 1):
            first = breaks.pop().first
        else:
            first = self._seq
        self._break(UNREADABLE, first, self._seq, (from_ns, None), detail)
        return self._seq - first < BREAKS_MAX

    def _cross(self, removed: Sequence[Removed], until: int, to_ns: int | None) -> None:
        """Go on to just before `until`, over what is told as removed; what is not told is missing."""
        while self._seq < until - 1:
            place = self._seq + 1
            gone = next((each for each in removed if each.first <= place <= each.last), None)
            if gone is not None:
                self._seq, self._chain, self._total = min(gone.last, until - 1), gone.chain, gone.total
                continue
            last = min((each.first - 1 for each in removed if each.first > place), default=until - 1)
            self._seq, self._chain, self._total = min(last, until - 1), None, None
            self._break("missing", place, self._seq, (self.account.to_ns, to_ns))
        if any(each.first <= until <= each.last for each in removed):
            self._break("removed-and-there", until, until, (self.account.to_ns, to_ns))

    def _end(self, removed: Sequence[Removed]) -> None:
        """Reach the lane's end. Only damage takes a newest record: the next goes on from its chain value."""
        newest = self._seq
        self._cross(removed, max((gone.last for gone in removed), default=0) + 1, None)
        for gone in removed:
            if gone.cause == RETENTION and gone.last > newest:
                self._break("newest-removed", gone.first, gone.last, (self.account.to_ns, None))

    def _take(self, row: Row) -> None:
        account, times = self.account, (row.first_ns, row.last_ns)
        if hashlib.sha256(row.payload).digest() != row.sha256:
            self._break("payload", row.seq, row.seq, times)
        if self._chain is not None and _linked(account, row, self._chain) != row.chain:
            self._break("chain", row.seq, row.seq, times)
        elif self._total is not None and row.total != self._total + row.count:
            self._break("total", row.seq, row.seq, times)
        self._seq, self._chain, self._total = row.seq, row.chain, row.total
        account.records += 1
        account.items += row.count
        if account.held and account.held[-1].last == row.seq - 1:
            account.held[-1] = Range(account.held[-1].first, row.seq)
        else:
            account.held.append(Range(row.seq, row.seq))
        account.from_ns = row.first_ns if account.from_ns is None else min(account.from_ns, row.first_ns)
        account.to_ns = row.last_ns
        account.chain = row.chain

    def _heads(self, piece: Slice) -> None:
        account, chains = self.account, {row.seq: row.chain for row in piece.rows}
        for seq, chain, signed_ns, name, signature in piece.signatures:
            head = SignedHead(account.epoch, account.lane, seq, chain, signed_ns, name, signature)
            is_gone = any(gone.first <= seq <= gone.last for gone in piece.removed)
            if (fault := self._fault(head, chains.get(seq), is_gone=is_gone)) is not None:
                self._head_fault(fault, head)
                continue
            account.heads += 1
            account.newest_head, account.unsigned_ns = head, None
        signed = account.newest_head.seq if account.newest_head is not None else 0
        if account.unsigned_ns is None:
            account.unsigned_ns = next((row.last_ns for row in piece.rows if row.seq > signed), None)

    def _head_fault(self, fault: str, head: SignedHead) -> None:
        """Tell of a head; of another key's once for all in a row, there is one for each hour."""
        breaks, since_ns, first = self.account.breaks, head.signed_ns, head.seq
        if (
            fault == OTHER_KEY
            and breaks
            and (breaks[-1].what, breaks[-1].detail) == (fault, head.fingerprint)
        ):
            since_ns, first = breaks[-1].from_ns or since_ns, breaks.pop().first
        self._break(fault, first, head.seq, (since_ns, head.signed_ns), head.fingerprint)

    def _fault(self, head: SignedHead, chain: bytes | None, *, is_gone: bool) -> str | None:
        key = self._terms.keys.get(head.fingerprint)
        signed = text(self._terms.gateway, head.epoch, head.lane, head.seq, head.chain, head.signed_ns)
        if key is None or fingerprint(key) != head.fingerprint:
            return "key-unknown"
        if self._terms.trusted and head.fingerprint not in self._terms.trusted:
            return OTHER_KEY
        if not self._terms.verify(key, head.signature, signed):
            return "signature"
        if chain is None:
            return None if is_gone else "signed-missing"
        return None if chain == head.chain else "signed-otherwise"

    def _tally(self, piece: Slice, first: int) -> None:
        account = self.account
        for name in self._terms.destinations:
            destined = [each for each in piece.destined if each.destination == name]
            for twice in in_two_places(destined, first=first):
                self._break("twice", twice.first, twice.last or twice.first, _times(piece, twice), name)
            given_up = self._terms.given_up(name, account.epoch, account.lane)
            account.destinations[name] += tally(piece.rows, destined, given_up)


def _times(piece: Slice, span: Range) -> tuple[int | None, int | None]:
    """Return from when to when the records of a range are that are there."""
    rows = [row for row in piece.rows if span.first <= row.seq <= (span.last or span.first)]
    return (rows[0].first_ns, rows[-1].last_ns) if rows else (None, None)


def _linked(account: LaneAccount, row: Row, previous: bytes) -> bytes | None:
    """Return the chain value that the record should have; None where no header can be made of it."""
    try:
        header = Header(
            account.epoch,
            account.lane,
            row.seq,
            row.first_ns,
            row.last_ns,
            row.count,
            UUID(bytes=row.uid),
            row.sha256,
        )
        return link(header, previous)
    except (ValueError, struct.error):
        return None
