"""What every part of a plant file has in common: unknown keys are faults, quantities carry units."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from config.quantity import parse_bytes, parse_seconds

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
"""A key of a map in the plant file: lower-case letters, digits and hyphens."""

Seconds = Annotated[
    float, BeforeValidator(parse_seconds), Field(ge=0, json_schema_extra={"type": ["string", "number"]})
]
"""A duration, written with its unit: `500 ms`, `30s`, `10 min`."""

Bytes = Annotated[int, BeforeValidator(parse_bytes), Field(gt=0)]
"""A size, written with its unit: `20GB`, `64 MB`."""


class Part(BaseModel):
    """A part of a file: frozen, and a key that it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Names(Part):
    """A name for people, in Chinese and English."""

    zh: str
    en: str
