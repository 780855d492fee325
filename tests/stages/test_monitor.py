"""The stage that watches a run: by what it writes of a small company, calm and broken."""

import shutil

import numpy as np
import pandas as pd
import pytest

from churnrisk.model.examples import read_features_on
from churnrisk.monitoring import monitor
from churnrisk.monitoring.looked import read_looked
from churnrisk.store.catalogue.featurize import BLOCK
from churnrisk.store.catalogue.monitor import DRIFT, MONITOR, MONITOR_PAGE, ORIGIN
from churnrisk.store.catalogue.snapshot import SNAPSHOTS
from churnrisk.store.workspace import Workspace

from ..company import copied, load, run
from ..monitoring.test_past import AS_OF, PAST, archive

WRITTEN = (DRIFT, MONITOR, MONITOR_PAGE)


@pytest.fixture
def company(small, tmp_path) -> Workspace:
    return copied(small, tmp_path / "company")


def states(workspace: Workspace) -> dict[str, str]:
    return {each.name: each.state for each in MONITOR.read(workspace).checks}


def written(workspace: Workspace) -> list[bytes]:
    return [each.at(workspace).read_bytes() for each in WRITTEN]


def spoil(workspace: Workspace, change) -> None:
    """Change the features of the newest date, as a fault of a feed would, and score them."""
    rows = BLOCK.read(workspace, number=0)
    newest = rows["as_of"] == pd.Timestamp(AS_OF)
    BLOCK.write(change(rows, newest), workspace, number=0)
    run(workspace, "score", "list", "monitor")


def test_an_ordinary_week_has_no_alert(small):
    report = MONITOR.read(small)
    # With seven accounts churned its test happens to have an AUC of 0.91, of which a list can hardly be expected.
    assert {each.check for each in report.alerts} <= {"expected ranking"}
    assert not report.refit.advised
    assert states(small)["ranking fell"] == "nothing to look at"


def test_features_that_break_are_named_and_are_one_alert(company):
    names = [each.name for each in MONITOR.read(company).drift.features if each.unseen is None and each.missing < 0.2]
    name, *_ = broken = names[:5]
    spoil(company, lambda rows, newest: rows.assign(**{each: rows[each].mask(newest, 999.0) for each in broken}))
    report = MONITOR.read(company)
    assert report.state == "alarm"
    first = report.alerts[0]
    assert (first.check, first.state) == ("features jumped", "alarm")
    assert name in first.evidence
    assert {"told apart", "features moved"} <= set(first.explains)


def test_values_that_are_lost_are_said_as_such(company):
    name = max(MONITOR.read(company).drift.features, key=lambda each: (each.missing < 0.2, each.weight)).name
    spoil(company, lambda rows, newest: rows.assign(**{name: rows[name].mask(newest)}))
    first = MONITOR.read(company).alerts[0]
    assert first.check == "values missing"
    assert f"{name} (missing 100%" in first.evidence


def test_words_that_are_new_are_counted(company):
    def renamed(rows, newest):
        return rows.assign(region=rows["region"].mask(newest & (rows["region"] == "Europe"), "EMEA"))

    spoil(company, renamed)
    assert states(company)["unseen words"] == "watch"


def test_it_needs_no_labels_no_training_data_and_no_other_model(company):
    """As a scheduled run has it: the bundle, the archive, the tables, and the features of two dates."""
    archive(company, PAST)
    run(company, "monitor")
    expected = written(company)
    for gone in ("data/labels", "data/raw", "models/final", "models/backtest", "models/out_of_time.parquet"):
        path = company.path(gone)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    kept = np.sort(SNAPSHOTS.read(company)["as_of"].unique())[-2:]
    for number, path in enumerate(BLOCK.all_at(company)):
        rows = BLOCK.read_at(path)
        own = rows["as_of"].isin(kept).to_numpy()
        BLOCK.write(rows[own], company, number=number)
        peers = path.with_name(path.name.replace("block", "peers"))
        pd.read_parquet(peers)[own].to_parquet(peers, index=False)
    run(company, "monitor")
    assert written(company) == expected


def test_the_same_run_and_archive_give_the_same_bytes(company):
    expected = written(company)
    run(company, "monitor")
    assert written(company) == expected


def test_what_dvc_keeps_does_not_depend_on_the_archive_and_the_rest_does(company):
    drift, whole, _ = written(company)
    archive(company, PAST)
    run(company, "monitor")
    assert written(company)[0] == drift
    assert written(company)[1] != whole
    assert [each.as_of for each in MONITOR.read(company).lists] == [each.item() for each in PAST[:3]]


def test_what_the_archive_learned_after_the_date_changes_nothing(company):
    archive(company, PAST)
    run(company, "monitor")
    expected = written(company)
    copied_to_later = company.path("data/history/scores/as_of=2025-05-12")
    shutil.copytree(company.path(f"data/history/scores/as_of={AS_OF}"), copied_to_later)
    run(company, "monitor")
    assert written(company) == expected


def test_the_origin_of_the_scores_is_kept_once(company):
    (path,) = ORIGIN.all_at(company)
    before = path.read_bytes()
    company.params.write_text(company.params.read_text() + "\n# another\n")
    monitor(company, load(company))
    assert path.read_bytes() == before


def test_rows_of_what_is_looked_at_are_those_of_the_same_account(small):
    looked = read_looked(small, load(small))
    ids = read_features_on(small, AS_OF)["account_id"].tolist()
    assert looked.scores["account_id"].tolist() == looked.features["account_id"].tolist() == ids
    assert len(looked.groups) == len(looked.arr) == len(ids)
    assert "owner" in looked.groups
