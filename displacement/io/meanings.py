"""What each key of scenario.toml means, in words: read by the schema that editors use and by the documentation."""

from __future__ import annotations

OF_EVERY_EVENT = {
    "start": "first day in force",
    "end": "last day in force; without it, for good",
    "earliest": "first possible start, where the start is not known to the day",
    "latest": "last possible start",
    "id": "a name, unique, to leave the event out by",
    "group": "a tag that several events share, to leave them out by",
    "source": "who says so; shown on the status board",
    "note": "anything else",
}
NO_END = ("Capture", "Prepositioned", "SiegeLifted")  # kinds that may not use `end`
CHANCE = "chance that an attempt passes"
OF_ONE_KIND = {
    ("Corridor", "place"): "the place_id where it begins",
    ("Corridor", "link"): "link_ids in order, from `place` to `to`",
    ("Evacuation", "place"): "the place_id that people are brought from",
    ("SiegeLifted", "place"): "the places that the siege names",
    ("Weather", "place"): "places: all links that end there are slowed",
    ("HubSupply", "place"): "a hub, or several; each receives so much",
    ("FundingCut", "place"): "hubs; none named: all",
    ("ConvoyApproval", "link"): "a crossing, or a road that stands in `lines` of an operation; or several",
    ("Airdrops", "place"): "a place_id, a named group of places, or several; each gets so many sorties",
    ("Ceasefire", "intensity"): "the share of their fighting that goes on",
}
OF_EVENTS = {
    "place": "a place_id, a named group of places, or several",
    "link": "link_id, or several",
    "crossing": "link_id of a crossing, or several",
    "parties": "the two parties",
    "by": "the party that fights or captures; a ceasefire of that party scales its fighting",
    "intensity": "how strong: 0 what people there have lived with, 1 a ground assault; of a ceasefire, the share of the"
    " fighting that goes on",
    "level": "0 none to 4 nobody passes",
    "relation": "how the two stand to each other; of a ceasefire, nothing said leaves it as it is",
    "traffic": "classes of traffic",
    "per_day": "people a day, or trucks a day for trade and aid",
    "to": "the place_id where it leads",
    "who": "groups of people; none named: everybody",
    "delay_hours": "hours that everybody loses there; of several checkpoints on a link the slowest counts",
    "refusal": "share of the attempts that are turned back",
    "people_per_day": "people a day, or as many as there are",
    "vehicles_per_day": "most vehicles a day and direction",
    "capacity": "people that the site is planned for",
    "speed": "factor on the free speed",
    "consent": "do those who are moved agree?",
    "break_rate": "chance that it breaks: rate a day; 0 holds",
    "of": "id of the event that the rumour is about",
    "days": "how much later people think that it comes; negative is earlier",
    "tonnes_per_day": "aid that comes to the hub each day",
    "stock_t": "aid that it holds on the first day of the supply, or when the scenario opens",
    "trucks": "trucks in a convoy",
    "requests_per_week": "convoys asked for a week",
    "approved": "share of the requests that are approved: the chance that aid passes",
    "tonnes_per_sortie": "load of a sortie; more than a place can store (`storage_t`) is an error",
    "sorties_per_week": "sorties planned a week",
    "recovered": "share of the load that people recover",
    "reliability": "chance that a planned sortie flies",
    "share": "share of the inflow that is cut",
    "direction": "forward is from `from_place_id` to `to_place_id` of the link",
    "civilians": f"{CHANCE}, civilians",
    "medical": f"{CHANCE}, the sick and wounded",
    "trade": f"{CHANCE}, commercial trucks",
    "aid": f"{CHANCE}, aid trucks",
}

OF_TABLES: dict[str, dict[str, str]] = {
    "scenario": {
        "name": "the scenario as charts and summaries call it",
        "summary": "one sentence: what is assumed",
        "country": "the country that is modelled: people who cross out of it are refugees; must be given where places"
        " lie in several",
        "start": "first day",
        "days": "number of days, the first among them",
        "reference": "the day from which moved_since and newly_displaced count; the start, unless given",
        "home_areas": "keep where people come from, by parent_pcode of places.csv; runs take more time and space",
        "extends": "the scenario file that this one takes everything from, but for what it says itself",
        "without": "ids, groups or kinds of events of the extended file that are left out",
        "places": "another table of places than places.csv",
        "links": "another table of links than links.csv",
        "needs": "another table of what people need than needs.csv",
    },
    "parties": {
        "id": "a short name, unique, that places, relations, operations and events use",
        "name": "as it is printed",
        "source": "who says so",
    },
    "relations": {
        "parties": "the two parties",
        "relation": "how they stand to each other when the scenario opens; two of which nothing is said are hostile",
        "source": "who says so",
    },
    "operations": {
        "id": "a short name, unique",
        "name": "as it is printed",
        "hubs": "places where its aid starts: hub = yes in places.csv",
        "transit": "parties whose ground it may cross and serve",
        "deliver": "parties whose ground it may serve, and not cross",
        "lines": "link_ids of roads between two parties that it may take",
        "any_line": "it may take every road between two parties",
        "deliver_places": "if given, the only places or groups of places that it serves",
        "trucks": "its fleet; without it, trucks are never short",
        "loss": "share of what it loads that is lost on the way",
        "source": "who says so",
    },
    "place_groups": {
        "id": "a short name, unique and no place_id, that events and observed.csv use",
        "name": "as it is printed",
        "places": "place_ids",
        "source": "which list it follows",
    },
    "groups": {
        "id": "a short name, unique, that events use in `who`",
        "name": "as it is printed",
        "share": "share of the people",
        "party": "makes it people of that party: those at places that it holds when the scenario opens",
        "places": "limits the group to these places",
        "mobility": "factor on every rate of leaving",
        "checkpoint": "factor on the chance to pass each checkpoint",
        "medical": "share who are medical cases",
        "people_per_vehicle": "people in a vehicle",
        "on_foot": "share who walk",
        "needs": "need, of an average person's 1",
        "source": "who says so",
    },
    "hosts": {
        "country": "a country that hosts refugees",
        "name": "as it is printed",
        "refugees": "how many were there when the scenario opens, counted apart from the model",
        "low": "10 % point of that number",
        "high": "90 % point of that number",
        "as_of": "day of the count",
        "source": "who says so",
    },
}


def meaning_of(kind: str, key: str) -> str:
    """What a key of an event means.

    >>> meaning_of("Corridor", "place"), meaning_of("Fighting", "end")
    ('the place_id where it begins', 'last day in force; without it, for good')
    """
    return OF_ONE_KIND.get((kind, key)) or OF_EVERY_EVENT.get(key) or OF_EVENTS[key]
