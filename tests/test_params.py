"""params.yaml: each fault in one line that says what was found, what is allowed, and the fix."""

import copy
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from churnrisk.errors import ParamsError, SourceError
from churnrisk.params import load
from churnrisk.params.source import Source

from .company import ROOT, root_params

ALIASES = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefgh")
)
"""Nine to the power of nine values in eight lines."""


def written(tmp_path: Path, path: str, value: object) -> Path:
    content = copy.deepcopy(root_params())
    *sections, last = path.split(".")
    section = content
    for name in sections:
        section = section[name]
    if value is None:
        del section[last]
    else:
        section[last] = value
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


@pytest.mark.parametrize("folder", [ROOT, ROOT / "examples" / "oulad"], ids=["root", "oulad"])
def test_the_params_in_the_repository_are_sound(folder):
    assert load(folder / "params.yaml").churn.horizon_days > 0


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("churn.horizn_days", 3, "unknown key 'churn.horizn_days' (did you mean 'horizon_days'?)"),
        ("chrun", {}, "unknown key 'chrun' (did you mean 'churn'?)"),
        ("churn.zzz", 1, "unknown key 'churn.zzz' (allowed: kind, contraction_share"),
        ("source.simulator.acounts", 1, "unknown key 'source.simulator.acounts' (did you mean 'accounts'?)"),
        ("features.milestones.first_report.tims", 1, "features.milestones.first_report.tims' (did you mean"),
        ("train.settings", {"num_leaves": 1}, "train.settings.num_leaves is 1, but LightGBM takes a whole number from"),
        ("train.settings", {"num_leaf": 9}, "unknown key 'train.settings.num_leaf' (did you mean 'num_leaves'?)"),
        ("train.settings", {"seed": 9}, "unknown key 'train.settings.seed' (allowed: bagging_fraction, cat_l2"),
        ("train.settings", 3, "train.settings is 3 (input should be a valid dictionary)"),
        ("churn.horizon_days", None, "'churn.horizon_days' is missing"),
        ("churn.horizon_days", 0, "churn.horizon_days is 0 (input should be greater than or equal to 1)"),
        ("churn.horizon_days", "soon", "churn.horizon_days is 'soon' (input should be a valid integer"),
        ("clock.first_as_of", "2025-02-30", "clock.first_as_of is '2025-02-30'"),
        (
            "churn.kind",
            "contraction",
            "churn.contraction_share must be given when churn.kind is 'contraction', and only",
        ),
        ("churn.contraction_share", 0.3, "churn.contraction_share must be given when churn.kind is 'contraction', and"),
        (
            "churn.kind",
            "inactivity",
            "churn.inactive_days must be given when churn.kind is 'inactivity', and only then",
        ),
        ("churn.kind", "silence", "churn.kind is 'silence' (input should be 'logo', 'contraction' or 'inactivity')"),
        ("churn.activity_events", ["login"], "churn.activity_events is for churn.kind 'inactivity' only"),
        ("cohort.lapsed", True, "cohort.lapsed is for churn.kind 'inactivity' only"),
        ("tracking.registered_model", "team/churn", "but MLflow allows no / and no : in it, such as 'team-churn'"),
        ("tracking.registered_model", "..", "but MLflow allows no / and no :"),
        ("tracking.experiment", "", "tracking.experiment is ''"),
        ("gate.override", {"as_of": "2026-01-05"}, "'gate.override.reason' is missing"),
        ("gate.override", {"as_of": "2026-01-05", "reason": "  "}, "gate.override.reason is '  '"),
        ("gate.override", {"asof": "2026-01-05"}, "unknown key 'gate.override.asof' (did you mean 'as_of'?)"),
        ("risk_list.crm", "salesforce", "risk_list.crm is 'salesforce', but it names files, each with `preset` or its"),
        ("risk_list.crm", {"hubspott": "preset"}, "is no preset: allowed are salesforce, hubspot, gainsight (did you"),
        ("risk_list.crm", {"../list": "preset"}, "risk_list.crm.../list can't be a file's name: allowed are up to 40"),
        ("risk_list.crm", {"ours": {}}, "risk_list.crm.ours is {}, but it is `preset` or has columns"),
        ("risk_list.crm", {"ours": {"Name": "nam"}}, "column 'Name' has the unknown field 'nam' (did you mean"),
        ("risk_list.crm", {"ours": {"S": "{nam}"}}, "unknown field 'nam' (did you mean 'name'? allowed: list_id,"),
        ("risk_list.crm", {"ours": {"Say": "Call {name"}}, "can't be read (expected '}' before end of string): close"),
        ("risk_list.crm", {"ours": {"Say": "{arr:percent}"}}, "has arr:percent, but allowed is :percent after probab"),
        ("risk_list.crm", {"ours": {"Say": "Call {0}"}}, "has the unknown field '0'"),
        ("risk_list.crm", {"ours": {"Rank": 1}}, "column 'Rank' has 1: both the heading and what it has must be texts"),
        ("risk_list.crm", {"ours": {" ": "rank"}}, "column ' ' has 'rank': both the heading"),
        ("source.simulator", None, "source.simulator must be given when source.kind is 'simulator'"),
        ("source.kind", "files", "source.simulator must be given when source.kind is 'simulator', and only then"),
        ("source.package", "numpy", "source.package is for source.kind 'files' only"),
        ("source.package", "numpy.linalg", "source.package is 'numpy.linalg' (string should match pattern"),
    ],
)
def test_a_fault_is_named_with_its_fix(tmp_path, path, value, says):
    with pytest.raises(ParamsError) as error:
        load(written(tmp_path, path, value))
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"churn": {"inactive_days": 60}}, "60 days without activity can't be over 14 + 30 days after the date"),
        ({"clock": {"usage_settle_days": 9}}, "churn.reporting_lag_days must be 9 or more"),
    ],
)
def test_silence_must_fit_into_the_window_and_be_settled(tmp_path, changes, says):
    content = copy.deepcopy(root_params())
    content["churn"] |= {"kind": "inactivity", "inactive_days": 44}
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert load(file).churn.inactive_days == 44
    for section, values in changes.items():
        content[section] |= values
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ParamsError, match=re.escape(says)):
        load(file)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "not YAML"),
        ("clock: {as_of: 2025-02-30}", "not YAML"),
        ("- 1", "not a set of sections"),
        (None, "there is no params.yaml"),
        ("deep: " + "[" * 5000, r"nested too deep\. Allowed: 20 levels"),
        (ALIASES, r"aliases stand for too many values\. Allowed: 50,000 values"),
        ("a: &a [*a]", "aliases stand for too many values"),
        ("a: " + "x" * 300_000, r"it has 300,003 bytes\. Allowed: 200,000"),
    ],
)
def test_a_file_that_holds_no_params_is_refused(tmp_path, text, says):
    file = tmp_path / "params.yaml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match=says):
        load(file)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "params.yaml")
    with pytest.raises(ParamsError, match="it is not a file"):
        load(tmp_path / "params.yaml")


