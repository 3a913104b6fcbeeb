"""MSAL Python keeps people signed in: the silent call, and every way it can fail."""

import time

import pytest
from msal.exceptions import MsalServiceError

from conftest import ADA, challenge, graph, sign_in

HOUR = 3600


@pytest.fixture
def signed_in(client):
    """An app with Ada's account, and how often it has asked for tokens since."""
    app = client()
    sign_in(app)
    return app, app.get_accounts()[0]


def test_a_token_with_time_left_is_a_hit(sandbox, signed_in):
    app, account = signed_in
    asked = len(sandbox.requests("token"))
    result = app.acquire_token_silent(["User.Read"], account)
    assert result["token_source"] == "cache"
    assert len(sandbox.requests("token")) == asked


def test_an_expired_token_is_refreshed(sandbox, signed_in, later):
    app, account = signed_in
    before = app.acquire_token_silent(["User.Read"], account)["access_token"]
    later(2 * HOUR)
    assert graph(sandbox, before).status_code == 401
    result = app.acquire_token_silent(["User.Read"], account)
    assert result["token_source"] == "identity_provider"
    assert graph(sandbox, result["access_token"]).status_code == 200


def test_a_forced_refresh_rotates_the_refresh_token(sandbox, signed_in):
    app, account = signed_in
    tokens = [refresh_token(app)]
    for _ in range(2):
        assert app.acquire_token_silent(["User.Read"], account, force_refresh=True)["access_token"]
        tokens.append(refresh_token(app))
    assert len(set(tokens)) == 3
    # The old one stays good, as it does at Microsoft.
    assert "access_token" in app.acquire_token_by_refresh_token(tokens[0], ["User.Read"])


def test_a_long_token_is_refreshed_ahead_of_its_end(sandbox, client, later):
    app = client(client_capabilities=["CP1"])
    assert sign_in(app)["expires_in"] > 19 * HOUR
    (account,) = app.get_accounts()
    assert app.acquire_token_silent(["User.Read"], account)["token_source"] == "cache"
    later(15 * HOUR)
    assert app.acquire_token_silent(["User.Read"], account)["token_source"] == "identity_provider"


def test_a_failure_while_refreshing_ahead_goes_unseen(sandbox, client, later):
    app = client(client_capabilities=["CP1"])
    first = sign_in(app)["access_token"]
    later(15 * HOUR)
    sandbox.refuse_tokens("invalid_grant", 50076, "basic_action")
    assert app.acquire_token_silent(["User.Read"], app.get_accounts()[0])["access_token"] == first


def test_a_removed_account_is_gone(sandbox, signed_in):
    app, account = signed_in
    app.remove_account(account)
    assert app.get_accounts() == []
    assert app.acquire_token_silent(["User.Read"], account) is None


def test_a_revoked_session_ends_in_a_claims_challenge_and_a_new_sign_in(sandbox, client):
    app = client(client_capabilities=["CP1"])
    token = sign_in(app)["access_token"]
    (account,) = app.get_accounts()
    sandbox.revoke(ADA)
    answer = graph(sandbox, token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    claims = challenge(answer)
    assert '"nbf"' in claims
    refused = app.acquire_token_silent_with_error(["User.Read"], account, claims_challenge=claims)
    assert (refused["error"], refused["error_codes"], refused["suberror"]) == ("invalid_grant", [50173], "bad_token")
    token = sign_in(app, login_hint=ADA, prompt="login", claims_challenge=claims)["access_token"]
    assert graph(sandbox, token).status_code == 200


# Microsoft identity platform, "Error codes", and MSAL's own table of sub-errors it passes on.
@pytest.mark.parametrize(
    "error, code, suberror, classification",
    [
        ("invalid_grant", 50076, "basic_action", "basic_action"),
        ("invalid_grant", 50079, "additional_action", "additional_action"),
        ("invalid_grant", 53003, "message_only", "message_only"),
        ("invalid_grant", 65001, "consent_required", "consent_required"),
        ("invalid_grant", 50055, "user_password_expired", "user_password_expired"),
        ("invalid_grant", 50173, "bad_token", ""),
        ("invalid_grant", 70043, "token_expired", ""),
        ("invalid_grant", 700082, None, None),
        ("interaction_required", 50158, "basic_action", "basic_action"),
    ],
)
def test_refusals_reach_the_application_with_their_reason(sandbox, signed_in, error, code, suberror, classification):
    app, account = signed_in
    sandbox.refuse_tokens(error, code, suberror)
    result = app.acquire_token_silent_with_error(["User.Read"], account, force_refresh=True)
    assert (result["error"], result["error_codes"]) == (error, [code])
    assert result.get("suberror") == suberror
    assert result.get("classification") == classification
    assert result["error_description"].startswith(f"AADSTS{code}: ")
    assert result["error_uri"].endswith(f"/error?code={code}")
    for name in ("timestamp", "trace_id", "correlation_id"):
        assert result[name] and result[name] in result["error_description"]


def test_a_throttled_client_waits_as_long_as_it_was_told(sandbox, signed_in, later):
    app, account = signed_in
    sandbox.fault("token", {"kind": "status", "status": 429, "code": "temporarily_unavailable", "retry_after": 120})
    asked = len(sandbox.requests("token"))
    for _ in range(3):
        result = app.acquire_token_silent_with_error(["User.Read"], account, force_refresh=True)
        assert "access_token" not in result
    assert len(sandbox.requests("token")) == asked + 1
    later(121)
    assert "access_token" in app.acquire_token_silent(["User.Read"], account, force_refresh=True)


@pytest.mark.parametrize("left, source", [(301, "cache"), (298, "identity_provider")])
def test_five_minutes_are_the_border(signed_in, later, left, source):
    app, account = signed_in
    (entry,) = app.token_cache.search("AccessToken")
    later(int(int(entry["expires_on"]) - time.time()) - left)
    assert app.acquire_token_silent(["User.Read"], account)["token_source"] == source


def test_a_server_that_fails_loses_a_token_that_is_still_good(sandbox, client, later):
    app = client(client_capabilities=["CP1"])
    sign_in(app)
    later(15 * HOUR)
    sandbox.fault("token", {"kind": "status", "status": 503})
    with pytest.raises(MsalServiceError):
        app.acquire_token_silent(["User.Read"], app.get_accounts()[0])


def test_a_refusal_is_replayed_for_a_minute(sandbox, signed_in, later):
    app, account = signed_in
    sandbox.refuse_tokens("invalid_grant", 50076, "basic_action")
    asked = len(sandbox.requests("token"))
    for _ in range(2):
        refused = app.acquire_token_silent_with_error(["User.Read"], account, force_refresh=True)
        assert refused["error_codes"] == [50076]
    assert len(sandbox.requests("token")) == asked + 1
    later(61)
    assert "access_token" in app.acquire_token_silent(["User.Read"], account, force_refresh=True)


def refresh_token(app):
    (entry,) = app.token_cache.search("RefreshToken")
    return entry["secret"]
