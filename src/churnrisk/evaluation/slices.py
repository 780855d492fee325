"""Which words the test can be told apart by. Training asks too, because a wrong name is best refused before it."""

from collections.abc import Collection

from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.params import Evaluate


def require_groups(settings: Evaluate, features: Collection[str], accounts: Collection[str]) -> None:
    """Raise ParamsError where a slice is not among the `features` of words, or a column of the fairness table neither
    there nor among the columns of words of `accounts`.
    """
    require_words(settings.slices, features)
    require_words(settings.fairness, [*accounts, *features], "fairness")


def require_words(slices: Collection[str], words: Collection[str], key: str = "slices") -> None:
    """Raise ParamsError where one of the names of `evaluate.<key>` is not among `words`, such as features of words."""
    unknown = [name for name in slices if name not in words]
    if unknown:
        raise ParamsError(
            f"no {'feature' if key == 'slices' else 'feature or column of accounts'} of words is named '{unknown[0]}'",
            where=f"params.yaml, evaluate.{key}",
            allowed=", ".join(words) or "none",
            fix=did_you_mean(unknown[0], words) or "see data/features/features.json for the features that are off",
        )
