"""What the platform has taken and not yet judged: its word for that, and what it says when it is asked.

A result is ready as soon as somebody asks. What was told stays told: an answer that
is lost on the way is given again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from config.layout import LayoutPending
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Treatment
from simulator.bureau.parcel import Parcel

UNKNOWN: Final = 404


@dataclass(frozen=True, slots=True)
class Told:
    """An answer's business code, and the items it names as rejected."""

    code: int
    rejected: tuple[str, ...] = ()


class Promises:
    """The promises of one destination."""

    def __init__(self, destination: str, pending: LayoutPending, ledger: Ledger) -> None:
        self._destination = destination
        self._pending = pending
        self._ledger = ledger
        self._open: dict[str, tuple[Parcel, Treatment]] = {}
        self._told: dict[str, Told] = {}

    def path(self, report_path: str) -> str:
        """Return where questions are taken, seen from where messages are."""
        return urljoin(report_path, self._pending.query.path)

    def make(self, parcel: Parcel, treatment: Treatment) -> dict[str, object]:
        """Take a message; return the answer's fields."""
        self._told.pop(parcel.id, None)
        self._open[parcel.id] = (parcel, treatment)
        receipt = {} if self._pending.receipt is None else {self._pending.receipt: f"r-{parcel.id}"}
        return {"code": self._pending.codes[0], "msg": "taken", "rejected": [], **receipt}

    def keep(self, asked: Mapping[str, object], *, received_ns: int) -> Told:
        """Judge the message that a question names, and store what is accepted of it."""
        known = [str(each) for each in asked.values() if each in self._open or each in self._told]
        if not known:
            return Told(UNKNOWN)
        name = known[0]
        if name in self._open:
            self._told[name] = self._judge(*self._open.pop(name), received_ns)
        return self._told[name]

    def _judge(self, parcel: Parcel, treatment: Treatment, received_ns: int) -> Told:
        if treatment is Treatment.FORGOTTEN:
            return Told(UNKNOWN)
        refused: tuple[str, ...] = ()
        if treatment is Treatment.PARTLY and parcel.readings:
            refused = (parcel.readings[0].point,)
        kept = tuple(reading for reading in parcel.readings if reading.point not in refused)
        whole = replace(parcel, readings=kept)
        self._ledger.record(self._destination, whole, received_ns=received_ns, outcome="result")
        return Told(200, refused)
