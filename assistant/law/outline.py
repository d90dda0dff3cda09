"""Which paragraph a label opens: the nesting of (a), (1), (i), (A) … in a statute or regulation.

A label alone does not say its level: "(i)" is the ninth letter or the first roman numeral, and only what
follows decides. So a whole run of labels is read at once: a reading is right when each label either opens
the first place one level down or follows its predecessor on a level that is open. Where several readings fit
the run to its end, the one is taken that leaves the fewest paragraphs alone on their level, for drafters divide
nothing into a single part; of those, the deeper.

Conventions: Code of Federal Regulations (1 CFR 21.11): a, 1, i, A. United States Code (House Legislative
Counsel's Manual): a, 1, A, i, I, aa. Executive orders: a, i, A.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.law.numerals import from_roman

__all__ = ["CFR", "EXECUTIVE_ORDER", "UNITED_STATES_CODE", "LabelStyle", "UnreadableOutline", "nest"]

LabelStyle = Literal["letter", "number", "roman", "LETTER", "ROMAN", "double_letter"]

CFR: tuple[LabelStyle, ...] = ("letter", "number", "roman", "LETTER", "number", "roman")
UNITED_STATES_CODE: tuple[LabelStyle, ...] = ("letter", "number", "LETTER", "roman", "ROMAN", "double_letter")
EXECUTIVE_ORDER: tuple[LabelStyle, ...] = ("letter", "roman", "LETTER", "number")


class UnreadableOutline(ValueError):
    """No nesting fits a run of labels. `label` is the first that cannot be placed, `position` its index."""

    def __init__(self, labels: Sequence[str], position: int) -> None:
        self.label, self.position = labels[position], position
        before = " ".join(f"({label})" for label in labels[max(0, position - 4) : position])
        super().__init__(
            f"({self.label}) is at no place in the outline after {before or 'the start'}: "
            "a paragraph before it is missing or mislabelled"
        )


def _letter(label: str) -> int | None:
    """1 for a, 26 for z, 27 for aa, 28 for bb, as statutes go on after z."""
    if label and len(set(label)) == 1 and "a" <= label[0] <= "z":
        return ord(label[0]) - 96 + 26 * (len(label) - 1)
    return None


def _number(label: str) -> int | None:
    return int(label) if label.isascii() and label.isdigit() else None


_ORDINALS: dict[LabelStyle, Callable[[str], int | None]] = {
    "letter": _letter,
    "number": _number,
    "roman": from_roman,
    "LETTER": lambda label: _letter(label.lower()) if label.isupper() else None,
    "ROMAN": lambda label: from_roman(label.lower()) if label.isupper() else None,
    "double_letter": lambda label: _letter(label[0]) if len(label) == 2 and len(set(label)) == 1 else None,
}
assert set(_ORDINALS) == set(get_args(LabelStyle))


_Path = tuple[tuple[str, int], ...]
"""The labels from the outermost level down to a paragraph, each with its place on its level, from 1."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One nesting of the labels read so far. `alone`: how many levels closed with one paragraph only."""

    alone: int
    paths: tuple[_Path, ...]

    def rank(self) -> tuple[int, list[int]]:
        """Lower is better."""
        return self.alone, [-len(path) for path in self.paths]


def nest(labels: Sequence[str], convention: Sequence[LabelStyle]) -> list[tuple[str, ...]]:
    """The full label path of each label of a section, in order.

    `labels`: the labels as printed, without brackets. `convention`: the style of each level, outermost first.
    Raises UnreadableOutline where no nesting fits.

    >>> nest(["a", "1", "i", "ii", "2", "b"], CFR)[3:]
    [('a', '1', 'ii'), ('a', '2'), ('b',)]
    """
    best: dict[_Path, _Reading] = {(): _Reading(0, ())}
    for position, label in enumerate(labels):
        longer: dict[_Path, _Reading] = {}
        for open_path, reading in best.items():
            for place in _places(label, open_path, convention):
                alone = reading.alone + _alone(open_path[len(place) :])
                candidate = _Reading(alone, (*reading.paths, place))
                if place not in longer or candidate.rank() < longer[place].rank():
                    longer[place] = candidate
        if not longer:
            raise UnreadableOutline(labels, position)
        best = longer
    whole = [_Reading(reading.alone + _alone(path), reading.paths) for path, reading in best.items()]
    return [tuple(label for label, _ in path) for path in min(whole, key=_Reading.rank).paths]


def _alone(closed: _Path) -> int:
    """How many of the levels that close held one paragraph only."""
    return sum(ordinal == 1 for _, ordinal in closed)


def _places(label: str, open_path: _Path, convention: Sequence[LabelStyle]) -> list[_Path]:
    """The paths that `label` may have after `open_path`."""
    places = []
    if len(open_path) < len(convention) and _ORDINALS[convention[len(open_path)]](label) == 1:
        places.append((*open_path, (label, 1)))
    for depth in range(len(open_path), 0, -1):
        ordinal = _ORDINALS[convention[depth - 1]](label)
        if ordinal is not None and ordinal == open_path[depth - 1][1] + 1:
            places.append((*open_path[: depth - 1], (label, ordinal)))
    return places
