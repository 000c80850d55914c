"""What is a secret stands in a plant file by reference only."""

from collections.abc import Mapping
from typing import Final

from config.credential import looks_like_reference, parse_reference
from config.fault import Findings
from config.position import Layers, Origin

SECRETS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "connections": (
        ("opcua", "user", "password"),
        ("opcua", "user", "key"),
    ),
    "uplinks": (
        ("ministry-http", "appsecret"),
        ("ministry-http", "sm4", "key"),
        ("ministry-http", "sm4", "iv"),
        ("ministry-http", "proxy", "password"),
        ("ministry-http", "second", "proxy", "password"),
        ("mqtt", "password"),
        ("hj212", "password"),
    ),
}
"""By section, the ways down from an entry to its secrets."""


def check_secrets(source: Layers, findings: Findings) -> None:
    """Tell every secret that is written out, and every reference that is none."""
    for section, ways in SECRETS.items():
        entries = source.data.get(section) if isinstance(source.data, dict) else None
        for id_ in entries if isinstance(entries, dict) else ():
            for way in ways:
                _check(Origin(source, (section, id_, *way)), findings)


def _check(origin: Origin, findings: Findings) -> None:
    value: object = origin.layers.data
    for key in origin.loc:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str) or parse_reference(value) is not None:
        return
    if looks_like_reference(value):
        findings.fault(origin.place(), "secret-reference", value=value)
    elif origin.place().file == origin.layers.layers[0][0].file:
        # An overlay of a simulated plant may hold its throw-away secrets; a plant file may not.
        findings.fault(origin.place(), "secret-in-file", key=origin.loc[-1])
