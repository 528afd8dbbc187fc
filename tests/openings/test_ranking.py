"""Which opening helps most: what is proposed, gains worked out on paper, and what the words say."""

import datetime as dt

import numpy as np
import pytest

from displacement import events as ev
from displacement.errors import InputError
from displacement.openings import (
    Gain,
    InFull,
    Opening,
    agreement,
    candidates,
    gain_of,
    in_full,
    openings_listed,
    openings_said,
    rank_openings,
    rank_stability,
)
from displacement.openings.ranking import base_of
from tests.access.conftest import START, scenario

DAY, DAYS = START + dt.timedelta(days=2), 6
LEFT = DAYS - 2
PLACES = {"rear": ("g", 0, "outside hub"), "gate": ("g", 0), "pass": ("g", 0), "town": ("g", 10_000)}
LINKS = {"rg": ("rear", "gate"), "gp": ("gate", "pass"), "pt": ("pass", "town")}
FROM_REAR = {"id": "rear", "hubs": ("rear",), "transit": ("g",)}
PLENTY = ev.HubSupply(place="rear", tonnes_per_day=100.0, start=START)
SHUT = ev.Permission(link=("gp", "pt"), start=START, aid=0.0, trade=0.0, civilians=0.0)


def case(*events, places=PLACES, links=LINKS, operations=(FROM_REAR,), **more):
    return scenario(places, links, operations=operations, events=(PLENTY, *events), days=DAYS, **more)


def opening(*links):
    return Opening(kind="road", words=" and ".join(links), links=links)


def test_two_roads_in_a_line_gain_nothing_alone_and_all_together():
    """10,000 people without trade or aid: each day that both are open meets 10,000 person-days."""
    base = base_of(case(SHUT), DAY, members=3)
    np.testing.assert_allclose(base.unmet, 6.5 * LEFT, rtol=1e-9)
    for alone in ("gp", "pt"):
        np.testing.assert_allclose(gain_of(base, opening(alone), DAY).person_days, 0.0, atol=1e-6)
    both = gain_of(base, opening("gp") & opening("pt"), DAY)
    np.testing.assert_allclose(both.person_days, 10_000 * LEFT, rtol=1e-9)
    assert both.chance == 1.0


def test_airdrops_gain_what_is_recovered():
    drop = ev.Airdrops(place="town", start=DAY, tonnes_per_sortie=2.6, sorties_per_week=7.0, recovered=0.5)
    gain = gain_of(base_of(case(SHUT), DAY, members=2), Opening(kind="airdrop", words="", airdrops=(drop,)), DAY)
    np.testing.assert_allclose(gain.person_days, 1.3 / 0.65 * 1000 * LEFT, rtol=1e-9)
    np.testing.assert_allclose(gain.tonnes, 1.3 * LEFT, rtol=1e-9)


def test_what_is_proposed_for_a_town_that_is_shut_off():
    found = {o.kind: o for o in candidates(case(SHUT), case(SHUT).compile(), DAY)}
    assert set(found) == {"road", "airdrop"}
    assert found["road"].roads == ("gp", "pt")
    assert found["airdrop"].airdrops[0].place == ("town",)


def test_nothing_is_proposed_where_nothing_is_shut():
    assert candidates(case(), case().compile(), DAY) == []


def test_a_shut_crossing_a_limited_one_a_line_and_a_permission_are_proposed():
    places = {"abroad": ("t", 0, "outside hub"), "mine": ("n", 900), "theirs": ("s", 800), "foe": ("b", 700)}
    links = {
        "gate": ("abroad", "mine", "crossing", 3), "line": ("mine", "theirs"), "front": ("mine", "foe"),
    }  # fmt: skip
    cross = {"id": "x", "hubs": ("abroad",), "transit": ("t", "n"), "deliver": ("s",), "lines": ("line",)}
    shut = ev.CrossingClosed(crossing="gate", traffic=("aid",), start=START)
    supply = ev.HubSupply(place="abroad", tonnes_per_day=9.0, start=START)
    relations = (("n", "s", "truce"),)

    def proposed(*events):
        made = scenario(places, links, operations=(cross,), relations=relations, events=(supply, *events), days=DAYS)
        return [(o.kind, o.links, o.trucks, o.deliver) for o in candidates(made, made.compile(), DAY)]

    opened = ev.CrossingOpened(crossing="gate", start=START)
    assert ("crossing", ("gate",), (), ()) in proposed(shut)
    free = proposed(opened)
    assert ("crossing", (), (("gate", 1.5),), ()) in free
    assert ("convoy line", ("line",), (), ()) in free
    assert ("permission", ("front",), (), (("x", "b"),)) in free


