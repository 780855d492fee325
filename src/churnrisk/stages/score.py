"""Who now, and why? Score and reasons come from the same matrix; the score history grows beside them."""

import pandas as pd

from churnrisk.clock import Day, as_date
from churnrisk.explain.known import known_on
from churnrisk.explain.scoring import Scored, score_date
from churnrisk.feeds.list_date import list_date, require_open_gate
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_features_on
from churnrisk.params import Params
from churnrisk.store.catalogue.score import KNOWN, MOVEMENT, REASONS, SCORES, SCORES_REPORT, ScoresReport
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.files import rewriting
from churnrisk.store.kept_scores import Kept, keep
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    """Score the date of the list with models/bundle, into data/scores and the score history."""
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    bundle = Bundle.load(workspace.models / "bundle")
    previous = _previous(workspace, as_of)
    features = read_features_on(workspace, as_of)
    before = None if previous is None else read_features_on(workspace, previous)
    scored = score_date(bundle, as_of, features, before)
    known = known_on(workspace, params, as_of, features, before)
    # The archive first: what the report names is there, whenever a run is cut off.
    kept = keep(workspace, scored.scores.assign(**bundle.model.levels(features)), as_of, bundle.model.lineage)
    with rewriting(workspace, SCORES, REASONS, MOVEMENT, KNOWN, SCORES_REPORT) as draft:
        SCORES.write(scored.scores, draft, as_of=as_of)
        REASONS.write(scored.reasons, draft, as_of=as_of)
        MOVEMENT.write(scored.movement, draft, as_of=as_of)
        KNOWN.write(known, draft, as_of=as_of)
        SCORES_REPORT.write(_report(bundle, scored, kept, previous), draft, as_of=as_of)


def _previous(workspace: Workspace, as_of: Day) -> Day | None:
    """The last date of snapshots before this one."""
    dates = SNAPSHOTS.read(workspace, ["as_of"])["as_of"].drop_duplicates()
    earlier = dates[dates < pd.Timestamp(as_of)]
    return None if earlier.empty else Day(earlier.max(), "D")


def _report(bundle: Bundle, scored: Scored, kept: Kept, previous: Day | None) -> ScoresReport:
    trained = bundle.model.trained
    return ScoresReport(
        as_of=as_date(kept.as_of),
        previous_as_of=None if previous is None else as_date(previous),
        lineage=kept.lineage,
        digest=kept.scores,
        trained_on=f"{trained.first_as_of} to {trained.last_as_of}",
        warnings=scored.warnings,
    )
