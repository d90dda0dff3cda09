"""What only a browser can do: copy a citation, open the source that a mark points at, call for a whole provision.

One small script (`bridge.js`) listens on the page; the markup says by `data-` attributes what a click is for. With
scripts off, or in a new tab, its links still lead where they say.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from assistant.words import Lang

__all__ = ["asked_to_open"]

_NAME = "genomic_policy_page"


@cache
def _script() -> str:
    return Path(__file__).with_name("bridge.js").read_text(encoding="utf-8")


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component(_NAME, js=_script())


def asked_to_open(lang: Lang, scroll_to: str | None = None) -> tuple[str, date | None] | None:
    """The provision that a click in this run called for, with the day of its law, or None.

    `scroll_to`: the name of a turn that is new, whose question is to stand at the top.
    """
    data = {"lang": "zh-CN" if lang == "zh" else "en", "turn": scroll_to}
    with st.container(key="policy-bridge"):
        result = _component()(key="bridge", data=data, on_open_change=_nothing)
    wanted = getattr(result, "open", None)
    if not isinstance(wanted, dict) or not isinstance(wanted.get("cite"), str):
        return None
    try:
        day = date.fromisoformat(str(wanted.get("day")))
    except ValueError:
        day = None
    return wanted["cite"], day


def _nothing() -> None:
    return None
