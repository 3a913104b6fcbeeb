"""MSAL Python signs people in: every way to get an account, and every way a person can refuse."""

import threading

import msal
import pytest
import requests

from browser import Browser
from conftest import ADA, GRACE, NOOR, decode_client_info, graph, sign_in, verify_id_token

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"


def test_interactive_sign_in_ends_with_an_account_and_a_token_for_graph(sandbox, client):
    app = client()
    result = sign_in(app)
    assert result["token_type"] == "Bearer"
    assert "User.Read" in result["scope"].split()
    assert "offline_access" not in result["scope"].split()
    (account,) = app.get_accounts()
    claims = result["id_token_claims"]
    assert account["username"] == claims["preferred_username"] == ADA
    assert account["home_account_id"] == f"{claims['oid']}.{claims['tid']}"
    assert graph(sandbox, result["access_token"]).json()["userPrincipalName"] == ADA


@pytest.mark.parametrize("address", [ADA, NOOR])
def test_the_id_token_verifies_against_the_published_keys(sandbox, client, person, address):
    person(address)
    app = client()
    result = sign_in(app)
    claims = verify_id_token(sandbox, result["id_token"], app.client_id)
    assert claims["ver"] == "2.0"
    assert claims["preferred_username"] == address
    assert len(claims["nonce"]) == 64, "MSAL sends the hash of a nonce, which comes back as it was"


def test_the_browser_is_sent_back_with_a_posted_form(sandbox, client):
    sign_in(client())
    (asked,) = sandbox.requests("authorize")
    assert asked["status"] == 200


def test_a_second_sign_in_asks_only_for_what_is_new(sandbox, client):
    app = client()
    sign_in(app)
    (account,) = app.get_accounts()
    refused = app.acquire_token_silent_with_error(["Mail.Send"], account)
    assert (refused["error"], refused["suberror"]) == ("invalid_grant", "consent_required")
    assert refused["error_codes"] == [65001]
    assert refused["classification"] == "consent_required"
    result = sign_in(app, ["Mail.Send"], login_hint=ADA)
    assert {"Mail.Send", "User.Read"} <= set(result["scope"].split())
    assert len(app.get_accounts()) == 1


def test_a_personal_account_has_the_consumers_tenant_and_an_opaque_token(sandbox, client, person):
    person(NOOR)
    app = client("consumers")
    result = sign_in(app)
    claims = result["id_token_claims"]
    assert claims["tid"] == PERSONAL_TENANT
    assert claims["oid"].startswith("00000000-0000-0000-")
    assert claims["iss"].endswith(f"/{PERSONAL_TENANT}/v2.0")
    assert result["access_token"].count(".") != 2
    assert graph(sandbox, result["access_token"]).json()["mail"] is None


def test_a_guest_keeps_the_home_account_and_gets_the_tenants_own_ids(sandbox, client, person):
    guest, tenant = guest_of(sandbox)
    person(guest["address"])
    app = client(tenant)
    result = sign_in(app)
    info = decode_client_info(result["client_info"])
    claims = result["id_token_claims"]
    assert claims["tid"] == tenant != info["utid"]
    assert claims["oid"] != info["uid"]
    (account,) = app.get_accounts()
    assert account["home_account_id"] == f"{info['uid']}.{info['utid']}"
    assert account["local_account_id"] == claims["oid"]


def test_cancel_in_the_browser_ends_the_wait(sandbox, client, person):
    person(ADA, does="cancel")
    result = client().acquire_token_interactive(["User.Read"], timeout=60)
    assert result["error"] == "access_denied"
    assert not result.get("error_description")


def test_declined_consent_names_the_decline(sandbox, client, person):
    person(ADA, does="decline")
    result = client().acquire_token_interactive(["User.Read"], timeout=60)
    assert result["error"] == "access_denied"
    assert result["error_description"].startswith("AADSTS65004:")


def test_device_code_waits_for_the_person(sandbox, client):
    app = client()
    flow = app.initiate_device_flow(["User.Read"])
    assert (flow["interval"], flow["expires_in"]) == (5, 900)
    assert flow["user_code"] in flow["message"] and flow["verification_uri"] in flow["message"]
    # The first poll comes at once and finds nobody; the second, five seconds later, finds the account.
    types = Browser(ADA, types=flow["user_code"])
    typing = threading.Timer(1, types.open, [flow["verification_uri"]])
    typing.start()
    result = app.acquire_token_by_device_flow(flow)
    typing.join()
    assert result["id_token_claims"]["preferred_username"] == ADA
    assert [entry["status"] for entry in sandbox.requests("token")] == [400, 200]
    assert app.get_accounts()[0]["username"] == ADA


def test_device_code_declined_in_the_browser_ends_the_wait(sandbox, client):
    app = client()
    flow = app.initiate_device_flow(["User.Read"])
    Browser(ADA, does="decline", types=flow["user_code"]).open(flow["verification_uri"])
    assert app.acquire_token_by_device_flow(flow)["error"] == "authorization_declined"


def test_instance_discovery_vouches_for_the_authority(sandbox, client):
    discovery = f"{sandbox.https}/common/discovery/instance"
    sign_in(client(instance_discovery=discovery))
    asked = [entry for entry in sandbox.requests() if entry["path"].endswith("/common/discovery/instance")]
    assert asked and all(entry["status"] == 200 for entry in asked)
    with pytest.raises(ValueError, match="invalid_instance"):
        msal.PublicClientApplication(
            sandbox.client_id,
            authority="https://login.elsewhere.example/common",
            instance_discovery=discovery,
        )


def test_a_plain_openid_connect_authority_will_do(sandbox, client):
    app = msal.PublicClientApplication(sandbox.client_id, oidc_authority=f"{sandbox.https}/{home(sandbox)}/v2.0")
    assert sign_in(app)["id_token_claims"]["tid"] == home(sandbox)


def test_an_account_of_another_kind_is_refused_on_the_page(sandbox, client, person):
    person(GRACE)
    flow = client("consumers").initiate_auth_code_flow(["User.Read"], redirect_uri="http://localhost:1")
    with pytest.raises(SystemExit, match="AADSTS50020"):
        Browser(GRACE).open(flow["auth_uri"])


def test_what_msal_tells_about_itself_is_on_record(sandbox, client):
    sign_in(client())
    (redeemed,) = sandbox.requests("token")
    assert redeemed["client"]["x-client-sku"] == "MSAL.Python"
    assert redeemed["client"]["x-client-ver"] == msal.__version__
    assert redeemed["client"]["client-request-id"]


def home(sandbox):
    return next(tenant["id"] for tenant in sandbox.tenants if tenant["domain"] == "signet.example")


def guest_of(sandbox):
    """Somebody who is a guest, and the tenant they are a guest of."""
    for person in sandbox.people.values():
        if "guest" in person["about"]:
            elsewhere = [tenant["id"] for tenant in sandbox.tenants
                         if tenant["id"] not in (person["tenant"], PERSONAL_TENANT)]
            return person, elsewhere[0]
    raise AssertionError("the sandbox has no guest")


def test_an_app_nobody_registered_is_admitted_when_asked(sandbox, client):
    app = client(client_id="2f0a5c1e-9f5b-4e57-8d4e-000000000abc")
    assert sign_in(app)["id_token_claims"]["aud"] == app.client_id


def test_metadata_is_the_same_to_any_client(sandbox):
    metadata = requests.get(f"{sandbox.https}/common/v2.0/.well-known/openid-configuration", timeout=20).json()
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "device_authorization_endpoint"):
        assert metadata[name].startswith(sandbox.https), name
