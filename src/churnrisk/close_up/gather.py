"""From a workspace to one account on one date, with the words of the list."""

import datetime as dt
from typing import Any

import pandas as pd

from churnrisk import words
from churnrisk.clock import WEEK, Day, as_date, day
from churnrisk.close_up.account import require_account, require_date, rule_of
from churnrisk.close_up.history import contacts, history, places
from churnrisk.close_up.structure import CloseUp, Weight
from churnrisk.explain.known import known_on
from churnrisk.explain.lower import TIMES_MEAN, can_change, lower, said
from churnrisk.explain.scoring import score_date
from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_features_on
from churnrisk.params import Params
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.risk_list import Inputs, Row, Scored, gather, model_facts, with_past_lists
from churnrisk.risk_list.gather import SPARKLINE_WEEKS, weekly_usage
from churnrisk.risk_list.rows import made_of, placed
from churnrisk.risk_list.why import about
from churnrisk.store.workspace import Workspace


def close_up(workspace: Workspace, params: Params, account: str, as_of: Day | None = None) -> CloseUp:
    """One account on a date, by default that of the list, as the bundle of the workspace sees it.

    Whoever was left out is shown with the rule, its usage and its contacts. Raises ParamsError for an account or a date
    that is not known, and the errors of the stages before where their files are missing.
    """
    bundle = Bundle.load(workspace.models / "bundle")
    date = list_date(workspace) if as_of is None else as_of
    dates = require_date(workspace, date)
    accounts = read_ledger(workspace, "accounts").before(date).frame()
    require_account(account, accounts, date)
    own = accounts[accounts["account_id"] == account]
    common = _common(workspace, params, bundle, own, dates)
    features = read_features_on(workspace, date)
    if not features["account_id"].eq(account).any():
        nothing: dict[str, Any] = {"row": None, "place": 0, "watched": len(features), "base": 0.0, "weights": ()}
        return CloseUp(**common, **nothing, lower="", left_out=rule_of(workspace, account, date))
    before = read_features_on(workspace, dates[-2]) if len(dates) > 1 else None
    inputs = _inputs(workspace, params, bundle, date, features, before, dates)
    return CloseUp(**common, **_scored(bundle, inputs, features, account), left_out="")


def _common(
    workspace: Workspace, params: Params, bundle: Bundle, own: pd.DataFrame, dates: list[Day]
) -> dict[str, Any]:
    """What is shown whether an account was scored or not."""
    as_of, account = dates[-1], str(own["account_id"].iloc[0])
    usage = weekly_usage(workspace, params.clock, as_of, own).drop(columns="account_id").to_numpy(float)[0]
    name = own["name"].iloc[0]
    return {
        "account_id": account,
        "name": account if pd.isna(name) else str(name),
        "as_of": as_of,
        "currency": params.risk_list.currency,
        "window": _window(params, as_of),
        "lineage": bundle.model.lineage,
        "history": history(workspace, bundle.model, account, dates),
        "usage": tuple(None if each != each else float(each) for each in usage),
        "usage_from": as_of - SPARKLINE_WEEKS * WEEK,
        "contacts": contacts(workspace, account, as_of),
    }


def _window(params: Params, as_of: Day) -> tuple[dt.date, dt.date]:
    window = params.churn.window()
    return as_date(window.opens(as_of)), as_date(day(window.closes(as_of) - 1))


def _inputs(
    workspace: Workspace,
    params: Params,
    bundle: Bundle,
    as_of: Day,
    features: pd.DataFrame,
    before: pd.DataFrame | None,
    dates: list[Day],
) -> Inputs:
    """What a list of that date would be made from, by the present model."""
    made = score_date(bundle, as_of, features, before)
    scored = Scored(
        scores=made.scores,
        reasons=made.reasons,
        movement=made.movement,
        known=known_on(workspace, params, as_of, features, before),
        lineage=bundle.model.lineage,
        previous_as_of=dates[-2] if len(dates) > 1 else None,
    )
    return with_past_lists(
        workspace, params, gather(workspace, params, as_of, scored=scored, model=model_facts(bundle))
    )


def _scored(bundle: Bundle, inputs: Inputs, features: pd.DataFrame, account: str) -> dict[str, Any]:
    """What is shown of an account that was scored."""
    everybody, scores = placed(inputs), inputs.scores
    here = scores["account_id"] == account
    own = scores[here].iloc[0]
    return {
        "row": _row(inputs, everybody[everybody["account_id"] == account]),
        "place": int(places(scores["probability"])[here].iloc[0]),
        "watched": len(scores),
        "base": float(own["base_value"]),
        "weights": _weights(bundle, inputs, own, features[features["account_id"] == account].iloc[0]),
        "lower": _lower(bundle, inputs, features, account, float(own["probability"])),
    }


def _lower(bundle: Bundle, inputs: Inputs, features: pd.DataFrame, account: str, probability: float) -> str:
    below = min(TIMES_MEAN * float(inputs.scores["probability"].mean()), 1.0)
    columns = can_change([each.name for each in bundle.model.columns], bundle.facts, inputs.facts)
    found = None
    if probability >= below:
        found = lower(features, account, bundle.model.probabilities, columns, below)
    return said(found, probability, below)


def _row(inputs: Inputs, own: pd.DataFrame) -> Row:
    (row,) = made_of(own, inputs)
    return row


def _weights(bundle: Bundle, inputs: Inputs, own: "pd.Series[Any]", values: "pd.Series[Any]") -> tuple[Weight, ...]:
    weights = [
        Weight(each.name, about(bundle.facts[each.name], inputs), value_in_words(values[each.name]), float(own[shap]))
        for each in bundle.model.columns
        if (shap := f"shap_{each.name}") in own
    ]
    return tuple(sorted(weights, key=lambda each: (-abs(each.log_odds), each.feature)))


def value_in_words(value: Any) -> str:
    """A feature's value, whatever it is of.

    >>> [value_in_words(each) for each in (3.0, 0.25, float("nan"), "enterprise", 1234.5)]
    ['3', '0.25', 'none', 'enterprise', '1,234.5']
    """
    if pd.isna(value):
        return "none"
    if isinstance(value, str):
        return value
    return words.number(float(value), ".0f" if float(value).is_integer() else ".4g" if abs(value) < 1000 else ".1f")
