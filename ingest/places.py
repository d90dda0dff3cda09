"""The Government-Related Location Data List as GeoJSON, made from the official table.

Run `python -m ingest.places OFFICIAL.xml corpus/places/government-related-locations.geojson` when the list has
changed. Figures are written digit for digit as the table prints them; a corner is longitude, then latitude, and
a ring is closed, as RFC 7946 has it.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.law.provisions import Provision
from ingest.ecfr import parse_ecfr
from ingest.parsed import UnreadableText

__all__ = ["corners", "geojson"]

_PAIR = re.compile(r"([−-]?\d+(?:\.\d+)?), ([−-]?\d+(?:\.\d+)?)\.?")


def corners(area: Provision) -> tuple[tuple[str, str], ...]:
    """The corners of one listed area as printed, each (latitude, longitude), with a plain minus sign.

    Raises UnreadableText where a cell is no pair or there are fewer than three.
    """
    cells = [_PAIR.fullmatch(cell.strip()) for cell in area.text.split(";")]
    pairs = tuple((_minus(cell[1]), _minus(cell[2])) for cell in cells if cell)
    if len(pairs) != len(cells) or len(pairs) < 3:
        raise UnreadableText(area.label, f"not a row of latitude/longitude pairs: {area.text!r}")
    return pairs


def _minus(text: str) -> str:
    return text.replace("−", "-")


def geojson(areas: Iterable[Provision], source: str) -> str:
    """A FeatureCollection, one Polygon a listed area, with `id` the Area ID. `source` says which text it is of."""
    features = [_feature(area) for area in areas]
    if not features:
        raise UnreadableText(source, "no listed area in it")
    head = {"type": "FeatureCollection", "source": source}
    return json.dumps(head)[:-1] + ', "features": [\n' + ",\n".join(features) + "\n]}\n"


def _feature(area: Provision) -> str:
    name = area.locator.rpartition("/")[2]
    pairs: Sequence[tuple[str, str]] = corners(area)
    ring = ", ".join(f"[{longitude}, {latitude}]" for latitude, longitude in (*pairs, pairs[0]))
    return f'{{"type": "Feature", "id": {name}, "geometry": {{"type": "Polygon", "coordinates": [[{ring}]]}}}}'


def _main(arguments: Sequence[str]) -> None:
    source, target = map(Path, arguments)
    parsed = parse_ecfr(source.read_bytes(), "28")
    areas = [provision for provision in parsed.provisions if provision.kind == "area"]
    target.write_text(geojson(areas, f"{areas[0].locator.rpartition('/')[0]}, {source.stem}"), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1:])
