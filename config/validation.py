"""Data against a model: every objection becomes a fault with its place, in our own words.

After faults the sound rest is kept (`prune`), so that what only resolution can
find, an unknown profile for example, is told in the same run.
"""

import copy
import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.fault import Findings, Objection
from config.position import Key, Layers, Loc

Model = TypeVar("Model", bound=BaseModel)

ROUNDS_MAX: Final = 8  # removing one part can leave its parent incomplete; a file is no deeper


def validate(model: type[Model], layers: Layers, findings: Findings) -> Model | None:
    """Return the data of `layers` as a `model`, or what is left of it without its faults.

    None when nothing usable is left. All faults go to `findings`.
    """
    try:
        return model.model_validate(layers.data, by_alias=True, by_name=False)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _tell(detail, model, layers, findings)
        return _rest(model, layers.data, error)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant."""
    folded = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def choice_fields(word: object, known: Iterable[str]) -> tuple[str, dict[str, object]]:
    """Return the code's suffix and the fields for a word that is not among the known ones."""
    names = tuple(known)
    near = nearest(str(word), names)
    fields: dict[str, object] = {"known": names or ("–",)}
    return ("-near", {**fields, "nearest": near}) if near else ("", fields)


def _rest(model: type[Model], data: object, error: ValidationError) -> Model | None:
    data = copy.deepcopy(data)
    for _ in range(ROUNDS_MAX):
        for detail in error.errors(include_url=False, include_input=False, include_context=False):
            loc = [part for part in detail["loc"] if part != "[key]"]
            # Without a required key the whole mapping is of no use.
            data = _without(data, loc[:-1] if detail["type"] == "missing" else loc)
        try:
            return model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as again:
            error = again
    return None


def _without(data: Any, loc: list[Key]) -> Any:
    here = data
    for part in loc[:-1]:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif not (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            return data  # its parent went before
        else:
            here = here[part]
    if isinstance(here, dict) and loc:
        here.pop(loc[-1], None)
    elif isinstance(here, list) and loc:
        here.clear()
    return data


def _tell(detail: ErrorDetails, model: type[BaseModel], layers: Layers, findings: Findings) -> None:
    loc, kind = detail["loc"], detail["type"]
    if loc and loc[-1] == "[key]":
        findings.fault(layers.place(*loc[:-1], at_key=True), "bad-identifier", value=loc[-2])
    elif kind == "missing" and not isinstance(loc[-1], int):
        findings.fault(layers.place(*loc[:-1], at_key=True), "missing-key", key=loc[-1])
    elif kind == "extra_forbidden":
        suffix, fields = choice_fields(loc[-1], _known_keys(model, loc[:-1]))
        findings.fault(layers.place(*loc, at_key=True), "unknown-key" + suffix, key=loc[-1], **fields)
    else:
        code, fields = _word(detail)
        findings.fault(layers.place(*loc), code, **fields)


def _word(detail: ErrorDetails) -> tuple[str, dict[str, object]]:
    context: Mapping[str, Any] = detail.get("ctx", {})
    objection = context.get("error")
    if isinstance(objection, Objection):
        return objection.code, dict(objection.fields)
    value = detail["input"]
    if detail["type"] in _CHOICES:
        words = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        suffix, fields = choice_fields(value, words)
        return "not-one-of" + suffix, {"value": value, **fields}
    translate = _WORDS.get(detail["type"])
    if translate is None:
        return "invalid", {"detail": detail["msg"]}
    return translate(value, context)


Words = Callable[[Any, Mapping[str, Any]], tuple[str, dict[str, object]]]


def _value(code: str) -> Words:
    return lambda value, _context: (code, {"value": "" if value is None else value})


def _plain(code: str) -> Words:
    return lambda _value, _context: (code, {})


def _bound(code: str, field: str, name: str) -> Words:
    return lambda value, context: (code, {"value": value, field: context[name]})


def _text(value: Any, _context: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    if value is None or isinstance(value, (dict, list)):
        return "text-expected", {}
    return "not-text", {"value": value}


def _pattern(value: Any, context: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    return "bad-pattern", {"value": value, "pattern": context["pattern"]}


_CHOICES: Final = {"literal_error", "enum"}
_WORDS: Final[Mapping[str, Words]] = {
    "string_type": _text,
    "string_too_short": _plain("empty-text"),
    "string_pattern_mismatch": _pattern,
    "dict_type": _plain("not-a-map"),
    "model_type": _plain("not-a-map"),
    "model_attributes_type": _plain("not-a-map"),
    "list_type": _plain("not-a-list"),
    "tuple_type": _plain("not-a-list"),
    "too_long": _plain("two-numbers"),
    "too_short": _plain("nothing-listed"),
    "missing": _plain("two-numbers"),
    "int_type": _value("not-a-whole-number"),
    "int_parsing": _value("not-a-whole-number"),
    "int_from_float": _value("not-a-whole-number"),
    "float_type": _value("not-a-number"),
    "float_parsing": _value("not-a-number"),
    "bool_type": _value("not-yes-or-no"),
    "bool_parsing": _value("not-yes-or-no"),
    "date_type": _value("not-a-date"),
    "date_parsing": _value("not-a-date"),
    "date_from_datetime_parsing": _value("not-a-date"),
    "date_from_datetime_inexact": _value("not-a-date"),
    "greater_than": _bound("not-positive", "least", "gt"),
    "greater_than_equal": _bound("too-small", "least", "ge"),
    "less_than_equal": _bound("too-large", "most", "le"),
}


def _known_keys(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """Return the keys that the mapping at `loc` may have."""
    here: object = model
    for part in loc:
        here = _step(here, part)
    fields = _fields(here)
    return tuple(field.alias or name for name, field in fields.items())


def _step(here: object, part: Key) -> object:
    for name, field in _fields(here).items():
        if part in (name, field.alias):
            return field.annotation
    return next((arg for arg in _arguments(here)[1:]), here)  # a map: the type of its values


def _fields(here: object) -> Mapping[str, Any]:
    for candidate in (here, *_arguments(here)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate.model_fields
    return {}


def _arguments(here: object) -> tuple[object, ...]:
    found: list[object] = []
    for argument in getattr(here, "__args__", ()):
        found += [argument, *_arguments(argument)] if not isinstance(argument, type) else [argument]
    return tuple(found)
