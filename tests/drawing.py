"""Charts take most of the time that outputs take: where a test does not look at them, they are not drawn."""

from contextlib import contextmanager

from displacement import comparison_outputs
from displacement.outputs import folder


@contextmanager
def only_charts(*names):
    """Of the charts of runs, draw those that are named; of comparisons, none."""
    of_runs, of_comparisons = folder.Folder.chart, comparison_outputs._chart

    def chart(self, name, draw, **about):
        if name in names:
            of_runs(self, name, draw, **about)

    folder.Folder.chart, comparison_outputs._chart = chart, lambda *_, **__: None
    try:
        yield
    finally:
        folder.Folder.chart, comparison_outputs._chart = of_runs, of_comparisons
