"""The JSON Schema that editors get, held against the models and the shipped plants.

No validator is installed here, so the part of Draft 2020-12 that the schema uses
is checked by the few lines of `accepts`.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from config.document import read_document
from config.fault import Findings
from config.library import SHIPPED
from config.schema import DIALECT, plant_schema
from tests.config.test_broken_plants import FIXTURES
from tests.config.texts import CO, write

PLANTS = sorted((SHIPPED.parent / "plants").glob("*.yaml"))
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    *("$schema", "$defs", "$ref", "title", "description", "default", "examples", "format", "type"),
    *(
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
        "enum",
        "const",
    ),
    *("anyOf", "oneOf", "items", "prefixItems", "minItems", "maxItems", "pattern", "minLength"),
    *("minimum", "maximum", "exclusiveMinimum"),
}


def accepts(schema: Any, value: Any, root: dict[str, Any]) -> bool:
    if isinstance(schema, bool):
        return schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return accepts(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    if hasattr(value, "isoformat"):
        value = value.isoformat()  # an editor sees text where YAML sees a date
    return (
        _fits_choice(schema, value, root) and _fits_scalar(schema, value) and _fits_parts(schema, value, root)
    )


def _fits_choice(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    return (
        ("anyOf" not in schema or any(accepts(s, value, root) for s in schema["anyOf"]))
        and ("oneOf" not in schema or sum(accepts(s, value, root) for s in schema["oneOf"]) == 1)
        and ("enum" not in schema or value in schema["enum"])
        and ("const" not in schema or value == schema["const"])
    )


def _fits_scalar(schema: dict[str, Any], value: Any) -> bool:
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None and len(value) >= schema.get(
            "minLength", 0
        )
    if isinstance(value, (int, float)):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _fits_parts(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    if isinstance(value, dict):
        return (
            set(schema.get("required", ())) <= set(value)
            and len(value) >= schema.get("minProperties", 0)
            and all(accepts(_part(schema, name), part, root) for name, part in value.items())
        )
    if isinstance(value, list):
        parts = schema.get("prefixItems", [schema.get("items", True)] * len(value))
        return len(parts) == len(value) and all(map(lambda s, v: accepts(s, v, root), parts, value))
    return True


def _part(schema: dict[str, Any], name: str) -> Any:
    if name in schema.get("properties", {}):
        return schema["properties"][name]
    patterns = schema.get("patternProperties", {})
    fitting = [part for pattern, part in patterns.items() if re.search(pattern, name)]
    return fitting[0] if fitting else schema.get("additionalProperties", True)


def data(path: Path) -> Any:
    document = read_document(path, Findings())
    assert document is not None
    return document.data


@pytest.mark.parametrize("path", PLANTS, ids=lambda path: path.stem)
def test_the_shipped_plants_fit_the_schema(path: Path) -> None:
    schema = plant_schema(())
    assert schema["$schema"] == DIALECT
    assert accepts(schema, data(path), schema)


@pytest.mark.parametrize("name", ["unknown_keys", "missing_keys", "numbers_and_words", "nothing_but_a_name"])
def test_what_the_models_refuse_the_schema_refuses(name: str) -> None:
    schema = plant_schema(())
    assert not accepts(schema, data(FIXTURES / "plants" / f"{name}.yaml"), schema)


@pytest.mark.parametrize(
    "change",
    [
        ("unit: 1", "unit: 300"),
        ("unit: 1", "unit: 1, period: 5"),
        ("unit: 1", "unit: 1, period: 5 sec"),
        ("gas-detector/co", "gas-detector/nh3"),
        ("unit: 1", "unit: 1, rules: {concentration: {hi: {limit: 20 ppmm}}}"),
        ("co-1", "CO-1"),
    ],
)
def test_an_editor_marks_what_check_would_refuse(tmp_path: Path, change: tuple[str, str]) -> None:
    schema = plant_schema(())
    assert accepts(schema, data(write(tmp_path)), schema)
    assert not accepts(schema, data(write(tmp_path, "devices:\n" + CO.replace(*change))), schema)


def test_an_editor_completes_the_names_of_profiles_with_their_titles() -> None:
    choices = plant_schema(())["$defs"]["DeviceEntry"]["properties"]["profile"]["oneOf"]
    assert {"const": "gas-detector/co", "description": "一氧化碳探测器 / Carbon monoxide detector"} in choices


def test_every_key_of_the_plant_file_is_described() -> None:
    schema = plant_schema(())
    bare = [
        f"{name}.{key}"
        for name, part in schema["$defs"].items()
        for key, value in part.get("properties", {}).items()
        if "description" not in value and "$ref" not in str(value)
    ]
    assert bare == []
