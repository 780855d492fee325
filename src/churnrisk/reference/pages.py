"""The generated pages of docs/. They are made from the declarations, so that they can't drift from the code."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel

from churnrisk.book.figures import PERIOD
from churnrisk.book.worth import TODAY
from churnrisk.contract import ATTRIBUTE, TABLES, Table
from churnrisk.facts.catalogue import FACTS
from churnrisk.facts.fact import Fact
from churnrisk.features.catalogue import THEMES
from churnrisk.features.own import features_of, read_own
from churnrisk.features.profile import CATEGORIES
from churnrisk.params import Params
from churnrisk.reference.drawing import draw
from churnrisk.reference.files_page import files_page
from churnrisk.reference.plays_page import plays_page
from churnrisk.risk_list.outputs.schema import schema
from churnrisk.store.writes import json_text, write_text
from churnrisk.units import UNITS

MADE = "<!-- made by `churnrisk docs`; edit the code, not this page -->\n\n"


def write_pages(folder: Path, verbs: Mapping[str, Any], *, check: bool = False) -> list[str]:
    """Write every generated page, or none with `check`; returns the names of those that were not up to date.

    `verbs` are the commands of the command line by name.
    """
    pages: dict[str, Callable[[], str]] = {
        "tables.md": tables_page,
        "files.md": files_page,
        "facts.md": facts_page,
        "features.md": lambda: features_page(read_own(folder.parent)),
        "plays.md": plays_page,
        "book.md": book_page,
        "params.md": params_page,
        "cli.md": lambda: cli_page(verbs),
        "time.svg": draw,
        "risk_list.schema.json": lambda: json_text(schema()),
    }
    stale = []
    for name, make in pages.items():
        file, text = folder / name, (MADE if name.endswith(".md") else "") + make()
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                write_text(text, file)
    return stale


def tables_page() -> str:
    """The contract tables."""
    intro = (
        "# Contract tables\n\nThe tables that a source gives, one query each (`queries/<table>.sql`). Times are UTC. "
        "Columns that are not required may be left out, and so may tables; the features of a table left out are "
        "switched off. The column *empty* says what is made of an empty value. "
        "Every row may carry `known_at`; a snapshot sees only what was known before its date. A row that "
        "comes again with the same key and a later `known_at` is a correction, and replaces the first one from then "
        "on. CSV files are read as text, so a query that calculates with a column or puts it in order (`max`, `<`, "
        "`ORDER BY`) casts it first, as in `max(mrr::DOUBLE)` or `day::DATE < '2025-01-01'`. `pull` refuses a query "
        "that goes by the alphabet instead; where that is meant, `max(name::VARCHAR)` says so. Texts are read as ISO "
        "dates and plain numbers, or by the one format that the values of a column prove (`12/31/2024`, `1,234.50`); "
        "where they prove none, the run stops with an error.\n\n"
        "**Money is not usage.** The quantities of all events are added up, so an event `spend` beside clicks would be "
        "most of what an account does; `conform` refuses one. What recurs each month is `mrr` of `subscriptions`. A "
        "purchase is a row of `invoices`: its `amount`, and its day as `issued_on`, `due_on` and `paid_on`. That it "
        "took place is an event of usage, such as `purchase`, whose quantity is how many.\n"
    )
    return intro + "".join(_table(table) for table in TABLES.values())


def features_page(own: Collection[ModuleType] = ()) -> str:
    """The features by theme, those of the workspace's `own` modules last."""
    intro = (
        "# Features\n\nEvery feature is computed from what was known before `as_of`. A name with `milestone` or "
        "`key_event` in it is a family of features, one for each that `params.yaml` names. The columns `segment`, "
        f"`industry`, `region`, `acquisition` and `{ATTRIBUTE}...` of `accounts` are features too, of the fact "
        "*profile*. Off are those of words that identify accounts, attributes that never vary, and every feature that "
        "`features.leave_out` names; `features.json`, the model card and the list say which. A workspace "
        "adds features of its own in its folder `features/`, one module a theme, written like those here.\n"
    )
    units = "\n## Units\n\n" + "".join(f"- **{name}**: {meaning}\n" for name, meaning in UNITS.items())
    return intro + "".join(_theme(theme) for theme in (*THEMES, *own)) + units


def facts_page() -> str:
    """The facts, each with the features that it stands for and the forms in which it is said."""
    intro = (
        "# Facts\n\nWhat can be said of an account. Every feature belongs to exactly one fact; a fact weighs what its "
        "features weigh together, so the base value and the facts add up to the score. Shown as reasons are facts that "
        "weigh enough, that one of their forms can say, and that can be acted on, one of a kind. All the others stand "
        "in *how the risk adds up* alone. The forms of a fact are tried in this order, and the first that holds "
        "speaks.\n"
    )
    of: dict[str, list[str]] = {name: [] for name in FACTS}
    for each in (one for theme in THEMES for one in features_of(theme)):
        of[each.fact.name].append(each.name)
    of["profile"] += [*CATEGORIES, f"{ATTRIBUTE}..."]
    return intro + "".join(_fact(fact, of[name]) for name, fact in FACTS.items())


