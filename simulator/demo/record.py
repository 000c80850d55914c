"""The accounting for programs: accounting.json in the state folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from simulator.demo.accounting import NS_PER_S, Accounting, Alarm, Destination

ACCOUNTING: Final = "accounting.json"
_FIRST_FEW: Final = 10


def write_json(accounting: Accounting, folder: Path) -> Path:
    """Write accounting.json and return its path; raises OSError."""
    path = folder / ACCOUNTING
    path.write_text(json.dumps(as_json(accounting), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def as_json(accounting: Accounting) -> Mapping[str, Any]:
    """Return the accounting as plain data; times in seconds, lists cut after the first few."""
    acceptance, run = accounting.acceptance, accounting.run
    return {
        "complete": accounting.complete,
        "served": {
            "responses": acceptance.responses,
            "readings": acceptance.served,
            "accepted": acceptance.accepted,
            "in_gaps": acceptance.in_gaps,
            "after_stop": acceptance.after_stop,
            "missing": len(acceptance.missing),
            "first_missing": [
                {"point": r.point, "block": r.block, "utc_ns": r.utc_ns, "value": r.value}
                for r in acceptance.missing[:_FIRST_FEW]
            ],
            "unfounded": len(acceptance.unfounded),
            "first_unfounded": [
                {"point": r.point.id, "block": r.block, "utc_ns": r.utc_ns, "value": r.value}
                for r in acceptance.unfounded[:_FIRST_FEW]
            ],
        },
        "stored": {"readings": accounting.stored_readings, "good": accounting.stored_good},
        "gaps": [
            {"cause": gap.cause, "from_ns": gap.from_ns, "to_ns": gap.to_ns, "items": gap.items}
            for gap in accounting.gaps
        ],
        "destinations": {name: _destination_json(d) for name, d in accounting.destinations.items()},
        "alarms": [_alarm_json(alarm) for alarm in accounting.alarms],
        "start_to_first_reading_s": accounting.first_reading_s,
        "agent": {
            "run_s": (run.stop_ns - run.begin_ns) / NS_PER_S,
            "cpu_s": run.usage.cpu_s,
            "cpu_s_at_start": run.at_start.cpu_s,
            "cpu_share": accounting.cpu_share,
            "rss_bytes": run.usage.rss_bytes,
        },
    }


def _destination_json(destination: Destination) -> Mapping[str, Any]:
    books, delivery = destination.books, destination.delivery
    if books is None or delivery is None:
        return {"absent": destination.absent}
    return {
        "absent": None,
        "complete": delivery.complete,
        "entitled": {"readings": delivery.entitled_readings, "records": delivery.entitled_records},
        "received": {
            "readings": delivery.received_readings,
            "alarms": len(books.alarms),
            "events": books.events,
            "messages": books.messages,
        },
        "duplicates": {
            "messages": books.repeats,
            "readings": sum(reading.copies - 1 for reading in books.readings.values()),
        },
        "left_for_next_start": {"readings": delivery.left_readings, "records": delivery.left_records},
        "missing_readings": len(delivery.missing_readings),
        "first_missing_readings": [
            {"epoch": r.epoch, "seq": r.seq, "index": r.index, "point": r.point.id, "utc_ns": r.utc_ns}
            for r in delivery.missing_readings[:_FIRST_FEW]
        ],
        "missing_records": [list(r) for r in delivery.missing_records[:_FIRST_FEW]],
        "contradicted": [list(i) for i in delivery.contradicted[:_FIRST_FEW]],
        "never_accepted": [list(i) for i in delivery.never_accepted[:_FIRST_FEW]],
        "numbers": {
            "last": max(books.numbers, default=0),
            "missing": list(delivery.missing_numbers[:_FIRST_FEW]),
        },
        "attempts": dict(books.attempts),
    }


def _alarm_json(alarm: Alarm) -> Mapping[str, Any]:
    rule = alarm.crossing.rule
    return {
        "rule": rule.id,
        "limit": rule.limit,
        "unit": rule.point.unit,
        "crossed_ns": alarm.crossing.first_ns,
        "on_delay_s": rule.on_delay_s,
        "delay_s": {name: arrival.delay_s for name, arrival in alarm.arrivals.items()},
        "outage": sorted(name for name, arrival in alarm.arrivals.items() if arrival.outage),
        "standing": sorted(name for name, arrival in alarm.arrivals.items() if arrival.standing),
    }
