"""From a row of any list back to the model, its run, its params, its data, the code and the queries; and forward."""

import datetime as dt

from churnrisk.clock import Day, day
from churnrisk.errors import ParamsError, did_you_mean
from churnrisk.monitoring.known import Known, KnownModel, is_hash
from churnrisk.store.catalogue.monitor import Origin
from churnrisk.store.kept_scores import Kept
from churnrisk.store.workspace import Workspace

_MOST_LISTED = 12
"""Dates or rows that are shown of many; the newest."""

_SHORT = 12
"""Characters of a hash that are shown, as many as a lineage has."""


def lineage(workspace: Workspace, what: str) -> list[str]:
    """All that is known of an account, a list, a model or data, in lines.

    A date is a list; the first characters of a hash are a model or data, where one begins with them; anything else is
    an account. Raises ParamsError, with the nearest, where nothing of the kind is known.
    """
    known = Known.read(workspace)
    lines = _list(known, what) or _hash(known, what) or _account(workspace, known, what)
    if not lines:
        raise _unknown(workspace, known, what)
    return [*lines, *([f"MLflow could not be asked: {known.unreachable}"] if known.unreachable else [])]


def _list(known: Known, what: str) -> list[str]:
    date = _date(what)
    return [line for each in known.lists if each.as_of == date for line in _of_list(known, each)]


def _date(what: str) -> Day | None:
    try:
        return day(dt.date.fromisoformat(what))
    except ValueError:
        return None


def _of_list(known: Known, made: Kept) -> list[str]:
    before = [each.scores for each in known.replaced if (each.as_of, each.lineage) == (made.as_of, made.lineage)]
    return [
        f"list of {made.as_of}, by the model {made.lineage}",
        *_back(known.models[made.lineage]),
        f"  scores {made.scores}, in data/history",
        *(f"    they lead in place of {each}, which the same model gave on other data" for each in before),
        *_of_origin(known.origins.get(made)),
    ]


def _back(model: KnownModel) -> list[str]:
    """Where a model comes from."""
    run = model.run
    lines = [f"  model {model.lineage}" + (f", in {model.folder}" if model.folder else "")]
    lines += [f"  learned from data {model.data_hash[:_SHORT]}"] if model.data_hash else []
    lines += [f"  by the params {model.params_hash[:_SHORT]}"] if model.params_hash else []
    if run is None:
        return [*lines, "  run: none that is known"]
    revision = run.tags.get("git_revision", "unknown")
    lines += [f"  run {run.run_id} in MLflow, of the revision {revision}"]
    shown = {name: value for name, value in sorted(run.params.items()) if name.split(".")[0] in ("churn", "system")}
    return [*lines, *(f"    {name} = {value}" for name, value in shown.items())]


def _of_origin(origin: Origin | None) -> list[str]:
    """What the archive kept of the run that scored."""
    if origin is None:
        return ["  nothing was kept of the run that scored; it ran before the stage monitor did that"]
    return [
        f"  scored at the revision {origin.git_revision}, with params.yaml {origin.params_sha256[:_SHORT]}",
        *_levels(origin),
        *(f"  query {name} {value[:_SHORT]}" for name, value in origin.queries.items()),
        *(f"  data {name} {value[:_SHORT]}" for name, value in origin.data.items()),
    ]


def _levels(origin: Origin) -> list[str]:
    """What was added to the log-odds of each segment, where segments have levels."""
    if not origin.levels:
        return []
    levels = ", ".join(f"{name} {level:+.3f}" for name, level in origin.levels.items())
    return [f"  levels of segments by labels until {origin.levels_until}: {levels}"]


def _hash(known: Known, what: str) -> list[str]:
    """The models whose lineage or data begins with it, and the lists that were made from a file of that hash."""
    if not is_hash(what):
        return []
    models = [
        each
        for each in known.models.values()
        if any(value.startswith(what) for value in (each.lineage, each.data_hash, each.params_hash) if value)
    ]
    lines = [line for each in models for line in ["model", *_back(each), *_forward(known, each)]]
    for made, origin in sorted(known.origins.items()):
        files = {**origin.queries, **origin.data, "params.yaml": origin.params_sha256}
        names = [name for name, value in files.items() if value.startswith(what)]
        since = "" if made in known.lists else ", in place of which others lead"
        lines += [f"{name} of the list of {made.as_of}, by the model {made.lineage}{since}" for name in names]
    return lines


def _forward(known: Known, model: KnownModel) -> list[str]:
    """What was made of a model."""
    dates = known.lists_of(model.lineage)
    if not dates:
        return ["  it has made no list"]
    shown = ", ".join(map(str, dates[-_MOST_LISTED:]))
    more = f"{len(dates) - _MOST_LISTED} earlier ones and " if len(dates) > _MOST_LISTED else ""
    return [f"  it has made {more}the lists of {shown}"]


def _account(workspace: Workspace, known: Known, what: str) -> list[str]:
    """Every score of an account, the newest first, and where those of the newest list come from."""
    rows = [row for made in reversed(known.lists) if (row := _score(workspace, made, what))]
    if not rows:
        return []
    newest = rows[0]
    lines = [f"account {what}, scored on {len(rows)} dates"]
    lines += [f"  {on.as_of}: {value:.1%} by the model {on.lineage}" for on, value in rows[:_MOST_LISTED]]
    return [*lines, *_of_list(known, newest[0])]


def _score(workspace: Workspace, made: Kept, account: str) -> tuple[Kept, float] | None:
    rows = made.read(workspace, ["account_id", "probability"], account)
    return None if rows is None or rows.empty else (made, float(rows["probability"].iloc[0]))


def _unknown(workspace: Workspace, known: Known, what: str) -> ParamsError:
    dates = sorted({str(each.as_of) for each in known.lists})
    if _date(what) is not None:
        found, near = f"there is no list of {what} in the archive", dates
    else:
        found, near = f"no account, model or data is known as {what!r}", [*known.models, *_accounts(workspace, known)]
    return ParamsError(
        found,
        where="lineage",
        allowed="the id of an account, the date of a list, or the first characters of a lineage or a hash",
        fix=did_you_mean(what, near) or (f"the newest list is of {dates[-1]}" if dates else "make a list first"),
    )


def _accounts(workspace: Workspace, known: Known) -> list[str]:
    """The accounts of the newest list."""
    if not known.lists:
        return []
    rows = known.lists[-1].read(workspace, ["account_id"])
    return [] if rows is None else [str(each) for each in rows["account_id"]]
