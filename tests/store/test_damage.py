"""A damaged file ends every command that reads it in one line with its name, whatever reads it and however it fails."""

import json
from collections.abc import Callable

import pytest

from churnrisk.errors import SourceError
from churnrisk.store.catalogue.all import STAGES, files_of
from churnrisk.store.catalogue.conform import CONFORMED
from churnrisk.store.catalogue.pull import PULLED
from churnrisk.store.catalogue.rollup import ROLLED_UP
from churnrisk.store.damage import damage_named
from churnrisk.store.files import RecordFile
from churnrisk.store.workspace import Workspace

from .. import company


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def emptied(content: bytes) -> bytes:
    return b""


def flipped(content: bytes) -> bytes:
    """One bit of the first page of values: the file opens, and has the rows that it says."""
    return content[:40] + bytes([content[40] ^ 16]) + content[41:]


READERS = [
    ("data/raw/accounts.parquet", "conform"),
    ("data/raw/usage/*.parquet", "conform"),
    ("data/tables/subscriptions.parquet", "gate"),
    ("data/usage/daily/*.parquet", "snapshot"),
    ("data/usage/daily/*.parquet", "gate"),
    ("data/usage/daily/*.parquet", "list"),
    ("data/features/peers-0000.parquet", "evaluate"),
]
CHECKSUMMED = [
    ("data/tables/usage/*.parquet", "rollup"),
    ("data/tables/subscriptions.parquet", "snapshot"),
    ("data/usage/daily/*.parquet", "featurize"),
    ("data/usage/users/*.parquet", "featurize"),
    ("data/snapshots/snapshots.parquet", "label"),
    ("data/features/block-0000.parquet", "score"),
    ("data/labels/labels.parquet", "train"),
    ("data/scores/*/reasons.parquet", "list"),
]
"""Whose reader checks the checksum of each page. DuckDB writes none and checks none; what it reads of usage, featurize
reads too.
"""


@pytest.mark.parametrize(
    ("pattern", "stage", "harm"),
    [
        *((*reader, harm) for reader in READERS + CHECKSUMMED for harm in (cut, emptied)),
        *((*reader, flipped) for reader in CHECKSUMMED),
    ],
)
def test_a_damaged_table_is_named(small, tmp_path, pattern, stage, harm: Callable[[bytes], bytes]):
    workspace = company.copied(small, tmp_path / "workspace")
    path = sorted(workspace.root.glob(pattern))[-1]
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(SourceError) as error, damage_named(workspace):
        company.run(workspace, stage)
    assert f"{path.parent}: {path.name} can't be read (" in str(error.value)
    assert str(error.value).endswith("Fix: delete it, and run `dvc repro`.")


def test_an_error_of_our_own_is_not_taken_for_damage(small):
    with pytest.raises(ZeroDivisionError), damage_named(small):
        1 / 0  # noqa: B018


def test_a_draft_is_not_looked_through(tmp_path):
    draft = tmp_path / "data" / ".features.partial" / "block-0000.parquet"
    draft.parent.mkdir(parents=True)
    draft.write_text("half")
    with pytest.raises(ZeroDivisionError), damage_named(Workspace(tmp_path)):
        1 / 0  # noqa: B018


ALL = [file for stage in STAGES for file in files_of(stage) if isinstance(file, RecordFile)]
RECORDS = [file for file in ALL if file not in (PULLED, CONFORMED, ROLLED_UP)]
"""Those that a pipeline writes; where a record of a weekly run is damaged, everything is made anew."""


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.path)
def test_a_record_without_one_of_its_keys_is_named(small, tmp_path, file):
    workspace = company.copied(small, tmp_path / "workspace")
    (path, *_) = file.all_at(workspace)
    content = json.loads(path.read_text())
    content.pop(next(iter(content)))
    path.write_text(json.dumps(content))
    with pytest.raises(SourceError, match=rf"{path.name} can't be read \(.*required"):
        file.read_at(path)
