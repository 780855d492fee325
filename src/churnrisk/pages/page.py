"""A web page that needs nothing else: no request leaves it, and no text in it can run."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup


def page(folder: Path, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """The page of the templates `page.html.j2`, `page.css.j2` and `page.js.j2` in a folder, with these values in it.

    Whatever it is given is escaped, and a name that it isn't given is an error. The page receives `style`, `script` and
    `policy`, a content security policy that lets this very style and script be and nothing be fetched.
    """
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    room.filters |= filters
    style, script = (room.get_template(name).render() for name in ("page.css.j2", "page.js.j2"))
    own = {"style": Markup(style), "script": Markup(script), "policy": _policy(style, script)}
    return room.get_template("page.html.j2").render(**values, **own) + "\n"


def _policy(style: str, script: str) -> str:
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
