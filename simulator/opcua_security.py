"""Security of a simulated OPC UA server: what the plant file asks for, with throw-away secrets.

A certificate and a user's secret are made at each start. The agent is not made to
trust them: the overlay names the certificate's file and the secrets, as it names
the endpoint, and an overlay is something that a person puts on the command line.
"""

import datetime
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config.opcua_link import OpcUa, OpcUaUser
from simulator.port import LOOPBACK

_LIFETIME: Final = datetime.timedelta(days=40)
"""Longer than the agent's warning of certificates that run out."""
_SLACK: Final = datetime.timedelta(hours=1)
_TYPES: Final = ua.SecurityPolicyType


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        """The certificate as it goes over the wire."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        """The key as it stands in a file."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


class OneUser(UserManager):
    """Lets in the one user that the plant file names; everybody, where it names none."""

    def __init__(self, name: str | None, password: str, certificate: bytes | None) -> None:
        self._name = name
        self._password = password
        self._certificate = certificate

    def get_user(
        self, iserver: Any, username: str | None = None, password: str | None = None, certificate: Any = None
    ) -> User | None:
        """Return the user, or None for whoever else it is."""
        if self._certificate is not None:
            is_known = certificate == self._certificate
        else:
            is_known = (username, password) == (self._name, self._password)
        return User(role=UserRole.User) if is_known else None


class SimulatedSecurity:
    """What one server shows and asks for."""

    def __init__(self, connection_id: str, settings: OpcUa, folder: Path, now_ns: int) -> None:
        """Make the secrets; `folder` takes the files that the overlay names."""
        self.application_uri = f"urn:simulated:{connection_id}"
        self._settings = settings
        self._folder = folder
        self._id = connection_id
        now = datetime.datetime.fromtimestamp(now_ns / 1e9, datetime.UTC)
        self._server: Pair | None = None
        if settings.is_secured or settings.user is not None:
            hosts = [LOOPBACK, "localhost", settings.certificate_host or "localhost"]
            self._server = _pair(f"Simulated {connection_id}", now, self.application_uri, hosts)
        user = settings.user
        self._password = secrets.token_urlsafe(12)
        self._user: Pair | None = None
        if user is not None and user.certificate is not None:
            self._user = _pair("Simulated user", now, None, [])

    @property
    def users(self) -> UserManager | None:
        """Who is let in; None: everybody."""
        user = self._settings.user
        if user is None:
            return None
        return OneUser(user.name, self._password, self._user.der if self._user else None)

    async def apply(self, server: Server) -> None:
        """Have the server show its certificate, and offer what is asked for and nothing else."""
        await server.set_application_uri(self.application_uri)
        server.set_security_policy(_policies(self._settings))
        server.set_identity_tokens([_token(self._settings.user)])
        if self._server is not None:
            await server.load_certificate(self._server.der)
            await server.load_private_key(self._server.key_pem, format="pem")

    def overlay(self) -> dict[str, object]:
        """Write what the agent needs, and return what the overlay says of it. Raises OSError."""
        said: dict[str, object] = {}
        if self._server is not None:
            said["trusted"] = self._write("server", self._server.der)
        user = self._settings.user
        if self._user is not None:
            certificate = self._write("user", self._user.der)
            said["user"] = {"certificate": certificate, "key": self._user.key_pem.decode()}
        elif user is not None:
            said["user"] = {"password": self._password}
        return said

    def _write(self, whose: str, der: bytes) -> str:
        path = self._folder / f"opcua-{self._id}-{whose}.der"
        path.write_bytes(der)
        return str(path)


def _policies(settings: OpcUa) -> list[ua.SecurityPolicyType]:
    if settings.is_secured:
        return [_TYPES[settings.security.replace("/", "_")]]
    # A password must find a policy to be encrypted by, even where messages are not.
    extra = [_TYPES.Basic256Sha256_SignAndEncrypt] if settings.user is not None else []
    return [_TYPES.NoSecurity, *extra]


def _token(user: OpcUaUser | None) -> type:
    if user is None:
        return ua.AnonymousIdentityToken
    return ua.UserNameIdentityToken if user.certificate is None else ua.X509IdentityToken


def _pair(name: str, now: datetime.datetime, uri: str | None, hosts: list[str]) -> Pair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    names: list[x509.GeneralName] = [_host(host) for host in dict.fromkeys(hosts)]
    names += [x509.UniformResourceIdentifier(uri)] if uri is not None else []
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Pair(builder.sign(key, hashes.SHA256()), key)


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
