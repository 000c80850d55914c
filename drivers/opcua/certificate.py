"""Our own certificate: made when somebody asks for it, never by the running agent.

A new one has to be trusted at every server by hand. One that appeared by itself
would take a plant's data away until somebody has done so.

Files: <pki>/own/certificate.der, <pki>/own/key.pem (0600)
"""

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from drivers.clock import Clock
from drivers.opcua import identity
from drivers.opcua.faults import OwnCertificateMissing, OwnCertificateUnusable

KEY_BITS: Final = 2048
"""What every secured server takes; some PLCs take no more."""
DAYS_DEFAULT: Final = 5 * 365
APPLICATION_NAME: Final = "Edge Gateway Agent"
COMMON_NAME_MAX: Final = 64  # characters, RFC 5280 appendix A

_SLACK: Final = timedelta(days=1)  # for a PLC whose clock is behind ours


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """Our certificate and its key, as they stand in their files."""

    path: Path
    certificate: x509.Certificate
    key_pem: bytes

    @property
    def application_uri(self) -> str:
        """What we must call ourselves: a server compares it with the certificate."""
        return identity.uris(self.certificate)[0]

    @property
    def fingerprint(self) -> str:
        """Its SHA-256, to be compared at the server."""
        return identity.fingerprint(self.certificate)


def certificate_path(pki: Path) -> Path:
    """Return where our certificate stands."""
    return pki / "own" / "certificate.der"


def key_path(pki: Path) -> Path:
    """Return where its key stands."""
    return pki / "own" / "key.pem"


def application_uri(host: str) -> str:
    """Return what a gateway of this name calls itself."""
    return f"urn:{host}:edge-gateway-agent"


def load_own(pki: Path, where: str, clock: Clock) -> OwnCertificate:
    """Return our certificate; `where` is the server that wants it, for the sentence.

    Raises OwnCertificateMissing, OwnCertificateUnusable.
    """
    path = certificate_path(pki)
    try:
        certificate = identity.load(path.read_bytes())
        key_pem = key_path(pki).read_bytes()
        key = serialization.load_pem_private_key(key_pem, None)
    except FileNotFoundError:
        raise OwnCertificateMissing(where, path=str(path)) from None
    except (OSError, ValueError, TypeError) as error:
        detail = error.strerror if isinstance(error, OSError) else "not a certificate and its key"
        raise OwnCertificateUnusable(where, str(detail), path=str(path)) from error
    until = certificate.not_valid_after_utc
    if key.public_key() != certificate.public_key():
        raise OwnCertificateUnusable(where, "key.pem is another certificate's", path=str(path))
    if not identity.uris(certificate):
        raise OwnCertificateUnusable(where, "no application URI", path=str(path))
    if until.timestamp() * 1e9 < clock.now_ns():
        raise OwnCertificateUnusable(where, f"expired {identity.moment(until)}", path=str(path))
    return OwnCertificate(path, certificate, key_pem)


def make_own(pki: Path, hosts: Iterable[str], *, days: int, now_ns: int) -> OwnCertificate:
    """Make a key and a certificate that it signs itself, and write both; the first host names us.

    The files get the owner of the folder they stand in: an administrator makes them,
    the agent reads them. Raises OSError.
    """
    names = tuple(dict.fromkeys(hosts))
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    certificate = _self_signed(key, names, days, now_ns)
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = certificate_path(pki)
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    # The key first: a certificate without its key looks like a whole pair, a key alone like none.
    _write(key_path(pki), key_pem, 0o600)
    _write(path, identity.der_of(certificate), 0o644)
    return OwnCertificate(path, certificate, key_pem)


def own_like(folder: Path, *paths: Path) -> None:
    """Give `paths` the owner of `folder`, where we may: what root makes, the agent must read."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file whole or not at all, never readable by more than `mode` says."""
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    unfinished.replace(path)


def _self_signed(key: rsa.RSAPrivateKey, hosts: tuple[str, ...], days: int, now_ns: int) -> x509.Certificate:
    now = datetime.fromtimestamp(now_ns // 10**9, tz=UTC)
    common_name = f"{APPLICATION_NAME} {hosts[0]}"[:COMMON_NAME_MAX]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    uri = x509.UniformResourceIdentifier(application_uri(hosts[0]))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([uri, *map(_host, hosts)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(issuer, critical=False)
        .sign(key, hashes.SHA256())
    )


_USAGE: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=True,
    data_encipherment=True,
    key_agreement=False,
    key_cert_sign=True,  # it signs itself; servers on OpenSSL and mbedTLS ask for it
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
"""OPC 10000-6, 6.2.2."""


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
