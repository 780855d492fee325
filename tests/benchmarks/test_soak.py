"""What the soak compares: everything, but for what is rightly otherwise."""

from benchmarks.soak import UNSTARTED, _but_late_origins


def test_only_the_origin_of_a_list_that_was_made_late_is_left_out():
    origin, list_, score = "data/history/origin/as_of={}/o.json", "reports/risk_list/{}/l.json", "data/weekly/scores/{}"
    names = [each.format(date) for date in ("2025-03-03", "2025-03-10") for each in (origin, list_, score)]
    kept = _but_late_origins(dict.fromkeys(names, b""), {1: (UNSTARTED,), 2: ("killed",)})
    assert set(names) - set(kept) == {origin.format("2025-03-03")}
