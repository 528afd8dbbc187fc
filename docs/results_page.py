"""The page of results, written from the figures. Only what Flee's own runs gave is typed, and quoted as such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

ISSUED, METHOD, MAIN = "mixture", "damped drift with learnt errors", "damped45, pooled"
# Flee 3.1 as benchmarks/bench_flee.py measured it (flee_output.md), the mean of three seeds
FLEE = {"mali2012": 0.84, "burundi2015": 0.83, "car2013": 0.75, "ssudan2013": 0.82}
FLEE_LEAKED = {"mali2012": 0.28, "burundi2015": 0.47, "car2013": 0.29, "ssudan2013": 0.43}
COLD, ASSIMILATED, LOWER, COVERED, EACH = 0.45, 0.20, 0.10, (0.75, 0.85), (0.70, 0.90)


def geometric(values: Sequence[float]) -> float:
    """exp(mean(log x))."""
    return float(np.exp(np.mean(np.log(values))))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of Markdown."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def two(values: Iterable[float]) -> list[str]:
    """Numbers with two decimals."""
    return [f"{v:.2f}" for v in values]


def percent(value: float) -> str:
    """A share."""
    return f"{100 * value:.0f} %"


def reached(yes: bool) -> str:
    """A bar, reached or not."""
    return "reached" if yes else "**not reached**"


def page(figures: dict[str, Any]) -> str:
    """The whole page."""
    f, cases = figures["forecast"], figures["cases"]
    lines = [
        "# How good it is, in figures",
        "",
        f"Made on {figures['date']} with version {figures['version']} by `{figures['command']}`, from four historic"
        " conflicts in the format of Flee. Do not edit: the next run writes it anew.",
        "",
        "Every forecast here was made with what was counted up to its origin and nothing later; what other conflicts"
        " teach comes from the other three. What could not be closed off: the form of the methods and the round values"
        " beforehand were chosen with all four in sight, so other conflicts may go worse. Origins are every 30 days"
        " from the 60th; targets 30, 60 and 90 days ahead are counts within 15 days of them, and the forecast is for"
        " the day of the count. [What the words mean](scores.md).",
        "",
        *stocks(f, cases),
        *coverage(f, cases),
        *bars(f, cases),
        *splits(figures["split"], cases),
        *fine_print(figures),
    ]
    return "\n".join(lines).rstrip() + "\n"


def stocks(f: dict[str, Any], cases: Sequence[str]) -> Iterator[str]:
    """CRPS of all methods."""
    yield from ("## People at sites, 30 to 90 days ahead", "")
    yield "CRPS, the error of a whole distribution, divided by the error of persistence (the last count). Less is"
    yield "better. The mean over cases is geometric."
    yield ""
    order = sorted(f["crps"], key=lambda m: geometric(f["crps"][m]))
    yield from table(
        ["method", *cases, "mean", "with re-counts", "median alone"],
        (
            [
                f"**{m}**" if m == ISSUED else m, *two(f["crps"][m]), f"{geometric(f['crps'][m]):.3f}",
                *two([geometric(f["with_recounts"][m]), geometric(f["median_error"][m])]),
            ]
            for m in order
        ),
    )  # fmt: skip
    yield "*Pooled*: with the errors that the method had in the other conflicts. *Own*: with its verified errors in"
    yield "this one, once there are 20. *With re-counts*: also targets before which a site was counted anew. *Median"
    yield "alone*: absolute error of the median; there the gain is smaller: it is in the distribution."
    yield ""


def coverage(f: dict[str, Any], cases: Sequence[str]) -> Iterator[str]:
    """How often counts lay inside."""
    yield from ("## Do the intervals hold?", "")
    yield "Share of counts inside the interval of the issued forecast (mixture). Targets before which a site was"
    yield "counted anew are left out, but where the row says otherwise."
    yield ""
    held = {f"{share} %": values for share, values in f["coverage"][ISSUED].items()}
    held |= {"80 %, with re-counts": f["coverage_with_recounts"], "80 %, all sites together": f["total"]["coverage"]}
    rows = ([share, *map(percent, values), percent(float(np.mean(values)))] for share, values in held.items())
    yield from table(["interval", *cases, "mean"], rows)
    ours, plain = (f["total"]["crps"][m] for m in (ISSUED, MAIN))
    yield "*All sites together*: the sum of the sites, level by level, as if all were high together or low together."
    yield f"Its CRPS is {geometric(ours):.2f} of persistence's ({', '.join(two(ours))}); {MAIN}, summed alike, has"
    yield f"{geometric(plain):.2f}."
    yield ""


def bars(f: dict[str, Any], cases: Sequence[str]) -> Iterator[str]:
    """What was to be reached."""
    yield from ("## What was to be reached", "")
    rows = []
    for baseline in dict.fromkeys((f["best_baseline"], MAIN)):
        found = f[f"against {baseline}"]
        gain = 1.0 - found["mean"]
        rows.append([
            f"CRPS 10 % below {baseline}" + (" (the best single baseline)" if baseline == f["best_baseline"] else ""),
            f"{percent(gain)} below [95 %: {percent(1 - found['high'])} to {percent(1 - found['low'])}]",
            reached(gain >= LOWER),
        ])  # fmt: skip
    ratios = f[f"against {MAIN}"]["cases"]
    rows.append([f"lower than {MAIN} in every case", ", ".join(two(ratios)), reached(max(ratios) < 1)])
    many = sum(r <= 1 - LOWER for r in ratios)
    rows.append(["10 % lower in three of four", f"in {many}", reached(many >= 3)])
    held = f["coverage"][ISSUED]["80"]
    mean = float(np.mean(held))
    rows.append(
        ["80 % intervals hold 75 to 85 %, mean of cases", percent(mean), reached(COVERED[0] <= mean <= COVERED[1])]
    )
    rows.append([
        "and 70 to 90 % in each", ", ".join(map(percent, held)), reached(all(EACH[0] <= h <= EACH[1] for h in held))
    ])  # fmt: skip
    yield from table(["bar", "measured", ""], rows)
    yield "The interval of a gain is a bootstrap over origins, in blocks of four; conflicts are not drawn again. Four"
    yield "conflicts are few: 5 % up or down is noise."
    yield ""


def splits(s: dict[str, Any], cases: Sequence[str]) -> Iterator[str]:
    """The split of a given total."""
    yield from ("## Where a given total goes", "")
    yield "Here the day's total is told, as Flee is told it, and only the split among sites is judged: by Flee's own"
    yield "measure, the sum of errors over the total, mean over days. *Cold start*: no count of any site is used."
    yield "*Assimilated*: the last counts known 1 to 30 days ago are, and only the rest is split."
    yield ""
    for how, title in (("rescaled", "Against series rescaled at re-counts, as Flee's are"),
                       ("as published", "Against counts as they were published")):  # fmt: skip
        rows = [[name, *two(s[how][key]), f"{np.mean(s[how][key]):.3f}"] for key, name in
                (("equal", "equal parts"), ("cold", "**cold start**"), ("assimilated", "**assimilated**"))]  # fmt: skip
        if how == "rescaled":
            for name, quoted in (
                ("Flee 3.1, capacities unknown", FLEE),
                ("Flee 3.1, capacities that know the future", FLEE_LEAKED),
            ):
                rows.append([name, *two(quoted[c] for c in cases), f"{np.mean([quoted[c] for c in cases]):.3f}"])
        yield from (f"{title}:", "")
        yield from table(["", *cases, "mean"], rows)
    means = {(how, key): float(np.mean(s[how][key])) for how in s for key in ("cold", "assimilated")}
    cold, close = means["rescaled", "cold"], means["as published", "assimilated"]
    other = means["rescaled", "assimilated"]
    below = all(e < FLEE[c] for e, c in zip(s["rescaled"]["cold"], cases, strict=True))
    yield f"Cold start at most {COLD:.2f}: {cold:.3f}, {reached(cold <= COLD)}; below Flee without capacities in every"
    yield f"case: {reached(below)}. Assimilated at most {ASSIMILATED:.2f}: {close:.3f} against published counts,"
    yield f"{reached(close <= ASSIMILATED)}; {other:.3f} against rescaled series, {reached(other <= ASSIMILATED)}:"
    yield "a later re-count moves what is"
    yield "compared with, which nobody could know when the last counts were taken. The rows of Flee are of release 3.1,"
    yield "the mean of three seeds of at most 5,000 agents ([Flee beside ours](../compare.md))."
    yield ""


def fine_print(figures: dict[str, Any]) -> Iterator[str]:
    """What was fitted, and how many tasks there are."""
    f, cases = figures["forecast"], figures["cases"]
    yield from ("## What was fitted, and on how much", "")
    names = list(f["constants"][cases[0]])
    yield "Constants of the damped drift, each column fitted without that conflict:"
    yield ""
    yield from table(
        ["constant", *cases], ([n, *(f"{f['constants'][c][n]:.3g}" for c in cases)] for n in names)
    )  # fmt: skip
    pulls = figures["split"]["rescaled"]["pulls"]
    tried = ("step_power", "size_power", "memory", "follow", "newest", "trust")
    yield "Numbers of the split, chosen from a grid without that conflict:"
    yield ""
    yield from table(["number", *cases], ([n, *(f"{p[n]:g}" for p in pulls)] for n in tried))
    yield from table(
        ["case", "targets", "of these not across a re-count", "people at sites with too few counts"],
        ([c, f"{f['tasks'][c][0]:,}", f"{f['tasks'][c][1]:,}", percent(figures["left_out"][c])] for c in cases),
    )
    yield "Targets of neighbouring origins overlap, so they are fewer than they look."
