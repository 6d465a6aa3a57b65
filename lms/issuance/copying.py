"""What a copy of a cycle takes along: the words and logos of its certificates."""

from __future__ import annotations

from lms.catalogue.duplicating import taken_along
from lms.catalogue.models import Cycle
from lms.extensions import db
from lms.issuance import queries_looks
from lms.issuance.models_looks import CertificateLogo, CertificateWords


@taken_along
def _looks(source: Cycle, copy: Cycle) -> None:
    words = queries_looks.words_of(source.id)
    if words:
        db.session.add(CertificateWords(cycle_id=copy.id, **words))
    for logo in queries_looks.logos_of(source.id):
        db.session.add(
            CertificateLogo(
                cycle_id=copy.id, follows=logo.follows, position=logo.position, label=logo.label,
                picture_sha256=logo.picture_sha256,
            )
        )  # fmt: skip
