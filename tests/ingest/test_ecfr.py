"""28 CFR part 202 as the eCFR issues it, read whole; small XML for what part 202 does not show; nesting of labels."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from assistant.law.numerals import roman
from assistant.law.outline import CFR, EXECUTIVE_ORDER, UNITED_STATES_CODE, LabelStyle, UnreadableOutline, nest
from assistant.law.provisions import Locator, Provision
from ingest.ecfr import is_ecfr, parse_ecfr
from ingest.parsed import ParsedText, UnreadableText

FILE = "us/28cfr202/title-28-part-202.2026-01-29.xml"


@cache
def part_202(sources: Path) -> ParsedText:
    return parse_ecfr((sources / FILE).read_bytes(), "28")


@cache
def sections_202(sources: Path) -> dict[str, list[Provision]]:
    """The provisions of each section of part 202, the section itself first."""
    out: dict[str, list[Provision]] = {}
    for provision in part_202(sources).provisions:
        if provision.kind not in ("instrument", "division"):
            out.setdefault(provision.locator.split("/")[3], []).append(provision)
    return out


def tree_202(sources: Path) -> Any:
    return etree.parse(sources / FILE).getroot()


def solid(text: str) -> str:
    """A text without white space, so that only its words are compared."""
    return re.sub(r"\s+", "", text)


def words_of(node: Any) -> str:
    return solid("".join(node.itertext()))


def by_locator(parsed: ParsedText) -> dict[str, Provision]:
    return {provision.locator: provision for provision in parsed.provisions}


# Part 202, whole


@pytest.mark.official
def test_every_section_of_part_202_is_read_and_one_is_reserved(official_sources: Path) -> None:
    sections = sections_202(official_sources)
    empty = [number for number, provisions in sections.items() if not any(p.text for p in provisions)]
    assert len(sections) == 104
    assert empty == ["202.402"]
    assert sections["202.402"][0].heading == "[Reserved]"
    assert part_202(official_sources).left_out == ()


@pytest.mark.official
def test_each_section_has_as_many_examples_as_the_manifest_says(official_sources: Path) -> None:
    documents = json.loads((official_sources / "manifest.json").read_text(encoding="utf-8"))["documents"]
    said = next(document["examples"] for document in documents if FILE in document["files"])
    expected = {f"202.{number}": int(count) for number, count in re.findall(r"\.(\d+) \((\d+)\)", said)}
    read = Counter(
        number
        for number, provisions in sections_202(official_sources).items()
        for provision in provisions
        if provision.kind == "example"
    )
    assert expected
    assert read == expected
    assert read.total() == 128


@pytest.mark.official
def test_an_example_is_named_by_its_number_which_is_its_label_too(official_sources: Path) -> None:
    examples = [p for p in part_202(official_sources).provisions if p.kind == "example"]
    assert examples
    for example in examples:
        number = example.locator.rpartition("/")[2]
        assert (example.label, example.heading) == (f"({number})", f"Example {number}")
        assert example.text.startswith(f"Example {number}.")


@pytest.mark.official
def test_no_two_provisions_share_a_locator_and_order_counts_from_zero(official_sources: Path) -> None:
    provisions = part_202(official_sources).provisions
    assert len({p.locator for p in provisions}) == len(provisions)
    assert [p.order for p in provisions] == list(range(len(provisions)))


@pytest.mark.official
def test_authority_source_and_amendment_are_notes(official_sources: Path) -> None:
    notes = part_202(official_sources).notes
    assert set(notes) == {"auth", "source", "us/cfr/28/202.401"}
    assert "E.O. 14117" in notes["auth"]
    assert notes["source"].startswith("90 FR 1706")
    assert "90 FR 16466" in notes["us/cfr/28/202.401"]


@pytest.mark.official
def test_each_listed_area_is_a_row_of_four_pairs_named_by_its_number(official_sources: Path) -> None:
    areas = [p for p in part_202(official_sources).provisions if p.kind == "area"]
    pair = r"\d{1,2}\.\d+, −?\d{1,3}\.\d+"
    assert [p.locator for p in areas] == [f"us/cfr/28/202.1401/table-1/{n}" for n in range(1, 737)]
    for area in areas:
        assert re.fullmatch(rf"{pair}(?:; {pair}){{3}}\.?", area.text), area
        assert area.label == f"Area ID {area.locator.rpartition('/')[2]}"
    assert [area.label for area in areas if not area.text.endswith(".")] == ["Area ID 281"]


@pytest.mark.official
def test_every_paragraph_of_the_xml_lands_at_one_locator_or_at_two_where_it_opens_two_levels(
    official_sources: Path,
) -> None:
    landed: Counter[str] = Counter()
    for section in tree_202(official_sources).iter("DIV8"):
        lead, *below = sections_202(official_sources)[section.get("N")]
        rest = [solid(p.label + p.text) for p in below if p.kind in ("paragraph", "example")]
        led = ""
        for paragraph in section.findall("P"):
            words = words_of(paragraph)
            if rest and words == rest[0]:
                landed["one"] += 1
                del rest[:1]
            elif len(rest) > 1 and words == rest[0] + rest[1]:
                landed["two"] += 1
                del rest[:2]
            else:
                assert solid(lead.text).startswith(led + words), words
                landed["section"] += 1
                led += words
        assert (rest, led) == ([], solid(lead.text)), section.get("N")
        for paragraph in section.findall("NOTE/P"):
            landed["note"] += [solid(p.text) for p in below if p.kind == "note"].count(words_of(paragraph))
        for paragraph in section.iterfind(".//CAPTION/P"):
            landed["caption"] += [solid(p.label) for p in below if p.kind == "table"].count(words_of(paragraph))
    assert landed.total() == 534 == len(list(tree_202(official_sources).iter("P")))
    assert {name: landed[name] for name in ("two", "note", "caption")} == {"two": 33, "note": 1, "caption": 1}


@pytest.mark.official
def test_every_table_row_lands_at_one_locator(official_sources: Path) -> None:
    header, *rows = tree_202(official_sources).iter("TR")
    table, *areas = [p for p in part_202(official_sources).provisions if p.kind in ("table", "area")]
    assert solid(table.text).replace(";", "") == words_of(header)
    assert len(rows) == len(areas) == 736
    for row, area in zip(rows, areas, strict=True):
        assert [solid(cell) for cell in [area.label.split()[-1], *area.text.split("; ")]] == [words_of(c) for c in row]


@pytest.mark.official
def test_the_provisions_of_a_section_put_together_are_the_words_of_the_section(official_sources: Path) -> None:
    parsed = part_202(official_sources)
    sections = list(tree_202(official_sources).iter("DIV8"))
    assert sections
    for section in sections:
        first, *below = sections_202(official_sources)[section.get("N")]
        joined = first.label + first.heading + first.text
        for provision in below:
            if provision.kind in ("table", "area"):
                label = provision.label if provision.kind == "table" else provision.label.split()[-1]
                joined += label + provision.text.replace("; ", "")
            else:
                joined += provision.label + provision.text
        joined += parsed.notes.get(first.locator, "")
        assert solid(joined) == words_of(section), section.get("N")


HARD_PLACES = [
    # locator, heading, how its text begins or what it is
    ("202.205/a", "", "Human `omic data"),
    ("202.211/a/5/iii", "", "To have knowingly caused"),
    ("202.302/b", "Reporting known or suspected violations", "Reporting known or suspected violations—"),
    ("202.302/b/1", "When reports are due", "When reports are due. U.S. persons shall"),
    ("202.302/b/2/ii/G", "", "A copy of any relevant"),
    ("202.302/b/2/iii", "", "Any other information"),
    ("202.302/c", "Examples", "Examples—"),
    ("202.302/c/1", "Example 1", "Example 1. A U.S. business"),
    ("202.510/a", "Exemption", "Exemption. Except as specified in paragraph (a)(2) of this section"),
    ("202.510/a/2", "", "Is necessary to obtain"),
    ("202.510/d/3", "Example 3", "Example 3. Same as Example 1"),
    ("202.701/e", "Effective date; actual and constructive knowledge", "Effective date; actual and constructive"),
    ("202.701/e/1", "", "Designation as a covered person"),
    ("202.802/h", "Scope", "Scope."),
    ("202.802/h/1", "", "Unless otherwise specified"),
    ("202.802/h/1/i", "", "Only between the parties"),
    ("202.802/h/1/iii", "", "Only to the extent"),
    ("202.802/h/2", "", "The Department will determine"),
    ("202.802/i", "Reports under specific licenses", "Reports under specific licenses. As a condition"),
    ("202.802/j", "Effect of denial", "Effect of denial. The denial"),
    ("202.803/a", "Effect of license", "Effect of license."),
    ("202.803/a/1", "", "No license issued"),
    ("202.803/a/4", "", "Nothing contained in this part"),
    ("202.901/h", "Written decisions only", "Written decisions only. The requesting"),
    ("202.901/i", "Effect of advisory opinion", "Effect of advisory opinion. Each"),
    ("202.901/k", "Compliance", "Compliance. Neither"),
    ("202.1002/f", "Report", "Report."),
    ("202.1002/f/1", "", "The auditor must prepare"),
    ("202.1002/f/2/vi", "", "Recommend any improvements"),
    ("202.1002/f/3", "", "U.S. persons engaged"),
    ("202.1102/b", "Definition of the term “document”", "Definition of the term “document.” For purposes"),
    ("202.1302/a", "When and how issued", "When and how issued."),
    ("202.1302/a/1", "", "If the Department of Justice has reason"),
    ("202.1305/a", "When and how issued", "When and how issued."),
    ("202.1305/a/1/iii", "", "Concludes that an administrative response"),
    ("202.1305/a/2", "", "An initial finding of violation shall be"),
    ("202.1305/c", "Determination", "Determination—"),
    (
        "202.1305/c/1",
        "Determination that a finding of violation is warranted",
        "Determination that a finding of violation is warranted. If,",
    ),
    ("202.233/note", "", "Data is considered linkable"),
]


@pytest.mark.official
@pytest.mark.parametrize(("path", "heading", "begins"), HARD_PLACES, ids=[place[0] for place in HARD_PLACES])
def test_a_hard_place_of_part_202_is_read_as_it_is_cited(
    official_sources: Path, path: str, heading: str, begins: str
) -> None:
    provision = by_locator(part_202(official_sources))[f"us/cfr/28/{path}"]
    assert provision.heading == heading
    assert provision.text.startswith(begins)


@pytest.mark.official
@pytest.mark.parametrize("absent", ["202.802/h/1/iv", "202.802/h/1/i/A", "202.901/h/i", "202.510/a/3", "202.402/a"])
def test_no_provision_is_made_of_a_letter_misread(official_sources: Path, absent: str) -> None:
    assert f"us/cfr/28/{absent}" not in by_locator(part_202(official_sources))


@pytest.mark.official
def test_a_provision_knows_the_headings_above_it(official_sources: Path) -> None:
    found = by_locator(part_202(official_sources))["us/cfr/28/202.302/b/2/ii/A"]
    assert [heading.partition("—")[0] for heading in found.trail[:2]] == ["PART 202", "Subpart C"]
    assert found.trail[3:] == ("Reporting known or suspected violations", "Contents of reports")


@pytest.mark.official
def test_only_the_ecfr_file_is_taken_for_ecfr(official_sources: Path) -> None:
    files = [path for path in official_sources.rglob("*") if path.is_file()]
    assert [path.name for path in files if is_ecfr(path.read_bytes()[:4096])] == [Path(FILE).name]


# Small XML


def part(*sections: str, around: str = "") -> bytes:
    body = "".join(
        f'<DIV8 N="9.{n}" TYPE="SECTION"><HEAD>§ 9.{n} Birds.</HEAD>{s}</DIV8>' for n, s in enumerate(sections, 1)
    )
    return f'<DIV5 N="9" TYPE="PART"><HEAD>PART 9—BIRDS</HEAD>{body}{around}</DIV5>'.encode()


def labelled(*labels: str) -> str:
    return "".join(f"<P>({label}) A bird.</P>" for label in labels)


UNREADABLE = [
    # the file, where the error is, what it says
    (b"<DIV5 N='9'><HEAD>PART 9</HEAD>", "line 1", "not well-formed"),
    (b"<DIV8 N='9.1' TYPE='SECTION'><HEAD>Birds</HEAD></DIV8>", "line 1", "no part"),
    (b"<DIV5 N='9'><HEAD>PART 9</HEAD></DIV5>", "the whole file", "no section"),
    (part(labelled("a", "c")), "§ 9.1", r"\(c\) is at no place in the outline after \(a\)"),
    (part(labelled("a"), labelled("1")), "§ 9.2", r"\(1\) is at no place in the outline after the start"),
    (part(labelled("a") + "<P>A stray bird.</P>"), "§ 9.1", r"unlabelled paragraph after \(a\)"),
    (part("<P>A bird.</P><FP>A flush bird.</FP>"), "§ 9.1", "element FP"),
]


@pytest.mark.parametrize(("data", "where", "problem"), UNREADABLE)
def test_a_file_that_cannot_be_read_says_where_and_why(data: bytes, where: str, problem: str) -> None:
    with pytest.raises(UnreadableText, match=problem) as caught:
        parse_ecfr(data, "50")
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["h", "i", "j"], ["h", "i", "j"]),
        (["h", "1", "i", "ii", "2", "i", "j"], ["h", "h/1", "h/1/i", "h/1/ii", "h/2", "i", "j"]),
        (["a", "1", "i", "A", "B", "ii"], ["a", "a/1", "a/1/i", "a/1/i/A", "a/1/i/B", "a/1/ii"]),
    ],
)
def test_i_is_a_letter_or_a_numeral_by_what_follows(labels: list[str], expected: list[str]) -> None:
    parsed = parse_ecfr(
        part(labelled(*(["a", "b", "c", "d", "e", "f", "g"] if labels[0] == "h" else []), *labels)), "50"
    )
    paths = [p.locator.removeprefix("us/cfr/50/9.1/") for p in parsed.provisions if p.kind == "paragraph"]
    assert paths[-len(expected) :] == expected


def test_one_paragraph_opens_two_levels_behind_an_italic_heading_only() -> None:
    section = (
        "<P>(a) <I>Nests</I>—(1) <I>Example 1.</I> A nest.</P><P>(b) <I>Eggs.</I> (1) An egg.</P>"
        "<P>(2) An egg and (3) another.</P><P>(c) <I>Wings</I> (4) are not a paragraph.</P>"
    )
    parsed = by_locator(parse_ecfr(part(section), "50"))
    read = {
        path.removeprefix("us/cfr/50/9.1/"): (p.kind, p.heading, p.text) for path, p in parsed.items() if "9.1/" in path
    }
    assert read == {
        "a": ("paragraph", "Nests", "Nests—"),
        "a/1": ("example", "Example 1", "Example 1. A nest."),
        "b": ("paragraph", "Eggs", "Eggs."),
        "b/1": ("paragraph", "", "An egg."),
        "b/2": ("paragraph", "", "An egg and (3) another."),
        "c": ("paragraph", "Wings", "Wings (4) are not a paragraph."),
    }


def test_a_heading_that_ends_in_a_quotation_keeps_its_closing_mark() -> None:
    parsed = parse_ecfr(part("<P>(a) <I>The term “bird.</I>” It flies.</P>"), "50")
    assert by_locator(parsed)["us/cfr/50/9.1/a"].heading == "The term “bird”"


def test_a_second_note_and_a_second_table_have_places_of_their_own() -> None:
    note = "<NOTE><HED>Note:</HED><P>A bird.</P></NOTE>"
    table = "<DIV><TABLE><TR><TD>No.</TD></TR><TR/><TR><TD>1</TD><TD>crow</TD></TR></TABLE></DIV>"
    parsed = parse_ecfr(part(note + table + note + table), "50")
    assert [p.locator.removeprefix("us/cfr/50/9.1") for p in parsed.provisions if p.kind != "instrument"] == [
        "", "/note", "/table-1", "/table-1/1", "/note-2", "/table-2", "/table-2/1",
    ]  # fmt: skip


def test_an_appendix_and_an_editorial_note_are_named_as_left_out() -> None:
    around = "<DIV9 N='A'><HEAD>Appendix A—Crows</HEAD></DIV9><EDNOTE>See owls.</EDNOTE>"
    parsed = parse_ecfr(part("<P>A bird.</P>", around=around), "50")
    assert parsed.left_out == ("DIV5 9: DIV9 Appendix A—Crows", "DIV5 9: EDNOTE See owls.")


def test_a_subject_group_is_a_heading_above_its_sections_and_a_comment_is_nothing() -> None:
    data = (
        b"<DIV5 N='9'><HEAD>PART 9</HEAD><DIV6 N='A'><HEAD>Subpart A</HEAD><DIV7 N='x'><HEAD>Crows</HEAD>"
        b"<DIV8 N='9.1'><HEAD>Beaks</HEAD><!-- no --><P>A beak.</P></DIV8></DIV7></DIV6>"
        b"<DIV8 N='9.2'><HEAD>Tails</HEAD><P>A tail.</P></DIV8></DIV5>"
    )
    parsed = by_locator(parse_ecfr(data, "50"))
    assert parsed["us/cfr/50/9.1"].trail == ("PART 9", "Subpart A", "Crows")
    assert parsed["us/cfr/50/9.2"].trail == ("PART 9",)


# Nesting of labels

Tree = list[Any]
"""The paragraphs of one level; each is the list of the paragraphs below it."""

PRINTED: dict[LabelStyle, Callable[[int], str]] = {
    "letter": lambda n: chr(96 + (n - 1) % 26 + 1) * ((n - 1) // 26 + 1),
    "number": str,
    "roman": roman,
    "LETTER": lambda n: chr(64 + n),
    "ROMAN": lambda n: roman(n).upper(),
    "double_letter": lambda n: chr(96 + n) * 2,
}
CONVENTIONS = [CFR, UNITED_STATES_CODE, EXECUTIVE_ORDER]


def trees(most: int) -> st.SearchStrategy[Tree]:
    """Trees with at most `most` paragraphs side by side."""
    return st.recursive(st.builds(list), lambda below: st.lists(below, max_size=most), max_leaves=30)


def paths_of(tree: Tree, convention: Sequence[LabelStyle], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The label path of each paragraph, in order; what lies deeper than the convention goes is cut off."""
    if not convention:
        return []
    out = []
    for number, below in enumerate(tree, 1):
        path = (*above, PRINTED[convention[0]](number))
        out += [path, *paths_of(below, convention[1:], path)]
    return out


