"""Features that a company leaves out by name, as `features.leave_out` in `params.yaml` says."""

from collections.abc import Collection, Mapping

from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.features.registry import Feature

REASON = "left out in params.yaml"

WHERE = "params.yaml, features.leave_out"

INDISPENSABLE = {
    "tenure": "accounts are compared with others of their age",
    "days_since_active": "the model is judged beside rules that use it",
    "usage_last_month": "the model is judged beside rules that use it",
}
"""Features that other parts of the pipeline ask for by name, and what for."""


def without(
    on: Collection[Feature], off: Mapping[str, str], leave_out: Collection[str]
) -> tuple[list[Feature], dict[str, str]]:
    """The features that are on but for those in `leave_out`, and all that are off with the reason.

    A member of a family is named as its column is. What compares a feature that is left out with peers is off too. To
    leave out a feature that is off already changes nothing.

    Raises ParamsError for a name that no feature has, and for one in `INDISPENSABLE`.
    """
    for name in leave_out:
        _require(name, [*(each.name for each in on), *off])
    reasons = {each.name: _reason(each, leave_out) for each in on}
    return [each for each in on if not reasons[each.name]], {
        **off,
        **{name: why for name, why in reasons.items() if why},
    }


def _reason(each: Feature, leave_out: Collection[str]) -> str:
    if each.name in leave_out:
        return REASON
    return f"compares {each.base}, which is {REASON}" if each.base in leave_out else ""


def _require(name: str, names: Collection[str]) -> None:
    if name not in names:
        raise ParamsError(
            f"no feature is named '{name}'",
            where=WHERE,
            fix=did_you_mean(name, names) or "see the names in docs/features.md and data/features/features.json",
        )
    if name in INDISPENSABLE:
        raise ParamsError(f"{name} can't be left out: {INDISPENSABLE[name]}", where=WHERE, fix="take it off the list")
