"""The subscriptions that run at the date, which features of several themes look at."""

from churnrisk.past.tables.facts import once


@once
def running(subscriptions):
    """Those that run at the date."""
    return subscriptions.where(subscriptions["is_running"])


@once
def main(subscriptions):
    """The same, in order of what they pay, so that the last one is the account's main one."""
    return running(subscriptions).by("mrr")
