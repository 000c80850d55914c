"""One connection in the status: up or down and why, what was noticed, and its statistics."""

from collections.abc import Iterable
from dataclasses import asdict

from agent.gateway import Gateway
from agent.records import Json
from drivers.messages import describe, describe_note
from drivers.passed import Shown
from drivers.statistics import LATENCY_BOUNDS_S, Exchanges, Statistics


def link_status(gateway: Gateway, connection_id: str) -> Json:
    """Return the part of /api/v1/status about one connection."""
    link = gateway.pipeline.links.get(connection_id)
    text = describe(link.fault) if link is not None and link.fault is not None else None
    driver = next((d for d in gateway.drivers if d.connection_id == connection_id), None)
    return {
        "connection": connection_id,
        "up": link is not None and link.up,
        "text": asdict(text) if text else None,
        "notes": [
            {"code": note.code, "since_ns": note.utc_ns, "text": asdict(describe_note(note))}
            for note in (driver.notes if driver else ())
        ],
        "statistics": statistics_of(driver.statistics, gateway.clock.monotonic_ns()) if driver else None,
    }


def frames_of(frames: Iterable[Shown]) -> list[Json]:
    """Return what passed on a wire last, oldest first."""
    return [
        {
            "utc_ns": shown.passed.utc_ns,
            "sent": shown.passed.sent,
            "hex": shown.passed.data.hex(" "),
            "is": shown.words,
        }
        for shown in frames
    ]


def statistics_of(statistics: Statistics, now_ns: int) -> Json:
    """Return statistics as data; times in seconds, times of day in nanoseconds UTC."""
    return {
        **_exchanges(statistics.total, now_ns),
        "reconnects": statistics.reconnects,
        "overruns": statistics.overruns.total(),
        "bytes_sent": statistics.bytes_sent,
        "bytes_received": statistics.bytes_received,
        "discarded_bytes": statistics.discarded_bytes,
        "unsolicited": statistics.unsolicited,
        "echoes": statistics.echoes,
        "foreign_requests": statistics.foreign_requests,
        "notifications": statistics.notifications,
        "latency_bounds_s": list(LATENCY_BOUNDS_S),
        "units": {
            str(unit_id): _exchanges(unit, now_ns) for unit_id, unit in sorted(statistics.units.items())
        },
    }


def _exchanges(exchanges: Exchanges, now_ns: int) -> Json:
    answered = exchanges.answered
    return {
        "requests": exchanges.requests,
        "replies": exchanges.replies,
        "timeouts": exchanges.timeouts,
        "wrong_replies": exchanges.wrong,
        "crc_errors": exchanges.crc_errors,
        "late_replies": exchanges.late,
        "exceptions": {str(code): count for code, count in sorted(exchanges.exceptions.items())},
        "latency": list(exchanges.latency),
        "mean_s": exchanges.latency_s / answered if answered else None,
        "p50_s": exchanges.within_s(0.5) if answered else None,
        "p99_s": exchanges.within_s(0.99) if answered else None,
        "busy_share": exchanges.busy.share(now_ns),
        "last_good_ns": exchanges.last_good_ns,
    }
