"""The rule module: what the law says of a transaction, worked out and explained, in three-valued logic.

It knows no law: the law is in `corpus/facts.yaml` and `corpus/rules/`. Load once with `load_rules`, then call
`Rules.evaluate` for each transaction.
"""

from assistant.rules.facts import Transaction, TransactionError, Vocabulary, load_vocabulary
from assistant.rules.findings import Finding, Missing, Presumed, missing_of, presumed_of, walk
from assistant.rules.rules import Evaluation, Rules, load_rules
from assistant.rules.truth import Cause, Range, Truth

__all__ = [
    "Cause",
    "Evaluation",
    "Finding",
    "Missing",
    "Presumed",
    "Range",
    "Rules",
    "Transaction",
    "TransactionError",
    "Truth",
    "Vocabulary",
    "load_rules",
    "load_vocabulary",
    "missing_of",
    "presumed_of",
    "walk",
]
