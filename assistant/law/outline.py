"""Which paragraph a label opens: the nesting of (a), (1), (i), (A) … in a statute or regulation.

A label alone does not say its level: "(i)" is the ninth letter or the first roman numeral, and only what
follows decides. So a whole run of labels is read at once: a reading is right when each label either opens
the first place one level down or follows its predecessor on a level that is open. Where two readings fit
the run to its end, the deeper one is taken, as drafters do.

Conventions: Code of Federal Regulations (1 CFR 21.11): a, 1, i, A. United States Code (House Legislative
Counsel's Manual): a, 1, A, i, I, aa. Executive orders: a, i, A.
"""

from collections.abc import Callable, Sequence
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


def nest(labels: Sequence[str], convention: Sequence[LabelStyle]) -> list[tuple[str, ...]]:
    """The full label path of each label of a section, in order.

    `labels`: the labels as printed, without brackets. `convention`: the style of each level, outermost first.
    Raises UnreadableOutline where no nesting fits.

    >>> nest(["a", "1", "i", "ii", "2", "b"], CFR)[3:]
    [('a', '1', 'ii'), ('a', '2'), ('b',)]
    """
    paths: list[tuple[tuple[str, int], ...]] = []
    untried: list[list[tuple[tuple[str, int], ...]]] = []
    furthest = 0
    while len(paths) < len(labels):
        furthest = max(furthest, len(paths))
        places = _places(labels[len(paths)], paths[-1] if paths else (), convention)
        while not places:
            if not untried:
                raise UnreadableOutline(labels, furthest)
            places = untried.pop()
            paths.pop()
        paths.append(places[0])
        untried.append(places[1:])
    return [tuple(label for label, _ in path) for path in paths]


def _places(
    label: str, open_path: tuple[tuple[str, int], ...], convention: Sequence[LabelStyle]
) -> list[tuple[tuple[str, int], ...]]:
    """The paths that `label` may have after `open_path`, deepest first."""
    places = []
    if len(open_path) < len(convention) and _ORDINALS[convention[len(open_path)]](label) == 1:
        places.append((*open_path, (label, 1)))
    for depth in range(len(open_path), 0, -1):
        ordinal = _ORDINALS[convention[depth - 1]](label)
        if ordinal is not None and ordinal == open_path[depth - 1][1] + 1:
            places.append((*open_path[: depth - 1], (label, ordinal)))
    return places
