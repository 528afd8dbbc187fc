"""Runs Flee over an input folder, as its own run script does. Prints people at sites by day, and the CPU time, as JSON.

In a process of its own, for Flee keeps settings and a debt of people from one run to the next.

python benchmarks/flee_run.py FOLDER SEED
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import numpy as np
from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data, read_period
from flee.SimulationSettings import SimulationSettings


def main(folder: Path, seed: int) -> None:
    """Run and print."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  Flee draws from both
    inputs = folder / "input_csv"
    start, days = read_period.read_conflict_period(str(inputs / "sim_period.csv"))
    SimulationSettings.ReadFromYML(str(folder / "simsetting.yml"))
    SimulationSettings.ConflictInputFile = str(inputs / "conflicts.csv")
    world, geography = flee.Ecosystem(), InputGeography.InputGeography()
    geography.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
    geography.ReadLocationsFromCSV(str(inputs / "locations.csv"))
    geography.ReadLinksFromCSV(str(inputs / "routes.csv"))
    geography.ReadClosuresFromCSV(str(inputs / "closures.csv"))
    world, places = geography.StoreInputGeographyInEcosystem(world)
    counts = handle_refugee_data.RefugeeTable(
        csvformat="generic", data_directory=str(folder / "source_data"), start_date=start, data_layout="data_layout.csv"
    )
    for camp in world.get_camp_names():
        spawning.add_initial_refugees(world, counts, places[camp])
    found, begin = [], time.process_time()
    for day in range(days):
        geography.AddNewConflictZones(world, day)
        spawning.spawn_daily_displaced(world, day, counts)
        spawning.refresh_spawn_weights(world)
        world.enact_border_closures(day)
        world.evolve()
        found.append([places[site].numAgents for site in counts.header[1:]])
    seconds = time.process_time() - begin
    print(json.dumps({"sites": counts.header[1:], "people": found, "seconds": seconds, "agents": len(world.agents)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
