"""Microsoft's Graph SDK for Python: the profile, and mail that arrives field by field as it was written."""

import asyncio
import hashlib
import io
import urllib.parse

import pytest
import requests
from kiota_abstractions.api_error import APIError
from msgraph.generated.models.attachment_item import AttachmentItem
from msgraph.generated.models.attachment_type import AttachmentType
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.internet_message_header import InternetMessageHeader
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.single_value_legacy_extended_property import SingleValueLegacyExtendedProperty
from msgraph.generated.users.item.messages.item.attachments.create_upload_session import (
    create_upload_session_post_request_body as upload,
)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks import LargeFileUploadTask

from conftest import ADA, GRACE, sign_in
from graph_client import graph_client

PROPERTY = "String {9a1d5a0e-6f27-4a8c-9f43-1f6d2f5c0a11} Name Key"
HTML = "<p>Grüße, 世界 &amp; <b>friends</b></p>"
FILE = bytes(range(256)) * 40
LARGE = bytes(i * 7 % 251 for i in range(3 * 1024 * 1024 + 400_000))


@pytest.fixture
def me(sandbox, token):
    return graph_client(sandbox, token).me


def run(call):
    return asyncio.run(call)


def test_the_profile_has_the_default_set_and_what_is_selected(sandbox, me):
    user = run(me.get())
    assert (user.user_principal_name, user.display_name) == (ADA, "Ada Lovelace-Núñez")
    assert user.business_phones == ["+44 20 7946 0815"]
    assert user.department is None, "not in the default set"
    query = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(select=["department", "displayName"])
    configuration = UserItemRequestBuilder.UserItemRequestBuilderGetRequestConfiguration(query_parameters=query)
    user = run(graph_again(sandbox, me).get(request_configuration=configuration))
    assert (user.department, user.mail) == ("Engine Research", None)


def test_the_photo_comes_in_its_size_with_its_metadata(sandbox, me):
    async def photos():
        return await me.photo.content.get(), await me.photos.by_profile_photo_id("48x48").content.get(), await me.photo.get()

    whole, small, metadata = run(photos())
    assert whole[:3] == b"\xff\xd8\xff" or whole[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(small) < len(whole)
    assert metadata.width == metadata.height > 48


def test_no_photo_is_an_error_with_a_code(sandbox, client, person):
    person(GRACE)
    me = graph_client(sandbox, sign_in(client())["access_token"]).me
    with pytest.raises(APIError) as raised:
        run(me.photo.content.get())
    assert raised.value.response_status_code == 404


def test_people_come_by_relevance(me):
    people = run(me.people.get()).value
    assert people and all(person.display_name for person in people)
    assert GRACE in [address.address for person in people for address in person.scored_email_addresses]


def test_a_missing_scope_is_an_error_with_graphs_code(sandbox, client):
    me = graph_client(sandbox, sign_in(client())["access_token"]).me
    with pytest.raises(ODataError) as raised:
        run(me.messages.post(Message(subject="refused")))
    assert (raised.value.response_status_code, raised.value.error.code) == (403, "ErrorAccessDenied")
    assert raised.value.error.inner_error.request_id


def test_sent_mail_arrives_as_it_was_written(sandbox, me):
    message = letter("Sent at once")
    message.attachments = [FileAttachment(
        odata_type="#microsoft.graph.fileAttachment", name="Bär 🐻.bin", content_type="application/octet-stream",
        content_bytes=FILE,
    )]
    run(me.send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True)))
    check_letter(sandbox, "Sent at once", [("Bär 🐻.bin", FILE)])


def test_mail_that_is_not_to_be_kept_is_not_kept(sandbox, me):
    run(me.send_mail.post(SendMailPostRequestBody(message=letter("Kept nowhere"), save_to_sent_items=False)))
    assert len(sandbox.delivered(GRACE)) == 1
    assert sandbox.sent(ADA) == []


def test_a_draft_is_written_attached_to_and_sent(sandbox, me):
    async def story():
        draft = await me.messages.post(letter("First a draft"))
        assert draft.is_draft and draft.id and draft.change_key and draft.internet_message_id
        item = me.messages.by_message_id(draft.id)
        file = await item.attachments.post(FileAttachment(
            odata_type="#microsoft.graph.fileAttachment", name="a.bin", content_type="application/x-a", content_bytes=FILE,
        ))
        assert file.id and file.size >= len(FILE)
        assert [one.name for one in (await item.attachments.get()).value] == ["a.bin"]
        changed = await item.patch(Message(subject="Then sent"))
        assert changed.subject == "Then sent" and changed.change_key != draft.change_key
        assert sandbox.delivered(GRACE) == []
        await item.send.post()

    run(story())
    check_letter(sandbox, "Then sent", [("a.bin", FILE)])


