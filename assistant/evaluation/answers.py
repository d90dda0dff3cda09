"""`eval answers`: how often the labelled questions are answered from the right provision, and declined when they must.

The set (`labelled/answers.yaml`) says for each question where the answer stands (`gold`: any of these is right),
or that it must be declined, and to which half it belongs: `dev` is for developing, `held-out` never is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.answer.reply import Reply
from assistant.law import strict_yaml
from assistant.law.instruments import read_day
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError

if TYPE_CHECKING:
    from assistant.desk import Desk

__all__ = ["AnswerScores", "Labelled", "evaluate_answers", "load_labelled"]

LABELLED = Path(__file__).with_name("labelled") / "answers.yaml"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled question. `gold`: locators, any of which is right as the first citation."""

    id: str
    ask: str
    lang: Literal["en", "zh"]
    split: Literal["dev", "held-out"]
    gold: tuple[str, ...]
    decline: bool
    premise: str | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. `rank`: of the first right citation, from 1, or None."""

    labelled: Labelled
    abstained: bool
    rank: int | None
    first: str | None

    @property
    def right(self) -> bool:
        """Declined where it must be; else answered with a right provision among the first three."""
        if self.labelled.decline:
            return self.abstained
        return not self.abstained and self.rank is not None and self.rank <= 3


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """The outcomes of one or both halves."""

    outcomes: tuple[Outcome, ...]

    def as_json(self) -> dict[str, Any]:
        """Shares from 0 to 1 for each half and language."""
        return {name: _shares(some) for name, some in self._groups()}

    def in_words(self, *, misses: bool) -> str:
        """A table, and where asked for every question that went wrong."""
        lines = [f"{'':22} {'asked':>5} {'first right':>11} {'in first 3':>10} {'declined wrongly':>16} {'must decline':>12} {'did':>6}"]  # fmt: skip  # noqa: E501
        for name, some in self._groups():
            s = _shares(some)
            lines.append(
                f"{name:22} {s['answerable']:>5} {s['first']:>11.1%} {s['first_3']:>10.1%} "
                f"{s['declined_wrongly']:>16.1%} {s['must_decline']:>12} {s['declined']:>6.1%}"
            )
        if misses:
            lines += [
                f"{o.labelled.id}: {o.labelled.ask!r} -> {'declined' if o.abstained else o.first} "
                f"(right: {'decline' if o.labelled.decline else ', '.join(o.labelled.gold)}; rank {o.rank})"
                for o in self.outcomes
                if not o.right
            ]
        return "\n".join(lines)

    def _groups(self) -> Iterator[tuple[str, list[Outcome]]]:
        for split in ("dev", "held-out"):
            for lang in ("en", "zh"):
                some = [o for o in self.outcomes if o.labelled.split == split and o.labelled.lang == lang]
                if some:
                    yield f"{split} {lang}", some
        yield "all", list(self.outcomes)


def _shares(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    answerable = [o for o in outcomes if not o.labelled.decline]
    declines = [o for o in outcomes if o.labelled.decline]
    return {
        "answerable": len(answerable),
        "first": _share(o.rank == 1 for o in answerable),
        "first_3": _share(o.right for o in answerable),
        "declined_wrongly": _share(o.abstained for o in answerable),
        "must_decline": len(declines),
        "declined": _share(o.abstained for o in declines),
    }


def _share(hits: Any) -> float:
    found = list(hits)
    return round(sum(found) / len(found), 4) if found else 0.0


def load_labelled(path: Path = LABELLED) -> tuple[Labelled, ...]:
    """Every labelled question. Raises CorpusFileError for an entry that is not complete or an id given twice."""
    document: Mapping[str, Any] = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    out: list[Labelled] = []
    for entry in (*document["questions"], *document["false_premises"]):
        try:
            decline = entry.get("decline") == "true"
            labelled = Labelled(
                id=entry["id"],
                ask=entry["ask"],
                lang=entry["lang"],
                split=entry["split"],
                gold=() if decline else tuple(entry["gold"]),
                decline=decline,
                premise=entry.get("premise"),
                as_of=read_day(entry["as_of"]) if entry.get("as_of") else None,
            )
        except (KeyError, ValueError, TypeError) as error:
            raise CorpusFileError(path, None, f"{entry.get('id', entry)!r} is not complete: {error!r}") from None
        if any(former.id == labelled.id for former in out):
            raise CorpusFileError(path, None, f"the id {labelled.id} stands twice")
        out.append(labelled)
    return tuple(out)


def evaluate_answers(desk: "Desk", split: str | None, *, today: date) -> AnswerScores:
    """Asks every question of the half (None: both) and scores the replies."""
    chosen = [labelled for labelled in load_labelled() if split in (None, labelled.split)]
    outcomes = []
    for labelled in chosen:
        reply = desk.ask(labelled.ask, labelled.as_of or today, dated=labelled.as_of is not None)
        outcomes.append(_outcome(desk, labelled, reply))
    return AnswerScores(tuple(outcomes))


def _outcome(desk: "Desk", labelled: Labelled, reply: Reply) -> Outcome:
    gold = {desk.search.held_at(Locator(path)) or path for path in labelled.gold}
    cited = [correction.pinpoint for correction in reply.corrections]
    cited += [citation.locator for citation in reply.citations if citation.locator not in cited]
    ranks = [
        rank
        for rank, locator in enumerate(cited, 1)
        if any(locator == path or f"{locator}/".startswith(f"{path}/") for path in gold)
    ]
    return Outcome(labelled, reply.abstained, ranks[0] if ranks else None, cited[0] if cited else None)
