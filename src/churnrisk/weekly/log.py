"""What a weekly run did: a line of JSON a step in a log, and on a terminal a line with the time that it takes."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console

from churnrisk.errors import ChurnriskError
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.view import FOLDER


@dataclass(frozen=True)
class Log:
    """Appends to `data/weekly/log.jsonl`, the one file in which a weekly run writes the time of day."""

    workspace: Workspace
    console: Console

    def say(self, sentence: str) -> None:
        """Tell whoever watches, or reads the scheduler's mail."""
        self.console.print(sentence, markup=False, highlight=False)

    @contextmanager
    def step(self, name: str, as_of: object = None) -> Iterator[None]:
        """One step, of one date where it is given; its line is written however the step ends."""
        of = "" if as_of is None else f" of {as_of}"
        began, code = time.monotonic(), 1
        try:
            with self.console.status(f"{name}{of}"):
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
        file = self.workspace.root / FOLDER / "log.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
