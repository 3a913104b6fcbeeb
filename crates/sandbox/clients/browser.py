"""A browser with a person in front of it, as a script: opens the address it is given, fills the sandbox's forms in
and ends when it is sent anywhere else, which is where the client listens.

    python3 browser.py ADDRESS

What the person does stands in the environment: PERSON signs in, PASSWORD is typed, PERSON_DOES is `accept` (the
default), `decline` (at the consent page) or `cancel` (at the sign-in page), PERSON_TYPES is a device code. Proxies and
the CA are those of the process (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).
"""

import http.cookiejar
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

# The code, sign-in, password, consent, confirmation and the page with the answer; a loop would not end by itself.
PAGES_MAX = 12
SECONDS_MAX = 20


class Element(dict):
    """The attributes of an element, and the form it stands in."""

    def __init__(self, tag, attributes, form):
        super().__init__(attributes)
        self.tag, self.form = tag, form


class Page(HTMLParser):
    """What can be typed into and clicked on a page."""

    def __init__(self, address, html):
        super().__init__()
        self.address, self.html = address, html
        self.forms, self.fields, self.by_id = [], [], {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "form":
            self.forms.append(Element(tag, attributes, None))
        element = Element(tag, attributes, self.forms[-1] if self.forms else None)
        if tag == "input":
            self.fields.append(element)
        if element.get("id"):
            self.by_id[element["id"]] = element

    def field(self, name):
        return next((one for one in self.fields if one.get("name") == name and one.get("type") != "hidden"), None)

    def click(self, element, typed):
        """Where a link or a button leads, with the form that is posted there."""
        if element.tag == "a":
            return urllib.parse.urljoin(self.address, element["href"]), None
        return self.submit(element.form, typed, element)

    def submit(self, form, typed, button=None):
        sent = {one["name"]: one.get("value") or "" for one in self.fields if one.form is form and one.get("name")}
        sent.update({name: text for name, text in typed.items() if name in sent and text})
        if button is not None and button.get("name"):
            sent[button["name"]] = button.get("value") or ""
        return urllib.parse.urljoin(self.address, form.get("action") or ""), sent

    def posts_itself(self):
        """Whether this is the page that carries an answer of response_mode=form_post."""
        return "submit()" in self.html and len(self.forms) == 1

    def words(self):
        text = []
        parser = HTMLParser()
        parser.handle_data = text.append
        parser.feed(self.html.split("<body", 1)[-1])
        return " ".join(" ".join(text).split())[:400]


class StayPut(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self, person, password="signet", does="accept", types=None):
        self.does = does
        self.typed = {"otc": types, "password": password, "username": person}
        self.opener = urllib.request.build_opener(
            StayPut, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def open(self, address):
        """Where the browser was sent in the end."""
        sandbox, step = origin(address), (address, None)
        for _ in range(PAGES_MAX):
            address, form = step
            if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
                return address
            answer, html = self.fetch(address, form)
            if origin(address) != sandbox:
                return address
            location = answer.headers.get("location")
            if location:
                step = urllib.parse.urljoin(address, location), None
                continue
            page = Page(address, html)
            if "done" in page.by_id:
                return address
            step = self.act(page)
        raise SystemExit(f"The sign-in did not end within {PAGES_MAX} pages; the last was {address}")

    def fetch(self, address, form):
        body = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            answer = self.opener.open(urllib.request.Request(address, data=body), timeout=SECONDS_MAX)
        except urllib.error.HTTPError as error:
            answer = error
        return answer, answer.read().decode("utf-8", "replace")

    def act(self, page):
        """What the person does on a page: the next address, with the form that is posted to it."""
        if "error" in page.by_id:
            raise SystemExit(f"{page.address} says: {page.words()}")
        if self.does in ("cancel", "decline") and self.does in page.by_id:
            return page.click(page.by_id[self.does], self.typed)
        for name, text in self.typed.items():
            field = page.field(name)
            if field is not None and text:
                return page.submit(field.form, self.typed)
        if page.posts_itself():
            return page.submit(page.forms[0], {})
        for name in ("accept", "continue"):
            if name in page.by_id:
                return page.click(page.by_id[name], self.typed)
        raise SystemExit(f"Nothing to do on {page.address}: {page.words()}")


def origin(address):
    parts = urllib.parse.urlsplit(address)
    return parts.scheme, parts.netloc


def main():
    browser = Browser(
        os.environ["PERSON"],
        os.environ.get("PASSWORD", "signet"),
        os.environ.get("PERSON_DOES", "accept"),
        os.environ.get("PERSON_TYPES"),
    )
    print(browser.open(sys.argv[-1]))


if __name__ == "__main__":
    main()
