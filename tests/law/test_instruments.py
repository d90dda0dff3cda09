"""sources.yaml is read strictly, and each wording has its days."""

from datetime import date
from pathlib import Path

import pytest

import corpus
from assistant.law.instruments import Interval, load_instruments
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError

INSTRUMENTS = {instrument.id: instrument for instrument in load_instruments(corpus.FOLDER / "sources.yaml")}
RULE = INSTRUMENTS[Locator("us/cfr/28/202")]
HGR = INSTRUMENTS[Locator("cn/hgr-regulation")]

ENTRY = """
instruments:
  - id: us/x
    kind: regulation
    jurisdiction: US
    names: {en: X}
    citation: X
    issuer: Y
    reuse: public domain
    versions:
"""


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2019-06-30", None),
        ("2019-07-01", "2019"),
        ("2024-04-30", "2019"),
        ("2024-05-01", "2024"),
        ("2026-11-22", "2024"),
    ],
)
def test_the_version_of_a_day_is_told(day: str, version: str | None) -> None:
    found = HGR.version_on(date.fromisoformat(day))
    assert (found.name if found else None) == version


@pytest.mark.parametrize(
    ("locator", "start"),
    [
        ("us/cfr/28/202.205/a", date(2025, 4, 8)),
        ("us/cfr/28/202.401/a", date(2025, 4, 18)),
        ("us/cfr/28/202.401/b", date(2025, 4, 8)),
        ("us/cfr/28/202.1001", date(2025, 10, 6)),
        ("us/cfr/28/202.1104/c/2/v", date(2025, 10, 6)),
        ("us/cfr/28/202.1101", date(2025, 4, 8)),
    ],
)
def test_a_wording_begins_where_it_was_last_changed_or_delayed_to(locator: str, start: date) -> None:
    corrected = RULE.versions[-1]
    assert RULE.interval_of(Locator(locator), corrected) == Interval(start, None)


@pytest.mark.parametrize(
    ("versions", "problem"),
    [
        ("      - {from: 2020-01-01}\n      - {from: 2021-01-01}\n", "overlap"),
        ("      - {from: 2020-13-01}\n", "is not a day"),
        ("      - {from: 2020-01-01, to: 2019-01-01}\n", "ends before it begins"),
        ("      - {since: 2020-01-01}\n", "unknown key"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name(tmp_path: Path, versions: str, problem: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(ENTRY + versions, encoding="utf-8")
    with pytest.raises(CorpusFileError, match=f"us/x.*{problem}"):
        load_instruments(path)


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("instruments:\n  - id: us/x\n    id: us/y\n", encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"sources\.yaml:3: the key 'id' stands here twice"):
        load_instruments(path)


def test_all_problems_of_the_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("instruments:\n  - {id: us/x, colour: red}\n  - {id: us/y}\n", encoding="utf-8")
    with pytest.raises(CorpusFileError) as error:
        load_instruments(path)
    assert "us/x: unknown key 'colour'" in str(error.value)
    assert "us/y: citation is missing" in str(error.value)
