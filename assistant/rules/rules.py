"""A rule pack at work: a transaction in, a verdict with its findings out.

The verdict on a dealing is one row of the pack's table; the verdict on a transaction is the gravest of its dealings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.law.strict_yaml import CorpusFileError
from assistant.rules.engine import Case, Thing
from assistant.rules.facts import Transaction, Vocabulary, load_vocabulary
from assistant.rules.findings import Finding, Label, Missing, Presumed, missing_of, presumed_of
from assistant.rules.packs import Pack, Row, load_pack
from assistant.rules.truth import Truth

__all__ = ["Evaluation", "Outcome", "Rules", "load_rules"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one dealing: the row that fits and the findings that it rests on."""

    dealing: str
    verdict: str
    row: Row
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Evaluation:
    """The verdict on a transaction, and what it rests on. `outcomes`: one a dealing, in order."""

    pack: Pack
    case: Case
    verdict: str
    outcomes: tuple[Outcome, ...]

    @property
    def deciding(self) -> tuple[Outcome, ...]:
        """The outcomes whose verdict is that of the whole."""
        return tuple(o for o in self.outcomes if o.verdict == self.verdict)

    def missing(self) -> dict[str, Missing]:
        """The facts that could change an undetermined verdict, by path; none of a definite one."""
        out: dict[str, Missing] = {}
        for outcome in self.deciding if self.verdict == UNDETERMINED else ():
            for finding in outcome.findings:
                for path, missing in missing_of(finding).items():
                    out.setdefault(path, missing)
        return out

    def presumed(self) -> dict[str, Presumed]:
        """What the verdict leans on that nobody told, by path."""
        out: dict[str, Presumed] = {}
        for outcome in self._leaned_on():
            for finding in outcome.findings:
                for path, presumed in presumed_of(finding).items():
                    out.setdefault(path, presumed)
        return out

    def _leaned_on(self) -> tuple[Outcome, ...]:
        """A gravest verdict needs only the dealing that has it; any other needs all the dealings."""
        if self.verdict == self.pack.gravest[0]:
            return self.deciding[:1]
        return self.outcomes

    def find(self, name: str, of: str) -> Finding:
        """The named finding of a party, a set of data or specimens, or `dealings.N`.

        Raises KeyError where there is no such finding or thing.
        """
        kind = self.pack.kinds[name]
        things: Mapping[str, Thing] = {
            "party": self.case.parties,
            "data": self.case.data,
            "specimens": self.case.specimens,
            "dealing": {d.name: d for d in self.case.dealings},
        }[kind]
        thing = things[of]
        return self.case.find(name, self.case.party(of) or thing if kind == "party" else thing)


UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Rules:
    """The facts vocabulary and one rule pack."""

    vocabulary: Vocabulary
    pack: Pack

    def read(self, document: Any, as_of: date) -> Transaction:
        """The transaction that a document says; `as_of` where it gives no day. Raises TransactionError."""
        return self.vocabulary.read(document, as_of)

    def evaluate(self, transaction: Transaction, *, presume: bool = True) -> Evaluation:
        """The verdict on the transaction. Without `presume`, what would be presumed is missing."""
        pack = self.pack
        case = Case(transaction, pack.findings, pack.values_on(transaction.as_of), presume=presume)
        outcomes = tuple(_outcome(pack, case, dealing) for dealing in case.dealings)
        found = {outcome.verdict for outcome in outcomes}
        verdict = next((v for v in pack.gravest if v in found), None)
        if verdict is None:
            verdict = UNDETERMINED if _touched(transaction) else pack.gravest[-1]
            outcomes = (_no_dealing(self),) if verdict == UNDETERMINED else ()
        return Evaluation(pack, case, verdict, outcomes)


def _touched(transaction: Transaction) -> bool:
    """Whether a transaction without dealings tells enough to ask for them."""
    return bool(transaction.parties or transaction.data or transaction.specimens)


def _no_dealing(rules: Rules) -> Outcome:
    from assistant.rules.engine import missing_fact

    fact = rules.vocabulary.facts["dealings"]
    leaf = missing_fact(Label("", fact.pinpoint, fact=fact), "", fact.path)
    return Outcome("", UNDETERMINED, Row((), UNDETERMINED), (leaf,))


def _outcome(pack: Pack, case: Case, dealing: Thing) -> Outcome:
    """The first row that fits, with the findings of the columns it looks at.

    A column is worked out only when a row that could still fit looks at it.
    """
    found: dict[int, Finding] = {}
    looked: set[int] = set()
    for row in pack.rows:
        fits = True
        for place, wanted in enumerate(row.when):
            if wanted is None:
                continue
            if place not in found:
                found[place] = case.find(pack.columns[place], dealing)
            if found[place].truth is not wanted:
                looked.add(place)
                fits = False
                break
        if fits:
            looked |= {place for place, wanted in enumerate(row.when) if wanted is not None}
            used = tuple(found[place] for place in sorted(looked))
            if row.verdict == UNDETERMINED:
                used = tuple(
                    found.get(place) or case.find(pack.columns[place], dealing)
                    for place, wanted in enumerate(row.when)
                    if place in looked or wanted is None
                )
            return Outcome(dealing.name, row.verdict, row, used)
    raise AssertionError("the table is exhaustive")


def load_rules(corpus: Path, pack: str) -> Rules:
    """The vocabulary and the pack of that name in the folder `corpus`. Raises CorpusFileError."""
    path = corpus / "rules" / f"{pack}.yaml"
    if not path.is_file():
        raise CorpusFileError(path, None, "no such rule pack")
    vocabulary = load_vocabulary(corpus / "facts.yaml")
    return Rules(vocabulary, load_pack(path, vocabulary))


_ = Truth
