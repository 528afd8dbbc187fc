"""Northern Aleppo: which roads to protect, that a pair of cuts tells what single cuts do not, and what cuts would do.

The figures are those of this network with its assumed populations: a regression, no validation. Beside each stands what
the trial found on an earlier network, which had 63 places (here 72) and other populations.
"""

import datetime as dt
import time
from pathlib import Path

import pytest

from displacement.access import access_status, routes_to_protect
from displacement.events import CrossingClosed, RoadCut
from displacement.io import read_scenario
from displacement.variables import labels

FOLDER = Path(__file__).parents[2] / "scenarios" / "aleppo_2016"
BEFORE, AFTER = dt.date(2016, 1, 25), dt.date(2016, 2, 6)  # the road at Bayanoun was cut on 3 February
LIMIT = 2.5  # seconds of processor time for people, tonnes and ways round of one day


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(FOLDER)


@pytest.fixture(scope="module")
def base(scenario):
    return access_status(scenario)


@pytest.fixture(scope="module")
def before(scenario):
    return by_links(routes_to_protect(scenario, BEFORE))


@pytest.fixture(scope="module")
def after(scenario):
    return by_links(routes_to_protect(scenario, AFTER))


def by_links(cuts):
    return {cut.links: cut for cut in cuts}


# Single cuts of 6 February: people and tonnes a day here, and in the trial (people, tonnes).
SINGLE = {
    "khanasir_ithriya": (1_345_805, 358.1),  # 1.35 M
    "bab_al_hawa_crossing": (922_700, 280.0),  # 807,000, 262: what 14 lorries carry
    "castello_road": (300_900, 118.3),  # 301,000
    "bab_al_salama_crossing": (187_200, 48.7),  # 131,700, 43
}


@pytest.mark.parametrize("link", SINGLE)
def test_single_cuts_of_6_february(after, link):
    people, tonnes = SINGLE[link]
    cut = after[link,]
    assert cut.people == cut.people_beyond == people
    assert cut.tonnes == pytest.approx(tonnes, abs=0.1)


def test_the_ranking_of_single_cuts(before, after):
    """In the trial too: Khanasir first on both days; the way in from Turkey only once the road at Bayanoun is gone."""
    named = ["khanasir_ithriya", "bab_al_hawa_crossing", "castello_road", "bab_al_salama_crossing"]
    assert [k[0] for k, cut in after.items() if k[0] in named and len(k) == 1 and cut.people] == named
    isolating = [k[0] for k, cut in before.items() if k[0] in named and len(k) == 1 and cut.people]
    assert isolating == ["khanasir_ithriya", "castello_road"]
    assert (before["khanasir_ithriya",].people, before["castello_road",].people) == (
        1_298_105,
        300_900,
    )  # 1.30 M, 301,000


def test_what_happened_on_3_february_costs_nobody_alone_and_900_000_with_bab_al_hawa(before, after):
    """The trial: 0 and 804,000. On 6 February, with the road gone, Bab al-Hawa alone does it."""
    assert ("bayanoun_hayyan",) not in before
    alone = before["bab_al_hawa_crossing",]  # isolates nobody, and the other crossing takes 10 lorries a day
    assert (alone.people, alone.tonnes) == (0, pytest.approx(143.1, abs=0.1))
    pair = before["bab_al_hawa_crossing", "bayanoun_hayyan"]
    assert pair.people == pair.people_beyond == 916_300
    assert {"idlib_city", "aleppo_east", "haritan"} <= set(pair.places)
    assert "azaz" not in pair.places
    assert set(pair.places) - set(after["bab_al_hawa_crossing",].places) == set()
    assert not [k for k in after if set(k) == {"bab_al_hawa_crossing", "bayanoun_hayyan"}]


def test_both_crossings_are_the_largest_pair_before(before):
    """The trial: 1.00 M. The roads to both from their hubs do the same; the next road on the way shares the row."""
    both = before["bab_al_hawa_crossing", "bab_al_salama_crossing"]
    assert both.people == both.people_beyond == 1_218_600
    assert both.same == (("reyhanli_cilvegozu",), ("kilis_oncupinar",))
    assert max(cut.people_beyond for links, cut in before.items() if len(links) == 2) == both.people


