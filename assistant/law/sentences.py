"""Sentences of legal text, English and Chinese."""

import re

__all__ = ["sentences"]

_ABBREVIATION = r"(?<!\bU\.S\.)(?<!\bart\.)(?<!\bpara\.)(?<!\bNo\.)(?<!\bi\.e\.)(?<!\be\.g\.)(?<!\bInc\.)(?<!\bOrd\.)"
_END = re.compile(rf"(?<=[\w)\]”\"’'%][.;]){_ABBREVIATION}\s+(?=[A-Z“\"(§\u4e00-\u9fff])|(?<=[。；])\s*")


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, each as it stands; a semicolon ends one too, as in lists.

    >>> sentences("A U.S. person may. No one else may; except C. 第一句。第二句。")
    ['A U.S. person may.', 'No one else may; except C.', '第一句。', '第二句。']
    """
    return [part.strip() for part in _END.split(text) if part and part.strip()]
