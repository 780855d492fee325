"""From contributions to reasons that a person can read."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from churnrisk.features.phrase import fact
from churnrisk.model.bundle import Phrase
from churnrisk.model.log_odds import exp


def by_theme(scores: pd.DataFrame, themes: Mapping[str, str]) -> pd.DataFrame:
    """Contributions summed by theme, signs kept: one row an account, indexed by `account_id`, one column a theme.

    `scores` has a column `shap_<feature>` for each feature of `themes`.
    """
    values = scores.set_index("account_id")[[f"shap_{name}" for name in themes]]
    return values.T.groupby([themes[name] for name in themes], sort=True).sum().T


def reasons(scores: pd.DataFrame, features: pd.DataFrame, phrases: Mapping[str, Phrase]) -> pd.DataFrame:
    """Why each account has its score: a row an account and theme, the strongest theme first.

    `scores` and `features` have the same accounts in the same order. A theme speaks through the feature that pushes
    most in the theme's own direction, and states that feature's fact with its value: a feature that pushes the other
    way would contradict the theme that it speaks for.

    Returns `account_id`, `rank` (1, 2, ...), `theme`, `feature`, `value` (as text), `sentence`, `contribution` (log-
    odds, summed over the theme) and `odds` (what the theme multiplies the odds with).
    """
    total = by_theme(scores, {name: phrase.theme for name, phrase in phrases.items()})
    parts = [_speakers(scores, features, phrases, str(theme), total[theme].to_numpy()) for theme in total]
    rows = pd.concat(parts, ignore_index=True)
    rows["strength"] = rows["contribution"].abs()
    rows = rows.sort_values(["account_id", "strength", "theme"], ascending=[True, False, True], ignore_index=True)
    rows["rank"] = rows.groupby("account_id").cumcount() + 1
    rows["odds"] = exp(rows["contribution"])
    return rows[["account_id", "rank", "theme", "feature", "value", "sentence", "contribution", "odds"]]


def _speakers(
    scores: pd.DataFrame, features: pd.DataFrame, phrases: Mapping[str, Phrase], theme: str, total: np.ndarray
) -> pd.DataFrame:
    """For each account, the feature that speaks for one theme."""
    names = [name for name, phrase in phrases.items() if phrase.theme == theme]
    push = scores[[f"shap_{name}" for name in names]].to_numpy() * np.sign(total)[:, None]
    speaker = [names[index] for index in push.argmax(axis=1)]
    value = [features[name].iat[row] for row, name in enumerate(speaker)]
    return pd.DataFrame(
        {
            "account_id": scores["account_id"].to_numpy(),
            "theme": theme,
            "feature": speaker,
            "value": [None if each != each or each is None else f"{each}" for each in value],
            "sentence": [
                fact(phrases[name].reason, phrases[name].missing, each)
                for name, each in zip(speaker, value, strict=True)
            ],
            "contribution": total,
        }
    )
