"""Features that a workspace adds itself."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.doctor.case import recipe_of
from churnrisk.errors import ParamsError
from churnrisk.explain.known import known_on
from churnrisk.facts import Account
from churnrisk.features.blocks import Plan
from churnrisk.features.configured import read_company
from churnrisk.features.own import own_facts, own_features, read_own
from churnrisk.model.examples import read_features_on
from churnrisk.reference.pages import features_page
from churnrisk.store.blocks import read_features
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.workspace import Workspace

from .. import company

GOOD = '''"""What our own people watch."""

from churnrisk.facts import Fact
from churnrisk.features.registry import against_peers, feature


def lately(account):
    """It was used lately."""
    return f"Used {account['usage_of_two_weeks']:.0f} times in two weeks."


OURS = Fact(name="ours", about="what we watch", kind="relation", reads=("usage_of_two_weeks",), raises=(lately,))


@feature(fact=OURS, unit="number", missing="no usage")
def usage_of_two_weeks(usage):
    """Usage of the last two weeks."""
    return usage.total(weeks=2)


@feature(fact=OURS, unit="count", missing="no usage")
def people_of_half_a_year(users):
    """People who used it in half a year, which is further back than any feature of the package looks."""
    return users.active(weeks=26)


@against_peers(usage_of_two_weeks, unit="number")
def usage_of_two_weeks_against_peers(own, usual):
    """Usage of the last two weeks, less what is usual."""
    return own - usual
'''


AS_OF = day("2025-04-07")


def written(root: Path, text: str) -> Path:
    (root / "features").mkdir(parents=True, exist_ok=True)
    (root / "features" / "ours.py").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def workspace(small, tmp_path_factory) -> Workspace:
    """The small company with features of its own, made in several blocks by two processes."""
    made = company.copied(small, tmp_path_factory.mktemp("own") / "copy")
    written(made.root, GOOD)
    settings = company.load(made)
    features = settings.features.model_copy(update={"block_accounts": 100, "workers": 2})
    company.run(made, "featurize", settings=settings.model_copy(update={"features": features}))
    return made


def test_they_are_computed_beside_all_others_and_by_every_process(workspace, small):
    features, before = read_features(workspace), read_features(small)
    new = {"usage_of_two_weeks", "people_of_half_a_year", "usage_of_two_weeks_against_peers"}
    assert set(features) - set(before) == new
    rows = features.merge(before, on=["account_id", "as_of"], suffixes=("", "_before"))
    assert len(rows) == len(before)
    assert (rows["usage_of_two_weeks"] <= 4 * rows["usage_last_month"]).all()
    assert rows["usage_of_two_weeks"].sum() > 0
    assert rows["usage_of_two_weeks_against_peers"].notna().any()
    np.testing.assert_array_equal(rows["usage_last_month"], rows["usage_last_month_before"])


def test_a_date_by_itself_has_the_values_that_it_has_among_all(workspace):
    """It reads fewer months of users, and then all of them for the feature that looks further back."""
    params = company.load(workspace)
    here = SNAPSHOTS.read(workspace, filters=[("as_of", "==", pd.Timestamp(AS_OF))])
    plan = Plan.of(read_company(workspace, params), here, params, own_features(workspace.root))
    alone = pd.concat([plan.features_of(plan.read(number)) for number in plan.blocks], ignore_index=True)
    among_all = read_features_on(workspace, AS_OF).set_index("account_id").loc[alone["account_id"]].reset_index()
    assert (alone["people_of_half_a_year"] > alone["active_people"]).any()
    pd.testing.assert_frame_equal(alone, among_all[list(alone)], check_dtype=False, check_exact=True)


def test_the_list_can_quote_them(workspace):
    (own,) = [each for each in own_facts(workspace.root) if each.name == "ours"]
    assert own.said(Account(as_of=day("2025-01-06"), values={"usage_of_two_weeks": 3.0}), raises=True) == (
        "Used 3 times in two weeks."
    )
    known = known_on(workspace, company.load(workspace), AS_OF, read_features_on(workspace, AS_OF), None)
    assert known["usage_of_two_weeks"].sum() > 0
    (described,) = [each for each in FEATURES.read(workspace).features if each.name == "usage_of_two_weeks"]
    assert (described.theme, described.fact) == ("ours", "ours")


def test_the_doctor_checks_them_like_all_others(workspace):
    names = [each.name for each in recipe_of(workspace, company.load(workspace)).features]
    assert {"usage_of_two_weeks", "usage_of_two_weeks_against_peers"} < set(names)


def test_no_file_is_left_beside_a_module_for_dvc_to_notice(workspace):
    assert [path.name for path in (workspace.root / "features").iterdir()] == ["ours.py"]


def test_the_page_of_features_of_the_workspace_lists_them(workspace):
    page = features_page(read_own(workspace.root))
    assert "## ours\n\nWhat our own people watch.\n" in page
    assert "| `usage_of_two_weeks` | ours | number | Usage of the last two weeks. |" in page
    assert "## ours" not in features_page()


@pytest.mark.parametrize("there", [None, "", "README.md"], ids=["no folder", "empty", "only a README"])
def test_a_workspace_needs_none(there, tmp_path):
    if there is not None:
        (tmp_path / "features").mkdir()
    if there:
        (tmp_path / "features" / there).write_text("nothing here", encoding="utf-8")
    assert own_features(tmp_path) == []


HEAD = "from churnrisk.features.registry import feature\n\n\n"
BAD = {
    "no Python": ("def (:", r"features/ours.py, line 1: can't be read \(SyntaxError"),
    "an unknown name": ("a = 1\nb = nothing", r"features/ours.py, line 2: can't be read \(NameError"),
    "a module that is not installed": ("import nowhere_at_all", r"features/ours.py, line 1: .*ModuleNotFoundError"),
    "no feature": ("a = 1", r"features/ours.py: no feature is in it"),
    "only a feature of the package": (
        "from churnrisk.features.engagement import usage_last_month",
        r"features/ours.py: no feature is in it",
    ),
    "no docstring": (
        HEAD + '@feature(fact="use", unit="number", missing="-")\ndef mine(usage):\n    return usage',
        r"features/ours.py, line 4: can't be read \(feature features.ours.mine: say in its docstring",
    ),
    "a view that there is not": (
        HEAD + '@feature(fact="use", unit="number", missing="-")\ndef mine(usages):\n    """Mine."""',
        r"no view is named \['usages'\] \(did you mean 'usage'",
    ),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_with_its_line(text, says, tmp_path):
    with pytest.raises(ParamsError, match=says):
        own_features(written(tmp_path, text))


FAILS = (
    HEAD
    + '''@feature(fact="use", unit="number", missing="-")
def mine(usage, accounts):
    """Mine."""
    return BODY
'''
)
WRONG = {
    "an error of its own": ("1 / 0", r"features/ours.py, line 7: mine can't be computed \(ZeroDivisionError"),
    "a column that there is not": ('accounts["size"]', r"features/ours.py, line 7: mine can't be computed \(KeyError"),
    "another shape": ("3.0", r"features/ours.py: mine can't be computed \(ValueError.* gave the shape \(\) for"),
}


@pytest.mark.parametrize(("body", "says"), WRONG.values(), ids=WRONG)
def test_a_feature_that_fails_is_said_with_its_line(body, says, small, tmp_path):
    workspace = company.copied(small, tmp_path / "copy")
    written(workspace.root, FAILS.replace("BODY", body))
    with pytest.raises(ParamsError, match=says):
        company.run(workspace, "featurize")
    assert FEATURES.read(workspace) == FEATURES.read(small)


def test_a_name_that_the_package_has_is_refused(small, tmp_path):
    workspace = company.copied(small, tmp_path / "copy")
    written(workspace.root, GOOD.split("@against_peers")[0].replace("usage_of_two_weeks", "usage_last_month"))
    with pytest.raises(ParamsError, match=r"name no function like a feature of docs/features\.md"):
        company.run(workspace, "featurize")
