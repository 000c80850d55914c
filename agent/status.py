"""The state of a running agent as JSON: what /api/v1/status answers and the live view shows."""

import resource
from collections.abc import Mapping
from dataclasses import asdict

from agent.area_state import areas_now, gates_now
from agent.destination_status import destination_status
from agent.gateway import Gateway
from agent.link_status import link_status
from agent.out_of_use import out_of_use
from agent.records import Json
from buffering.outbox import SignedHead
from buffering.record import Lane
from config.model import Device


def status(gateway: Gateway) -> Json:
    """Return a snapshot."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    now_ns = gateway.clock.now_ns()
    return {
        "plant": gateway.plant.id,
        "name": asdict(gateway.plant.name),
        "timezone": gateway.plant.timezone,
        "start_ns": gateway.started_ns,
        "uptime_s": (now_ns - gateway.started_ns) / 1e9,
        "first_reading_ns": gateway.pipeline.first_good_ns,
        "devices": [_device(gateway, device) for device in gateway.plant.devices.values()],
        "settings": gateway.pipeline.reports.settings.differing(),
        "flood": gateway.engine.flood,
        "out_of_use": out_of_use(gateway),
        "areas": areas_now(gateway),
        "gates": gates_now(gateway),
        "alarms": [_alarm(alarm) for alarm in gateway.engine.standing()],
        "destinations": [destination_status(gateway, *item) for item in gateway.plant.uplinks.items()],
        "links": [link_status(gateway, connection_id) for connection_id in gateway.plant.connections],
        "store": _store(gateway),
        "process": {
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "rss_bytes": usage.ru_maxrss * 1024,
            "faults": dict(gateway.supervisor.faults),
        },
    }


def _device(gateway: Gateway, device: Device) -> Json:
    points = []
    for point in device.points:
        latest = gateway.latest.of(point.id)
        points.append(
            {
                "id": point.id,
                "name": asdict(point.name),
                "value": latest.value,
                "unit": point.unit,
                "quality": latest.quality.word,
                "utc_ns": latest.utc_ns,
            }
        )
    return {
        "id": device.id,
        "name": asdict(device.name),
        "connection": device.connection_id,
        "points": points,
    }


def _alarm(alarm: Mapping[str, object]) -> Json:
    return {
        "rule": alarm["rule"],
        "state": alarm["event"],
        "priority": alarm["priority"],
        "text": alarm["text"],
        "since_ns": alarm["utc_ns"],
        "value": alarm["value"],
        "limit": alarm["limit"],
        "unit": alarm["unit"],
    }


def _signed(head: SignedHead) -> Json:
    return {
        "epoch": head.epoch,
        "lane": head.lane.value,
        "seq": head.seq,
        "chain": head.chain.hex(),
        "signed_ns": head.signed_ns,
        "fingerprint": head.fingerprint,
        "signature": head.signature.hex(),
    }


def _store(gateway: Gateway) -> Json:
    trouble, holding = gateway.outbox.trouble, gateway.outbox.upkeep.holding
    return {
        "holding": {**asdict(holding), "days": holding.days} if holding else None,
        "signed": [_signed(head) for head in gateway.outbox.upkeep.signed.values()],
        "epoch": gateway.outbox.opened.epoch,
        "begun": gateway.outbox.opened.begun,
        "salvaging": gateway.outbox.mending.is_salvaging,
        "heads": {lane.value: gateway.outbox.head(lane) for lane in Lane},
        "stopgap": asdict(gateway.stopgap) if gateway.stopgap else None,
        "trouble": asdict(trouble) if trouble else None,
    }