def test_pairs_around_darat_izza_on_6_february(after):
    """The trial: 357,000 by the roads to ad-Dana and al-Atarib."""
    assert after["darat_izza_ad_dana", "darat_izza_al_atarib"].people_beyond == 378_000


def test_what_is_left_when_bab_al_salama_is_lost(after):
    """Afrin is still reached: by Bab al-Hawa in place of Azaz, a longer way."""
    cut = after["bab_al_salama_crossing",]
    assert cut.longer.people == 70_000
    assert cut.longer.hours == pytest.approx(1.0, abs=0.1)
    assert "Afrin, the largest of these places, by Antakya, Reyhanlı, Cilvegözü, Bab al-Hawa" in cut.way_round


def test_all_pairs_of_109_roads_in_time(scenario):
    conditions = scenario.compile()
    start = time.process_time()
    routes_to_protect(scenario, AFTER, conditions)
    assert time.process_time() - start < LIMIT


CASTELLO = RoadCut(link="castello_road", start=AFTER)
NO_AID = CrossingClosed(crossing="bab_al_salama_crossing", traffic="aid", start=AFTER)


def words(status, place, variable="access_status"):
    return labels(status[variable].sel(place=place)).values.tolist()


def newly_cut(scenario, status, base):
    """Opening people of places that are cut on 6 February and were not."""
    day = (AFTER - scenario.start).days
    now, then = (s["access_today"].isel(time=day).values == 2 for s in (status, base))
    places = scenario.network.places
    return int((places.residents + places.opening_displaced)[now & ~then].sum())


def differing(status, base):
    found = (status["access_status"] != base["access_status"]) | (status["access_today"] != base["access_today"])
    return set(status["place"].values[found.any("time").values].tolist())


def test_with_castello_cut_from_6_february_the_east_is_besieged_in_march(scenario, base):
    """The trial: from 1 March. Here from the 2nd: Afrin let people in until 20 February, which the trial did not have."""
    status = access_status(scenario.with_events(CASTELLO))
    found = words(status, "aleppo_east")
    first = (dt.date(2016, 3, 2) - scenario.start).days
    assert found.index("besieged") == first
    assert set(found[first:]) == {"besieged"}
    assert set(words(status, "aleppo_east", "access_today")[(AFTER - scenario.start).days :]) == {"cut"}
    as_trial = access_status(scenario.without("afrin_lets_people_in").with_events(CASTELLO))
    assert words(as_trial, "aleppo_east").index("besieged") == first - 1
    assert differing(status, base) == {"aleppo_east", "handarat"}
    assert newly_cut(scenario, status, base) == 300_900


def test_with_bab_al_salama_shut_to_aid_the_azaz_pocket_is_cut_and_never_besieged(scenario, base):
    """The trial: 131,700 newly cut; hard to reach by 16 February (here from the 13th)."""
    status = access_status(scenario.with_events(NO_AID))
    assert newly_cut(scenario, status, base) == 187_200
    for place in ("azaz", "mare", "sijjou", "shamarin"):
        assert "besieged" not in words(status, place)
        assert words(status, place).index("hard_to_reach") == (dt.date(2016, 2, 13) - scenario.start).days
    after_capture = (dt.date(2016, 2, 15) - scenario.start).days
    assert set(words(status, "tell_rifaat", "access_today")[after_capture:]) == {"restricted"}  # served over Afrin
    assert "aleppo_east" not in differing(status, base)


def test_both_are_the_union_of_the_two(scenario, base):
    """They lie in different pockets after 3 February. The trial: 432,700 newly cut."""
    one, two, both = (access_status(scenario.with_events(*e)) for e in ([CASTELLO], [NO_AID], [CASTELLO, NO_AID]))
    assert newly_cut(scenario, both, base) == 488_100 == 300_900 + 187_200
    assert differing(both, base) == differing(one, base) | differing(two, base)
    for place in differing(both, base):
        alone = one if place in differing(one, base) else two
        assert words(both, place) == words(alone, place)
