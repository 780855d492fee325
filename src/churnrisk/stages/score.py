"""Who now, and why? Score and reasons come from the same matrix; the score history grows beside them."""

import pandas as pd

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.explain.movement import movement
from churnrisk.explain.reasons import Phrase, reasons
from churnrisk.model.bundle import RiskModel
from churnrisk.model.matrix import surprises
from churnrisk.params import Params
from churnrisk.stages.rows import list_date, read_features, require_open_gate
from churnrisk.store.workspace import Workspace, read_json, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    model = RiskModel.load(workspace.models / "final")
    features = read_features(workspace, as_of)
    if features.empty:
        raise ModelError(
            f"nobody is at risk on {as_of}",
            where="snapshots",
            fix="see reports/cohort.json for who was left out and why",
        )
    scores = model.score(features)
    previous = _previous(workspace, as_of)
    before = model.score(read_features(workspace, previous)) if previous is not None else scores.iloc[:0]
    described = read_json(workspace.features / "features.json")["features"]
    phrases = {each["name"]: Phrase(each["theme"], each["reason"], each["missing"]) for each in described}
    themes = {name: phrase.theme for name, phrase in phrases.items()}
    about = {
        "as_of": str(as_of),
        "previous_as_of": None if previous is None else str(previous),
        "lineage": model.lineage,
        "trained_on": f"{model.trained.first_as_of} to {model.trained.last_as_of}",
        "warnings": surprises(features, model.columns),
    }
    with whole_folder(workspace.all_scores) as folder:
        here = folder / workspace.scores(as_of).name
        write_table(scores, here / "scores.parquet")
        write_table(reasons(scores, features, phrases), here / "reasons.parquet")
        write_table(movement(scores, before, themes), here / "movement.parquet")
        write_json(about, here / "about.json")
    _remember(workspace, as_of, model.lineage, scores)


def _previous(workspace: Workspace, as_of: Day) -> Day | None:
    """The date of the list before this one."""
    dates = read_table(workspace.snapshots / "snapshots.parquet", columns=["as_of"])["as_of"].drop_duplicates()
    earlier = dates[dates < pd.Timestamp(as_of)]
    return None if earlier.empty else Day(earlier.max(), "D")


def _remember(workspace: Workspace, as_of: Day, lineage: str, scores: pd.DataFrame) -> None:
    """Add to the history what is not there yet: one file a date and model, never changed."""
    file = workspace.history / "scores" / f"as_of={as_of}" / f"model={lineage}.parquet"
    if not file.exists():
        short = [name for name in scores if not str(name).startswith("shap_")]
        write_table(scores[short].assign(lineage=lineage), file)
