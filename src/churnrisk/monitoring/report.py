"""From checks to a report: states, few alerts, and the advice on training again."""

from collections.abc import Mapping, Sequence

from churnrisk.clock import as_date
from churnrisk.monitoring.apart import told_apart
from churnrisk.monitoring.check import ORDER, Answer, Check, Subject
from churnrisk.monitoring.checks import CHECKS
from churnrisk.monitoring.drift import features_moved, scores_moved
from churnrisk.monitoring.expected import expected
from churnrisk.monitoring.feeds import feed_rates
from churnrisk.monitoring.groups import groups_moved
from churnrisk.monitoring.looked import Looked
from churnrisk.monitoring.past import listed
from churnrisk.params import Params
from churnrisk.store.catalogue.monitor import Alert, CheckReport, Drift, Monitor, PastList, Refit, State


def drift(looked: Looked, params: Params) -> Drift:
    """All that is known without the archive."""
    bundle = looked.bundle
    rows = looked.scores[["account_id", "probability"]].assign(arr=looked.arr)
    return Drift(
        as_of=as_date(looked.as_of),
        previous_as_of=None if looked.previous is None else as_date(looked.previous),
        lineage=bundle.model.lineage,
        feeds=feed_rates(looked),
        features=features_moved(looked),
        scores=scores_moved(looked),
        told_apart=told_apart(looked.features, looked.before, bundle.model.columns),
        groups=groups_moved(looked),
        expected=expected(rows["probability"].to_numpy(float), listed(rows, params), bundle.figures),
    )


def report(subject: Subject, lists: Sequence[PastList], checks: Sequence[Check] = CHECKS) -> Monitor:
    """The whole report: every rule is asked, and what holds becomes an alert or part of one."""
    answers = {each.name: each.rule(subject) for each in checks}
    alerts = alerts_of(checks, answers)
    return Monitor(
        as_of=subject.drift.as_of,
        state=worst([each.state for each in answers.values()]),
        alerts=alerts,
        refit=refit(checks, answers),
        checks=[
            CheckReport(
                name=each.name,
                about=each.about,
                words=each.rule.words,
                state=answers[each.name].state,
                evidence=answers[each.name].evidence,
            )
            for each in checks
        ],
        drift=subject.drift,
        past=subject.past,
        lists=list(lists),
    )


def worst(states: Sequence[State]) -> State:
    """The gravest of some states.

    >>> worst(["fine", "nothing to look at"]), worst(["watch", "alarm", "fine"])
    ('fine', 'alarm')
    """
    return max(states, key=ORDER.index, default="nothing to look at")


def alerts_of(checks: Sequence[Check], answers: Mapping[str, Answer]) -> list[Alert]:
    """One alert for each cause, the gravest first; what a cause explains is named in it, and gives it its state."""
    holding = {each.name: each for each in checks if answers[each.name].state in ("watch", "alarm")}
    cause = {name: _cause(name, holding) for name in holding}
    alerts = [
        Alert(
            check=name,
            state=worst([answers[other].state for other in holding if cause[other] == name]),
            evidence=answers[name].evidence,
            next_step=each.next_step,
            explains=[other for other in holding if cause[other] == name and other != name],
        )
        for name, each in holding.items()
        if cause[name] == name
    ]
    return sorted(alerts, key=lambda each: -ORDER.index(each.state))


def _cause(name: str, holding: Mapping[str, Check]) -> str:
    """The first of the checks that hold which explains a check, and what explains that one in turn."""
    explains = next((each for each in holding[name].explained_by if each in holding), name)
    return name if explains == name else _cause(explains, holding)


def refit(checks: Sequence[Check], answers: Mapping[str, Answer]) -> Refit:
    """Train again where a rule that training mends is an alarm, and no feed is broken: a model must not learn that."""
    asked = [each for each in checks if each.refits]
    because = [each.name for each in asked if answers[each.name].state == "alarm"]
    if not because:
        watched = [each.name for each in asked if answers[each.name].state == "watch"]
        said = f"No rule asks for it; to be watched: {', '.join(watched)}." if watched else "No rule asks for it."
        return Refit(advised=False, because=[], words=said)
    broken = [each.name for each in checks if each.about == "feeds" and answers[each.name].state == "alarm"]
    if broken:
        return Refit(advised=False, because=because, words="Mend the feed first: a model would learn its fault.")
    evidence = "; ".join(answers[name].evidence for name in because)
    return Refit(advised=True, because=because, words=f"Train again, with `dvc repro`: {evidence}.")
