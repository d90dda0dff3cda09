"""What is known and what is held of it: the rows of `policy-assistant sources`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.law.citations import Citator
from assistant.law.holdings import Holdings
from assistant.law.provisions import Confidence, Locator

__all__ = ["InventoryRow", "inventory", "print_inventory"]


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """One instrument. `official`: the versions whose official text is held; `restated`: whether we restate it.

    `confidence`: how sure its substance is: held where an official text is, else as sources.yaml has it.
    """

    instrument: Locator
    name: str
    citation: str
    official: tuple[str, ...]
    restated: bool
    why_not: str
    confidence: Confidence
    text_date: date | None
    checked_to: date | None
    url: str

    def as_json(self) -> dict[str, Any]:
        """For `sources --json`."""
        return {
            "instrument": self.instrument,
            "name": self.name,
            "citation": self.citation,
            "official": list(self.official),
            "restated": self.restated,
            "why_not": self.why_not or None,
            "confidence": self.confidence,
            "text_date": self.text_date.isoformat() if self.text_date else None,
            "checked_to": self.checked_to.isoformat() if self.checked_to else None,
            "url": self.url or None,
        }


def inventory(citator: Citator, holdings: Holdings) -> tuple[InventoryRow, ...]:
    """Every instrument of sources.yaml, then the user's own documents, with what is held of each."""
    texts = holdings.texts()
    rows = []
    for instrument in citator.instruments.values():
        own = [text for text in texts if text.instrument == instrument.id]
        official = [text for text in own if text.layer == "official"]
        restated = any(text.layer == "restatement" for text in own)
        confidence: Confidence = "held" if official else instrument.confidence
        rows.append(
            InventoryRow(
                instrument=instrument.id,
                name=instrument.names["en"],
                citation=instrument.citation,
                official=tuple(text.version for text in official),
                restated=restated,
                why_not="" if restated or instrument.restated == "yes" else instrument.restated,
                confidence=confidence if official or confidence != "held" else "known",
                text_date=max((text.text_date for text in official if text.text_date), default=None),
                checked_to=max((text.checked_to for text in own if text.checked_to), default=None),
                url=instrument.publisher.address,
            )
        )
    added = [text for text in texts if text.instrument not in citator.instruments]
    rows += [
        InventoryRow(t.instrument, t.title, t.title, (t.version,), False, "", "held", t.text_date, None, t.url)
        for t in added
    ]
    return tuple(rows)


def print_inventory(rows: Sequence[InventoryRow]) -> str:
    """A line an instrument: what is held, how sure its substance is, and its citation."""
    lines = []
    for row in rows:
        held = f"official ({', '.join(row.official)})" if row.official else "no official text"
        ours = "restated" if row.restated else "not restated" + (f": {row.why_not}" if row.why_not else "")
        checked = f", checked to {row.checked_to}" if row.checked_to else ""
        lines.append(f"{row.instrument}\n    {row.name}\n    {held}; {ours}; {row.confidence}{checked}")
    return "\n".join(lines)
