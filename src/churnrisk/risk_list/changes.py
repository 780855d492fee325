"""What changed since the list before: who joined it, who went off it, who gave notice and who left."""

from collections.abc import Iterable

import pandas as pd

from churnrisk.risk_list.inputs import Inputs
from churnrisk.risk_list.rows import NO_OWNER, filled
from churnrisk.risk_list.structure import Change, Row


def changes(everybody: pd.DataFrame, rows: tuple[Row, ...], inputs: Inputs) -> tuple[Change, ...]:
    """All changes since the list before, by kind.

    `everybody` is that of `placed`. Who gave notice or left has not only gone off the list. Where no list went out
    before, nobody has joined.
    """
    return (*_on_and_off(everybody, rows, inputs.past.listed), *_went(inputs.went))


def _on_and_off(everybody: pd.DataFrame, rows: tuple[Row, ...], before: frozenset[str] | None) -> Iterable[Change]:
    if before is None:
        return
    listed = {row.account_id for row in rows}
    for row in rows:
        if row.account_id not in before:
            yield Change(happened="joined", account_id=row.account_id, name=row.name, owner=row.owner)
    off = everybody[everybody["account_id"].isin(before - listed)]
    for each in off.sort_values("account_id").to_dict("records"):
        yield Change(happened="went_off", account_id=each["account_id"], name=each["name"], owner=each["owner"])


def _went(rows: pd.DataFrame | None) -> Iterable[Change]:
    if rows is None:
        return
    rows = rows.assign(name=filled(rows["name"], rows["account_id"]), owner=filled(rows["owner"], NO_OWNER))
    for each in rows.sort_values(["kind", "name", "account_id"]).to_dict("records"):
        yield Change(happened=each["kind"], account_id=each["account_id"], name=each["name"], owner=each["owner"])
