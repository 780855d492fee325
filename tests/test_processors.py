"""The same bytes on every processor: BLAS, numpy and the C library are made to behave as on others.

They choose their code by what the processor can do, and environment variables tell them that it can do less. Each
run is another process, as they choose when they are loaded.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from churnrisk.behaviours import files, study
from churnrisk.store.workspace import Workspace

from . import company

AVX512 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
KERNELS = {"Nehalem": {"sse4_2"}, "Haswell": {"avx2", "fma"}, "SkylakeX": AVX512}
"""Kernels of OpenBLAS, one a width of registers, and what a processor must be able to do to run them."""

LATER_STAGES = ("train", "evaluate", "score", "list", "monitor", "book")

LESS_NUMPY = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
LESS_LIBC = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"}

RUN = """
import sys
from pathlib import Path
from churnrisk import params
from churnrisk.behaviours import files, study
from churnrisk.store.workspace import Workspace
from tests import company
workspace = Workspace(Path(sys.argv[1]))
company.run(workspace, *sys.argv[2:])
files.write(study.study(workspace, params.load(workspace.params), (), 0.2), workspace)
"""

# What the variables are for: sums, functions and sorts that do differ by processor.
PROBE = """
import json, math
import numpy as np
x = np.random.default_rng(7).normal(size=100_000)
print(json.dumps({
    "blas": [float(x @ x), np.outer(x[:99], x[:99])[:, :7].T.dot(x[:99]).tolist()],
    "numpy": [float(np.exp(x).sum()), float(np.exp(x.astype("f4")).sum()), np.argsort(x.round()).tolist()],
    "libc": [math.exp(each) for each in x.tolist()],
}))
"""


def abilities() -> set[str]:
    """What this processor can do, as Linux names it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return {flag for line in lines if line.startswith("flags") for flag in line.split(":")[1].split()}


HERE = [name for name, needs in KERNELS.items() if needs <= abilities()]


def python(code: str, *arguments: str, **variables: str) -> str:
    """What another process prints, with these variables."""
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    env = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"} | variables
    done = subprocess.run(command, cwd=company.ROOT, env=env, check=False, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def outputs(workspace: Workspace) -> dict[str, bytes]:
    """Every file that the stages wrote, the truth about the simulated company too."""
    folders = (workspace.data, workspace.models, workspace.reports)
    files = [
        file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "run.json"
    ]
    return {str(file.relative_to(workspace.root)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def expected(small: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small company as this process makes it, with the study of behaviours."""
    workspace = company.copied(small, tmp_path_factory.mktemp("here") / "workspace")
    files.write(study.study(workspace, company.load(workspace), (), 0.2), workspace)
    return workspace


def without_later_stages(workspace: Workspace, folder: Path) -> Workspace:
    """A copy in which the stages from train on, and the study, have not run."""
    made = company.copied(workspace, folder)
    for each in (made.models, made.all_scores, made.history, made.risk_lists, made.reports / "behaviours"):
        shutil.rmtree(each, ignore_errors=True)
    return made


def differing(expected: Workspace, made: Workspace) -> list[str]:
    mine, theirs = outputs(expected), outputs(made)
    assert "models/final/scorer.txt" in mine
    return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


@pytest.mark.parametrize(("kernel", "threads"), [(name, str(1 + index % 2)) for index, name in enumerate(HERE)])
def test_from_train_to_list_under_every_kernel_of_blas(
    expected: Workspace, kernel: str, threads: str, tmp_path: Path
) -> None:
    made = without_later_stages(expected, tmp_path / "workspace")
    python(RUN, str(made.root), *LATER_STAGES, OPENBLAS_CORETYPE=kernel, OMP_NUM_THREADS=threads)
    assert differing(expected, made) == []


def test_the_whole_pipeline_where_numpy_and_the_c_library_can_do_less(expected: Workspace, tmp_path: Path) -> None:
    made = company.make(tmp_path / "workspace")
    shutil.copy(expected.root / "mlflow.db", made.root)  # to make it anew takes seconds
    python(RUN, str(made.root), **LESS_NUMPY, **LESS_LIBC)
    assert differing(expected, made) == []


def test_the_variables_do_what_they_are_here_for(missing) -> None:
    """Otherwise the tests above would compare a processor with itself."""
    if len(HERE) < 3 or platform.libc_ver()[0] != "glibc":
        missing("this processor can't stand in for others: an x86-64 with AVX2 and glibc is needed")
    here = json.loads(python(PROBE))
    for name, variables in (("numpy", LESS_NUMPY), ("libc", LESS_LIBC)):
        assert json.loads(python(PROBE, **variables))[name] != here[name]
    assert len({str(json.loads(python(PROBE, OPENBLAS_CORETYPE=name))["blas"]) for name in HERE}) > 1
