"""One section of the United States Code as plain text, as it is copied from uscode.house.gov.

A first line "15 U.S.C. 9901. Heading" names the section; then a line a paragraph, each behind its label.
Labels nest a, 1, A, i, I, aa (House Legislative Counsel's Manual on Drafting Style), read by
`assistant.law.outline`. Headings are printed without a mark between them and the words that follow.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.law.outline import UNITED_STATES_CODE, UnreadableOutline, nest
from assistant.law.provisions import Locator, Provision
from ingest.parsed import ParsedText, UnreadableText

__all__ = ["is_us_code", "parse_us_code"]

_HEAD = re.compile(r"\ufeff?(\d+) U\.S\.C\. (?:§ ?)?(\d[\w–—-]*)\. +(\S.*)")
_LABEL = re.compile(r"\((\w{1,4})\)\s*")
_CREDIT = re.compile(r"\((?:Added )?(?:Pub\. L\.|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}, ch\.)")
_NOTES = re.compile(r"(?:Editorial Notes|Statutory Notes and Related Subsidiaries|Historical and Revision Notes)$")
_OPENERS = frozenset(
    "The A An Any Each Every No Nothing Notwithstanding Not In If For This These Those Such Upon When Whenever "
    "Where Whoever Except Subject It There Unless After Before Beginning Until Within To".split()
)
"""Words that begin a sentence; inside a heading they stand in small letters."""
_HEADING = re.compile(r"[A-Z][\w’'-]*(?: [\w’'-]+){0,11}")


def is_us_code(head: bytes | str) -> bool:
    """Whether a file that begins with `head` (UTF-8) is a section of the United States Code as read here."""
    text = head if isinstance(head, str) else head.decode("utf-8", errors="ignore")
    return _HEAD.match(text.lstrip()) is not None


def parse_us_code(text: str) -> ParsedText:
    """Every provision of one section; its path comes from the first line.

    A provision's text holds all its words, a heading among them. `heading` is set where it can be told from the
    words behind it: it stands alone above deeper paragraphs, or a word that opens a sentence follows it; else "".
    `notes["source"]`: the source credit; `notes["notes"]`: what follows it. Raises UnreadableText where the first
    line names no section, a label fits nowhere, or an unlabelled paragraph follows a labelled one.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    head = _HEAD.fullmatch(lines[0]) if lines else None
    if head is None:
        raise UnreadableText("line 1", 'names no section: write it as "15 U.S.C. 9901. Heading"')
    title, number, heading = head.groups()
    number = re.sub("[–—]", "-", number)
    path = Locator(f"us/usc/{title}/{number}")
    end = next((i for i, line in enumerate(lines) if i and (_CREDIT.match(line) or _NOTES.match(line))), len(lines))
    own: list[str] = []
    opened: list[tuple[str, str]] = []
    for line in lines[1:end]:
        labels, words = _labels(line)
        if labels:
            opened += [(label, "") for label in labels[:-1]] + [(labels[-1], words)]
        elif opened:
            raise UnreadableText(path, f"an unlabelled paragraph after ({opened[-1][0]}): {words[:60]}")
        else:
            own.append(words)
    section = Provision(path, "section", "\n\n".join(own), label=f"§ {number}", heading=heading)
    provisions = [section, *_paragraphs(opened, path, heading)]
    numbered = tuple(replace(provision, order=place) for place, provision in enumerate(provisions))
    return ParsedText(lines[0].lstrip("\ufeff"), numbered, _notes(lines[end:]))


def _labels(line: str) -> tuple[list[str], str]:
    """The labels that open a line, mostly one or none, and the words behind them."""
    labels: list[str] = []
    while match := _LABEL.match(line):
        labels.append(match.group(1))
        line = line[match.end() :]
    return labels, line


def _paragraphs(opened: Sequence[tuple[str, str]], path: Locator, heading: str) -> list[Provision]:
    try:
        places = nest([label for label, _ in opened], UNITED_STATES_CODE)
    except UnreadableOutline as error:
        raise UnreadableText(path, str(error)) from None
    depths = [len(place) for place in places]
    deeper = [after > before for before, after in pairwise([*depths, 0])]
    headings: dict[tuple[str, ...], str] = {}
    out = []
    for (label, words), place, has_parts in zip(opened, places, deeper, strict=True):
        headings[place] = _heading(words, has_parts)
        above = tuple(h for depth in range(1, len(place)) if (h := headings[place[:depth]]))
        out.append(
            Provision(
                Locator("/".join([path, *place])),
                "paragraph",
                words,
                label=f"({label})",
                heading=headings[place],
                trail=(heading, *above),
            )
        )
    return out


def _heading(words: str, has_parts: bool) -> str:
    """The heading at the start of a paragraph, or "" where none can be told from the text.

    `has_parts`: deeper paragraphs follow.

    >>> _heading("Effective date This section shall take effect", False), _heading("Data broker", True)
    ('Effective date', 'Data broker')
    >>> _heading("Biometric information.", False), _heading("Any information that describes", False)
    ('', '')
    """
    if has_parts and _HEADING.fullmatch(words):
        return words
    parts = words.split()
    if not parts or (parts[0] in _OPENERS and not words.startswith("In general ")):
        return ""
    opener = next((i for i, word in enumerate(parts[1:], 1) if word.rstrip(",") in _OPENERS), 0)
    heading, behind = " ".join(parts[:opener]), parts[opener + 1 : opener + 2]
    if not _HEADING.fullmatch(heading) or not behind or behind[0] in ("of", "or", "and"):
        return ""
    return heading


def _notes(lines: Sequence[str]) -> dict[str, str]:
    """The source credit and the editorial notes."""
    credit = [line for line in lines[:1] if _CREDIT.match(line)]
    notes = {"source": "\n".join(credit), "notes": "\n".join(lines[len(credit) :])}
    return {name: words for name, words in notes.items() if words}
