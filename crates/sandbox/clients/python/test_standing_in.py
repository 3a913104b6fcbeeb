"""Unmodified programs, host names and all: the process is given a proxy and a CA, and takes the sandbox for Microsoft."""

import asyncio

import msal
import requests
from azure.identity import InteractiveBrowserCredential
from msgraph import GraphServiceClient

from conftest import ADA, sign_in

# Any id will do: programs have theirs built in.
CLIENT_ID = "14d82eec-204b-4c2f-b7e8-296a70dab67e"


def test_msal_signs_in_at_microsofts_own_host_name(behind_proxy, person):
    app = msal.PublicClientApplication(CLIENT_ID)
    result = sign_in(app)
    assert result["id_token_claims"]["iss"].startswith("https://login.microsoftonline.com/")
    assert app.get_accounts()[0]["environment"] == "login.microsoftonline.com"
    headers = {"authorization": f"Bearer {result['access_token']}"}
    me = requests.get("https://graph.microsoft.com/v1.0/me", headers=headers, timeout=20)
    assert me.json()["userPrincipalName"] == ADA


def test_an_alias_of_the_authority_finds_the_same_account(behind_proxy, person):
    cache = msal.SerializableTokenCache()
    sign_in(msal.PublicClientApplication(CLIENT_ID, token_cache=cache))
    alias = msal.PublicClientApplication(
        CLIENT_ID, authority="https://login.windows.net/common", token_cache=cache
    )
    (account,) = alias.get_accounts()
    assert alias.acquire_token_silent(["User.Read"], account)["token_source"] == "cache"


def test_the_quick_start_of_the_graph_sdk_runs_as_printed(behind_proxy, person):
    async def quick_start():
        credential = InteractiveBrowserCredential(client_id=CLIENT_ID, timeout=60)
        graph = GraphServiceClient(credential, ["User.Read"])
        return await graph.me.get()

    assert asyncio.run(quick_start()).user_principal_name == ADA


def test_the_graph_sdk_answers_a_claims_challenge_by_itself(behind_proxy, person):
    async def revoked_between():
        credential = InteractiveBrowserCredential(client_id=CLIENT_ID, timeout=60)
        graph = GraphServiceClient(credential, ["User.Read"])
        await graph.me.get()
        behind_proxy.revoke(ADA)
        return await graph.me.get()

    assert asyncio.run(revoked_between()).user_principal_name == ADA
    assert [entry["status"] for entry in behind_proxy.requests("me")] == [200, 401, 200]
