"""systemd's notification socket: READY, STOPPING, WATCHDOG (sd_notify(3))."""

import os
import socket
from collections.abc import Mapping


def notify(*lines: str, environ: Mapping[str, str] = os.environ) -> None:
    """Tell systemd, if it listens. A missing or dead socket is no fault of ours."""
    address = environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as messenger:
        try:
            messenger.sendto("\n".join(lines).encode(), address)
        except OSError:
            return


def watchdog_interval_s(environ: Mapping[str, str] = os.environ) -> float | None:
    """Return how often WATCHDOG=1 is due: half of what the unit allows; None when it asks for none."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    allowed_us = environ.get("WATCHDOG_USEC")
    return int(allowed_us) / 2e6 if allowed_us else None
