"""Where a command begins and ends: errors become one line and an exit code, and no output does harm."""

import os
import re
import signal
import sys
from typing import Any, NoReturn

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


class _Ended(BaseException):
    """Ctrl-C or a polite kill. Not an Exception, which libraries catch, and not KeyboardInterrupt, which typer does."""

    def __init__(self, number: int) -> None:
        self.number = number


def _end(number: int, _: object) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # a second one would interrupt the clearing away of what is half-written
    raise _Ended(number)


_SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "ended from outside"}


def main() -> None:
    """Run the command line; an error that a user can fix becomes one line on standard error and an exit code.

    So does Ctrl-C (130) and SIGTERM (143), as shells and schedulers know them: 128 and the signal's number.
    """
    sys.stdout, sys.stderr = (_Harmless(stream) for stream in (sys.stdout, sys.stderr))
    for each in _SIGNALS:
        # A shell starts jobs in the background with SIGINT ignored, and means it.
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _end)
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
    except _Ended as ended:
        found = _SIGNALS[signal.Signals(ended.number)]
        _fail(f"{found}; nothing is half-written, and the same command begins this step anew", 128 + ended.number)


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
