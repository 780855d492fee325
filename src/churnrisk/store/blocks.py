"""The files with the features of all snapshots: one for each block of accounts.

Beside each there is a second file with the same rows in the same order, for features that compare an account with all
others of its date, which are known only once every block is written.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from churnrisk.store.catalogue.featurize import BLOCK, PEERS
from churnrisk.store.columns import KEYS
from churnrisk.store.files import TableFile
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_table, whole_file

Filters = list[tuple[str, str, Any]]


def block_numbers(workspace: Workspace) -> range:
    """The numbers of the blocks, in order of accounts; raises SourceError where there are none."""
    BLOCK.require(workspace, number=0)
    return range(len(BLOCK.all_at(workspace)))


def block_columns(workspace: Workspace) -> list[str]:
    """The columns that every block has."""
    return list(pq.read_schema(BLOCK.require(workspace, number=0)).names)


def all_files(workspace: Workspace) -> list[Path]:
    """Every block, each followed by its second file."""
    return [each.at(workspace, number=number) for number in block_numbers(workspace) for each in (BLOCK, PEERS)]


def write_features(rows: pd.DataFrame, file: TableFile, workspace: Workspace, number: int) -> None:
    """Write the rows of one block to `BLOCK` or `PEERS`.

    Missing numbers stay NaN in the file, because looking for them takes longer than writing all values. Only the keys
    get statistics and only words a dictionary: nothing filters by a feature, and numbers rarely repeat.
    """
    words: Any = [name for name in map(str, rows) if pd.api.types.is_string_dtype(rows[name])]
    columns = {name: pa.array(rows[name] if name in words else rows[name].to_numpy()) for name in map(str, rows)}
    schema = pa.schema([pa.field(name, each.type, nullable=name in words) for name, each in columns.items()])
    file.check(schema)
    with whole_file(file.at(workspace, number=number)) as partial:
        pq.write_table(
            pa.table(columns, schema), partial, use_dictionary=words, write_statistics=KEYS, write_page_checksum=True
        )


def read_features(
    workspace: Workspace, columns: Collection[str] | None = None, filters: Filters | None = None
) -> pd.DataFrame:
    """Rows of all blocks: the keys and all features, or just some `columns`; `filters` may look at the keys."""
    parts = [_read(workspace, number, columns, filters) for number in block_numbers(workspace)]
    return pd.concat(parts, ignore_index=True)


def _read(workspace: Workspace, number: int, columns: Collection[str] | None, filters: Filters | None) -> pd.DataFrame:
    block, peers = (file.require(workspace, number=number) for file in (BLOCK, PEERS))
    for file, path in ((BLOCK, block), (PEERS, peers)):
        file.check_file(path)
    own, among = (pq.read_schema(path).names for path in (block, peers))
    wanted = {block: own, peers: among[len(KEYS) :]}
    if columns is not None:
        wanted = {path: [name for name in names if name in columns] for path, names in wanted.items()}
    parts = [read_table(path, names, filters=filters) for path, names in wanted.items() if names]
    rows = pd.concat(parts, axis=1)
    return rows if columns is None else rows[list(columns)]
