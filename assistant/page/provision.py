"""A provision opened beside the conversation: from a source, or by a link (`?cite=28 CFR 202.205(a)`)."""

from datetime import date

import streamlit as st

from assistant.answer.lookup import NotHeld
from assistant.law.citations import NotACitation
from assistant.page.markup import inert, provision_html
from assistant.page.shared_desk import Opened, SharedDesk
from assistant.words import Lang

__all__ = ["show_provision"]


def show_provision(desk: SharedDesk, wanted: tuple[str, date | None] | None, today: date, lang: Lang) -> None:
    """Opens the provision that is wanted now, or the one that the address names; says in a line why it cannot."""
    citation, day = wanted or (st.query_params.get("cite", ""), None)
    if not citation:
        return
    try:
        opened = desk.open_provision(citation, day or today, lang)
    except (NotACitation, NotHeld) as error:
        st.warning(inert(str(error)), icon=":material/search_off:")
        return
    _draw(opened, lang)


def _draw(opened: Opened, lang: Lang) -> None:
    dialog = st.dialog(inert(opened.provision.citation), width="medium", position="right", on_dismiss=_closed)
    dialog(lambda: st.html(provision_html(opened, lang)))()


def _closed() -> None:
    """The link that opened it is done with."""
    st.query_params.pop("cite", None)
