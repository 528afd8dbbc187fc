"""The page that gets passed on: one HTML file that opens without a network, made from what `run` left in its folder."""

from displacement.report.explorer import Explorer, explore
from displacement.report.page import write_report
from displacement.report.printed import write_difference

__all__ = ["Explorer", "explore", "write_difference", "write_report"]
