"""Every check of the monitor, each with its words and its next step; causes before what they explain."""

from churnrisk.monitoring import of_drift, of_lists
from churnrisk.monitoring.check import Check
from churnrisk.rules import Rule

_FEEDS = ("broken feed", "feed volume")
_FEATURES = ("values missing", "unseen words", "features jumped")

CHECKS: tuple[Check, ...] = (
    Check(
        rule=Rule("broken feed", "the gate found a fault in a feed", of_drift.broken_feed),
        about="feeds",
        next_step="see reports/feeds.json, and have the feed mended",
    ),
    Check(
        rule=Rule(
            "feed volume",
            "a feed brings less than half or more than twice the facts of an account that it brought before",
            of_drift.feed_volume,
        ),
        about="feeds",
        next_step="ask whoever runs the feed what changed: an export, a tracking plan, a filter",
        explained_by=("broken feed",),
    ),
    Check(
        rule=Rule(
            "values missing", "a feature has no value for many more accounts than before", of_drift.values_missing
        ),
        about="features",
        next_step="look in docs/features.md for the column that the feature needs, and in the query that gives it",
        explained_by=_FEEDS,
    ),
    Check(
        rule=Rule("unseen words", "accounts have words that the model never saw", of_drift.unseen_words),
        about="features",
        next_step="check whether a category was renamed; if so, map it in the query, else train again",
        explained_by=_FEEDS,
        refits=True,
    ),
    Check(
        rule=Rule(
            "features jumped",
            "features are spread otherwise than on the date before, by more than chance",
            of_drift.features_jumped,
        ),
        about="features",
        next_step="look at these features of a few accounts on both dates: nothing real changes so much in a week",
        explained_by=(*_FEEDS, "values missing", "unseen words"),
    ),
    Check(
        rule=Rule(
            "told apart",
            "a classifier tells the accounts of this date from those of the date before",
            of_drift.told_apart,
        ),
        about="features",
        next_step="look at the features that are named, for a few accounts on both dates",
        explained_by=(*_FEEDS, *_FEATURES),
    ),
    Check(
        rule=Rule(
            "features moved",
            "features are spread otherwise than in training, by more than chance and than any date of training was",
            of_drift.features_moved,
        ),
        about="features",
        next_step="find out what changed in the business or the feed; if it is here to stay, train again",
        explained_by=(*_FEEDS, *_FEATURES),
        refits=True,
    ),
    Check(
        rule=Rule(
            "group moved", "the accounts of a region, plan, product or owner moved together", of_drift.groups_moved
        ),
        about="scores",
        next_step="ask what happened to the group, before anybody calls its accounts one by one",
        explained_by=_FEEDS,
    ),
    Check(
        rule=Rule(
            "scores jumped",
            "the probabilities are spread otherwise than on the date before, by the same model",
            of_drift.scores_jumped,
        ),
        about="scores",
        next_step="see which theme moved most accounts, in the list; don't act on the list before that is understood",
        explained_by=(*_FEEDS, *_FEATURES, "told apart", "group moved"),
    ),
    Check(
        rule=Rule(
            "scores moved",
            "the probabilities are spread otherwise than when the model was trained",
            of_drift.scores_moved,
        ),
        about="scores",
        next_step="compare with the churn of late; where it did not change, train again",
        explained_by=(*_FEEDS, *_FEATURES, "features moved"),
        refits=True,
    ),
    Check(
        rule=Rule("no better than lot", "past lists found no more than lists drawn by lot", of_lists.better_than_lot),
        about="lists",
        next_step="stop working by the list, and train again",
        refits=True,
    ),
    Check(
        rule=Rule("ranking fell", "past lists ranked worse than the test did", of_lists.ranked_as_on_the_test),
        about="lists",
        next_step="train again; where that does not help, look for what customers leave for nowadays",
        explained_by=("no better than lot",),
        refits=True,
    ),
    Check(
        rule=Rule("calibration off", "churn was more or less frequent than past lists said", of_lists.calibrated),
        about="lists",
        next_step="train again, and don't use expected churn in a forecast until then",
        explained_by=("no better than lot",),
        refits=True,
    ),
    Check(
        rule=Rule(
            "found too few",
            "past lists had fewer accounts that churned than their probabilities said",
            of_lists.as_many_as_expected,
        ),
        about="lists",
        next_step="look whether those who were called stayed because of it, in the dispositions; if not, train again",
        explained_by=("no better than lot", "ranking fell", "calibration off"),
    ),
    Check(
        rule=Rule(
            "expected ranking",
            "even if every probability is right, this list ranks worse than the test did",
            of_lists.expected_as_on_the_test,
        ),
        about="lists",
        next_step="see which features moved: accounts have become harder to tell apart",
        explained_by=(*_FEEDS, *_FEATURES, "features moved", "scores moved"),
    ),
    Check(
        rule=Rule("model age", "the model learned nothing for long", of_lists.age),
        about="model",
        next_step="train again, with `dvc repro`",
        refits=True,
    ),
)
"""In this order they report."""
