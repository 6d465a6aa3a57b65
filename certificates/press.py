"""Prints certificates: from a plate where one can be trusted, one by one with WeasyPrint otherwise.

Which way a certificate is made depends on its data alone, never on what was made before: the same
data give the same bytes.
"""

import logging
from collections import OrderedDict
from functools import lru_cache
from typing import Any

from certificates.data import CertificateData
from certificates.page import person_of
from certificates.plate.compiling import NoPlate, make_plate
from certificates.plate.printing import Plate, Unsure
from certificates.plate.shapes import cycle_key, shape_of
from certificates.render import Renderer, RenderError

MOST_PLATES = 24  # about 1.5 MB each while they are kept, most of it fonts

log = logging.getLogger(__name__)


class Press:
    """One warm renderer and the plates of the cycles it met last."""

    def __init__(self, renderer: Renderer | None = None) -> None:
        self.renderer = renderer or Renderer()
        self.most_plates = MOST_PLATES
        self._plates: OrderedDict[Any, Plate | None] = OrderedDict()

    def render(self, data: CertificateData) -> bytes:
        """Return the PDF of one certificate."""
        return self.printed(data) or self.renderer.render(data)

    def printed(self, data: CertificateData) -> bytes | None:
        """Return the PDF from a plate, or None where there is none to trust."""
        person = person_of(data, "")
        shape = shape_of(data, person) if person else None
        if person is None or shape is None:
            return None
        key = (shape, cycle_key(data))
        with self.renderer.turn():
            if key in self._plates:
                self._plates.move_to_end(key)
            else:
                self._plates[key] = self._made(data, shape)
                if len(self._plates) > self.most_plates:
                    self._plates.popitem(last=False)
            plate = self._plates[key]
            try:
                return plate.print(person) if plate else None
            except Unsure:
                return None

    def _made(self, data: CertificateData, shape: Any) -> Plate | None:
        try:
            return make_plate(self.renderer, data, shape)
        except NoPlate as error:
            log.warning("certificates are laid out one by one: %s", error)
        except RenderError:
            raise
        except Exception:  # another WeasyPrint than the plate knows: slower is better than not
            log.exception("no plate could be made: certificates are laid out one by one")
        return None


@lru_cache(maxsize=1)
def _warm() -> Press:
    return Press()


def render(data: CertificateData) -> bytes:
    """Return the PDF of one certificate, through one warm press per process."""
    return _warm().render(data)
