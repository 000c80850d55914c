"""A key or an initial vector as departments issue it: 16 bytes, written in one of three ways.

32 hexadecimal digits, 16 characters taken as they are, or Base64. Their lengths
differ (32, 16, 24), so that none can be taken for another.
"""

import base64
import binascii
from typing import Final

KEY_BYTES: Final = 16
HEX_DIGITS: Final = 32
BASE64_CHARACTERS: Final = 24


def read_key(text: str) -> bytes | None:
    """Return the 16 bytes that `text` stands for; None if it is none of the three forms."""
    text = text.strip()
    try:
        if len(text) == HEX_DIGITS:
            return binascii.unhexlify(text)
        if len(text) == BASE64_CHARACTERS:
            value = base64.b64decode(text, validate=True)
            return value if len(value) == KEY_BYTES else None
        return text.encode("ascii") if len(text) == KEY_BYTES else None
    except ValueError:  # binascii.Error and UnicodeEncodeError alike
        return None
