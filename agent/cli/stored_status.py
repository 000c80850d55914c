"""What a store says while its agent does not run: until when it records, what platforms are still to get."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from agent.evidence.catalogues import Catalogues
from agent.evidence.zone import shown, zone_of
from agent.uplinks.quarantine import PREFIX, Quarantine
from buffering.beside import StoreBeside
from buffering.database import FILE
from buffering.errors import StoreFailed, StoreUnusable


def stored_status(state: Path) -> dict[str, Any] | None:
    """Return it; None: there is no store, or none that can be read."""
    if not (state / FILE).exists():
        return None
    try:
        with closing(StoreBeside(state / FILE)) as store:
            return _read(store)
    except (StoreFailed, StoreUnusable):
        return None


def lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield it for people."""
    when, size = found["recorded_until"], found["size_bytes"] / 1e6
    yield f"{found['plant']}: 存储记录到 / its store records up to {when}, {size:.1f} MB"
    for each in found["destinations"]:
        yield (
            f"平台 / destination {each['name']}: 待发 / backlog {each['backlog_records']} 条记录 / records, "
            f"搁置 / set aside {each['parked']} 条报文 / messages"
            + (f", 拒收测点 / points refused: {', '.join(each['kept_back'])}" if each["kept_back"] else "")
        )


def _read(store: StoreBeside) -> dict[str, Any]:
    meta, catalogues = store.meta(), Catalogues(store)
    until_ns = meta.get("last_commit_ns")
    zone = zone_of(catalogues.newest())
    return {
        "running": False,
        "plant": str(meta.get("gateway")),
        "recorded_until": shown(until_ns if isinstance(until_ns, int) else None, zone),
        "size_bytes": store.path.stat().st_size,
        "destinations": [_destination(store, name) for name in store.destinations()],
    }


def _destination(store: StoreBeside, name: str) -> dict[str, Any]:
    backlog = parked = 0
    for epoch, lane in store.lanes():
        head = store.head(epoch, lane)
        for each in store.destined(epoch, lane):
            if each.destination != name:
                continue
            if each.parked:
                parked += 1
            elif head is not None:
                last = head.seq if each.last is None else min(each.last, head.seq)
                backlog += max(0, last - each.first + 1)
    return {
        "name": name,
        "backlog_records": backlog,
        "parked": parked,
        "kept_back": list(Quarantine(name, store.state(PREFIX)).points),
    }
