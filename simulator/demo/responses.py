"""What the simulated devices served: the lines of served.jsonl, read back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.served import Outcome

Value = bool | int | float


@dataclass(frozen=True, slots=True)
class Response:
    """One response of one device. `source_ns` holds the device's own times where it gives any."""

    utc_ns: int
    connection: str
    block: str
    outcome: Outcome
    values: Mapping[str, Value]
    source_ns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ServedReading:
    """One value that went out on the wire, and could therefore be had."""

    connection: str
    block: str
    point: str
    utc_ns: int
    source_ns: int | None
    value: Value


def read_responses(path: Path) -> tuple[Response, ...]:
    """Return all responses in the order they were written; raises OSError, ValueError."""
    with path.open(encoding="utf-8") as lines:
        return tuple(_response(json.loads(line)) for line in lines)


def served_readings(responses: Iterable[Response]) -> Iterator[ServedReading]:
    """Yield every value of the responses that were served, not spoiled, late or silent."""
    for response in responses:
        if response.outcome is Outcome.SERVED:
            for point, value in response.values.items():
                source_ns = response.source_ns.get(point)
                yield ServedReading(
                    response.connection, response.block, point, response.utc_ns, source_ns, value
                )


def _response(line: Mapping[str, object]) -> Response:
    values, source_ns = line["values"], line.get("source_ns") or {}
    assert isinstance(values, dict)
    assert isinstance(source_ns, dict)
    assert isinstance(line["utc_ns"], int)
    return Response(
        line["utc_ns"],
        str(line["connection"]),
        str(line["block"]),
        Outcome(str(line["outcome"])),
        values,
        source_ns,
    )
