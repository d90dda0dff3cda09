"""What a text is indexed and searched by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.search.tokens import STOP_WORDS, terms

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)
HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What are the covered persons?", ["cover", "person"]),
        ("`omic, 'omic, ‘omic’ and ’omic data", ["omic", "omic", "omic", "omic", "data"]),
        ("the person’s Shari'a board", ["person", "sharia", "board"]),
        ("§ 202.205(a)(1)", ["202.205", "202.205(a)", "202.205(a)(1)"]),
        ("§ 202.205 (a)", ["202.205"]),
        ("28 CFR part 202, 50 U.S.C. 1705(b)", ["28", "cfr", "part", "202", "50", "usc", "1705", "1705(b)"]),
        ("E.O. 14117 and U.S. persons", ["eo", "14117", "us", "person"]),
        ("(a) one; (iv) two; (12) three; (aa) four", ["one", "two", "three", "four"]),
        ("more than 1,000 or 100,000 U.S. devices", ["1000", "100000", "us", "devic"]),
        ("NOT-OD-25-083", ["not-od-25-083", "od", "25", "083"]),
        ("de-identified COVID-19", ["de", "identifi", "covid-19", "covid", "19"]),
        ("Rule \u200e1.3.3 soft\u00adware", ["rule", "1.3.3", "softwar"]),
        ("人类遗传资源", ["人类", "类遗", "遗传", "传资", "资源"]),
        ("法", ["法"]),
        ("NIH指南NOT-OD-25-083号", ["nih", "指南", "not-od-25-083", "od", "25", "083", "号"]),
        ("２０２．２０５（ａ） ＤＮＡ", ["202.205", "202.205(a)", "dna"]),
        ("第二十八条，第二款", ["第二", "二十", "十八", "八条", "第二", "二款"]),
        ("", []),
    ],
)
def test_a_text_gives_these_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("transferring genomes", "a transfer of a genome"),
        ("is `omic data covered", "human 'omic data that is covered"),
        ("§ 202.1304", "see § 202.1304(b)"),
        ("US person", "any U.S. person"),
        ("100000 people", "100,000 people"),
    ],
)
def test_a_question_and_a_text_that_write_it_differently_meet(question: str, text: str) -> None:
    assert set(terms(question)) <= set(terms(text))


@given(TEXTS)
def test_a_term_is_never_empty_nor_has_a_blank_in_it(text: str) -> None:
    assert all(term and not any(c.isspace() for c in term) for term in terms(text))


@given(TEXTS, TEXTS)
def test_two_lines_have_the_terms_of_each(first: str, second: str) -> None:
    assert terms(f"{first}\n{second}") == terms(first) + terms(second)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="`"), max_size=40))
def test_full_width_text_reads_as_plain_text(text: str) -> None:
    assert terms("".join(chr(ord(c) + 0xFEE0) for c in text)) == terms(text)


@given(HAN)
def test_a_chinese_run_gives_its_overlapping_pairs(run: str) -> None:
    found = terms(run)
    assert len(found) == max(1, len(run) - 1)
    assert "".join(pair[0] for pair in found) + found[-1][1:] == run


def test_stop_words_give_no_term() -> None:
    assert STOP_WORDS
    assert terms(" ".join(sorted(STOP_WORDS))) == []
