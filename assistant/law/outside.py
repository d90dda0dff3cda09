"""Topics that lie outside what is held (`corpus/outside.yaml`): named, so that a question is declined with reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["Topic", "load_outside"]


@dataclass(frozen=True, slots=True)
class Topic:
    """`name`: what it is, by language. `look`: where one would look, or empty. `asked`: (language, question)."""

    id: str
    name: Mapping[str, str]
    look: Mapping[str, str]
    asked: tuple[tuple[str, str], ...]


def load_outside(path: Path) -> Mapping[str, Topic]:
    """Topics by id. Raises CorpusFileError where one is not complete or stands twice."""
    document: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    out: dict[str, Topic] = {}
    for entry in document["topics"]:
        try:
            asked = tuple((lang, question) for lang, questions in entry["asked"].items() for question in questions)
            topic = Topic(entry["id"], entry["name"], entry.get("look") or {}, asked)
        except (KeyError, TypeError, AttributeError) as error:
            raise CorpusFileError(path, None, f"{entry!r} is not complete: {error!r}") from None
        if topic.id in out:
            raise CorpusFileError(path, None, f"the topic {topic.id} stands twice")
        out[topic.id] = topic
    return out
