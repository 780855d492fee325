"""Money given as an event is refused; what merely sounds like it is not."""

import pandas as pd
import pytest

from churnrisk.errors import ContractError
from churnrisk.store.catalogue.conform import INTAKE
from churnrisk.store.workspace import Workspace

from .raw import conform_in, write_raw


def take_in(folder, event, quantities):
    days = ["2025-01-11"] * len(quantities)
    events = {"account_id": "a", "event": event, "quantity": quantities, "day": days}
    clicks = {"account_id": "b", "event": "click", "quantity": ["1"] * len(quantities), "day": days}
    usage = pd.concat([pd.DataFrame(events), pd.DataFrame(clicks)], ignore_index=True)
    write_raw(folder / "data" / "raw", usage=usage)
    conform_in(folder)
    return INTAKE.read(Workspace(folder)).tables["usage"].kept


@pytest.mark.parametrize(
    ("event", "quantities", "says"),
    [
        ("spend", ["19.99", "5.00", "7.25"], "half of its quantities are 7.25 or more, up to 19.99"),
        ("Sales value", ["3.49", "2.79", "1.00"], "half of its quantities are 2.79 or more, up to 3.49"),
        ("amount (EUR)", ["120", "80", "95"], "half of its quantities are 95.00 or more, up to 120.00"),
        ("dollar", ["12", "40", "9"], "half of its quantities are 12.00 or more, up to 40.00"),
    ],
)
def test_money_is_refused(tmp_path, event, quantities, says):
    with pytest.raises(ContractError) as error:
        take_in(tmp_path, event, quantities)
    assert str(error.value).startswith(f"queries/usage.sql: event '{event}' is money: {says}. Allowed: ")
    assert "give each purchase as a row of invoices" in str(error.value)


@pytest.mark.parametrize(
    ("event", "quantities"),
    [
        ("spend_report_viewed", ["1", "12", "40"]),
        ("purchase", ["1", "2", "1"]),
        ("hours", ["2.5", "0.25", "1.75"]),
        ("revenue", ["1", "2", "1"]),
        ("costume_tried", ["1.5", "2.5", "3.5"]),
        ("spend", ["free", "none", "-"]),
    ],
)
def test_what_is_no_money_is_kept(tmp_path, event, quantities):
    kept = 6 if quantities[0] != "free" else 3
    assert take_in(tmp_path, event, quantities) == kept
