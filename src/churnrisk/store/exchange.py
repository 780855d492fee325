"""Two folders change places in one step, where the operating system and the file system can."""

import ctypes
import os
import sys
from pathlib import Path

_HERE = -100
"""AT_FDCWD of Linux: relative paths start at the current folder."""

_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux's renameat2, and RENAME_SWAP of macOS's renamex_np."""


def exchange(one: Path, other: Path) -> bool:
    """Let two folders of one file system change places; False, and nothing changed, where that can't be done at once.

    Python has no call for it. Not every file system has it either: network drives often don't.
    """
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(*paths, _EXCHANGE)
        else:
            failed = library.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE)
    except AttributeError:
        return False
    return bool(failed == 0)
