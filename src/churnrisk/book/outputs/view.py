"""What the page shows of the book: the last quarter beside the one before, the waterfall, and the last periods."""

from collections.abc import Sequence
from dataclasses import dataclass

from churnrisk import words
from churnrisk.store.catalogue.book import BookRecord, Movements, Outlook, PeriodFigures

_WIDTH, _HEIGHT, _GAP = 920, 230, 18
"""Of the waterfall in pixels: eight bars with their amounts above fit the width of a page."""

_TOP, _BOTTOM = 26, 24
"""Room for the amounts and for the names below."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure, or gross and net side by side, beside what it was; `good` says whether the change is for the better
    (None: no change, or neither way is).
    """

    title: str
    values: tuple[tuple[str, str], ...]
    before: str
    good: bool | None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One bar of the waterfall, in pixels; `kind` is total, gain or loss."""

    title: str
    amount: str
    kind: str
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """Bars from the MRR at the start to that at the end; the axis begins at `floor`, in words where it is not 0."""

    steps: tuple[Step, ...]
    floor: str
    width: int = _WIDTH
    height: int = _HEIGHT


def last_two(book: BookRecord) -> tuple[PeriodFigures | None, PeriodFigures | None]:
    """The last quarter and the one before, of the whole company; months where the book has no quarter."""
    for kind in ("quarter", "month"):
        own = of_kind(book, kind)
        if own:
            return own[-1], own[-2] if len(own) > 1 else None
    return None, None


def of_kind(book: BookRecord, kind: str, segment: str | None = None) -> list[PeriodFigures]:
    """The periods of a kind, of a segment or of the whole company, the oldest first."""
    return [each for each in book.periods if each.kind == kind and each.segment == segment]


def tiles(book: BookRecord, now: PeriodFigures, before: PeriodFigures | None) -> list[Tile]:
    """The screen of figures."""
    pairs = [
        ("Customer churn", "customer_churn_rate", "net_customer_churn_rate"),
        ("Customer retention", "customer_retention_rate", "net_customer_retention_rate"),
        ("Revenue churn", "gross_revenue_churn", "net_revenue_churn"),
        ("Revenue retention", "grr", "nrr"),
    ]
    names = {"grr": ("GRR", "NRR")}
    made = [_pair(title, gross, net, now, before, names.get(gross, ("gross", "net"))) for title, gross, net in pairs]
    value = "MRR" if book.contracts else f"Bought in {book.active_days} days"
    made += [
        _single("Customers", "closing", "count", now, before, book),
        _single(value, "closing_mrr", "money", now, before, book),
        _single(
            "A customer pays a month" if book.contracts else f"{value}, a customer", "arpa", "money", now, before, book
        ),
        _nps(now, before),
    ]
    return made


def _pair(
    title: str, gross: str, net: str, now: PeriodFigures, before: PeriodFigures | None, names: tuple[str, str]
) -> Tile:
    values = tuple((name, words.rate(now.figures[each])) for name, each in zip(names, (gross, net), strict=True))
    was = "" if before is None else " · ".join(words.rate(before.figures[each]) for each in (gross, net))
    lower = "churn" in gross
    return Tile(title=title, values=values, before=was, good=_good(gross, now, before, lower=lower))


def _single(
    title: str, name: str, kind: str, now: PeriodFigures, before: PeriodFigures | None, book: BookRecord
) -> Tile:
    def said(period: PeriodFigures) -> str:
        value = period.figures[name]
        return words.count(value) if kind == "count" else words.money(value, book.currency)

    was = "" if before is None else said(before)
    return Tile(title=title, values=(("", said(now)),), before=was, good=_good(name, now, before, lower=False))


def _nps(now: PeriodFigures, before: PeriodFigures | None) -> Tile:
    figures = now.figures
    answers = f"{words.count(figures['answers'])} accounts answered"
    if figures["nps"] is None:
        return Tile(title="NPS", values=(("", words.NO_NUMBER),), before="", good=None, note="nobody answered")
    low, high = (round(figures[name] or 0) for name in ("nps_low", "nps_high"))
    was = "" if before is None or before.figures["nps"] is None else f"{before.figures['nps']:.0f}"
    # Only where the interval does not hold what it was: a few answers more or less are no change.
    surely = before is not None and before.figures["nps"] is not None and not low <= before.figures["nps"] <= high
    good = _good("nps", now, before, lower=False) if surely else None
    note = f"{low} to {high}, {answers}".replace("-", "−")
    return Tile(
        title="NPS", values=(("", f"{figures['nps']:.0f}".replace("-", "−")),), before=was, good=good, note=note
    )


def _good(name: str, now: PeriodFigures, before: PeriodFigures | None, *, lower: bool) -> bool | None:
    is_now, was = now.figures[name], None if before is None else before.figures[name]
    if is_now is None or was is None or round(is_now, 4) == round(was, 4):
        return None
    return (is_now < was) == lower


def waterfall(moves: Movements, currency: str) -> Waterfall:
    """The bars of a quarter's movements."""
    parts = [
        ("New", moves.new),
        ("Reactivation", moves.reactivation),
        ("Expansion", moves.expansion),
        ("Contraction", moves.contraction),
        ("Churn", moves.churn),
        *([("Ended as planned", moves.completed)] if moves.completed else []),
    ]
    levels = [moves.opening]
    for _, amount in parts:
        levels.append(levels[-1] + amount)
    span = max(levels) - min(levels)
    # Movements are small beside what there is, so the axis begins just below them, and says so.
    floor = max(0.0, min(levels) - 0.6 * span) if span else 0.0
    scale = (_HEIGHT - _TOP - _BOTTOM) / ((max(levels) - floor) or 1.0)
    step = _WIDTH / (len(parts) + 2)
    bars = [("Start", moves.opening, floor, moves.opening, "total")]
    bars += [
        (title, amount, min(at, at + amount), max(at, at + amount), "gain" if amount > 0 else "loss")
        for (title, amount), at in zip(parts, levels, strict=False)
    ]
    bars.append(("End", moves.closing, floor, moves.closing, "total"))
    made = tuple(
        Step(
            title=title,
            amount=words.money(amount, currency) if kind == "total" else words.signed_money(amount, currency),
            kind=kind,
            x=round(at * step + _GAP / 2, 1),
            y=round(_HEIGHT - _BOTTOM - (high - floor) * scale, 1),
            width=round(step - _GAP, 1),
            height=round(max((high - low) * scale, 1.0), 1),
        )
        for at, (title, amount, low, high, kind) in enumerate(bars)
    )
    return Waterfall(steps=made, floor=words.money(floor, currency) if floor else "")


def position(share: float) -> float:
    """Where a share of the MRR at the date lies on a bar from 50 to 120 %, in per cent of its width.

    >>> position(0.5), position(0.85), position(2.0)
    (0.0, 50.0, 100.0)
    """
    return round(100 * (min(max(share, 0.5), 1.2) - 0.5) / 0.7, 1)


def held(outlooks: Sequence[Outlook]) -> int:
    """How many intervals of past forecasts held, of two each."""
    return sum(
        low <= came <= high
        for each in outlooks
        for low, came, high in (
            (each.grr_low, each.actual_grr, each.grr_high),
            (each.nrr_low, each.actual_nrr, each.nrr_high),
        )
        if came is not None
    )
