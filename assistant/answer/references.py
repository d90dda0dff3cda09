"""A looked-up provision as an entry for reference managers: CSL-JSON, RIS, BibTeX.

Formats followed: the CSL 1.0.2 data schema (type `legislation`), RIS (type STAT), BibTeX (`@misc`).
"""

import json
from collections.abc import Callable, Mapping
from datetime import date

__all__ = ["FORMATS"]


def _csl_json(key: str, title: str, citation: str, url: str, accessed: date) -> str:
    day = [[accessed.year, accessed.month, accessed.day]]
    entry = {"id": key, "type": "legislation", "title": title, "references": citation, "URL": url}
    return json.dumps([{**entry, "accessed": {"date-parts": day}}], ensure_ascii=False, indent=1)


def _ris(key: str, title: str, citation: str, url: str, accessed: date) -> str:
    lines = [("TY", "STAT"), ("ID", key), ("TI", title), ("N1", citation), ("UR", url), ("Y2", f"{accessed:%Y/%m/%d}")]
    return "\n".join([*(f"{tag}  - {value}" for tag, value in lines if value), "ER  - "])


def _bibtex(key: str, title: str, citation: str, url: str, accessed: date) -> str:
    fields = [("title", title), ("howpublished", citation), ("url", url), ("urldate", accessed.isoformat())]
    body = ",\n".join(f"  {name} = {{{_escaped(value)}}}" for name, value in fields if value)
    return f"@misc{{{key},\n{body}\n}}"


def _escaped(text: str) -> str:
    """Text with the characters that BibTeX reads as commands escaped."""
    return "".join(f"\\{char}" if char in "&%$#_{}" else char for char in text)


FORMATS: Mapping[str, Callable[[str, str, str, str, date], str]] = {
    "csl-json": _csl_json,
    "ris": _ris,
    "bibtex": _bibtex,
}
"""Format to a function of key, title, citation, address and the day of the law."""
