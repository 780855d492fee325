"""A web page that works offline and safely: it makes no request, and no text in it can become markup or code."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from churnrisk import words
from churnrisk.pages import bars, sparkline

_SHARED = Path(__file__).parent
_FILTERS: dict[str, Callable[..., Any]] = {
    "columns": bars.columns,
    "count": words.count,
    "date": words.date,
    "difference": words.difference,
    "heading": words.title,
    "in_days": words.in_days,
    "interval_bar": bars.interval_bar,
    "money": words.money,
    "month": words.month,
    "percent": words.percent,
    "points": words.points,
    "rates": words.rates,
    "rate": words.rate,
    "signed": words.signed_money,
    "sparkline": sparkline.sparkline,
}


def page(template: Path, **values: Any) -> str:
    """The page that a template makes of these values; the template extends `base.html.j2`.

    It may include what lies in its own folder and in this one. Every value is escaped, and a name without a value
    raises jinja2.UndefinedError rather than leave a gap. The page's content security policy permits its own style and
    script by their hashes, and no request at all.
    """
    return _templates(template.parent).get_template(template.name).render(**values) + "\n"


@cache
def _templates(folder: Path) -> jinja2.Environment:
    """Templates of a folder, each compiled once: a list has a page an owner, and to compile takes long."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, _SHARED]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    environment.globals["policy"] = _policy
    return environment


def _policy(style: str, script: str) -> str:
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
