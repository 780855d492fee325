"""The champion's bundle as a weekly run has it: fetched, or the one that was fetched last."""

from churnrisk.errors import ModelError
from churnrisk.model.bundle import SEAL, Bundle
from churnrisk.params import Params
from churnrisk.registry import champion
from churnrisk.registry.server import UnreachableError
from churnrisk.store.workspace import Workspace

SECONDS = 60
"""How long a list waits for the registry."""


def fetch_champion(workspace: Workspace, params: Params, seconds: float = SECONDS) -> tuple[Bundle, tuple[str, ...]]:
    """Bring the champion's bundle into `models/champion` of a view, and give it with warnings for the list.

    Where the registry can't be reached it is the one that was fetched last, and the list says so; raises
    UnreachableError where there is none. Raises ModelError, and leaves the last one in place, where there is no
    champion, or its bundle is gone or not the one that was registered.
    """
    folder = workspace.models / "champion"
    try:
        found = champion.find(workspace.root, params.tracking, champion.CHAMPION, seconds)
        if found is None:
            where = f"{params.tracking.registered_model} in MLflow"
            raise ModelError("there is no champion", where=where, fix=champion.PROMOTE)
        if (folder / SEAL).exists() and champion.seal_of(folder) == found.seal:
            return Bundle.load(folder), ()
        return champion.fetch(workspace.root, params.tracking, found, folder, seconds), ()
    except UnreachableError:
        if not (folder / SEAL).exists():
            raise
        bundle = Bundle.load(folder)
        return bundle, (
            "The model registry could not be reached, so this list is made by the champion that was fetched last,"
            f" {bundle.model.lineage}.",
        )
