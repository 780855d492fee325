"""What plays would do on this week's list, as a CS lead sees it."""

from rich.console import Console

from churnrisk.risk_list.outputs.plays import show

from ..company import PLAYS, inputs, risk_list

SHARE = "owner's share"


def shown(made, plays=PLAYS) -> str:
    console = Console(record=True, width=200)
    show(made, plays, console)
    return console.export_text()


def test_each_play_is_counted_with_an_example_and_what_is_held():
    made = risk_list()
    text, rows = shown(made), made.rows
    for play in PLAYS:
        own = [row for row in rows if row.next_step.play == play.play]
        held = [row for row in own if row.next_step.held]
        line = next(line for line in text.splitlines() if f"│ {play.play} " in line)
        assert [cell.strip() for cell in line.split("│")[2:5]] == [play.practice, str(len(own)), str(len(held))]
    assert "Plays for nobody this week: none." in text
    assert "Accounts without a step: 0." in text
    assert f"{dict(made.held_back)[SHARE]} by {SHARE!r}" in text


def test_plays_for_nobody_and_accounts_without_a_step_are_named():
    made = risk_list(inputs(), plays=PLAYS[:1])
    without = [row for row in made.rows if row.next_step is None]
    text = shown(made, PLAYS)
    assert "Plays for nobody this week: any." in text
    assert f"Accounts without a step: {len(without)}, such as " in text
