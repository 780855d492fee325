"""All features, and which of them a company's tables and configuration switch on."""

from collections import Counter
from collections.abc import Collection, Mapping
from types import ModuleType

from churnrisk.errors import ParamsError
from churnrisk.features import breadth, commercial, engagement, goals, onboarding, organisation, sentiment, support
from churnrisk.features.profile import profile_features
from churnrisk.features.registry import VIEWS, Feature

THEMES = (onboarding, engagement, breadth, organisation, support, commercial, sentiment, goals)
"""Modules of features, in the order in which the documentation shows them."""


def features_of(theme: ModuleType) -> list[Feature]:
    """The features of one module, in the order in which they stand there."""
    return [value for value in vars(theme).values() if isinstance(value, Feature)]


def catalogue(
    offered: Collection[str], account_columns: dict[str, bool], items: Mapping[str, Collection[str]]
) -> tuple[list[Feature], dict[str, str]]:
    """The features that are on, and those that are off with the reason.

    `offered` names the views that there are; `items` gives the configured names for `milestone`, `key_event` and
    `advanced_events`.
    """
    on, off = profile_features(account_columns), {}
    for each in (member for theme in THEMES for member in features_of(theme)):
        absent = [need for need in each.needs if need in VIEWS and need not in offered]
        empty = [need for need in each.needs if need in items and not items[need]]
        if absent:
            off[each.name] = f"no {' and no '.join(absent)}"
        elif empty:
            off[each.name] = f"no {empty[0].replace('_', ' ')} configured"
        elif each.each:
            on += [each.of(item) for item in items[each.each]]
        else:
            on.append(each)
    _refuse_repeats(on)
    return on, off


def _refuse_repeats(features: list[Feature]) -> None:
    counts = Counter(each.name for each in features)
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        raise ParamsError(
            f"two features are named {twice[0]}",
            where="params.yaml, features",
            mend="name each milestone and key event once, and none like a feature, in queries/usage.sql too",
        )
