"""Tables of the documentation, written from the code that they describe, so that nothing is typed twice."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import tomli_w
from formulas import formula_table
from pydantic import BaseModel
from typer.models import ArgumentInfo

from displacement import conditions, events, network, variables
from displacement.access import Thresholds
from displacement.cli import app
from displacement.errors import Problems
from displacement.groups import Group
from displacement.io.meanings import OF_EVERY_EVENT, OF_TABLES, meaning_of
from displacement.io.models import About, PlaceGroup, event_of, must
from displacement.io.models import Entry as TomlEntry
from displacement.io.observed import OBSERVED_COLUMNS
from displacement.io.tables import allowed, plain
from displacement.operations import Operation
from displacement.parameters import Parameters
from displacement.scenario import Host, OpeningRelation, Party, Scenario
from displacement.standards import STANDARD_COLUMNS, package_standards

PACKAGE = Path(network.__file__).parent
TABLES_OF_TOML = {
    "[scenario]": About,
    "[[parties]]": Party,
    "[[relations]]": OpeningRelation,
    "[[operations]]": Operation,
    "[[place_groups]]": PlaceGroup,
    "[[groups]]": Group,
    "[[hosts]]": Host,
}
# What an example of an event says for each field; names are those of scenarios/aleppo_2016.
SAMPLES: dict[str, Any] = {
    "start": dt.date(2016, 2, 20),
    "place": ["azaz"],
    "link": ["castello_road"],
    "crossing": ["bab_al_salama_crossing"],
    "parties": ["gos", "nsag"],
    "by": "gos",
    "intensity": 0.6,
    "level": 2,
    "relation": "truce",
    "traffic": ["civilians"],
    "per_day": 5000.0,
    "aid": 0.5,
    "to": "azaz",
    "delay_hours": 3.0,
    "refusal": 0.2,
    "people_per_day": 500.0,
    "vehicles_per_day": 300.0,
    "capacity": 12000.0,
    "speed": 0.4,
    "consent": "informed",
    "break_rate": 0.02,
    "of": "an_event_id",
    "days": -2,
    "tonnes_per_day": 120.0,
    "stock_t": 900.0,
    "trucks": 20.0,
    "requests_per_week": 2.0,
    "approved": 0.3,
    "tonnes_per_sortie": 20.0,
    "sorties_per_week": 4.0,
    "recovered": 0.8,
    "share": 0.4,
}
OWN: dict[str, dict[str, Any]] = {  # where the sample of a field does not suit a kind
    "Corridor": {"place": "ayn_daqnah", "link": ["azaz_ayn_daqnah"]},
    "Evacuation": {"place": "ayn_daqnah"},
    **{kind: {"place": ["sijjou"]} for kind in ("CampOpened", "CampClosed", "CapacityChanged")},
    "HubSupply": {"place": ["gaziantep"]},
    "ConvoyApproval": {"link": ["foah_idlib_city"]},
    "Airdrops": {"place": ["foah"]},
    "FundingCut": {"place": ["gaziantep"]},
    "SiegeLifted": {"start": dt.date(2016, 3, 5)},
}
OTHER_FORM = {
    "CapacityChanged": [
        {"kind": "CapacityChanged", "start": SAMPLES["start"], "link": "castello_road", "vehicles_per_day": 300}
    ]
}
SPOKEN_OF = (  # what a rumour and the lifting of a siege speak of
    events.RoadCut(id="an_event_id", link="castello_road", start=dt.date(2016, 2, 20)),
    events.Siege(place="azaz", start=dt.date(2016, 2, 20)),
)
ALSO = {
    "Fighting": ("end", "by"), "AirStrikes": ("intensity",), "Permission": ("aid",), "CrossingClosed": ("traffic",),
    "CrossingOpened": ("traffic",), "Ceasefire": ("intensity", "break_rate"), "Checkpoint": ("delay_hours", "refusal"),
    "Corridor": ("end", "vehicles_per_day"), "Evacuation": ("end", "consent"), "CampOpened": ("capacity",),
    "CapacityChanged": ("place", "capacity"), "Weather": ("end", "place"), "HubSupply": ("stock_t",),
    "Airdrops": ("recovered",), "FundingCut": ("place",),
}  # fmt: skip
LAYERS = {
    "intensity": "1 - product(1 - x) of all in force",
    "calm": "multiplies the fighting of both parties, and fighting by nobody named",
    "fire": "the worst in force",
    "contested": "the worst in force",
    "control": "the last capture",
    "relation": "the latest start in force; same start: the stricter",
    "refusal": "the worst in force",
    "checkpoint": "one is enough",
    "delay": "the longest in force",
    "speed": "the smallest factor in force",
    "vehicles": "the latest start in force; same start: the smaller",
    "admission": "the latest start in force; same start: one that admits is enough",
    "corridor_end": "one is enough",
    "site": "the latest opening or closing in force; same start: closed",
    "site_capacity": "the latest start in force; same start: the smaller",
    "evacuation": "each by itself",
    "physical": "the latest cut or repair; same day: cut",
    "policy": "the latest start in force; same start: the stricter; when it ends, the one beneath returns",
    "quota": "the smallest in force",
    "hub_inflow": "the latest start in force; same start: the smaller",
    "hub_stock": "the sum of all",
    "funding": "the deepest cut in force; it multiplies the inflow",
    "convoy_trucks": "the latest start in force; same start: the smaller",
    "convoy_requests": "the latest start in force; same start: the smaller",
    "convoy_of": "the latest start in force; same start: the first of the links",
    "stock": "the sum of all",
    "airdrop": "each by itself",
}


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in lines) + "\n"


def code(text: Any) -> str:
    """A word as code; nothing as nothing."""
    return f"`{text}`" if str(text) else ""


def columns(specs: Sequence[network.Column]) -> str:
    """Columns of a CSV table: what they hold, what is allowed, and whether a cell may be empty."""
    rows = (
        (code(s.name), s.definition, ", ".join(map(code, s.allowed)) or allowed(s), "yes" if s.required else "")
        for s in specs
    )
    return table(("column", "what it holds", "allowed", "must be given"), rows)


def toml_table(model: type[BaseModel], means: Mapping[str, str]) -> str:
    """Keys of a table of scenario.toml."""
    rows = (
        (code(key), what, must(model, key).removeprefix("must be "), "yes" * model.model_fields[key].is_required())
        for key, what in means.items()
    )
    return table(("key", "what it is", "allowed", "must be given"), rows)


def toml_tables() -> str:
    """Keys of all tables of scenario.toml but events and parameters, which have pages of their own."""
    return "\n".join(
        f"### `{name}`\n\n{sentence(model)}\n\n{toml_table(model, OF_TABLES[name.strip('[]')])}"
        for name, model in TABLES_OF_TOML.items()
    )


def sentence(thing: Any) -> str:
    """The docstring of a class or module as one paragraph."""
    return " ".join((thing.__doc__ or "").split())


def example(kind: str) -> dict[str, Any]:
    """A small event of a kind, made of samples."""
    fields = events.KINDS[kind].model_fields
    names = [n for n in fields if n == "start" or fields[n].is_required() or n in ALSO.get(kind, ())]
    samples = {**SAMPLES, "end": SAMPLES["start"] + dt.timedelta(7), **OWN.get(kind, {})}
    row = {"kind": kind, **{n: samples[n] for n in names}}
    return {k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in row.items()}


def event_from_toml(text: str) -> events.Event:
    """The event that a text in scenario.toml describes; a fault ends the build."""
    problems = Problems()
    found = event_of(TomlEntry("example", tomllib.loads(text)["events"][0]), problems)
    problems.raise_if_any()
    assert found is not None
    return found


def fields_of(kind: str) -> Iterator[tuple[str, str, str, str]]:
    """Field, what it means, what is allowed and default of what a kind has of its own."""
    model = events.KINDS[kind]
    for name, field in model.model_fields.items():
        if name in OF_EVERY_EVENT:
            continue
        default = "must be given" if field.is_required() else "" if field.default is None else said(field.default)
        yield (
            code(name),
            meaning_of(kind, name),
            must(model, name).removeprefix("must be "),
            default,
        )


def said(value: Any) -> str:
    """A default in words."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return "nothing" if value == "" else f"{value:g}" if isinstance(value, float) else str(value)


