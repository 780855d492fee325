"""Forward in time only: dates of the test, purge, and what is missing when history is short."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from churnrisk.clock import Day, LabelWindow
from churnrisk.errors import ModelError
from churnrisk.model import split
from churnrisk.params.sections import Folds
from churnrisk.store.catalogue.train import SplitRecord

WINDOW = LabelWindow(lead_days=14, horizon_days=30, reporting_lag_days=7)
AS_OF = np.repeat(np.arange(Day("2024-01-01"), Day("2025-01-01"), 7), 4)
MATURES = WINDOW.matures(AS_OF)
LABEL = np.tile([0.0, 0, 0, 1], len(AS_OF) // 4)
ACCOUNT = np.array([f"a{number % 48:02d}" for number in range(len(AS_OF))], object)
LATER = Day("2025-06-30")
"""A list so late that every label is mature."""


def table(label=LABEL, until="2026-01-01"):
    """Labels of the snapshots before a day."""
    columns = {"account_id": ACCOUNT, "as_of": AS_OF, "label": label, "matures_on": MATURES}
    return pd.DataFrame(columns)[Day(until) > AS_OF].reset_index(drop=True)


def made(labels, as_of=LATER, named=(), number=2, weeks=4, embargo_days=0):
    """The split of labels for a list of `as_of`."""
    folds = Folds(
        test_as_of=[Day(each).item() for each in named],
        test_weeks=4,
        embargo_days=embargo_days,
        validation_folds=number,
        fold_weeks=weeks,
    )
    return split.make_split(labels, Day(as_of), folds, seed=7)


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
    labels = table()
    found = made(labels, number=number, weeks=weeks)
    earlier = labels[found.earlier(labels)]
    as_of, matures = (earlier[name].to_numpy("M8[D]") for name in ("as_of", "matures_on"))
    folds = found.folds(earlier)
    assert len(folds) == number
    for fold in folds:
        assert matures[fold.train].max() <= as_of[fold.validation].min()
        assert len(np.unique(as_of[fold.validation])) == weeks
    starts = [as_of[fold.validation].min() for fold in folds]
    assert starts == sorted(starts)


CUTS = [
    # date of the list, test dates named, days kept free: where learning ends
    ("2025-06-30", [], 0, "2024-12-09"),
    ("2025-06-30", ["2024-10-07", "2024-11-04"], 0, "2024-10-07"),
    ("2024-09-02", ["2024-10-07"], 0, "2024-09-02"),
    ("2024-09-02", ["2024-10-07"], 10, "2024-09-02"),
]


@pytest.mark.parametrize(("as_of", "named", "embargo_days", "cut"), CUTS)
def test_nothing_is_learned_from_after_the_test_or_the_list_begins(as_of, named, embargo_days, cut):
    labels = table()
    found = made(labels, as_of=as_of, named=named, embargo_days=embargo_days)
    earlier = found.earlier(labels)
    assert str(found.cut) == cut
    assert labels["matures_on"][earlier].max() <= pd.Timestamp(cut) - pd.Timedelta(days=embargo_days)
    assert labels["matures_on"][~earlier].min() > pd.Timestamp(cut) - pd.Timedelta(days=embargo_days)
    assert found.dates.astype(str).tolist() == (named or ["2024-12-09", "2024-12-16", "2024-12-23", "2024-12-30"])


@pytest.mark.parametrize("until", ["2026-01-01", "2024-04-29"])
def test_a_split_that_is_written_and_read_is_the_same(until):
    found = made(table(np.tile([0.0, 1], len(AS_OF) // 2), until))
    assert bool(found.by_account) == (until == "2024-04-29")
    assert split.Split.of_record(found.record()) == found


@pytest.mark.parametrize(
    ("key", "value"), [("cut", "tomorrow"), ("validation", [{"start": "2024-01-01"}]), ("seed", "x")]
)
def test_a_record_that_is_not_a_split_is_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        SplitRecord.model_validate(made(table()).record().model_dump() | {key: value})


def test_where_history_is_too_short_for_later_time_whole_accounts_are_kept_apart():
    labels = table(np.tile([0.0, 1], len(AS_OF) // 2), until="2024-04-29")
    found = made(labels)
    earlier = labels[found.earlier(labels)]
    account, folds = earlier["account_id"].to_numpy(), found.folds(earlier)
    assert "35 days of snapshots before the test" in found.by_account
    assert "more than 79" in found.by_account
    assert sum(fold.validation.astype(int) for fold in folds).tolist() == [1] * len(earlier)
    for fold in folds:
        assert not set(account[fold.train]) & set(account[fold.validation])


def test_where_history_is_long_enough_folds_go_forward():
    found = made(table())
    assert found.by_account == ""
    assert len(found.validation) == 2


@pytest.mark.parametrize(
    ("churned", "folds", "may_choose"), [(1, 0, False), (4, 0, False), (5, 5, False), (9, 5, False), (10, 5, True)]
)
def test_few_accounts_that_churned_are_enough_to_calibrate_on_and_not_to_choose_on(churned, folds, may_choose):
    labels = table(np.isin(ACCOUNT, sorted(set(ACCOUNT))[:churned]).astype(float), until="2024-04-29")
    # So late that whoever churns is known before the test.
    found = replace(made(labels), cut=LATER)
    earlier = labels[found.earlier(labels)]
    assert split.churned_accounts(earlier) == churned
    assert found.may_choose(earlier) == may_choose
    held = found.folds(earlier)
    assert len(held) == folds
    label = earlier["label"].to_numpy()
    assert all(label[part].any() for fold in held for part in (fold.train, fold.validation))


def test_where_folds_go_forward_few_that_churned_are_chosen_on():
    labels = table(np.isin(ACCOUNT, ["a03", "a04"]).astype(float))
    found = made(labels)
    assert found.by_account == ""
    assert found.may_choose(labels[found.earlier(labels)])


@pytest.mark.parametrize(
    ("first", "label", "says"),
    [
        (
            "2024-02-12",
            LABEL,
            "no label is mature.*2024-02-12: snapshots begin on 2024-01-01.*takes 51 days.*after 2024-02-21",
        ),
        ("2024-12-02", LABEL * 0, "only staying is mature"),
    ],
)
def test_no_later_test_is_an_error_that_says_what_is_missing(first, label, says):
    with pytest.raises(ModelError, match=says):
        split.require_earlier(AS_OF, MATURES, label, Day(first))
    with pytest.raises(ModelError, match=says):
        made(table(label), named=[first])


def test_a_test_with_mature_labels_before_it_may_be():
    split.require_earlier(AS_OF, MATURES, LABEL, Day("2024-12-02"))


def test_a_fold_that_lost_its_purge_is_caught():
    fold = split.Fold(Day("2024-06-03") > AS_OF, Day("2024-06-03") <= AS_OF)
    with pytest.raises(ModelError, match="after a fold's validation begins on 2024-06-03"):
        split.prove_order(AS_OF, MATURES, fold)


def test_folds_are_proved_whenever_they_are_made(monkeypatch):
    """Labels that came to mature later than when the split was made."""
    labels = table()
    found = made(labels)
    monkeypatch.setattr(split, "before", lambda matures_on, first, embargo_days=0: np.ones(len(matures_on), bool))
    with pytest.raises(ModelError, match="after a fold's validation begins"):
        found.folds(labels)


def test_a_split_that_lost_its_purge_is_caught():
    rows = pd.DataFrame({"as_of": AS_OF, "matures_on": MATURES})
    early, late = rows[rows.as_of < "2024-06-03"], rows[rows.as_of >= "2024-06-03"]
    with pytest.raises(ModelError, match="after the test begins"):
        split.prove_gap(early, late)
    split.prove_gap(early[early.matures_on <= "2024-06-03"], late)
