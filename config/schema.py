"""JSON Schema (Draft 2020-12) of a plant file, made from the very models that check it.

What only resolution knows is added: the names of the profiles at hand, so that an
editor completes them. Names of connections and areas stand in the plant file
itself; no schema can list those.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from config import layouts
from config.fault import Findings, Place
from config.library import SITE_PROFILES, Library
from config.plant import PlantEntry

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def plant_schema(profile_dirs: Sequence[Path] = (SITE_PROFILES,)) -> dict[str, Any]:
    """Return the schema, as plain JSON values.

    Raises InvalidPlant when a folder of profiles is missing or a profile cannot be read.
    """
    findings = Findings()
    profiles = _profiles(Library(profile_dirs, findings))
    findings.raise_if_faulty()
    schema = PlantEntry.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    device = schema["$defs"]["DeviceEntry"]["properties"]
    device["profile"] = {**_described(device["profile"]), "oneOf": profiles}
    layout = schema["$defs"]["Uplink"]["properties"]["layout"]
    layout["anyOf"] = [{"enum": [*layouts.names(), None]}, {"type": "string", "pattern": r"\.yaml$"}]
    schema["required"] = ["plant", "connections", "devices"]
    for section in ("connections", "devices"):
        schema["properties"][section]["minProperties"] = 1
    _close_maps(schema)
    schema["title"] = "边缘网关配置文件 / plant file of the edge gateway agent"
    return {"$schema": DIALECT, **schema}


class _Generator(GenerateJsonSchema):
    """Leaves out the titles that pydantic makes of every key: they tell nothing and crowd the editor."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _close_maps(schema: Any) -> None:
    """Refuse every id that does not fit its pattern; pydantic's schema only describes those that do."""
    if isinstance(schema, dict):
        schema.pop("discriminator", None)  # OpenAPI's word, which no editor knows
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            _close_maps(part)
    elif isinstance(schema, list):
        for part in schema:
            _close_maps(part)


def _profiles(library: Library) -> list[dict[str, str]]:
    found = []
    for name in library.names():
        profile = library.get(name, Place(name))
        if profile is not None:
            title = f"{profile.entry.name.zh} / {profile.entry.name.en}"
            found.append({"const": name, "description": title})
    return found


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in ("description", "default") if key in schema}
