"""Verbs of the command line, each in a process of its own as users call them, or in the one that is running."""

import contextlib
import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from churnrisk.cli import main

CHURNRISK = Path(sys.executable).parent / "churnrisk"

Ended = tuple[int, str, str]
"""Exit code, output and errors."""


def call(*words: str) -> Ended:
    """The verb in this process: another one takes two to four seconds for its imports alone."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with _command_line(words), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def call_apart(*words: str) -> Ended:
    """The verb in a process of its own."""
    done = subprocess.run([CHURNRISK, *words], capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


@contextlib.contextmanager
def _command_line(words: tuple[str, ...]):
    """The words where a verb looks for them; what it does to signals is undone."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["churnrisk", *words])
        yield
    for number, handler in before.items():
        signal.signal(number, handler)
