"""Texts of a server that may be none: OPC UA strings are UTF-8, and some servers send GBK all the same.

The library hands over what is no UTF-8 as lone surrogates (`surrogateescape`). Such a
text can neither be stored nor printed, and to guess its encoding would be to invent it.
"""


def is_text(text: str) -> bool:
    """Whether the server's bytes were UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def raw_bytes(text: str) -> str:
    """Return the bytes that the server sent, in hexadecimal, for a person who knows what they mean."""
    return text.encode("utf-8", "surrogateescape").hex(" ").upper()


def shown(text: str) -> str:
    """Return what can be shown of a name: bytes that are no UTF-8 become replacement characters."""
    return text if is_text(text) else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
