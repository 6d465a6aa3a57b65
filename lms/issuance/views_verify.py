"""Verification, open to everybody: by code, by code and family name, by the file itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from certificates.verify import LARGEST
from lms.issuance import queries_certificates as queries
from lms.issuance.blueprint import blueprint
from lms.issuance.codes import grouped, read_code
from lms.issuance.forms import CodeForm, FileForm, NameForm
from lms.issuance.models import Certificate, CertificateEventKind, CertificateStatus
from lms.issuance.serving import credential_response
from lms.issuance.verification import Seen, check_file, same_family_name

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Public:
    """What everybody may know of a certificate who has its code or its file."""

    code: str
    status: CertificateStatus
    ended_at: datetime | None
    fictional: bool
    history: Sequence[tuple[CertificateEventKind, datetime]]
    sealed_by: str | None
    stamped_at: datetime | None

    @property
    def valid(self) -> bool:
        """Whether it still counts."""
        return self.status is CertificateStatus.VALID


@dataclass(frozen=True)
class Details:
    """What code and family name open."""

    holder: str
    cycle: str
    track: str
    issuer: str
    serial: str
    minutes: int
    planned: int | None
    completed_on: date
    issued_at: datetime


def _public(certificate: Certificate) -> Public:
    history = queries.public_history(certificate.id)
    document = queries.document_facts(certificate.id)
    ends = [at for kind, at in history if kind in queries.ENDS]
    return Public(
        code=grouped(certificate.code),
        status=certificate.status,
        ended_at=ends[-1] if ends else None,
        fictional=bool(json.loads(certificate.snapshot).get("fictional")),
        history=history,
        sealed_by=document.sealed_by if document else None,
        stamped_at=document.stamped_at if document else None,
    )


def _details(certificate: Certificate) -> Details:
    said: dict[str, Any] = json.loads(certificate.snapshot)
    cycle = certificate.cycle
    return Details(
        holder=certificate.holder_name,
        cycle=said.get("cycle_title", cycle.title),
        track=said.get("track_title", cycle.track.title),
        issuer=said.get("issuer_name", cycle.track.issuer),
        serial=certificate.serial,
        minutes=certificate.minutes,
        planned=said.get("minutes_planned"),
        completed_on=certificate.completed_on,
        issued_at=certificate.issued_at,
    )


@blueprint.route("/verifica", methods=["GET", "POST"])
def verify_start() -> Answer:
    """Enter a code, or hand over the PDF. Which of the two forms was sent its button tells."""
    by_file = request.method == "POST" and "file" in request.files
    code_form, file_form = CodeForm(prefix="", formdata=None), FileForm(formdata=None)
    if request.method == "POST" and by_file:
        file_form = FileForm()
        if file_form.validate():
            return _checked(file_form)
    elif request.method == "POST":
        code_form = CodeForm()
        if code_form.validate():
            code = read_code(code_form.code.data or "")
            return redirect(url_for("issuance.verify", code=code), 303)
    wrong = file_form if by_file else code_form
    page = render_template(
        "issuance/verify_start.html", form=wrong, code_form=code_form, file_form=file_form
    )
    return page, 422 if request.method == "POST" else 200


def _checked(form: FileForm) -> Answer:
    # One byte more than allowed is enough to know that it is too much.
    outcome = check_file(form.file.data.stream.read(LARGEST + 1))
    if outcome.seen is Seen.UNREADABLE:
        form.file.errors = [_("This file is not a PDF, or is far too large to be a certificate.")]
        page = render_template(
            "issuance/verify_start.html", form=form, code_form=CodeForm(formdata=None),
            file_form=form,
        )  # fmt: skip
        return page, 422
    public = _public(outcome.certificate) if outcome.certificate else None
    return render_template("issuance/verify_file.html", seen=outcome.seen, Seen=Seen, public=public)


@blueprint.route("/verifica/<code>", methods=["GET", "POST"])
def verify(code: str) -> Answer:
    """What a code is worth; with the holder's family name, the details and the credential too.

    Codes that were never issued all get the same answer, whether they could be codes or not.
    """
    known = read_code(code)
    certificate = queries.certificate_by_code(known) if known else None
    if certificate is None:
        return render_template("issuance/verify_unknown.html"), 404
    form, details = NameForm(), None
    if form.validate_on_submit():
        if same_family_name(form.family_name.data or "", certificate.holder_family_name):
            if "open_badge" in request.form:
                return credential_response(certificate)
            details = _details(certificate)
        else:
            form.family_name.errors = [_("The certificate bears another family name.")]
    page = render_template(
        "issuance/verify.html",
        public=_public(certificate),
        form=form,
        details=details,
        whole="holder" in json.loads(certificate.snapshot),
    )
    return page, 422 if form.errors else 200
