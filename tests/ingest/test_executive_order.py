"""Executive Order 14117 as the White House released it, and small orders in both layouts."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from assistant.law.provisions import Locator, Provision
from ingest.executive_order import is_executive_order, parse_executive_order
from ingest.parsed import ParsedText, UnreadableText

FILE = "us/eo-14117/eo-14117.txt"
BASE = Locator("us/eo/14117")
SECTION_4 = (
    "Assessing the National Security Risks Arising from Prior Transfers of United States Persons’ Bulk Sensitive "
    "Personal Data"
)


@cache
def order_14117(sources: Path) -> ParsedText:
    return parse_executive_order((sources / FILE).read_text(encoding="utf-8"), BASE)


def read(text: str) -> dict[str, Provision]:
    """The provisions of an order by what follows `us/eo/1`."""
    return {p.locator.removeprefix("us/eo/1/"): p for p in parse_executive_order(text, Locator("us/eo/1")).provisions}


@pytest.mark.official
def test_every_line_of_the_order_is_at_one_place_and_in_order(official_sources: Path) -> None:
    parsed = order_14117(official_sources)
    joined = ""
    for provision in parsed.provisions:
        heading = f"{provision.heading}." if provision.kind == "section" else ""
        joined += provision.label + heading + provision.text
    joined += parsed.notes["signature"]
    whole = (official_sources / FILE).read_text(encoding="utf-8")
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", whole)
    assert parsed.left_out == ()


@pytest.mark.official
def test_the_order_has_eight_sections_and_no_locator_twice(official_sources: Path) -> None:
    provisions = order_14117(official_sources).provisions
    assert [p.heading for p in provisions if p.kind == "section"] == [
        "Policy",
        "Prohibited and Restricted Transactions",
        "Protecting Sensitive Personal Data",
        SECTION_4,
        "Report to the President",
        "Assessing Risks Associated with Human ‘omic Data",
        "Definitions",
        "General Provisions",
    ]
    assert len({p.locator for p in provisions}) == len(provisions)
    labelled = re.findall(r"(?m)^(?:Sec\. .+?\. )?\([a-z]+\) ", (official_sources / FILE).read_text(encoding="utf-8"))
    assert Counter(p.kind for p in provisions) == {"instrument": 1, "section": 8, "paragraph": len(labelled)}


@pytest.mark.official
@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("1", "It is the policy of the United States"),
        ("2/a", "To assist in addressing"),
        ("2/a/iii", "was initiated, is pending"),
        ("2/a/v", "is not, as defined"),
        ("2/c/viii", "address the need for"),
        ("2/g", "Any proposed regulations"),
        ("2/g/i", "shall reflect consideration"),
        ("2/g/v", "shall not address transactions"),
        ("2/h", "The prohibitions promulgated"),
        ("2/i", "Any transaction or other activity"),
        ("2/j", "Any conspiracy formed"),
        ("3/b/ii", "Within 1 year"),
        ("7", "For purposes of this order:"),
        ("7/h", "The term “human genomic data”"),
        ("7/i", "The term “human ‘omic data”"),
        ("7/l/iii", "information or informational materials"),
        ("7/m", "The term “United States Government-related data”"),
        ("7/m/i", "a transacting party identifies"),
        ("8/e", "This order is not intended to"),
    ],
)
def test_a_hard_place_of_the_order_is_read_as_it_is_cited(official_sources: Path, path: str, begins: str) -> None:
    by_locator = {p.locator: p for p in order_14117(official_sources).provisions}
    assert by_locator[Locator(f"{BASE}/{path}")].text.startswith(begins)


@pytest.mark.official
def test_no_letter_is_read_as_a_numeral_of_the_letter_before(official_sources: Path) -> None:
    locators = {p.locator for p in order_14117(official_sources).provisions}
    assert locators.isdisjoint(f"{BASE}/{path}" for path in ("2/h/i", "2/g/vi", "7/h/i", "7/l/iv"))


@pytest.mark.official
def test_the_preamble_is_the_order_itself_and_the_unlabelled_paragraphs_are_the_section(official_sources: Path) -> None:
    parsed = order_14117(official_sources)
    preamble, policy = parsed.provisions[:2]
    assert (preamble.kind, preamble.locator, preamble.text.count("\n\n")) == ("instrument", BASE, 2)
    assert (policy.label, policy.text.count("\n\n")) == ("Section 1.", 5)
    assert parsed.notes["signature"].startswith("JOSEPH R. BIDEN JR.\nTHE WHITE HOUSE")


@pytest.mark.official
def test_only_the_order_is_taken_for_an_executive_order(official_sources: Path) -> None:
    files = [path for path in official_sources.rglob("*") if path.is_file()]
    assert [path.name for path in files if is_executive_order(path.read_bytes()[:4096])] == [Path(FILE).name]


# Small orders

ORDERED = (
    "By the authority vested in me as President by the Constitution, it is hereby ordered that every crow of the "
    "Republic shall be counted:"
)
RELEASE = f"""\
March 3, 2031

