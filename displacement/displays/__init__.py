"""What objects show of themselves in a notebook: small pictures in HTML, from plain data, readable in light and dark.

No script, no request, no style sheet: text and lines take the colour of the page, one hue stands out, and every name is
escaped.
"""

from displacement.displays.maps import Dot, Line, small_map
from displacement.displays.strips import Row, strip
from displacement.displays.timelines import Bar, timeline

__all__ = ["Bar", "Dot", "Line", "Row", "small_map", "strip", "timeline"]
