"""How does the cost grow with people, days and members? A run without files, on one worker."""

from __future__ import annotations

from instance import made_up_country, median_seconds, report

from displacement.ensemble import simulate


def main() -> None:
    """Print the ratios."""
    usual, many, long = made_up_country(), made_up_country(people=1_000_000_000), made_up_country(days=92)
    base = median_seconds(lambda: simulate(usual, members=200))
    report("a billion people / 10 million", median_seconds(lambda: simulate(many, members=200)) / base, "at most 1.2")
    report("92 days / 46 days", median_seconds(lambda: simulate(long, members=200)) / base, "linear: 2")
    report("400 members / 200", median_seconds(lambda: simulate(usual, members=400)) / base, "linear: 2")


if __name__ == "__main__":
    main()
