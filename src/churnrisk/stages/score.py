"""Who now, and why? Score and reasons come from the same matrix; the score history grows beside them."""

import pandas as pd

from churnrisk.clock import Day
from churnrisk.explain.scoring import Scored, score_date
from churnrisk.feeds.list_date import list_date, require_open_gate
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_features
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    """Score the date of the list with models/bundle, into data/scores and the score history."""
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    bundle = Bundle.load(workspace.models / "bundle")
    previous = _previous(workspace, as_of)
    before = None if previous is None else read_features(workspace, previous)
    scored = score_date(bundle, as_of, read_features(workspace, as_of), before)
    with whole_folder(workspace.all_scores) as folder:
        here = folder / workspace.scores(as_of).name
        write_table(scored.scores, here / "scores.parquet")
        write_table(scored.reasons, here / "reasons.parquet")
        write_table(scored.movement, here / "movement.parquet")
        write_json(_about(bundle, scored, as_of, previous), here / "about.json")
    _remember(workspace, as_of, bundle.model.lineage, scored.scores)


def _previous(workspace: Workspace, as_of: Day) -> Day | None:
    """The last date of snapshots before this one."""
    dates = read_table(workspace.snapshots / "snapshots.parquet", columns=["as_of"])["as_of"].drop_duplicates()
    earlier = dates[dates < pd.Timestamp(as_of)]
    return None if earlier.empty else Day(earlier.max(), "D")


def _about(bundle: Bundle, scored: Scored, as_of: Day, previous: Day | None) -> dict[str, object]:
    trained = bundle.model.trained
    return {
        "as_of": str(as_of),
        "previous_as_of": None if previous is None else str(previous),
        "lineage": bundle.model.lineage,
        "trained_on": f"{trained.first_as_of} to {trained.last_as_of}",
        "warnings": scored.warnings,
    }


def _remember(workspace: Workspace, as_of: Day, lineage: str, scores: pd.DataFrame) -> None:
    """Add to the history what is not there yet: one file a date and model, never changed."""
    file = workspace.history / "scores" / f"as_of={as_of}" / f"model={lineage}.parquet"
    if not file.exists():
        short = [name for name in scores if not str(name).startswith("shap_")]
        write_table(scores[short].assign(lineage=lineage), file)
