"""From a connection that could not be made to a verdict, in words that say where to look.

Nothing has arrived, so the message is simply tried again; what differs is who
has to mend it. A certificate that is judged by a clock that is wrong is no
certificate's fault: where dates are in question, this machine's clock comes first.
"""

import errno
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import anyio

from agent.uplinks import words_connect as words
from agent.uplinks.messages import refused, unreachable
from agent.uplinks.uplink import Unknown
from config.model import Text
from drivers.clock import Clock

# OpenSSL's X509_V_ERR_…, which Python hands on as verify_code.
NOT_YET_VALID: Final = 9
EXPIRED: Final = 10
UNKNOWN_CA: Final = frozenset({2, 18, 19, 20, 21, 24})
WRONG_HOST: Final = frozenset({62, 64})

NO_SUCH_SOURCE: Final = frozenset({errno.EADDRNOTAVAIL, errno.ENODEV})
NO_TLS_THERE: Final = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "RECORD_LAYER_FAILURE",
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
    }
)
HUNG_UP: Final = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, anyio.EndOfStream)
"""Nothing of it can come before a connection stands: one that is refused says so."""
OUR_CERTIFICATE: Final[Mapping[str, str]] = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "certificate required",
    "TLSV1_ALERT_UNKNOWN_CA": "unknown authority",
    "SSLV3_ALERT_BAD_CERTIFICATE": "bad certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "expired",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "revoked",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "unknown certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "handshake failure",
    "TLSV1_ALERT_ACCESS_DENIED": "access denied",
}
"""What the other end complains of, by OpenSSL's name of its alert."""


def judge_connect_fault(fault: BaseException, where: str, timeout_s: float, clock: Clock) -> Unknown:
    """Return the verdict on a connection to `where` that failed with `fault`, whatever wraps it."""
    if (complaint := tls_complaint(fault, where)) is not None:
        return Unknown(complaint)
    reasons = list(chain(fault))
    for reason in reasons:
        if isinstance(reason, ssl.SSLWantReadError):  # what the handshake waited for when the time was up
            return Unknown(words.says_nothing(where))
        if isinstance(reason, ssl.SSLError):
            return Unknown(_tls(reason, where, clock))
        if isinstance(reason, socket.gaierror):
            return Unknown(words.dns(where, reason.strerror or str(reason)))
        if isinstance(reason, ConnectionRefusedError):
            return Unknown(refused(where))
        if isinstance(reason, HUNG_UP):
            return Unknown(words.hangs_up(where))
    if any(isinstance(reason, TimeoutError) for reason in reasons):
        return Unknown(unreachable(where, f"{timeout_s:g} s"))
    if any(isinstance(reason, OSError) and reason.errno in NO_SUCH_SOURCE for reason in reasons):
        return Unknown(words.no_such_source(where))
    last = reasons[-1]
    return Unknown(unreachable(where, str(last) or type(last).__name__))


def tls_complaint(fault: BaseException, where: str) -> Text | None:
    """Return what the other end says of our certificate; it may say it only after the handshake."""
    for reason in chain(fault):
        for alert, complaint in OUR_CERTIFICATE.items():
            if alert in str(reason):
                return words.our_certificate(where, complaint)
    return None


def chain(fault: BaseException) -> Iterator[BaseException]:
    """Yield a fault and what lies behind it."""
    seen: BaseException | None = fault
    while seen is not None:
        yield seen
        if isinstance(seen, BaseExceptionGroup):
            for each in seen.exceptions:
                yield from chain(each)
        seen = seen.__cause__ or seen.__context__


def _tls(fault: ssl.SSLError, where: str, clock: Clock) -> Text:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _certificate(fault, where, clock)
    if fault.reason == "UNEXPECTED_EOF_WHILE_READING":
        return words.hangs_up(where)
    if fault.reason in NO_TLS_THERE:
        return words.no_tls_there(where)
    return words.tls(where, str(fault))


def _certificate(fault: ssl.SSLCertVerificationError, where: str, clock: Clock) -> Text:
    code = fault.verify_code
    if code in (EXPIRED, NOT_YET_VALID):
        now = datetime.fromtimestamp(clock.now_ns() / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
        said = words.expired if code == EXPIRED else words.not_yet_valid
        return said(where, now, synchronised=clock.synchronised())
    if code in WRONG_HOST:
        return words.wrong_host(where, fault.verify_message)
    if code in UNKNOWN_CA:
        return words.unknown_ca(where)
    return words.tls(where, fault.verify_message)