def readings(labels: Sequence[str], convention: Sequence[LabelStyle]) -> list[list[tuple[int, ...]]]:
    """Every reading of a run of labels, as the ordinals on each level: found by printing every possible next label."""
    found: list[list[tuple[int, ...]]] = [[]]
    for label in labels:
        longer = []
        for reading in found:
            last = reading[-1] if reading else ()
            following = [(*last[:depth], last[depth] + 1) for depth in range(len(last))]
            following += [(*last, 1)] if len(last) < len(convention) else []
            longer += [[*reading, p] for p in following if PRINTED[convention[len(p) - 1]](p[-1]) == label]
        found = longer
    return found


@given(trees(most=8), st.sampled_from([CFR[:4], UNITED_STATES_CODE, EXECUTIVE_ORDER]))
def test_labels_that_stop_before_the_ninth_letter_are_nested_as_they_were_printed(
    tree: Tree, convention: tuple[LabelStyle, ...]
) -> None:
    paths = paths_of(tree, convention)
    assert nest([path[-1] for path in paths], convention) == paths


def alone(reading: list[tuple[int, ...]]) -> int:
    """How many paragraphs of a reading have none beside them."""
    return sum(place[-1] == 1 and (*place[:-1], 2) not in reading for place in reading)


@settings(max_examples=300)
@given(trees(most=14), st.sampled_from(CONVENTIONS))
def test_the_one_reading_is_found_and_of_several_the_one_that_leaves_fewest_alone(
    tree: Tree, convention: tuple[LabelStyle, ...]
) -> None:
    paths = paths_of(tree, convention)
    labels = [path[-1] for path in paths]
    possible = readings(labels, convention)
    nested = nest(labels, convention)
    best = min(possible, key=lambda reading: (alone(reading), [-len(place) for place in reading]))
    assert [len(path) for path in nested] == [len(place) for place in best]
    if len(possible) == 1:
        assert nested == paths


