"""Pages against the product: links, paths, names of code, commands and examples are what they say."""

import doctest
import re
import tomllib
from typing import Any

import pandas as pd
import pytest

from churnrisk.cli import verbs
from churnrisk.cohort.rules import RULES
from churnrisk.contract import TABLES
from churnrisk.features import support
from churnrisk.features.catalogue import THEMES, features_of
from churnrisk.features.profile import CATEGORIES
from churnrisk.features.registry import Feature
from churnrisk.reference.pages import write_pages
from churnrisk.rollup.schema import FILES as ROLLUPS
from churnrisk.store.blocks import read_features

from .company import ROOT, copied, run
from .doc_pages import (
    NOTEBOOKS,
    PAGES,
    WRITTEN,
    blocks,
    commands,
    in_code,
    in_params,
    leads_somewhere,
    lies_in,
    spans,
    text_of,
)

HISTORIC = ("CHANGELOG.md", "docs/decisions/")
"""Pages that speak of how things were."""

PRESENT = [name for name in PAGES if not name.startswith(HISTORIC)]
FOLDERS = ("src/", "tests/", "docs/", "examples/", "queries/", "notebooks/", *(f"{name}/" for name in WRITTEN))
COMMITTED = ["requirements.lock", "dvc.yaml", "dvc.lock", "params.yaml", "Makefile"]
FOREIGN = re.compile(r"(?<![\w./-])(?:/(?:home|root|Users|srv)/|[A-Z]:\\)|--(?:extra-)?index-url|--find-links")


def test_generated_pages_are_up_to_date():
    assert write_pages(ROOT / "docs", verbs(), check=True) == []


@pytest.mark.parametrize("name", [*PAGES, *NOTEBOOKS])
def test_every_link_leads_somewhere(name):
    targets = re.findall(r"\]\(([^)\s]+)\)", text_of(name))
    assert not [target for target in targets if not leads_somewhere(name, target)]


@pytest.mark.parametrize("name", PRESENT)
def test_every_path_that_a_page_names_is_there(name, small):
    named = [span for span in spans(text_of(name)) if span.startswith(FOLDERS) and " " not in span]
    # Declared files that this small company does not have, such as a table of goals, are held by tests/store.
    named = [] if name == "docs/files.md" else named
    # No pipeline writes it: tests/weekly holds what lies there.
    named = [each for each in named if each.rstrip("/") != "data/weekly"]
    assert not [span for span in named if not lies_in(span, ROOT, small.root)]


@pytest.mark.parametrize("name", PRESENT)
def test_every_make_target_is_there(name):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    called = {words[1] for words in commands(text_of(name)) if words[:1] == ["make"] and len(words) > 1}
    assert called <= set(targets)


@pytest.mark.parametrize("name", PRESENT)
def test_every_verb_and_option_is_there(name):
    options = {verb: {"--help"} | {opt for each in made.params for opt in each.opts} for verb, made in verbs().items()}
    options |= {"VERB": {"--help"}, "--help": set()}
    for words in commands(text_of(name)):
        if words[:1] == ["churnrisk"] and len(words) > 1:
            assert words[1] in options
            assert {word.partition("=")[0] for word in words[2:] if word.startswith("--")} <= options[words[1]]


@pytest.mark.parametrize("name", [name for name in PRESENT if blocks(text_of(name), "python")])
def test_examples_in_python_run_and_give_what_they_claim(name, small, monkeypatch):
    """Blocks of a page go on from each other; a test among them is called."""
    monkeypatch.chdir(small.root)
    names: dict[str, Any] = {"__name__": support.__name__}
    for block in blocks(text_of(name), "python"):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, name, name, 0)
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
            assert runner.run(test, clear_globs=False).failed == 0
            names |= test.globs
        else:
            exec(compile(block, name, "exec"), names)
    for test in [value for key, value in names.items() if key.startswith("test_")]:
        test()


