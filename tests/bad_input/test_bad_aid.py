"""Broken aid: hubs, supply, convoys, airdrops, funding, stocks and needs.csv: where, what is wrong, what is allowed."""

from dataclasses import replace

import pytest

from displacement import InputError
from displacement import events as ev
from displacement.io import read_scenario
from displacement.operations import Operation
from displacement.standards import Standard
from tests.bad_input.test_bad_events import both, entry, event
from tests.bad_input.test_bad_scenarios import EXTENDS, JARGON, extending, folder_instead, gone, link_out, place, toml

SUPPLY = {"kind": "HubSupply", "place": "kilis", "tonnes_per_day": 40}
APPROVAL = {"kind": "ConvoyApproval", "link": "gate", "trucks": 12, "requests_per_week": 2, "approved": 0.4}
DROPS = {"kind": "Airdrops", "place": "azaz", "tonnes_per_sortie": 20, "sorties_per_week": 5}
CUT = {"kind": "FundingCut", "share": 0.3}
HEADER = "item,cluster,commodity,quantity,unit,source\n"
LESS = "food ration,food security,food,0.3,kg/person/day,half a ration\n"
HUBS = 'hubs = "kilis"\n'


def operation(*lines, hubs=HUBS):
    """More keys of the operation, or other hubs."""
    return toml(HUBS, hubs + "".join(f"{line}\n" for line in lines))


def column(name, row, value):
    """places.csv with one more column: a value in one row, the header being row 1."""

    def broken(tiny):
        lines = (tiny / "places.csv").read_text(encoding="utf-8").splitlines()
        cells = [name, *("" for _ in lines[1:])]
        cells[row - 1] = str(value)
        text = "".join(f"{line},{cell}\n" for line, cell in zip(lines, cells, strict=True))
        (tiny / "places.csv").write_text(text, encoding="utf-8")

    return broken


def needs(text, header=HEADER, name="needs.csv"):
    return lambda tiny: (tiny / name).write_text(header + text, encoding="utf-8")


def named(name):
    """[scenario] needs = name."""
    return toml("days = 10", f'days = 10\nneeds = "{name}"')


