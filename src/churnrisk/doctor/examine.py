"""All checks on a workspace, one after the other."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from churnrisk.clock import Day
from churnrisk.doctor.cadence import Silence, cadence
from churnrisk.doctor.calendar import Dated
from churnrisk.doctor.case import Case, read_case
from churnrisk.doctor.checks import CHECKS, not_asked
from churnrisk.doctor.finding import Finding
from churnrisk.doctor.univariate import Single
from churnrisk.errors import ModelError, ParamsError, did_you_mean
from churnrisk.features.own import is_own
from churnrisk.params import Params
from churnrisk.past.usage.activity import read_activity
from churnrisk.rules import Rule
from churnrisk.store.workspace import Workspace

STRONGEST = 5
"""Features that are shown with what they tell by themselves, whether it was found too much or not."""


@dataclass(frozen=True)
class Report:
    """`findings`, and those on features that are `trusted`; `strongest` are the features that tell most by themselves
    `among` such accounts, `dated` those that tell most of the date, and `silences` the cadence of the product.
    `not_asked` has the checks that could not be asked in full, by name, and why not; `own` has the features that the
    workspace itself adds, `verdict` what the model's own test says of it."""

    findings: list[Finding]
    strongest: list[Single]
    among: str
    dated: list[Dated]
    silences: list[Silence]
    trusted: list[Finding]
    not_asked: Mapping[str, str]
    own: Sequence[str]
    verdict: str

    @property
    def passed(self) -> list[str]:
        """Names of the checks that were asked in full and found nothing."""
        failed = {each.check for each in self.findings} | set(self.not_asked)
        return [check.name for check in CHECKS if check.name not in failed]


def examine(workspace: Workspace, params: Params, trusted: Collection[str] = ()) -> Report:
    """Every check on what the pipeline wrote in `workspace`, which is left as it is.

    Findings on features in `trusted` are kept apart: somebody has looked, and they are honest. Raises ParamsError for
    an unknown feature.
    """
    case = read_case(workspace, params)
    _require_features(trusted, [str(name) for name in case.evidence.features])
    findings = ask(case)
    return Report(
        findings=[each for each in findings if each.feature not in trusted],
        strongest=sorted(case.alone, key=lambda each: -np.nan_to_num(each.value))[:STRONGEST],
        among=case.among,
        dated=case.dated[:STRONGEST],
        silences=silences(workspace, params, case.evidence.seen_until),
        trusted=[each for each in findings if each.feature in trusted],
        not_asked=not_asked(case),
        own=[each.name for each in case.recipe.features if is_own(each)],
        verdict=case.evidence.bundle.verdict.words,
    )


def ask(case: Case, checks: Iterable[Rule[Case, list[Finding]]] = CHECKS) -> list[Finding]:
    """What the checks find in a case, each finding under the name of its check."""
    return [replace(finding, check=check.name) for check in checks for finding in check(case)]


def refuse(report: Report) -> None:
    """Raise ModelError where anything was found."""
    if report.findings:
        checks = list(dict.fromkeys(each.check for each in report.findings))
        raise ModelError(
            f"{len(report.findings)} finding{'s' if len(report.findings) > 1 else ''} by {', '.join(checks)}",
            where="doctor",
            fix="see them above, each with its own fix; don't trust the figures before",
        )


def silences(workspace: Workspace, params: Params, seen_until: Day) -> list[Silence]:
    """The cadence of the product, by what is activity to it: every event, unless churn is inactivity and says more."""
    activity = read_activity(workspace.usage, params.churn.activity_events)
    return cadence(activity.before(seen_until), seen_until)


def _require_features(trusted: Collection[str], names: list[str]) -> None:
    unknown = sorted(set(trusted) - set(names))
    if unknown:
        raise ParamsError(f"no feature is named {unknown[0]!r}", where="--trust", fix=did_you_mean(unknown[0], names))
