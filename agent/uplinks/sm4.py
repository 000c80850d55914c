"""SM4 as platforms ask for it: CBC or ECB, PKCS5 padding, hexadecimal or Base64.

ECB shows equal blocks as equal, and neither mode notices tampering; both are
what departments prescribe, so TLS and the ids in the message have to make up for it.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Final, Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from config.key_form import read_key

Encoding = Literal["HEX", "hex", "base64"]

_WRITE: Final[Mapping[Encoding, Callable[[bytes], str]]] = {
    "HEX": lambda cipher: cipher.hex().upper(),
    "hex": bytes.hex,
    "base64": lambda cipher: base64.b64encode(cipher).decode("ascii"),
}


class KeyMalformed(Exception):
    """A key or initial vector is not 16 bytes in any known form; `which` names it, never its value."""

    def __init__(self, which: str) -> None:
        super().__init__(f"sm4.{which} is not 16 bytes in any known form")
        self.which = which


class Sm4:
    """Encrypts with the key and initial vector that the department issued."""

    def __init__(self, key: str, iv: str | None, encoding: Encoding = "HEX") -> None:
        """Take both as issued; without `iv` the mode is ECB. Raises KeyMalformed."""
        self._key = _bytes("key", key)
        self._mode = modes.ECB() if iv is None else modes.CBC(_bytes("iv", iv))  # noqa: S305
        self._write = _WRITE[encoding]

    def encrypt(self, plain: bytes) -> str:
        """Return the ciphertext in the encoding that was asked for."""
        padder = PKCS7(algorithms.SM4.block_size).padder()
        encryptor = Cipher(algorithms.SM4(self._key), self._mode).encryptor()
        padded = padder.update(plain) + padder.finalize()
        return self._write(encryptor.update(padded) + encryptor.finalize())


def _bytes(which: str, text: str) -> bytes:
    value = read_key(text)
    if value is None:
        raise KeyMalformed(which)
    return value
