"""The page as text, the spreadsheet, and what the stage writes."""

import dataclasses
import errno
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest

from churnrisk.book.compose import compose
from churnrisk.book.outputs.page import page
from churnrisk.book.outputs.sheet import write_sheet
from churnrisk.book.outputs.view import waterfall
from churnrisk.params import load
from churnrisk.past.usage.activity import Activity
from churnrisk.stages import book as stage
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.book import ARCHIVED_FORECASTS, BOOK, BookRecord, Movements
from churnrisk.store.workspace import Workspace

from ..company import copied
from .company import inputs, made_company

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def book(small: Workspace) -> BookRecord:
    return BOOK.read(small)


@pytest.fixture(scope="module")
def html(book: BookRecord) -> str:
    return re.sub(r"\s+", " ", page(book))


def test_revenue_at_risk_is_that_of_the_list(small: Workspace, book: BookRecord) -> None:
    listed = json.loads((small.risk_lists / "latest" / "risk_list.json").read_text())
    assert book.today["revenue_at_risk"] == pytest.approx(listed["revenue_at_risk"], abs=0.01)
    for by in ("owner", "segment", "renewal_month"):
        own = [each for each in book.at_risk if each.by == by]
        assert sum(each.accounts for each in own) == listed["accounts_watched"]
        assert sum(each.at_risk or 0 for each in own) == pytest.approx(listed["revenue_at_risk"], abs=0.5)


def test_movements_add_up_to_the_last_cent(book: BookRecord) -> None:
    assert book.movements
    for each in book.movements:
        parts = [
            each.opening,
            each.new,
            each.reactivation,
            each.expansion,
            each.contraction,
            each.churn,
            each.completed,
        ]
        assert sum(round(10_000 * part) for part in parts) == round(10_000 * each.closing)


def test_the_page_says_what_it_should(html: str, book: BookRecord) -> None:
    for text in (
        "How the company keeps its customers",
        "gross",
        "net",
        "Who is still there",
        "unripe",
        "What is to be expected",
    ):
        assert text in html
    for absent in (">None<", "nan%", ">nan<", "Undefined"):
        assert absent not in html
    now = [each for each in book.periods if each.kind == "quarter" and each.segment is None][-1]
    assert f"{now.figures['customers']:,.0f} customers at the start of {now.name}" in html


def test_no_address_but_those_of_the_files_beside_it(html: str) -> None:
    assert re.findall(r'(?:href|src|action|url)\s*=?\s*["(\'](.*?)["\')]', html) == ["book.xlsx", "book.json"]
    assert "://" not in html
    assert "style=" not in html.split("<main>")[1]


def test_nothing_that_is_shown_can_become_markup(book: BookRecord) -> None:
    evil = book.model_copy(
        update={
            "at_risk": [each.model_copy(update={"name": EVIL}) for each in book.at_risk],
            "notes": [EVIL],
            "currency": EVIL,
            "segments": [EVIL],
            "periods": [each.model_copy(update={"segment": each.segment and EVIL}) for each in book.periods],
        }
    )
    assert page(evil).count("<script") == 1


def test_a_company_that_has_just_begun_has_a_page() -> None:
    company = inputs("2025-01-20", "account_id started_on mrr\na 2025-01-10 10")
    made = compose(company)
    assert made.periods == []
    assert "There is no complete month on record yet." in page(made)
    assert made.today["lifetime_value"] is None


def test_random_companies_have_a_page(tmp_path) -> None:
    for seed in range(3):
        made = compose(made_company(seed))
        page(made)
        write_sheet(made, tmp_path / "book.xlsx")
        assert BookRecord.model_validate_json(made.model_dump_json()) == made


def test_the_spreadsheet_has_every_period_and_says_what_figures_mean(book: BookRecord, small: Workspace) -> None:
    read = openpyxl.load_workbook(small.reports / "book" / "book.xlsx")
    assert read.sheetnames[:4] == ["Calendar months", "Calendar quarters", "Calendar years", "Twelve months"]
    rows = list(read["Calendar quarters"].iter_rows(values_only=True))
    assert len(rows) == 1 + len([each for each in book.periods if each.kind == "quarter"])
    at = rows[0].index("Customer churn, gross")
    newest = [each for each in book.periods if each.kind == "quarter"][-1]
    assert newest.figures["customer_churn_rate"] in (rows[1][at], None)
    meanings = list(read["What they mean"].iter_rows(values_only=True))
    assert {each.title for each in book.definitions} <= {row[0] for row in meanings}
    undefined = [row for row in rows if "–" in row]
    assert undefined


