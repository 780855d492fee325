"""What can be said of an account: a declaration a fact, with the features that it stands for and its words.

`fact` says what a fact is, `account` what its forms see, `catalogue` names all of them, `company` is
what the whole company did in the same weeks. All others are facts, a module or two each kind.
"""

from churnrisk.facts.account import Account
from churnrisk.facts.fact import Fact, Form, Particular, particular

__all__ = ["Account", "Fact", "Form", "Particular", "particular"]
