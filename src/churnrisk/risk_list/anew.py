"""The newest list as it would be made now, without publishing it."""

from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.params import Params
from churnrisk.risk_list.compose import compose
from churnrisk.risk_list.gather import gather, model_facts, read_scored, with_past_lists
from churnrisk.risk_list.structure import RiskList
from churnrisk.store.workspace import Workspace


def anew(workspace: Workspace, params: Params) -> RiskList:
    """The list of the newest scores, by params and plays as they are; raises SourceError where nothing is scored."""
    as_of = list_date(workspace)
    scored, bundle = read_scored(workspace, as_of), Bundle.load(workspace.models / "bundle")
    inputs = gather(workspace, params, as_of, scored=scored, model=model_facts(bundle))
    return compose(with_past_lists(workspace, params, inputs))