def test_the_bars_of_the_waterfall_join() -> None:
    moves = Movements(
        name="Q1", segment=None, opening=1000, new=200, reactivation=50, expansion=30, contraction=-10, churn=-100,
        completed=0, closing=1170,
    )  # fmt: skip
    drawn = waterfall(moves, "$")
    assert [step.amount for step in drawn.steps] == ["$1,000", "+$200", "+$50", "+$30", "−$10", "−$100", "$1,170"]
    tops = [step.y for step in drawn.steps]
    bottoms = [round(step.y + step.height, 1) for step in drawn.steps]
    assert bottoms[1] == pytest.approx(tops[0], abs=0.2)
    assert bottoms[2] == pytest.approx(tops[1], abs=0.2)
    assert bottoms[5] == pytest.approx(tops[6], abs=0.2)
    assert drawn.floor == "$832"


def test_a_stage_run_again_gives_the_same_bytes_and_keeps_the_first_forecast(small: Workspace, tmp_path) -> None:
    workspace = copied(small, tmp_path / "workspace")
    folder = workspace.reports / "book"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    (kept,) = ARCHIVED_FORECASTS.all_at(workspace)
    published = kept.read_bytes()
    stage.run(workspace, load(workspace.params))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert kept.read_bytes() == published
    rows = ARCHIVED_FORECASTS.read_at(kept)
    assert Archive(workspace, ARCHIVED_FORECASTS).before(np.datetime64(rows["as_of"].max(), "D")).empty
    assert {"all", "later"} < set(rows["renewal_month"])


def test_backtested_forecasts_are_of_dates_that_the_model_had_not_seen(small: Workspace, book: BookRecord) -> None:
    tested = {when.date() for when in pd.read_parquet(small.reports / "backtest.parquet")["as_of"]}
    assert {each.as_of for each in book.past_forecasts if not each.kept} <= tested


def test_without_contracts_the_same_page_shows_purchases() -> None:
    rows = [("twice", "2024-02-01"), ("twice", "2024-05-10"), ("once", "2024-02-10"), ("new", "2024-06-20")]
    bought = pd.DataFrame(rows, columns=["account_id", "day"]).assign(day=lambda each: pd.to_datetime(each["day"]))
    activity = Activity(bought.assign(known_on=bought["day"]))
    sold = [f"{who} {when} {when} 40" for who, when in rows]
    invoices = "\n".join(["account_id issued_on due_on amount", *sold, "twice 2024-05-12 2024-05-12 -15"])
    subscriptions = "account_id started_on\n" + "\n".join(f"{who} 2024-02-01" for who in ("twice", "once", "new"))
    company = inputs("2024-09-15", subscriptions, invoices=invoices, activity=activity)
    company = dataclasses.replace(
        company,
        settings=dataclasses.replace(company.settings, active_days=60, recorded_from=np.datetime64("2024-01-01")),
    )
    made = compose(company)
    found = {each.name: each.figures for each in made.periods if each.kind == "month" and each.segment is None}
    assert found["Mar 2024"] | {"customers": 2, "opening_mrr": 80, "closing": 2, "churned": 0} == found["Mar 2024"]
    assert found["Apr 2024"] | {"customers": 2, "churned": 2, "churned_mrr": 80, "grr": 0} == found["Apr 2024"]
    assert found["May 2024"] | {"returned": 1, "returned_mrr": 25, "won": 0} == found["May 2024"]
    assert found["Jun 2024"] | {"won": 1, "won_mrr": 40, "closing": 2} == found["Jun 2024"]
    assert [(each.name, each.logo, each.ripe) for each in made.cohorts] == [
        ("Q2 2024", [1.0, 0.0], [True, False]),
        ("Q3 2024", [None], [False]),
    ]
    assert made.forecast == []
    assert "There are no contracts" in page(made)
    assert "What retention is worth" not in page(made)
    assert "Bought in 60 days" in page(made)


def test_a_full_disk_is_an_error_of_the_disk_and_not_of_the_spreadsheet(
    small: Workspace, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copied(small, tmp_path / "company")

    def full(content: bytes, path: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("churnrisk.book.outputs.files.write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        stage.run(workspace, load(workspace.params))
