"""The sections of `params.yaml`, typed and frozen. Every key has its unit in its name."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from churnrisk.clock import Day, Grid, LabelWindow, day
from churnrisk.params.booster import OwnSettings
from churnrisk.params.plays import Plays
from churnrisk.params.risk_list import RiskList
from churnrisk.params.section import Count, Names, Section, Share, Whole
from churnrisk.params.source import Source
from churnrisk.params.stated_reasons import STATED_REASONS


class Intake(Section):
    """When a table is too bad to use."""

    max_rejected_share: Share = Field(description="More rejected rows than this, of one table, stop the run")
    bridge_days: Whole = Field(
        default=0,
        description="Days between an account's subscriptions that are paperwork and no churn; 1 where ends are written"
        " as the last day with the subscription",
    )
    accept: Names = Field(
        default=(),
        description="Reasons, word for word, for which rows of subscriptions of watched accounts may be set aside; any"
        " other holds the list",
    )


class Clock(Section):
    """When snapshots are taken and what they may see."""

    as_of: dt.date | Literal["auto"] = Field(description="Date of the list; `auto`: the latest that the feeds cover")
    first_as_of: dt.date = Field(description="Date of the first snapshot to learn from")
    grid_every_weeks: Count = Field(description="Weeks from one snapshot to the next")
    usage_from: dt.date = Field(description="First day of recorded usage; earlier usage is not known")
    usage_settle_days: Annotated[int, Field(ge=0, le=60)] = Field(
        description="Days after which a day's usage is complete"
    )

    @property
    def grid(self) -> Grid:
        """The dates of all snapshots."""
        return Grid(day(self.first_as_of), self.grid_every_weeks)


class Churn(Section):
    """What is predicted."""

    kind: Literal["logo", "contraction", "inactivity"] = Field(
        description="What churn is: `logo`: all subscriptions have ended; `contraction`: MRR has fallen by a share;"
        " `inactivity`: days in a row without activity, for businesses without contracts"
    )
    contraction_share: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="Fall of MRR that counts, for `contraction`, relative to the MRR at the date"
    )
    inactive_days: Count | None = Field(
        default=None, description="Days in a row without activity that count, for `inactivity`, from the date on"
    )
    activity_events: tuple[str, ...] = Field(
        default=(), description="Events that are activity, for `inactivity`; none: all"
    )
    lead_days: Whole = Field(description="How early customer success must hear of it")
    horizon_days: Count = Field(description="Length of the label window")
    ladder_days: tuple[Count, ...] = Field(description="Further horizons to give a probability for")
    reporting_lag_days: Whole = Field(description="Days until every churn is in the tables")

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> "Churn":
        for kind, needed in (("contraction", "contraction_share"), ("inactivity", "inactive_days")):
            if (self.kind == kind) != (getattr(self, needed) is not None):
                raise ValueError(f"churn.{needed} must be given when churn.kind is '{kind}', and only then")
        if self.activity_events and self.kind != "inactivity":
            raise ValueError("churn.activity_events is for churn.kind 'inactivity' only")
        if self.inactive_days is not None and self.lead_days + self.horizons[0] < self.inactive_days:
            raise ValueError(
                f"{self.inactive_days} days without activity can't be over {self.lead_days} + {self.horizons[0]} days"
                " after the date: churn.lead_days plus the shortest horizon must be churn.inactive_days or more"
            )
        return self

    @property
    def horizons(self) -> tuple[int, ...]:
        """All horizons, the main one included, shortest first."""
        return tuple(sorted({self.horizon_days, *self.ladder_days}))

    def shortened(self) -> "Churn | None":
        """The same in half the time, which stands in for it where history is too short to choose settings on; None
        where half of it is less than the cadence of the usual grid.
        """
        half = self.horizon_days // 2
        if half < 7:
            return None
        inactive = None if self.inactive_days is None else min(self.inactive_days, self.lead_days + half)
        return self.model_copy(update={"horizon_days": half, "ladder_days": (), "inactive_days": inactive})

    def window(self, horizon_days: int | None = None) -> LabelWindow:
        """The label window of one horizon, by default of the main one."""
        return LabelWindow(self.lead_days, horizon_days or self.horizon_days, self.reporting_lag_days)


class Cohort(Section):
    """Whom to watch."""

    min_age_days: Whole = Field(description="Younger accounts are not scored")
    trials: bool = Field(description="Watch trials too? Then one that ends unconverted has churned")
    min_active_days: Whole = Field(default=0, description="Accounts active on fewer days so far are not scored")
    lapsed: bool = Field(
        default=False, description="For `inactivity`: watch accounts too that have long been inactive already?"
    )


class Milestone(Section):
    """A step towards first value."""

    event: str = Field(description="The event that counts")
    times: Count = Field(default=1, description="How much of it, since the start")
    users: Count = Field(default=1, description="At least so many different users active since the start")
    target_days: Count = Field(default=30, description="How soon a healthy account gets there")


class Override(Section):
    """The one list that is published although the gate would hold it."""

    as_of: dt.date = Field(description="Date of that list; no other list is affected")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] = Field(
        description="Why; the list shows it"
    )


class Gate(Section):
    """The gate, which holds the list where a feed is broken."""

    override: Override | None = Field(default=None, description="Publish one list all the same; it says so")
    without_subscription_share: Share = Field(
        default=0.02,
        description="Share of the active accounts that may have no subscription of any time, as on a free plan; more"
        " hold the list",
    )


class Features(Section):
    """What the features need to know about the product."""

    block_accounts: Count = Field(default=4096, description="Accounts at a time, on average; bounds the memory")
    workers: Count = Field(default=1, description="Processes that work on blocks side by side; the result is the same")
    leave_out: Names = Field(default=(), description="Features that are not computed, each by the name of its column")
    milestones: dict[str, Milestone] = Field(default_factory=dict, description="Steps towards first value, by name")
    key_events: Names = Field(default=(), description="Events worth features of their own")
    advanced_events: Names = Field(default=(), description="Events of skilled users only")
    education_events: Names = Field(default=(), description="Trainings, webinars and the like")
    help_events: Names = Field(default=(), description="Visits to the help centre")
    integration_events: Names = Field(default=(), description="Use through other tools: integrations and programs")
    platform_events: Names = Field(default=(), description="One event for each platform, such as web and mobile")
    invite_events: Names = Field(default=(), description="Invitations to colleagues")
    community_events: Names = Field(default=(), description="Posts, reviews, referrals, events attended")
    new_events: dict[str, dt.date] = Field(
        default_factory=dict, description="New parts of the product, and the day each came out; new for half a year"
    )
    plan_order: Names = Field(default=(), description="The plans, from the lowest up")
    cadence_days: Count = Field(
        default=7, description="Days within which a healthy account comes back, such as 1, 7 or 30"
    )
    onboarding_days: Count = Field(default=90, description="How long an account counts as being onboarded")
    renewal_window_days: Count = Field(default=60, description="Days before a renewal that are its window")


class Folds(Section):
    """Which snapshots to learn from, choose on and test on."""

    test_as_of: tuple[dt.date, ...] = Field(default=(), description="Dates of the test; empty: the last `test_weeks`")
    test_weeks: Count = Field(default=13, description="Weeks of mature snapshots held back as the test")
    embargo_days: Whole = Field(default=0, description="Further days before the test by which labels must be mature")
    validation_folds: Count = Field(description="Forward folds to choose on")
    fold_weeks: Count = Field(description="Weeks of snapshots in a fold")


class Train(Section):
    """How the model is fitted."""

    boosters: Count = Field(default=5, description="Boosters that are fitted and joined into one model")
    search: Whole = Field(default=0, description="Further settings to try, drawn by a seeded search; 0: the menu alone")
    settings: OwnSettings = Field(
        default={}, description="LightGBM's own settings, in place of the menu, such as `{num_leaves: 31}`"
    )
    max_trees: Count = Field(description="Most trees of a booster")
    learning_rate: Annotated[float, Field(gt=0, le=1)] = Field(description="Shrinkage of a tree")
    seed: Whole = Field(description="Same seed, same model")
    threads: Count = Field(description="Boosters fitted at a time; the result is the same")


class Evaluate(Section):
    """How past lists are judged."""

    slices: Names = Field(
        description="Features of words whose groups are judged apart, beside segment, stage of life, plan, region,"
        " tenure and owner, which are wherever there are such"
    )
    resamples: Count = Field(description="Bootstrap resamples of accounts, and of dates, for the intervals")
    fairness: Names = Field(
        default=(),
        description="Columns by whose values the fairness table counts who is listed: features of words, or columns of"
        " words of `accounts`, also those that `features.leave_out` keeps from the model. To see what a personal"
        " attribute is worth, run once with and once without it there, and compare with `dvc metrics diff`",
    )

    stated_reasons: dict[str, Names] = Field(
        default=STATED_REASONS,
        description="What customers mean by the reasons that they state: facts by words in `subscriptions.end_reason`."
        " The model card says how often the leading fact before a churn is among them; other reasons are not judged",
    )


class Monitor(Section):
    """What the monitor and `churnrisk status` hold against a list."""

    refit_after_weeks: Count = Field(
        default=26, description="Weeks from the last label that a model learned from until it should be trained again"
    )
    grace_days: Whole = Field(
        default=3, description="Days after the date of a list by which it must be there, or `churnrisk status` is late"
    )


class Tracking(Section):
    """Names in MLflow; the server is `MLFLOW_TRACKING_URI`, else a SQLite file in the workspace."""

    experiment: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(description="MLflow experiment")
    registered_model: Annotated[str, StringConstraints(min_length=1, max_length=250)] = Field(
        description="Name in the model registry, without / and :"
    )

    @model_validator(mode="after")
    def _mlflow_takes_the_name(self) -> "Tracking":
        # MLflow would refuse it too, but only after the model is fitted.
        if not self.registered_model.strip(" ./") or re.search("[/:]", self.registered_model):
            raise ValueError(
                f"tracking.registered_model is {self.registered_model!r}, but MLflow allows no / and no : in it, such"
                f" as {re.sub('[/:]+', '-', self.registered_model)!r}"
            )
        return self


class Params(Section):
    """The whole of `params.yaml`."""

    source: Source
    intake: Intake
    clock: Clock
    churn: Churn
    cohort: Cohort
    gate: Gate
    features: Features
    folds: Folds
    train: Train
    evaluate: Evaluate
    risk_list: RiskList
    plays: Plays = Field(default_factory=Plays)
    monitor: Monitor = Field(default_factory=Monitor)
    tracking: Tracking

    @model_validator(mode="after")
    def _sections_agree(self) -> "Params":
        if self.churn.kind == "inactivity" and self.churn.reporting_lag_days < self.clock.usage_settle_days:
            raise ValueError(
                f"churn.reporting_lag_days must be {self.clock.usage_settle_days} or more, as clock.usage_settle_days"
                " is: activity that has not arrived yet looks like none"
            )
        if self.intake.bridge_days > self.churn.reporting_lag_days:
            raise ValueError(
                f"churn.reporting_lag_days must be {self.intake.bridge_days} or more, as intake.bridge_days is: until"
                " then an end may be a gap"
            )
        if self.cohort.lapsed and self.churn.kind != "inactivity":
            raise ValueError("cohort.lapsed is for churn.kind 'inactivity' only")
        return self

    @property
    def as_of(self) -> Day | None:
        """The date of the list where it is given, else None."""
        return None if self.clock.as_of == "auto" else day(self.clock.as_of)
