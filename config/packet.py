"""A packet of bytes as it stands in a plant file: a text, or hexadecimal digits.

DTUs send such packets beside the data: one that names them when they dial in, and
one every so often that keeps the mobile network from forgetting them.
"""

from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from config.base import Part
from config.fault import Objection

PACKET_BYTES_MAX: Final = 64
"""Makers allow 40 bytes at most; we have seen no longer one."""


class PacketEntry(Part):
    """Exactly one of a text and hexadecimal digits."""

    text: str | None = Field(None, description="文本 / a text")
    hex: str | None = Field(None, description="十六进制，如 01 FF / hexadecimal digits, e.g. 01 FF")

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if (self.text is None) == (self.hex is None):
            raise Objection("packet-forms")
        try:
            size = len(self.content)
        except ValueError:
            raise Objection("packet-hex", value=self.hex) from None
        if not 0 < size <= PACKET_BYTES_MAX:
            raise Objection("packet-size", size=size, most=PACKET_BYTES_MAX)
        return self

    @property
    def content(self) -> bytes:
        """The bytes on the wire."""
        return bytes.fromhex(self.hex) if self.hex is not None else (self.text or "").encode()


def _from_text(value: Any) -> Any:
    if isinstance(value, int | float):
        raise Objection("not-text", value=value)
    return {"text": value} if isinstance(value, str) else value


Packet = Annotated[PacketEntry, BeforeValidator(_from_text, json_schema_input_type=str | PacketEntry)]
"""A packet: a text, or `{hex: 01 FF}`."""
