"""The study as one web page that needs nothing else: no request leaves it, and no text in it can run."""

import base64
import hashlib
from itertools import groupby
from pathlib import Path

import jinja2
from markupsafe import Markup

from churnrisk.behaviours import bars, wording
from churnrisk.behaviours.study import Study, View
from churnrisk.clock import day


def page(study: Study) -> str:
    """The page as HTML, which can be read without scripts; search comes on top."""
    room = _room()
    style, script = (room.get_template(name).render() for name in ("page.css.j2", "page.js.j2"))
    themes = [(theme, list(views)) for theme, views in groupby(_by_theme(study), key=lambda view: view.theme)]
    return (
        room.get_template("page.html.j2").render(
            study=study,
            about=study.about,
            themes=themes,
            scale=bars.scale(study.features),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
        + "\n"
    )


def _by_theme(study: Study) -> list[View]:
    """Features with those of one theme together, themes in the order in which they first come."""
    first = list(dict.fromkeys(view.theme for view in study.features))
    return sorted(study.features, key=lambda view: first.index(view.theme))


def _room() -> jinja2.Environment:
    """Templates that escape whatever they are given, and refuse a name that they aren't given."""
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters |= {
        "columns": bars.columns,
        "date": lambda text: wording.date(day(text)),
        "drawn": bars.drawn,
        "percent": wording.percent,
        "points": wording.points,
        "title_of": wording.title,
    }
    return room


def _policy(style: str, script: str) -> str:
    """A content security policy that lets this very style and script be and nothing be fetched."""
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
