"""What the soak compares: everything, but for what is rightly otherwise."""

import pandas as pd
import pytest
from benchmarks.soak import UNSTARTED, _but_late_origins
from benchmarks.true_alarms import bears_out


def test_only_the_origin_of_a_list_that_was_made_late_is_left_out():
    origin, list_, score = "data/history/origin/as_of={}/o.json", "reports/risk_list/{}/l.json", "data/weekly/scores/{}"
    names = [each.format(date) for date in ("2025-03-03", "2025-03-10") for each in (origin, list_, score)]
    kept = _but_late_origins(dict.fromkeys(names, b""), {1: (UNSTARTED,), 2: ("killed",)})
    assert set(names) - set(kept) == {origin.format("2025-03-03")}


@pytest.mark.parametrize(
    ("true", "ratio", "borne_out"),
    [
        (0.02, 0.3, True),
        (0.045, 0.3, False),  # within a quarter
        (0.08, 1.6, True),
        (0.06, 1.6, False),
        (0.08, 0.3, False),  # off, and on the other side
        (0.02, 1.6, False),
    ],
)
def test_an_alarm_on_calibration_is_true_where_the_truth_is_as_far_off_on_the_same_side(true, ratio, borne_out):
    rows = pd.DataFrame({"account_id": ["a", "b", "in notice"], "as_of": 0, "probability": [0.04, 0.06, 0.9]})
    truth = pd.DataFrame({"account_id": ["a", "b", "another"], "as_of": 0, "true": [true, true, 0.9]})
    assert bears_out(rows, truth, ratio) == borne_out