CASES = {
    # stocks, stores and weights of places
    "negative stock": (column("stock_t", 2, -5), ["places.csv, row 2, stock_t = '-5'", "[0, 1,000,000,000] tonnes"]),
    "negative store": (column("storage_t", 2, -5), ["places.csv, row 2, storage_t = '-5'", "[0, 1,000,000,000] tonnes"]),
    "more in store than fits": (
        both(column("stock_t", 3, 80), column("storage_t", 3, 50)),
        ["places.csv, row 3, stock_t = 80", "must be at most storage_t = 50; what does not fit would be lost"],
    ),
    "stock without end": (column("stock_t", 2, "inf"), ["places.csv, row 2, stock_t = 'inf'", "must be a number in"]),
    "stock in words": (column("stock_t", 2, "little"), ["places.csv, row 2, stock_t = 'little'", "tonnes"]),
    "negative priority": (column("priority", 3, -1), ["places.csv, row 3, priority = '-1'", "a number in [0.01, 100]"]),
    "priority nought": (column("priority", 3, 0), ["places.csv, row 3, priority = '0'", "a number in [0.01, 100]"]),
    "a hub that is perhaps one": (place(5, "hub", "perhaps"), ["places.csv, row 5, hub = 'perhaps'", "true, false"]),
    # operations
    "operation without a hub": (
        operation(hubs="hubs = []\n"),
        ["[[operations]] 1, hubs = []", "must be a name or a list of names"],
    ),
    "operation that does not say its hubs": (operation(hubs=""), ["[[operations]] 1, hubs", "is missing; must be a name"]),
    "operation from a place that is no hub": (
        operation(hubs='hubs = "azaz"\n'),
        ["[[operations]] 1, hubs = 'azaz'", "is no hub; set hub = true in places.csv; known: kilis, mare"],
    ),
    "operation from a group of places": (
        operation(hubs='hubs = "north"\n'),
        ["[[operations]] 1, hubs = 'north'", "is unknown; known: azaz, fork, kilis, mare"],
    ),
    "operation from a place unknown": (
        operation(hubs='hubs = ["kilis", "mrae"]\n'),
        ["[[operations]] 1, hubs = 'mrae'", "is unknown; did you mean 'mare'?"],
    ),
    "hub that is one no more": (place(5, "hub", "no"), ["[[operations]] 1, hubs = 'kilis'", "is no hub; set hub = true"]),
    "a line unknown": (
        operation('lines = ["azaz_frok"]'),
        ["[[operations]] 1, lines = 'azaz_frok'", "is unknown; did you mean 'azaz_fork'?"],
    ),
    "everything lost": (operation("loss = 1"), ["[[operations]] 1, loss = 1", "must be a number in [0, 1], below 1"]),
    "less than nothing lost": (operation("loss = -0.1"), ["[[operations]] 1, loss = -0.1", "in [0, 1], below 1"]),
    "loss that is no number": (operation("loss = nan"), ["[[operations]] 1, loss = nan", "in [0, 1], below 1"]),
    "no trucks": (operation("trucks = 0"), ["[[operations]] 1, trucks = 0", "in [0, 1,000,000], above 0"]),
    "fewer trucks than none": (operation("trucks = -4"), ["[[operations]] 1, trucks = -4", "in [0, 1,000,000], above 0"]),
    "trucks in words": (operation('trucks = "few"'), ["[[operations]] 1, trucks = 'few'", "must be a number in"]),
    "trucks misspelt": (operation("truks = 4"), ["[[operations]] 1, truks", "unknown key; did you mean 'trucks'?"]),
    # what hubs receive
    "negative inflow": (
        event(SUPPLY, tonnes_per_day=-1),
        ["[[events]] 4 (HubSupply), tonnes_per_day = -1", "must be a number in [0, 1,000,000]"],
    ),
    "negative stock of a hub": (
        event(SUPPLY, stock_t=-1),
        ["[[events]] 4 (HubSupply), stock_t = -1", "must be a number in [0, 1,000,000,000]"],
    ),
    "supply that does not say how much": (
        event(SUPPLY, tonnes_per_day=None),
        ["[[events]] 4 (HubSupply), tonnes_per_day", "is missing; must be a number in [0, 1,000,000]"],
    ),
    "supply of a place that is no hub": (
        event(SUPPLY, place="azaz"),
        ["[[events]] 4 (HubSupply), place = 'azaz'", "place 'azaz' is no hub; set hub = true", "known: kilis, mare"],
    ),
    "supply of a hub unknown": (
        event(SUPPLY, place="kiliss"),
        ["[[events]] 4 (HubSupply), place = 'kiliss'", "did you mean 'kilis'?"],
    ),
    "stock above the store of the hub": (
        both(column("storage_t", 5, 100), event(SUPPLY, stock_t=150.5)),
        ["[[events]] 4 (HubSupply), place = 'kilis'", "stores 100 t (storage_t); a stock of 150.5 t does not fit"],
    ),
    # convoys
    "more approved than asked for": (
        event(APPROVAL, approved=1.2),
        ["[[events]] 4 (ConvoyApproval), approved = 1.2", "must be a number in [0, 1]"],
    ),
    "approved often": (
        event(APPROVAL, approved="often"),
        ["[[events]] 4 (ConvoyApproval), approved = 'often'", "must be a number in [0, 1]"],
    ),
    "no requests": (
        event(APPROVAL, requests_per_week=0),
        ["[[events]] 4 (ConvoyApproval), requests_per_week = 0", "must be a number in [0, 70], above 0"],
    ),
    "convoy of no truck": (
        event(APPROVAL, trucks=0),
        ["[[events]] 4 (ConvoyApproval), trucks = 0", "must be a number in [0, 10,000], above 0"],
    ),
    "convoys on a link unknown": (
        event(APPROVAL, link="gaet"),
        ["[[events]] 4 (ConvoyApproval), link = 'gaet'", "is unknown; did you mean 'gate'?"],
    ),
    "convoys on no link": (
        event(APPROVAL, link=[]),
        ["[[events]] 4 (ConvoyApproval), link = []", "must be a name or a list of names"],
    ),
    "convoys on a line of no operation": (
        event(APPROVAL, link=["gate", "fork_mare"]),
        ["[[events]] 4 (ConvoyApproval), link = 'fork_mare'", "is a line of no operation", "(operations: cross_border)"],
    ),
    "convoys beside the line of the operation": (
        both(operation('lines = ["azaz_fork"]'), event(APPROVAL, link="fork_mare")),
        ["[[events]] 4 (ConvoyApproval), link = 'fork_mare'", "add it to `lines`", "known: azaz_fork, gate"],
    ),
    # airdrops
    "airdrop that does not fit": (
        both(column("storage_t", 2, 15), event(DROPS)),
        ["[[events]] 4 (Airdrops), place = 'azaz'", "stores 15 t (storage_t); a sortie brings 20 t, which would be lost"],
    ),
    "airdrop over a place unknown": (
        event(DROPS, place="azzz"),
        ["[[events]] 4 (Airdrops), place = 'azzz'", "did you mean 'azaz'?"],
    ),
    "airdrop of nothing": (
        event(DROPS, tonnes_per_sortie=0),
        ["[[events]] 4 (Airdrops), tonnes_per_sortie = 0", "must be a number in [0, 1,000], above 0"],
    ),
    "more recovered than dropped": (
        event(DROPS, recovered=1.1),
        ["[[events]] 4 (Airdrops), recovered = 1.1", "must be a number in [0, 1]"],
    ),
    "sorties that fly too surely": (
        event(DROPS, reliability=80),
        ["[[events]] 4 (Airdrops), reliability = 80", "must be a number in [0, 1]"],
    ),
    # funding
    "more cut than there is": (event(CUT, share=1.5), ["[[events]] 4 (FundingCut), share = 1.5", "in [0, 1]"]),
    "funding cut of a place that is no hub": (
        event(CUT, place=["kilis", "fork"]),
        ["[[events]] 4 (FundingCut), place = 'fork'", "place 'fork' is no hub; set hub = true"],
    ),
    "funding cut where there is no hub": (
        both(place(3, "hub", "no"), place(5, "hub", "no"), toml('[[operations]]\nid = "cross_border"\nname = "From Turkey"\nhubs = "kilis"\ntransit = ["turkey", "nsag"]\n', ""), event(CUT)),
        ["[[events]] 4 (FundingCut)", "no place is a hub; set hub = true in places.csv where aid starts"],
    ),
    # sieges of hubs
    "siege of the hub of an operation": (
        both(operation(hubs='hubs = "mare"\n'), event(kind="Siege", place="mare")),
        ["[[events]] 4 (Siege), place = 'mare'", "is a hub of the operation 'cross_border'", "nothing could leave it"],
    ),
    "siege of a group with a hub apart": (
        both(operation(hubs='hubs = ["kilis", "mare"]\n'), event(kind="Siege", place="north", traffic=["trade", "aid"])),
        ["[[events]] 4 (Siege)", "place 'mare' is a hub of the operation 'cross_border'", "say traffic without aid"],
    ),
    # needs.csv
    "carried as something unknown": (
        needs(LESS.replace(",food,", ",fodo,")),
        ["needs.csv, row 2, commodity = 'fodo'", "one of food, other", "did you mean 'food'?"],
    ),
    "negative need": (
        needs(LESS.replace("0.3", "-0.3")),
        ["needs.csv, row 2, quantity = '-0.3'", "must be a number in [0, 1,000,000]"],
    ),
    "carried by the litre": (
        needs(LESS.replace("kg/", "litre/")),
        ["needs.csv, row 2, unit = 'litre/person/day'", "what is carried as food must be given in kg/person/day"],
    ),
    "a unit unknown": (
        needs(LESS.replace("kg/person/day", "kg/person/dya")),
        ["needs.csv, row 2, unit = 'kg/person/dya'", "did you mean 'kg/person/day'?"],
    ),
    "the same item twice": (
        needs(LESS + LESS.replace("0.3", "0.4")),
        ["needs.csv, row 3, item = 'food ration'", "stands in row 2 already; each must be unique"],
    ),
    "need without a source": (
        needs(LESS.replace("half a ration", "")),
        ["needs.csv, row 2, source", "is empty; it must be given"],
    ),
    "no column for sources": (
        needs(LESS.rsplit(",", 1)[0] + "\n", HEADER.replace(",source", "")),
        ["needs.csv, row 1", "column 'source' is missing", "who says so"],
    ),
    "needs that are no table": (
        both(needs(LESS), folder_instead("needs.csv")),
        ["needs.csv"],
    ),
    "named needs that are not there": (named("needs_siege.csv"), ["needs_siege.csv", "no such file"]),
    "needs out of the folder": (
        named("../needs.csv"),
        ["scenario.toml, [scenario] needs = '../needs.csv'", "out of the scenario's folder"],
    ),
    "needs by a link out of the folder": (both(needs(LESS), link_out("needs.csv")), ["needs.csv", "out of the scenario's folder"]),
    "needs of a number": (toml("days = 10", "days = 10\nneeds = 5"), ["[scenario] needs = 5", "must be text that is not empty"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_message_says_where_and_what(name, tiny_in, tmp_path):
    broken, expected = CASES[name]
    tiny = tiny_in(tmp_path / "tiny")
    broken(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    lines = caught.value.problems
    assert len(lines) == 1, "one fault, one line:\n" + "\n".join(lines)
    assert all(words in lines[0] for words in expected), lines[0]
    assert not any(word in lines[0] for word in JARGON), lines[0]
    assert "\n" not in lines[0]
    assert len(lines[0]) < 600


def test_there_are_more_than_thirty():
    assert len(CASES) > 30


SOUND = {
    "a hub that supplies the places besieged with it": both(
        operation(hubs='hubs = "mare"\n'), event(kind="Siege", place=["mare", "fork"])
    ),
    "a siege that lets aid out": both(
        operation(hubs='hubs = "mare"\n'), event(kind="Siege", place="mare", traffic=["civilians", "trade"])
    ),
    "a siege of a hub of no operation": event(kind="Siege", place="mare"),
    "a stock that just fits": both(column("stock_t", 3, 50), column("storage_t", 3, 50)),
    "a stock in a store of unknown size": column("stock_t", 3, 50),
    "a sortie of which so much is recovered as fits": both(column("storage_t", 2, 15), event(DROPS, recovered=0.75)),
    "convoys over a crossing": event(APPROVAL),
    "convoys on a line of the operation": both(
        operation('lines = ["fork_mare"]'), event(APPROVAL, link=["gate", "fork_mare"])
    ),
    "convoys of an operation that takes any line": both(
        operation("any_line = true"), event(APPROVAL, link="fork_mare")
    ),
    "needs of its own": needs(LESS),
    "a fleet and losses": operation("trucks = 0.5", "loss = 0.99"),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_nearly_wrong_is_fine(name, tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    SOUND[name](tiny)
    assert read_scenario(tiny.folder)


def test_all_faults_are_said_at_once(tiny_in, tmp_path):
    """And nobody is blamed for the fault of another: not the convoys for the operation whose line is misspelt."""
    tiny = tiny_in(tmp_path / "tiny")
    for broken in (
        column("stock_t", 2, -5),
        needs(LESS.replace(",food,", ",fodo,")),
        operation('lines = ["fork_mare"]', "loss = 1", "trucks = 0"),
        event(SUPPLY, place="azaz", stock_t=-1),
    ):
        broken(tiny)
    for row in (
        {**APPROVAL, "link": "fork_mare"},  # a line of the operation above, which has faults of its own
        {**APPROVAL, "approved": "often", "trucks": 0},
        {**DROPS, "place": "azzz"},
        {**CUT, "place": "fork"},
    ):
        tiny.add("scenario.toml", entry(**row))
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    found = "\n".join(caught.value.problems)
    for words in (
        "row 2, stock_t = '-5'",
        "commodity = 'fodo'",
        "[[operations]] 1, loss = 1",
        "[[operations]] 1, trucks = 0",
        "4 (HubSupply), stock_t = -1",
        "6 (ConvoyApproval), approved = 'often'",
        "6 (ConvoyApproval), trucks = 0",
        "7 (Airdrops), place = 'azzz'",
        "8 (FundingCut), place = 'fork'",
    ):
        assert found.count(words) == 1, f"{words}\n{found}"
    assert len(caught.value.problems) == 9, found


def test_convoys_are_not_blamed_for_an_operation_that_names_what_is_not_there(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    operation('lines = ["fork_mare"]', hubs='hubs = "mrae"\n')(tiny)
    event(APPROVAL, link="fork_mare")(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    assert len(caught.value.problems) == 1
    assert "hubs = 'mrae'" in str(caught.value)


@pytest.mark.parametrize("file", ["links.csv", "places.csv"])
def test_a_missing_table_does_not_blame_aid(file, tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    operation('lines = ["fork_mare"]')(tiny)
    for row in (SUPPLY, APPROVAL, {**APPROVAL, "link": "fork_mare"}, DROPS, CUT, {**CUT, "place": "kilis"}):
        tiny.add("scenario.toml", entry(**row))
    gone(file)(tiny)
    with pytest.raises(InputError) as caught:
        read_scenario(tiny.folder)
    assert len(caught.value.problems) == 1, caught.value


def test_a_file_that_extends_another_takes_its_needs(tiny_in, tmp_path):
    tiny = tiny_in(tmp_path / "tiny")
    needs(LESS)(tiny)
    half = read_scenario(tiny.folder).standards
    needs(LESS.replace("0.3", "0.2"), name="needs_siege.csv")(tiny)
    extending(EXTENDS)(tiny)
    assert read_scenario(tiny.folder).standards == half
    (tiny / "scenario.toml").write_text(EXTENDS + 'needs = "needs_siege.csv"\n')
    assert [row.quantity for row in read_scenario(tiny.folder).standards if row.item == "food ration"] == [0.2]


class TestInPython:
    """The same faults in a scenario that is made without files."""

    def test_an_approval_for_nobody_says_which_operations_there_are(self, tiny_in, tmp_path):
        case = read_scenario(tiny_in(tmp_path / "tiny").folder)
        given = {"start": case.start, **{k: v for k, v in APPROVAL.items() if k != "kind"}, "link": "fork_mare"}
        with pytest.raises(InputError, match=r"4 \(ConvoyApproval, 2016-02-01\): link 'fork_mare' .*: cross_border"):
            case.with_events(ev.ConvoyApproval(**given))
        with pytest.raises(InputError, match="there is no operation yet"):
            replace(case, operations=()).with_events(ev.ConvoyApproval(**given))

    def test_a_hub_that_is_none(self, tiny_in, tmp_path):
        case = read_scenario(tiny_in(tmp_path / "tiny").folder)
        with pytest.raises(InputError, match=r"\[\[operations\]\] o, hubs = 'azaz': is no hub"):
            replace(case, operations=(Operation(id="o", name="O", hubs="azaz", transit="gov"),))

    def test_a_stock_above_the_store(self, tiny_in, tmp_path):
        case = read_scenario(tiny_in(tmp_path / "tiny").folder)
        places = case.network.places
        full = replace(places, stock_t=places.latitude, storage_t=places.latitude - 1)
        with pytest.raises(InputError) as caught:
            replace(case, network=replace(case.network, places=full))
        assert len(caught.value.problems) == 4
        assert all("stock_t = 36" in line for line in caught.value.problems)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"quantity": -1.0}, "standard 'rice', quantity = -1: must be a number in [0, 1,000,000]"),
            ({"quantity": float("nan")}, "quantity = nan"),
            ({"unit": "kg/person/dya"}, "did you mean 'kg/person/day'?"),
            ({"commodity": "fodo"}, "commodity = 'fodo': is unknown; did you mean 'food'?"),
            ({"unit": "litre/person/day"}, "what is carried as food must be given in kg/person/day"),
        ],
    )
    def test_a_standard(self, wrong, words):
        sound = {"item": "rice", "cluster": "food security", "commodity": "food", "quantity": 0.4,
                 "unit": "kg/person/day", "source": "a test"}  # fmt: skip
        assert Standard(**sound)
        with pytest.raises(InputError) as caught:
            Standard(**{**sound, **wrong})
        assert words in str(caught.value)
