"""The benchmark behind `./noroshi.sh bench`; bench/README.md tells what each lane measures."""
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))

from lib import program  # noqa: E402
from lib.session import demo_cookie, make_token, set_up  # noqa: E402

SHARED_DATA = os.path.join(program.SHARED, "data")
LANE_BYTES_MAX = 100 << 20
HTTP_SECONDS = 5
INTAKE_SECONDS = 5
SENDERS = 4
ROWS = []


def row(lane, what, value, unit, on=""):
    ROWS.append((lane, what, value, unit, on))
    print(f"{lane:9} {what:34} {value:>14} {unit:10} {on}", flush=True)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


# ---- inputs ----

def unpack(packed, folder):
    """The first LANE_BYTES_MAX bytes of a .zst stream, cut at a line."""
    path = os.path.join(folder, os.path.basename(packed)[:-4])
    with subprocess.Popen(["zstd", "-dc", packed], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as z, open(path, "wb") as out:
        data = z.stdout.read(LANE_BYTES_MAX)
        z.kill()
        out.write(data[:data.rfind(b"\n") + 1])
    return path


def lanes(folder):
    """(name, [inputs], rules) of each detection lane."""
    if os.path.isdir(SHARED_DATA):
        rules = os.path.join(SHARED_DATA, "sigma")
        for name in ("windows-security-datasets", "structured_windows", "mixed_schema", "cisco_syslog"):
            yield name, [unpack(os.path.join(SHARED_DATA, "logs", name + ".ndjson.zst"), folder)], rules
        evtx = os.path.join(folder, "evtx")
        os.makedirs(evtx)
        subprocess.run(["tar", "--zstd", "-xf", os.path.join(SHARED_DATA, "evtx.tar.zst"), "-C", evtx], check=True)
        yield "evtx", [evtx], rules
    else:
        yield "tests/data", sorted(glob.glob(os.path.join(ROOT, "tests", "data", "evtx", "*.evtx"))), os.path.join(ROOT, "content", "sigma")


# ---- lanes ----

def lane_program(folder):
    row("machine", "cores", os.cpu_count(), "")
    row("program", "binary size", number(os.path.getsize(program.BINARY) / (1 << 20)), "MiB")
    if not program.has_verb("serve"):
        return
    times, memory = [], 0
    for i in range(5):
        server = program.Server(os.path.join(folder, f"start{i}"))
        began = time.monotonic()
        server.start()
        times.append(time.monotonic() - began)
        memory = memory_of(server, "VmRSS")
        server.kill()
    row("program", "start to ready, median of 5", number(sorted(times)[2] * 1000), "ms", "serve, empty folder")
    row("program", "memory idle (RSS)", number(memory), "MiB", "serve, empty folder")


def memory_of(server, field):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
        return int(re.search(rf"^{field}:\s+(\d+)", f.read(), re.M).group(1)) / 1024


def lane_detect(folder):
    if not program.has_verb("detect"):
        return
    for name, inputs, rules in lanes(folder):
        for jobs in sorted({1, os.cpu_count()}):
            done = program.run("detect", "--rules", rules, "--json", "--stats", "--jobs", jobs, *inputs, timeout=600)
            s = json.loads(done.err.strip().splitlines()[-1])
            on = f"{name}, {s['rules_loaded']} rules, {jobs} jobs"
            row("detect", "events", number(s["events"] / s["seconds"]), "events/s", on)
            row("detect", "bytes", number(s["bytes"] / s["seconds"] / 1e6), "MB/s", on)
            row("detect", "matches", number(s["matches"]), "", on)
            row("detect", "loading rules", number(s["rules_seconds"] * 1000), "ms", on)
            row("detect", "peak memory", number(s["peak_memory_bytes"] / (1 << 20)), "MiB", on)


CORRELATION = """title: A
name: a
detection: {s: {R: a}, condition: s}
---
title: Many values
correlation: {type: value_count, rules: a, group-by: G, timespan: 1h, condition: {field: V, gte: 1000000}}
"""


def lane_correlate(folder):
    """Every event is a base match, and every window holds 1,800 distinct values: the whole program, reading to sorting."""
    rules, log = os.path.join(folder, "correlation.yml"), os.path.join(folder, "correlated.ndjson")
    with open(rules, "w", encoding="ascii") as f:
        f.write(CORRELATION)
    with open(log, "w", encoding="ascii") as f:
        for i in range(400_000):
            f.write(f'{{"R":"a","G":"g{i % 7}","V":"v{i * 7919 % 1800}","timestamp":"2026-01-01T{i // 36000:02d}:{i // 600 % 60:02d}:'
                    f'{i // 10 % 60:02d}Z"}}\n')
    done = program.run("detect", "--rules", rules, "--json", "--stats", "--jobs", 1, log, timeout=600)
    s = json.loads(done.err.strip().splitlines()[-1])
    assert s["correlation_events"] == 400_000, s
    row("correlate", "value_count, 1,800 values", number(s["events"] / s["seconds"]), "events/s", "every event a base match, 1 job")
    row("correlate", "peak memory", number(s["peak_memory_bytes"] / (1 << 20)), "MiB")


def synthetic_indicators(folder, count):
    """A list of hashes, domains and addresses, the same at every run."""
    path = os.path.join(folder, "indicators.txt")
    chosen = random.Random(1)
    with open(path, "w", encoding="ascii") as out:
        for i in range(0, count, 4):
            out.write(f"{chosen.getrandbits(160):040x}\n{chosen.getrandbits(256):064x}\nhost{chosen.getrandbits(40)}.evil{i}.org\n"
                      f"{1 + (i >> 24)}.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n")
    return path


def lane_intel(folder):
    if not program.has_verb("detect"):
        return
    lists = [("none", None), ("10,000,000 synthetic", synthetic_indicators(folder, 10_000_000))]
    real = os.path.join(SHARED_DATA, "intel", "maltrail-indicators.txt.zst")
    if os.path.exists(real):
        lists.insert(1, ("maltrail", real))
    lane, inputs, rules = next(lanes(folder))
    plain = None
    for name, path in lists:
        with_list = ["--indicators", path] if path else []
        runs = [json.loads(program.run("detect", "--rules", rules, "--json", "--stats", "--jobs", 1, *with_list, *inputs, timeout=600)
                           .err.strip().splitlines()[-1]) for _ in range(3)]
        s = min(runs, key=lambda r: r["seconds"])
        plain = plain or s["seconds"]
        on = f"{name}, {lane}, 1 job, best of 3"
        row("intel", "events", number(s["events"] / s["seconds"]), "events/s", on)
        row("intel", "slowdown", f"{100 * (s['seconds'] / plain - 1):.1f}", "%", on)
        row("intel", "peak memory of the program", number(s["peak_memory_bytes"] / 1e6), "MB", on)
        if path:
            row("intel", "indicators", number(s["indicators"]), "", on)
            row("intel", "loading", number(min(r["indicators_seconds"] for r in runs)), "s", on)
            row("intel", "memory of the set", number(s["indicators_bytes"] / 1e6), "MB", on)


def lane_intake(folder):
    with open(os.path.join(ROOT, "content", "demo", "history.ndjson"), "rb") as f:
        lines = [json.dumps(json.loads(line).get("event", {})).encode() for line in f]
    body = b"\n".join((lines * (1 + 2000 // len(lines)))[:2000]) + b"\n"
    server = program.Server(os.path.join(folder, "intake")).start()
    try:
        headers = {"Authorization": "Bearer " + make_token(set_up(server), "event.write"), "Content-Type": "application/x-ndjson"}
        counts = [0] * SENDERS
        until = time.monotonic() + INTAKE_SECONDS

        def send(i):
            while time.monotonic() < until:
                reply = server.post("/api/v1/events", body, headers=headers)
                assert reply.status // 100 == 2, reply
                counts[i] += 1
        senders = [threading.Thread(target=send, args=(i,)) for i in range(SENDERS)]
        began = time.monotonic()
        for s in senders:
            s.start()
        for s in senders:
            s.join()
        seconds = time.monotonic() - began
        on = f"{SENDERS} senders, {len(body) / 1e6:.1f} MB a body"
        row("intake", "acknowledged bytes", number(sum(counts) * len(body) / seconds / 1e6), "MB/s", on)
        row("intake", "acknowledged events", number(sum(counts) * 2000 / seconds), "events/s", on)
        row("intake", "peak memory (RSS)", number(memory_of(server, "VmHWM")), "MiB", on)
    finally:
        server.kill()


def wrk(url, cookie):
    done = subprocess.run(["wrk", "-t", "2", "-c", "16", "-d", f"{HTTP_SECONDS}s", "--latency", "-H", f"Cookie: {cookie}", url],
                          capture_output=True, text=True, check=True).stdout
    latency = dict(re.findall(r"^\s+(50|90|99)%\s+(\S+)", done, re.M))
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done).group(1)), latency, int(bad.group(1)) if bad else 0


def lane_http(folder):
    server = program.Server(os.path.join(folder, "http"), "demo").start()
    try:
        cookie = demo_cookie(server, "ciso")
        for path in ("/healthz", "/alerts", "/portfolio", "/api/v1/alerts"):
            rate, latency, bad = wrk(server.url + path, cookie)
            on = f"{path}, 16 connections" + (f", {bad} REFUSED" if bad else "")
            row("http", "requests", number(rate), "req/s", on)
            row("http", "latency p50 / p90 / p99", " / ".join(latency.get(p, "?") for p in ("50", "90", "99")), "", on)
    finally:
        server.kill()


def main():
    wanted = sys.argv[1:] or ["program", "detect", "correlate", "intel", "intake", "http"]
    with tempfile.TemporaryDirectory(prefix="noroshi-bench-") as folder:
        for lane in wanted:
            if lane in ("intake", "http") and not program.has_verb("demo"):
                row(lane, "left out", "-", "", "this build has no `demo`")
                continue
            globals()["lane_" + lane](folder)


main()
