"""Microsoft's Graph SDK, pointed at a sandbox through the options it has for that."""

import time

from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient


class Held:
    """A credential that holds one token."""

    def __init__(self, token):
        self.token = token

    def get_token(self, *_, **__):
        return AccessToken(self.token, int(time.time()) + 3600)


def graph_client(sandbox, token):
    authentication = AzureIdentityAuthenticationProvider(
        Held(token), scopes=["User.Read"], allowed_hosts=[sandbox.host()]
    )
    adapter = GraphRequestAdapter(authentication)
    adapter.base_url = f"{sandbox.https}/v1.0"
    return GraphServiceClient(request_adapter=adapter)
