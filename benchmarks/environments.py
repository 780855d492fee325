"""Virtual environments of the peers, which need other packages than churnrisk; each is made the first time."""

import subprocess
import sys
from pathlib import Path

from benchmarks.large import CACHE, ROOT

PEERS = ROOT / "benchmarks" / "peers"


def environment(name: str, requirements: str) -> Path:
    """The Python of an environment that has the packages of a file of `benchmarks/peers`, and is made anew with it."""
    home, wanted = CACHE / name, (PEERS / requirements).read_text(encoding="utf-8")
    python, ready = home / "bin" / "python", home / "ready.txt"
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        called = [str(python), "-m", "pip", "install", "--quiet", "-r", str(PEERS / requirements)]
        subprocess.run(called, check=True, stdout=sys.stderr)
        ready.write_text(wanted, encoding="utf-8")
    return python


def version(python: Path, package: str) -> str:
    """Of a package in the environment of a Python."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([str(python), "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
