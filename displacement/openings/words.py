"""The ranking of openings in words that can be read out in a meeting, and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from displacement.events import shown_day
from displacement.network import Floats
from displacement.openings.ranking import Gain, InFull, Ranking, agreement

MOST_SHOWN = 10
LOW, HIGH = 10, 90  # percentiles of the range that is shown
LITTLE = 0.005  # of all unmet need: an opening that meets less gains next to nothing


def rounded(number: float) -> str:
    """A number to two figures, in thousands or millions where it is large.

    >>> rounded(2_431_005), rounded(135_126), rounded(-760.0), rounded(0.2)
    ('2.4 million', '140,000', '-760', '0')
    """
    if abs(number) >= 1e6:
        return f"{float(f'{number:.2g}') / 1e6:,.2g} million"
    return f"{float(f'{number:.2g}'):,.0f}" if abs(number) >= 1 else "0"


def spread(values: Floats) -> str:
    """The 80 % range over members in words; nothing if there is none to show.

    >>> spread(np.array([100_000.0, 100_000.0, 100_000.0]))
    ''
    """
    low, high = (rounded(float(np.percentile(values, p))) for p in (LOW, HIGH))
    return "" if low == high else f", 80 % of runs from {low} to {high}"


def openings_said(ranking: Ranking, full: Sequence[InFull] = ()) -> list[str]:
    """Lines that say what would help most, with what chance, what it hangs on, and what people would do."""
    scenario, days = ranking.scenario, (ranking.scenario.end - ranking.date).days + 1
    unmet = float(ranking.unmet.mean())
    lines = [
        f"Which opening would help most, from {shown_day(ranking.date)} to {shown_day(scenario.end)} ({days} days)",
        "INTERNAL: it names convoy lines and ways in. For planning only, not to be shared as it is.",
        "",
        f"As things are, {rounded(unmet)} person-days of need stay unmet{spread(ranking.unmet)}.",
        f"Each of {len(ranking.singles)} openings was solved again with the same rule of dispatch and the same luck in"
        f" {ranking.members} runs,",
        "with people held where they would be without it, and ranked by person-days of need met.",
    ]
    worth = [i for i, g in enumerate(ranking.singles) if g.mean > LITTLE * unmet]
    for place, i in enumerate(worth[:MOST_SHOWN], start=1):
        lines += ["", *_gain(place, ranking.singles[i], unmet, float(ranking.stability[i]))]
    rest = len(ranking.singles) - len(worth[:MOST_SHOWN])
    if rest:
        harmful = [g.opening.words for g in ranking.singles if g.mean < -LITTLE * unmet]
        lines += ["", f"The other {rest} meet less, or next to nothing."]
        lines += [f"With this rule of dispatch it would do harm to {words}." for words in harmful]
    lines += _pairs(ranking, unmet)
    if full:
        lines += _in_full(ranking, full)
    return [*lines, "", *hangs_on(ranking)]


def _gain(place: int, gain: Gain, unmet: float, stable: float) -> list[str]:
    """One opening, in two lines."""
    words = gain.opening.words
    share = f"{gain.mean / unmet:.0%} of what is unmet" if unmet > 0 else ""
    more = float(gain.tonnes.mean())
    tonnes = f"{rounded(abs(more))} t {'more' if more >= 0 else 'less'} delivered"
    return [
        f"{place:2}. {words[:1].upper()}{words[1:]}",
        f"    {rounded(gain.mean)} person-days met ({share}{spread(gain.person_days)}); {tonnes}; it helps in"
        f" {gain.chance:.0%} of runs;",
        f"    its rank holds, give or take one, in {stable:.0%}.",
    ]


def _pairs(ranking: Ranking, unmet: float) -> list[str]:
    """Pairs of openings that give more together than apart."""
    found = []
    for pair in ranking.pairs:
        extra = pair.mean - sum(ranking.singles[i].mean for i in pair.parts)
        if extra > LITTLE * unmet:
            found.append(
                f"  - {pair.opening.words}: {rounded(pair.mean)} person-days, {rounded(extra)} more than the two apart"
            )
    head = "Two together that give more than the two apart:"
    return ["", head, *found] if found else ["", "No two of the best give more together than apart."]


def _in_full(ranking: Ranking, full: Sequence[InFull]) -> list[str]:
    """The best openings with people free to move."""
    lines = ["", f"The best {len(full)} again, with people free to move:"]
    for run in full:
        leave = f"{rounded(abs(run.leaving))} {'more' if run.leaving >= 0 else 'fewer'} people leave home"
        lines.append(f"  - {run.opening.words}: {rounded(run.person_days)} person-days met, {leave}")
    lines.append(
        f"  Their order agrees with the one above to {agreement(ranking, full):+.1f} (+1 the same, -1 reversed)."
    )
    return lines


def hangs_on(ranking: Ranking) -> list[str]:
    """What the ranking rests on."""
    p = ranking.scenario.parameters
    warned = "nobody is warned" if not p.warning_lead_days else f"places are warned {p.warning_lead_days:g} days ahead"
    return [
        "What this hangs on: the supply of hubs and the caps of crossings and roads as the scenario states them; a"
        f" buffer of {float(p.buffer_days):g} days; {warned}; {float(p.aid_share):.0%} of people",
        "depend on aid where trade is free. Another rule of dispatch changes the figures. Airdrops need open ground.",
    ]


def openings_listed(ranking: Ranking, full: Sequence[InFull] = ()) -> dict[str, Any]:
    """The same as plain values."""
    rows = [
        {"rank": i + 1, "rank_holds": float(s), **_row(g)}
        for i, (g, s) in enumerate(zip(ranking.singles, ranking.stability, strict=True))
    ]
    return {
        "unmet_person_days": float(ranking.unmet.mean()),
        "members": ranking.members,
        "openings": rows,
        "pairs": [
            {**_row(g), "synergy": g.mean - sum(ranking.singles[i].mean for i in g.parts)} for g in ranking.pairs
        ],
        "with_people_free_to_move": [
            {
                "opening": f.opening.words,
                "person_days": f.person_days,
                "leaving_home": f.leaving,
                "crossing": f.crossing,
            }
            for f in full
        ],
    }


def _row(gain: Gain) -> dict[str, Any]:
    """An opening as plain values."""
    low, high = (float(np.percentile(gain.person_days, p)) for p in (LOW, HIGH))
    return {
        "kind": gain.opening.kind,
        "opening": gain.opening.words,
        "person_days": gain.mean,
        "low": low,
        "high": high,
        "tonnes": float(gain.tonnes.mean()),
        "chance": gain.chance,
    }
