"""Every figure: a function that takes data and an Axes, and returns the Axes; and the frame around what is shared."""

from displacement.charts.aid_chain import chain_bars, crossing_capacity_bars
from displacement.charts.aid_cover import cover_table
from displacement.charts.aid_needs import needs_table
from displacement.charts.aid_pipeline import pipeline_bars
from displacement.charts.boards import board_table, status_board
from displacement.charts.classes import access_population
from displacement.charts.corridors import corridor_bars
from displacement.charts.crossings import crossing_arrivals, crossing_table
from displacement.charts.differences import difference_fan
from displacement.charts.fans import fan, fan_table
from displacement.charts.flows import MapData, map_data
from displacement.charts.forecasts import forecast_ahead
from displacement.charts.frame import Imprint, product, save
from displacement.charts.funnels import funnel_areas, funnel_bars
from displacement.charts.maps import flow_map
from displacement.charts.protect import cut_bars, cut_table
from displacement.charts.report_cards import report_card, report_card_legend
from displacement.charts.sankeys import sankey, sankey_table
from displacement.charts.scenarios import scenario_table, trigger_words
from displacement.charts.severity import severity_layer, severity_map, severity_table
from displacement.charts.sites import site_arrivals
from displacement.charts.tornados import tornado

__all__ = [
    "Imprint",
    "MapData",
    "access_population",
    "board_table",
    "chain_bars",
    "corridor_bars",
    "cover_table",
    "crossing_arrivals",
    "crossing_capacity_bars",
    "crossing_table",
    "cut_bars",
    "cut_table",
    "difference_fan",
    "fan",
    "fan_table",
    "flow_map",
    "forecast_ahead",
    "funnel_areas",
    "funnel_bars",
    "map_data",
    "needs_table",
    "pipeline_bars",
    "product",
    "report_card",
    "report_card_legend",
    "sankey",
    "sankey_table",
    "save",
    "scenario_table",
    "severity_layer",
    "severity_map",
    "severity_table",
    "site_arrivals",
    "status_board",
    "tornado",
    "trigger_words",
]
