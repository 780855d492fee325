"""Checks of feeds, features and scores against training and against the date before."""

from collections.abc import Callable, Sequence

from churnrisk import words
from churnrisk.metrics.stability import LARGE
from churnrisk.monitoring.check import Answer, Subject, nothing
from churnrisk.store.catalogue.monitor import FeedRate, GroupMoved, Moved

FEWEST_FACTS = 50
"""Facts that are usual in four weeks; of a feed with fewer, half or twice as many come by chance."""

FACTOR = 2.0
"""Times as much or as little of a feed as before that is called off. On the simulated company the largest change of a
whole feed from four weeks to the next is 1.5, over Christmas."""

HEAVY, LIGHT = 0.2, 0.02
"""Shares of all contributions to the scores: where features of a fifth moved, the scores are of another model than was
judged; what carries less than a fiftieth can move as it likes."""

LOST = 0.1
"""Further share of accounts without a value of a feature, from which it is called missing."""

UNSEEN = 0.01
"""Share of accounts with words that the model never saw; a single account of a large company is no pattern."""

APART = 0.85
"""AUC of this date against the one before. On a simulated company of 200 accounts it is mostly under 0.75, and 0.80 at
most, in the weeks after Christmas, when usage does rise and fall; what breaks for everybody gives 0.9 and more."""

_MOST_NAMED = 4


def broken_feed(subject: Subject) -> Answer:
    """What the gate found."""
    findings = subject.gate.findings
    if not findings:
        return Answer("fine", "the gate found nothing")
    first = findings[0]  # the gate tells first what holds a list
    more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
    return Answer("alarm" if first.severity == "hold" else "watch", f"{first.evidence}{more}")


def feed_volume(subject: Subject) -> Answer:
    """Feeds that bring far more or less than before."""
    compared = [each for each in subject.drift.feeds if _usual_facts(each) >= FEWEST_FACTS]
    if not compared:
        return nothing(f"no feed usually has {FEWEST_FACTS} facts in four weeks")
    off = [_off(each) for each in compared]
    said = [each for each in off if each]
    if not said:
        return Answer("fine", f"{_of(len(compared), 'feed')} bring as much as before")
    return Answer("watch", "; ".join(said))


def _usual_facts(rate: FeedRate) -> float:
    """Facts that four weeks would have at the rate of before."""
    return rate.facts * rate.before / rate.now if rate.now else float(FEWEST_FACTS if rate.before else 0)


def _off(rate: FeedRate) -> str:
    """How a feed differs, in words; empty where it does not."""
    for usual, than in ((rate.before, "in the four weeks before"), (rate.training, "when the model learned")):
        if usual and not 1 / FACTOR <= rate.now / usual <= FACTOR:
            return f"{rate.feed} has {rate.now:.2f} facts an account and week, and had {usual:.2f} {than}"
    return ""


def features_moved(subject: Subject) -> Answer:
    """Features that are not what they were in training."""
    drift = subject.drift
    moved = [each for each in drift.features if each.weight >= LIGHT and has_moved(each)]
    return _answer(moved, drift.features, lambda each: f"{each.name} (index {each.index:.2f})", "moved since training")


def has_moved(each: Moved) -> bool:
    """Is a column further from training than chance, and than any date of training was?"""
    # `usual` is free of chance already, so the chance of this sample is taken off the index before they are compared.
    return each.index >= LARGE and each.index > each.chance and each.index - each.chance / 2 > each.usual


def features_jumped(subject: Subject) -> Answer:
    """Features that are not what they were on the date before."""
    drift = subject.drift
    if drift.previous_as_of is None:
        return nothing("there is no earlier date")
    jumped = [each for each in drift.features if each.weight >= LIGHT and has_jumped(each)]
    return _answer(
        jumped, drift.features, lambda each: f"{each.name} (index {each.index_before:.2f})", "moved since the last date"
    )


def has_jumped(each: Moved) -> bool:
    """Is a column further from the date before than chance?"""
    if each.index_before is None or each.chance_before is None:
        return False
    return each.index_before >= LARGE and each.index_before > each.chance_before


def values_missing(subject: Subject) -> Answer:
    """Features that lost their values."""
    drift = subject.drift
    lost = [each for each in drift.features if each.weight >= LIGHT / 2 and _lost(each) >= LOST]
    return _answer(
        lost,
        drift.features,
        lambda each: f"{each.name} (missing {words.percent(each.missing)}, was {words.percent(_had_missing(each))})",
        "lost values",
    )


