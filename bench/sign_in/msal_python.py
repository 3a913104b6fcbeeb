"""Measures MSAL Python's silent acquisition: AUTHORITY CLIENT_ID ACCOUNTS, nanoseconds cached and cold as JSON."""

import json
import sys
import time

import msal

SCOPES = ["User.Read"]
SECONDS = 0.5


def app(cache):
    return msal.PublicClientApplication(
        client_id, authority=authority, instance_discovery=False, token_cache=cache
    )


def many(text, uid):
    """The cache of one person as that of many: what names the person is changed, all else is as it was written."""
    sections = json.loads(text)
    grown = {name: {} for name in sections}
    for name, entries in sections.items():
        for key, entry in entries.items():
            written = json.dumps([key, entry])
            for number in range(accounts if uid in written else 1):
                key, entry = json.loads(written.replace(uid, f"{number:08x}-0000-4000-8000-000000000000"))
                grown[name][key] = entry
    return json.dumps(grown)


def silent(client, account):
    answer = client.acquire_token_silent(SCOPES, account)
    if not answer or answer.get("token_source") != "cache":
        raise RuntimeError(f"not from the cache: {answer}")


authority, client_id, accounts = *sys.argv[1:3], int(sys.argv[3])
first = msal.SerializableTokenCache()
signed_in = app(first).acquire_token_interactive(SCOPES, timeout=60)
if "access_token" not in signed_in:
    raise RuntimeError(signed_in)
written = many(first.serialize(), app(first).get_accounts()[0]["home_account_id"].split(".")[0])

begun = time.perf_counter_ns()
cache = msal.SerializableTokenCache()
cache.deserialize(written)
client = app(cache)
known = client.get_accounts()
silent(client, known[0])
cold = time.perf_counter_ns() - begun
if len(known) != accounts:
    raise RuntimeError(f"{len(known)} accounts")

calls, begun = 0, time.perf_counter_ns()
while time.perf_counter_ns() - begun < SECONDS * 1e9:
    silent(client, known[calls % accounts])
    calls += 1
print(json.dumps({"cached": (time.perf_counter_ns() - begun) / calls, "cold": cold}))
