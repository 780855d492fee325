"""The page on monitoring says of every rule what the code says."""

from churnrisk.monitoring.checks import CHECKS

from ..company import ROOT


def test_the_table_of_rules_is_that_of_the_code():
    lines = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    table = [row for row in rows if len(row) == 5][1:]
    assert table == [
        [each.name, each.about, each.rule.words, each.next_step, "yes" if each.refits else ""] for each in CHECKS
    ]
