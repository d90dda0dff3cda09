"""The page: a conversation, the provisions that it rests on, and the day of the law."""

import time
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import streamlit as st

import corpus
from assistant.page.bridge import asked_to_open
from assistant.page.conversation import LONGEST, Conversation, Turn, in_one_line
from assistant.page.markup import answer_html, inert, prefixes, question_html, sources_html
from assistant.page.provision import show_provision
from assistant.page.shared_desk import DeskKeeper, Making, SharedDesk
from assistant.page.wording import STARTERS, label
from assistant.settings import Settings, read_settings
from assistant.words import Lang, say_day

__all__ = ["show"]

_STEPS, _PAUSE = 30, 0.016
"""An answer comes in so many steps, with so many seconds between them."""


def show() -> None:
    """Draws the page for this run of the script."""
    lang = _language()
    st.set_page_config(page_title=label("title", lang), page_icon="🧬", layout="centered")
    st.html(Path(__file__).with_name("page.css"))
    _header(lang)
    desk = _desk_or_stop(lang)
    conversation = _conversation()
    as_of, today = _sidebar(desk, conversation, lang)
    if asked := st.session_state.pop("waiting", None) or _linked_question():
        conversation.ask(asked, as_of, dated=as_of != today)
    with st.container():
        show_provision(desk, asked_to_open(lang, scroll_to=conversation.newest_pending), as_of, lang)
    talk, below = st.container(key="policy-talk"), st.container(key="policy-below")
    with below:
        _other_day(as_of, today, lang)
        st.chat_input(label("ask_here", lang), key="ask", max_chars=LONGEST, on_submit=_put)
        st.caption(label("not_advice", lang))
    with talk:
        for name, turn in conversation.named_turns():
            _turn(desk, turn, name, lang)
        if not conversation.turns:
            _starters(lang)


def _language() -> Lang:
    """The language of the page: what was chosen, else what the address says (?lang=zh), else the browser's."""
    if "lang" not in st.session_state:
        asked = st.query_params.get("lang") or st.context.locale or ""
        st.session_state["lang"] = "zh" if asked.lower().startswith("zh") else "en"
    return cast(Lang, st.session_state["lang"])


def _header(lang: Lang) -> None:
    with st.container(
        key="policy-header", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.html(f'<h1 class="policy-title" lang="{lang}">{escape(label("title", lang))}</h1>', width="content")
        st.segmented_control(
            f"{label('language', 'en')} / {label('language', 'zh')}",
            ["en", "zh"],
            required=True,
            format_func=lambda code: {"en": "English", "zh": "中文"}[code],
            key="lang",
            label_visibility="collapsed",
        )
    st.caption(label("subtitle", lang))


@st.cache_resource(show_spinner=False)
def _keeper(settings: Settings) -> DeskKeeper:
    return DeskKeeper(settings, corpus.FOLDER, (label("starter_bulk", "en"), date.today()))


def _desk_or_stop(lang: Lang) -> SharedDesk:
    """The desk; while it is made ready, how far that is, and then on without a reload."""
    keeper = _keeper(read_settings())
    place = st.empty()
    try:
        while isinstance(desk := keeper.now(), Making):
            percent = round(100 * desk.share)
            words = label("building", lang, percent=str(percent)) if desk.building else label("making", lang)
            place.progress(percent, inert(words))
            time.sleep(0.1)
    except Exception as error:
        place.error(inert(in_one_line(error, lang)))
        st.button(label("again", lang), key="make-again")
        st.stop()
    place.empty()
    return desk


def _conversation() -> Conversation:
    if "conversation" not in st.session_state:
        st.session_state["conversation"] = Conversation()
    return cast(Conversation, st.session_state["conversation"])


def _sidebar(desk: SharedDesk, conversation: Conversation, lang: Lang) -> tuple[date, date]:
    """The day of the law that is chosen, and today. A day that was today stays so past midnight."""
    today = _today()
    if st.session_state.get("as_of") in (None, st.session_state.get("today")):
        st.session_state["as_of"] = today
    st.session_state["today"] = today
    with st.sidebar:
        st.button(
            label("new_conversation", lang), key="new", icon=":material/edit_square:", width="stretch",
            on_click=_begin_anew, args=(conversation.number + 1,),
        )  # fmt: skip
        st.date_input(
            label("as_of", lang), key="as_of", min_value=desk.earliest, max_value=None, format="YYYY-MM-DD",
            help=label("as_of_help", lang),
        )  # fmt: skip
        st.caption(inert(label("held", lang, official=str(desk.official), restated=str(desk.restated))))
    return st.session_state["as_of"] or today, today


def _today() -> date:
    """Today where the user is."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):
        return date.today()
    return datetime.now(UTC).astimezone(zone).date()


def _begin_anew(number: int) -> None:
    st.session_state["conversation"] = Conversation(number)
    for link in ("q", "cite"):
        st.query_params.pop(link, None)


def _other_day(as_of: date, today: date, lang: Lang) -> None:
    """Where the day is not today: that answers are of that day, beside the question and not only in the sidebar."""
    if as_of == today:
        return
    with st.container(key="policy-day", horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/history: {inert(label('other_day', lang, day=say_day(as_of, lang)))}")
        st.button(label("back_to_today", lang), key="back-to-today", type="tertiary", on_click=_to_today)


def _to_today() -> None:
    st.session_state["as_of"] = None


def _linked_question() -> str | None:
    """The question of a link (?q=), once."""
    question = st.query_params.get("q")
    if not question or st.session_state.get("linked") == question:
        return None
    st.session_state["linked"] = question
    return question


def _starters(lang: Lang) -> None:
    with st.container(key="policy-starters"):
        st.html(f'<h2 class="policy-title" lang="{lang}">{escape(label("starters", lang))}</h2>')
        for kind, questions in STARTERS.items():
            st.caption(label(kind, lang))
            for column, key in zip(st.columns(len(questions)), questions, strict=True):
                question = label(key, lang)
                column.button(question, key=key, width="stretch", wrap=True, on_click=_put, args=(question,))


def _put(question: str | None = None) -> None:
    """Keeps what was asked (None: in the box) until the desk can be asked; a link to a provision is then done with."""
    st.session_state["waiting"] = question or st.session_state["ask"]
    st.query_params.pop("cite", None)


def _turn(desk: SharedDesk, turn: Turn, name: str, lang: Lang) -> None:
    """A question with its answer. One that has none yet is answered now, and comes in as it is read."""
    with st.chat_message("user", avatar=":material/person:"):
        st.html(question_html(turn.question, name))
    with st.chat_message("assistant", avatar=":material/balance:"):
        place = st.empty()
        if turn.pending:
            with place, st.spinner(label("thinking", lang)):
                turn.answer(desk)
            if turn.reply is not None:
                for shown in prefixes(turn.reply.answer, _STEPS):
                    place.html(answer_html(turn.reply, lang, name, shown=shown))
                    time.sleep(_PAUSE)
        if turn.reply is not None:
            place.html(answer_html(turn.reply, lang, name))
            if turn.sources:
                st.html(sources_html(turn.sources, lang, name))
        elif turn.problem is not None:
            place.error(inert(in_one_line(turn.problem, lang)))
            st.button(label("again", lang), key=f"again-{name}", on_click=turn.again)
