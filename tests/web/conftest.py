"""A real Chromium, a demo server per language, and a page that fails its test on any console error or accessibility finding."""
import os
import re
import shutil

import pytest

from lib import program

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
sync_api = pytest.importorskip("playwright.sync_api")

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
# The demo's company speaks the language of the shell that starts it.
SHELL = {"en": "en_GB.UTF-8", "ja": "ja_JP.UTF-8"}
LOCALES = {"en": "en-GB", "ja": "ja-JP"}
IMAGES = os.path.join(program.ROOT, "docs", "images")
WAIT_MS = 15_000


@pytest.fixture(scope="session")
def chromium():
    path = os.environ.get("NOROSHI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "chromium is missing: ./noroshi.sh test installs it"
    with sync_api.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=["en", "ja"])
def lang(request):
    return request.param


@pytest.fixture(scope="session")
def words():
    """{lang: {key: sentence}} of po/, to look for what a page should say."""
    found = {"en": {}, "ja": {}}
    for name in os.listdir(os.path.join(program.ROOT, "po")):
        with open(os.path.join(program.ROOT, "po", name), encoding="utf-8") as f:
            pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', f.read(), re.M)
        found[name.split(".")[-2]].update(pairs)
    return found


class Person:
    """Somebody at a browser. Every visit checks the console and, unless told otherwise, accessibility."""

    def __init__(self, context, server, lang):
        self.server, self.lang, self.context = server, lang, context
        self.page = context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.complaints = []
        self.page.on("console", lambda m: self.complaints.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(f"script: {e}"))
        self.page.on("response", lambda r: self.complaints.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def open(self, path):
        self.page.goto(path if path.startswith("http") else self.server.url + path, wait_until="load")
        assert self.page.locator("html").get_attribute("lang") == self.lang
        return self.page

    def switch_role(self, role):
        self.page.click(f'form[action="/demo/role"] button[value="{role}"]')
        self.page.wait_for_selector(f'form[action="/demo/role"] button[value="{role}"][aria-pressed="true"]')

    def audit(self, what):
        """axe-core finds nothing on the page as it is now."""
        found = axe.Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        text = [f"{v['id']} ({v['impact']}): {v['help']}: {[n['target'] for n in v['nodes']][:3]}" for v in found.response["violations"]]
        assert not text, f"{what}: " + "\n".join(text)
        assert not self.complaints, f"{what}: {self.complaints}"

    def shoot(self, name):
        if os.environ.get("NOROSHI_SCREENSHOTS") == "1":
            os.makedirs(IMAGES, exist_ok=True)
            self.page.screenshot(path=os.path.join(IMAGES, f"{name}.{self.lang}.png"))


@pytest.fixture(scope="session")
def world(chromium, lang, tmp_path_factory):
    """One demo server a language, with one person signed in by its link."""
    if not program.has_verb("demo"):
        pytest.skip("this build has no `demo`")
    server = program.Server(tmp_path_factory.mktemp(f"demo-{lang}"), "demo", env={"LC_ALL": SHELL[lang]})
    try:
        server.start()
        context = chromium.new_context(locale=LOCALES[lang], timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 900},
                                       color_scheme="light", reduced_motion="reduce")
        person = Person(context, server, lang)
        person.open(server.link())
        yield person
        context.close()
    finally:
        server.kill()
