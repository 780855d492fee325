"""A company with 20 million rows of usage, as its contract tables lie after `conform`; made once, from a seed."""

import hashlib
import shutil
from pathlib import Path

import yaml

from churnrisk.params import load
from churnrisk.stages import conform, pull
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "build" / "benchmarks"
ACCOUNTS, WEEKS, SEED = 20_600, 104, 7
_MADE_BY = ("src/churnrisk/simulator", "src/churnrisk/contract", "src/churnrisk/sources", "queries")


def large_company() -> Workspace:
    """The workspace with its tables. What a run before made is used again, unless what makes it has changed."""
    workspace = Workspace(CACHE / f"company-{_made_by()}")
    workspace.data.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "queries", workspace.queries, dirs_exist_ok=True)
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    content["source"]["simulator"] = {"accounts": ACCOUNTS, "start": "2024-01-01", "weeks": WEEKS, "seed": SEED}
    workspace.params.write_text(yaml.safe_dump(content), encoding="utf-8")
    if not workspace.tables.exists():
        params = load(workspace.params)
        pull.run(workspace, params)
        conform.run(workspace, params)
        for folder in (workspace.raw, workspace.root / params.source.folder):
            shutil.rmtree(folder)
    return workspace


def _made_by() -> str:
    digest = hashlib.sha256(repr((ACCOUNTS, WEEKS, SEED)).encode())
    for folder in _MADE_BY:
        for file in sorted([*(ROOT / folder).glob("*.py"), *(ROOT / folder).glob("*.sql")]):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
