"""The command line: a verb for each stage, and a few more. A module a kind of verb; `shared` is what they use."""

# In the order in which `churnrisk --help` lists their verbs.
from churnrisk.cli.stages import STAGES  # isort: skip
from churnrisk.cli import making, looking, explaining, acting, publishing, watching, weekly  # noqa: F401  # isort: skip
from churnrisk.cli.reference import verbs  # isort: skip
from churnrisk.cli.door import main
from churnrisk.cli.shared import app

__all__ = ["STAGES", "app", "main", "verbs"]
