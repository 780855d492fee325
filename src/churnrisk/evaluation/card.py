"""The model card: what the model is, what it was tested on, and how far to trust it."""

from pathlib import Path
from typing import Any

import jinja2


def model_card(facts: dict[str, Any]) -> str:
    """The card as Markdown; every name that the template uses must be in `facts`."""
    folder = Path(__file__).parent
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return engine.get_template("model_card.md.j2").render(facts)
