"""What a person is told when a sign-in did not come about, and how outcomes are called."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.federation.models import LinkedBy, Outcome
from lms.federation.rules import Failure

OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.SIGNED_IN: _l("Signed in"),
    Outcome.ARRIVED: _l("First arrival"),
    Outcome.REGISTERED: _l("Registered"),
    Outcome.LINKED: _l("Linked"),
    Outcome.UNLINKED: _l("Unlinked"),
    Outcome.SIGNED_OUT: _l("Signed out there too"),
    Outcome.FAILED: _l("Failed"),
}
FAILURES: dict[Failure, LazyString] = {
    Failure.CANCELLED: _l("Given up by the person"),
    Failure.ATTEMPTS: _l("Too many wrong attempts"),
    Failure.LEVEL: _l("Level too low"),
    Failure.TIMEOUT: _l("Took too long"),
    Failure.CONSENT: _l("Data not released"),
    Failure.BLOCKED: _l("Identity suspended"),
    Failure.REFUSED: _l("Refused by the provider"),
    Failure.DOWN: _l("Provider out of order"),
    Failure.EXPIRED: _l("Expired or unknown"),
    Failure.UNTRUSTED: _l("Answer not genuine"),
    Failure.INCOMPLETE: _l("Name missing"),
    Failure.DISABLED: _l("Account disabled"),
    Failure.TAKEN: _l("Linked to somebody else"),
    Failure.MISMATCH: _l("Data do not agree"),
}
LINKED: dict[LinkedBy, LazyString] = {
    LinkedBy.TAX_CODE: _l("Recognised by the tax code"),
    LinkedBy.CONFIRMATION: _l("Linked by you"),
    LinkedBy.FIRST_ARRIVAL: _l("You registered with it"),
}


def outcome_in_words(outcome: Outcome, failure: Failure | None) -> str:
    """The outcome on the log's page, with its cause when it failed."""
    return str(FAILURES[failure]) if failure else str(OUTCOMES[outcome])


def linked_in_words(how: LinkedBy) -> str:
    """On what ground an identity is linked."""
    return str(LINKED[how])


def what_happened(failure: Failure, label: str) -> str:
    """Why the sign-in did not come about, as told to the person."""
    words: dict[Failure, str] = {
        Failure.CANCELLED: _("You stopped before the end."),
        Failure.ATTEMPTS: _("Your identity provider received too many wrong passwords or codes."),
        Failure.LEVEL: _("A higher level of security is needed (level 2)."),
        Failure.TIMEOUT: _("The time your identity provider allows had run out."),
        Failure.CONSENT: _("You did not agree to pass on the data."),
        Failure.BLOCKED: _("Your digital identity is suspended or revoked."),
        Failure.REFUSED: _("%(provider)s refused the sign-in.", provider=label),
        Failure.DOWN: _("%(provider)s does not answer at the moment.", provider=label),
        Failure.EXPIRED: _(
            "This sign-in was not begun in this browser, or too much time has passed."
        ),
        Failure.UNTRUSTED: _(
            "The answer of %(provider)s could not be verified, so we did not trust it.",
            provider=label,
        ),
        Failure.INCOMPLETE: _(
            "%(provider)s did not tell your given name and family name.", provider=label
        ),
        Failure.DISABLED: _("Your account here is disabled."),
        Failure.TAKEN: _("This digital identity belongs to another account here."),
        Failure.MISMATCH: _(
            "The data of your digital identity do not agree with those we have of you."
        ),
    }
    return words[failure]


def what_to_do(failure: Failure) -> str:
    """What the person can do now."""
    again = _("You can try again whenever you like.")
    wait = _("Try again in a few minutes. Nothing was changed.")
    provider = _("Ask your identity provider for help, then try again.")
    organisers = _("Tell the organisers: they can put it right.")
    words: dict[Failure, str] = {
        Failure.CANCELLED: again,
        Failure.CONSENT: _("Without your name we cannot register you. You can try again."),
        Failure.TIMEOUT: again,
        Failure.EXPIRED: again,
        Failure.DOWN: wait,
        Failure.REFUSED: wait,
        Failure.UNTRUSTED: wait,
        Failure.ATTEMPTS: _("Wait a while, or recover your password with your provider."),
        Failure.BLOCKED: provider,
        Failure.LEVEL: _("Sign in with a code or the app of your provider, not only a password."),
        Failure.INCOMPLETE: organisers,
        Failure.DISABLED: organisers,
        Failure.TAKEN: _("Sign in with it, or tell the organisers: they can put it right."),
        Failure.MISMATCH: organisers,
    }
    return words[failure]
