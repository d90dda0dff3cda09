"""Whole journeys in a real Chromium, against a server of its own over a store of the restatements alone."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant.page.wording import label

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'")

HOSPITAL = "What must a Chinese hospital do before giving sequencing data to a foreign university?"
BULK = "How many people's genomes make bulk data?"
QUIET = [
    *"--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split(),
    *"--disable-component-update --disable-sync".split(),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WAIT = 30_000

Open = Callable[..., Any]


def chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    return found


def serve(data: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A server over `data`, once it answers, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLICY_")}
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--no-open"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, env={**environment, "POLICY_DATA": str(data)}, stdout=out, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}/"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}_stcore/health", timeout=1).close()
            return server, address
        except OSError:
            time.sleep(0.1)
    stop(server)
    raise TimeoutError(log.read_text())


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    server.wait(10)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    """A Chromium, and the file of its own log of all that it asked the network for."""
    log = tmp_path_factory.mktemp("net") / "net.json"
    path = chromium()
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=[*QUIET, f"--log-net-log={log}"])
        yield opened, log
        if opened.is_connected():
            opened.close()


@pytest.fixture(scope="module")
def address(browser: tuple[Any, Path], data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "log"
    server, where = serve(data_folder, log)
    yield where
    stop(server)
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def visit(browser: tuple[Any, Path], address: str) -> Iterator[Open]:
    """Opens the page as a new visitor; what the page's scripts complain of fails the tests."""
    complaints: list[str] = []

    def open_page(query: str = "", width: int = 1200, **options: Any) -> Any:
        context = browser[0].new_context(viewport={"width": width, "height": 860}, locale="en-US", **options)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + query)
        page.get_by_test_id("stChatInputTextArea").wait_for()
        return page

    yield open_page
    assert complaints == []


@pytest.fixture(scope="module")
def answered(visit: Open) -> Any:
    """A page with one answer, for tests that only read it and leave it as it was."""
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, BULK)
    return page


@pytest.fixture(scope="module")
def narrow(visit: Open) -> Any:
    """A dark screen of 390 pixels with a short answer and a long one."""
    page = visit(width=390, color_scheme="dark")
    ask(page, BULK)
    ask(page, HOSPITAL)
    return page


