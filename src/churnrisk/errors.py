"""Errors that a user can fix: one class for each exit code, and one form of message: found, where, allowed, fix."""

import errno
import os
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

_KEY = r"[\w-]{0,40}(?:passw(?:or)?d|pwd|token|secret|credential|signature|(?:api|access)[_-]?key)[\w-]{0,40}"
"""The name of a setting that holds a secret, such as PGPASSWORD; bounded, or a long text would take long."""

_CREDENTIALS = re.compile(
    rf"""(?<=://)[^\s/'"]+@"""
    rf"""|(\b{_KEY}['"]?\s*=\s*)(?:'[^']*'|"[^"]*"|[^\s&;,'")]+)"""
    rf"""|(['"]{_KEY}['"]\s*:\s*)(?:'[^']*'|"[^"]*")""",
    re.I,
)
"""Credentials of an address; what a setting is set to; and the same in JSON or a Python dict. Errors of libraries quote
all of these, and end up in logs.
"""


def without_secrets(text: str) -> str:
    """A text with the credentials of addresses and connection strings blotted out.

    >>> without_secrets("GET http://ana:hunter2@host:5000/api?token=abc&page=2 refused")
    'GET http://***@host:5000/api?token=***&page=2 refused'
    """
    return _CREDENTIALS.sub(lambda found: f"{name}***" if (name := found[1] or found[2]) else "***@", text)


def printable(text: str) -> str:
    """A text whose control characters and direction marks are written out, so that a terminal obeys none.

    A customer's name can hold an escape sequence that clears the screen, or a mark that reverses the rest of a line.

    >>> print(printable("Ana\\x1b[2J \\u202eofni"))
    Ana\\x1b[2J \\u202eofni
    """
    return _COMMANDS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters other than tab and line feed, and Unicode's marks that change the direction of writing."""


class ChurnriskError(Exception):
    """Base of every error that a user can fix; the command line prints it without a traceback.

    >>> print(ParamsError("horizon_days is -5", where="params.yaml, churn", allowed="1 or more", fix="set 90"))
    params.yaml, churn: horizon_days is -5. Allowed: 1 or more. Fix: set 90.
    """

    exit_code = 1

    def __init__(self, found: str, *, where: str, allowed: str = "", fix: str = "") -> None:
        allowed = f" Allowed: {allowed}." if allowed else ""
        fix = f" Fix: {fix}." if fix else ""
        super().__init__(printable(without_secrets(f"{where}: {found}.{allowed}{fix}")))

    def __reduce__(self) -> "tuple[Callable[..., ChurnriskError], tuple[type[ChurnriskError], str]]":
        """Pickle by its text, because a worker process can't call the constructor with the parts of the message."""
        return _in_these_words, (type(self), str(self))


def _in_these_words(kind: type[ChurnriskError], words: str) -> ChurnriskError:
    error = kind.__new__(kind)
    error.args = (words,)
    return error


class ParamsError(ChurnriskError):
    """The call or `params.yaml` is wrong."""

    exit_code = 2


class SourceError(ChurnriskError):
    """A source can't be read, or a query fails."""

    exit_code = 3


class ContractError(ChurnriskError):
    """A table breaks the contract."""

    exit_code = 4


class StaleFeedError(ChurnriskError):
    """A feed is late, incomplete or broken, or does not cover the date of the list."""

    exit_code = 5


class ModelError(ChurnriskError):
    """A model can't be trained, loaded or applied."""

    exit_code = 6


class LockedError(ChurnriskError):
    """Another run is under way in the workspace."""

    exit_code = 7


_NO_ROOM = "free some disk space, or raise the limit on the size of files"
_FIXES = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EACCES: "give this user leave to read and write it",
    errno.EPERM: "give this user leave to read and write it",
    errno.EROFS: "make the file system writable, or use another folder",
    errno.EIO: "check the disk or network drive that holds it, then run again",
    errno.ESTALE: "check the disk or network drive that holds it, then run again",
    errno.ENXIO: "check the disk or network drive that holds it, then run again",
    errno.EMFILE: "raise the limit on open files (`ulimit -n`)",
    errno.ENFILE: "raise the limit on open files (`ulimit -n`)",
    errno.ENAMETOOLONG: "move the workspace to a shorter path",
    errno.EEXIST: "move what is in its place elsewhere",
    errno.ENOTDIR: "move what is in its place elsewhere",
    errno.EISDIR: "move what is in its place elsewhere",
    errno.ENOTEMPTY: "move what is in its place elsewhere",
}


def fix_of(error: OSError) -> str:
    """What to do about an error of the operating system.

    >>> fix_of(OSError(errno.EROFS, "Read-only file system"))
    'make the file system writable, or use another folder'
    """
    return _FIXES.get(error.errno or 0, "see whether the file and its folder can be read and written")


class OperatingSystemError(ChurnriskError):
    """The operating system can't do what it was asked for.

    >>> print(OperatingSystemError.of(OSError(errno.ENOSPC, "No space left on device", "data/a.parquet")))
    data/a.parquet: No space left on device. Fix: free some disk space, or raise the limit on the size of files.
    """

    @classmethod
    def of(cls, error: OSError) -> "OperatingSystemError":
        """The error in our form."""
        # pyarrow writes its own sentence, number included, where others have the operating system's.
        found = os.strerror(error.errno) if error.errno else str(error)
        return cls(found, where=str(error.filename or "a file or connection"), fix=fix_of(error))


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """The fix for a misspelt word: its nearest allowed neighbour, or nothing.

    >>> did_you_mean("horizn_days", ["lead_days", "horizon_days"])
    "did you mean 'horizon_days'?"
    """
    near = get_close_matches(word, list(allowed), n=1)
    return f"did you mean '{near[0]}'?" if near else ""