def _had_missing(each: Moved) -> float:
    """The share that was missing before: of training and of the date before the larger, so that both must differ."""
    return max(each.missing_training, each.missing_before or 0.0)


def _lost(each: Moved) -> float:
    return each.missing - _had_missing(each)


def unseen_words(subject: Subject) -> Answer:
    """Words that the model never saw."""
    drift = subject.drift
    of_words = [(each.name, each.unseen) for each in drift.features if each.unseen is not None]
    if not of_words:
        return nothing("the model has no features of words")
    unseen = [(name, share) for name, share in of_words if share >= UNSEEN]
    if not unseen:
        return Answer("fine", f"{_of(len(of_words), 'feature')} of words have none that was not seen in training")
    said = ", ".join(f"{name} (of {words.percent(share)} of the accounts)" for name, share in unseen[:_MOST_NAMED])
    return Answer("watch", f"words that the model never saw: {said}")


def told_apart(subject: Subject) -> Answer:
    """Adversarial validation."""
    told = subject.drift.told_apart
    if told is None:
        return nothing("there is no earlier date with enough accounts")
    if told.auc < APART:
        return Answer("fine", f"a classifier tells them apart with an AUC of {told.auc:.2f}; {APART} is much")
    first = ", ".join(f"{name} ({auc:.2f} alone)" for name, auc in list(told.by.items())[:3])
    return Answer("watch", f"a classifier tells them apart with an AUC of {told.auc:.2f}, mostly by {first}")


def scores_moved(subject: Subject) -> Answer:
    """Probabilities that are not spread as when the model was trained."""
    scores = subject.drift.scores
    if scores.spread is None or scores.mean_training is None:
        return nothing("the model was trained without a date that it did not learn from")
    said = f"the mean probability is {scores.mean:.1%}, and was {scores.mean_training:.1%} when the model was trained"
    said = f"{said}; index {scores.spread.index:.2f}"
    return Answer("alarm" if has_moved(scores.spread) else "fine", said)


def scores_jumped(subject: Subject) -> Answer:
    """Probabilities that are not spread as on the date before, by the same model."""
    scores = subject.drift.scores
    if scores.mean_before is None or scores.spread is None:
        return nothing("there is no earlier date")
    said = f"the mean probability is {scores.mean:.1%}, and was {scores.mean_before:.1%} on the date before"
    said = f"{said}; index {scores.spread.index_before:.2f}"
    return Answer("alarm" if has_jumped(scores.spread) else "fine", said)


def groups_moved(subject: Subject) -> Answer:
    """Groups that moved as one."""
    if subject.drift.previous_as_of is None:
        return nothing("there is no earlier date")
    groups = subject.drift.groups
    if not groups:
        return Answer("fine", "no group moved as one")
    return Answer("watch", "; ".join(group_in_words(each) for each in groups))


def group_in_words(each: GroupMoved) -> str:
    """One group in a line.

    >>> moved = GroupMoved(column="region", value="EU", accounts=40, before=0.1, now=0.15, points=4.8, errors=6.0)
    >>> group_in_words(moved)
    'region EU: the mean risk of 40 accounts went from 10.0% to 15.0%, 4.8 points more than that of all others'
    """
    how = "more" if each.points > 0 else "less"
    return (
        f"{each.column} {each.value}: the mean risk of {each.accounts:,} accounts went from {each.before:.1%} to"
        f" {each.now:.1%}, {abs(each.points):.1f} points {how} than that of all others"
    )


def _answer(off: Sequence[Moved], looked_at: Sequence[Moved], name: Callable[[Moved], str], what: str) -> Answer:
    """Fine, or the features that are off: an alarm where they carry much of the scores."""
    if not looked_at:
        return nothing("the model has no features")
    if not off:
        return Answer("fine", f"none of {_of(len(looked_at), 'feature')} {what}")
    weight = sum(each.weight for each in off)
    more = f" and {len(off) - _MOST_NAMED} more" if len(off) > _MOST_NAMED else ""
    carries = "carries" if len(off) == 1 else "together carry"
    said = f"{', '.join(map(name, off[:_MOST_NAMED]))}{more} {what}; {carries} {weight:.0%} of the scores"
    return Answer("alarm" if weight >= HEAVY else "watch", said)


def _of(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
