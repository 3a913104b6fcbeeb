"""What every test gets: one sandbox for the run, forgotten between tests, and a browser with a person."""

import base64
import json
import os
import re
import sys
import time
from pathlib import Path

import jwt
import msal
import pytest
import requests

import sandbox as sandboxes

HERE = Path(__file__).parent
BROWSER = HERE.parent / "browser.py"
ADA = "ada@signet.example"
GRACE = "grace@signet.example"
NOOR = "noor@outlook.example"


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    with sandboxes.running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running, monkeypatch):
    running.reset()
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    # MSAL's transport reads the first, httpx and the browser the second.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", running.ca)
    monkeypatch.setenv("SSL_CERT_FILE", running.ca)
    return running


@pytest.fixture
def behind_proxy(sandbox, monkeypatch):
    """From here on the process meets Microsoft's host names, and the sandbox behind them."""
    monkeypatch.setenv("HTTPS_PROXY", sandbox.proxy)
    return sandbox


@pytest.fixture
def person(monkeypatch):
    """Says who sits in front of the browser that `webbrowser` opens, and what they do."""

    def sits(address, does="accept", types=None):
        monkeypatch.setenv("PERSON", address)
        monkeypatch.setenv("PERSON_DOES", does)
        monkeypatch.setenv("PERSON_TYPES", types or "")

    sits(ADA)
    return sits


# Read once, when `webbrowser` is first used. MSAL would wait for a browser that is not sent to the background.
os.environ["BROWSER"] = f"{sys.executable} {BROWSER} %s &"


@pytest.fixture
def client(sandbox, person):
    """An MSAL client of the sandbox, told where the authority is and not to ask Microsoft about it.

    Given the address of the sandbox's own instance discovery instead, MSAL 1.39 signs in, but its silent calls still
    ask login.microsoftonline.com for aliases.
    """

    def build(tenant="common", **options):
        options.setdefault("instance_discovery", False)
        return msal.PublicClientApplication(
            options.pop("client_id", sandbox.client_id), authority=f"{sandbox.https}/{tenant}", **options
        )

    return build


@pytest.fixture
def later(sandbox, monkeypatch):
    """Moves this process's clock and the sandbox's alike."""
    now = time.time

    def move(seconds):
        monkeypatch.setattr(time, "time", lambda: now() + seconds)
        sandbox.move_clock(seconds)

    return move


def sign_in(app, scopes=("User.Read",), **options):
    result = app.acquire_token_interactive(list(scopes), timeout=60, **options)
    assert "access_token" in result, result
    return result


def graph(sandbox, token, path="/me"):
    return requests.get(f"{sandbox.https}/v1.0{path}", headers={"authorization": f"Bearer {token}"}, timeout=20)


def challenge(answer):
    """The claims of Graph's `WWW-Authenticate`, which MSAL leaves to the application to read."""
    header = answer.headers["www-authenticate"]
    assert 'error="insufficient_claims"' in header
    return base64.b64decode(re.search(r'claims="([^"]*)"', header).group(1)).decode()


def verify_id_token(sandbox, token, client_id, tenant="common"):
    """Checks an ID token as any relying party may, with a library that knows nothing of Microsoft."""
    metadata = requests.get(f"{sandbox.https}/{tenant}/v2.0/.well-known/openid-configuration", timeout=20).json()
    keys = {key["kid"]: key for key in requests.get(metadata["jwks_uri"], timeout=20).json()["keys"]}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    unverified = jwt.decode(token, options={"verify_signature": False})
    issuer = metadata["issuer"].replace("{tenantid}", unverified["tid"])
    assert key["issuer"].replace("{tenantid}", unverified["tid"]) == issuer
    return jwt.decode(
        token, jwt.PyJWK.from_dict(key).key, algorithms=["RS256"], audience=client_id, issuer=issuer, leeway=5,
        options={"require": ["exp", "iat", "nbf", "sub", "tid", "oid"]},
    )


def decode_client_info(text):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


MAIL_SCOPES = ["User.Read", "People.Read", "Mail.ReadWrite", "Mail.Send"]


@pytest.fixture
def token(running, client):
    """An access token of Ada's for everything the Graph tests do; one sign-in serves them all."""
    if not hasattr(running, "token"):
        running.token = sign_in(client(), MAIL_SCOPES)["access_token"]
    return running.token
