"""Whether a point lies in an area of the Government-Related Location Data List."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["ImpossiblePoint", "PlaceFinding", "find_place", "load_areas"]

_KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere with the mean radius of the Earth, 6371.0 km."""


class ImpossiblePoint(ValueError):
    """A latitude or longitude that no point on Earth has. `name` and `value` say which."""

    def __init__(self, name: str, value: float, limit: int) -> None:
        self.name, self.value = name, value
        super().__init__(f"{name} {value} is impossible: give decimal degrees from -{limit} to {limit}")


@dataclass(frozen=True, slots=True)
class PlaceFinding:
    """`areas`: the Area IDs that hold the point, an edge included. `nearest_km`: kilometres to the nearest
    listed area, 0 inside one; on a plane fitted at the point, so within 1% for distances up to some 500 km.
    `nearest`: that area's ID."""

    inside: bool
    areas: tuple[int, ...]
    nearest: int
    nearest_km: float


def load_areas(path: Path) -> dict[int, "BaseGeometry"]:
    """Area ID to polygon (longitude, latitude in degrees), from the GeoJSON in `corpus/places`."""
    from shapely.geometry import shape

    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {int(feature["id"]): shape(feature["geometry"]) for feature in features}


def find_place(areas: dict[int, "BaseGeometry"], latitude: float, longitude: float) -> PlaceFinding:
    """Where a point (decimal degrees, WGS 84) lies in relation to the listed areas.

    Raises ImpossiblePoint for degrees that do not exist.
    """
    from shapely import STRtree, transform
    from shapely.geometry import Point

    for name, value, limit in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not math.isfinite(value) or abs(value) > limit:
            raise ImpossiblePoint(name, value, limit)
    point = Point(longitude, latitude)
    inside = tuple(sorted(area for area, polygon in areas.items() if polygon.covers(point)))
    if inside:
        return PlaceFinding(True, inside, inside[0], 0.0)
    shrink = max(math.cos(math.radians(latitude)), 1e-6)

    def to_km(lon_lat: Any) -> Any:
        turned = (lon_lat[:, 0] - longitude + 180) % 360 - 180
        flat = lon_lat.copy()
        flat[:, 0], flat[:, 1] = turned * shrink * _KM_PER_DEGREE, (lon_lat[:, 1] - latitude) * _KM_PER_DEGREE
        return flat

    ids = list(areas)
    flat = [transform(areas[area], to_km) for area in ids]
    place = int(STRtree(flat).nearest(Point(0, 0)))
    return PlaceFinding(False, (), ids[place], round(float(flat[place].distance(Point(0, 0))), 3))