def test_an_upload_session_attaches_a_large_file(sandbox, me):
    """The SDK opens the session; its own task is the subject of the next test."""

    async def story():
        draft, session = await open_session(me, len(LARGE))
        assert session.next_expected_ranges == ["0-"]
        first = 2 * 1024 * 1024
        answer = put(session.upload_url, LARGE[:first], 0, len(LARGE))
        assert answer.status_code == 200
        assert [name for name in answer.json() if name.lower() == "expirationdatetime"] == ["ExpirationDateTime"]
        answer = put(session.upload_url, LARGE[first:], first, len(LARGE))
        assert (answer.status_code, answer.content) == (201, b"")
        assert "/Attachments('" in answer.headers["location"]
        await me.messages.by_message_id(draft.id).send.post()

    run(story())
    check_letter(sandbox, "With a large file", [("large.bin", LARGE)])


def test_the_sdks_own_upload_task_fails_after_the_last_range(sandbox, me):
    """It sends a file of one range and then an empty range more, which no answer of Outlook's shape can satisfy."""

    async def story():
        draft, session = await open_session(me, len(LARGE))
        task = LargeFileUploadTask(session, me.request_adapter, io.BytesIO(LARGE))
        with pytest.raises(APIError) as raised:
            await task.upload()
        assert raised.value.response_status_code == 404
        item = me.messages.by_message_id(draft.id)
        assert [file.size >= len(LARGE) for file in (await item.attachments.get()).value] == [True]

    run(story())


def test_a_batch_answers_each_request_by_its_id(sandbox, me):
    async def story():
        items = [
            BatchRequestItem(me.to_get_request_information(), "card"),
            BatchRequestItem(me.photo.content.to_get_request_information(), "photo"),
            BatchRequestItem(me.messages.by_message_id("AAMkNobody=").to_get_request_information(), "nobody"),
        ]
        client = graph_client(sandbox, sandbox.token)
        return await client.batch.post(BatchRequestContent({item.id: item for item in items}))

    answer = run(story())
    codes = answer.get_response_status_codes()
    assert (codes["card"], codes["photo"]) == (200, 200)
    assert 400 <= codes["nobody"] < 500
    # Of a body that is an object this version of the SDK keeps nothing; the headers tell the kind.
    headers = {id: answer.get_response_by_id(id).headers for id in codes}
    assert headers["card"]["Content-Type"].startswith("application/json")
    assert headers["photo"]["Content-Type"].startswith("image/")
    inside = [entry for entry in sandbox.requests() if entry["batch"]]
    assert [entry["route"] for entry in inside[:2]] == ["me", "photo"]


def letter(subject):
    return Message(
        subject=subject,
        body=ItemBody(content_type=BodyType.Html, content=HTML),
        to_recipients=[to(GRACE, "Grace Hopper")],
        cc_recipients=[to("carbon@elsewhere.example")],
        bcc_recipients=[to("blind@elsewhere.example")],
        internet_message_headers=[InternetMessageHeader(name="x-signet-test", value="1")],
        single_value_extended_properties=[SingleValueLegacyExtendedProperty(id=PROPERTY, value="k-1")],
    )


def to(address, name=None):
    return Recipient(email_address=EmailAddress(address=address, name=name))


def check_letter(sandbox, subject, files):
    (mail,) = sandbox.delivered(GRACE)
    (copy,) = sandbox.sent(ADA)
    for one in (mail, copy):
        assert one["subject"] == subject
        assert (one["from"]["address"], one["from"]["name"]) == (ADA, "Ada Lovelace-Núñez")
        assert [(one["name"], one["address"]) for one in one["to"]] == [("Grace Hopper", GRACE)]
        assert [one["address"] for one in one["cc"]] == ["carbon@elsewhere.example"]
        assert HTML in one["html"]
        assert {"name": "x-signet-test", "value": "1"} in one["headers"]
        assert [(file["name"], file["bytes"], file["sha256"]) for file in one["attachments"]] == [
            (name, len(content), hashlib.sha256(content).hexdigest()) for name, content in files
        ]
    assert mail["bcc"] == [], "the other recipients do not learn of it"
    assert [one["address"] for one in copy["bcc"]] == ["blind@elsewhere.example"]
    assert copy["properties"] == {PROPERTY: "k-1"}


async def open_session(me, size):
    draft = await me.messages.post(letter("With a large file"))
    body = upload.CreateUploadSessionPostRequestBody(
        attachment_item=AttachmentItem(attachment_type=AttachmentType.File, name="large.bin", size=size)
    )
    attachments = me.messages.by_message_id(draft.id).attachments
    return draft, await attachments.create_upload_session.post(body)


def put(address, chunk, start, total):
    assert urllib.parse.urlsplit(address).scheme == "https"
    headers = {
        "content-type": "application/octet-stream",
        "content-range": f"bytes {start}-{start + len(chunk) - 1}/{total}",
    }
    return requests.put(address, data=chunk, headers=headers, timeout=20)


def graph_again(sandbox, me):
    """A client of its own: httpx binds its connections to the loop that opened them, and each `run` has another."""
    return graph_client(sandbox, sandbox.token).me
