"""The former name of an uplink: it must be nobody's name now, and one uplink's only."""

from collections.abc import Mapping

from config.fault import Findings
from config.position import Layers
from config.uplink import Uplink


def check_formerly(uplinks: Mapping[str, Uplink], source: Layers, findings: Findings) -> None:
    """Tell where a former name would take another uplink's backlog."""
    first: dict[str, str] = {}
    for id_, uplink in uplinks.items():
        if uplink.formerly is None:
            continue
        place = source.place("uplinks", id_, "formerly")
        if uplink.formerly in uplinks:
            findings.fault(place, "formerly-in-use", former=uplink.formerly)
        elif (other := first.setdefault(uplink.formerly, id_)) != id_:
            findings.fault(place, "formerly-twice", former=uplink.formerly, other=other)
