"""Notebooks against what the stages write: each runs from end to end, and what is committed is free of outputs."""

from pathlib import Path

import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from churnrisk.cli import STAGES
from churnrisk.model.risk_model import RiskModel
from churnrisk.store.workspace import Workspace

from . import company
from .company import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FEWEST_PICTURES = 5

KINDS = {  # of churn, and the params that a company of each has on top of the small one's
    "logo": {},
    # Few of the simulated accounts fall silent, so this list is empty, with a warning.
    "inactivity": {"churn": {"kind": "inactivity", "inactive_days": 28, "lead_days": 0}},
}


FROM_SNAPSHOT = list(STAGES)[list(STAGES).index("snapshot") :]


def named(path: Path) -> str:
    return path.stem


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module", params=KINDS)
def looked_at(request, small, tmp_path_factory) -> Workspace:
    """A small company for each kind of churn."""
    if not KINDS[request.param]:
        return small
    workspace = company.begun(small, tmp_path_factory.mktemp(request.param), KINDS[request.param])
    company.run(workspace, *FROM_SNAPSHOT)
    return workspace


@pytest.fixture
def here(tmp_path, monkeypatch, looked_at) -> AsyncKernelManager:
    """A kernel of the very Python that runs the tests, with nobody's settings, looking at a small company."""
    monkeypatch.setenv("CHURNRISK_WORKSPACE", str(looked_at.root))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    # Without folders of kernels to look in, there is only the running interpreter's own.
    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_runs_without_errors_or_warnings_and_draws(path, here):
    notebook = read(path)
    NotebookClient(notebook, km=here, timeout=60, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert not [output["text"] for output in outputs if output.get("name") == "stderr"]
    drawn = sum("image/png" in output.get("data", {}) for output in outputs)
    assert drawn == sum(cell.source.count("plt.show()") for cell in code_cells(notebook)) >= FEWEST_PICTURES


def test_two_experiments_stand_side_by_side(small, tmp_path, monkeypatch):
    """A copy of the company is trained again with another setting: both trainings are read from its store."""
    workspace = company.copied(small, tmp_path / "workspace")
    before = RiskModel.load(workspace.models / "final").lineage
    params = company.load(workspace)
    other = params.model_copy(update={"train": params.train.model_copy(update={"max_trees": 5})})
    company.run(workspace, "train", "evaluate", settings=other)
    after = RiskModel.load(workspace.models / "final").lineage
    monkeypatch.setenv("CHURNRISK_WORKSPACE", str(workspace.root))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    path = ROOT / "notebooks" / "compare_experiments.ipynb"
    notebook = read(path)
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    NotebookClient(notebook, km=kernel, timeout=60, resources={"metadata": {"path": str(path.parent)}}).execute()
    printed = "".join(output.get("text", "") for cell in code_cells(notebook) for output in cell.outputs)
    assert before != after
    assert f"{before} (earlier) against {after} (later)" in printed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_committed_notebook_carries_no_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count or cell.metadata]
