"""Where a command begins and ends: errors become one line and an exit code, and no output does harm."""

import os
import re
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape

from churnrisk.cli.shared import app
from churnrisk.errors import ChurnriskError, OperatingSystemError, ParamsError, printable, without_secrets

_COLOUR = re.compile("(\x1b\\[[0-9;]*m)")
"""What Rich writes to a terminal that has colours, and only then."""


class _Harmless:
    """A stream that writes no credentials, nothing that a terminal obeys but colours, and nothing that it can't write.

    It wraps the whole process's output, because warnings and tracebacks of libraries may quote a connection string or a
    customer's name.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        parts = _COLOUR.split(without_secrets(text))
        harmless = "".join(part if number % 2 else printable(part) for number, part in enumerate(parts))
        encoding = self._stream.encoding or "utf-8"
        return int(self._stream.write(harmless.encode(encoding, "backslashreplace").decode(encoding)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def main() -> None:
    """Run the command line; an error that a user can fix becomes one line on standard error and an exit code."""
    sys.stdout, sys.stderr = (_Harmless(stream) for stream in (sys.stdout, sys.stderr))
    try:
        _require_docstrings()
        app()
    except ChurnriskError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has had enough. What is still buffered would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    # A full disk or a missing permission is not raised by our code, but it is for the user to fix.
    except OSError as error:
        _fail(str(OperatingSystemError.of(error)), 1)


def _require_docstrings() -> None:
    if sys.flags.optimize > 1:
        raise ParamsError(
            "Python leaves docstrings out, from which features have their meaning and verbs their help",
            where="PYTHONOPTIMIZE",
            allowed="0 or 1",
            fix="unset it",
        )


def _fail(message: str, code: int) -> None:
    # Not wrapped, so that a path can be copied from a narrow terminal.
    Console(stderr=True, soft_wrap=True).print(f"[bold red]churnrisk:[/] {escape(message)}", highlight=False)
    sys.exit(code)
