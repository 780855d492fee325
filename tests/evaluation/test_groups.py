"""By what a test is sliced, and that nothing is known of an account before somebody knew it."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.errors import ParamsError
from churnrisk.evaluation.groups import BANDS, Groups, asked, contacted, slices_of, words_of_accounts
from churnrisk.params import Evaluate
from churnrisk.past.tables.ledger import Ledger

FEATURES = pd.DataFrame(
    {
        "account_id": ["a", "b", "a"],
        "as_of": pd.to_datetime(["2025-01-06", "2025-01-06", "2025-02-03"]),
        "tenure": [10.0, 400, np.nan],
        "region": ["east", "west", "east"],
        "industry": ["tools", "toys", "tools"],
    }
)


def accounts(*rows: tuple[str, str | None, str]) -> Ledger:
    """Rows of account, owner, and the day on which it became known."""
    table = pd.DataFrame(rows, columns=["account_id", "owner", "known_at"])
    known = pd.to_datetime(table["known_at"])
    return Ledger(table.assign(known_at=known, created_on=known, is_internal=False, gender="f"), TABLES["accounts"])


OWNED = accounts(("a", "ann", "2024-01-01"), ("b", "bob", "2024-01-01"), ("a", "cid", "2025-01-20"))


def test_words_of_accounts_are_those_of_the_date():
    words = words_of_accounts(OWNED, FEATURES)
    assert words["owner"].tolist() == ["ann", "bob", "cid"]
    assert "is_internal" not in words


def test_the_order_of_snapshots_is_kept():
    backwards = FEATURES.iloc[::-1]
    assert words_of_accounts(OWNED, backwards)["owner"].tolist() == ["cid", "bob", "ann"]


def test_what_was_not_yet_known_is_empty():
    late = accounts(("a", "ann", "2025-01-20"), ("b", "bob", "2024-01-01"))
    assert words_of_accounts(late, FEATURES)["owner"].fillna("").tolist() == ["", "bob", "ann"]


def test_the_usual_slices_are_there_beside_those_that_are_named():
    made = slices_of(FEATURES, words_of_accounts(OWNED, FEATURES), ["industry"])
    assert list(made) == ["industry", "region", "tenure", "owner"]
    assert made["tenure"].astype(object).fillna("").tolist() == ["under 3 months", "1 to 2 years", ""]
    assert list(made["tenure"].cat.categories) == list(BANDS)


def test_a_slice_that_is_not_there_is_left_out():
    nobody = words_of_accounts(accounts(("a", None, "2024-01-01"), ("b", None, "2024-01-01")), FEATURES)
    assert list(slices_of(FEATURES[["account_id", "as_of", "industry"]], nobody, [])) == []


def test_fairness_is_asked_of_features_and_of_what_the_model_does_not_see():
    words = words_of_accounts(OWNED, FEATURES)
    assert asked(FEATURES, words, ["region", "gender"])["gender"].tolist() == ["f", "f", "f"]
    with pytest.raises(ParamsError, match=r"no feature or column of accounts of words is named 'gendre'.*did you mean"):
        asked(FEATURES, words, ["gendre"])
    with pytest.raises(ParamsError, match=r"evaluate\.fairness"):
        asked(FEATURES, words, ["tenure"])


def dispositions(*rows: tuple[str, str, str]) -> Ledger:
    """Rows of account, outcome, and the day on which it became known."""
    table = pd.DataFrame(rows, columns=["account_id", "outcome", "known_at"])
    known = pd.to_datetime(table["known_at"])
    others = dict.fromkeys(("play", "who", "reason", "verdict"), "")
    return Ledger(table.assign(known_at=known, as_of=known, snooze_until=pd.NaT, **others), TABLES["dispositions"])


CONTACTED = {  # what was done for account a, and what its rows of 6 January and 3 February are
    "talked before": (("talked", "2025-01-05"), ["in 90 days", "in 90 days"]),
    "done on the day, which is known the day after": (("done", "2025-01-06"), ["not in 90 days", "in 90 days"]),
    "90 days before the first": (("talked", "2024-10-08"), ["in 90 days", "not in 90 days"]),
    "91 days before the first": (("talked", "2024-10-07"), ["not in 90 days", "not in 90 days"]),
    "no answer": (("no_answer", "2025-01-05"), ["not in 90 days", "not in 90 days"]),
}


@pytest.mark.parametrize(("done", "expected"), CONTACTED.values(), ids=CONTACTED)
def test_who_was_contacted_as_it_was_known(done, expected):
    found = contacted(dispositions(("a", *done), ("c", "talked", "2024-12-30")), FEATURES)
    assert found[[0, 2]].tolist() == expected
    assert found[1] == "not in 90 days"


def test_contacts_are_sliced_by_where_the_source_offers_them():
    settings = Evaluate(slices=[], resamples=20)
    given = dispositions(("a", "talked", "2025-01-05"))
    assert "contacted" not in Groups.of(FEATURES, OWNED, settings).slices
    assert Groups.of(FEATURES, OWNED, settings, given).slices["contacted"].tolist()[0] == "in 90 days"
