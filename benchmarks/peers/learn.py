"""What others make of the same rows: one learner, as its documentation begins, without any tuning of ours.

`python learn.py NAME FOLDER` reads `train.parquet` and `test.parquet` of the folder, writes `NAME.parquet` with a score
of every row of the test (NaN where it was not asked), and prints time and memory as JSON.
"""

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")

KEYS = ["account_id", "as_of", "label"]
REPEATS = ["repeats", "last_repeat", "age"]
"""What BG/NBD looks at: active days after the first one, days from the first to the last, and days since the first."""

SEED, THREADS = 7, 2
FLAML_SECONDS, AUTOGLUON_SECONDS = 60, 90
SYNTHESIS_TRAIN, SYNTHESIS_TEST = 12_000, 6_000
"""Snapshots that featuretools is asked about, of accounts drawn by chance: it takes milliseconds for each."""


def lightgbm(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(random_state=SEED, n_jobs=THREADS, verbose=-1).fit(features(train), train["label"])
    return model.predict_proba(features(test))[:, 1]


def xgboost(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    from xgboost import XGBClassifier

    model = XGBClassifier(random_state=SEED, n_jobs=THREADS, enable_categorical=True, tree_method="hist")
    return model.fit(features(train), train["label"]).predict_proba(features(test))[:, 1]


def catboost(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    from catboost import CatBoostClassifier

    learned, asked = features(train), features(test)
    words = [name for name in learned if learned[name].dtype == "category"]
    learned, asked = (each.assign(**{name: each[name].astype(str) for name in words}) for each in (learned, asked))
    model = CatBoostClassifier(
        random_seed=SEED, thread_count=THREADS, cat_features=words, verbose=False, allow_writing_files=False
    )
    return model.fit(learned, train["label"]).predict_proba(asked)[:, 1]


def flaml(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    from flaml import AutoML

    automl = AutoML()
    how = {"task": "classification", "metric": "roc_auc", "time_budget": FLAML_SECONDS, "seed": SEED, "verbose": 0}
    # Folds of whole accounts: rows of one account in both parts would let a search learn accounts by heart.
    grouped = {"split_type": "group", "groups": train["account_id"].to_numpy(), "eval_method": "cv", "n_splits": 5}
    kinds = ["lgbm", "xgboost", "rf", "extra_tree"]
    automl.fit(features(train), train["label"], n_jobs=THREADS, estimator_list=kinds, **how, **grouped)
    return automl.predict_proba(features(test))[:, 1]


def autogluon(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    from autogluon.tabular import TabularPredictor

    with TemporaryDirectory() as home:
        predictor = TabularPredictor("label", eval_metric="roc_auc", path=home, verbosity=0, groups="account_fold")
        fold = pd.factorize(train["account_id"], sort=True)[0] % 5
        learned = features(train).assign(label=train["label"].astype(int).to_numpy(), account_fold=fold)
        predictor.fit(
            learned,
            time_limit=AUTOGLUON_SECONDS,
            presets="medium_quality",
            excluded_model_types=["NN_TORCH", "FASTAI"],
            num_bag_folds=5,
            num_bag_sets=1,
            num_stack_levels=0,
            num_cpus=THREADS,
            ag_args_ensemble={"fold_fitting_strategy": "sequential_local"},
        )
        return predictor.predict_proba(features(test))[1].to_numpy()


def bg_nbd(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    from lifetimes import BetaGeoFitter

    # Each account once, as it was last seen before the test.
    last = train.sort_values("as_of").drop_duplicates("account_id", keep="last").dropna(subset=REPEATS)
    model = BetaGeoFitter(penalizer_coef=0.01).fit(last["repeats"], last["last_repeat"], last["age"])
    days = int((folder / "horizon_days.txt").read_text())
    expected = model.conditional_expected_number_of_purchases_up_to_time(days, *(test[name] for name in REPEATS))
    # Never active: as little is expected of it as of the least active.
    return -np.nan_to_num(np.asarray(expected, float), nan=0.0)


def featuretools(train: pd.DataFrame, test: pd.DataFrame, folder: Path) -> np.ndarray:
    import featuretools as ft
    from lightgbm import LGBMClassifier

    learned, asked = drawn(train, SYNTHESIS_TRAIN), drawn(test, SYNTHESIS_TEST)
    both = pd.concat([learned, asked], ignore_index=True)
    usage = pd.read_parquet(folder / "usage.parquet")
    usage = usage[usage["account_id"].isin(both["account_id"])].reset_index(drop=True).reset_index(names="row")
    entities = ft.EntitySet("company").add_dataframe(
        usage.astype({"event": "category"}), "usage", index="row", time_index="day"
    )
    entities.normalize_dataframe("usage", "accounts", "account_id", make_time_index=False)
    times = pd.DataFrame({"account_id": both["account_id"], "time": both["as_of"] - pd.Timedelta(1, "us")})
    made = []
    for weeks in (4, 26):
        values, _ = ft.dfs(
            entityset=entities,
            target_dataframe_name="accounts",
            cutoff_time=times,
            training_window=f"{7 * weeks} days",
            agg_primitives=["sum", "mean", "count", "num_unique", "time_since_last"],
            trans_primitives=["weekday"],
            max_depth=2,
            n_jobs=1,
        )
        if list(values.index.get_level_values(0)) != list(both["account_id"]):
            raise ValueError("the rows of featuretools are not in the order that was asked for")
        made.append(values.select_dtypes("number").reset_index(drop=True).add_suffix(f"_{weeks}w"))
    table = pd.concat(made, axis=1)
    model = LGBMClassifier(random_state=SEED, n_jobs=THREADS, verbose=-1)
    model.fit(table[: len(learned)], learned["label"])
    scores = pd.Series(np.nan, test.index)
    scores[asked.index] = model.predict_proba(table[len(learned) :])[:, 1]
    return scores.to_numpy()


LEARNERS: dict[str, Callable[[pd.DataFrame, pd.DataFrame, Path], np.ndarray]] = {
    each.__name__: each for each in (lightgbm, xgboost, catboost, flaml, autogluon, bg_nbd, featuretools)
}


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """What a learner may look at; words are categories."""
    kept = rows.drop(columns=[*KEYS, *REPEATS])
    return kept.astype({name: "category" for name in kept if not pd.api.types.is_numeric_dtype(kept[name])})


def drawn(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """All rows of as many accounts, drawn by chance, as give about `most` rows."""
    accounts = np.sort(rows["account_id"].unique())
    many = max(1, int(len(accounts) * min(1.0, most / len(rows))))
    chosen = np.random.default_rng(SEED).choice(accounts, many, replace=False)
    return rows[rows["account_id"].isin(chosen)]


def main() -> None:
    """Fit one learner and score the test."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    train, test = (pd.read_parquet(folder / f"{part}.parquet") for part in ("train", "test"))
    # The same categories on both sides; one that training has not seen is missing.
    for column in train.select_dtypes(["object", "string", "category"]):
        if column != "account_id":
            kind = pd.CategoricalDtype(sorted(train[column].dropna().unique()))
            train[column], test[column] = train[column].astype(kind), test[column].astype(kind)
    began = time.perf_counter()
    scores = LEARNERS[name](train, test, folder)
    seconds = time.perf_counter() - began
    pd.DataFrame({"score": scores}).to_parquet(folder / f"{name}.parquet")
    # What getrusage tells of this process holds the memory of the one that started it.
    own = int(Path("/proc/self/status").read_text(encoding="ascii").partition("VmHWM:")[2].split()[0])
    peak = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    print(json.dumps({"seconds": round(seconds, 1), "peak_gb": round(peak / 2**20, 2)}))  # noqa: T201


if __name__ == "__main__":
    main()
