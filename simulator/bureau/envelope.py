"""The ministry's envelope, opened: header appsecret, body {appid, data}, data in SM4-CBC.

`data` is the ciphertext as upper-case hexadecimal digits; SM4-CBC with PKCS7
padding, key and IV (128 bits each) issued by the department. CBC has no
integrity of its own: a wrong key shows as broken padding or as text that is no
JSON, and either is refused with a clear answer.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK_BITS: Final = 128
_BLOCK_HEX_DIGITS: Final = 32
_UPPER_HEX: Final = re.compile(r"[0-9A-F]+")


class Refusal(Exception):
    """A message that the platform does not take: an HTTP status and a sentence why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


class Unauthorised(Refusal):
    """Wrong appid or appsecret."""

    def __init__(self, what: str) -> None:
        super().__init__(401, f"{what} is not the one that was issued")


class Undecodable(Refusal):
    """An envelope or a text that cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, reason)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the department issues to a gateway; key and IV as 32 hexadecimal digits each."""

    appid: str
    appsecret: str
    key: str
    iv: str

    @classmethod
    def issue(cls) -> "Credentials":
        """Make a fresh set."""
        key, iv = secrets.token_hex(16), secrets.token_hex(16)
        return cls("demo-" + secrets.token_hex(4), secrets.token_hex(16), key, iv)


def open_envelope(body: bytes, appsecret: str | None, issued: Credentials) -> Mapping[str, object]:
    """Return the JSON object inside an envelope.

    Raises Unauthorised for a wrong appsecret or appid, Undecodable for the rest.
    """
    if appsecret is None or not secrets.compare_digest(appsecret.encode(), issued.appsecret.encode()):
        raise Unauthorised("header appsecret")
    envelope = _json_object(body, "body")
    if envelope.get("appid") != issued.appid:
        raise Unauthorised("appid")
    data = envelope.get("data")
    if not isinstance(data, str):
        raise Undecodable("data is missing")
    return _json_object(decrypt(data, issued), "decrypted data")


def decrypt(data: str, issued: Credentials) -> bytes:
    """Return the plain text of upper-case hexadecimal SM4-CBC ciphertext; raises Undecodable."""
    if not _UPPER_HEX.fullmatch(data) or len(data) % _BLOCK_HEX_DIGITS:
        raise Undecodable("data is not upper-case hexadecimal in whole blocks of 16 bytes")
    cipher = Cipher(algorithms.SM4(bytes.fromhex(issued.key)), modes.CBC(bytes.fromhex(issued.iv)))
    decryptor, unpadder = cipher.decryptor(), padding.PKCS7(_BLOCK_BITS).unpadder()
    padded = decryptor.update(bytes.fromhex(data)) + decryptor.finalize()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as fault:
        raise Undecodable("data does not decrypt: wrong key, IV, mode or padding") from fault


def _json_object(text: bytes, what: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except ValueError as fault:  # JSONDecodeError and UnicodeDecodeError alike
        raise Undecodable(f"{what} is not JSON") from fault
    if not isinstance(value, dict):
        raise Undecodable(f"{what} is not a JSON object")
    return value
