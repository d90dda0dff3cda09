"""The page's logic, run by Streamlit's own AppTest: no browser, a store of the restatements alone."""

import html
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import corpus
from assistant.desk import Desk, open_desk
from assistant.page.markup import inert
from assistant.page.shared_desk import DeskKeeper, Making, SharedDesk
from assistant.page.wording import STARTERS, label
from assistant.settings import Settings
from ingest.run import run_ingest

APP = Path(__file__).parents[2] / "app.py"
BULK = "How many people's genomes make bulk data?"
AS_OF = date(2026, 1, 29)

Page = Callable[..., AppTest]


@pytest.fixture(scope="module", autouse=True)
def _desks_are_let_go() -> Iterator[None]:
    yield
    st.cache_resource.clear()


@pytest.fixture
def page(data_folder: Path, quiet_environment: pytest.MonkeyPatch) -> Page:
    """Opens the page over a data folder, with what stands behind the "?" of its address."""

    def open_page(data: Path = data_folder, **address: str) -> AppTest:
        quiet_environment.setenv("POLICY_DATA", str(data))
        app = AppTest.from_file(str(APP), default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return open_page


@pytest.fixture
def own_data(data_folder: Path, tmp_path: Path) -> Path:
    """A data folder that a test may change."""
    return Path(shutil.copytree(data_folder, tmp_path / "data"))


def drawn(app: AppTest, name: str) -> list[str]:
    """What is drawn under a class of `markup.py`, without its tags."""
    bodies = [element.value for element in app.html if f'class="policy {name}' in element.value]
    return [html.unescape(re.sub(r"<[^>]+>", "", body)) for body in bodies]


def ask(app: AppTest, question: str) -> AppTest:
    return app.chat_input(key="ask").set_value(question).run()


def answers(app: AppTest) -> list[str]:
    return drawn(app, "policy-answer")


def test_an_empty_page_offers_every_kind_of_user_a_question(page: Page) -> None:
    app = page()
    offered = {button.key for button in app.button}
    assert {key for keys in STARTERS.values() for key in keys} <= offered
    assert not app.exception
    assert answers(app) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_starter_is_asked_in_the_language_of_the_page_and_answered(page: Page, lang: Any) -> None:
    app = page(lang=lang)
    app.button(key="starter_bulk").click().run()
    assert drawn(app, "policy-asked") == [label("starter_bulk", lang)]
    (answer,) = answers(app)
    assert "more than 100 U.S. persons" in answer
    assert label("answered_restated", lang) in answer
    assert "starter_bulk" not in {button.key for button in app.button}


def test_an_answer_has_numbered_marks_that_lead_to_its_sources(page: Page) -> None:
    app = ask(page(), BULK)
    (body,) = [element.value for element in app.html if 'class="policy policy-answer' in element.value]
    (sources,) = [element.value for element in app.html if 'class="policy policy-sources' in element.value]
    marks = re.findall(r'class="policy-mark" href="#([^"]+)"', body)
    assert marks
    assert all(f'id="{mark}"' in sources for mark in marks)
    assert "28 CFR § 202.205(a)" in sources
    assert 'data-copy="28 C.F.R. § 202.205(a)' in sources
    assert "https://www.ecfr.gov/" in sources
    assert label("not_held", "en") in sources
    assert "not legal advice" in body


def test_a_conversation_keeps_its_turns_in_order(page: Page) -> None:
    app = ask(ask(page(), BULK), "Is HIPAA applicable?")
    assert drawn(app, "policy-asked") == [BULK, "Is HIPAA applicable?"]
    assert len(answers(app)) == 2


def test_what_is_declined_says_so_in_words_and_cites_nothing(page: Page) -> None:
    app = ask(page(), "What will the weather be in Boston tomorrow?")
    assert label("not_answered", "en") in answers(app)[0]
    assert drawn(app, "policy-sources") == []


def test_a_correction_says_so_in_words_and_names_the_error(page: Page) -> None:
    app = ask(page(), "Did BIOSECURE pass in 2024?")
    (answer,) = answers(app)
    assert label("corrected", "en") in answer
    assert label("taken", "en", says="").strip("“”") in answer
    assert drawn(app, "policy-sources")


def test_the_language_switch_turns_the_whole_page_and_loses_nothing(page: Page) -> None:
    app = page()
    app.date_input(key="as_of").set_value(date(2025, 6, 1)).run()
    ask(app, BULK)
    app.button_group(key="lang").set_value("zh").run()
    assert label("ask_here", "zh") == app.chat_input(key="ask").placeholder
    assert app.date_input(key="as_of").label == label("as_of", "zh")
    assert app.date_input(key="as_of").value == date(2025, 6, 1)
    assert drawn(app, "policy-asked") == [BULK]
    assert label("sources", "zh") in drawn(app, "policy-sources")[0]
    assert label("sources", "en") not in drawn(app, "policy-sources")[0]


def test_the_address_may_name_the_language(page: Page) -> None:
    assert page(lang="zh").button(key="new").label == label("new_conversation", "zh")


def test_an_answer_uses_the_law_of_the_chosen_day(page: Page) -> None:
    app = page()
    app.date_input(key="as_of").set_value(date(2024, 1, 2)).run()
    assert any("2 Jan 2024" in note.value for note in app.markdown)
    ask(app, "28 CFR 202.205(a)")
    assert "8 Apr 2025" in answers(app)[0]
    app.button(key="back-to-today").click().run()
    assert app.date_input(key="as_of").value != date(2024, 1, 2)


def test_a_day_that_was_today_stays_today_past_midnight(page: Page) -> None:
    app = page()
    today = app.date_input(key="as_of").value
    assert isinstance(today, date)
    app.session_state["as_of"] = app.session_state["today"] = today - timedelta(days=1)
    assert app.run().date_input(key="as_of").value == today


def test_a_linked_question_is_asked_once(page: Page) -> None:
    app = page(q=BULK)
    assert len(answers(app)) == 1
    assert len(answers(app.run())) == 1
    app.button(key="new").click().run()
    assert answers(app) == []
    assert "q" not in app.query_params


def test_a_linked_provision_is_opened(page: Page) -> None:
    app = page(cite="28 CFR 202.205(a)")
    (provision,) = drawn(app, "policy-provision")
    assert "more than 100 U.S. persons" in provision
    assert "28 C.F.R. § 202.205(a)" in provision
    assert not app.warning


@pytest.mark.parametrize("cite", ["28 CFR 202.9999", "nonsense", "![x](https://example.org/x.png)", "$a$ $b$"])
def test_a_link_that_leads_nowhere_is_told_in_one_line(page: Page, cite: str) -> None:
    app = page(cite=cite)
    (told,) = app.warning
    assert "\n" not in told.value
    assert "](http" not in told.value
    assert app.chat_input(key="ask")


def test_what_is_asked_while_the_store_is_gone_is_answered_when_it_is_back(page: Page, own_data: Path) -> None:
    app = page(own_data)
    holdings = own_data / "stores" / (own_data / "current").read_text() / "holdings.sqlite"
    holdings.rename(own_data / "away")
    st.cache_resource.clear()
    ask(app, BULK)
    assert len(app.error) == 1
    (own_data / "away").rename(holdings)
    app.button(key="make-again").click().run()
    assert not app.error
    assert "more than 100 U.S. persons" in answers(app)[0]


def test_a_new_conversation_begins_empty(page: Page) -> None:
    app = ask(page(), BULK)
    app.button(key="new").click().run()
    assert answers(app) == []
    assert app.button(key="starter_bulk")


def test_an_error_is_one_line_keeps_the_question_and_may_be_tried_again(page: Page, own_data: Path) -> None:
    store = own_data / "stores" / (own_data / "current").read_text()
    (store / "index").rename(own_data / "away")
    app = ask(page(own_data), BULK)
    (told,) = app.error
    assert "\n" not in told.value
    assert drawn(app, "policy-asked") == [BULK]
    (own_data / "away").rename(store / "index")
    app.button(key="again-0-0").click().run()
    assert not app.error
    assert "more than 100 U.S. persons" in answers(app)[0]


def test_a_store_that_cannot_be_built_is_told_and_may_be_tried_again(
    page: Page, data_folder: Path, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.write_text("a file where the data folder should be")
    app = page(in_the_way, q=BULK)
    assert len(app.error) == 1
    in_the_way.unlink()
    shutil.copytree(data_folder, in_the_way)
    app.button(key="make-again").click().run()
    assert not app.error
    assert drawn(app, "policy-asked") == [BULK]


def test_a_new_store_is_picked_up_without_a_restart_and_its_exact_words_are_shown(
    page: Page, own_data: Path, tmp_path: Path
) -> None:
    app = page(own_data)
    words = "The zebra committee at Lindenhof approves every *sorghum* protocol above $5 and $6."
    note = tmp_path / "sorghum.txt"
    note.write_text(f"Sorghum protocol\n\n{words}\n")
    settings = Settings(data=own_data, sources=None, embedder=None, chroma=None, publishers=None)
    run_ingest(settings, corpus.FOLDER, added=[note], on_progress=lambda _what, _done, _of: None)
    ask(app, "Which committee at Lindenhof approves a sorghum protocol?")
    assert words in answers(app)[0]
    assert label("answered", "en") in answers(app)[0]
    (source, *_) = drawn(app, "policy-sources")
    assert label("official", "en") in source
    assert words in source


def test_two_sessions_see_nothing_of_each_other(page: Page) -> None:
    first, second = page(), page()
    ask(first, BULK)
    ask(second, "Is HIPAA applicable?")
    assert drawn(first.run(), "policy-asked") == [BULK]
    assert drawn(second.run(), "policy-asked") == ["Is HIPAA applicable?"]


def test_many_threads_get_the_answers_that_one_would(data_folder: Path, desk: Desk) -> None:
    questions = [label(key, lang) for keys in STARTERS.values() for key in keys for lang in ("en", "zh")]
    alone = [desk.ask(question, AS_OF).answer for question in questions]
    shared = SharedDesk(open_desk(data_folder, corpus.FOLDER))

    def told(place: int) -> str:
        from assistant.words import language_of

        question = questions[place % len(questions)]
        return shared.ask(question, AS_OF, language_of(question), dated=False)[0].answer

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(told, range(2 * len(questions))))
    assert together == 2 * alone


def test_sessions_that_come_while_the_store_is_made_ready_wait_for_the_same(data_folder: Path) -> None:
    settings = Settings(data=data_folder, sources=None, embedder=None, chroma=None, publishers=None)
    keeper = DeskKeeper(settings, corpus.FOLDER, (BULK, AS_OF))
    first = keeper.now()
    assert isinstance(first, Making)
    second = keeper.now()
    assert second is first or isinstance(second, SharedDesk)
    assert first.thread is not None
    first.thread.join()
    assert not first.building
    assert isinstance(keeper.now(), SharedDesk)
    assert keeper.now() is keeper.now()


LAW = "*a* **b** `omic $5 and $6 # one [1] [x](y) <b>c</b> :smile: ~~d~~ 1. e\n> f"


def test_what_people_write_is_shown_letter_by_letter(page: Page) -> None:
    app = ask(page(), LAW)
    assert drawn(app, "policy-asked") == [LAW]


def test_streamlit_reads_no_markdown_in_a_label_made_inert() -> None:
    assert "$" not in re.sub(r"\\.", "", inert(LAW))
    assert not re.search(r"[*_`#<\[\]~:]", re.sub(r"\\.", "", inert(LAW)))