def test_the_ranking_and_its_words():
    ranking = rank_openings(case(SHUT), DAY, members=4)
    assert [g.opening.kind for g in ranking.singles] == ["road", "airdrop"]
    assert ranking.singles[0].mean == pytest.approx(10_000 * LEFT)
    assert (ranking.stability == 1).all()
    full = in_full(ranking, members=5, most=1)
    text = "\n".join(openings_said(ranking, full))
    assert "40,000 person-days of need stay unmet" in text
    assert "1. Reopen the road Gate - Pass and Pass - Town to everybody" in text
    assert "40,000 person-days met (100% of what is unmet)" in text
    assert "it helps in 100% of runs" in text
    listed = openings_listed(ranking, full)
    assert [row["rank"] for row in listed["openings"]] == [1, 2]
    assert listed["with_people_free_to_move"][0]["person_days"] == pytest.approx(40_000, rel=0.3)


def test_a_pair_is_found_where_one_alone_gains_nothing():
    """The crossing is shut and the road behind it too; each has an opening of its own, and neither helps alone."""
    places = {"abroad": ("t", 0, "outside hub"), "post": ("n", 10), "town": ("n", 10_000)}
    links = {"gate": ("abroad", "post", "crossing"), "road": ("post", "town")}
    cross = {"id": "x", "hubs": ("abroad",), "transit": ("t", "n")}
    shut = (
        ev.CrossingClosed(crossing="gate", start=START),
        ev.Permission(link="road", start=START, aid=0.0, trade=0.0),
        ev.HubSupply(place="abroad", tonnes_per_day=100.0, start=START),
    )
    made = scenario(places, links, operations=(cross,), events=shut, days=DAYS)
    base = base_of(made, DAY, members=2)
    alone = [gain_of(base, opening(link), DAY).mean for link in ("gate", "road")]
    both = gain_of(base, opening("gate", "road"), DAY).mean
    assert alone[1] == pytest.approx(0.0, abs=1e-6)
    assert both > alone[0] + 30_000


def test_the_same_luck_makes_an_opening_that_changes_nothing_gain_nothing():
    """Fire lets aid pass on some days, by luck; where that luck is shared, an idle opening gains exactly nothing."""
    fire = ev.Fire(link="pt", start=START, level=2)
    links = {**LINKS, "away": ("gate", "side")}
    places = {**PLACES, "side": ("g", 0)}
    made = case(fire, ev.RoadCut(link="away", start=START), links=links, places=places)
    base = base_of(made, DAY, members=20)
    assert base.unmet.std() > 0
    assert (gain_of(base, opening("away"), DAY).person_days == 0).all()


def test_rank_stability_by_hand():
    gains = np.array([[9.0, 1.0], [5.0, 5.0], [1.0, 9.0]])
    assert rank_stability(gains).tolist() == [0.5, 1.0, 0.5]


def test_agreement_of_two_orders():
    one = opening("a")

    class Ranking:
        singles = [Gain(opening=one, person_days=np.array([x]), tonnes=np.zeros(1)) for x in (3.0, 2.0, 1.0)]

    def full(*values):
        return [InFull(opening=one, person_days=x, leaving=0.0, crossing=0.0) for x in values]

    assert agreement(Ranking, full(30, 20, 10)) == 1.0
    assert agreement(Ranking, full(10, 20, 30)) == -1.0
    assert agreement(Ranking, full(20, 30, 10)) == pytest.approx(1 / 3)


def test_without_aid_there_is_nothing_to_rank():
    bare = scenario(PLACES, LINKS, operations=(FROM_REAR,), days=DAYS)
    with pytest.raises(InputError, match="nothing says what aid there is; add a HubSupply event"):
        rank_openings(bare, DAY)


def test_members_are_at_most_a_block():
    with pytest.raises(InputError, match=r"members = 51: must lie in \[1, 50\]"):
        rank_openings(case(SHUT), DAY, members=51)
