"""The list as one web page."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from churnrisk import words
from churnrisk.pages import page as pages
from churnrisk.pages import sparkline
from churnrisk.risk_list.structure import RiskList

_FILTERS: dict[str, Callable[..., Any]] = {
    "date": words.date,
    "in_days": words.in_days,
    "percent": words.percent,
    "points": words.points,
    "money": words.money,
    "sparkline": sparkline.sparkline,
}


def page(risk_list: RiskList) -> str:
    """The page as HTML: sorted already, so that it can be read without scripts; sorting and search come on top."""
    return pages.page(
        Path(__file__).parent,
        _FILTERS,
        list=risk_list,
        owners=sorted(Counter(row.owner for row in risk_list.rows).items()),
        average=risk_list.expected_churns / max(risk_list.accounts_watched, 1),
        notice_arr=sum(each.arr or 0.0 for each in risk_list.in_notice),
    )
