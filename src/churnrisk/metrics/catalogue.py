"""Every metric by its name: judging, slices, the model card and `dvc metrics` take their figures from here."""

from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from churnrisk.metrics.metric import HIGHER, LOWER, NEITHER, Metric, Metrics, closer_to
from churnrisk.metrics.ranking import lift_by_date
from churnrisk.metrics.reliability import expected_calibration_error

METRICS = Metrics(
    [
        Metric(
            name="auc",
            words="the probability that an account that churns is ranked above one that stays; 0.5 is a coin",
            better=HIGHER,
            compute=lambda p: roc_auc_score(p.label, p.score),
        ),
        Metric(
            name="ap",
            words="average precision: the precision of the list, averaged over all ranks at which a churn is found",
            better=HIGHER,
            compute=lambda p: average_precision_score(p.label, p.score),
        ),
        Metric(
            name="lift10",
            words="how many times as often as the average the top tenth of each date's list churned",
            better=HIGHER,
            compute=lambda p: lift_by_date(p.label, p.score, p.as_of),
        ),
        Metric(
            name="ece",
            words="calibration error: the mean distance between predicted and observed churn over ten groups",
            better=LOWER,
            compute=lambda p: expected_calibration_error(p.label, p.score),
        ),
        Metric(
            name="log_loss",
            words="mean surprise at what happened, which confident errors make large",
            better=LOWER,
            compute=lambda p: log_loss(p.label, p.score, labels=[0, 1]),
        ),
        Metric(
            name="brier",
            words="mean squared distance between probability and what happened",
            better=LOWER,
            compute=lambda p: brier_score_loss(p.label, p.score),
        ),
        Metric(
            name="mean_probability",
            words="mean of the probabilities",
            better=closer_to("churn_rate"),
            compute=lambda p: p.score.mean(),
        ),
        Metric(
            name="churn_rate",
            words="share of the snapshots that were followed by churn",
            better=NEITHER,
            compute=lambda p: p.label.mean(),
        ),
    ]
)
"""All of them."""

OF_A_RANKING = ("auc", "ap", "lift10")
"""Those that only need an order, so that a rule can be judged by them too."""

OF_PROBABILITIES = ("ece", "log_loss", "brier", "mean_probability", "churn_rate")
"""Those that need probabilities."""
