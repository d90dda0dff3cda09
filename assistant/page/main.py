"""The chat: a question, an answer that streams in, and the provisions that it cites beneath."""

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.page.wording import label

if TYPE_CHECKING:
    from assistant.answer.reply import Reply, ReplyCitation
    from assistant.desk import Desk
    from assistant.words import Lang

__all__ = ["show"]

_STARTERS = ("starter_researcher", "starter_office", "starter_counsel", "starter_china", "starter_penalty")


def show() -> None:
    """Draws the page for this run of the script."""
    st.set_page_config(page_title=label("title", "en"), page_icon="🧬", layout="centered")
    lang = _language()
    st.title(label("title", lang))
    st.caption(label("subtitle", lang))
    desk = _desk_or_stop(lang)
    as_of, dated = _sidebar(desk, lang)
    turns: list[dict[str, Any]] = st.session_state.setdefault("turns", [])
    for number, turn in enumerate(turns):
        _show_turn(turn, number, lang)
    asked = st.chat_input(label("ask_here", lang)) or st.session_state.pop("starter", None) or _linked_question(turns)
    if asked:
        turn = {"question": asked, "reply": None}
        turns.append(turn)
        _answer(desk, turn, len(turns) - 1, as_of, dated, lang)
    elif not turns:
        _starters(lang)
    st.caption(label("not_advice", lang))


def _language() -> "Lang":
    chosen = st.sidebar.radio(
        f"{label('language', 'en')} / {label('language', 'zh')}",
        ["en", "zh"],
        format_func=lambda code: {"en": "English", "zh": "中文"}[code],
        horizontal=True,
        key="lang",
    )
    return "zh" if chosen == "zh" else "en"


@st.cache_resource(show_spinner=False)
def _open(fingerprint: str) -> "Desk":  # noqa: ARG001  a new store is a new desk
    import corpus
    from assistant.desk import open_desk
    from assistant.settings import read_settings

    settings = read_settings()
    return open_desk(settings.data, corpus.FOLDER, settings.embedder)


def _desk_or_stop(lang: "Lang") -> "Desk":
    """The desk over the store in use; the first run builds one and shows how far it is."""
    import corpus
    from assistant.settings import read_settings
    from ingest.run import build_if_needed

    settings = read_settings()
    bar = None

    def report(_what: str, done: int, of: int) -> None:
        nonlocal bar
        bar = bar or st.progress(0.0, label("building", lang))
        bar.progress(min(done / max(of, 1), 1.0), label("building", lang))

    try:
        build_if_needed(settings, corpus.FOLDER, on_progress=report)
        desk = _open((settings.data / "current").read_text(encoding="utf-8"))
    except Exception as error:
        st.error(label("failed", lang, problem=str(error)))
        st.stop()
    if bar is not None:
        bar.empty()
    return desk


def _sidebar(desk: "Desk", lang: "Lang") -> tuple[date, bool]:
    """The day of the law and whether the user chose it; and what is held."""
    today = date.today()
    with st.sidebar:
        if st.button(label("new_conversation", lang), use_container_width=True):
            st.session_state["turns"] = []
            st.rerun()
        as_of = st.date_input(
            label("as_of", lang), value=today, min_value=date(1998, 1, 1), help=label("as_of_help", lang), key="as_of"
        )
        texts = desk.holdings.texts()
        official = len({text.instrument for text in texts if text.layer == "official"})
        restated = len({text.instrument for text in texts if text.layer == "restatement"})
        st.caption(label("held", lang, official=str(official), restated=str(restated)))
    day = as_of if isinstance(as_of, date) else today
    return day, day != today


def _linked_question(turns: list[dict[str, Any]]) -> str | None:
    """The question of a deep link (?q=), asked once."""
    question = st.query_params.get("q")
    if question and not turns and not st.session_state.get("linked"):
        st.session_state["linked"] = True
        return question
    return None


def _starters(lang: "Lang") -> None:
    st.subheader(label("starters", lang), divider="gray")
    for key in _STARTERS:
        if st.button(label(key, lang), key=key, use_container_width=True):
            st.session_state["starter"] = label(key, lang)
            st.rerun()


def _answer(desk: "Desk", turn: dict[str, Any], number: int, as_of: date, dated: bool, lang: "Lang") -> None:
    from assistant.words import language_of

    with st.chat_message("user"):
        st.markdown(turn["question"])
    with st.chat_message("assistant"):
        with st.spinner(label("thinking", lang)):
            reply = desk.ask(turn["question"], as_of, language_of(turn["question"]), dated=dated)
        turn["reply"] = reply
        st.write_stream(_words(reply.answer))
        _sources(reply, number, lang)


def _show_turn(turn: dict[str, Any], number: int, lang: "Lang") -> None:
    with st.chat_message("user"):
        st.markdown(turn["question"])
    if turn["reply"] is not None:
        with st.chat_message("assistant"):
            st.markdown(turn["reply"].answer)
            _sources(turn["reply"], number, lang)


def _words(text: str) -> Iterator[str]:
    """The text word by word, white space kept, as it is to stream in."""
    yield from re.findall(r"\S+\s*|\s+", text)


def _sources(reply: "Reply", number: int, lang: "Lang") -> None:
    """The cited provisions, each opening to its exact words and our restatement."""
    if not reply.citations:
        return
    st.markdown(f"**{label('sources', lang)}**")
    for place, citation in enumerate(reply.citations, 1):
        with st.expander(f"[{place}] {citation.citation}  {citation.heading}", key=f"source-{number}-{place}"):
            _source(citation, lang)


def _source(citation: "ReplyCitation", lang: "Lang") -> None:
    if citation.quote:
        st.markdown(f"**{label('official', lang)}**")
        st.markdown("\n".join(f"> {line}" for line in citation.quote.splitlines()))
    else:
        st.caption(label("not_held", lang))
    if citation.restatement:
        st.markdown(f"**{label('restatement', lang)}**")
        st.markdown(citation.restatement)
    if citation.url:
        st.link_button(label("publisher", lang), citation.url.split()[0])
