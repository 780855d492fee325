"""Notebooks against what the stages write: each runs from end to end, and what is committed is free of outputs."""

from pathlib import Path

import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from .company import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FEWEST_PICTURES = 5


def named(path: Path) -> str:
    return path.stem


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def here(tmp_path, monkeypatch, small) -> AsyncKernelManager:
    """A kernel of the very Python that runs the tests, with nobody's settings, looking at the small company."""
    monkeypatch.setenv("CHURNRISK_WORKSPACE", str(small.root))
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_committed_notebook_carries_no_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert not [cell.id for cell in code_cells(notebook) if cell.outputs or cell.execution_count or cell.metadata]
