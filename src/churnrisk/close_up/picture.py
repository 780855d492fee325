"""The close-up of an account as a picture: how its risk adds up, its risk over time, and its usage."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from churnrisk import words
from churnrisk.clock import WEEK
from churnrisk.close_up.structure import CloseUp
from churnrisk.store.writes import whole_file

_RAISES, _LOWERS, _LINE = "#b5483a", "#4a7a9c", "#444444"
_LEAST = 0.5
"""Points below which a fact is put together with the others, as in the sum in words."""


def write(shown: CloseUp, file: Path) -> None:
    """Write the picture as PNG; the same close-up gives the same bytes."""
    with whole_file(file) as partial:
        # Without the name and version of the library, which would change the bytes from one machine to the next.
        picture(shown).savefig(partial, format="png", dpi=120, metadata={"Software": None})


def picture(shown: CloseUp) -> Figure:
    """The figure: its panels are as many as there is something to draw in."""
    panels = [_usage, _history] if shown.row is None else [_adds_up, _history, _usage]
    figure = Figure(figsize=(8, 3 * len(panels)), layout="constrained")
    for axes, draw in zip(figure.subplots(len(panels)), panels, strict=True):
        draw(axes, shown)
    risk = f"not scored: {shown.left_out}" if shown.row is None else words.percent(shown.row.probability)
    # Names of customers may hold dollar signs, between which matplotlib would read mathematics.
    figure.suptitle(f"{shown.name} ({shown.account_id}), {words.date(shown.as_of)}: {risk}".replace("$", r"\$"))
    return figure


def _adds_up(axes: Axes, shown: CloseUp) -> None:
    assert shown.row is not None
    usual = 100 * (shown.row.usual or 0.0)
    big = [each for each in shown.row.adds_up if abs(each[1]) >= _LEAST]
    rest = sum(points for _, points in shown.row.adds_up if abs(points) < _LEAST)
    parts = [*big, *([("all others", rest)] if rest else [])]
    start, names, most = usual, ["usual"], usual
    axes.barh(0, usual, color=_LINE)
    for place, (name, points) in enumerate(parts, start=1):
        axes.barh(place, points, left=start, color=_RAISES if points > 0 else _LOWERS)
        axes.text(max(start, start + points) + 0.5, place, f"{points:+.1f}", va="center", fontsize=8)
        start += points
        most = max(most, start)
        names.append(name)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set(title="How the risk adds up", xlabel="per cent")
    axes.set_xlim(0, 1.1 * most)  # room for the number behind the longest bar


def _history(axes: Axes, shown: CloseUp) -> None:
    for label, style in (("present", "-"), ("published", "o")):
        points = [(each.as_of, 100 * value) for each in shown.history if (value := getattr(each, label)) is not None]
        if points:
            on, risk = zip(*points, strict=True)
            named = {"present": "by the present model", "published": "on the list"}[label]
            axes.plot([each.astype("O") for each in on], risk, style, color=_LINE, label=named)
    if shown.history:
        axes.legend(fontsize=8)
    axes.set(title="History of the risk", ylabel="per cent")
    axes.set_ylim(bottom=0)


def _usage(axes: Axes, shown: CloseUp) -> None:
    weeks = [(shown.usage_from + number * WEEK, each) for number, each in enumerate(shown.usage) if each is not None]
    axes.bar([on.astype("O") for on, _ in weeks], [each for _, each in weeks], width=5, align="edge", color=_LOWERS)
    axes.set(title="Usage by week")
    axes.set_ylim(bottom=0)