def test_a_few_aliases_are_as_good_as_written_out(tmp_path):
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text.replace("seed: 7", "seed: &seed 7", 1).replace("seed: 7", "seed: *seed"))
    assert load(tmp_path / "params.yaml") == load(ROOT / "params.yaml")


def test_a_value_that_is_far_too_long_is_cut(tmp_path):
    with pytest.raises(ParamsError) as error:
        load(written(tmp_path, "churn.horizon_days", [1] * 10_000))
    assert len(str(error.value)) < 500


def test_a_folder_may_be_named_by_the_environment(monkeypatch, tmp_path):
    source = Source(kind="files", folder="$SOME_DATA/2025")
    with pytest.raises(ParamsError, match="SOME_DATA is not set"):
        source.path(tmp_path)
    monkeypatch.setenv("SOME_DATA", "/elsewhere")
    assert source.path(tmp_path) == Path("/elsewhere/2025")


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A place for packages that can be imported, and what is imported from there so far."""
    monkeypatch.syspath_prepend(tmp_path / "packages")
    (tmp_path / "packages" / "shop_tables" / "data").mkdir(parents=True)
    (tmp_path / "packages" / "shop_tables" / "__init__.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "packages" / "one_module.py").write_text("raise RuntimeError('imported')")
    return tmp_path / "packages"


def test_a_folder_may_lie_in_an_installed_package_which_is_not_imported(packages, tmp_path):
    source = Source(kind="files", package="shop_tables", folder="data")
    assert source.path(tmp_path) == packages / "shop_tables" / "data"
    assert Source(kind="files", folder="data").path(tmp_path) == tmp_path / "data"


@pytest.mark.parametrize(
    ("package", "says"),
    [("shop_tabels", "the Python package shop_tabels is not installed"), ("one_module", "one_module has no folder")],
)
def test_a_package_that_brings_no_folder_is_named_with_the_fix(packages, tmp_path, package, says):
    with pytest.raises(SourceError, match=f"params.yaml, source.package: {says}.*Fix: install it into"):
        Source(kind="files", package=package, folder="data").path(tmp_path)


def test_all_faults_are_reported_at_once(tmp_path):
    file = written(tmp_path, "train.boosters", 0)
    file.write_text(file.read_text() + "more: 1\n", encoding="utf-8")
    with pytest.raises(ParamsError) as error:
        load(file)
    assert "unknown key 'more'" in str(error.value)
    assert "train.boosters is 0" in str(error.value)
