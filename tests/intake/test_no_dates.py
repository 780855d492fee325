"""The queries of docs/no_dates.md, on the exports that the page speaks of."""

import re
from pathlib import Path

import pandas as pd

from churnrisk.sources.files import pull
from churnrisk.store.catalogue.conform import TABLE, USAGE
from churnrisk.store.workspace import Workspace

from ..doc_pages import text_of
from .raw import conform_in

EXPORTS = {
    "2025-01-06": "7590,monthly,29.85,No,3\n3668,monthly,53.85,No,9\n",
    "2025-01-13": "7590,yearly,9.85,No,4\n3668,monthly,53.85,No,1\n",
    "2025-01-20": "7590,yearly,9.85,No,5\n3668,monthly,53.85,Yes,0\n5575,yearly,100.0,No,7\n",
}


def test_exports_that_were_kept_become_sound_tables(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    for day, rows in EXPORTS.items():
        text = f"customer,contract,charges,churn,calls\n{rows}"
        (tmp_path / "exports" / f"customers-{day}.csv").write_text(text)
    (tmp_path / "queries").mkdir()
    pattern = r"`queries/(\w+)\.sql`.*?```sql\n(.*?)```"
    for table, sql in re.findall(pattern, text_of("docs/no_dates.md"), re.DOTALL):
        (tmp_path / "queries" / f"{table}.sql").write_text(sql)
    pull(tmp_path / "queries", tmp_path / "exports", Workspace(tmp_path))
    conform_in(tmp_path)
    created = TABLE["accounts"].read(Workspace(tmp_path)).set_index("account_id")["created_on"]
    assert created.dt.strftime("%m-%d").to_dict() == {"3668": "01-06", "5575": "01-20", "7590": "01-06"}
    sold = TABLE["subscriptions"].read(Workspace(tmp_path))
    assert sold[["subscription_id", "plan", "mrr"]].values.tolist() == [
        ["3668-1", "monthly", 53.85],
        ["5575-1", "yearly", 100.0],
        ["7590-1", "monthly", 29.85],
        ["7590-2", "yearly", 9.85],
    ]
    days = sold[["started_on", "ended_on"]].apply(lambda each: each.dt.strftime("%m-%d").fillna("-"))
    assert days.values.tolist() == [["01-06", "01-20"], ["01-20", "-"], ["01-06", "01-13"], ["01-13", "-"]]
    [month] = USAGE.all_at(Workspace(tmp_path))
    assert pd.read_parquet(month)["quantity"].sum() == 29
