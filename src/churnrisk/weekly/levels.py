"""The champion with the levels of its segments moved by what has become of its own lists."""

from dataclasses import replace

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.labels.hindsight import Hindsight
from churnrisk.model.bundle import Bundle
from churnrisk.model.offsets import Offsets, is_recent
from churnrisk.model.risk_model import RiskModel
from churnrisk.params import Params
from churnrisk.store.kept_scores import leading
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import whole_folder


def recalibrate(workspace: Workspace, params: Params, champion: Bundle, as_of: Day) -> str:
    """Write into `models/bundle` of a view what makes the list of a date, and say which levels have moved.

    It is the champion, recalibrated by the lists that it has made and whose labels have become mature since its
    training and by that date; until there are any, its levels are those of its training.
    """
    model = champion.model
    scored = None if model.offsets is None else _matured(workspace, params, model, as_of)
    made = champion if scored is None else replace(champion, model=model.recalibrated(scored, as_of))
    with whole_folder(workspace.models / "bundle") as draft:
        made.save(draft)
    return _said(model.offsets, made.model.offsets)


def _matured(workspace: Workspace, params: Params, model: RiskModel, as_of: Day) -> pd.DataFrame | None:
    """What a model said, without levels, of accounts whose labels have recently matured, as `refit_offsets` wants it;
    None where there are none.
    """
    hindsight, window = Hindsight.on(workspace, params.churn, as_of), params.churn.window()
    # A label that the model has learned from, as of a list that was made up for, would count twice.
    learned_until = day(model.trained.known_until)
    parts = [
        hindsight.of(scores, each.as_of, int(scores["horizon_days"].iloc[0]))
        for each in leading(workspace)
        if each.lineage == model.lineage
        if is_recent(matures := window.matures(each.as_of), hindsight.until) and matures > learned_until
        # Scores of before the archive kept levels can't be taken apart.
        if (scores := each.read(workspace)) is not None and "level" in scores
    ]
    if not parts:
        return None
    rows = pd.concat(parts, ignore_index=True)
    # Whose segment is not known has no level, in training as here.
    segment = rows["segment"].replace("", pd.NA)
    return rows.assign(raw=rows["raw_score"] - rows["level"], segment=segment)


def _said(before: Offsets | None, after: Offsets | None) -> str:
    """Which levels have moved by what can be seen, in log-odds; empty where none has."""
    if before is None or after is None:
        return ""
    # What is added is 0 and not -0.
    levels = [
        (name, round(before.added.get(name, 0.0), 2) + 0.0, round(now, 2) + 0.0) for name, now in after.added.items()
    ]
    moved = ", ".join(f"{name} from {was:+.2f} to {now:+.2f}" for name, was, now in levels if was != now)
    return moved and f"levels of segments moved, by what became of accounts on lists of this model: {moved}"
