"""What a configuration of the features is worth: the same small model with it and without, on accounts held apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from churnrisk.features.blocks import Plan
from churnrisk.features.configured import read_company
from churnrisk.features.own import own_features
from churnrisk.model.matrix import Numbers
from churnrisk.model.split import account_folds
from churnrisk.params import Features, Params
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace

ACCOUNTS, MOST = 2000, 8000
"""Accounts and snapshots that are looked at, at the most: four dates of so many accounts, and more dates where the
accounts are fewer. They give an AUC within about 0.01, and three configurations of them take a minute or two."""

FEWEST = 25
"""Accounts that churned, and that stayed, below which nothing is measured: five in each of the folds."""

RESAMPLES = 200
"""Bootstrap resamples of accounts, enough for an interval of two digits."""

SEED = 7

NONE, NOW = "nothing configured", "what params.yaml says now"


@dataclass(frozen=True)
class Worth:
    """The AUC out of fold with the proposal, and by the name of another configuration: its AUC, and by how much the
    proposal is ahead, with the ends of its 95 % interval."""

    auc: float
    others: Mapping[str, tuple[float, float, float, float]]
    snapshots: int
    accounts: int
    dates: int

    def words(self) -> list[str]:
        """The figures in sentences, one a configuration."""
        over = f"{self.snapshots:,} snapshots of {self.accounts:,} accounts on {self.dates} dates"
        lines = [f"AUC {self.auc:.3f} with these features, out of fold (five parts of the accounts), on {over}"]
        for name, (auc, ahead, low, high) in self.others.items():
            verdict = "better" if low > 0 else "worse" if high < 0 else "not surely better"
            lines.append(f"AUC {auc:.3f} with {name}: these are {verdict} ({ahead:+.3f}, {low:+.3f} to {high:+.3f})")
        return lines


def worth(workspace: Workspace, params: Params, proposed: Mapping[str, Any]) -> Worth | str:
    """What the `proposed` values of `features` are worth beside none, and beside those of `params`; why not, in words,
    where it can't be measured.

    Churn is that of the labels in the workspace. Comparisons with peers are left out of all configurations.
    """
    if not LABELS.at(workspace).exists():
        return "not measured yet: run `dvc repro label` and propose again"
    rows = _rows(workspace, params.churn.horizon_days)
    label, account = rows["label"].to_numpy(float), rows["account_id"].to_numpy(object)
    if min(len(set(account[label == each])) for each in (0, 1)) < FEWEST:
        return f"not measured: fewer than {FEWEST} accounts churned, or stayed"
    plain: dict[str, Any] = {"block_accounts": params.features.block_accounts, "leave_out": params.features.leave_out}
    compared = {NONE: Features(**plain), NOW: params.features}
    scores = {name: _out_of_fold(workspace, params, each, rows) for name, each in compared.items()}
    ours = _out_of_fold(workspace, params, Features.model_validate(plain | dict(proposed)), rows)
    return Worth(
        auc=float(roc_auc_score(label, ours)),
        others={name: _ahead(label, ours, other, account) for name, other in scores.items()},
        snapshots=len(rows),
        accounts=len(set(account)),
        dates=rows["as_of"].nunique(),
    )


def _rows(workspace: Workspace, horizon_days: int) -> pd.DataFrame:
    """Mature snapshots of a few dates far apart and of some accounts: those of `SNAPSHOTS`, and `label`."""
    labels = LABELS.read(workspace, filters=[("horizon_days", "==", horizon_days)]).dropna(subset=["label"])
    ids, dates = (np.sort(labels[name].unique()) for name in ("account_id", "as_of"))
    drawn = np.random.default_rng(SEED).permutation(ids)[:ACCOUNTS]
    every = -(-len(dates) * len(drawn) // MOST) or 1
    spread = dates[::-1][::every]
    labels = labels[labels["as_of"].isin(spread) & labels["account_id"].isin(drawn)]
    return SNAPSHOTS.read(workspace).merge(labels[[*KEYS, "label"]], on=KEYS).sort_values(KEYS, ignore_index=True)


def _out_of_fold(workspace: Workspace, params: Params, features: Features, rows: pd.DataFrame) -> Numbers:
    """The probability of each row by trees that learned from other accounts."""
    asked = params.model_copy(update={"features": features})
    company = read_company(workspace, asked)
    plan = Plan.of(company, rows.drop(columns="label"), asked, own_features(workspace.root))
    blocks = [plan.features_of(plan.read(number)) for number in plan.blocks]
    values = rows[KEYS].merge(pd.concat(blocks), on=KEYS).drop(columns=KEYS)
    matrix = values.apply(lambda each: each if pd.api.types.is_numeric_dtype(each) else pd.factorize(each)[0])
    # Below all values, what is missing is a branch of its own, whether a fold has such rows to learn from or not.
    table, label = np.nan_to_num(matrix.to_numpy(np.float32), nan=-1e30), rows["label"].to_numpy(float)
    score = np.zeros(len(rows))
    for fold in account_folds(rows["account_id"].to_numpy(object), label, SEED):
        # One process and no threads of its own: on a busy machine, threads of short tasks wait for each other.
        trees = RandomForestClassifier(n_estimators=100, min_samples_leaf=10, random_state=SEED)
        trees.fit(table[fold.train], label[fold.train])
        score[fold.validation] = trees.predict_proba(table[fold.validation])[:, 1]
    return score


def _ahead(
    label: Numbers, ours: Numbers, other: Numbers, account: npt.NDArray[np.object_]
) -> tuple[float, float, float, float]:
    """The AUC of another ranking, by how much ours is ahead, and the interval of that: accounts are resampled."""
    code, ids = pd.factorize(account)
    rng = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, len(ids), len(ids)), minlength=len(ids))[code]
        drawn.append(_auc(label, ours, weight) - _auc(label, other, weight))
    low, high = np.quantile(drawn, [0.025, 0.975])
    auc = _auc(label, other)
    return auc, _auc(label, ours) - auc, float(low), float(high)


def _auc(label: Numbers, score: Numbers, weight: "npt.NDArray[np.int64] | None" = None) -> float:
    return float(roc_auc_score(label, score, sample_weight=weight))
