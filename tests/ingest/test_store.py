"""The store is built beside the one in use and switched at the end; texts come from folders, people and publishers."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from publisher_server import Answer, publisher

import corpus
from assistant.desk import NoStore, open_desk, store_facts
from assistant.law.citations import Citator
from assistant.search.vectors import VectorCache
from assistant.settings import Settings
from ingest.kept import kept_texts
from ingest.recognise import FoundFile, gather, parse, recognise
from ingest.run import build_if_needed, run_ingest
from ingest.wordings import dated_provisions, dated_text

HGR_2019 = """# 中华人民共和国人类遗传资源管理条例

2019年7月6日 公布

第一条 为了有效保护和合理利用我国人类遗传资源。

第二条 乙。

丙：

（一）丁；

（二）戊。
"""
"""Invented articles under the real title: enough to be known and read."""


def settings(data: Path, sources: Path | None = None, publishers: str | None = None) -> Settings:
    return Settings(data=data, sources=sources, embedder=None, chroma=None, publishers=publishers)


def silent(_what: str, _done: int, _of: int) -> None:
    return None


def rule_xml(words: str = "The term bulk means any amount.") -> bytes:
    return (
        '<DIV5 N="202" TYPE="PART" VOLUME="2"><HEAD>PART 202—DATA</HEAD>'
        '<DIV6 N="B" TYPE="SUBPART"><HEAD>Subpart B—Definitions</HEAD>'
        f'<DIV8 N="202.205" TYPE="SECTION"><HEAD>§ 202.205   Bulk.</HEAD><P>{words}</P><P>(a) One;</P></DIV8>'
        "</DIV6></DIV5>"
    ).encode()


def test_without_a_store_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoStore, match="policy-assistant ingest"):
        open_desk(tmp_path, corpus.FOLDER)


def test_a_first_build_embeds_nothing_for_the_vectors_are_shipped(data_folder: Path) -> None:
    facts = store_facts(data_folder)
    assert facts is not None
    assert facts["provisions"] > 1300
    cache = VectorCache(data_folder / "vectors.sqlite")
    assert not cache.path.exists(), "the model was asked for vectors that corpus/vectors should hold: make vectors"


def test_a_store_that_is_up_to_date_is_left_alone(data_folder: Path) -> None:
    before = (data_folder / "current").read_text(encoding="utf-8")
    build_if_needed(settings(data_folder), corpus.FOLDER, on_progress=silent)
    assert (data_folder / "current").read_text(encoding="utf-8") == before


def test_a_stopped_ingest_leaves_the_last_good_store_in_use(data_folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(data_folder, data)
    before = (data / "current").read_text(encoding="utf-8")

    def stop(what: str, _done: int, _of: int) -> None:
        if what == "embedding":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ingest(settings(data), corpus.FOLDER, on_progress=stop)
    assert (data / "current").read_text(encoding="utf-8") == before
    assert open_desk(data, corpus.FOLDER).holdings.texts()


def test_a_folder_is_recognised_by_content_and_what_is_not_known_is_reported(tmp_path: Path, citator: Citator) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.bin").write_bytes(rule_xml())
    (folder / "b.md").write_text(HGR_2019, encoding="utf-8")
    (folder / "c.txt").write_text("A recipe for soup.", encoding="utf-8")
    gathered = gather(folder, tuple(citator.instruments.values()))
    assert [(r.instrument.id, r.version.name) for r in gathered.texts] == [
        ("us/cfr/28/202", "as corrected"),
        ("cn/hgr-regulation", "2019"),
    ]
    assert len(gathered.problems) == 1
    assert gathered.problems[0].startswith("c.txt: not an official text that I know")


def test_a_manifest_gives_address_and_day_and_a_hash_that_differs_is_reported(tmp_path: Path, citator: Citator) -> None:
    (tmp_path / "rule.xml").write_bytes(rule_xml())
    entry = {
        "as_of": "2026-01-29",
        "official_url": "https://www.ecfr.gov/x",
        "files": {"rule.xml": "00", "gone.xml": "11"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"documents": [entry]}), encoding="utf-8")
    gathered = gather(tmp_path, tuple(citator.instruments.values()))
    assert gathered.texts[0].file.url == "https://www.ecfr.gov/x"
    assert gathered.texts[0].file.text_date == date(2026, 1, 29)
    assert "SHA-256 is not the one" in gathered.problems[0]
    assert "gone.xml: named in manifest.json, but not there" in gathered.problems[1]


def test_an_amended_text_stands_beside_the_old_with_its_interval(citator: Citator) -> None:
    texts = []
    for day, words in ((date(2026, 1, 29), "The old words."), (date(2026, 6, 1), "The new words.")):
        file = FoundFile("rule.xml", rule_xml(words), text_date=day)
        found = recognise(file, tuple(citator.instruments.values()))
        assert found is not None
        texts.append(dated_text(found, parse(found)))
    wordings = {(p.locator, p.text): (p.in_force_from, p.in_force_to) for p in dated_provisions(texts)}
    section = "us/cfr/28/202.205"
    assert wordings[section, "The old words."] == (date(2025, 4, 8), date(2026, 6, 1))
    assert wordings[section, "The new words."] == (date(2026, 6, 1), None)
    assert wordings[f"{section}/a", "One;"] == (date(2025, 4, 8), None)


def test_an_article_with_one_paragraph_carries_its_words_itself(citator: Citator) -> None:
    found = recognise(FoundFile("b.md", HGR_2019.encode()), tuple(citator.instruments.values()))
    assert found is not None
    provisions = {p.locator: p for p in dated_provisions([dated_text(found, parse(found))])}
    assert provisions["cn/hgr-regulation/1"].text.startswith("为了有效保护")  # type: ignore[index]
    assert "cn/hgr-regulation/1/1" not in provisions
    assert provisions["cn/hgr-regulation/2/2/1"].text == "丁；"  # type: ignore[index]
    assert provisions["cn/hgr-regulation/2"].text == ""  # type: ignore[index]


@pytest.fixture(scope="module")
def own_data(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the store's data folder to ingest into."""
    data = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(data_folder, data)
    return data


