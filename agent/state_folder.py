"""The state folder: where it is by default, and how the control socket in it is reached."""

import contextlib
import os
from collections.abc import Generator
from pathlib import Path
from typing import Final

STATE_DEFAULT: Final = Path("/var/lib/edge-agent")
SOCKET_NAME: Final = "control.sock"
PKI_NAME: Final = "pki"
"""Our own OPC UA certificate, and the servers that we trust."""


@contextlib.contextmanager
def socket_address(folder: Path) -> Generator[str, None, None]:
    """Yield an address for the control socket that holds however deep `folder` lies.

    A unix address has room for 107 bytes; the folder is named by its descriptor instead.
    Raises OSError: the folder is not there, or may not be entered.
    """
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_NAME}"
    finally:
        os.close(descriptor)
