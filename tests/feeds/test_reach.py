"""Which dates the feeds allow: a table of how far they cover, and what follows."""

import pytest

from churnrisk.clock import Day
from churnrisk.errors import ContractError
from churnrisk.feeds.coverage import Coverage
from churnrisk.feeds.reach import Reach


def covers(until: str, dated: str = "") -> Coverage:
    first, last = Day("2024-01-01"), Day(until)
    return Coverage(first=first, last=last, covered_until=Day(until), dated_until=Day(dated or until), strays=0)


@pytest.mark.parametrize(
    ("usage", "subscriptions", "settle_days", "covered_until", "settled", "latest"),
    [
        (covers("2025-03-10"), covers("2025-03-20"), 0, "2025-03-10", "2025-03-10", "2025-03-10"),
        (covers("2025-03-20"), covers("2025-03-10"), 0, "2025-03-10", "2025-03-20", "2025-03-10"),
        # Days that may still settle needn't be covered.
        (covers("2025-03-10"), covers("2025-03-20"), 3, "2025-03-10", "2025-03-13", "2025-03-13"),
        # But no list is dated ahead of everything that is known.
        (covers("2025-03-10"), covers("2025-03-10"), 3, "2025-03-10", "2025-03-13", "2025-03-10"),
        # A silence that is ordinary makes no list late, and no label mature.
        (covers("2025-03-09", "2025-03-10"), covers("2025-03-20"), 0, "2025-03-09", "2025-03-09", "2025-03-10"),
    ],
)
def test_how_far_the_required_feeds_reach(usage, subscriptions, settle_days, covered_until, settled, latest):
    reach = Reach.of({"usage": usage, "subscriptions": subscriptions}, settle_days)
    assert (reach.covered_until, reach.settled["usage"]) == (Day(covered_until), Day(settled))
    assert reach.latest == Day(latest)


@pytest.mark.parametrize(
    ("feeds", "says"),
    [
        ({"subscriptions": covers("2025-03-10")}, "nothing happens in usage.*a quantity above 0"),
        ({"usage": covers("2025-03-10")}, "nothing happens in subscriptions.*give its rows"),
    ],
)
def test_a_required_feed_without_facts_is_refused(feeds, says):
    with pytest.raises(ContractError, match=says):
        Reach.of(feeds, settle_days=0)