def test_a_users_own_file_is_found_and_cited_as_theirs(own_data: Path, tmp_path: Path) -> None:
    memo = tmp_path / "Our Sharing Memo.md"
    memo.write_text("# Sequencing memo\n\nThe zebrafish consortium keeps its freezer logs in Oslo for nine winters.\n")
    report = run_ingest(settings(own_data), corpus.FOLDER, added=[memo], on_progress=silent)
    assert (report.kept, report.problems) == (1, ())
    desk = open_desk(own_data, corpus.FOLDER)
    reply = desk.ask("Where does the zebrafish consortium keep freezer logs?", date(2026, 11, 22))
    assert reply.citations[0].locator.startswith("user/our-sharing-memo/")
    assert "freezer logs in Oslo" in (reply.citations[0].quote or "")


def test_the_same_file_again_changes_nothing_and_a_bad_one_is_told(own_data: Path, tmp_path: Path) -> None:
    memo = tmp_path / "Our Sharing Memo.md"
    memo.write_text("# Sequencing memo\n\nThe zebrafish consortium keeps its freezer logs in Oslo for nine winters.\n")
    (tmp_path / "junk.pdf").write_bytes(b"%PDF-1.7 but then nothing")
    report = run_ingest(settings(own_data), corpus.FOLDER, added=[memo, tmp_path / "junk.pdf"], on_progress=silent)
    assert (report.kept, report.same) == (0, 1)
    assert len(report.problems) == 1
    assert "junk.pdf" in report.problems[0]


def test_a_text_is_fetched_from_its_publisher_with_its_provenance(own_data: Path, citator: Citator) -> None:
    title = {"number": 28, "name": "Judicial Administration", "latest_amended_on": "2026-01-02",
             "latest_issue_date": "2026-01-02", "up_to_date_as_of": "2026-06-01", "reserved": False}  # fmt: skip
    meta = {"date": "2026-06-02", "import_in_progress": False}
    pages = {
        "/www.ecfr.gov/api/versioner/v1/titles.json": Answer(
            json.dumps({"titles": [title], "meta": meta}).encode(), headers={"Content-Type": "application/json"}
        ),
        "/www.ecfr.gov/api/versioner/v1/full/2026-06-01/title-28.xml?part=202": Answer(
            rule_xml(), headers={"Content-Type": "application/xml"}
        ),
    }
    with publisher(pages) as server:
        own = settings(own_data, publishers=server.address)
        report = run_ingest(own, corpus.FOLDER, fetched=["us/cfr/28/202"], on_progress=silent)
    assert (report.kept, report.problems) == (1, ())
    kept, _ = kept_texts(own_data, tuple(citator.instruments.values()))
    rule = next(text for text in kept if text.instrument.id == "us/cfr/28/202")
    assert rule.file.url == "https://www.ecfr.gov/api/versioner/v1/full/2026-06-01/title-28.xml?part=202"
    assert rule.file.text_date == date(2026, 6, 1)
    desk = open_desk(own_data, corpus.FOLDER)
    reading = desk.holdings.reading("us/cfr/28/202.205", date(2026, 6, 1))
    assert reading is not None
    assert reading.official is not None


def test_without_a_network_one_line_says_so_and_the_texts_stay(own_data: Path) -> None:
    own = settings(own_data, publishers="http://127.0.0.1:9")
    report = run_ingest(own, corpus.FOLDER, fetched=["*"], on_progress=silent)
    assert [problem.partition(":")[0] for problem in report.problems] == ["no network"]
    assert report.built.provisions > 1300


def test_what_cannot_be_fetched_is_named_with_what_can(own_data: Path) -> None:
    report = run_ingest(settings(own_data), corpus.FOLDER, fetched=["us/nothing"], on_progress=silent)
    assert "us/nothing: not a text that can be fetched" in report.problems[0]
    assert "us/cfr/28/202" in report.problems[0]
