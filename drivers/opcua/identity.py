"""What is read from an X.509 certificate: names, times, key; OPC 10000-6, 6.2.2 says where they stand."""

import hashlib
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_PEM: Final = b"-----BEGIN"
_SEQUENCE: Final = 0x30


def load(data: bytes) -> x509.Certificate:
    """Return the certificate in `data`: PEM or DER, told by its content. Of a chain, the first.

    Raises ValueError.
    """
    read = x509.load_pem_x509_certificate if _PEM in data else x509.load_der_x509_certificate
    certificate = read(data if _PEM in data else _first(data))
    try:
        _touch(certificate.extensions, certificate.public_key(), certificate.signature_hash_algorithm)
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error
    return certificate


def _touch(*_: object) -> None:
    """Have parts of a certificate parsed, which happens when they are asked for."""


def _first(der: bytes) -> bytes:
    """Cut the first certificate off a chain: servers send theirs with those of its issuers behind it."""
    if len(der) < 4 or der[0] != _SEQUENCE or not 0x81 <= der[1] <= 0x84:
        return der
    octets = der[1] & 0x7F
    return der[: 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")]


def der_of(certificate: x509.Certificate) -> bytes:
    """Return the certificate as it goes over the wire."""
    return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the whole certificate, in pairs of hexadecimal digits: `3A:0F:…`."""
    return hashlib.sha256(der_of(certificate)).digest().hex(":").upper()


def subject(certificate: x509.Certificate) -> str:
    """Return the subject's names, e.g. `CN=PLC-1,O=Plant`."""
    return certificate.subject.rfc4514_string()


def uris(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the application URIs."""
    return tuple(_alternatives(certificate).get_values_for_type(x509.UniformResourceIdentifier))


def hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the host names and addresses."""
    names = _alternatives(certificate)
    addresses = (str(address) for address in names.get_values_for_type(x509.IPAddress))
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def is_for_host(certificate: x509.Certificate, host: str) -> bool:
    """Return whether the certificate names this host. An address in the place of a name counts too."""
    return _plain(host) in {_plain(name) for name in hosts(certificate)}


def _plain(host: str) -> str:
    bare = host.strip("[]").rstrip(".").lower()
    try:
        return str(ip_address(bare))
    except ValueError:
        return bare


def weakness(certificate: x509.Certificate, least_bits: int) -> str:
    """Return what is weak about a certificate, e.g. `RSA 1024`, `SHA1`; "" if nothing is."""
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return type(key).__name__.removesuffix("PublicKey").lstrip("_")
    if key.key_size < least_bits:
        return f"RSA {key.key_size}"
    algorithm = certificate.signature_hash_algorithm
    if algorithm is not None and algorithm.name in ("md5", "sha1"):
        return algorithm.name.upper()
    return ""


def moment(at: datetime) -> str:
    """Return a time for people, to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _alternatives(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return x509.SubjectAlternativeName([])