def send(page: Any, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


def ask(page: Any, question: str) -> Any:
    """Asks, and waits for the whole answer with its sources."""
    before = page.locator(".policy-answer").count()
    send(page, question)
    answer = page.locator(".policy-answer").nth(before)
    answer.wait_for()
    page.locator("[data-test-script-state='notRunning']").wait_for()
    return answer


def test_a_question_is_answered_as_it_streams_and_its_source_opens(visit: Open) -> None:
    page = visit()
    page.evaluate(
        """() => { window.lengths = []; new MutationObserver(() => { const a = document.querySelector('.policy-answer');
        if (a) lengths.push(a.textContent.length) }).observe(document.body, {childList: true, subtree: true}) }"""
    )
    answer = ask(page, BULK)
    assert "more than 100 U.S. persons" in answer.inner_text()
    lengths = page.evaluate("[...new Set(window.lengths)]")
    assert len(lengths) > 3
    assert lengths == sorted(lengths)
    source = page.locator(".policy-sources details").first
    assert source.get_attribute("open") is None
    answer.locator(".policy-mark").first.click()
    page.locator(".policy-sources details[open]").wait_for()
    assert "28 C.F.R. § 202.205(a)" in source.inner_text()


def test_a_source_opens_by_keyboard_and_its_citation_is_copied(answered: Any) -> None:
    page = answered
    page.locator(".policy-sources summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text(label("copied", "en"), exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("28 C.F.R. § 202.205(a)")
    page.locator(".policy-sources summary").first.press("Enter")


def test_a_provision_opens_beside_the_conversation_and_closes_again(answered: Any) -> None:
    page = answered
    page.locator(".policy-sources summary").first.click()
    page.locator("[data-open]").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_text(label("citation", "en"), exact=True).wait_for()
    drawer.locator(".policy-up a").click()
    drawer.get_by_text("28 CFR § 202.205", exact=True).first.wait_for()
    page.keyboard.press("Escape")
    drawer.wait_for(state="detached")
    assert page.locator(".policy-asked").inner_text() == BULK
    page.locator(".policy-sources summary").first.click()


def test_a_link_opens_a_provision_and_closing_it_clears_the_address(visit: Open) -> None:
    page = visit("?cite=28%20CFR%20202.205(a)")
    page.get_by_role("dialog").locator(".policy-provision").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("!location.search.includes('cite')")
    page.get_by_role("dialog").wait_for(state="detached")


def test_the_language_is_switched_and_what_was_typed_stays(visit: Open) -> None:
    page = visit()
    ask(page, BULK)
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("half a question")
    page.get_by_text("中文", exact=True).click()
    page.get_by_role("button", name=label("new_conversation", "zh")).wait_for()
    page.wait_for_function("document.documentElement.lang === 'zh-CN'")
    assert page.title() == label("title", "zh")
    assert box.input_value() == "half a question"
    assert page.locator(".policy-asked").inner_text() == BULK
    assert label("sources", "zh") in page.locator(".policy-sources").inner_text()


def test_two_who_ask_at_once_each_see_their_own(visit: Open) -> None:
    first, second = visit(), visit()
    for page, question in ((first, BULK), (second, HOSPITAL)):
        send(page, question)
    for page in (first, second):
        page.locator(".policy-answer .policy-footing, .policy-declined").first.wait_for()
    assert first.locator(".policy-asked").all_inner_texts() == [BULK]
    assert second.locator(".policy-asked").all_inner_texts() == [HOSPITAL]


def test_a_long_answer_is_read_from_its_beginning(narrow: Any) -> None:
    narrow.wait_for_function("document.querySelectorAll('.policy-asked')[1].getBoundingClientRect().top < 160")
    assert narrow.locator(".policy-asked").nth(1).bounding_box()["y"] > 40


def test_a_screen_of_390_pixels_does_not_scroll_sideways(narrow: Any) -> None:
    for summary in narrow.locator(".policy-sources summary").all():
        summary.click()
    assert narrow.locator(".policy-sources details[open]").count() > 2
    wide = """() => [...document.querySelectorAll('[data-testid="stMain"], [data-testid="stMain"] *')].filter(e =>
        e.getBoundingClientRect().right > 391 && e.getClientRects().length).map(e => e.className)"""
    assert narrow.evaluate(wide) == []
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_people_write_is_no_markup(visit: Open) -> None:
    page = visit()
    asked = '<img src="https://example.org/x.png" onerror="boom()"> ![i](https://example.org/y.png) $a$ $b$ :smile: *e*'
    ask(page, f"{asked} {BULK}")
    assert page.locator(".policy-asked").inner_text() == f"{asked} {BULK}"
    assert page.locator(".katex, [data-testid='stMain'] img").count() == 0


def test_every_control_has_a_name(answered: Any) -> None:
    page = answered
    page.locator(".policy-sources summary").first.click()
    kinds = ("button", "a", "input:not([tabindex='-1'])", "textarea", "summary")
    controls = page.locator(", ".join(f"{kind}:visible" for kind in kinds))
    assert controls.count() > 8
    nameless = """e => { const labels = e.labels ? [...e.labels].map(l => l.textContent).join('') : '';
        return (e.getAttribute('aria-label') || e.title || labels || e.innerText || '').trim() ? '' : e.outerHTML }"""
    assert [html for control in controls.all() if (html := control.evaluate(nameless))] == []


def test_the_first_run_shows_how_far_it_is_and_goes_on_without_a_reload(
    browser: tuple[Any, Path], tmp_path: Path
) -> None:
    server, where = serve(tmp_path / "data", tmp_path / "log")
    try:
        context = browser[0].new_context()
        page = context.new_page()
        page.goto(where)
        page.get_by_role("progressbar").wait_for(timeout=WAIT)
        page.evaluate("window.same = true")
        page.get_by_text(label("starters", "en")).wait_for(timeout=2 * WAIT)
        assert page.evaluate("window.same") is True
        context.close()
    finally:
        stop(server)


def test_nothing_was_asked_of_any_other_machine(browser: tuple[Any, Path], answered: Any) -> None:
    """Last of all: Chromium's own log of every journey above holds no request that left this machine."""
    assert answered.locator(".policy-answer").count()
    opened, log = browser
    opened.close()
    text = log.read_text(encoding="utf-8")
    events = json.loads(text if text.rstrip().endswith("}") else text.rstrip().rstrip(",") + "]}")["events"]
    asked = [event["params"] for event in events if "initiator" in (event.get("params") or {})]
    ours = [params for params in asked if params["initiator"].startswith("http://127.0.0.1:")]  # not Chromium's own
    assert len(ours) > 50
    assert {urlsplit(params["url"]).hostname for params in ours} == {"127.0.0.1"}
