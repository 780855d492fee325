"""The command that makes a challenger the champion: what it refuses, what it lets pass, and what it says."""

from types import SimpleNamespace

import pytest

from churnrisk.errors import ModelError, ParamsError
from churnrisk.registry.champion import CHALLENGER, CHAMPION, Version
from churnrisk.registry.server import UnreachableError
from churnrisk.store.workspace import Workspace
from churnrisk.weekly import promote as verb
from churnrisk.weekly.contest import CAPACITY

from .. import company
from .test_rails import GOOD, backtest, contender, judged

FIRST, SECOND = Version("1", "m1", "s1"), Version("2", "m2", "s2")
FINE, BEHIND, WORSE = contender(GOOD), contender(judged(behind=True)), contender(GOOD, backtest(2.0))
HAS_A_CHAMPION = {CHAMPION: FIRST, CHALLENGER: SECOND}


@pytest.fixture
def registry(monkeypatch):
    """A registry of two versions: by alias which has it, by number what it is, and the moves that were made."""
    made = SimpleNamespace(alias={}, of={"1": FINE, "2": FINE}, moves=[])
    monkeypatch.setattr(verb.champion, "find", lambda root, names, alias: made.alias.get(alias))
    monkeypatch.setattr(verb.champion, "fetch", lambda root, names, version, folder: made.of[version.number].bundle)
    monkeypatch.setattr(verb.champion, "evidence_of", lambda root, names, version: made.of[version.number].evidence)
    monkeypatch.setattr(
        verb.champion, "move", lambda root, names, to, why, forced: made.moves.append((to.number, why, forced))
    )
    return made


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return company.make(tmp_path, {"risk_list": {"length": 10}})


def promote(workspace: Workspace, **asked) -> str:
    return verb.promote(workspace, company.load(workspace), **asked)


@pytest.mark.parametrize(
    ("alias", "challenger", "asked", "error", "says"),
    [
        ({}, FINE, {}, ModelError, "there is no challenger"),
        ({CHALLENGER: SECOND}, BEHIND, {}, ModelError, "version 2 does not become the champion: behind a baseline"),
        (HAS_A_CHAMPION, WORSE, {}, ModelError, "worse than the champion: .*log_loss"),
        (HAS_A_CHAMPION, WORSE, {"force": " "}, ParamsError, "the reason is empty"),
    ],
)
def test_what_is_refused_moves_nothing(alias, challenger, asked, error, says, registry, workspace):
    registry.alias, registry.of["2"] = alias, challenger
    with pytest.raises(error, match=says):
        promote(workspace, **asked)
    assert registry.moves == []


def test_a_champion_that_can_not_be_read_needs_a_reason_and_is_replaced(registry, workspace, monkeypatch):
    """Such as one that an earlier version of churnrisk has made."""
    registry.alias = HAS_A_CHAMPION

    def fetch(root, names, version, folder):
        if version == FIRST:
            raise ModelError("bundle.json has the format of long ago", where="v1")
        return FINE.bundle

    monkeypatch.setattr(verb.champion, "fetch", fetch)
    with pytest.raises(ModelError, match=r"the champion: it can't be compared with .*of long ago.* --force"):
        promote(workspace)
    assert registry.moves == []
    promote(workspace, force="a new version")
    assert registry.moves == [("2", "a new version", verb.UNREAD)]

    def unreachable(*given):
        raise UnreachableError("refused", where="MLflow")

    monkeypatch.setattr(verb.champion, "evidence_of", unreachable)
    with pytest.raises(UnreachableError):
        promote(workspace, force="a new version")


@pytest.mark.parametrize(
    ("alias", "challenger", "asked", "move", "says"),
    [
        ({CHALLENGER: SECOND}, FINE, {}, ("2", "the first champion", ""), "version 2 (m2) is the champion now"),
        (HAS_A_CHAMPION, FINE, {}, ("2", "not worse than", ""), f"{CAPACITY} 0."),
        (
            HAS_A_CHAMPION,
            WORSE,
            {"force": "new plans"},
            ("2", "new plans", "worse than the champion"),
            ", though worse",
        ),
        (HAS_A_CHAMPION, FINE, {"if_none": True}, None, "version 1 (m1) is the champion"),
        ({CHAMPION: SECOND, CHALLENGER: SECOND}, FINE, {}, None, "version 2 (m2) is the champion already"),
    ],
)
def test_what_passes_is_moved_once_and_said(alias, challenger, asked, move, says, registry, workspace):
    registry.alias, registry.of["2"] = alias, challenger
    assert says in promote(workspace, **asked)
    found = [(number, why[: len(move[1])], forced) for number, why, forced in registry.moves] if move else []
    assert registry.moves == [] if move is None else found == [move]