def event_guide(scenario: Scenario) -> str:
    """Every kind of event: what it means, its fields, an example that is checked, and how it reads."""
    parts = []
    scenario = scenario.with_events(*SPOKEN_OF)
    for kind in sorted(events.KINDS):
        text = f"[[events]]\n{tomli_w.dumps(example(kind))}"
        event = event_from_toml(text)
        event.effects(scenario.world)
        parts.append(
            f"## {kind}\n\n{sentence(events.KINDS[kind])}\n\n"
            + table(("field", "what it is", "allowed", "default"), fields_of(kind))
            + f"\n```toml\n{text}```\n\n`describe` says: *{event.sentence(scenario.world)}*\n"
        )
    return "\n".join(parts)


def event_index(scenario: Scenario) -> str:
    """Every kind of event in a row: fields, the layers that it paints."""
    rows = []
    painted = set()
    scenario = scenario.with_events(*SPOKEN_OF)
    for kind in sorted(events.KINDS):
        shown = [{**example(kind), **relation_of(kind)}, *OTHER_FORM.get(kind, ())]
        forms = [event_from_toml(f"[[events]]\n{tomli_w.dumps(row)}") for row in shown]
        layers = dict.fromkeys(effect.layer for event in forms for effect in event.effects(scenario.world))
        painted |= set(layers)
        link = f"[{kind}](../how-to/add_events.md#{kind.lower()})"
        first = sentence(events.KINDS[kind]).split(". ")[0].rstrip(".")
        rows.append((link, ", ".join(f for f, *_ in fields_of(kind)), ", ".join(map(code, layers)), first))
    if painted != set(LAYERS):
        message = f"LAYERS says nothing of {painted ^ set(LAYERS)}"
        raise ValueError(message)
    return table(("kind", "fields of its own", "layers", "what it is"), rows)


