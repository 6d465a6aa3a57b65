"""When a nomination is decided, the person and the referent who made it are told by mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.accounts.models import Account, RoleGrant
from lms.accounts.roles import end_grant
from lms.extensions import db
from lms.messages.models import OutboxMessage
from tests import factories
from tests.accounts.people import with_account
from tests.enrolment.test_nominations import Scene, scene  # noqa: F401


def decide(scene: Scene, ids: list[int], decision: str, **more: str) -> Any:  # noqa: F811
    return scene.organiser.post(scene.queue, {"enrolment": ids, "decision": decision, **more})


def told() -> dict[str, OutboxMessage]:
    """The letters, by whom they go to."""
    rows = db.session.scalars(select(OutboxMessage)).all()
    found = {row.recipient: row for row in rows}
    assert len(found) == len(rows), "nobody is told twice"
    return found


def words(letter: OutboxMessage) -> str:
    assert letter.letter
    return " ".join(letter.letter["paragraphs"])


def login_of_referent() -> str:
    account = db.session.scalars(
        select(Account)
        .join(RoleGrant, RoleGrant.person_id == Account.person_id)
        .where(RoleGrant.role == "referent")
    ).one()
    assert account.login
    return account.login


def test_an_accepted_nomination(scene: Scene) -> None:  # noqa: F811
    """To the sign-in's address, else a known one; one letter to the referent, in their language."""
    account = with_account("ada@example.org", scene.ada)
    account.language = "en"
    bea = factories.person("Bea", "Due", organisation=scene.body, email="bea@example.org")
    nobody = factories.person("Ciro", "Tre", organisation=scene.body, email=None)
    dina = factories.person("Dina", "Quattro", organisation=scene.body)
    shut = with_account("dina@example.org", dina)
    db.session.commit()
    ids = [row.id for row in scene.nominated(scene.ada, bea, nobody, dina)]
    shut.is_active = False
    db.session.commit()
    assert told() == {}
    assert decide(scene, ids, "approve").status_code == 303
    letters = told()
    assert set(letters) == {"ada@example.org", "bea@example.org", login_of_referent()}
    assert letters["ada@example.org"].subject == f"You are enrolled: {scene.cycle.title}"
    assert "Comune di Casa" in words(letters["bea@example.org"])
    assert letters["bea@example.org"].language == "it"
    button = letters["bea@example.org"].letter["button"]  # type: ignore[index]
    assert button["url"].endswith(f"/cicli/{scene.cycle.slug}")
    mine = letters[login_of_referent()]
    assert mine.subject == f"4 designazioni accolte: {scene.cycle.title}"
    assert "Ada Casalini, Bea Due, Ciro Tre, Dina Quattro." in words(mine)
    assert decide(scene, ids, "approve").status_code == 409
    assert len(told()) == 3


def test_a_refused_one_tells_the_organisation_why_and_the_person_whom_to_ask(
    scene: Scene,  # noqa: F811
) -> None:
    with_account("ada@example.org", scene.ada)
    ids = [row.id for row in scene.nominated()]
    assert decide(scene, ids, "refuse", reason="Il ciclo è per altri uffici").status_code == 303
    letters = told()
    assert "altri uffici" not in words(letters["ada@example.org"])
    assert letters["ada@example.org"].subject == f"Designazione non accolta: {scene.cycle.title}"
    assert "Il motivo: Il ciclo è per altri uffici" in words(letters[login_of_referent()])


def test_who_is_no_referent_any_more_hears_nothing(scene: Scene) -> None:  # noqa: F811
    ids = [row.id for row in scene.nominated()]
    login = login_of_referent()
    grants = select(RoleGrant).where(RoleGrant.role == "referent")
    end_grant(db.session.scalars(grants).one(), by=None)
    db.session.commit()
    assert decide(scene, ids, "approve").status_code == 303
    assert login not in told()
