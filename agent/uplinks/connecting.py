"""From a connection that could not be made to a verdict, in words that say where to look."""

import ssl

from agent.uplinks import messages
from agent.uplinks.uplink import Unknown


def judge_connect_fault(fault: Exception, where: str, timeout_s: float) -> Unknown:
    """Return the verdict; nothing has arrived, so the message is simply tried again."""
    if isinstance(fault, ssl.SSLError):
        return Unknown(messages.tls(where, str(fault)))
    if isinstance(fault, ConnectionRefusedError):
        return Unknown(messages.refused(where))
    if isinstance(fault, TimeoutError):
        return Unknown(messages.unreachable(where, f"{timeout_s:g} s"))
    return Unknown(messages.unreachable(where, str(fault) or type(fault).__name__))