def relation_of(kind: str) -> dict[str, str]:
    """A ceasefire that changes the relation too, to show both of its layers."""
    return {"relation": "truce"} if kind == "Ceasefire" else {}


def layers() -> str:
    """The layers of Conditions and how overlaps are settled in each."""
    return table(("layer", "of two that overlap"), ((code(k), v) for k, v in LAYERS.items()))


def standards() -> str:
    """The package's own table of what a person needs."""
    rows = (
        (s.item, s.cluster, code(s.commodity), f"{s.quantity:,g}", s.unit, s.source)
        for s in package_standards()
    )  # fmt: skip
    return table(("item", "cluster", "commodity", "quantity", "unit", "source"), rows)


def common_fields() -> str:
    """The fields that every kind of event has."""
    rows = ((code(key), what, must(events.Event, key).removeprefix("must be ")) for key, what in OF_EVERY_EVENT.items())
    return table(("field", "what it holds", "allowed"), rows)


def quantities(owner: type[Parameters] | type[Thresholds]) -> str:
    """Every number of the model or of the access rule, with all that is known of it."""
    rows = []
    for f in owner.quantities():
        m, value = f.metadata, f.default
        prior = "" if m["prior"] is None else f"{m['prior'][0]:g} to {m['prior'][1]:g}"
        bounds = f"{plain(m['low'])} to {plain(m['high'])}"
        rows.append((code(f.name), f"{value:,.4g}", m["unit"], bounds, prior, m["what"], m["source"]))
    header = ("name", "value", "unit", "bounds", "10 to 90 % points", "what it is", "source")
    if owner is Thresholds:
        return table([h for h in header if not h.startswith("10")], (row[:4] + row[5:] for row in rows))
    return table(header, rows)


def permissions() -> str:
    """The three tables of permission."""
    classes = [*network.TRAFFIC]
    parts = (
        ("relation of the two parties (assumption)", conditions.RELATIONS, conditions.RELATION_PERMISSION),
        ("fire on the link (assumption)", [f"level {i}" for i in range(5)], conditions.FIRE_PERMISSION),
        ("control at an end (assumption)", ["contested"], conditions.CONTESTED_PERMISSION[None]),
    )
    return "\n".join(
        table((name, *classes), ((word, *(f"{x:g}" for x in row)) for word, row in zip(words, values, strict=True)))
        for name, words, values in parts
    )


def variable_tables() -> str:
    """Every variable, in five groups."""
    groups: dict[str, list[variables.Variable]] = {name: [] for name in GROUPS}
    for v in variables.VARIABLES.values():
        groups[group_of(v)].append(v)
    parts = []
    for name, members in groups.items():
        rows = ((code(v.name) + (" *internal*" if v.internal else ""), ", ".join(v.dims), v.units,
                 v.definition + (f" ({', '.join(f'{i} {w}' for i, w in enumerate(v.flags))})" if v.flags else ""))
                for v in members)  # fmt: skip
        parts.append(f"## {name}\n\n{GROUPS[name]}\n\n{table(('variable', 'dimensions', 'unit', 'definition'), rows)}")
    return "\n".join(parts)


GROUPS = {
    "People: stocks": "Counted at the end of the day. Stocks and flows are never added.",
    "People: flows": "Summed over the day.",
    "Aid": "Only where the scenario says what aid there is. Stocks at the end of the day, flows summed over it.",
    "Access": "From `access_status`: no members, because conditions are not random.",
    "Conditions": "From `Scenario.compile`: what the model sees of the events.",
}


