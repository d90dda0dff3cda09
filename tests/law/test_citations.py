"""Citations are read and printed by forms that are data; what was printed is read back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from assistant.law import strict_yaml
from assistant.law.citations import Citator, NotACitation, load_citator
from assistant.law.provisions import Locator

CITATOR = load_citator(corpus.FOLDER)
FORMS = strict_yaml.load((corpus.FOLDER / "citations.yaml").read_text(encoding="utf-8"), "citations.yaml")["forms"]
EXAMPLES = [(text, locator) for form in FORMS for text, locator in form["examples"]]

CONTRACT = [
    ("28 CFR § 202.205(a)(1)", "us/cfr/28/202.205/a/1"),
    ("28 CFR § 202.214(b)(9) (Example 9)", "us/cfr/28/202.214/b/9"),
    ("28 CFR § 202.233, note", "us/cfr/28/202.233/note"),
    ("E.O. 14117, § 2(a)(iii)", "us/eo/14117/2/a/iii"),
    ("50 U.S.C. § 1705(b)", "us/usc/50/1705/b"),
    ("NOT-OD-25-083", "us/nih/not-od-25-083"),
    ("Pub. L. 119-60, § 851", "us/pl/119-60/851"),
    ("H.R. 8333 (118th Cong.)", "us/bill/118-hr-8333"),
    ("NCSC fact sheet (Feb. 2021)", "us/ncsc-genomics-2021"),
    ("HGR Regulation art. 28, para. 2", "cn/hgr-regulation/28/2"),
    ("《人类遗传资源管理条例》第二十八条第二款", "cn/hgr-regulation/28/2"),
    ("HGR Regulation art. 36, para. 1, item (5)", "cn/hgr-regulation/36/1/5"),
    ("《人类遗传资源管理条例》第三十六条第（五）项", "cn/hgr-regulation/36/1/5"),
    ("《生物安全法》第五十六条", "cn/biosecurity-law/56"),
    ("《刑法》第三百三十四条之一", "cn/criminal-law/334-1"),
    ("《实施细则》第三十七条", "cn/hgr-implementation-rules/37"),
    ("《人类遗传资源管理暂行办法》", "cn/hgr-interim-measures-1998"),
    ("90 FR 1706", "us/fr/90/1706"),
]

LOOSE = [
    ("202.205(a)", "us/cfr/28/202.205/a"),
    ("28 cfr 202.205 (a) (1)", "us/cfr/28/202.205/a/1"),
    ("section 7(l) of Executive Order 14117", "us/eo/14117/7/l"),
    ("人类遗传资源管理条例第28条", "cn/hgr-regulation/28"),
    ("《中华人民共和国人类遗传资源管理条例》第三十六条第一款第（五）项", "cn/hgr-regulation/36/1/5"),
    ("article 28(2) of the HGR Regulation", "cn/hgr-regulation/28/2"),
    ("HGR Regulation, Article 28", "cn/hgr-regulation/28"),
    ("89 Fed. Reg. 15,421", "us/fr/89/15421"),
    ("us/cfr/28/202.205/a", "us/cfr/28/202.205/a"),
]


@pytest.mark.parametrize(("text", "locator"), [*EXAMPLES, *CONTRACT, *LOOSE])
def test_a_citation_gives_its_locator(text: str, locator: str) -> None:
    assert CITATOR.parse(text) == locator


@pytest.mark.parametrize("locator", sorted({locator for _, locator in [*EXAMPLES, *CONTRACT]}))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_printed_is_read_back(locator: str, language: str) -> None:
    assert CITATOR.parse(CITATOR.printed(locator, language=language)) == locator


labels = st.lists(st.sampled_from(["a", "1", "ii", "A", "b", "12", "z"]), max_size=4)


@settings(max_examples=300)
@given(section=st.integers(101, 1499), below=labels)
def test_any_section_of_the_code_is_read_back(section: int, below: list[str]) -> None:
    locator = "/".join([f"us/cfr/28/202.{section}", *below])
    assert CITATOR.parse(CITATOR.printed(locator)) == locator


@settings(max_examples=300)
@given(
    law=st.sampled_from(sorted(i.id for i in CITATOR.instruments.values() if i.below == "articles")),
    article=st.integers(1, 450),
    paragraph=st.integers(0, 12),
    item=st.integers(0, 20),
    language=st.sampled_from(["en", "zh"]),
)
def test_any_article_is_read_back(law: str, article: int, paragraph: int, item: int, language: str) -> None:
    labels = [str(article), *([str(paragraph)] if paragraph else []), *([str(item)] if item and paragraph else [])]
    locator = "/".join([law, *labels])
    assert CITATOR.parse(CITATOR.printed(locator, language=language)) == locator


@pytest.mark.parametrize("instrument", sorted(CITATOR.instruments))
def test_every_instrument_is_found_by_its_names(instrument: str) -> None:
    entry = CITATOR.instruments[Locator(instrument)]
    for name in {*entry.short.values(), *entry.aliases}:
        assert CITATOR.parse(name) == instrument, name


def test_citations_are_found_in_running_text_the_longest_first() -> None:
    text = (
        "Under §§ 202.1101(a) and 202.1102, see 28 C.F.R. § 202.214(b)(9) and 50 U.S.C. 1705(b); "
        "根据PIPL第三十八条, and Article 28 of the HGR Regulation."
    )
    assert [citation.locator for citation in CITATOR.find(text)] == [
        "us/cfr/28/202.1101/a",
        "us/cfr/28/202.1102",
        "us/cfr/28/202.214/b/9",
        "us/usc/50/1705/b",
        "cn/pipl/38",
        "cn/hgr-regulation/28",
    ]


@pytest.mark.parametrize(
    "text", ["", "hello", "it costs $202.205", "on 1202.205 pages", "is this criminal law?", "a data security law"]
)
def test_what_is_no_citation_is_not_taken_for_one(text: str) -> None:
    assert CITATOR.find(text) == ()
    with pytest.raises(NotACitation) as error:
        CITATOR.parse(text)
    assert error.value.examples


def test_a_federal_register_page_belongs_to_the_document_that_holds_it() -> None:
    assert _instrument(CITATOR, "us/fr/90/1706") == "us/fr/90/1636"
    assert _instrument(CITATOR, "us/fr/90/1636") == "us/fr/90/1636"
    assert _instrument(CITATOR, "us/fr/90/1753") is None


def test_the_sole_paragraph_is_left_out_in_chinese_print_alone() -> None:
    path = "cn/hgr-regulation/36/1/5"
    assert CITATOR.printed(path, language="zh", sole_paragraph=True) == "《人类遗传资源管理条例》第三十六条第（五）项"
    assert CITATOR.printed(path, sole_paragraph=True) == "HGR Regulation art. 36, para. 1, item (5)"


def test_a_footnote_citation_carries_the_year() -> None:
    assert re.fullmatch(r"28 C\.F\.R\. § 202\.205\(a\) \(2026\)", CITATOR.bluebook("us/cfr/28/202.205/a", year="2026"))


def _instrument(citator: Citator, locator: str) -> str | None:
    found = citator.instrument(locator)
    return found.id if found else None
