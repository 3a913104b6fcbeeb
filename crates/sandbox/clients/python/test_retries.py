"""What Microsoft's Graph SDK does when mail was taken over and the answer said otherwise: it sends it again.

Measured against the sandbox as a server that keeps the mail, then answers. Microsoft's own clients repeat a POST on
429, 503 and 504, three times; nobody is to learn that from the recipients.
"""

import asyncio
import contextlib

import pytest
from kiota_abstractions.api_error import APIError
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.message import Message
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody

import sandbox as sandboxes
from conftest import GRACE
from graph_client import graph_client

MAILS_BY_STATUS = {504: 4, 503: 4, 429: 4, 500: 1}


def test_one_call_brings_four_mails_when_the_answer_is_lost(token, tmp_path, monkeypatch):
    # A token is good at every sandbox of the same seed. The waits between the attempts are the SDK's own, so the rows
    # of the table are measured side by side, each at a sandbox of its own.
    with contextlib.ExitStack() as stack:
        worlds, clients = {}, []
        for status in MAILS_BY_STATUS:
            folder = tmp_path / str(status)
            folder.mkdir()
            world = worlds[status] = stack.enter_context(sandboxes.running(folder))
            world.fault("sendMail", {"kind": "status", "status": status}, count=10, after_work=True)
            monkeypatch.setenv("SSL_CERT_FILE", world.ca)
            clients.append(graph_client(world, token))
        asyncio.run(send_with(clients))
        delivered = {status: len(world.delivered(GRACE)) for status, world in worlds.items()}
    assert delivered == MAILS_BY_STATUS


async def send_with(clients):
    await asyncio.gather(*(send(client) for client in clients))


async def send(client):
    message = Message(subject="Once", to_recipients=[Recipient(email_address=EmailAddress(address=GRACE))])
    with pytest.raises(APIError):
        await client.me.send_mail.post(SendMailPostRequestBody(message=message))