def group_of(v: variables.Variable) -> str:
    """Which of the groups a variable belongs to."""
    if (v.units.startswith("tonnes") and "member" in v.dims) or v.name == "days_of_cover":
        return "Aid"
    if "member" in v.dims:
        return "People: flows" if v.cell_methods == variables.FLOW else "People: stocks"
    names = list(variables.VARIABLES)
    return "Access" if names.index(v.name) < names.index("intensity") else "Conditions"


def commands() -> str:
    """Every command with its arguments, from the functions that the command line is made of."""
    parts = []
    inner = [
        (f"{g.name} ", c)
        for g in app.registered_groups
        if g.typer_instance
        for c in g.typer_instance.registered_commands
    ]
    for before, command in [*(("", command) for command in app.registered_commands), *inner]:
        callback = command.callback
        assert callback is not None
        hints = get_type_hints(callback, include_extras=True)
        rows = [_argument(hints[name], p) for name, p in inspect.signature(callback).parameters.items()]
        name = before + (command.name or callback.__name__)
        header = ("argument", "what it is", "must be given", "default")
        parts.append(f"## displacement {name}\n\n{sentence(callback)}\n\n{table(header, rows)}")
    return "\n".join(parts)


def _argument(hint: Any, parameter: inspect.Parameter) -> tuple[str, str, str, Any]:
    """A row for an argument or option of a command."""
    kind, info = get_args(hint)
    default = parameter.default
    given = default is inspect.Parameter.empty
    if isinstance(info, ArgumentInfo):
        return code(info.metavar), info.help or "", "yes", ""
    named = [n for n in (info.default, *(info.param_decls or ())) if isinstance(n, str) and n.startswith("-")]
    label = ", ".join(named or (f"--{parameter.name}",))
    value = "" if kind is bool else f" {info.metavar or _value(kind)}"
    shown = "" if given or default is None or default in ("", False) else default
    return code(label + value), info.help or "", "yes" if given else "", shown


def _value(kind: Any) -> str:
    """What an option takes: a number, one of some words."""
    words = next((k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, Enum)), None)
    return "|".join(word.value for word in words) if words else {int: "NUMBER", str: "TEXT", Path: "PATH"}[kind]


def rooms() -> str:
    """Every module with its first sentence, by floor: the longest chain of imports below its room."""
    floor_of = floors()
    rows = []
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda p: (floor_of[room(p)], str(p))):
        if room(path) == "__init__":
            continue
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = " ".join(doc.split("\n\n")[0].split())
        name = path.relative_to(PACKAGE).as_posix()
        rows.append((floor_of[room(path)], code(name.replace("/__init__.py", "/")), first))
    return table(("floor", "module", "what it is"), rows)


def room(path: Path) -> str:
    """The module or folder of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floors() -> dict[str, int]:
    """Floor of each room, from the imports at the top of its modules."""
    below: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        below.setdefault(room(path), set()).update(imported(path))
    known: dict[str, int] = {}

    def floor(name: str) -> int:
        if name not in known:
            known[name] = 0  # a circle would end here
            known[name] = max((floor(other) + 1 for other in below[name] - {name, "__init__"}), default=0)
        return known[name]

    return {name: floor(name) for name in below}


def imported(path: Path) -> set[str]:
    """Rooms that a module imports at its top."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("displacement."):
            found.add(node.module.split(".")[1])
    return found


def what_ifs(folder: Path) -> str:
    """The scenario files of a folder that extend another."""
    rows = []
    for path in sorted(folder.glob("*.toml")):
        about = tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]
        if "extends" in about:
            rows.append((code(path.name), about.get("summary", "")))
    return table(("file", "what is different"), rows)


def write_all(folder: Path, scenario: Scenario, case: Path) -> None:
    """Write every generated table to a folder; a file that has not changed is left alone, so that builds stay quick."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "places": columns(network.PLACE_COLUMNS),
        "links": columns(network.LINK_COLUMNS),
        "observed": columns(OBSERVED_COLUMNS),
        "needs": columns(STANDARD_COLUMNS),
        "standards": standards(),
        "toml": toml_tables(),
        "events": event_guide(scenario),
        "event_index": event_index(scenario),
        "event_fields": common_fields(),
        "layers": layers(),
        "parameters": quantities(Parameters),
        "thresholds": quantities(Thresholds),
        "permissions": permissions(),
        "variables": variable_tables(),
        "commands": commands(),
        "formulas": formula_table(),
        "rooms": rooms(),
        "what_ifs": what_ifs(case),
    }
    for name, text in texts.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
