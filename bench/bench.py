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
sys.path[:0] = [os.path.join(ROOT, "tests"), os.path.dirname(os.path.abspath(__file__))]

import centre  # noqa: E402
from lib import program  # noqa: E402
from lib.session import demo_cookie, make_token, set_up  # noqa: E402

SHARED_DATA = os.path.join(program.SHARED, "data")
LANE_BYTES_MAX = 100 << 20
TEXT_LANE_BYTES = 30 << 20
HTTP_SECONDS = 5
INTAKE_SECONDS = 5
SENDERS = 4
RUNS = 3
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
    left = LANE_BYTES_MAX
    with subprocess.Popen(["zstd", "-dc", packed], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as z, open(path, "wb") as out:
        for line in z.stdout:
            left -= len(line)
            if left < 0:
                z.kill()
                break
            out.write(line)
    return path


def syslog_text(folder):
    """Lines of programs that content/parsers reads: its own samples, over and over."""
    samples = []
    for path in sorted(glob.glob(os.path.join(ROOT, "content", "parsers", "*.yaml"))):
        with open(path, encoding="utf-8") as f:
            samples += [quoted[1:-1].replace("''", "'") for quoted in re.findall(r"- line: ('.*'|\".*\")$", f.read(), re.M)]
    lines = ("\n".join(samples) + "\n").encode()
    path = os.path.join(folder, "syslog.log")
    with open(path, "wb") as f:
        f.write(lines * (TEXT_LANE_BYTES // len(lines)))
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
        yield "syslog text", [syslog_text(folder)], rules
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


def stats(rules, inputs, jobs, *more):
    """The figures of one run of `noroshi detect`."""
    done = program.run("detect", "--rules", rules, "--json", "--stats", "--jobs", jobs, *more, *inputs, timeout=600)
    return json.loads(done.err.strip().splitlines()[-1])


def best_of(runs, *args):
    """The fastest of several runs: what else the machine does makes a run slower, never faster."""
    return min((stats(*args) for _ in range(runs)), key=lambda s: s["seconds"])


def lane_detect(folder):
    if not program.has_verb("detect"):
        return
    goals = []
    for name, inputs, rules in lanes(folder):
        for jobs in sorted({1, os.cpu_count()}):
            s = best_of(RUNS, rules, inputs, jobs)
            on = f"{name}, {s['rules_loaded']} rules, {jobs} jobs"
            row("detect", "events", number(s["events"] / s["seconds"]), "events/s", on)
            row("detect", "bytes", number(s["bytes"] / s["seconds"] / 1e6), "MB/s", on)
            row("detect", "matches", number(s["matches"]), "", on)
            row("detect", "sorting and writing matches", number(s["output_seconds"] * 1000), "ms", on)
            row("detect", "loading rules", number(s["rules_seconds"] * 1000), "ms", on)
            row("detect", "peak memory", number(s["peak_memory_bytes"] / (1 << 20)), "MiB", on)
            goals += goals_of(name, jobs, s)
    goals += goals_of_rules(folder) + goals_of_cores(folder)
    tell_goals(goals)
    lane_limits(folder)


# ---- the goals of the design: what, goal, reached, unit, more is better ----

GOALS = {  # lane: events a second on one core
    "structured_windows": 500e3,
    "cisco_syslog": 3e6,
    "windows-security-datasets": 400e3,
}


def goals_of(name, jobs, s):
    out = []
    rate, speed = s["events"] / s["seconds"], s["bytes"] / s["seconds"] / 1e6
    on = f"{name}, {jobs} core" + ("s" if jobs > 1 else "")
    if name in GOALS:
        out.append((on, GOALS[name] * jobs, rate, "events/s", True))
    if name == "windows-security-datasets":
        out.append((on, 900 * jobs, speed, "MB/s", True))
    if name == "evtx" and jobs == 1:
        out.append(("EVTX to matches (the goal is to fields), 1 core", 600, speed, "MB/s", True))
    return out


def goals_of_rules(folder):
    """Loading alone, with nothing to search."""
    _, _, rules = next(lanes(folder))
    empty = os.path.join(folder, "empty.ndjson")
    open(empty, "w", encoding="ascii").close()
    runs = [stats(rules, [empty], 1) for _ in range(2 * RUNS)]
    return [("rules loaded", 150, min(r["rules_seconds"] for r in runs) * 1000, "ms", False),
            ("memory with rules loaded", 80, min(r["peak_memory_bytes"] for r in runs) / (1 << 20), "MiB", False)]


def goals_of_cores(folder):
    """Two cores against one where every event meets a correlation rule as well."""
    path = os.path.join(SHARED_DATA, "logs", "correlation.ndjson.zst")
    if not os.path.exists(path) or os.cpu_count() < 2:
        return []
    log, rules = unpack(path, folder), os.path.join(folder, "failures.yml")
    with open(rules, "w", encoding="ascii") as f:
        f.write(FAILURES)
    with open(log, "rb") as f:  # the lane has no times, and correlations live in event time
        lines = f.read().splitlines()
    with open(log, "wb") as f:
        for i, line in enumerate(lines * 8):
            at = f"2026-01-01T{i // 36000 % 24:02d}:{i // 600 % 60:02d}:{i // 10 % 60:02d}Z"
            f.write(line[:-1] + b',"@timestamp":"' + at.encode() + b'"}\n')
    one, two = best_of(RUNS, rules, [log], 1), best_of(RUNS, rules, [log], 2)
    assert one["correlation_matches"] == two["correlation_matches"] > 0, (one, two)
    row("detect", "events, correlations on", number(one["events"] / one["seconds"]), "events/s", f"1 job, {one['correlation_matches']} correlations")
    row("detect", "events, correlations on", number(two["events"] / two["seconds"]), "events/s", "2 jobs, the same correlations")
    out = [("two cores against one, correlations on", 1.8, one["seconds"] / two["seconds"], "times", True)]
    lane, inputs, sigma = next(lanes(folder))
    both = [best_of(RUNS, sigma, inputs, jobs)["seconds"] for jobs in (1, 2)]
    out.append((f"two cores against one, {lane}", 1.8, both[0] / both[1], "times", True))
    out.append(("two programs at once against one (limit)", 2, two_at_once(sigma, inputs), "times", True))
    return out


def two_at_once(rules, inputs):
    """What the machine's second core is worth at most: two programs that share nothing, against one."""
    alone = best_of(RUNS, rules, inputs, 1)["seconds"]
    slowest = 0

    def one():
        nonlocal slowest
        slowest = max(slowest, stats(rules, inputs, 1)["seconds"])
    threads = [threading.Thread(target=one) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return 2 * alone / slowest


def tell_goals(goals):
    print(f"\n{'goal of the design':52} {'goal':>12} {'reached':>12} {'ratio':>6}")
    for on, goal, reached, unit, more in goals:
        ratio = reached / goal if more else goal / reached
        print(f"{on:52} {number(goal):>12} {number(reached):>12} {ratio:6.2f} {unit}")
    for on in ("detect + retain, end to end", "size of the archive on the real datasets", "search of the archive"):
        print(f"{on:52} {'':>12} {'not measured':>12}        this lane has no archive; see the lane `intake`")
    print(flush=True)


def lane_limits(folder):
    """What the machine itself can do with the same bytes: figures above are to be read against these."""
    name, inputs, _ = next(lanes(folder))
    size = sum(os.path.getsize(i) for i in inputs)
    for what, command in (("count lines (wc -l)", ["wc", "-l"]), ("copy (cat)", ["cat"])):
        times = []
        for _ in range(RUNS):
            began = time.monotonic()
            subprocess.run(command + inputs, stdout=subprocess.DEVNULL, check=True)
            times.append(time.monotonic() - began)
        row("limit", what, number(size / min(times) / 1e6), "MB/s", name)
    packed = os.path.join(SHARED_DATA, "logs", name + ".ndjson.zst")
    if os.path.exists(packed):
        unpacked = int(subprocess.run(f"zstd -dcq {packed} | wc -c", shell=True, capture_output=True, check=True, text=True).stdout)
        began = time.monotonic()
        subprocess.run(["zstd", "-dqf", packed, "-o", "/dev/null"], check=True)
        row("limit", "unpack (zstd -d)", number(unpacked / (time.monotonic() - began) / 1e6), "MB/s", name)


FAILURES = """title: Failure
name: failure
logsource: {product: windows, category: authentication}
detection: {s: {EventType: authentication_failure}, condition: s}
---
title: Many failures
correlation: {type: event_count, rules: failure, group-by: User, timespan: 10m, condition: {gte: 10}}
"""

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


def lane_centre(folder, organisations=""):
    centre.run(folder, row, int(organisations or centre.TENANTS))


def main():
    wanted = sys.argv[1:] or ["program", "detect", "correlate", "intel", "intake", "http", "centre"]
    with tempfile.TemporaryDirectory(prefix="noroshi-bench-") as folder:
        for name in wanted:
            lane, _, argument = name.partition("=")
            if lane in ("intake", "http", "centre") and not program.has_verb("demo"):
                row(lane, "left out", "-", "", "this build has no `demo`")
                continue
            globals()["lane_" + lane](folder, *([argument] if argument else []))


main()
