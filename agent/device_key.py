"""The device's key, which signs the heads of the chain: a credential, else made once in the state folder.

As a credential `device-key` (PEM, PKCS 8, as `openssl genpkey -algorithm ed25519`
writes it) it can be kept where whoever takes the storage does not find it.
"""

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from agent import words_store
from agent.records import Json
from buffering.heads import fingerprint
from config.credential import MissingCredential, resolve
from config.model import Text

log = logging.getLogger(__name__)

CREDENTIAL: Final = "${credential:device-key}"
FILE: Final = "device-key.pem"
STATE_KEY: Final = "device-key"
"""In the store's state: the fingerprint of the key that was in use before."""

Source = Literal["credential", "state-folder"]


class KeyUnusable(Exception):
    """The key cannot be had; the agent works without signatures. `text` says why and the mend."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """An Ed25519 key; the outbox's `Signer`."""

    private: Ed25519PrivateKey
    source: Source

    @property
    def public_key(self) -> bytes:
        """The 32 bytes by which others verify."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, in hexadecimal."""
        return fingerprint(self.public_key)

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes (RFC 8032)."""
        return self.private.sign(data)

    def event(self) -> Json:
        """Return the event that tells which key signs from now on."""
        return {
            "kind": "device-key",
            "fingerprint": self.fingerprint,
            "public_key": self.public_key.hex(),
            "source": self.source,
        }


def device_key(state: Path, environ: Mapping[str, str]) -> DeviceKey:
    """Return the key, making it if there is none.

    Raises KeyUnusable: what is there is no Ed25519 key, or none can be made.
    """
    with suppress(MissingCredential):
        return _read(resolve(CREDENTIAL, environ).encode(), "credential", "device-key")
    path = state / FILE
    try:
        if not path.exists():
            _make(path)
        return _read(path.read_bytes(), "state-folder", str(path))
    except OSError as error:
        raise KeyUnusable(words_store.key_not_kept(str(path), error.strerror or str(error))) from error


def _read(pem: bytes, source: Source, name: str) -> DeviceKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(words_store.key_wrong(name)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(words_store.key_wrong(name))
    return DeviceKey(key, source)


def _make(path: Path) -> None:
    """Write a new key, for the owner alone; either whole or not at all. Raises OSError."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, pem)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    log.info("made a device key: %s", path)
