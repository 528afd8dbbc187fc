"""`displacement forecast` as its users meet it: words, data, files, and what bad input is told."""

import json
import sys

import numpy as np
import pytest

from displacement import cli

PLACES = """place_id,name,country,latitude,longitude,kind,population,party
city,City,AA,0.0,0.0,town,100000,a
camp,The Camp,BB,0.0,0.5,camp,0,b
other,Other Camp,BB,0.3,0.5,camp,0,b
late,Late Camp,BB,0.6,0.5,camp,0,b
"""
LINKS = """link_id,from_place_id,to_place_id,kind,length_km,speed_kmh
one,city,camp,crossing,60,50
two,city,other,crossing,70,50
three,city,late,crossing,90,50
"""
SCENARIO = """
[scenario]
name = "A small case"
start = 2020-01-01
days = 400
country = "AA"
[[parties]]
id = "a"
name = "A"
[[parties]]
id = "b"
name = "B"
[[events]]
kind = "CrossingOpened"
start = 2020-01-01
crossing = ["one", "two", "three"]
[[events]]
kind = "Fighting"
start = 2020-01-02
place = "city"
intensity = 0.1
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    random = np.random.default_rng(1)
    rows = ["date,variable,place_id,scope,value,low,high,source,grade"]
    for site, size in (("camp", 4000), ("other", 20000)):
        for d in range(5, 300, 9):
            date = np.datetime64("2020-01-01") + d
            rows.append(
                f"{date},refugees,{site},,{round(size * (1 - np.exp(-d / 90)) * random.lognormal(0, 0.02))},,,,"
            )
    rows.append("2020-08-20,refugees,late,,300,,,,")
    for name, text in (("places.csv", PLACES), ("links.csv", LINKS), ("scenario.toml", SCENARIO)):
        (folder / name).write_text(text.lstrip())
    (folder / "observed.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture
def displacement(monkeypatch, capsys):
    """Run a command; returns (exit code, stdout, stderr)."""

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["displacement", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        said = capsys.readouterr()
        return done.value.code or 0, said.out, said.err

    return command


def test_words(case, displacement):
    code, out, err = displacement("forecast", case, "--origin", "2020-09-01")
    assert (code, err) == (0, "")
    assert out.startswith("A small case: refugees, forecast from what was counted up to 1 Sep 2020 and nothing later")
    order = [out.index(name) for name in ("All sites with counts, together", "The Camp", "Other Camp")]
    assert order[0] == min(order)  # the summary comes first
    assert out.count("in 80 of 100 cases") == 12
    assert "Too few counts to learn from: the range is wide on purpose." in out.split("Late Camp")[1]
    assert "Earlier forecasts of these sites by the same rules" in out


def test_json_is_one_object_and_knows_nothing_later(case, displacement, tmp_path):
    code, out, _ = displacement("forecast", case, "--origin", "2020-09-01", "--horizons", "30", "--json")
    found = json.loads(out)
    assert code == 0
    rows = {row["site"]: row for row in found["forecasts"]}
    assert set(rows) == {"all sites with counts", "camp", "other", "late"}
    assert rows["camp"]["q10"] <= rows["camp"]["q50"] <= rows["camp"]["planning"]
    assert rows["camp"]["counted"] <= "2020-09-01"
    kept = [
        line for line in (case / "observed.csv").read_text().splitlines() if line[:10] <= "2020-09-01" or "date" in line
    ]
    short = tmp_path / "short.csv"
    short.write_text("\n".join(kept) + "\n")
    _, again, _ = displacement(
        "forecast", case, "--origin", "2020-09-01", "--horizons", "30", "--json", "--observed", short
    )
    assert json.loads(again) == found


def test_a_given_total_is_split_and_simulated(case, displacement):
    code, out, err = displacement(
        "forecast", case, "--origin", "2020-09-01", "--horizons", "30,60", "--total", "30000,40000", "--members", "3",
        "--json",
    )  # fmt: skip
    found = json.loads(out)
    assert code == 0
    sums = {h: sum(r["people"] for r in found["given_total"] if r["horizon"] == h) for h in (30, 60)}
    assert sums == {30: pytest.approx(30000, abs=2), 60: pytest.approx(40000, abs=2)}
    assert {r["site"] for r in found["simulated"]} == {"camp", "other", "late"}
    assert "simulated inflow is scaled by" in err


def test_files_and_that_only_a_forecast_is_replaced(case, displacement, tmp_path):
    out = tmp_path / "out"
    words = ("forecast", case, "--origin", "2020-09-01", "--out", out)
    assert displacement(*words)[0] == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "forecast.csv", "forecast.png", "forecast.svg", "past.csv", "report_card.png", "report_card.svg",
    ]  # fmt: skip
    lines = (out / "forecast.csv").read_text().splitlines()
    exceeded = [float(line.split(",")[-1]) for line in lines[1:]]
    assert all(0 < share <= 0.2 for share in exceeded)
    code, _, err = displacement(*words)
    assert code == 1
    assert "a forecast is there already" in err
    assert displacement(*words, "--force")[0] == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    code, _, err = displacement("forecast", case, "--origin", "2020-09-01", "--out", other, "--force")
    assert code == 1
    assert (other / "mine.txt").read_text() == "mine"
    (out / "mine.txt").write_text("mine")
    code, _, err = displacement(*words, "--force")
    assert code == 1
    assert "holds other things than a forecast (mine.txt)" in err
    code, _, err = displacement("forecast", case, "--origin", "2020-09-01", "--out", case, "--force")
    assert code == 1
    assert "is a scenario; it is not overwritten" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--origin", "yesterday"), "--origin = 'yesterday': must be a date such as"),
        (("--origin", "2019-01-01"), "nothing was counted up to 2019-01-01"),
        (("--origin", "2020-09-01", "--horizons", "soon"), "--horizons = 'soon': must be whole numbers of days"),
        (("--origin", "2020-09-01", "--horizons", "0,30"), "must be different whole numbers of days from 1 to 365"),
        (("--origin", "2020-09-01", "--horizons", "30,30"), "must be different whole numbers"),
        (("--origin", "2020-09-01", "--variable", "refugee"), "there are counts of refugees"),
        (("--origin", "2020-09-01", "--total", "many"), "--total = 'many': must be numbers of people"),
        (("--origin", "2020-09-01", "--total", "1,2"), "one for each of the 3 horizons"),
        (("--origin", "2020-09-01", "--total", "-5"), "must be one number of people"),
        (("--origin", "2020-09-01", "--members", "3", "--horizons", "360"), "the scenario runs from 2020-01-01"),
        (("--origin", "2020-09-01", "--observed", "none.csv"), "none.csv"),
        (("--origin", "2020-09-01", "--known-events"), "give one with --total"),
        (("--origin", "2300-01-01"), "more than 730 days before"),
        (("--origin", "2020-09-01", "--variable", "departures"), "is a sum over days"),
    ],
)
def test_bad_input_is_told_in_one_message(case, displacement, words, told):
    code, out, err = displacement("forecast", case, *words)
    assert code == 1
    assert told in err
    assert "Traceback" not in err
    assert out == ""


def test_without_counts(case, displacement, tmp_path):
    for name in ("places.csv", "links.csv", "scenario.toml"):
        (tmp_path / name).write_text((case / name).read_text())
    code, _, err = displacement("forecast", tmp_path, "--origin", "2020-09-01")
    assert code == 1
    assert "there is no observed.csv; name the counts with --observed" in err
