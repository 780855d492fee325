"""A company of 60 accounts, made up but plausible, some of them nasty; and a way to write small weeks as tables."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from churnrisk.clock import LabelWindow, as_date, day
from churnrisk.contract import TABLES
from churnrisk.facts import Account, Fact
from churnrisk.facts.fact import Kind
from churnrisk.params.plays import Plays
from churnrisk.plays.play import Play, When
from churnrisk.risk_list import Inputs, Model, ModelFacts, RiskList, compose
from churnrisk.risk_list.groups import Limits
from churnrisk.risk_list.inputs import DISPOSITION, Feeds, PastLists
from churnrisk.risk_list.structure import CameOf, Meant, Missed, Settled

from ..hostile import NAMES

AS_OF = day("2025-01-06")
WINDOW = LabelWindow(lead_days=14, horizon_days=90)
MEANT = (Meant(low=0.2, high=0.3, left=0.26), Meant(low=0.5, high=0.7, left=0.44))
SHOWN = Model(lineage="3f9c2ab-d41e77", trained_through=day("2024-09-15").item(), auc=0.8134, lift=3.42, meant=MEANT)
MODEL = ModelFacts(shows=SHOWN, usable=True, verdict="Better than chance.")
NO_SIGNAL = ModelFacts(shows=SHOWN, usable=False, verdict="No usable signal: 0.5 is chance.")
# No floor, so that everybody is to be called, but for tests that set one.
LIMITS = Limits(rank_by="value_at_risk", length=40, call_from=0, keep_from_share=0.75, prepare_days=60, prepare_share=0)
HOSTILE = list(NAMES[:4])
PLAYS = (
    Play(
        play="use", practice="S8", kind="call", when=When(facts=("use",)), say="Ask", due_days=5, opening="How is it?"
    ),
    Play(play="any", practice="S16", kind="nudge", say="Write to {arr:money}", due_days=9, opening="All well?"),
)

FIRST = [
    "Harbor",
    "Northwind",
    "Cobalt",
    "Juniper",
    "Meridian",
    "Falcon",
    "Granite",
    "Willow",
    "Summit",
    "Lantern",
    "Orchid",
    "Anchor",
    "Prairie",
    "Cedar",
    "Beacon",
]
SECOND = ["Logistics", "Foods", "Health", "Studios", "Energy", "Finance", "Robotics", "Textiles"]
OWNERS = ["Ana Silva", "Ben Okafor", "Chloé Martin", "Dmitri Ivanov"]
SAID = (
    ("use", "behaviour", "usage is at {n}% of its level a quarter ago", 20, 90),
    ("support", "relation", "the oldest open case has waited {n} days", 5, 60),
    ("contract", "contract", "the contract renews in {n} days", 5, 100),
    ("invoices", "money", "an invoice is {n} days overdue", 3, 45),
    ("profile", "profile", "", 0, 1),
    ("contacts", "relation", "nobody has spoken with them for {n} days", 30, 200),
)


def _fact(name: str, kind: Kind, words: str) -> Fact:
    def form(account: Account) -> str | None:
        value = account[f"{name}_n"]
        return None if value is None else words.format(n=f"{value:.0f}")

    forms = (form,) if words else ()
    return Fact(name=name, about=f"its {name}", kind=kind, raises=forms, lowers=forms)


FACTS = {name: _fact(name, kind, words) for name, kind, words, _, _ in SAID}


def inputs(accounts: int = 60, seed: int = 7) -> Inputs:
    """Everything that the list is made from."""
    rng = np.random.default_rng(seed)
    ids = [f"acc-{n:04d}" for n in range(accounts)]
    risk = np.sort(rng.beta(1.3, 4.0, accounts))[::-1]
    mrr = np.round(rng.lognormal(7.6, 1.0, accounts))
    before = np.clip(risk + rng.normal(-0.02, 0.09, accounts), 0.01, 0.99)
    return _inputs(
        plays=PLAYS,
        holds=Plays(steps_per_owner=8),
        notes=("Features switched off: no table `goals`.",),
        previous_as_of=day("2024-12-30"),
        in_notice=IN_NOTICE,
        past=PAST,
        went=WENT,
        feeds=Feeds(
            through=AS_OF - 1,
            next_as_of=AS_OF + 7,
            dates=tuple((name, as_date(AS_OF - 1)) for name in TABLES if name not in ("goals", "dispositions")),
        ),
        left_out={"in notice": 3, "too young": 12, "internal": 4, "churned": 310},
        scores=pd.DataFrame(
            {
                "account_id": ids,
                "probability": risk,
                "base_value": -2.0,
                "shap_x": 0.0,
                **{f"probability_{d}d": risk * s for d, s in ((30, 0.4), (60, 0.75), (90, 1.0), (120, 1.1))},
            }
        ),
        reasons=_reasons(ids, risk, rng),
        known=_known(ids, rng),
        movement=pd.DataFrame(
            {"account_id": ids, "probability_before": np.where(np.arange(accounts) % 11 == 4, np.nan, before)}
        ),
        accounts=pd.DataFrame(
            {
                "account_id": ids,
                "name": _names(accounts),
                "segment": rng.choice(["Small", "Mid-market", "Enterprise"], accounts),
                "owner": [None if n % 13 == 6 else OWNERS[n % 4] for n in range(accounts)],
                "owner_email": [None if n % 13 == 6 else f"owner{n % 4}@example.com" for n in range(accounts)],
                "crm_id": [None if n % 10 == 7 else f"001-{n:04d}" for n in range(accounts)],
            }
        ),
        contracts=pd.DataFrame(
            {
                "account_id": ids,
                "mrr": np.where(np.arange(accounts) % 17 == 5, np.nan, mrr),
                "seats": 10.0,
                "plan": rng.choice(["Starter", "Team", "Business"], accounts),
                "renews_on": (AS_OF + rng.integers(3, 360, accounts)).astype("M8[us]"),
            }
        ).assign(renews_on=lambda rows: rows["renews_on"].where(np.arange(accounts) % 9 != 8)),
        usage=_usage(ids, risk, rng),
        dispositions=dispositions_of(
            ("acc-0000", "2024-12-30", "use", "talked", "Ana Silva", HOSTILE[0], None, ""),
            ("acc-0000", "2024-12-30", "", "", "Ana Silva", "they renew", None, "safe"),
        ),
    )


def dispositions_of(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    """Dispositions from their values, known on the date of their list."""
    made = pd.DataFrame(rows, columns=DISPOSITION[:-1])
    made["as_of"], made["snooze_until"] = pd.to_datetime(made["as_of"]), pd.to_datetime(made["snooze_until"])
    return made.assign(known_at=made["as_of"])


def risk_list(source: Inputs | None = None, **changes: Any) -> RiskList:
    """The list of that company, or of another source; a change replaces one of the inputs or limits."""
    source = source or inputs()
    own = {name: changes.pop(name) for name in list(changes) if hasattr(source.limits, name)}
    return compose(replace(source, limits=replace(source.limits, **own), **changes))


def _inputs(**given: Any) -> Inputs:
    """What is given, and plain settings."""
    plain: dict[str, Any] = {
        "as_of": AS_OF,
        "window": WINDOW,
        "limits": LIMITS,
        "currency": "$",
        "previous_as_of": None,
        "in_notice": IN_NOTICE.iloc[:0],
        "left_out": {},
        "not_watched": IN_NOTICE.iloc[:0].assign(rule=""),
        "model": MODEL,
        "facts": FACTS,
    }
    return Inputs(**(plain | given))


IN_NOTICE = pd.DataFrame(
    {
        "account_id": ["acc-0901", "acc-0902", "acc-0903"],
        "name": ["Old Mill Foods", None, "<b>Bold</b>"],
        "owner": ["Ana Silva", "Ben Okafor", None],
        "arr": [48000.0, np.nan, 9600.0],
        "ended_on": pd.to_datetime(["2025-02-28", "2025-01-31", None]),
    }
)


MISSED = Missed(
    account_id="acc-0900",
    name="Quiet Quarry",
    owner="Ana Silva",
    churned_on=dt.date(2024, 11, 3),
    why_not="low risk, 2%",
    probability=0.02,
)
PAST = PastLists(
    settled=Settled(accounts=3, owner_right=1),
    listed=frozenset(f"acc-{n:04d}" for n in range(2, 45)),
    scores={"acc-0000": (("2024-12-23", 0.5), ("2024-12-30", 0.6))},
    came_of=CameOf(
        as_of=dt.date(2024, 9, 16), listed=40, expected=11.6, churned=12, churned_in_all=13, missed=(MISSED,)
    ),
)
WENT = pd.DataFrame(
    {
        "account_id": ["acc-0901", "acc-0800"],
        "kind": ["gave_notice", "left"],
        "name": ["Old Mill Foods", None],
        "owner": ["Ana Silva", None],
    }
)


def _names(accounts: int) -> list[str | None]:
    names: list[str | None] = [f"{FIRST[n % 15]} {SECOND[n % 8]}" for n in range(accounts)]
    names[3:7] = HOSTILE
    names[9] = None
    return names


def _reasons(ids: list[str], risk: Any, rng: np.random.Generator) -> pd.DataFrame:
    """Four facts an account that raise its risk and one that lowers it; a few accounts have none that raises it."""
    rows = []
    for n, account in enumerate(ids):
        sizes = sorted(rng.uniform(1, 5 + 40 * risk[n], 4), reverse=True) if n % 10 != 9 else []
        names = rng.permutation(list(FACTS))
        rows += [(account, names[k], size) for k, size in enumerate(sizes)]
        rows.append((account, names[5], -rng.uniform(0, 6)))
    reasons = pd.DataFrame(rows, columns=["account_id", "fact", "points"])
    return reasons.assign(change_points=rng.uniform(-3, 3, len(rows)).round(2))


def _known(ids: list[str], rng: np.random.Generator) -> pd.DataFrame:
    values = {f"{name}_n": rng.integers(low, high, len(ids)) for name, _, _, low, high in SAID}
    return pd.DataFrame({"account_id": ids, **values, **_terms(len(ids))})


def _terms(accounts: int) -> dict[str, Any]:
    """Monthly contracts, and ones of a year, of which some renew by themselves and others end."""
    number = np.arange(accounts)
    return {
        "next_renewal": np.where(number % 9 == 8, np.nan, 3.0 + 7 * number % 90),
        "next_term": np.where(number % 3 == 0, 1.0, 12.0),
        "next_notice": np.where(number % 3 == 1, 30.0, np.nan),
        "next_by_itself": (number % 5 != 0).astype(float),
    }


def _usage(ids: list[str], risk: Any, rng: np.random.Generator) -> pd.DataFrame:
    weeks = np.arange(26)
    level = rng.lognormal(5, 1, (len(ids), 1))
    fall = 1 - risk[:, None] * np.clip((weeks - rng.integers(4, 20, (len(ids), 1))) / 10, 0, 1.2)
    usage = np.round(np.clip(level * fall * rng.lognormal(0, 0.12, (len(ids), 26)), 0, None))
    usage[8, :15] = np.nan
    return pd.DataFrame(usage, columns=[f"week_{n}" for n in range(26)]).assign(account_id=ids).iloc[:-1]


def inputs_of(table: str) -> Inputs:
    """Inputs written as a table of account, probability and any of mrr, before, owner, name; `-` is nothing known."""
    header, *lines = [line.split() for line in table.strip().splitlines()]
    rows = pd.DataFrame(lines, columns=header).replace("-", None).reindex(columns=_COLUMNS)
    rows[_NUMBERS] = rows[_NUMBERS].astype(float)
    keyed = rows.rename(columns={"account": "account_id", "before": "probability_before"})
    return _inputs(
        scores=keyed[["account_id", "probability"]],
        reasons=NO_REASONS,
        known=NOTHING_KNOWN,
        movement=keyed[["account_id", "probability_before"]],
        accounts=keyed[["account_id", "name", "owner"]],
        contracts=keyed[["account_id", "mrr"]],
        usage=keyed[["account_id"]].assign(week_0=1.0),
    )


def reasons_of(*facts: tuple[str, float]) -> dict[str, Any]:
    """What inputs know of the reasons of account `a`, from names and points of facts, each of which says its name."""
    kinds = ("behaviour", "relation", "contract", "money")
    rows = pd.DataFrame(facts, columns=["fact", "points"]).assign(account_id="a", change_points=np.nan)
    made = {name: _says(name, kinds[at % 4]) for at, (name, _) in enumerate(facts)}
    return {"reasons": rows, "facts": made}


def _says(name: str, kind: Kind) -> Fact:
    def form(account: Account) -> str:
        return f"It is about {name}."

    return Fact(name=name, about=name, kind=kind, raises=(form,), lowers=(form,))


_COLUMNS = ["account", "probability", "mrr", "before", "owner", "name"]
_NUMBERS = ["probability", "mrr", "before"]
NO_REASONS = pd.DataFrame(columns=["account_id", "fact", "points", "change_points"])
NOTHING_KNOWN = pd.DataFrame(columns=["account_id"])
