"""Certificates of every kind, right and wrong, from a few keys that are made once: keys are slow to make."""

import datetime
from collections.abc import Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from drivers.clock import SystemClock

NOW = datetime.datetime.fromtimestamp(SystemClock().now_ns() // 10**9, datetime.UTC)
DAY = datetime.timedelta(days=1)
SERVER_URI = "urn:plant:server"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Return the key of this name, the same one each time; `short` has 1024 bits."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name == "short" else 2048)


def certificate(
    name: str = "server",
    *,
    key: Any = None,
    uri: str | None = SERVER_URI,
    hosts: Sequence[str] = ("127.0.0.1",),
    since: datetime.datetime = NOW - DAY,
    until: datetime.datetime = NOW + 90 * DAY,
) -> x509.Certificate:
    """Return a certificate that signs itself with the key of its name."""
    key = key or rsa_key(name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [_host(host) for host in hosts]
    names += [x509.UniformResourceIdentifier(uri)] if uri else []
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def elliptic() -> ec.EllipticCurvePrivateKey:
    """Return a key that is not RSA."""
    return ec.generate_private_key(ec.SECP256R1())


def pem_of(key: rsa.RSAPrivateKey) -> bytes:
    """Return a key as it stands in a file."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
