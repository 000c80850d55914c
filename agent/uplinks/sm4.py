"""The ministry's cipher: SM4-CBC with PKCS7 padding, as upper-case hexadecimal.

The scheme has a fixed initial vector and no integrity check; TLS below it
carries both. It is what the departments issue, so it is what we speak.
"""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_BYTES: Final = 16


class KeyMalformed(Exception):
    """A key or initial vector is not 32 hexadecimal digits; `which` names it, its value is never shown."""

    def __init__(self, which: str) -> None:
        super().__init__(f"sm4.{which} is not 32 hexadecimal digits")
        self.which = which


class Sm4Cbc:
    """Encrypts with the key and initial vector that the department issued."""

    def __init__(self, key_hex: str, iv_hex: str) -> None:
        """Take both as hexadecimal. Raises KeyMalformed."""
        self._key = _bytes("key", key_hex)
        self._iv = _bytes("iv", iv_hex)

    def encrypt(self, plain: bytes) -> str:
        """Return the ciphertext as upper-case hexadecimal."""
        padder = PKCS7(algorithms.SM4.block_size).padder()
        encryptor = Cipher(algorithms.SM4(self._key), modes.CBC(self._iv)).encryptor()
        padded = padder.update(plain) + padder.finalize()
        return (encryptor.update(padded) + encryptor.finalize()).hex().upper()


def _bytes(which: str, text: str) -> bytes:
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        raise KeyMalformed(which) from None
    if len(value) != KEY_BYTES:
        raise KeyMalformed(which)
    return value
