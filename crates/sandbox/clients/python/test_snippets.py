"""What the sandbox prints for pasting runs as it is printed."""

import subprocess
import sys

import pytest

from conftest import ADA


def printed(sandbox, title):
    """The lines from the title to the next empty one."""
    lines = sandbox.log.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(title))
    end = lines.index("", start) if "" in lines[start:] else len(lines)
    return "\n".join(lines[start:end])


@pytest.mark.parametrize("title, shows", [
    ("# MSAL Python", f"'preferred_username': '{ADA}'"),
    ("# Graph SDK for Python", f"user_principal_name='{ADA}'"),
])
def test_a_snippet_for_python_runs_as_printed(sandbox, person, monkeypatch, title, shows):
    if "SSL_CERT_FILE" not in printed(sandbox, title):
        # These outrank the argument.
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)
    ended = subprocess.run(
        [sys.executable, "-c", printed(sandbox, title)], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert shows in ended.stdout
