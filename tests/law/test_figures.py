"""The same amount in other words is the same figure, and labels are no figures."""

import pytest

from assistant.law.figures import figures

SAME = [
    ("more than 1,000 U.S. persons", {"1000"}),
    ("more than one thousand persons", {"1000"}),
    ("fifty percent", {"50%"}),
    ("50 per cent or 50%", {"50%"}),
    ("百分之五十", {"50%"}),
    ("October 6, 2025", {"2025-10-06"}),
    ("6 Oct. 2025", {"2025-10-06"}),
    ("2025年10月6日", {"2025-10-06"}),
    ("交60万元，另缴700万元", {"600000", "7000000"}),
    ("not less than CNY 500,000", {"500000"}),
    ("twenty-five", {"25"}),
    ("three hundred and sixty-eight thousand", {"368000"}),
    ("$1,000,000 or 20 years", {"1000000", "20"}),
    ("$1 million", {"1000000"}),
    ("二十个工作日", {"20"}),
    ("twice the amount", {"2"}),
    ("a twelve-month period", {"12"}),
    ("五年内", {"5"}),
    ("38.935624, −77.207888", {"38.935624", "-77.207888"}),
]


@pytest.mark.parametrize(("text", "expected"), SAME)
def test_amounts_and_days_are_read_in_either_language(text: str, expected: set[str]) -> None:
    assert {str(figure) for figure in figures(text)} == expected


LABELS = [
    "Example 9",
    "Examples 4 and 5",
    "paragraph (a)(2) of this section",
    "第二十八条第二款第（五）项",
    "Order 777",
    "subpart D",
    "art. 36, para. 1, item (5)",
]


@pytest.mark.parametrize("text", LABELS)
def test_the_label_of_a_provision_is_no_figure(text: str) -> None:
    assert figures(text) == frozenset()


def test_a_span_can_be_left_out() -> None:
    assert figures("§ 202.205 says 100", skip=[(0, 9)]) == figures("100")


def test_the_word_one_counts_on_one_side_only() -> None:
    assert figures("one year", ones=False) == frozenset()
    assert {str(figure) for figure in figures("one year")} == {"1"}
