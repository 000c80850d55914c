"""Which server certificates are trusted, and whether one can be accepted.

A certificate is trusted whole, by its fingerprint, for one connection: by
`edge-agent opcua trust`, or by the file that the plant file names. No authority is
trusted, so none can vouch for another server, and there is nothing to revoke but
the trust itself. Trust alone is not enough: the certificate must be in its time,
name the host that is dialled and the application that answers, and be strong.

Files: <pki>/trusted/<connection>/<SHA-256>.der
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from drivers.clock import Clock
from drivers.opcua import identity
from drivers.opcua.faults import (
    CertificateChanged,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUntrusted,
    CertificateWeak,
    CertificateWrongHost,
    CertificateWrongUri,
    ClockInDoubt,
    SecurityFault,
)

KEY_BITS_MIN: Final = 2048
"""Of RSA, in all policies that we speak: OPC 10000-7, Basic256Sha256, Aes128 and Aes256."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted certificate: for which connection, and in which file."""

    connection_id: str
    path: Path
    certificate: x509.Certificate


class TrustStore:
    """The folder of trusted certificates, read anew each time: what is trusted now holds at once."""

    def __init__(self, pki: Path) -> None:
        self._folder = pki / "trusted"

    def all(self) -> tuple[Trusted, ...]:
        """Return every trusted certificate, by connection."""
        folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        return tuple(trusted for folder in folders for trusted in self.of(folder.name))

    def of(self, connection_id: str) -> tuple[Trusted, ...]:
        """Return what is trusted for one connection. Raises OSError where it may not be read."""
        return tuple(self._read(connection_id))

    def add(self, connection_id: str, certificate: x509.Certificate) -> Path:
        """Trust a certificate; returns its file. Raises OSError."""
        folder = self._folder / connection_id
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        name = identity.fingerprint(certificate).replace(":", "").lower()
        path = folder / f"{name}.der"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(identity.der_of(certificate))
        return unfinished.replace(path)

    def _read(self, connection_id: str) -> Iterator[Trusted]:
        folder = self._folder / connection_id
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if (certificate := read_certificate(path)) is not None and path.suffix != ".part":
                yield Trusted(connection_id, path, certificate)


def read_certificate(path: Path) -> x509.Certificate | None:
    """Return the certificate in a file; None if there is none in it. Raises OSError."""
    try:
        return identity.load(path.read_bytes())
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Expected:
    """Whom a connection wants to speak to. `application_uri` is what the server calls itself."""

    connection_id: str
    where: str
    host: str
    application_uri: str


def objections(
    certificate: x509.Certificate, expected: Expected, trusted: tuple[x509.Certificate, ...], clock: Clock
) -> Iterator[SecurityFault]:
    """Yield everything that is wrong with a server's certificate, trust first."""
    where, mark = expected.where, identity.fingerprint(certificate)
    marks = [identity.fingerprint(other) for other in trusted]
    if mark not in marks:
        known = {
            "connection": expected.connection_id,
            "fingerprint": mark,
            "subject": identity.subject(certificate),
        }
        if marks:
            yield CertificateChanged(where, trusted=", ".join(marks), **known)
        else:
            yield CertificateUntrusted(where, **known)
    if weakness := identity.weakness(certificate, KEY_BITS_MIN):
        yield CertificateWeak(where, fingerprint=mark, weakness=weakness)
    if (fault := _out_of_time(certificate, where, mark, clock)) is not None:
        yield fault
    if not identity.is_for_host(certificate, expected.host):
        hosts = ", ".join(identity.hosts(certificate)) or "–"
        yield CertificateWrongHost(where, fingerprint=mark, host=expected.host, hosts=hosts)
    uris = identity.uris(certificate)
    if expected.application_uri not in uris:
        yield CertificateWrongUri(
            where, fingerprint=mark, uri=expected.application_uri or "–", uris=", ".join(uris) or "–"
        )


def _out_of_time(certificate: x509.Certificate, where: str, mark: str, clock: Clock) -> SecurityFault | None:
    now = datetime.fromtimestamp(clock.now_ns() / 1e9, tz=UTC)
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if since <= now <= until:
        return None
    times = {"now": identity.moment(now), "since": identity.moment(since), "until": identity.moment(until)}
    if not clock.synchronised():
        return ClockInDoubt(where, fingerprint=mark, **times)
    if now < since:
        return CertificateNotYetValid(where, fingerprint=mark, **times)
    return CertificateExpired(where, fingerprint=mark, **times)
