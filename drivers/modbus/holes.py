"""Holes that were learnt, as bytes that outlive a restart.

They hold for one plan only: what the plant file says of the unit's table. The
plan's digest is kept with them, and another plan starts with a clean sheet.
"""

import hashlib
import json
from collections.abc import Collection

from config.source import Table
from drivers.modbus.plan import Layout
from drivers.modbus.spans import Range


def kept_key(connection_id: str, unit_id: int, table: Table) -> str:
    """Return the key under which the holes of one table of one unit are kept."""
    return f"holes/{connection_id}/{unit_id}/{table.value}"


def pack_holes(holes: Collection[Range], layout: Layout) -> bytes | None:
    """Return the bytes to keep; None where there is nothing to keep."""
    content = {"plan": _digest(layout), "holes": sorted(holes)}
    return json.dumps(content, separators=(",", ":")).encode() if holes else None


def unpack_holes(kept: bytes | None, layout: Layout) -> frozenset[Range]:
    """Return the holes that were kept for this very plan; none where it has changed, or nothing was kept."""
    if kept is None:
        return frozenset()
    content = json.loads(kept)
    if content["plan"] != _digest(layout):
        return frozenset()
    return frozenset((first, end) for first, end in content["holes"])


def _digest(layout: Layout) -> str:
    limits = layout.limits
    plan = [
        sorted((period_s, [span.range for span in spans]) for period_s, spans in layout.spans.items()),
        [limits.gap, limits.count, limits.even, sorted(limits.forbidden), sorted(limits.readable)],
    ]
    return hashlib.sha256(json.dumps(plan).encode()).hexdigest()[:16]
