"""A person or a program that has signed in: cookies, form tokens, the first set-up, the demo's roles, API tokens."""
import base64
import hashlib
import hmac
import html
import json
import re
import struct
import time
import urllib.parse

from . import program

PASSWORD = "correct horse battery staple 狼煙"


def totp(secret, now=None):
    """RFC 6238 with SHA-1, six digits, 30 seconds, from a base32 secret with or without blanks."""
    key = re.sub(r"\s", "", secret).upper()
    key = base64.b32decode(key + "=" * (-len(key) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((now or time.time()) // 30)), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def hidden_fields(page):
    """{name: value} of the hidden inputs of a page."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        if 'type="hidden"' in tag:
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            found[name.group(1)] = html.unescape(value.group(1)) if value else ""
    return found


class Session:
    def __init__(self, server):
        self.server, self.cookies, self.csrf = server, {}, ""

    @property
    def cookie(self):
        return "; ".join(f"{k}={v}" for k, v in self.cookies.items())

    def request(self, method, path, body=None, headers=None):
        """One exchange as this person; remembers cookies and the page's form token."""
        headers = {"Cookie": self.cookie, **(headers or {})}
        if self.csrf and method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRF-Token", self.csrf)
        reply = program.request(self.server.url + path, method=method, body=body, headers=headers)
        for line in reply.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line or not value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if (reply.headers.get("Content-Type") or "").startswith("text/html"):
            m = re.search(r'<meta name="csrf" content="([^"]*)"', reply.text)
            self.csrf = m.group(1) if m else self.csrf
        return reply

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def page(self, path):
        """A page that must come, redirects followed."""
        for _ in range(5):
            reply = self.get(path)
            if reply.status not in (301, 302, 303, 307, 308):
                break
            path = urllib.parse.urljoin(path, reply.headers["Location"])
        assert reply.status == 200, f"{path}: {reply}"
        return reply

    def form(self, path, fields):
        """Sends a form as a browser would; lists become repeated names."""
        body = urllib.parse.urlencode({"csrf": self.csrf, **fields}, doseq=True).encode()
        return self.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def json(self, method, path, value=None, headers=None):
        body = None if value is None else json.dumps(value).encode()
        return self.request(method, path, body, {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})})


def demo_session(server, role="analyst"):
    """The demo's link is good once, so its first session is kept and its role switched."""
    session = getattr(server, "demo_session", None)
    if session is None:
        session = Session(server)
        session.page(server.link()[len(server.url):])
        server.demo_session = session
    session.page("/now")
    reply = session.form("/demo/role", {"role": role, "next": "/now"})
    assert reply.status in (200, 302, 303), reply
    session.page("/now")
    return session


def demo_cookie(server, role):
    return demo_session(server, role).cookie


def set_up(server, organisation="Test organisation", login="admin"):
    """Makes the first organisation and its administrator by the link on the console; signed in afterwards."""
    session = Session(server)
    link = server.link()
    page = session.page(link[len(server.url):]).text
    secret = re.search(r'class="secret">([^<]+)<', page).group(1)
    fields = {**hidden_fields(page), "organisation": organisation, "name": "Administrator", "login": login, "password": PASSWORD,
              "password_again": PASSWORD, "code": totp(secret), "lang": "en"}
    reply = session.form("/setup", fields)
    assert reply.status == 200, reply  # the recovery codes, shown once
    session.recovery_codes = re.findall(r"<code>([a-z2-7-]{19})</code>", reply.text)
    assert len(session.recovery_codes) == 10, reply
    session.page("/settings")
    session.totp_secret = secret
    return session


def sign_in(server, login, secret, code=None):
    """With password and second factor; the next step's code, because set-up or an earlier sign-in used the present one."""
    session = Session(server)
    session.page("/session/login")
    reply = session.form("/session/login", {"login": login, "password": PASSWORD, "next": "/settings"})
    assert reply.status == 303 and "/session/totp" in reply.headers["Location"], reply
    session.page(reply.headers["Location"])
    reply = session.form("/session/totp", {"code": code or totp(secret, time.time() + 30), "next": "/settings"})
    assert reply.status == 303, reply
    session.page("/settings")
    return session


def make_token(session, scope):
    """An API token of this scope; the page shows it once."""
    session.page("/settings")
    reply = session.form("/settings/tokens", {"name": f"test {scope}", "scope": scope})
    page = reply.text if reply.status == 200 else session.page(reply.headers["Location"]).text
    return re.search(r'class="secret">([^<]+)<', page).group(1)
