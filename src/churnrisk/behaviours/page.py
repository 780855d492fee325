"""The study as one web page."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from churnrisk.behaviours import bars, wording
from churnrisk.behaviours.study import Study, View
from churnrisk.clock import day
from churnrisk.pages import page as pages

_FILTERS: dict[str, Callable[..., Any]] = {
    "columns": bars.columns,
    "date": lambda text: wording.date(day(text)),
    "drawn": bars.drawn,
    "percent": wording.percent,
    "points": wording.points,
    "title_of": wording.title,
}


def page(study: Study) -> str:
    """The page as HTML, which can be read without scripts; search comes on top."""
    themes = [(theme, list(views)) for theme, views in groupby(_by_theme(study), key=lambda view: view.theme)]
    return pages.page(
        Path(__file__).parent, _FILTERS, study=study, about=study.about, themes=themes, scale=bars.scale(study.features)
    )


def _by_theme(study: Study) -> list[View]:
    """Features with those of one theme together, themes in the order in which they first come."""
    first = list(dict.fromkeys(view.theme for view in study.features))
    return sorted(study.features, key=lambda view: first.index(view.theme))
