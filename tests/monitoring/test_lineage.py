"""From anything back to where it comes from, and forward."""

import datetime as dt
import json

import openpyxl
import pytest

from churnrisk.errors import ParamsError
from churnrisk.model.bundle import Bundle
from churnrisk.monitoring.lineage import lineage
from churnrisk.registry.mlflow_runs import runs
from churnrisk.store.catalogue.monitor import DRIFT, MONITOR, ORIGIN
from churnrisk.store.catalogue.score import ARCHIVED_SCORES, SCORES, SCORES_REPORT
from churnrisk.store.kept_scores import all_kept, keep, leading
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

from ..company import copied, make
from .test_past import archive

AS_OF = "2025-05-05"


@pytest.fixture(scope="module")
def company(small, tmp_path_factory) -> Workspace:
    workspace = copied(small, tmp_path_factory.mktemp("lineage") / "company")
    archive(workspace, ["2025-03-03"])
    return workspace


@pytest.fixture(scope="module")
def made(small):
    return Bundle.load(small.models / "bundle").model


def asked(workspace: Workspace, what: str) -> str:
    return "\n".join(lineage(workspace, what))


def test_the_same_id_stands_everywhere(small, made):
    folder = small.risk_lists / AS_OF
    (run,) = runs(small.root)
    sheet = openpyxl.load_workbook(folder / "risk_list.xlsx")
    ids = {
        "scores": SCORES_REPORT.read(small, as_of=AS_OF).lineage,
        "archive": all_kept(small)[0].lineage,
        "rows of the archive": ARCHIVED_SCORES.read_at(ARCHIVED_SCORES.all_at(small)[0])["lineage"].iloc[0],
        "list": json.loads((folder / "risk_list.json").read_text())["model"]["lineage"],
        "spreadsheet": sheet.custom_doc_props["lineage"].value,
        "run": run.tags["lineage"],
        "origin": ORIGIN.read_at(ORIGIN.all_at(small)[0]).lineage,
        "monitor": MONITOR.read(small).drift.lineage,
        "drift": DRIFT.read(small).lineage,
    }
    assert ids == dict.fromkeys(ids, made.lineage)
    origin = ORIGIN.read_at(ORIGIN.all_at(small)[0])
    for name in ("data_hash", "params_hash"):
        assert run.tags[name] == getattr(origin, name) == getattr(made, name)
    assert run.tags["git_revision"] == origin.git_revision


@pytest.mark.parametrize("what", ["account", AS_OF, "lineage", "data_hash", "params_hash"])
def test_everything_leads_to_the_model_its_run_data_and_code(company, made, what):
    account = SCORES.read(company, ["account_id"], as_of=AS_OF)["account_id"].iloc[0]
    said = asked(company, {"account": account, AS_OF: AS_OF}.get(what) or getattr(made, what))
    (run,) = runs(company.root)
    for part in (made.lineage, made.data_hash[:12], made.params_hash[:12], run.run_id):
        assert part in said


def test_a_list_leads_to_its_queries_and_data(company, made):
    said, origin = asked(company, AS_OF), ORIGIN.read_at(ORIGIN.all_at(company)[0])
    assert set(origin.queries) == {path.stem for path in company.queries.glob("*.sql")}
    assert {"accounts", "subscriptions", "scores"} <= set(origin.data)
    for name, value in (origin.queries | origin.data).items():
        assert f"{name} {value[:12]}" in said


def test_a_model_and_its_data_lead_to_its_lists(company, made):
    for what in (made.lineage, made.lineage[:5], made.data_hash, made.data_hash[:8]):
        assert f"it has made the lists of 2025-03-03, {AS_OF}" in asked(company, what)


def test_the_hash_of_a_file_leads_to_the_lists_that_were_made_from_it(company, made):
    origin = ORIGIN.read_at(ORIGIN.all_at(company)[0])
    assert asked(company, origin.queries["usage"]).startswith(f"usage of the list of {AS_OF}, by the model")
    assert asked(company, origin.data["scores"]).startswith(f"scores of the list of {AS_OF}")


def test_a_corrected_list_leads_to_its_own_scores_and_names_those_that_were_wrong(company, tmp_path):
    workspace = copied(company, tmp_path / "company")
    wrong = leading(workspace)[-1]
    origin = ORIGIN.read_at(ORIGIN.all_at(workspace)[0])
    right = keep(workspace, wrong.read(workspace).assign(probability=0.25), wrong.as_of, wrong.lineage)
    corrected = origin.model_copy(update={"scores": right.scores, "data": {"accounts": "feed" * 16}})
    ORIGIN.write(corrected, workspace, as_of=AS_OF, lineage=right.lineage, scores=right.scores)
    parts = {"as_of": dt.date(2025, 5, 5), "lineage": right.lineage, "scores": right.scores}
    Published(workspace).add({"risk_list.json": b"{}"}, **parts, latest=True)
    said = asked(workspace, AS_OF)
    assert said.count("list of") == 1
    for part in (right.scores, f"they lead in place of {wrong.scores}", "accounts feedfeedfeed"):
        assert part in said
    account = right.read(workspace)["account_id"].iloc[0]
    assert f"{AS_OF}: 25.0% by the model" in asked(workspace, account)
    assert asked(workspace, "feedfeed").endswith(f"by the model {right.lineage}")
    assert asked(workspace, origin.data["accounts"]).endswith("in place of which others lead")


def test_an_account_has_its_scores_the_newest_first(company):
    both = [set(ARCHIVED_SCORES.read_at(path)["account_id"]) for path in ARCHIVED_SCORES.all_at(company)]
    said = asked(company, sorted(both[0] & both[1])[0]).splitlines()
    assert said[0].endswith("scored on 2 dates")
    assert [line.split(":")[0].strip() for line in said[1:3]] == [AS_OF, "2025-03-03"]


def test_what_ran_before_origins_were_kept_is_said(company):
    assert "nothing was kept of the run that scored" in asked(company, "2025-03-03")


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("2025-05-12", r"there is no list of 2025-05-12 in the archive.*did you mean '2025-05-05'"),
        ("A00000", r"no account, model or data is known as 'A00000'.*did you mean 'A\d+'"),
        ("ffffffff", r"no account, model or data is known as 'ffffffff'"),
        ("", r"no account, model or data is known as ''"),
    ],
)
def test_what_is_not_known_is_refused_with_the_nearest(company, what, found):
    with pytest.raises(ParamsError, match=found):
        asked(company, what)


def test_without_the_registry_it_says_what_it_knows(company, made, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    said = asked(company, AS_OF)
    assert made.data_hash[:12] in said
    assert "run: none that is known" in said
    assert "MLflow could not be asked: MLFLOW_TRACKING_URI: MLflow refused" in said


def test_to_ask_makes_no_store(small, tmp_path):
    workspace = copied(small, tmp_path / "company")
    (workspace.root / "mlflow.db").unlink()
    asked(workspace, AS_OF)
    assert not (workspace.root / "mlflow.db").exists()


def test_a_workspace_without_a_list_says_so(tmp_path):
    workspace = make(tmp_path)
    with pytest.raises(ParamsError, match="make a list first"):
        asked(workspace, AS_OF)
