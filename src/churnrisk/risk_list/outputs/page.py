"""The list as one web page."""

from pathlib import Path

from churnrisk.pages import page as pages
from churnrisk.risk_list.fields import HEADINGS
from churnrisk.risk_list.outputs import view
from churnrisk.risk_list.structure import RiskList


def page(risk_list: RiskList) -> str:
    """The page as HTML, in the order of the list. Up to `MOST_WRITTEN` rows it can be read without scripts."""
    template = Path(__file__).with_name("page.html.j2")
    new = view.joined(risk_list)
    return pages.page(
        template,
        list=risk_list,
        headings=HEADINGS,
        headers=view.headers(risk_list),
        groups=view.groups(risk_list),
        fresh=view.freshness(risk_list),
        right=view.was_right(risk_list),
        happened=view.by_kind(risk_list),
        chips={name: (words, _count(risk_list, name, new)) for name, words in view.CHIPS.items()},
        soon_days=view.SOON_DAYS,
        written=len(risk_list.rows) <= view.MOST_WRITTEN,
        pack=view.packed,
        index=view.index(risk_list),
        elsewhere=view.elsewhere(risk_list),
        average=risk_list.expected_churns / max(risk_list.accounts_watched, 1),
        quarter_ends=view.quarter_ends(risk_list.as_of),
        offboarding=view.OFFBOARDING,
        notice_arr=sum(each.arr or 0.0 for each in risk_list.in_notice),
    )


def _count(risk_list: RiskList, chip: str, new: frozenset[str]) -> int:
    return sum(chip in view.flags(row, new) for row in risk_list.rows)