def test_the_feature_of_contributing_becomes_a_column(small, tmp_path, monkeypatch):
    names: dict[str, Any] = {"__name__": support.__name__}
    exec(blocks(text_of("CONTRIBUTING.md"), "python")[0], names)
    (new,) = [value for value in names.values() if isinstance(value, Feature)]
    monkeypatch.setattr(support, new.name, new, raising=False)
    workspace = copied(small, tmp_path / "workspace")
    run(workspace, "featurize")
    values = read_features(workspace, [new.name])[new.name]
    assert values.notna().any()
    assert values.isna().any()


def test_the_signals_are_those_that_there_are():
    rows = re.findall(r"^\|[^|]+\|([^|]+)\|", text_of("docs/signals.md"), re.MULTILINE)
    named = {name for row in rows for name in spans(row)}
    all_features = {each.name: each.theme for theme in THEMES for each in features_of(theme)}
    assert named - set(all_features) == {*CATEGORIES, "attribute_..."}
    assert {name for name, theme in all_features.items() if name not in named} <= {
        name for name, theme in all_features.items() if theme == "goals"
    }


def test_the_floors_of_contributing_are_those_of_the_house():
    rows = re.findall(r"^\| \d+ \| (.+?) \|", text_of("CONTRIBUTING.md"), re.MULTILINE)
    held = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][0]
    assert [room for row in rows for room in spans(row)] == [
        room for layer in held["layers"][::-1] for room in layer.split(" | ")
    ]


def test_every_name_in_the_glossary_exists(small):
    written = [small.labels / "labels.parquet", *small.all_scores.glob("*/scores.parquet")]
    columns = {column for file in written for column in pd.read_parquet(file)}
    columns |= {column for table in TABLES.values() for column in table.columns} | {
        *ROLLUPS["daily"].columns,
        *ROLLUPS["users"].columns,
    }
    known = columns | {*TABLES, "users"} | set(pd.read_parquet(small.usage / "daily", columns=["event"])["event"])
    named = {span for span in spans(text_of("docs/glossary.md")) if " " not in span}
    assert not {
        name for name in named - known if not (in_code(name) or in_params(name) or lies_in(name, ROOT, small.root))
    }


def test_every_word_of_the_glossary_says_what_it_means_and_where_it_lives():
    rows = re.findall(r"^\| (?!word |---)(.+?) \| (.+?) \| (.*?) \|$", text_of("docs/glossary.md"), re.MULTILINE)
    assert len(rows) > 60
    assert not [word for word, meaning, _ in rows if not meaning.endswith(".")]
    assert not [word for word, _, where in rows if not re.fullmatch(r"`[\w.]+`(, `[\w.]+`)*", where)]
    words = [word for word, _, _ in rows]
    assert len(words) == len(set(words))
    assert set(RULES.words) <= set(words)


@pytest.mark.parametrize("name", [*PAGES, *NOTEBOOKS, *COMMITTED])
def test_nothing_names_a_machine_or_a_package_index(name):
    assert not FOREIGN.findall((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        ("churnrisk.clock.Grid.week_of", True),
        ("churnrisk.clock.Grid.month_of", False),
        ("churnrisk.weather", False),
        ("churn.lead_days", True),
        ("churn.lead_weeks", False),
        ("weather.lead_days", False),
        ("docs/decisions/", True),
        ("src/churnrisk/stages/<name>.py", True),
        ("src/churnrisk/<name>/weather.py", False),
    ],
)
def test_a_name_that_has_drifted_is_found(name, is_there):
    assert (in_code(name) or in_params(name) or lies_in(name, ROOT)) == is_there


@pytest.mark.parametrize(
    ("target", "is_there"),
    [
        ("docs/glossary.md", True),
        ("docs/glossary.md#time", True),
        ("docs/glossary.md#weather", False),
        ("docs/weather.md", False),
        ("https://example.org/weather", True),
    ],
)
def test_a_link_that_leads_nowhere_is_found(target, is_there):
    assert leads_somewhere("CONTRIBUTING.md", target) == is_there


@pytest.mark.parametrize("text", ["see /home/ana/x", "--index-url https://x", "C:\\data", "in /srv/main"])
def test_what_is_foreign_is_found(text):
    assert FOREIGN.search(text)
