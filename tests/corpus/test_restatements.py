"""Every restatement agrees with its official text: pinpoints, figures, dates, Chinese terms, and no copied words."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

import corpus
from assistant.law.citations import Citator, load_citator
from assistant.law.figures import Figure, figures
from assistant.law.provisions import Locator, Provision, lineage
from assistant.law.strict_yaml import CorpusFileError
from ingest.asked import read_asked
from ingest.places import corners
from ingest.recognise import gather, parse
from ingest.restatements import read_restatement, read_restatements

CITATOR = load_citator(corpus.FOLDER)
RESTATED = read_restatements(corpus.FOLDER, CITATOR)
PROJECT = Path(__file__).parents[2]

WITHOUT_OFFICIAL_PARAGRAPH = {"us/cfr/28/202.402"}
"""Reserved: there is nothing to restate."""

THE_MISPRINT = "us/cfr/28/202.408"
"""No such section: § 202.401(a) named it until it was corrected (90 FR 16466), and the correction is restated."""


@pytest.fixture(scope="session")
def official(official_sources: Path) -> dict[str, list[Provision]]:
    """Every official wording by locator."""
    out: dict[str, list[Provision]] = {}
    for recognised in gather(official_sources, tuple(CITATOR.instruments.values())).texts:
        for provision in parse(recognised).provisions:
            out.setdefault(provision.locator, []).append(provision)
    assert len(out) > 1500
    return out


def _figures(text: str, *, ones: bool) -> frozenset[Figure]:
    return figures(text, skip=[(c.start, c.end) for c in CITATOR.find(text)], ones=ones)


def _officials(official: dict[str, list[Provision]], locator: str) -> list[Provision]:
    """The provision, those above it and those below it: where its figures may stand."""
    near = [p for path in lineage(Locator(locator)) for p in official.get(path, [])]
    below = [p for path, found in official.items() if path.startswith(f"{locator}/") for p in found]
    named = [p for text in near for p in _examples_named(official, locator, text.text)]
    return [*near, *below, *named]


def _examples_named(official: dict[str, list[Provision]], locator: str, text: str) -> Iterable[Provision]:
    """ "Same as Example 4, but …": that Example's figures are this one's too, and so on."""
    for number in re.findall(r"(?:Same|same) (?:facts )?as (?:in )?Examples? (\d+)", text):
        for other in official.get(f"{Locator(locator).rpartition('/')[0]}/{number}", []):
            yield other
            yield from _examples_named(official, locator, other.text)


@pytest.mark.official
def test_every_figure_of_a_restatement_stands_in_its_provision(official: dict[str, list[Provision]]) -> None:
    wrong = []
    checked = 0
    for restated in RESTATED:
        provisions = _officials(official, restated.locator)
        if not provisions or restated.confidence != "held":
            continue
        checked += 1
        allowed = {f for p in provisions for f in _figures(f"{p.label} {p.heading} {p.text}", ones=True)}
        allowed |= {Figure("number", p.locator.rpartition("/")[2]) for p in provisions if p.kind == "area"}
        allowed |= _dates_of_instrument(restated.locator)
        extra = _figures(restated.text, ones=False) - allowed
        wrong += [f"{restated.locator}: {', '.join(map(str, extra))} in {restated.text[:120]!r}"] if extra else []
    assert checked > 900
    assert wrong == []


def _dates_of_instrument(locator: str) -> set[Figure]:
    """The days and numbers of issue that sources.yaml gives: an instrument's own summary may say them."""
    instrument = CITATOR.instruments.get(Locator(locator))
    if instrument is None:
        return set()
    text = f"{instrument.citation} {instrument.note}"
    days = [day for v in instrument.versions for day in (v.interval.start, v.interval.end) if day]
    text += " ".join(v.citation + " " + v.note for v in instrument.versions)
    return set(figures(text)) | {Figure("date", day.isoformat()) for day in days}


