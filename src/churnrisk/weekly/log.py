"""What a weekly run did: a line of JSON a step in a log, and on a terminal a line with the time that it takes."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from churnrisk.errors import ChurnriskError
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.view import FOLDER

RUN = "weekly"
"""The line that ends a run, however it ends; a run without it was cut off."""

Line = dict[str, Any]


@dataclass(frozen=True)
class Log:
    """Appends to `data/weekly/log.jsonl`, the one file in which a weekly run writes the time of day."""

    workspace: Workspace
    console: Console

    def say(self, sentence: str) -> None:
        """Tell whoever watches, or reads the scheduler's mail."""
        self.console.print(sentence, markup=False, highlight=False)

    def cut_off(self) -> str:
        """What the run before had done when it was cut off, in a sentence; empty where it ended, or there was none."""
        done: list[Line] = []
        for line in self._lines():
            done = [] if line["step"] == RUN else [*done, line]
        if not done:
            return ""
        steps = ", ".join(_named(each["step"], each["as_of"]) for each in done)
        lists = [each["as_of"] for each in done if each["step"] == "list"]
        out = f"; it had published the list of {', '.join(lists)}" if lists else ""
        return f"the run before was cut off. Done already: {steps}{out}. Only what has changed since is read"

    @contextmanager
    def run(self) -> Iterator[None]:
        """A whole run, whose end is written where it is not cut off."""
        began, code = time.monotonic(), 1
        try:
            yield
            code = 0
        except ChurnriskError as error:
            code = error.exit_code
            raise
        finally:
            self._write(RUN, None, code, time.monotonic() - began)

    @contextmanager
    def step(self, name: str, as_of: object = None) -> Iterator[None]:
        """One step, of one date where it is given; its line is written however the step ends."""
        began, code = time.monotonic(), 1
        try:
            with self.console.status(_named(name, as_of)):
                yield
            code = 0
        except ChurnriskError as error:
            code = error.exit_code
            raise
        finally:
            self._write(name, as_of, code, time.monotonic() - began)

    def _write(self, name: str, as_of: object, code: int, seconds: float) -> None:
        line = {
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "step": name,
            "as_of": None if as_of is None else str(as_of),
            "seconds": round(seconds, 3),
            "exit_code": code,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # A run that was killed may have left a part of a line.
        ends = not self._file.exists() or self._file.read_bytes()[-1:] in (b"", b"\n")
        with self._file.open("a", encoding="utf-8") as log:
            log.write(("" if ends else "\n") + json.dumps(line) + "\n")

    @property
    def _file(self) -> Path:
        return self.workspace.root / FOLDER / "log.jsonl"

    def _lines(self) -> Iterator[Line]:
        """Every whole line, in order."""
        text = self._file.read_text(encoding="utf-8", errors="replace") if self._file.exists() else ""
        for each in text.splitlines():
            with suppress(ValueError):
                yield json.loads(each)


def _named(step: str, as_of: object) -> str:
    return step if as_of is None else f"{step} of {as_of}"
