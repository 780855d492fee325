"""The list as one web page."""

from collections import Counter
from pathlib import Path

from churnrisk.pages import page as pages
from churnrisk.risk_list.fields import HEADINGS, columns
from churnrisk.risk_list.structure import RiskList


def page(risk_list: RiskList) -> str:
    """The page as HTML, in the order of the list: it can be read without scripts, which add sorting and search."""
    return pages.page(
        Path(__file__).with_name("page.html.j2"),
        list=risk_list,
        headings=HEADINGS,
        shown={each.name for each in columns(risk_list, "page")},
        owners=sorted(Counter(row.owner for row in risk_list.rows).items()),
        average=risk_list.expected_churns / max(risk_list.accounts_watched, 1),
        notice_arr=sum(each.arr or 0.0 for each in risk_list.in_notice),
    )
