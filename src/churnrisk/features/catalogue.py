"""All features, and which of them a company's tables and configuration switch on."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from churnrisk.errors import ParamsError
from churnrisk.facts.fact import VIEWS
from churnrisk.features import (
    breadth,
    commercial,
    contact,
    engagement,
    goals,
    lifecycle,
    mastery,
    onboarding,
    organisation,
    payments,
    rhythm,
    sentiment,
    spend,
    support,
)
from churnrisk.features.own import features_of
from churnrisk.features.profile import profile_features
from churnrisk.features.registry import CONFIGURED, FAMILIES, Feature

THEMES = (
    onboarding,
    lifecycle,
    engagement,
    rhythm,
    breadth,
    mastery,
    organisation,
    support,
    sentiment,
    contact,
    commercial,
    payments,
    spend,
    goals,
)
"""Modules of features, in the order in which the documentation shows them."""


def catalogue(
    offered: Collection[str],
    account_columns: dict[str, bool],
    settings: Mapping[str, Any],
    own: Collection[Feature] = (),
) -> tuple[list[Feature], dict[str, str]]:
    """The features that are on, and those that are off with the reason.

    `offered` names the views that there are, and those of their columns that have values, such as `tickets.severity`.
    `account_columns` has the columns of `accounts`, and whether each holds numbers. `settings` is what the company says
    of its product, with the names of each `milestone` and `key_event`. `own` are the features of the workspace itself.

    Raises ParamsError where two features would have the same name.
    """
    on, off = profile_features(account_columns), {}
    for each in [*(member for theme in THEMES for member in features_of(theme)), *own]:
        lacking = _lacking(each, offered, settings)
        if lacking:
            off[each.name] = lacking
        elif each.family:
            on += [each.of(item) for item in settings[each.family]]
        else:
            on.append(each)
    _refuse_repeats(on)
    return on, off


def _lacking(each: Feature, offered: Collection[str], settings: Mapping[str, Any]) -> str:
    """What a company lacks for a feature, in words; empty where it has everything."""
    absent = [need for need in each.needs if need in VIEWS and need not in offered]
    empty = [need for need in each.needs if need in CONFIGURED | FAMILIES and not settings[need]]
    unfilled = [column for column in each.columns if column not in offered]
    if absent:
        return f"no {' and no '.join(absent)}"
    if empty:
        return f"no {empty[0].replace('_', ' ')} configured"
    return f"no {' and no '.join(unfilled)}" if unfilled else ""


def _refuse_repeats(features: list[Feature]) -> None:
    counts = Counter(each.name for each in features)
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        raise ParamsError(
            f"two features are named {twice[0]}",
            where="params.yaml, features",
            fix="name each milestone and key event once, and none like a feature, in queries/usage.sql too; and in"
            " the folder features, name no function like a feature of docs/features.md",
        )
