"""The study as one web page."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from churnrisk.behaviours.study import FEW_ACCOUNTS, Study, View
from churnrisk.pages import page as pages

_HEADROOM = 1.1
"""The longest bar ends a little before the edge, so that it is seen to end."""


def page(study: Study) -> str:
    """The page as HTML; it can be read without scripts, which add the search."""
    facts = [(fact, list(views)) for fact, views in groupby(_by_fact(study), key=lambda view: view.fact)]
    return pages.page(
        Path(__file__).with_name("page.html.j2"),
        study=study,
        about=study.about,
        facts=facts,
        scale=_scale(study.features),
    )


def _by_fact(study: Study) -> list[View]:
    """Features with those of one fact together, facts in the order in which they first come."""
    first = list(dict.fromkeys(view.fact for view in study.features))
    return sorted(study.features, key=lambda view: first.index(view.fact))


def _scale(views: Sequence[View]) -> float:
    """The churn rate that the whole width of a bar stands for: one for all features, so that they can be compared.

    Groups of few accounts do not count, because one of them that left altogether would make all other bars tiny.
    """
    rates = [rate for view in views for bar in view.bars for rate in (bar.all, bar.valuable) if rate is not None]
    enough = [rate.rate for rate in rates if rate.rate and rate.accounts >= FEW_ACCOUNTS]
    return min(1.0, _HEADROOM * max(enough, default=1.0))
