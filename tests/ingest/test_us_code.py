"""15 U.S.C. 9901 and 50 U.S.C. 1705 read whole, and small sections for the rest."""

import re
from functools import cache
from pathlib import Path

import pytest

from ingest.parsed import ParsedText, UnreadableText
from ingest.us_code import is_us_code, parse_us_code

FILES = {"us/usc/15/9901": "us/usc-15-9901-padfa/15-usc-9901.txt", "us/usc/50/1705": "us/usc-50-1705/50-usc-1705.txt"}


@cache
def section(sources: Path, path: str) -> ParsedText:
    return parse_us_code((sources / FILES[path]).read_text(encoding="utf-8"))


@pytest.mark.official
@pytest.mark.parametrize("path", FILES)
def test_the_provisions_put_together_are_the_words_of_the_file(official_sources: Path, path: str) -> None:
    parsed = section(official_sources, path)
    joined = parsed.title + "".join(p.label * (p.kind == "paragraph") + p.text for p in parsed.provisions)
    joined += "".join(parsed.notes.values())
    whole = (official_sources / FILES[path]).read_text(encoding="utf-8")
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", whole)


@pytest.mark.official
@pytest.mark.parametrize(("path", "count"), [("us/usc/15/9901", 60), ("us/usc/50/1705", 10)])
def test_every_labelled_line_is_a_provision_of_its_own(official_sources: Path, path: str, count: int) -> None:
    provisions = section(official_sources, path).provisions
    labelled = re.findall(r"(?m)^\(\w+\)", (official_sources / FILES[path]).read_text(encoding="utf-8"))
    assert provisions[0].locator == path
    assert len({p.locator for p in provisions}) == len(provisions) == count + 1 == len(labelled) + 1


@pytest.mark.official
@pytest.mark.parametrize(
    ("locator", "heading", "begins"),
    [
        ("us/usc/15/9901/a", "Prohibition", "Prohibition It shall be unlawful"),
        ("us/usc/15/9901/b", "Enforcement by Federal Trade Commission", "Enforcement by Federal Trade Commission"),
        ("us/usc/15/9901/b/2/A", "In general", "In general The Commission"),
        ("us/usc/15/9901/c", "Definitions", "Definitions In this section:"),
        ("us/usc/15/9901/c/1", "Commission", "Commission The term “Commission”"),
        ("us/usc/15/9901/c/2/C", "", "a person subject to"),
        ("us/usc/15/9901/c/3/B/iv/I", "", "including information from—"),
        ("us/usc/15/9901/c/3/B/iv/I/ee", "", "an internet site"),
        ("us/usc/15/9901/c/3/B/iv/II", "", "not including an obscene"),
        ("us/usc/15/9901/c/3/B/v", "", "is acting as a service provider."),
        ("us/usc/15/9901/c/7/A", "", "A government-issued identifier"),
        ("us/usc/15/9901/c/7/C", "", "A financial account number"),
        ("us/usc/15/9901/c/7/D", "", "Biometric information."),
        ("us/usc/15/9901/c/7/E", "", "Genetic information."),
        ("us/usc/15/9901/c/7/I", "", "Information identifying the sexual behavior"),
        ("us/usc/15/9901/c/7/M", "", "Information about an individual"),
        ("us/usc/15/9901/c/9", "United States individual", "United States individual The term"),
        ("us/usc/15/9901/d", "Effective date", "Effective date This section"),
        ("us/usc/50/1705/b", "Civil penalty", "Civil penalty A civil penalty"),
        ("us/usc/50/1705/b/1", "", "$250,000; or"),
        ("us/usc/50/1705/d/1", "Time for commencing proceedings", "Time for commencing proceedings"),
        ("us/usc/50/1705/d/1/B", "Commencement", "Commencement For purposes of this paragraph"),
        ("us/usc/50/1705/d/2", "Time for indictment", "Time for indictment No person"),
    ],
)
def test_a_hard_place_is_read_as_it_is_cited(official_sources: Path, locator: str, heading: str, begins: str) -> None:
    path = "/".join(locator.split("/")[:4])
    found = {str(p.locator): p for p in section(official_sources, path).provisions}[locator]
    assert found.heading == heading
    assert found.text.startswith(begins)


@pytest.mark.official
def test_only_the_two_sections_are_taken_for_the_code(official_sources: Path) -> None:
    files = [path for path in official_sources.rglob("*") if path.is_file()]
    assert {path.name for path in files if is_us_code(path.read_bytes()[:4096])} == {
        Path(name).name for name in FILES.values()
    }


# Small sections


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("Crow counts The Secretary shall count.", "Crow counts"),
        ("In general A crow is a bird.", "In general"),
        ("Department of Crows Any crow may apply.", "Department of Crows"),
        ("Exception Subject to paragraph (1), a crow may fly.", "Exception"),
        ("No crow The owl sees is safe.", ""),
        ("Crows of Part A of the annex.", ""),
        ("Crow counts, The Secretary shall count.", ""),
        ("crow counts The Secretary shall count.", ""),
        ("A crow", ""),
        ("Crow counts", ""),
    ],
)
def test_a_heading_is_taken_only_where_a_sentence_opens_behind_it(words: str, heading: str) -> None:
    found = parse_us_code(f"9 U.S.C. 12. Crows\n(a) {words}").provisions[1]
    assert (found.heading, found.text) == (heading, words)


def test_words_alone_above_deeper_paragraphs_are_a_heading() -> None:
    provisions = parse_us_code("9 U.S.C. 12. Crows\n(a) Crow counts\n(1) yearly; or\n(2) monthly.").provisions
    assert [(p.heading, p.trail) for p in provisions] == [
        ("Crows", ()),
        ("Crow counts", ("Crows",)),
        ("", ("Crows", "Crow counts")),
        ("", ("Crows", "Crow counts")),
    ]


def test_a_section_without_labels_holds_its_own_text_and_notes_stay_apart() -> None:
    parsed = parse_us_code(
        "9 U.S.C. § 12a–1. Crows\n\nA crow is a bird.\n\nIt flies.\n\n(Pub. L. 900–1, § 2, May 1, 2031, 1 Stat. 1.)\n\n"
        "Editorial Notes\n\nSee owls."
    )
    assert [(p.locator, p.text) for p in parsed.provisions] == [
        ("us/usc/9/12a-1", "A crow is a bird.\n\nIt flies."),
    ]
    assert parsed.notes == {
        "source": "(Pub. L. 900–1, § 2, May 1, 2031, 1 Stat. 1.)",
        "notes": "Editorial Notes\nSee owls.",
    }


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("", "line 1", "names no section"),
        ("Crows\n(a) A crow.", "line 1", "names no section"),
        ("9 U.S.C. 12. Crows\n(a) A crow.\n(c) Another.", "us/usc/9/12", r"\(c\) is at no place"),
        ("9 U.S.C. 12. Crows\n(a) A crow.\nA stray owl.", "us/usc/9/12", r"unlabelled paragraph after \(a\)"),
    ],
)
def test_a_section_that_cannot_be_read_says_where_and_why(text: str, where: str, problem: str) -> None:
    with pytest.raises(UnreadableText, match=problem) as caught:
        parse_us_code(text)
    assert caught.value.where == where
