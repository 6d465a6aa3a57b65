"""Who may do what: the one table. `tests/test_access.py` asks every row as every role.

An endpoint that is not here is refused; a row without an endpoint fails the tests.
"""

from __future__ import annotations

from lms.access import Role, Rule

ANYONE = frozenset({Role.STRANGER})
SIGNED_IN = frozenset({Role.SIGNED_IN})
OWNER = frozenset({Role.OWNER})
OWN_OR_ORGANISERS = frozenset({Role.OWNER, Role.ORGANISER, Role.ADMINISTRATOR})
TEACHING = frozenset({Role.TRAINER, Role.ORGANISER, Role.ADMINISTRATOR})
ORGANISING = frozenset({Role.ORGANISER, Role.ADMINISTRATOR})
ADMINISTERING = frozenset({Role.ADMINISTRATOR})

TABLE: dict[str, Rule] = {
    # home and accounts
    "home.index": Rule(ANYONE),
    "home.set_language": Rule(ANYONE),
    "accounts.sign_in": Rule(ANYONE),
    "accounts.sign_out": Rule(ANYONE),
    "accounts.profile": Rule(SIGNED_IN),
    "accounts.change_password": Rule(SIGNED_IN),
    # people, their accounts and roles; organisations
    "people.index": Rule(ORGANISING),
    "people.add": Rule(ORGANISING),
    "people.person": Rule(ORGANISING, "person"),
    "people.edit": Rule(ORGANISING, "person"),
    "people.account": Rule(ORGANISING, "person"),
    "people.disable": Rule(ORGANISING, "person"),
    "people.enable": Rule(ORGANISING, "person"),
    "people.roles_of": Rule(ADMINISTERING, "person"),
    "people.grant_role": Rule(ADMINISTERING, "role_grant"),
    "people.end_role": Rule(ADMINISTERING, "role_grant"),
    "organisations.index": Rule(ORGANISING),
    "organisations.add": Rule(ORGANISING),
    "organisations.edit": Rule(ORGANISING, "organisation"),
    # catalogue: public pages
    "catalogue.cycles": Rule(ANYONE),
    "catalogue.cycle": Rule(ANYONE, "cycle"),
    "catalogue.lesson": Rule(ANYONE, "lesson"),
    # calendars: files for anybody; behind a feed's address the token in it is the credential
    "calendars.lesson_ics": Rule(ANYONE, "lesson"),
    "calendars.cycle_ics": Rule(ANYONE, "cycle"),
    "calendars.feed": Rule(ANYONE, "calendar_feed"),
    "calendars.my_calendar": Rule(SIGNED_IN),
    "calendars.create_feed": Rule(SIGNED_IN),
    "calendars.replace_feed": Rule(SIGNED_IN),
    "calendars.revoke_feed": Rule(SIGNED_IN),
}
