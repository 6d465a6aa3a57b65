"""A forgotten password replaced by mail: who has a second factor still needs it."""

from __future__ import annotations

from tests.accounts.people import is_signed_in, sign_in
from tests.client import PercorsoClient
from tests.factors.scene import code_at, give, with_app
from tests.joining.scene import PASSWORD, ask_for_reset, choose, link, work


def test_a_reset_does_not_go_round_the_second_factor(client: PercorsoClient) -> None:
    """ASVS 6.4.3: a mailbox taken over is one factor, not two."""
    with_app("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    choose(client, link("ada@example.org"))
    assert not is_signed_in(client), "the link opens no session"
    sign_in(client, "ada@example.org", PASSWORD)
    assert not is_signed_in(client), "nor does the new password alone"
    assert give(client, code_at()).status_code == 303
    assert is_signed_in(client)
