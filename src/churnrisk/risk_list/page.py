"""The list as one web page that needs nothing else: no request leaves it, and no text in it can run."""

import base64
import hashlib
from collections import Counter
from pathlib import Path

import jinja2
from markupsafe import Markup

from churnrisk.risk_list import sparkline, words
from churnrisk.risk_list.structure import RiskList


def page(risk_list: RiskList) -> str:
    """The page as HTML: sorted already, so that it can be read without scripts; sorting and search come on top."""
    room = _room()
    style, script = (room.get_template(name).render() for name in ("page.css.j2", "page.js.j2"))
    return (
        room.get_template("page.html.j2").render(
            list=risk_list,
            owners=sorted(Counter(row.owner for row in risk_list.rows).items()),
            average=risk_list.expected_churns / max(risk_list.accounts_watched, 1),
            notice_arr=sum(each.arr or 0.0 for each in risk_list.in_notice),
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
        )
        + "\n"
    )


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
        "date": words.date,
        "in_days": words.in_days,
        "percent": words.percent,
        "points": words.points,
        "money": words.money,
        "sparkline": sparkline.sparkline,
    }
    return room


def _policy(style: str, script: str) -> str:
    """A content security policy that lets this very style and script be and nothing be fetched."""
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
