"""The connections' statistics as metrics; every name is explained in docs/metrics.md."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from agent.exposition import Exposition, Labels, Sample
from drivers.driver import Driver
from drivers.statistics import LATENCY_BOUNDS_S, Exchanges, Statistics

_Links = Mapping[str, Statistics]

_OF_A_LINK: Final[tuple[tuple[str, str, Callable[[Statistics], int]], ...]] = (
    ("connects", "Times that the connection was made", lambda s: s.connects),
    ("overruns", "Slots skipped because the one before was not done", lambda s: s.overruns.total()),
    ("sent_bytes", "Bytes sent", lambda s: s.bytes_sent),
    ("received_bytes", "Bytes received", lambda s: s.bytes_received),
    ("discarded_bytes", "Bytes received that belonged to no frame", lambda s: s.discarded_bytes),
    ("unsolicited_frames", "Answers that nobody had asked for", lambda s: s.unsolicited),
    ("echoes", "Own requests that the adapter handed back", lambda s: s.echoes),
    ("foreign_requests", "Requests of another master on the line", lambda s: s.foreign_requests),
    ("notifications", "Notifications or polls that brought values", lambda s: s.notifications),
)

_OF_A_UNIT: Final[tuple[tuple[str, str, Callable[[Exchanges], int]], ...]] = (
    ("requests", "Requests sent", lambda e: e.requests),
    ("replies", "Right answers", lambda e: e.replies),
    ("timeouts", "Requests that were not answered in time", lambda e: e.timeouts),
    ("wrong_replies", "Answers that did not fit their request, bad check sums among them", lambda e: e.wrong),
    ("crc_errors", "Answers with a bad check sum", lambda e: e.crc_errors),
    ("late_replies", "Answers that came after their time", lambda e: e.late),
)


def add_links(exposition: Exposition, drivers: tuple[Driver, ...], now_ns: int) -> None:
    """Add all families about connections and the units behind them."""
    links = {driver.connection_id: driver.statistics for driver in drivers}
    for name, help_, link_count in _OF_A_LINK:
        samples: list[Sample] = [({"connection": link}, link_count(s)) for link, s in links.items()]
        exposition.counter(f"edge_agent_link_{name}_total", help_, samples)
    exposition.gauge(
        "edge_agent_link_busy_ratio",
        "Share of the last minute in which the connection was taken by a request",
        [({"connection": link}, s.whole.busy.share(now_ns)) for link, s in links.items()],
    )
    _add_units(exposition, links, now_ns)


def _add_units(exposition: Exposition, links: _Links, now_ns: int) -> None:
    units = list(_units(links))
    for name, help_, count in _OF_A_UNIT:
        exposition.counter(f"edge_agent_{name}_total", help_, [(labels, count(e)) for labels, e in units])
    exposition.counter(
        "edge_agent_exceptions_total",
        "Exceptions by code: of Modbus, or the status code of OPC UA",
        [
            ({**labels, "code": str(code)}, n)
            for labels, e in units
            for code, n in sorted(e.exceptions.items())
        ],
    )
    exposition.gauge(
        "edge_agent_busy_ratio",
        "Share of the last minute in which requests to this unit took the connection",
        [(labels, e.busy.share(now_ns)) for labels, e in units],
    )
    exposition.gauge(
        "edge_agent_last_good_timestamp_seconds",
        "When the last right answer came",
        [(labels, None if e.last_good_ns is None else e.last_good_ns / 1e9) for labels, e in units],
    )
    exposition.histogram(
        "edge_agent_reply_seconds",
        "How long answers took, exceptions among them",
        LATENCY_BOUNDS_S,
        [(labels, e.latency, e.latency_s) for labels, e in units],
    )


def _units(links: _Links) -> Iterator[tuple[Labels, Exchanges]]:
    for link, statistics in links.items():
        if not statistics.units:
            yield {"connection": link, "unit": ""}, statistics.whole
        for unit_id in sorted(statistics.units):
            yield {"connection": link, "unit": str(unit_id)}, statistics.units[unit_id]
