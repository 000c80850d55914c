"""Whom to dial, as it is written: an IP address or a host name, and nothing else with it.

What stands in a browser's address line or in a serial server's manual, 10.0.0.1:502
or http://10.0.0.1, would be looked up as a name, and the agent would go on about
cables. 192.168.1.999 would be too, and 192.168.1.010 is 192.168.1.8 to some systems.
"""

import re
from ipaddress import ip_address
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.fault import Objection

_URL: Final = re.compile(r"^[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)", re.IGNORECASE)
_WITH_PORT: Final = re.compile(r"^(\[[^\]]+\]|[^:\[\]]+):(\d{1,5})$")
_NAME: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?")


def can_be_host(text: str) -> bool:
    """Return whether a text is an IP address or a host name, as far as its form goes."""
    try:
        ip_address(text)
    except ValueError:
        has_letter = re.search(r"[A-Za-z]", text) is not None
        return has_letter and _NAME.fullmatch(text) is not None
    return True


def checked_host(text: str) -> str:
    """Return the host. Raises Objection `host-is-url`, `host-with-port` or `host-wrong`."""
    if can_be_host(text):
        return text
    if match := _URL.match(text):
        raise Objection("host-is-url", value=text, host=match[1].strip("[]"))
    if match := _WITH_PORT.match(text):
        raise Objection("host-with-port", value=text, host=match[1].strip("[]"), port=match[2])
    raise Objection("host-wrong", value=text)


Host = Annotated[str, Field(min_length=1), AfterValidator(checked_host)]
