"""Prints certificates: from a plate where one can be trusted, one by one with WeasyPrint otherwise.

Which way a certificate is made depends on its data alone, never on what was made before: the same
data give the same bytes.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from certificates.data import CertificateData
from certificates.page import person_of
from certificates.plate.compiling import NoPlate, make_plate
from certificates.plate.printing import Plate, Unsure
from certificates.plate.shapes import DUMMY, TRIALS, cycle_key, shape_of, stand_in
from certificates.render import Renderer, RenderError

if TYPE_CHECKING:  # who seals nothing shall not load pyHanko
    from certificates.keys import Signer
    from certificates.person import Person
    from certificates.plate.sealing import SealForm
    from certificates.plate.shapes import Shape

MOST_PLATES = 24  # about 1.5 MB each while they are kept, most of it fonts

log = logging.getLogger(__name__)


@dataclass
class _Kept:
    """A plate, if one could be made; the form of the seal on what it prints; for which key."""

    plate: Plate | None
    form: SealForm | None = None
    signer: Signer | None = None


class Press:
    """One warm renderer and the plates of the cycles it met last."""

    def __init__(self, renderer: Renderer | None = None) -> None:
        self.renderer = renderer or Renderer()
        self.most_plates = MOST_PLATES
        self._plates: OrderedDict[Any, _Kept] = OrderedDict()

    def render(self, data: CertificateData) -> bytes:
        """Return the PDF of one certificate."""
        return self.printed(data) or self.renderer.render(data)

    def sealed(self, data: CertificateData, signer: Signer) -> bytes:
        """Return the PDF with a seal that claims the time of issue: same data, same bytes.

        With a key that signs the same in the same way twice (RSA), that is. What the key raises is
        passed on.
        """
        from certificates.seal import claimed_time, seal  # noqa: PLC0415 - loads pyHanko

        at = claimed_time(data.issued_at, signer)
        pdf, form = self._printed(data, signer)
        if pdf and form:
            return form.seal(pdf, at)
        return seal(pdf or self.renderer.render(data), signer, at=at)

    def printed(self, data: CertificateData) -> bytes | None:
        """Return the PDF from a plate, or None where there is none to trust."""
        return self._printed(data, None)[0]

    def _printed(
        self, data: CertificateData, signer: Signer | None
    ) -> tuple[bytes | None, SealForm | None]:
        """What a plate prints, and the form of the seal where a key is named."""
        person = person_of(data, "")
        shape = shape_of(data, person) if person else None
        if person is None or shape is None:
            return None, None
        with self.renderer.turn():
            kept = self._kept(data, shape)
            pdf = _print(kept.plate, person)
            if pdf and kept.plate and signer is not kept.signer and signer is not None:
                kept.form, kept.signer = _form(kept.plate, data, shape, signer), signer
            return pdf, kept.form

    def _kept(self, data: CertificateData, shape: Shape) -> _Kept:
        key = (shape, cycle_key(data))
        if key in self._plates:
            self._plates.move_to_end(key)
        else:
            self._plates[key] = _Kept(self._made(data, shape))
            if len(self._plates) > self.most_plates:
                self._plates.popitem(last=False)
        return self._plates[key]

    def _made(self, data: CertificateData, shape: Shape) -> Plate | None:
        try:
            return make_plate(self.renderer, data, shape)
        except NoPlate as error:
            log.warning("certificates are laid out one by one: %s", error)
        except RenderError:
            raise
        except Exception:  # another WeasyPrint than the plate knows: slower is better than not
            log.exception("no plate could be made: certificates are laid out one by one")
        return None


def _print(plate: Plate | None, person: Person) -> bytes | None:
    try:
        return plate.print(person) if plate else None
    except Unsure:
        return None


def _form(plate: Plate, data: CertificateData, shape: Shape, signer: Signer) -> SealForm | None:
    """The form of the seal on what a plate prints, seen to be what pyHanko makes."""
    from certificates.plate.sealing import SealForm  # noqa: PLC0415 - loads pyHanko

    stands = (DUMMY, TRIALS[shape.alphabet])
    try:
        samples = [plate.print(stand_in(shape, stand, data)[1]) for stand in stands]
        return SealForm(signer, plate.prefix, samples)
    except Exception:  # another pyHanko than the form knows: slower is better than not
        log.exception("no form of a seal could be made: certificates are sealed one by one")
    return None


@lru_cache(maxsize=1)
def _warm() -> Press:
    return Press()


def render(data: CertificateData) -> bytes:
    """Return the PDF of one certificate, through one warm press per process."""
    return _warm().render(data)