@given(trees(most=14), st.sampled_from(CONVENTIONS), st.data())
def test_a_missing_paragraph_is_never_read_past_in_silence(
    tree: Tree, convention: tuple[LabelStyle, ...], data: st.DataObject
) -> None:
    paths = paths_of(tree, convention)
    assume(paths)
    labels = [path[-1] for path in paths]
    del labels[data.draw(st.integers(0, len(labels) - 1))]
    if readings(labels, convention):
        nest(labels, convention)
    else:
        with pytest.raises(UnreadableOutline) as caught:
            nest(labels, convention)
        assert caught.value.label == labels[caught.value.position]


@pytest.mark.parametrize(
    ("labels", "convention", "last"),
    [
        (["a", "1", "i", "A", "1", "2"], CFR, ("a", "1", "i", "A", "2")),
        (["a", "1", "i", "A", "1", "2", "B", "2"], CFR, ("a", "2")),
        (["h", "i"], EXECUTIVE_ORDER, ("i",)),
        (["h", "i", "ii"], EXECUTIVE_ORDER, ("h", "ii")),
        (["h", "1", "2", "i"], CFR, ("i",)),
        (["h", "1", "2", "i", "ii"], CFR, ("h", "2", "ii")),
    ],
)
def test_of_two_readings_that_fit_to_the_end_none_divides_into_one_part_and_the_deeper_is_taken(
    labels: list[str], convention: tuple[LabelStyle, ...], last: tuple[str, ...]
) -> None:
    before = [chr(code) for code in range(ord("a"), ord(labels[0]))]
    assert nest([*before, *labels], convention)[-1] == last


def test_a_section_of_some_thousand_paragraphs_is_nested() -> None:
    labels = ["a", *(str(n) for n in range(1, 3000))]
    assert nest(labels, CFR)[-1] == ("a", "2999")


def test_a_locator_is_the_section_and_its_labels() -> None:
    parsed = parse_ecfr(part(labelled("a", "1", "i")), "50")
    assert parsed.provisions[-1].locator == Locator("us/cfr/50/9.1/a/1/i")
