"""How each provision of a law is encoded in its rule pack: the page `docs/encoded/`, made from the pack itself.

Run `python -m assistant.evaluation.encoded us-dsp > docs/encoded/us-dsp.md` after a change of the pack; a test
compares the page with what would be made.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.citations import Citator, load_citator
from assistant.law.provisions import Locator, Provision, lineage
from assistant.rules import Rules, load_rules

__all__ = ["encoded_page", "encodings", "page_of", "reasons_in"]

_KINDS = {
    "values": "value",
    "categories": "rule",
    "findings": "rule",
    "verdict": "verdict",
    "requirements": "duty",
    "obligations": "duty",
    "counting": "value",
    "alternatives": "alternative",
    "boundary": "boundary",
}


def encodings(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """Locator to how it is encoded: "rule name", "derivation name", "value name", "fact path", "judgement path",
    "duty", "alternative" or "boundary: why"."""
    out: dict[str, list[str]] = {}
    for key, kind in _KINDS.items():
        for name, entry in _entries(rules.pack.document.get(key) or {}):
            shown = "derivation" if kind == "rule" and "derive" in str(entry) else kind
            text = f"boundary: {entry['what']}" if kind == "boundary" else f"{shown} `{name}`" if name else shown
            for pinpoint in _pinpoints(entry):
                out.setdefault(pinpoint, []).append(text)
    for path, fact in rules.vocabulary.facts.items():
        kind = "judgement" if fact.judgement else "fact"
        out.setdefault(str(fact.pinpoint), []).append(f"{kind} `{path}`")
    return {locator: tuple(dict.fromkeys(texts)) for locator, texts in out.items()}


def _entries(block: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(block, Mapping):
        yield from ((name, entry) for name, entry in block.items() if isinstance(entry, Mapping))
    else:
        for entry in block:
            if isinstance(entry, Mapping):
                yield str(entry.get("finding") or entry.get("duty") or entry.get("name") or ""), entry


def _pinpoints(entry: Any) -> Iterator[str]:
    if isinstance(entry, Mapping):
        for key, value in entry.items():
            if key == "pinpoint":
                yield from value if isinstance(value, list) else [str(value)]
            else:
                yield from _pinpoints(value)
    elif isinstance(entry, list):
        for item in entry:
            yield from _pinpoints(item)


def reasons_in(path: Path) -> Mapping[str, str]:
    """Locator to why neither it nor what stands below it is encoded (`rules/NAME.outside.yaml`)."""
    document: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    return {locator: entry["why"] for entry in document["reasons"] for locator in entry["under"]}


def encoded_page(rules: Rules, provisions: Sequence[Provision], citator: Citator, reasons: Mapping[str, str]) -> str:
    """The page in Markdown: a table of every provision with how it is encoded, and the boundary before it.

    Raises KeyError for a provision that is neither encoded nor has a reason why not.
    """
    encoded = encodings(rules)
    document = rules.pack.document
    lines = [
        f"# How {citator.printed(document['instrument'])} is encoded",
        "",
        "Made by `python -m assistant.evaluation.encoded`; do not edit. A *rule* is a finding of the pack, a",
        "*derivation* one worked out in Python, a *fact* is asked, a *judgement* is left to the person.",
        "",
        "## The modelling boundary",
        "",
        *(f"- {e['what']} {e['why'].strip()} ({citator.printed(e['pinpoint'])})" for e in document["boundary"]),
        "",
        "## Provision by provision",
        "",
        "| provision | heading | encoded as |",
        "|---|---|---|",
    ]
    counts: dict[str, int] = {}
    for provision in provisions:
        how, kind = _how(provision, encoded, citator, reasons)
        counts[kind] = counts.get(kind, 0) + 1
        heading = provision.heading.rstrip(".").replace("|", "/")
        lines.append(f"| {citator.printed(provision.locator)} | {heading} | {how} |")
    total = "; ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    return "\n".join([*lines, "", f"{len(provisions)} provisions: {total}.", ""])


def _how(
    provision: Provision, encoded: Mapping[str, tuple[str, ...]], citator: Citator, reasons: Mapping[str, str]
) -> tuple[str, str]:
    if provision.kind == "example":
        return "a case of `tests/cases`", "Examples run as cases"
    own = encoded.get(provision.locator)
    if own:
        return "; ".join(own), "encoded at their own pinpoint"
    below = [locator for locator in encoded if locator.startswith(f"{provision.locator}/")]
    if below:
        return "by its paragraphs", "encoded by their paragraphs"
    above = next((path for path in lineage(provision.locator)[1:] if path in encoded), None)
    if above:
        return f"with {citator.printed(above)}", "encoded with the paragraph above"
    why = next((reasons[path] for path in lineage(provision.locator) if path in reasons), None)
    if why is None:
        raise KeyError(f"{provision.locator} is neither encoded nor said why not")
    return f"not encoded: {why}", "not encoded, with the reason"


def page_of(name: str, corpus: Path) -> str:
    """The page of the pack called `name`."""
    from ingest.restatements import read_restatements

    citator = load_citator(corpus)
    rules = load_rules(corpus, name)
    base = Locator(rules.pack.document["instrument"])
    provisions = [
        p
        for p in read_restatements(corpus, citator)
        if p.source == f"{base}@restatement" and p.kind != "division" and p.locator != base
    ]
    return encoded_page(rules, provisions, citator, reasons_in(corpus / "rules" / f"{name}.outside.yaml"))


def _main(arguments: Sequence[str]) -> None:
    import corpus

    sys.stdout.write(page_of(arguments[0], corpus.FOLDER))


if __name__ == "__main__":
    _main(sys.argv[1:])
