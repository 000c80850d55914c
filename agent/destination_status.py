"""How one destination stands, as JSON: part of what /api/v1/status answers."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from agent import words_destination
from agent.gateway import Gateway
from agent.records import Json
from agent.uplinks.forward import Forwarder
from agent.uplinks.results import Results
from config.model import Text
from config.uplink import Uplink

NS_PER_S: Final = 1_000_000_000


def destination_status(gateway: Gateway, name: str, uplink: Uplink) -> Json:
    """Return a snapshot of a destination.

    `state` is up, partly (up, and messages of some kind fail all the same), down, absent
    or unusable.
    """
    backlog = gateway.outbox.backlog(name)
    forwarder = gateway.forwarders.get(name)
    return {
        "name": name,
        "absent": uplink.absent,
        "backlog_records": backlog.records,
        "backlog_items": backlog.items,
        "oldest_ns": backlog.oldest_ns,
        "parked": len(gateway.outbox.parked(name)),
        **(
            _idle(gateway.unusable.get(name), uplink)
            if forwarder is None
            else _forwarding(forwarder, gateway)
        ),
    }


def _idle(why: Text | None, uplink: Uplink) -> Json:
    return {
        "state": "absent" if uplink.absent else "unusable",
        "kept_back": [],
        "confirmed": 0,
        "last_error": asdict(why) if why else None,
        "failing": [],
        "awaited": None,
    }


def _forwarding(forwarder: Forwarder, gateway: Gateway) -> Json:
    standing = forwarder.standing
    failing = list(_failing(forwarder, gateway.plant.timezone))
    up = "partly" if failing else "up"
    return {
        "state": up if standing.up.is_set() else "down",
        "kept_back": list(forwarder.quarantine.points),
        "confirmed": standing.counts.messages,
        "last_error": asdict(standing.last_error) if standing.last_error else None,
        "failing": failing,
        "awaited": None if forwarder.results is None else _awaited(forwarder.results, gateway),
    }


def _failing(forwarder: Forwarder, timezone: str) -> Iterator[Json]:
    for each in forwarder.standing.failing.values():
        yield {
            "kind": each.kind.value,
            "messages": each.messages,
            "since_ns": each.since_ns,
            "attempts": each.attempts,
            "text": asdict(words_destination.kind_fails(each, timezone)),
        }


def _awaited(results: Results, gateway: Gateway) -> Json | None:
    """Return what waits for a result that the platform gives later; None if nothing does."""
    if not results.awaited:
        return None
    since_ns = min(each.since_ns for each in results.awaited.values())
    waited_s = max(gateway.clock.now_ns() - since_ns, 0) / NS_PER_S
    return {
        "messages": len(results.awaited),
        "records": results.records,
        "since_ns": since_ns,
        "text": asdict(words_destination.awaited(len(results.awaited), waited_s, results.trouble)),
    }
