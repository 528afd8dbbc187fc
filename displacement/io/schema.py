"""The JSON Schema of scenario.toml: what editors complete and check while one types. `make schema` writes it anew.

Written for draft 7, which editors of TOML read; a date counts as text. It knows the keys and what each may hold, and
not which places or parties there are: that is what `displacement check` is for.
"""

from __future__ import annotations

import json
from dataclasses import Field
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from displacement.errors import InputError, did_you_mean
from displacement.events import KINDS, Event
from displacement.groups import Group
from displacement.io.chain import TABLES
from displacement.io.meanings import NO_END, OF_EVERY_EVENT, OF_TABLES, meaning_of
from displacement.io.models import About, PlaceGroup, must
from displacement.io.settings import POINTS
from displacement.io.tables import plain
from displacement.operations import Operation
from displacement.parameters import Parameters
from displacement.scenario import Host, OpeningRelation, Party

NAME = "scenario.schema.json"
SHIPPED = Path(__file__).parent / "template" / NAME
LISTS: dict[str, type[BaseModel]] = {
    "parties": Party,
    "relations": OpeningRelation,
    "operations": Operation,
    "place_groups": PlaceGroup,
    "groups": Group,
    "hosts": Host,
}
Schema = dict[str, Any]


class _AsInToml(GenerateJsonSchema):
    """What may stand in the file: one name or a list of them, dates, and nothing empty."""

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        items = [self.generate_inner(item) for item in schema["items_schema"]]
        if "variadic_item_index" in schema:
            return {"anyOf": [items[0], {"type": "array", "items": items[0]}]}
        return {"type": "array", "items": items[0], "minItems": len(items), "maxItems": len(items)}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def scenario_schema() -> Schema:
    """The schema of a scenario file, from the models that read it."""
    about = _table(About, OF_TABLES["scenario"])
    about["anyOf"] = [{"required": ["extends"]}, {"required": ["name", "start", "days"]}]
    lists = {key: _list_of(_table(model, OF_TABLES[key])) for key, model in LISTS.items()}
    properties = {"scenario": about, "parameters": _parameters(), **lists, "events": _list_of(_any_event())}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "scenario.toml of displacement",
        "description": "A scenario: what is modelled, who holds what, aid operations, and what happens when.",
        "type": "object",
        "required": ["scenario"],
        "additionalProperties": False,
        "properties": {key: properties[key] for key in TABLES},
        "definitions": {**_table(Event, OF_EVERY_EVENT)["properties"], **{k: _event(k) for k in sorted(KINDS)}},
    }


def schema_text() -> str:
    """The text of the shipped file."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def events_said(kind: str = "") -> dict[str, str]:
    """What each kind of event is; of one kind, what each of its fields means and may hold, those of all kinds last.

    >>> events_said("CampClosed")["place"]
    'a place_id, a named group of places, or several; a name or a list of names; must be given'
    """
    if kind and kind not in KINDS:
        raise InputError(f"{kind!r} is no kind of event{did_you_mean(kind, KINDS)}")
    if not kind:
        return {name: _paragraph(KINDS[name]) for name in sorted(KINDS)}
    model = KINDS[kind]
    return {kind: _paragraph(model)} | {
        key: f"{meaning_of(kind, key)}; {must(model, key).removeprefix('must be ')}"
        f"{'; must be given' if model.model_fields[key].is_required() else ''}"
        for key in sorted(_keys(kind), key=lambda key: key in OF_EVERY_EVENT)
    }


def _keys(kind: str) -> list[str]:
    """What may stand in an event of a kind, beside the kind."""
    return [key for key in KINDS[kind].model_fields if not (key == "end" and kind in NO_END)]


def _table(model: type[BaseModel], means: dict[str, str]) -> Schema:
    """One table: its keys with what each means and may hold, and no other key."""
    made = model.model_json_schema(schema_generator=_AsInToml)
    properties = {}
    for key, means_ in means.items():
        held = {k: v for k, v in made["properties"][key].items() if k != "title" and not (k == "default" and not v)}
        if "minLength" in held and "anyOf" in held:  # of the list as of the one name
            held["anyOf"][1]["minItems"] = held["minLength"]
        properties[key] = {"description": f"{means_}\n\n{must(model, key).removeprefix('must be ')}", **held}
    return {
        "type": "object",
        "description": _paragraph(model),
        "required": made.get("required", []),
        "additionalProperties": False,
        "properties": properties,
    }


def _paragraph(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "description": schema["description"], "items": schema}


def _event(kind: str) -> Schema:
    """One kind of event."""
    model = KINDS[kind]
    keys = _keys(kind)
    made = _table(model, {key: meaning_of(kind, key) for key in keys})
    shared = {key: {"$ref": f"#/definitions/{key}"} for key in keys if key in OF_EVERY_EVENT}
    properties = {"kind": {"description": made["description"], "enum": [kind]}, **made["properties"], **shared}
    return {**made, "required": ["kind", *made["required"]], "properties": properties}


def _any_event() -> Schema:
    """An event of any kind; an editor that knows enumValues says of each kind what it is."""
    words = [_paragraph(KINDS[kind]) for kind in sorted(KINDS)]
    kinds = {"description": "what happens", "enum": sorted(KINDS), "x-taplo": {"docs": {"enumValues": words}}}
    return {
        "type": "object",
        "description": "What happens, and when: a kind, a start, and what the kind asks for.",
        "required": ["kind", "start"],
        "properties": {"kind": kinds},
        "oneOf": [{"$ref": f"#/definitions/{kind}"} for kind in sorted(KINDS)],
    }


def _parameters() -> Schema:
    """The model's numbers: one, or the 10, 50 and 90 % points of what it may be."""
    properties = {f.name: _quantity(f) for f in Parameters.quantities()}
    description = "Numbers of the model that differ from the package's: one number, or a table of low, median, high."
    return {"type": "object", "description": description, "additionalProperties": False, "properties": properties}


def _quantity(f: Field[Any]) -> Schema:
    m = f.metadata
    number = {"type": "number", "minimum": m["low"], "maximum": m["high"]}
    of_three = {
        "type": "object",
        "required": list(POINTS),
        "additionalProperties": False,
        "properties": dict.fromkeys(POINTS, number),
    }
    unit = "" if m["unit"] == "1" else f" {m['unit']}"
    prior = f"; 10 to 90 % points {m['prior'][0]:g} to {m['prior'][1]:g}" if m["prior"] else ""
    bounds = f"{plain(m['low'])} to {plain(m['high'])}"
    said = f"{m['what']}\n\n{f.default:g}{unit} unless given{prior}; may be {bounds}{unit}. {m['source']}"
    return {"description": said, "default": f.default, "anyOf": [number, of_three]}


if __name__ == "__main__":
    SHIPPED.write_text(schema_text(), encoding="utf-8")
