"""What a gateway must be told to reach the simulated platform: overlay-platform.yaml and platform.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from simulator.bureau.endpoint import path_of
from simulator.bureau.envelope import Credentials

OVERLAY: Final = "overlay-platform.yaml"
PLATFORM: Final = "platform.json"

_STRAIGHT: Final[Mapping[str, object]] = {"source": None, "second": None}
"""No way but loopback: neither another interface nor another address of the real platform."""


def ministry_http(destination: str, port: int, ca: Path, issued: Credentials) -> Mapping[str, object]:
    """Return the overlay of an HTTPS destination."""
    return {
        "ministry-http": {
            "url": f"https://127.0.0.1:{port}{path_of(destination)}",
            "appid": issued.appid,
            "appsecret": issued.appsecret,
            "sm4": {"key": issued.key, **({"iv": issued.iv} if issued.mode == "CBC" else {})},
            "tls": {"ca": str(ca.resolve()), "certificate": None, "key": None},
            **_STRAIGHT,
            "proxy": None,
        }
    }


def mqtt(port: int) -> Mapping[str, object]:
    """Return the overlay of an MQTT destination: loopback, without TLS and without the plant's password."""
    nobody = {"username": None, "password": None}
    return {"mqtt": {"host": "127.0.0.1", "port": port, "tls": None, **nobody, **_STRAIGHT}}


def hj212(port: int, password: str) -> Mapping[str, object]:
    """Return the overlay of a destination that speaks HJ 212."""
    return {"hj212": {"host": "127.0.0.1", "port": port, "password": password, **_STRAIGHT}}


def absent(reason: str) -> Mapping[str, object]:
    """Return the overlay of a destination that is not there."""
    return {"absent": reason}


def write_overlay(folder: Path, uplinks: Mapping[str, Mapping[str, object]]) -> None:
    """Write the overlay for the agent; raises OSError."""
    text = yaml.safe_dump({"uplinks": dict(uplinks)}, allow_unicode=True, sort_keys=False)
    (folder / OVERLAY).write_text(text, encoding="utf-8")


def write_address(folder: Path, port: int, ca: Path) -> None:
    """Write where the platform's own people look: the address that no gate stands before."""
    address = {"status": f"https://127.0.0.1:{port}/status", "ca": str(ca.resolve())}
    (folder / PLATFORM).write_text(json.dumps(address), encoding="utf-8")
