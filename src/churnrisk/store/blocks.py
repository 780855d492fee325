"""Features of all snapshots as they lie in a workspace: blocks of accounts, a file each.

Beside each block lies one, row by row the same, with what can be told only when all accounts of a date are there.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from churnrisk.store.workspace import Workspace, read_table, require, whole_file

KEYS = ["account_id", "as_of"]
"""What a row of features, or of labels, is one each of."""


def block_file(folder: Path, number: int) -> Path:
    """What can be told of each account of a block by itself."""
    return folder / f"block-{number:04d}.parquet"


def peers_file(block: Path) -> Path:
    """How each account of the block stands beside its peers."""
    return block.with_name(block.name.replace("block", "peers"))


def block_files(folder: Path) -> list[Path]:
    """The blocks in a folder of features, in order of accounts; raise SourceError where there are none."""
    require(block_file(folder, 0))
    return sorted(folder.glob("block-*.parquet"))


def all_files(folder: Path) -> list[Path]:
    """All that is known of the snapshots: every block, and what lies beside it."""
    return [file for block in block_files(folder) for file in (block, peers_file(block))]


def write_features(rows: pd.DataFrame, file: Path) -> None:
    """One file. What is missing among numbers stays NaN, as to look for it takes longer than to write them."""
    words: Any = [name for name in map(str, rows) if pd.api.types.is_string_dtype(rows[name])]
    columns = {name: pa.array(rows[name] if name in words else rows[name].to_numpy()) for name in map(str, rows)}
    schema = pa.schema([pa.field(name, each.type, nullable=name in words) for name, each in columns.items()])
    with whole_file(file) as partial:
        pq.write_table(pa.table(columns, schema), partial, use_dictionary=words, write_statistics=KEYS)


def read_features(
    workspace: Workspace, columns: Collection[str] | None = None, filters: list[tuple[str, str, Any]] | None = None
) -> pd.DataFrame:
    """Rows of all blocks: the keys and all features, or just some `columns`; `filters` may look at the keys."""
    parts = [_read(block, columns, filters) for block in block_files(workspace.features)]
    return pd.concat(parts, ignore_index=True)


def _read(block: Path, columns: Collection[str] | None, filters: list[tuple[str, str, Any]] | None) -> pd.DataFrame:
    require(peers_file(block))
    own, among = (pq.read_schema(file).names for file in (block, peers_file(block)))
    wanted = {block: own, peers_file(block): among[len(KEYS) :]}
    if columns is not None:
        wanted = {file: [name for name in names if name in columns] for file, names in wanted.items()}
    parts = [read_table(file, names, filters=filters) for file, names in wanted.items() if names]
    rows = pd.concat(parts, axis=1)
    return rows if columns is None else rows[list(columns)]
