"""Who uses it: people, seats, and whether it hangs on one of them."""

from churnrisk.facts.account import Account, many
from churnrisk.facts.fact import Fact, particular

LOST = 0.4
"""Share of the people of the weeks before that is told when it has gone silent: of five, two."""

FEWEST_PEOPLE = 3
FEW_SEATS, MANY_SEATS = 0.5, 0.8
"""Share of the seats in use below which, and from which, it is told."""

HEAVY, SILENT_DAYS = 0.4, 14
"""The one person who makes this share of the usage is told of when silent for a fortnight."""


@particular()
def people_before(users):
    """People active in the 8 weeks before the last 4."""
    return users.active(weeks=8, before=4)


def gone(account: Account) -> str | None:
    """Many of those who used it have stopped."""
    before, share = account["people_before"], account["people_lost"]
    if before is None or share is None or before < FEWEST_PEOPLE or share < LOST:
        return None
    lost = round(share * before)
    who = f"All {before:.0f}" if lost == before else f"{lost} of the {before:.0f}"
    return f"{who} people active in the 8 weeks before have not been active since {account.ago(28)}."


def heaviest_gone(account: Account) -> str | None:
    """The person who made much of the usage has stopped."""
    days, share = account["heaviest_person_silent"], account["heaviest_person_share"]
    if days is None or share is None or days < SILENT_DAYS or share < HEAVY:
        return None
    when = f"{account.ago(days)} ({many(days, 'day')} ago)"
    return f"The person who made {share:.0%} of its usage was last active on {when}."


def few_seats(account: Account) -> str | None:
    """Few of the seats that it pays for are in use."""
    seats, active, share = account["seats"], account["active_people"], account["seats_in_use"]
    if seats is None or active is None or share is None or seats < FEWEST_PEOPLE or share > FEW_SEATS:
        return None
    before = account["people_before"]
    then = f", {before:.0f} in the 8 weeks before" if before is not None and before > active else ""
    return f"{active:.0f} of {seats:.0f} seats {_are(active)} in use{then}."


def many_seats(account: Account) -> str | None:
    """Most of the seats that it pays for are in use."""
    seats, active, share = account["seats"], account["active_people"], account["seats_in_use"]
    if seats is None or active is None or share is None or seats < FEWEST_PEOPLE or not MANY_SEATS <= share <= 1:
        return None
    return f"{active:.0f} of {seats:.0f} seats are in use."


def more_people(account: Account) -> str | None:
    """More people than before."""
    active, before = account["active_people"], account["people_before"]
    if active is None or before is None or before < FEWEST_PEOPLE or active <= before:
        return None
    return f"{active:.0f} people used it in the last 4 weeks, {before:.0f} in the 8 weeks before."


def _are(count: float) -> str:
    return "is" if count == 1 else "are"


PEOPLE = Fact(
    name="people",
    about="people and seats",
    kind="behaviour",
    reads=("active_people", "seats_in_use", "seats", "people_lost", "heaviest_person_share", "heaviest_person_silent"),
    particulars=(people_before,),
    raises=(gone, heaviest_gone, few_seats),
    lowers=(many_seats, more_people),
)
