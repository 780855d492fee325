"""Is there a signal? In words, so that nobody trusts a list that is no better than chance."""

from churnrisk.model.bundle import Figures
from churnrisk.store.catalogue.evaluate import Verdict

FEWEST_CHURNED = 5
"""Churned accounts below which an interval can't be trusted: it comes from resampling these few, and misses whatever
none of them showed. Fewer than are needed to choose settings (`churnrisk.model.split.FEWEST_CHURNED`), because here the
interval itself grows wide where they are few, and only its own validity has to be guarded."""


def verdict(figures: Figures) -> Verdict:
    """The ranking is of use where the whole 95 % interval of its AUC lies above 0.5, chance, and enough accounts
    churned.

    >>> test = {"rows": 900, "accounts": 300, "accounts_churned": 20}
    >>> verdict({"test": test, "model": {"auc": 0.53, "auc_low": 0.46, "auc_high": 0.6}}).words
    'No usable signal: on 900 snapshots of 300 accounts that it had not seen, 20 of which churned, the ranking had an
     AUC of 0.53 (0.46 to 0.60), and 0.5 is chance.'
    """
    test, model = figures["test"], figures["model"]
    few = test["accounts_churned"] < FEWEST_CHURNED
    usable = model["auc_low"] > 0.5 and not few
    says = "Better than chance" if usable else "Too few churned to tell" if few else "No usable signal"
    words = (
        f"{says}: on {test['rows']:,} snapshots of {test['accounts']:,} accounts that it had not seen,"
        f" {test['accounts_churned']:,} of which churned, the ranking had an AUC of {model['auc']:.2f}"
        f" ({model['auc_low']:.2f} to {model['auc_high']:.2f}), and 0.5 is chance."
    )
    return Verdict(usable=usable, words=words)
