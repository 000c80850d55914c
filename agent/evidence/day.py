"""Everything that a store tells of one day, gathered beside a running agent."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.evidence.account import verify
from agent.evidence.catalogues import Catalogues
from agent.evidence.day_alarms import AlarmOfDay, alarms_of
from agent.evidence.day_events import DayEvents, LinkDown
from agent.evidence.day_people import LaxerLimit, TakenOut, laxer_limits
from agent.evidence.day_readings import DayCount, DeviceDay, Hole
from agent.evidence.day_stops import DayStops, Stop
from agent.evidence.fates import Fates
from agent.evidence.history import UNREADABLE, Gap, History
from agent.evidence.missing import is_thinned, missing_records
from agent.evidence.noted import Noted
from agent.evidence.readings import Period, Unpacked, unpacked
from agent.evidence.refusals import Told
from agent.evidence.zone import nanoseconds, zone_of
from agent.records import Json
from buffering.beside import SEQ_MAX, StoreBeside
from buffering.errors import StoreUnusable
from buffering.heads import SignedHead, text
from buffering.record import Lane


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head, and whether the signature is right and the record's chain value its own."""

    head: SignedHead
    holds: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one plant."""

    date: date
    zone: ZoneInfo
    period: Period  # without the time before the store began and what is yet to come
    is_over: bool
    gateway: str
    catalogue: Json
    destinations: Sequence[str]
    devices: Mapping[str, DeviceDay]
    holes: Sequence[Hole]
    gaps: Sequence[Gap]
    links: Sequence[LinkDown]
    alarms: Sequence[AlarmOfDay]
    stops: Sequence[Stop]
    interlocks: Sequence[Noted]
    taken_out: Sequence[TakenOut]
    laxer: Sequence[LaxerLimit]
    fates: Sequence[Fates]  # of events, by destination
    takings: Mapping[str, Noted | None]  # what each destination takes now; None: not on record
    settings: Sequence[Noted]
    refused: Sequence[Told]  # with what persons did about it
    parked: Mapping[str, int]  # messages, by destination, now
    kept_back_unknown: Sequence[str]  # destinations
    heads: Sequence[Head]
    keys: Sequence[str]
    unreadable: int
    missing: int
    is_thinned: bool  # readings of it may have been removed since


def day_of(store: StoreBeside, day: date, *, now_ns: int, tell: Callable[[int], None]) -> Day:
    """Gather a day; of today, what there is by `now_ns`.

    Raises StoreUnusable: what a store is known by cannot be read. Raises StoreFailed: the disk fails.
    """
    meta, catalogues = store.meta(), Catalogues(store)
    gateway = meta.get("gateway")
    if not isinstance(gateway, str):
        raise StoreUnusable(store.path, "damaged", "meta")
    zone = zone_of(catalogues.newest())
    whole = _whole(day, zone)
    period, is_over = _covered(whole, begun_ns=_begun(store, meta), now_ns=now_ns), now_ns >= whole.to_ns
    listener, stops = DayEvents(period), DayStops(period)

    def hear(noted: Noted) -> None:
        listener.hear(noted)
        stops.hear(noted)

    history = History(also=hear)
    history.catch_up(store)
    stops.close()
    destinations = store.destinations()
    of_readings = [Fates(store, history, name) for name in destinations]
    count = DayCount(catalogues, period, of_readings, stops)
    _take_all(count, unpacked(store, period, tell=tell))
    holes = count.end(listener.catalogue, is_over=is_over)
    taken_out = listener.taken_out
    alarms, lost_alarms = alarms_of(
        store, period, also=lambda each: taken_out.hear(each, str(each["event"]), int(each["utc_ns"]))
    )
    return Day(
        date=day,
        zone=zone,
        period=period,
        is_over=is_over,
        gateway=gateway,
        catalogue=catalogues.content(count.newest or listener.catalogue or ""),
        destinations=destinations,
        devices=count.devices,
        holes=stops.explained(holes),
        gaps=[
            *(gap for gap in history.gaps if gap.overlaps(period.from_ns, period.to_ns)),
            *listener.stopped_since(),
        ],
        links=list(listener.lost_links()),
        alarms=alarms,
        stops=stops.found(),
        interlocks=listener.interlocks,
        taken_out=taken_out.found(),
        laxer=list(laxer_limits(map(catalogues.content, listener.catalogues), day)),
        fates=[Fates(store, history, name, Lane.EVENT) for name in destinations],
        takings={each.destination: each.takings.newest for each in of_readings},
        settings=listener.settings,
        refused=list(history.destinations.refusals.between(period.from_ns, period.to_ns)),
        parked=_parked(store),
        kept_back_unknown=[each.destination for each in of_readings if not each.is_understood],
        heads=[_checked(store, gateway, head) for head in store.heads_signed(period.from_ns, period.to_ns)],
        keys=sorted(store.keys()),
        unreadable=count.damaged + lost_alarms + len(history.unreadable),
        missing=missing_records(store, period),
        is_thinned=is_thinned(store, period),
    )


def _take_all(count: DayCount, records: Iterable[Unpacked]) -> None:
    for record in records:
        try:
            count.take(record)
        except UNREADABLE:
            count.damaged += 1


def _covered(whole: Period, *, begun_ns: int, now_ns: int) -> Period:
    """Return a day without the time before the store began, and without what is yet to come."""
    to_ns = max(whole.from_ns, min(whole.to_ns, now_ns))
    return Period(min(to_ns, max(whole.from_ns, begun_ns)), to_ns)


def _whole(day: date, zone: ZoneInfo) -> Period:
    first, after = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return Period(nanoseconds(first), nanoseconds(after))


def _begun(store: StoreBeside, meta: Json) -> int:
    """Return the earliest time on record: before it nothing was to be expected."""
    created_ns = meta.get("created_ns")
    times = [created_ns] if isinstance(created_ns, int) else []
    for epoch, lane in store.lanes():
        times += [each.first_ns for each in store.times(epoch, lane, 1, SEQ_MAX, limit=1)]
    return min(times, default=0)


def _parked(store: StoreBeside) -> Mapping[str, int]:
    parked: Counter[str] = Counter()
    for epoch, lane in store.lanes():
        parked.update(each.destination for each in store.destined(epoch, lane) if each.parked)
    return parked


def _checked(store: StoreBeside, gateway: str, head: SignedHead) -> Head:
    signed = text(gateway, head.epoch, head.lane, head.seq, head.chain, head.signed_ns)
    key = store.keys().get(head.fingerprint, b"")
    rows = store.rows(head.epoch, head.lane, head.seq, limit=1)
    is_own = bool(rows) and (rows[0].seq, rows[0].chain) == (head.seq, head.chain)
    return Head(head, is_own and verify(key, head.signature, signed))
