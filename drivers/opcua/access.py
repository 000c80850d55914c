"""What is needed to reach one server: its settings, our certificate and trust, and who we are to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from config.credential import MissingCredential, resolve
from config.opcua_link import OpcUa
from drivers.clock import Clock
from drivers.opcua import identity
from drivers.opcua.faults import (
    CertificateUnreadable,
    TrustedFileUnusable,
    UserUnusable,
    UserVariableMissing,
)
from drivers.opcua.trust import Expected, TrustStore, objections

PORT_DEFAULT = 4840


@dataclass(frozen=True, slots=True)
class User:
    """Who logs in: a name with its password, or a certificate with its key."""

    name: str = ""
    password: str = ""
    certificate: x509.Certificate | None = None
    key: rsa.RSAPrivateKey | None = None

    @property
    def label(self) -> str:
        """What the user is called in a sentence."""
        return self.name if self.certificate is None else identity.subject(self.certificate)


@dataclass(frozen=True, slots=True)
class Access:
    """One connection's way to a server. `pki` is the folder of certificates, `environ` holds the secrets."""

    connection_id: str
    settings: OpcUa
    pki: Path
    environ: Mapping[str, str]
    clock: Clock

    @property
    def where(self) -> str:
        """The server, as sentences name it."""
        return self.settings.endpoint

    @property
    def url(self) -> str:
        """The endpoint with its port: 4840 where the plant file gives none."""
        parts = urlsplit(self.settings.endpoint)
        if parts.port is not None:
            return self.settings.endpoint
        return parts._replace(netloc=f"{parts.netloc}:{PORT_DEFAULT}").geturl()

    @property
    def is_verified(self) -> bool:
        """Whether the server must show a certificate that we trust: for security, and before any password."""
        return self.settings.is_secured or self.settings.user is not None

    def trusted(self) -> tuple[x509.Certificate, ...]:
        """Return what is trusted for this connection. Raises OSError, TrustedFileUnusable."""
        trusted = [each.certificate for each in TrustStore(self.pki).of(self.connection_id)]
        return (*trusted, *self._named())

    def _named(self) -> tuple[x509.Certificate, ...]:
        file = self.settings.trusted
        if file is None:
            return ()
        try:
            return (identity.load(Path(file).read_bytes()),)
        except (OSError, ValueError) as error:
            detail = error.strerror or "" if isinstance(error, OSError) else ""
            raise TrustedFileUnusable(self.where, detail, path=file) from error

    def expected(self, application_uri: str | None) -> Expected:
        """Return whom we want to speak to; the server calls itself `application_uri`."""
        host = self.settings.certificate_host or urlsplit(self.settings.endpoint).hostname or ""
        return Expected(self.connection_id, self.where, host, application_uri or "")

    def check_server(self, der: bytes | None, application_uri: str | None) -> x509.Certificate:
        """Return the server's certificate if it can be accepted. Raises SecurityFault."""
        try:
            certificate = identity.load(der or b"")
            trusted = self.trusted()
        except ValueError as error:
            raise CertificateUnreadable(self.where) from error
        except OSError as error:
            raise CertificateUnreadable(self.where, f"{error.filename}: {error.strerror}") from error
        fault = next(objections(certificate, self.expected(application_uri), trusted, self.clock), None)
        if fault is not None:
            raise fault
        return certificate

    def user(self) -> User | None:
        """Return who logs in; None for nobody. Raises UserUnusable, UserVariableMissing."""
        user = self.settings.user
        if user is None:
            return None
        try:
            if user.certificate is None:
                assert user.name is not None  # config: name and password go together
                assert user.password is not None
                return User(user.name, resolve(user.password, self.environ))
            return self._certified(user.certificate, resolve(user.key or "", self.environ))
        except MissingCredential as missing:
            if missing.kind == "env":
                raise UserVariableMissing(self.where, name=missing.name) from missing
            raise UserUnusable(self.where, missing.name) from missing

    def _certified(self, file: str, key_pem: str) -> User:
        try:
            certificate = identity.load(Path(file).read_bytes())
            key = serialization.load_pem_private_key(key_pem.encode(), None)
        except (OSError, ValueError, TypeError) as error:
            raise UserUnusable(self.where, file) from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
            raise UserUnusable(self.where, file)
        return User(certificate=certificate, key=key)