def book_page() -> str:
    """The figures of the book."""
    text = (
        "# Figures of the book\n\nWhat `churnrisk book` reports, each as it is declared. A period is a calendar"
        " month, quarter or year, or the twelve months up to the end of a month; every figure of a period is given"
        " for the whole company and for each segment. Whether an account is a customer, and what it pays, is decided"
        " as for the list: see *standing* and *churn* in the [glossary](glossary.md). A figure whose base is empty,"
        " such as a rate without customers at the start, is not defined, and never 0. Without contracts, a customer"
        " is who bought in the `churn.inactive_days` before a date, and MRR stands for what was bought in them, less"
        " what was sent back.\n"
    )
    for title, figures in (("Of a period", PERIOD), ("Of today", TODAY)):
        text += f"\n## {title}\n\n| figure | unit | better | meaning | from |\n|---|---|---|---|---|\n"
        for each in figures:
            text += (
                f"| {each.title} (`{each.name}`) | {each.unit} | {each.better.words} | {each.words} | {each.source} |\n"
            )
    return text


def params_page() -> str:
    """The keys of `params.yaml`."""
    intro = (
        "# params.yaml\n\nAn unknown key is refused. `dvc exp run -S section.key=value` tries another value. "
        "Write dates in quotes, because DVC does not accept YAML dates.\n"
    )
    return intro + "".join(_section(name, field.annotation, field.description) for name, field in _fields(Params))


def cli_page(verbs: Mapping[str, Any]) -> str:
    """The command line, verb by verb."""
    text = "# Command line\n\nExit codes: 0 done; 1 a fault of ours; 2 usage or params; 3 source; 4 contract; "
    text += "5 stale feed; 6 model; 7 locked.\n"
    for name, verb in verbs.items():
        text += f"\n## churnrisk {name}\n\n{verb.help}\n\n"
        text += "".join(f"- `{_called(option)}`: {option.help}{_default(option)}\n" for option in verb.params)
    return text


def _called(option: Any) -> str:
    """The name of an option; an argument has none, and stands for its value."""
    name = str(option.opts[0])
    return name if name.startswith("-") else str(option.metavar)


def _default(option: Any) -> str:
    return "" if option.default is None or option.is_flag else f" Default: `{option.default}`."


def _table(table: Table) -> str:
    need = "required" if table.required else "optional"
    key = ", ".join(f"`{name}`" for name in table.key) or "none; rows may repeat"
    text = f"\n## {table.name} ({need})\n\n{table.grain[0].upper()}{table.grain[1:]}. Key: {key}.\n\n"
    text += "| column | type | required | meaning | empty | known |\n|---|---|---|---|---|---|\n"
    known_by = table.known_by()
    for name, column in table.columns.items():
        unit = "UTC" if table.kind(name) == "time" else column.metadata["unit"]
        kind = table.kind(name) + (f" ({unit})" if unit else "")
        known = f"from `{known_by[name]}`" if name in known_by else "with the row"
        need = "yes" if table.is_required(name) else ""
        text += f"| `{name}` | {kind} | {need} | {column.description} | {table.empty_means(name)} | {known} |\n"
    if table.attributes:
        meaning = "a fact of the company's own: words, or numbers where all values are, none with a leading zero"
        text += f"| `{ATTRIBUTE}...` | text or number | | {meaning} | not known | with the row |\n"
    rules = [check.error for check in table.schema.checks]
    rules += [f"`{name}` {check.error}" for name, column in table.columns.items() for check in column.checks]
    if rules:
        text += "\nA row is set aside when it breaks one of these:\n\n" + "".join(f"- {rule}\n" for rule in rules)
    return text


def _theme(theme: Any) -> str:
    name = theme.__name__.rpartition(".")[2]
    text = f"\n## {name}\n\n{theme.__doc__ or 'Features of this workspace.'}\n\n"
    text += "| feature | fact | unit | meaning | without a value |\n|---|---|---|---|---|\n"
    for each in features_of(theme):
        missing = each.missing.replace("{item}", f"*{each.family.replace('_', ' ')}*")
        text += f"| `{each.name}` | {each.fact.name} | {each.unit} | {each.meaning} | {missing} |\n"
    return text


def _fact(fact: Fact, features: Collection[str]) -> str:
    text = f"\n## {fact.name}\n\nAbout {fact.about}; kind: {fact.kind}. "
    text += "" if fact.forms else "It is never said. "
    text += f"Features: {', '.join(f'`{name}`' for name in features)}.\n"
    ways = {"where it raises the risk": fact.raises, "where it lowers the risk": fact.lowers}
    lines = [f"| {' '.join(str(form.__doc__).split())} | {way} |\n" for way, forms in ways.items() for form in forms]
    text += "\n| form | said |\n|---|---|\n" + "".join(lines) if lines else ""
    if fact.particulars:
        text += "\nIts sentences need besides: " + "; ".join(
            f"`{each.name}` ({each.meaning.rstrip('.')})" for each in fact.particulars
        )
        text += ".\n"
    return text


def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return list(model.model_fields.items())


def _section(name: str, kind: Any, meaning: str | None) -> str:
    section = _within(kind)
    if section is None:
        return f"\n- `{name}`: {meaning}\n"
    text = f"\n## {name}\n\n{section.__doc__}\n\n"
    for key, field in _fields(section):
        inner = _within(field.annotation)
        text += f"- `{key}`: {field.description}\n"
        text += "".join(f"  - `{deep}`: {each.description}\n" for deep, each in (_fields(inner) if inner else []))
    return text


def _within(kind: Any) -> type[BaseModel] | None:
    """The section within an annotation such as `Override | None` or `dict[str, Milestone]`; None without one."""
    options = (each for each in (kind, *get_args(kind)) if isinstance(each, type) and issubclass(each, BaseModel))
    return next(options, None)