@pytest.mark.official
def test_every_restated_pinpoint_exists_in_the_official_text(official: dict[str, list[Provision]]) -> None:
    held = {CITATOR.instrument(locator).id for locator in official}  # type: ignore[union-attr]
    assert held
    missing = [
        restated.locator
        for restated in RESTATED
        if CITATOR.instrument(restated.locator).id in held  # type: ignore[union-attr]
        and restated.locator not in official
        and f"{restated.locator}/1" not in official
    ]
    assert missing == []


@pytest.mark.official
def test_every_provision_of_the_rule_and_of_the_hgr_regulation_is_restated(
    official: dict[str, list[Provision]],
) -> None:
    restated = {provision.locator for provision in RESTATED}
    bare = re.compile(r"[—.]$")
    left = []
    for locator, (provision, *_) in official.items():
        wanted = locator.startswith(("us/cfr/28/202.", "us/eo/14117/", "cn/hgr-regulation/"))
        container = not provision.text or bare.sub("", provision.text) == provision.heading
        container = container or (provision.kind == "section" and provision.text.endswith(":"))
        if not wanted or provision.kind in ("area", "table", "division") or container:
            continue
        sole = locator.removesuffix("/1") if locator.startswith("cn/") else locator
        if locator not in restated and sole not in restated and locator not in WITHOUT_OFFICIAL_PARAGRAPH:
            left.append(locator)
    assert left == []


@pytest.mark.official
def test_every_provision_that_a_restatement_names_exists(official: dict[str, list[Provision]]) -> None:
    held = {CITATOR.instrument(locator).id for locator in official}  # type: ignore[union-attr]
    named = 0
    lost = []
    for restated in RESTATED:
        for citation in CITATOR.find(restated.text):
            instrument = CITATOR.instrument(citation.locator)
            if instrument and instrument.id in held and citation.locator != instrument.id:
                named += 1
                if citation.locator not in official and citation.locator != THE_MISPRINT:
                    lost.append(f"{restated.locator} names {citation.locator}")
    assert named > 90
    assert lost == []


@pytest.mark.official
def test_chinese_terms_in_brackets_stand_in_the_chinese_text(official: dict[str, list[Provision]]) -> None:
    texts: dict[str, str] = {}
    for locator, found in official.items():
        instrument = CITATOR.instrument(locator)
        assert instrument is not None
        words = "".join(p.text + p.heading for p in found)
        texts[instrument.id] = texts.get(instrument.id, "") + re.sub(r"\s", "", words)
    lost = []
    checked = 0
    for restated in RESTATED:
        instrument = CITATOR.instrument(restated.locator)
        assert instrument is not None
        if instrument.language != "zh" or instrument.id not in texts or restated.locator == instrument.id:
            continue
        for term in re.findall(r"（?\(?([\u4e00-\u9fff]{2,24})[)）,，;；]", restated.text):
            checked += 1
            if term not in texts[instrument.id] and term not in "".join(instrument.names.values()):
                lost.append(f"{restated.locator}: {term}")
    assert checked > 100
    assert lost == []


@pytest.mark.official
def test_the_listed_areas_are_those_of_the_official_table(official: dict[str, list[Provision]]) -> None:
    path = corpus.FOLDER / "places" / "government-related-locations.geojson"
    features = json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)["features"]
    areas = {p.locator.rpartition("/")[2]: corners(p) for found in official.values() for p in found if p.kind == "area"}
    assert len(areas) == 736
    shipped = {
        feature["id"]: tuple((latitude, longitude) for longitude, latitude in feature["geometry"]["coordinates"][0])
        for feature in features
    }
    assert {area: (*pairs, pairs[0]) for area, pairs in areas.items()} == shipped


