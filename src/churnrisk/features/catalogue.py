"""All features, and which of them a company's tables and configuration switch on."""

from collections import Counter
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

from churnrisk.errors import ParamsError
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
    sentiment,
    support,
)
from churnrisk.features.profile import profile_features
from churnrisk.features.registry import CONFIGURED, FAMILIES, VIEWS, Feature

THEMES = (
    onboarding,
    lifecycle,
    engagement,
    breadth,
    mastery,
    organisation,
    support,
    sentiment,
    contact,
    commercial,
    payments,
    goals,
)
"""Modules of features, in the order in which the documentation shows them."""


def features_of(theme: ModuleType) -> list[Feature]:
    """The features of one module, in the order in which they stand there."""
    return [value for value in vars(theme).values() if isinstance(value, Feature)]


def catalogue(
    offered: Collection[str], account_columns: dict[str, bool], configured: Mapping[str, Any]
) -> tuple[list[Feature], dict[str, str]]:
    """The features that are on, and those that are off with the reason.

    `offered` names the views that there are, and of their columns, as `tickets.severity`, those with values;
    `configured` is what the company says of its product, with the names of each `milestone` and `key_event`.
    """
    on, off = profile_features(account_columns), {}
    for each in (member for theme in THEMES for member in features_of(theme)):
        lacking = _lacking(each, offered, configured)
        if lacking:
            off[each.name] = lacking
        elif each.family:
            on += [each.of(item) for item in configured[each.family]]
        else:
            on.append(each)
    _refuse_repeats(on)
    return on, off


def _lacking(each: Feature, offered: Collection[str], configured: Mapping[str, Any]) -> str:
    """What a company would have to have for a feature, in words; empty where it has all of it."""
    absent = [need for need in each.needs if need in VIEWS and need not in offered]
    empty = [need for need in each.needs if need in CONFIGURED | FAMILIES and not configured[need]]
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
            fix="name each milestone and key event once, and none like a feature, in queries/usage.sql too",
        )
