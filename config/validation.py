"""Data against a model: every objection becomes a fault with its place, in our own words.

After faults the sound rest is kept (`prune`), so that what only resolution can
find, an unknown profile for example, is told in the same run.
"""

import copy
import difflib
from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.fault import Findings, Objection
from config.position import Key, Layers, Loc

Model = TypeVar("Model", bound=BaseModel)

TAG: Final = "kind"  # the key by which a mapping says which model it follows
ROUNDS_MAX: Final = 8  # removing one part can leave its parent incomplete; a file is no deeper
PLACEHOLDER: Final = "?"  # for a required text that is missing; a plant with one is never used
FITTING: Final = {
    "id": "X",
    "region": "000000",
    "host": "x",
    "endpoint": "opc.tcp://?",
    "url": "https://?",
    "listen": "0.0.0.0:1",
}
"""Placeholders for texts of which a pattern asks more."""


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
    """Return the known word that was probably meant: `hi` for `high`, `profile` for `profil`."""
    folded = {candidate.lower(): candidate for candidate in known}
    begun = [candidate for candidate in folded if _one_begins_the_other(candidate, word.lower())]
    if begun:
        return folded[max(begun, key=len)]
    matches = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def choice_fields(word: object, known: Iterable[str]) -> tuple[str, dict[str, object]]:
    """Return the code's suffix and the fields for a word that is not among the known ones."""
    names = tuple(known)
    near = nearest(str(word), names)
    fields: dict[str, object] = {"known": names or ("–",)}
    return ("-near", {**fields, "nearest": near}) if near else ("", fields)


def _one_begins_the_other(a: str, b: str) -> bool:
    return min(len(a), len(b)) > 1 and (a.startswith(b) or b.startswith(a))


def _rest(model: type[Model], data: object, error: ValidationError) -> Model | None:
    data = copy.deepcopy(data)
    filled: set[Loc] = set()
    for _ in range(ROUNDS_MAX):
        for detail in error.errors(include_url=False, include_input=False, include_context=False):
            loc = tuple(part for part in _as_written(detail["loc"], data) if part != "[key]")
            if detail["type"] != "missing":
                _remove(data, loc)
            elif loc in filled:
                _remove(data, loc[:-1])  # no placeholder will do: the whole mapping is of no use
            else:
                filled.add(loc)
                _fill(data, loc)
        try:
            return model.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as again:
            error = again
    return None


def _as_written(loc: Loc, data: object) -> Loc:
    """Return `loc` without the tags that pydantic puts in where a mapping's kind chooses its model."""
    written: list[Key] = []
    is_chosen = False
    for part in loc:
        here = _at(data, tuple(written))
        is_chosen = isinstance(here, dict) and here.get(TAG) == part and not is_chosen
        if not is_chosen:
            written.append(part)
    return tuple(written)


def _remove(data: object, loc: Loc) -> None:
    parent = _at(data, loc[:-1])
    if isinstance(parent, dict) and loc:
        parent.pop(loc[-1], None)
    elif isinstance(parent, list):
        parent.clear()


def _fill(data: object, loc: Loc) -> None:
    parent = _at(data, loc[:-1])
    if isinstance(parent, dict):
        parent[loc[-1]] = FITTING.get(str(loc[-1]), PLACEHOLDER)


def _at(data: Any, loc: Loc) -> object:
    """Return what stands at `loc`; None where it is not there any more."""
    for part in loc:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part] if part < len(data) else None
        else:
            return None
    return data


def _tell(detail: ErrorDetails, model: type[BaseModel], layers: Layers, findings: Findings) -> None:
    loc, kind = _as_written(detail["loc"], layers.data), detail["type"]
    if kind == "union_tag_invalid":
        loc = (*loc, TAG)
    if findings.is_told(layers.place(*loc)):
        return  # the text itself is at fault there
    if loc and loc[-1] == "[key]":
        kinds = {"int": "not-a-whole-number", "date": "not-a-date"}
        code = next((kinds[each] for each in kinds if kind.startswith(each)), "bad-identifier")
        findings.fault(layers.place(*loc[:-1], at_key=True), code, value=loc[-2])
    elif kind == "union_tag_not_found":
        findings.fault(layers.place(*loc, at_key=True), "missing-key", key=TAG)
    elif kind == "missing" and not isinstance(loc[-1], int):
        findings.fault(layers.place(*loc[:-1], at_key=True), "missing-key", key=loc[-1])
    elif kind == "extra_forbidden":
        suffix, fields = choice_fields(loc[-1], _known_keys(model, detail["loc"][:-1]))
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
        expected, value = context.get("expected"), context.get("tag", value)
        words = [
            w.strip("'") for w in (expected or context["expected_tags"]).replace(" or ", ", ").split(", ")
        ]
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


_CHOICES: Final = {"literal_error", "enum", "union_tag_invalid"}
_WORDS: Final[Mapping[str, Words]] = {
    "string_type": _text,
    "string_too_short": _plain("empty-text"),
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
    "int_parsing_size": _value("not-a-whole-number"),
    "int_from_float": _value("not-a-whole-number"),
    "float_type": _value("not-a-number"),
    "float_parsing": _value("not-a-number"),
    "finite_number": _value("not-a-number"),
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
    if (tagged := _tagged(here, part)) is not None:
        return tagged
    for name, field in _fields(here).items():
        if part in (name, field.alias):
            return field.annotation
    return next((values for argument in _unwrapped(here) if (values := _values(argument))), None)


def _tagged(here: object, part: Key) -> object:
    """Return the model that a kind chooses among several."""
    of = [get_args(member) for member in _unwrapped(here) if get_origin(member) is UnionType]
    for model in (model for members in of for model in members):
        tag = _fields(model).get(TAG)
        if tag is not None and part in get_args(tag.annotation):
            return model
    return None


def _fields(here: object) -> Mapping[str, Any]:
    for candidate in _unwrapped(here):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate.model_fields
    return {}


def _values(here: object) -> object:
    """Return the type of a map's values; None for any other type."""
    return get_args(here)[1] if get_origin(here) is dict else None


def _unwrapped(here: object) -> tuple[object, ...]:
    """Return the type itself and, for `X | None`, its members."""
    members = (here, *(member for member in get_args(here) if get_origin(here) is not dict))
    return tuple(get_args(member)[0] if get_origin(member) is Annotated else member for member in members)