def test_no_run_of_the_official_texts_stands_in_the_project() -> None:
    tool = PROJECT.parent / "shared" / "tools" / "copied-runs"
    if not tool.exists():
        pytest.skip(f"the check for copied runs is not at {tool}")
    terms = corpus.FOLDER / "terms-of-art.txt"
    found = subprocess.run(
        [sys.executable, str(tool), str(PROJECT), "--allow", str(terms)], capture_output=True, text=True, check=False
    )
    assert found.stdout.strip().endswith("0 copied runs"), found.stdout


def test_every_instrument_is_restated_or_says_why_not() -> None:
    restated = {provision.source.removesuffix("@restatement") for provision in RESTATED}
    silent = [i.id for i in CITATOR.instruments.values() if i.id not in restated and i.restated == "yes"]
    assert silent == []


def test_every_question_that_people_ask_belongs_to_a_restated_provision() -> None:
    asked = read_asked(corpus.FOLDER)
    assert len(asked) > 500
    restated = {provision.locator for provision in RESTATED}
    assert [locator for locator in asked if locator not in restated] == []


def test_no_two_wordings_of_a_restated_provision_overlap() -> None:
    by_place: dict[str, list[Provision]] = {}
    for provision in RESTATED:
        by_place.setdefault(provision.locator, []).append(provision)
    assert any(len(wordings) > 1 for wordings in by_place.values())
    for locator, wordings in by_place.items():
        wordings.sort(key=lambda p: str(p.in_force_from))
        for earlier, later in pairwise(wordings):
            assert earlier.in_force_to is not None, locator
            assert earlier.in_force_to <= later.in_force_from, locator  # type: ignore[operator]


GOOD = "---\nrestates: us/cfr/28/202.205\nread against: eCFR of 2026-01-29\n---\n# § 202.205 Bulk.\n\nSays.\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# § 202.205 Bulk.\n\nSays.\n", "no front matter"),
        (GOOD.replace("restates: us/cfr/28/202.205\n", ""), "does not say what the file restates"),
        (GOOD.replace("us/cfr/28/202.205", "us/cfr/99/1.1"), "no instrument"),
        (GOOD.replace("read against", "colour"), "unknown key 'colour'"),
        (GOOD + "\n## what\n\nWords.\n", "is no pinpoint"),
        (GOOD + "\n## (a)\n\nWords.\n\n## (a)\n\nMore.\n", "stands here twice"),
        (GOOD + "\n## (a)\n\n## (b)\n\nMore.\n", "nothing stands under '(a)'"),
        (GOOD + "\n## (a)\n\nAsk {national authority}.\n", "no dated value"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(text: str, problem: str) -> None:
    with pytest.raises(CorpusFileError, match=re.escape(problem)) as error:
        read_restatement(text, Path("202.205.md"), CITATOR)
    assert str(error.value).startswith("202.205.md:")


def test_a_dated_value_gives_a_wording_for_each_interval() -> None:
    wordings = [p for p in RESTATED if p.locator == "cn/hgr-regulation/4/1"]
    assert [(str(p.in_force_from), str(p.in_force_to)) for p in wordings] == [
        ("2019-07-01", "2024-05-01"),
        ("2024-05-01", "None"),
    ]
    assert "Ministry of Science and Technology" in wordings[0].text
    assert "National Health Commission" in wordings[1].text
    assert not re.search(r"[{}]", "".join(p.text for p in RESTATED))


def test_the_reader_finds_the_pinpoint_under_each_kind_of_heading(citator: Citator) -> None:
    text = GOOD + "\n## (g) Combined data\n\nWords.\n\n## (a)(1) Example 1\n\nMore.\n\n## note\n\nLess.\n"
    found = read_restatement(text, Path("x.md"), citator)
    assert [(p.locator, p.kind, p.heading) for p in found] == [
        ("us/cfr/28/202.205", "section", "Bulk."),
        ("us/cfr/28/202.205/g", "paragraph", "Combined data"),
        ("us/cfr/28/202.205/a/1", "example", "Example 1"),
        ("us/cfr/28/202.205/note", "note", ""),
    ]
