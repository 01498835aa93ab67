"""Runs the program: one-shot commands, and servers on free loopback ports with a folder of their own."""
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
BINARY = os.environ.get("NOROSHI_BINARY", os.path.join(ROOT, "build", "noroshi"))
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20


def clean_env(lang="C.UTF-8", **more):
    """A fixed language and no setting of the developer's machine."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NOROSHI_", "LC_", "LANG"))}
    env.update({"LC_ALL": lang})
    env.update(more)
    return env


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def lines(self):
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __repr__(self):
        return f"status {self.status}\n--- out\n{self.out[-2000:]}\n--- err\n{self.err[-2000:]}"


def run(*args, stdin=b"", timeout=60, lang="C.UTF-8", cwd=None, preexec=None, binary=BINARY):
    """One command; text that is not UTF-8 becomes U+FFFD so that a test can look at it."""
    done = subprocess.run([binary, *map(str, args)], input=stdin, capture_output=True, timeout=timeout, env=clean_env(lang),
                          cwd=cwd, preexec_fn=preexec)
    return Result(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def has_verb(verb):
    """Whether the program knows a verb; tests of what is not there skip with that reason."""
    return run(*verb.split(), "--help").status == 0


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`noroshi serve` or `noroshi demo` on free ports. stop() ends it; kill() is a power cut."""

    def __init__(self, folder, verb="serve", settings=None, binary=BINARY, env=None):
        self.folder, self.verb, self.binary, self.env = str(folder), verb, binary, env or {}
        self.data = os.path.join(self.folder, "data")
        self.http, self.tcp = free_port(), free_port()
        self.udp = free_port(socket.SOCK_DGRAM)
        self.settings = settings or {}
        self.process, self.text, self.reader = None, [], None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http}"

    def write_config(self):
        """Dotted keys become the nested YAML of the configuration file."""
        values = {"listen.http": f"127.0.0.1:{self.http}", "listen.syslog_udp": f"127.0.0.1:{self.udp}",
                  "listen.syslog_tcp": f"127.0.0.1:{self.tcp}", **self.settings}
        sections = {}
        for key, value in values.items():
            section, name = key.split(".", 1)
            sections.setdefault(section, []).append(f"  {name}: {json.dumps(value)}\n")
        path = os.path.join(self.folder, "noroshi.yaml")
        with open(path, "w", encoding="utf-8") as f:
            for section, lines in sections.items():
                f.write(f"{section}:\n{''.join(lines)}")
        return path

    def spawn(self):
        """Starts the process without waiting until it is ready."""
        os.makedirs(self.folder, exist_ok=True)
        command = [self.binary, self.verb, "--data", self.data, "--config", self.write_config()]
        self.text = []
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env=clean_env(**self.env))
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()

    def start(self):
        self.spawn()
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.output()}")
            if self.is_ready():
                return self
            time.sleep(0.02)
        self.kill()
        raise AssertionError(f"not ready after {READY_SECONDS_MAX} s:\n{self.output()}")

    def _read(self, process):
        for line in process.stdout:
            self.text.append(line.decode(errors="replace"))

    def output(self):
        return "".join(self.text)

    def is_ready(self):
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def link(self, timeout=10):
        """The first link that the server printed on its own address; the demo's signs one in."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            m = re.search(re.escape(self.url) + r"\S*", self.output())
            if m:
                return m.group()
            time.sleep(0.05)
        raise AssertionError(f"no link in:\n{self.output()}")

    def end(self, sig):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
        if self.process:
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"did not end within {STOP_SECONDS_MAX} s of {sig!r}:\n{self.output()}")
            self.reader.join(5)
        return self.process.returncode if self.process else None

    def stop(self):
        return self.end(signal.SIGTERM)

    def kill(self):
        return self.end(signal.SIGKILL)

    def get(self, path, **more):
        return request(self.url + path, **more)

    def post(self, path, body=b"", **more):
        return request(self.url + path, method="POST", body=body, **more)


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {dict(self.headers)}\n{self.body[:600]!r}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def request(url, method="GET", body=None, headers=None, timeout=20):
    """One exchange; every status is a Reply, redirects are not followed."""
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    asked = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with opener.open(asked, timeout=timeout) as r:
            return Reply(r.status, r.headers, r.read())
    except urllib.error.HTTPError as e:
        with e:
            return Reply(e.code, e.headers, e.read())
