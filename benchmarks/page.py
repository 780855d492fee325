"""How fluid is the page with 10,000 accounts? Measured in Chromium: until rows are seen, and from a key to the rows.

`key_10000_ms` is what nine keys of ten stay below; the slowest stands beside it, because a busy machine makes one slow.

The accounts are those of the newest list of this workspace (`make repro`), told again under other names and owners.
"""

import dataclasses
import datetime as dt
import json
import shutil
import typing
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, sync_playwright

from churnrisk.risk_list.outputs.page import page
from churnrisk.risk_list.structure import Model, Reason, RiskList, Row

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "page.json"
ACCOUNTS, OWNERS = 10_000, 250
TIMES = 3
KEYS = "account 77"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

# The event is answered by one or more tasks; rows are there when the page says so, and seen after the next frame.
PRESS = """(text) => new Promise((done) => {
    const search = document.getElementById("search"), from = performance.now();
    const seen = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
    document.addEventListener("drawn", seen, { once: true });
    search.value = text;
    search.dispatchEvent(new Event("input"));
})"""
LOADED = """() => new Promise((done) => {
    const seen = () => document.querySelector("tr.row") ? requestAnimationFrame(() => done(performance.now()))
        : setTimeout(seen, 5);
    seen();
})"""


def main() -> None:
    """Measure, print and write."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "index.html"
        path.write_text(page(large(ACCOUNTS)), encoding="utf-8")
        loads, keys = measured(path)
        megabytes = path.stat().st_size / 1e6
    result = {
        "load_10000_s": round(median(loads) / 1000, 3),
        "key_10000_ms": round(quantiles(keys, n=10)[-1], 1),
        "key_10000_median_ms": round(median(keys), 1),
        "key_10000_worst_ms": round(max(keys), 1),
        "megabytes": round(megabytes, 1),
        "accounts": ACCOUNTS,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def measured(path: Path) -> tuple[list[float], list[float]]:
    """Milliseconds until rows are seen, of each load; and from each key of `KEYS` to its rows, of all loads."""
    loads: list[float] = []
    keys: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        for _ in range(TIMES):
            opened = browser.new_page(viewport={"width": 1440, "height": 1000})
            opened.goto(path.as_uri(), wait_until="commit")
            loads.append(opened.evaluate(LOADED))
            keys += typed(opened)
            opened.close()
        browser.close()
    return loads, keys


def typed(opened: Page) -> list[float]:
    """Milliseconds from each key to its rows, as somebody types who has looked at the page for a second."""
    opened.wait_for_timeout(1000)
    return [opened.evaluate(PRESS, KEYS[: at + 1]) for at in range(len(KEYS))]


def large(accounts: int) -> RiskList:
    """A list of so many accounts."""
    content = json.loads((ROOT / "reports/risk_list/latest/risk_list.json").read_text(encoding="utf-8"))
    rows = [_row(each) for each in content["rows"]]
    many = tuple(_told_again(rows, at) for at in range(accounts))
    dates = {name: dt.date.fromisoformat(content[name]) for name in ("as_of", "leaves_from", "leaves_to")}
    plain = ("lead_days", "horizon_days", "rank_by", "currency", "accounts_watched", "too_little_known", "floor")
    totals = ("expected_churns", "revenue_at_risk", "revenue_at_risk_on_list")
    model = Model(lineage=content["model"]["lineage"], trained_through=dates["as_of"])
    return RiskList(
        **dates,
        **{name: content[name] for name in (*plain, *totals)},
        previous_as_of=None,
        rows=many,
        owners=(),
        in_notice=(),
        not_listed=(),
        left_out=(),
        model=model,
        notes=(),
    )


def _told_again(rows: Sequence[Row], at: int) -> Row:
    row = rows[at % len(rows)]
    group: Any = "to_call" if at < 0.8 * ACCOUNTS else "to_prepare"
    return dataclasses.replace(
        row, group=group, account_id=f"id-{at}", name=f"Account {at} {row.name}", owner=f"Owner {at % OWNERS}"
    )


def _row(content: dict[str, Any]) -> Row:
    """A row from what the JSON file says of it."""
    given: dict[str, Any] = {}
    for each in dataclasses.fields(Row):
        value = content[each.name]
        if isinstance(value, dict) and each.name != "protects":
            value = tuple((int(key) if each.name == "ladder" else key, inner) for key, inner in value.items())
        elif each.name == "reasons":
            value = tuple(Reason(**reason) for reason in value)
        elif each.name == "protects":
            value = None if value is None else Reason(**value)
        elif isinstance(value, list):
            value = tuple(value)
        elif value is not None and dt.date in typing.get_args(typing.get_type_hints(Row)[each.name]):
            value = dt.date.fromisoformat(value)
        given[each.name] = value
    return Row(**given)


if __name__ == "__main__":
    main()
