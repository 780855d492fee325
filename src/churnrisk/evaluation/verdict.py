"""Is there a signal, and is it more than anybody could have? In words, so that nobody trusts a list that is not."""

from churnrisk.model.bundle import Figures
from churnrisk.model.systems import FEW_CHURNED
from churnrisk.store.catalogue.evaluate import Verdict

FEWEST_CHURNED = 5
"""Churned accounts below which an interval can't be trusted: it comes from resampling these few, and misses whatever
none of them showed. Fewer than are needed to choose settings (`churnrisk.model.split.FEWEST_CHURNED`), because here the
interval itself grows wide where they are few, and only its own validity has to be guarded."""

NOT_RIVALS = ("test", "model", "list_before")
"""What is no simpler system than the model: the list of the date before was made by it."""

SHORT = {
    "last_login_rule": "the rule of the last activity",
    "two_feature_logistic": "a logistic regression on two features",
    "recency_frequency_volume": "a logistic regression on recency, frequency and volume",
    "gamma_poisson": "the Gamma-Poisson model",
}
"""Simple systems in words."""


def verdict(figures: Figures, caution: str = "") -> Verdict:
    """The ranking is of use where the whole 95 % interval of its AUC lies above 0.5, chance, and enough accounts
    churned; it is ahead where that of the difference to the best simple system lies above 0. `caution` is what a reader
    of the list must know although it is of use.

    >>> test = {"rows": 900, "accounts": 300, "accounts_churned": 20}
    >>> verdict({"test": test, "model": {"auc": 0.53, "auc_low": 0.46, "auc_high": 0.6}}).words
    'No usable signal: on 900 snapshots of 300 accounts that it had not seen, 20 of which churned, the ranking had an
     AUC of 0.53 (0.46 to 0.60), and 0.5 is chance.'
    """
    test, model = figures["test"], figures["model"]
    few = test["accounts_churned"] < FEWEST_CHURNED
    usable = model["auc_low"] > 0.5 and not few
    ahead, behind, compared = _compared(figures)
    says = "Better than chance" if usable else "Too few churned to tell" if few else "No usable signal"
    if usable and compared and not ahead:
        says = "Better than chance, and not ahead of a simple rule"
    words = (
        f"{says}: on {test['rows']:,} snapshots of {test['accounts']:,} accounts that it had not seen,"
        f" {test['accounts_churned']:,} of which churned, the ranking had an AUC of {model['auc']:.2f}"
        f" ({model['auc_low']:.2f} to {model['auc_high']:.2f}), and 0.5 is chance."
    )
    said = f"{words} {compared}".rstrip()
    return Verdict(usable=usable, ahead=ahead, behind=behind, words=said, caution=caution)


def few_churned(figures: Figures, churned_before: int) -> str:
    """A sentence where few accounts churned before the test, so that a model had little to learn from; else nothing.

    >>> few_churned({"model": {"auc_low": 0.61, "auc_high": 0.94}}, churned_before=12)
    'The model has seen only 12 accounts churn (fewer than 100 are few), so its order and its probabilities are rough:
     an AUC of anything from 0.61 to 0.94 fits what happened on later dates.'
    """
    if churned_before >= FEW_CHURNED:
        return ""
    seen = f"{churned_before} account{'s' * (churned_before != 1)}"
    low, high = figures["model"]["auc_low"], figures["model"]["auc_high"]
    # A model that gives every account the same probability has no order that an interval could be of.
    fits = f": an AUC of anything from {low:.2f} to {high:.2f} fits what happened on later dates" if low < high else ""
    return (
        f"The model has seen only {seen} churn (fewer than {FEW_CHURNED} are few), so its order and its probabilities"
        f" are rough{fits}."
    )


def _compared(figures: Figures) -> tuple[bool, bool, str]:
    """Whether the model is ahead of, or behind, the best simple system, and the sentence that says so; empty without
    any.
    """
    rivals = {name: each for name, each in figures.items() if name not in NOT_RIVALS}
    if not rivals:
        return False, False, ""
    name = max(rivals, key=lambda each: float(rivals[each]["auc"]))
    best = rivals[name]
    ahead, behind = best["auc_ahead_low"] > 0, best["auc_ahead_high"] < 0
    how = "It is ahead of" if ahead else "It is behind" if behind else "It is not shown to be ahead of"
    difference = f"{best['auc_ahead']:+.3f} ({best['auc_ahead_low']:+.3f} to {best['auc_ahead_high']:+.3f})"
    words = f"{how} {SHORT.get(name, name)}, the best of the simple systems: its AUC differs by {difference}."
    return ahead, behind, words