Executive Order on Counting Crows

{ORDERED}

Section 1. Policy. Crows matter.

They matter much.

Sec. 2. Counting of U.S. Crows. (a) The Secretary shall count:

(i) crows; and

(ii) jackdaws.

(b) Nobody else shall.

Sec. 3. The Secretary shall report yearly.

A. B. CROW

THE WHITE HOUSE, March 3, 2031.
"""
REGISTER = """\
[Federal Register Volume 96, Number 42]

                Executive Order 1 of March 3, 2031

                Executive Order on Counting Crows

                By the authority vested in me as President by the
                Constitution, it is hereby ordered that every crow
                of the Republic shall be counted:

                Section 1. Policy. Crows matter.

                They matter

[[Page 15422]]

                much.

                Section 2. Counting of U.S. Crows. (a) The Secretary
                shall count:

                (i) crows; and

                (ii) jackdaws.

                (b) Nobody else shall.

                Section 3. The Secretary shall report yearly.

                    (Presidential Sig.)

                THE WHITE HOUSE,

                    March 3, 2031.

[FR Doc. 2031-1 Filed 3-3-31; 8:45 am]
"""


def test_the_release_and_the_register_give_the_same_provisions() -> None:
    release, register = (parse_executive_order(text, Locator("us/eo/1")) for text in (RELEASE, REGISTER))
    assert release.title == register.title == "Executive Order on Counting Crows"
    assert [(p.locator, p.heading, p.text) for p in release.provisions] == [
        (p.locator, p.heading, p.text) for p in register.provisions
    ]
    assert (release.provisions[2].label, register.provisions[2].label) == ("Sec. 2.", "Section 2.")


def test_a_heading_is_told_from_the_first_sentence_of_a_section() -> None:
    provisions = read(RELEASE)
    assert [(provisions[n].heading, provisions[n].text) for n in ("1", "2", "3")] == [
        ("Policy", "Crows matter.\n\nThey matter much."),
        ("Counting of U.S. Crows", ""),
        ("", "The Secretary shall report yearly."),
    ]
    assert provisions["2/a/ii"].trail == ("Executive Order on Counting Crows", "Counting of U.S. Crows")


def test_what_stands_before_the_preamble_and_after_the_last_section_is_kept_as_notes() -> None:
    release, register = (parse_executive_order(text, Locator("us/eo/1")) for text in (RELEASE, REGISTER))
    assert release.notes == {"front": "March 3, 2031", "signature": "A. B. CROW\nTHE WHITE HOUSE, March 3, 2031."}
    assert register.notes["front"].endswith("Executive Order 1 of March 3, 2031")
    assert register.notes["signature"].splitlines()[0] == "(Presidential Sig.)"


def test_a_paragraph_may_open_two_levels_at_once() -> None:
    provisions = read("Section 1. Crows. (a)(i) A crow.\n\n(ii) Two crows.\n\n(b) None.")
    assert [(path, p.text) for path, p in provisions.items() if "/" in path and p.kind == "paragraph"] == [
        ("1/a", ""),
        ("1/a/i", "A crow."),
        ("1/a/ii", "Two crows."),
        ("1/b", "None."),
    ]


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("Crows are birds.", "the whole file", "no section"),
        ("Section 1. Crows.\n\nSec. 3. Owls.", "section 3", "where section 2 is expected"),
        ("Section 1. Crows. (a) A crow.\n\n(c) Another.", "section 1", r"\(c\) is at no place"),
        (
            "Section 1. Crows. (a) A crow.\n\nA stray owl.",
            "section 1",
            r"unlabelled paragraph after \(a\): A stray owl",
        ),
    ],
)
def test_an_order_that_cannot_be_read_says_where_and_why(text: str, where: str, problem: str) -> None:
    with pytest.raises(UnreadableText, match=problem) as caught:
        read(text)
    assert caught.value.where == where
