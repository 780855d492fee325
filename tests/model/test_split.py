"""Forward in time only: dates of the test, purge, and what is missing when history is short."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, LabelWindow
from churnrisk.errors import ModelError
from churnrisk.model import split

WINDOW = LabelWindow(lead_days=14, horizon_days=30, reporting_lag_days=7)
AS_OF = np.repeat(np.arange(Day("2024-01-01"), Day("2025-01-01"), 7), 4)
MATURES = WINDOW.matures(AS_OF)
LABEL = np.tile([0.0, 0, 0, 1], len(AS_OF) // 4)


def test_the_test_is_the_last_weeks_of_mature_snapshots():
    assert split.test_dates(AS_OF, named=(), weeks=2).astype(str).tolist() == ["2024-12-23", "2024-12-30"]


def test_named_dates_are_the_test():
    assert split.test_dates(AS_OF, named=(Day("2024-03-04"),), weeks=2).astype(str).tolist() == ["2024-03-04"]


@pytest.mark.parametrize(
    ("as_of", "named", "says"),
    [
        (AS_OF, (Day("2024-03-05"),), "2024-03-05 is not the date of a mature snapshot.*2024-01-01 to 2024-12-30"),
        (AS_OF[:0], (), "no snapshot is mature yet"),
    ],
)
def test_a_test_that_cant_be_had_is_refused(as_of, named, says):
    with pytest.raises(ModelError, match=says):
        split.test_dates(as_of, named=named, weeks=2)


@pytest.mark.parametrize(("number", "weeks"), [(1, 4), (2, 8), (3, 4)])
def test_no_training_label_reaches_into_its_validation(number, weeks):
    made = split.forward_folds(AS_OF, MATURES, LABEL, folds=number, weeks=weeks)
    assert len(made) == number
    for fold in made:
        assert MATURES[fold.train].max() <= AS_OF[fold.validation].min()
        assert len(np.unique(AS_OF[fold.validation])) == weeks
    starts = [AS_OF[fold.validation].min() for fold in made]
    assert starts == sorted(starts)


def test_the_embargo_keeps_further_days_free():
    kept = split.before(MATURES, Day("2024-06-03"), embargo_days=10)
    assert MATURES[kept].max() <= Day("2024-05-24")
    assert MATURES[~kept].min() > Day("2024-05-24")


ACCOUNT = np.array([f"a{number % 48:02d}" for number in range(len(AS_OF))], object)
YOUNG = Day("2024-02-12") > AS_OF


def test_where_history_is_too_short_for_later_time_whole_accounts_are_kept_apart():
    account, half = ACCOUNT[YOUNG], np.tile([0.0, 1], YOUNG.sum() // 2)
    made = split.choosing_folds(AS_OF[YOUNG], MATURES[YOUNG], half, account, folds=2, weeks=4, seed=7)
    assert "35 days of snapshots before the test" in made.by_account
    assert "more than 79" in made.by_account
    assert sum(fold.validation.astype(int) for fold in made.folds).tolist() == [1] * YOUNG.sum()
    for fold in made.folds:
        assert not set(account[fold.train]) & set(account[fold.validation])


def test_where_history_is_long_enough_folds_go_forward():
    made = split.choosing_folds(AS_OF, MATURES, LABEL, ACCOUNT, folds=2, weeks=4, seed=7)
    assert made.by_account == ""
    assert len(made.folds) == 2


def test_churn_in_a_few_accounts_alone_is_too_little_to_choose_on():
    label = np.isin(ACCOUNT, ["a03", "a04"]).astype(float)
    with pytest.raises(ModelError, match=r"2 accounts left before the test, too few"):
        split.choosing_folds(AS_OF[YOUNG], MATURES[YOUNG], label[YOUNG], ACCOUNT[YOUNG], folds=2, weeks=4, seed=7)


@pytest.mark.parametrize(
    ("first", "label", "says"),
    [
        (
            "2024-02-12",
            LABEL,
            "no label is certain.*2024-02-12: snapshots begin on 2024-01-01.*takes 51 days.*after 2024-02-21",
        ),
        ("2024-12-02", LABEL * 0, "only staying is certain"),
    ],
)
def test_no_later_test_is_an_error_that_says_what_is_missing(first, label, says):
    with pytest.raises(ModelError, match=says):
        split.require_earlier(AS_OF, MATURES, label, Day(first))


def test_a_test_with_certain_labels_before_it_may_be():
    split.require_earlier(AS_OF, MATURES, LABEL, Day("2024-12-02"))


def test_a_fold_that_lost_its_purge_is_caught():
    fold = split.Fold(Day("2024-06-03") > AS_OF, Day("2024-06-03") <= AS_OF)
    with pytest.raises(ModelError, match="after a fold's validation begins on 2024-06-03"):
        split.prove_order(AS_OF, MATURES, fold)


def test_a_split_that_lost_its_purge_is_caught():
    rows = pd.DataFrame({"as_of": AS_OF, "matures_on": MATURES})
    early, late = rows[rows.as_of < "2024-06-03"], rows[rows.as_of >= "2024-06-03"]
    with pytest.raises(ModelError, match="after the test begins"):
        split.prove_gap(early, late)
    split.prove_gap(early[early.matures_on <= "2024-06-03"], late)
