"""LightGBM's own settings, as far as a user may choose them, and the values that it takes."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

from churnrisk.errors import did_you_mean

BoosterSetting = Literal[
    "bagging_fraction",
    "cat_l2",
    "cat_smooth",
    "extra_trees",
    "feature_fraction",
    "feature_fraction_bynode",
    "lambda_l1",
    "lambda_l2",
    "max_depth",
    "min_data_in_leaf",
    "min_gain_to_split",
    "min_sum_hessian_in_leaf",
    "num_leaves",
    "path_smooth",
]
"""What may be set of LightGBM: what shapes trees, and nothing by which a rerun could give other bytes."""

_LARGEST = 2**31 - 1
"""LightGBM keeps whole numbers in 32 bits."""


@dataclass(frozen=True)
class _Whole:
    """Whole numbers from `least` to `most`."""

    least: int
    most: int = _LARGEST

    def takes(self, value: object) -> bool:
        # A flag is a whole number to Python, and to LightGBM a mistake.
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


@dataclass(frozen=True)
class _Number:
    """Numbers from 0 without an end; with `share`, those over 0 up to 1."""

    share: bool = False

    def takes(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return 0 < value <= 1 if self.share else 0 <= value < float("inf")

    def __str__(self) -> str:
        return "a number over 0 and up to 1" if self.share else "a number from 0 on"


@dataclass(frozen=True)
class _Flag:
    """Yes or no."""

    def takes(self, value: object) -> bool:
        return isinstance(value, bool)

    def __str__(self) -> str:
        return "true or false"


_VALUES: dict[str, _Whole | _Number | _Flag] = {
    **{str(name): _Number() for name in get_args(BoosterSetting)},
    "bagging_fraction": _Number(share=True),
    "extra_trees": _Flag(),
    "feature_fraction": _Number(share=True),
    "feature_fraction_bynode": _Number(share=True),
    # -1 and 0 are no limit.
    "max_depth": _Whole(-1),
    "min_data_in_leaf": _Whole(0),
    "num_leaves": _Whole(2, 131_072),
}
"""Source: the parameters page of LightGBM 4, where a value outside is a failed check in C++ with no name of ours."""


def _taken(settings: Any) -> Any:
    """The settings as they are; raises ValueError where LightGBM would refuse one, after the features were made."""
    if not isinstance(settings, dict):
        return settings
    wrong = [fault for name, value in settings.items() if (fault := _fault(name, value))]
    if wrong:
        raise ValueError("; ".join(wrong))
    return settings


def _fault(name: Any, value: Any) -> str:
    """What is wrong with one setting, in words; nothing where it is sound."""
    if name not in _VALUES:
        hint = did_you_mean(str(name), _VALUES) or f"allowed: {', '.join(_VALUES)}"
        return f"unknown key 'train.settings.{name}' ({hint})"
    allowed = _VALUES[name]
    return "" if allowed.takes(value) else f"train.settings.{name} is {value!r}, but LightGBM takes {allowed}"


OwnSettings = Annotated[dict[BoosterSetting, bool | int | float], BeforeValidator(_taken)]
