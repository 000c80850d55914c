"""What every part of a plant file has in common: unknown keys are faults, quantities carry units."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from config.fault import Objection
from config.host import can_be_host
from config.quantity import BYTES_PER, SECONDS_PER, Quantity, parse_bytes, parse_quantity, parse_seconds
from config.unit import UNITS

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
"""A key of a map in the plant file: lower-case letters, digits and hyphens."""


def _written(units: list[str], *examples: str) -> WithJsonSchema:
    """Return the JSON Schema of a number with one of `units`, so that an editor checks it."""
    names = "|".join(unit.replace("/", r"\/") for unit in sorted(units, key=len, reverse=True))
    pattern = rf"^\s*[+-]?\d+(\.\d+)?\s*({names})\s*$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_DURATION = _written(list(SECONDS_PER), "1 s", "500 ms", "10 min")

Seconds = Annotated[float, BeforeValidator(parse_seconds), Field(ge=0), _DURATION]
"""A duration, written with its unit: `500 ms`, `30s`, `10 min`."""

Interval = Annotated[float, BeforeValidator(parse_seconds), Field(gt=0), _DURATION]
"""A duration that cannot be 0: how often something happens."""

Bytes = Annotated[
    int, BeforeValidator(parse_bytes), Field(gt=0), _written(list(BYTES_PER), "20 GB", "500 MB")
]
"""A size, written with its unit: `20GB`, `64 MB`."""

_LIMIT = _written([*UNITS, "℃", "m³/h", "mg/m³"], "24 ppm", "4.5 MPa", "70 °C")

AMOUNT_FORMS: Final = (_LIMIT.json_schema, {"type": "number"})
"""JSON Schemas of a limit as it is written."""

Amount = Annotated[
    Quantity,
    BeforeValidator(parse_quantity),
    WithJsonSchema({"anyOf": list(AMOUNT_FORMS)}),
]
"""A limit or a deadband, written with its unit: `24 ppm`, `4.5 MPa`; a bare number for a state (0 or 1)."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Text of a certain form; anything else is refused with a sentence of its own, never a bare pattern."""

    pattern: str
    code: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check after the text has been found to be text."""
        return no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the pattern."""
        return {**handler(schema), "pattern": self.pattern}

    def _checked(self, value: str) -> str:
        if re.search(self.pattern, value) is None:
            raise Objection(self.code, value=value)
        return value


def host_and_port(code: str) -> AfterValidator:
    """Refuse an address whose host or port cannot be: `http://[::1`, `opc.tcp://192.168.1.999`."""

    def check(value: str) -> str:
        try:
            parts = urlsplit(value)
            can_be = can_be_host(parts.hostname or "") and parts.port != 0
        except ValueError:
            can_be = False
        if not can_be:
            raise Objection(code, value=value)
        return value

    return AfterValidator(check)


class Part(BaseModel):
    """A part of a file: frozen, and a key that it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Names(Part):
    """A name for people, in Chinese and English."""

    zh: str = Field(min_length=1, description="中文名称 / Chinese name")
    en: str = Field(min_length=1, description="英文名称 / English name")


def _both(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Name = Annotated[
    Names,
    BeforeValidator(_both, json_schema_input_type=str | Names),
]
"""A name: one text for both languages, or `{zh: …, en: …}`."""
