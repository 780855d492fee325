"""Why a score moved since the date before: this date's contributions less that one's, both by the same model."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from churnrisk.explain.reasons import by_theme


def movement(now: pd.DataFrame, before: pd.DataFrame, themes: Mapping[str, str]) -> pd.DataFrame:
    """How each account's score moved, and the theme that moved it most.

    `now` and `before` are scores of two dates by one model, so the changes by theme add up to the change of the raw
    score.

    Returns, in the order of `now`: `account_id`, `probability_before` (what the present model gives for the date
    before; NaN: not watched then), `theme` (the one that moved most in the direction of the change; empty: not watched
    then) and `theme_change` in log-odds.
    """
    change = by_theme(now, themes) - by_theme(before, themes).reindex(now["account_id"])
    direction = np.sign(change.sum(axis=1)).replace(0, 1)
    known = change.notna().all(axis=1)
    theme = change.mul(direction, axis=0)[known].idxmax(axis=1).reindex(change.index)
    most = [change.at[account, name] if name == name else np.nan for account, name in theme.items()]
    then = before.set_index("account_id")["probability"].reindex(now["account_id"])
    return pd.DataFrame(
        {
            "account_id": now["account_id"].to_numpy(),
            "probability_before": then.to_numpy(),
            "theme": theme.astype("str").to_numpy(),
            "theme_change": most,
        }
    )
