"""Whose signatures an examiner goes by: a key's fingerprint, or a file with the key."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from string import hexdigits
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from agent import words_evidence
from buffering.heads import fingerprint
from config.model import Text

DIGITS: Final = 64
_SEPARATORS: Final = str.maketrans("", "", ": ")


class NoKey(Exception):
    """What was given names no key. `text` says what is asked for."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def trusted(files: Iterable[Path], fingerprints: Iterable[str]) -> Iterator[str]:
    """Yield the fingerprints of keys. Raises NoKey."""
    yield from map(_of_file, files)
    yield from map(_of_text, fingerprints)


def _of_text(text: str) -> str:
    digits = text.translate(_SEPARATORS).lower()
    if len(digits) != DIGITS or not set(digits) <= set(hexdigits):
        raise NoKey(words_evidence.no_fingerprint(text))
    return digits


def _of_file(path: Path) -> str:
    try:
        return fingerprint(_public(path.read_bytes()))
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoKey(words_evidence.no_key(str(path), getattr(error, "strerror", None) or "PEM?")) from error


def _public(pem: bytes) -> bytes:
    """Return the 32 bytes of a public key, also from the private one. Raises ValueError, TypeError."""
    key = load_pem_private_key(pem, None) if b"PRIVATE KEY" in pem else load_pem_public_key(pem)
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    if not isinstance(public, Ed25519PublicKey):
        raise TypeError(type(key).__name__)
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
