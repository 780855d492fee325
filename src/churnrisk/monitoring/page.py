"""The report as one web page."""

from pathlib import Path

from churnrisk.monitoring.check import ORDER
from churnrisk.monitoring.of_drift import has_jumped, has_moved
from churnrisk.pages import page as pages
from churnrisk.store.catalogue.monitor import Monitor, State

IN_WORDS: dict[State, str] = {
    "alarm": "Something needs attention",
    "watch": "Something is worth a look",
    "fine": "All is as it was",
    "nothing to look at": "There was nothing to look at",
}
"""A state as a heading."""

ABOUT = {
    "feeds": "Feeds",
    "features": "Features",
    "scores": "Scores",
    "lists": "Past lists, and what to expect",
    "model": "The model",
}
"""The parts of the monitor, in the order of the page."""


def page(report: Monitor, currency: str) -> str:
    """The page as HTML; it can be read without scripts, which add sorting."""
    return pages.page(
        Path(__file__).with_name("page.html.j2"),
        report=report,
        drift=report.drift,
        currency=currency,
        heading=IN_WORDS[report.state],
        about=ABOUT,
        gravest=sorted(report.checks, key=lambda each: -ORDER.index(each.state)),
        moved={each.name for each in report.drift.features if has_moved(each)},
        jumped={each.name for each in report.drift.features if has_jumped(each)},
    )
