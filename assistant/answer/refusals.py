"""Requests that are declined for what they ask (`refusals.yaml` beside this file)."""

from functools import cache
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.marks import occurs

__all__ = ["refusal_of"]


@cache
def _refusals() -> list[dict[str, Any]]:
    path = Path(__file__).with_name("refusals.yaml")
    refusals: list[dict[str, Any]] = strict_yaml.load(path.read_text(encoding="utf-8"), path)["refusals"]
    return refusals


def refusal_of(question: str) -> str | None:
    """The key of the sentence that declines `question`, or None where it asks for nothing of the kind."""
    for refusal in _refusals():
        if any(occurs(mark, question) for mark in refusal["marks"]):
            return str(refusal["words"])
    return None
