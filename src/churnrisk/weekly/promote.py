"""Who is the champion: the challenger where nothing speaks against it, or the one before."""

from pathlib import Path
from tempfile import TemporaryDirectory

from churnrisk.errors import ModelError, ParamsError
from churnrisk.params import Params
from churnrisk.registry import champion
from churnrisk.registry.champion import CHALLENGER, CHAMPION, Version
from churnrisk.registry.server import UnreachableError
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.contest import compare, paired_rows
from churnrisk.weekly.rails import Contender, Contest, held_by

UNREAD = "the champion"
"""What holds a challenger where the champion is gone, damaged, or of another version of churnrisk."""


def promote(workspace: Workspace, params: Params, *, force: str | None = None, if_none: bool = False) -> str:
    """Make the challenger the champion; returns what was done, in words.

    A `force`, which needs a reason, passes the rules that hold, and is recorded with them. With `if_none` a champion
    that there is stays. Raises ModelError, and moves nothing, where a rule holds or there is no challenger.
    """
    if force is not None and not force.strip():
        raise ParamsError("the reason is empty", where="--force", fix="say why, for whoever reads the record")
    root, names = workspace.root, params.tracking
    now = champion.find(root, names, CHAMPION)
    if now is not None and if_none:
        return f"version {now.number} ({now.lineage}) is the champion"
    new = champion.find(root, names, CHALLENGER)
    if new is None:
        where = f"{names.registered_model} in MLflow"
        raise ModelError("there is no challenger", where=where, fix="train one, with `dvc repro`")
    if now is not None and now.number == new.number:
        return f"version {now.number} ({now.lineage}) is the champion already"
    contest, unread = _contest(root, params, new, now)
    held = held_by(contest) | ({} if unread is None else {UNREAD: f"it can't be compared with ({unread})"})
    if held and force is None:
        raise ModelError(
            f"version {new.number} does not become the champion: "
            + "; ".join(f"{name}: {words}" for name, words in held.items()),
            where="promote",
            fix="see why, and train again, or promote it all the same with --force and a reason",
        )
    why = force or ("the first champion" if now is None else "not worse than the champion on the same later periods")
    champion.move(root, names, new, why=why, forced="; ".join(held))
    lines = [each.words for each in contest.compared]
    forced = f", though {'; '.join(held)}" if held else ""
    return "\n".join([f"version {new.number} ({new.lineage}) is the champion now: {why}{forced}", *lines])


def roll_back(workspace: Workspace, params: Params, reason: str = "") -> str:
    """Make the champion before the present one the champion again; returns what was done, in words."""
    made = champion.roll_back(workspace.root, params.tracking, reason)
    return f"version {made.after} is the champion again, after version {made.before}"


def _contest(root: Path, params: Params, new: Version, now: Version | None) -> tuple[Contest, ModelError | None]:
    """The challenger beside the champion, or alone where there is none, or it can't be read: then also why."""
    challenger = _contender(root, params, new)
    if now is None:
        return Contest(challenger), None
    try:
        other = _contender(root, params, now)
    except UnreachableError:
        raise
    except ModelError as error:
        return Contest(challenger), error
    rows = paired_rows(other.evidence.backtest, challenger.evidence.backtest)
    return Contest(challenger, other, compare(rows, params.risk_list.length)), None


def _contender(root: Path, params: Params, version: Version) -> Contender:
    with TemporaryDirectory() as folder:
        bundle = champion.fetch(root, params.tracking, version, Path(folder) / "bundle")
    return Contender(bundle, champion.evidence_of(root, params.tracking, version))
