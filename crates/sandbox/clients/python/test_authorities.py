"""Which ways of pointing MSAL Python at a local authority work, and which it refuses.

The metadata is altered on its way where the sandbox would not write it so.
"""

import json
import threading
import urllib.parse

import msal
import pytest
import requests
from msal.oauth2cli.authcode import AuthCodeReceiver

from conftest import sign_in

METADATA = ".well-known/openid-configuration"


class Altered:
    """A transport of one's own, as MSAL takes it: `alter` changes the metadata that comes through."""

    def __init__(self, alter=lambda metadata: metadata, address=lambda url: url):
        self.alter, self.address = alter, address

    def get(self, url, **options):
        answer = requests.get(self.address(url), timeout=20, **options)
        if url.endswith(METADATA):
            answer._content = json.dumps(self.alter(answer.json())).encode()
        return answer

    def post(self, url, **options):
        return requests.post(self.address(url), timeout=20, **options)

    def close(self):
        """Nothing is kept open."""


def with_field(name, change):
    return Altered(lambda metadata: {**metadata, name: change(metadata[name])})


@pytest.mark.parametrize("option", ["authority", "oidc_authority"])
def test_an_authority_that_is_not_https_is_refused(sandbox, option):
    with pytest.raises(ValueError):
        msal.PublicClientApplication(
            sandbox.client_id, instance_discovery=False, **{option: f"{sandbox.http}/common/v2.0"}
        )


def test_a_token_endpoint_that_is_not_https_is_refused(client):
    plain = with_field("token_endpoint", lambda url: url.replace("https:", "http:"))
    with pytest.raises(ValueError):
        client(http_client=plain)


def test_an_authority_may_go_unvalidated(client):
    assert sign_in(client(instance_discovery=None, validate_authority=False))


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_an_authority_is_named_or_numbered_with_any_port(sandbox, name):
    port = urllib.parse.urlsplit(sandbox.https).port
    app = msal.PublicClientApplication(
        sandbox.client_id, authority=f"https://{name}:{port}/common", instance_discovery=False
    )
    assert app.initiate_device_flow(["User.Read"])["user_code"]


def test_the_issuer_counts_for_a_plain_openid_connect_authority_alone(sandbox, client):
    elsewhere = with_field("issuer", lambda issuer: issuer.replace(sandbox.https, "https://elsewhere.example"))
    with pytest.raises(ValueError, match="issuer"):
        msal.PublicClientApplication(
            sandbox.client_id, oidc_authority=f"{sandbox.https}/common/v2.0", http_client=elsewhere
        )
    assert client(http_client=elsewhere).initiate_device_flow(["User.Read"])["user_code"]


def test_a_transport_of_ones_own_may_speak_http_where_the_metadata_says_https(sandbox, client):
    def secure(metadata):
        return json.loads(json.dumps(metadata).replace(sandbox.http, sandbox.https))

    plain = Altered(secure, lambda url: url.replace(sandbox.https, sandbox.http))
    assert client(http_client=plain).initiate_device_flow(["User.Read"])["user_code"]


@pytest.mark.parametrize(
    "variable, option, works",
    [
        ("REQUESTS_CA_BUNDLE", None, True),
        ("CURL_CA_BUNDLE", None, True),
        ("SSL_CERT_FILE", None, False),
        (None, "ca", True),
        (None, False, True),
        (None, None, False),
    ],
)
def test_the_ca_is_told_by_two_variables_or_an_option(sandbox, client, monkeypatch, variable, option, works):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, sandbox.ca)
    options = {} if option is None else {"verify": sandbox.ca if option else False}
    if works:
        assert client(**options)
    else:
        with pytest.raises(requests.exceptions.SSLError):
            client(**options)


def test_the_variable_beats_the_option(sandbox, client, monkeypatch, tmp_path):
    stranger = tmp_path / "other.pem"
    stranger.write_bytes(open(requests.certs.where(), "rb").read())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger))
    with pytest.raises(requests.exceptions.SSLError):
        client(verify=sandbox.ca)


def test_the_listener_takes_a_posted_form_and_no_query():
    answers = []
    with AuthCodeReceiver(port=0) as receiver:
        waiting = threading.Thread(target=lambda: answers.append(receiver.get_auth_response(timeout=10, state="s")))
        waiting.start()
        address = f"http://localhost:{receiver.get_port()}"
        answer = {"code": "c", "state": "s"}
        assert requests.get(address, params=answer, timeout=5).status_code == 400
        assert answers == []
        assert requests.post(address, data=answer, timeout=5).status_code == 200
        waiting.join()
    assert answers == [answer]
