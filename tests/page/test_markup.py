"""The HTML of answers and sources: nothing that is not ours, and the law's own characters as they are."""

import doctest
import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as any_

from assistant.answer.reply import Reply, ReplyCitation
from assistant.law.provisions import Locator
from assistant.page import markup
from assistant.page.markup import answer_html, prefixes, question_html, sources_html
from assistant.page.sources import Source

LONG = " ".join(f"(a)({n}) The {n}th *condition* of `omic data costs $5 or $6." for n in range(90))


def cited(quote: str | None, official: str, restated: str | None = "In our words.") -> Source:
    citation = ReplyCitation(
        locator=Locator("us/cfr/28/202.205/a"),
        citation="28 CFR § 202.205(a)",
        heading="Bulk",
        quote=quote,
        restatement=restated,
        layer="official" if quote else "restatement",
        language="en",
        url="https://www.ecfr.gov/x",
        as_of=date(2026, 1, 29),
        sha256=None,
        confidence="held",
        text_date=date(2026, 1, 29),
        checked_to=date(2026, 1, 29),
    )
    return Source(citation, "28 C.F.R. § 202.205(a) (2026)", official, "https://www.ecfr.gov/")


def shown(body: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def reply(answer: str) -> Reply:
    return Reply(answer, False, citations=(cited("x", "x").cited,))


@pytest.mark.parametrize(
    "law",
    [
        "* * * * *",
        "$5 to $6",
        "Human `omic data",
        "# 1 heading",
        "a [1](b)",
        "x[1]",
        "2*3*4",
        "<img src=x>",
        "__init__",
    ],
)
def test_the_laws_own_characters_are_shown_as_they_are(law: str) -> None:
    assert law in shown(answer_html(reply(f"{law} [1]\n\n> {law}"), "en", "0-0"))


def test_only_a_mark_is_a_link_and_only_to_a_source_that_is_there() -> None:
    body = answer_html(reply("One. [1] Two [2], see [9].\n\n> said [1] so"), "en", "0-0")
    assert re.findall(r'href="([^"]+)"', body) == ["#source-0-0-1"]
    assert "said [1] so" in shown(body)


def test_marks_are_read_behind_a_quotation_and_before_a_note_in_chinese() -> None:
    body = answer_html(reply("Words. [1]（转述。）\n\n> said so [1]"), "zh", "0-0")
    assert body.count('class="policy-mark"') == 2


def test_lists_go_on_over_lines_and_quotations_keep_their_depth() -> None:
    body = answer_html(reply("Also:\n\n- one\nmore\n- two\n\n> (a) x\n>   (1) y"), "en", "0-0")
    assert body.count("<li") == 2
    assert "one<br>more" in body
    assert 'policy-in1">(1) y' in body


@given(any_.text())
def test_no_text_brings_a_tag_of_its_own(text: str) -> None:
    plain = re.compile(r"</?(?:div|p|ul|li|br|blockquote|a|strong|span)\b[^<>]*>")
    for body in (question_html(text, "0-0"), answer_html(reply(text), "en", "0-0")):
        assert "<" not in plain.sub("", body)


@given(any_.text(), any_.integers(1, 60))
def test_an_answer_comes_in_growing_pieces_and_whole_at_last(text: str, steps: int) -> None:
    lengths = list(prefixes(text, steps))
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(text)
    assert len(lengths) <= steps + 1


def test_a_source_marks_what_the_answer_quotes_in_the_official_text() -> None:
    body = sources_html([cited("more than 100", "Bulk:\n  (1) more than 100 persons;")], "en", "0-0")
    assert "<mark>more than 100</mark> persons" in body


def test_a_quotation_over_several_lines_is_marked_in_each() -> None:
    body = sources_html([cited("one\n  (1) two", "zero one\n  (1) two three")], "en", "0-0")
    assert [shown(mark).strip() for mark in re.findall(r"<mark>(.*?)</mark>", body)] == ["one", "(1) two"]


def test_of_a_long_provision_a_source_shows_the_part_that_is_quoted() -> None:
    quote = "(a)(7) The 7th *condition* of `omic data costs $5 or $6."
    body = shown(sources_html([cited(quote, LONG)], "en", "0-0"))
    assert quote in body
    assert "(a)(80)" not in body


def test_what_is_not_held_is_said_and_nothing_is_quoted() -> None:
    body = sources_html([cited(None, "")], "zh", "0-0")
    assert "<blockquote" not in body
    assert "未存官方文本" in body
    assert "In our words." in body


def test_the_examples_in_the_module_hold() -> None:
    tried = doctest.testmod(markup)
    assert tried.attempted > 1
    assert tried.failed == 0
