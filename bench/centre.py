"""The lane `centre`: 10,000 organisations × 64 services × 12 rounds, then every main page of the centre against its goal."""
import http.client
import io
import os
import random
import re
import shutil
import sqlite3
import subprocess
import time

from lib import program
from lib.session import demo_session

TENANTS = 10_000
ROUNDS = 12
VARIANTS = 16  # different answers that are dealt to the organisations
SITES = 99     # below each company
DAY = 86_400_000_000
PAGE_GOAL_MS, GROUP_GOAL_MS, IMPORT_GOAL_MS, PDF_GOAL_MS, PDF_PAGES = 20, 100, 100, 1000, 30
PAGES = ("/now", "/portfolio", "/portfolio/B-1", "/build/catalogue", "/build/profile", "/build/gaps", "/build/areas", "/build/approvals",
         "/evaluate", "/evaluate/{round}", "/evaluate/asked", "/evaluate/compare?a={snapshot}&b=now", "/actions",
         "/calendar", "/calendar/tasks", "/laws", "/service-map", "/registers", "/registers/contacts", "/people", "/procedures", "/providers",
         "/criteria", "/manage", "/lens/csf2", "/measures", "/content", "/exchange")


# ---- the database ----

def columns_of(db, table):
    return [r[1] for r in db.execute(f"PRAGMA table_info({table})")]


def copy_rows(db, table, replaced, source, where="1"):
    """INSERT … SELECT of every column of the table, those in `replaced` by an expression."""
    names = [c for c in columns_of(db, table) if replaced.get(c, "") is not None]
    picked = ", ".join(replaced.get(c, f"x.{c}") for c in names)
    db.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM {source} WHERE {where}")


def make_tenants(db, root, count):
    companies = max(1, count // (SITES + 1))
    db.execute("CREATE TEMP TABLE made (id INTEGER PRIMARY KEY, parent INTEGER, n INTEGER)")
    db.execute("INSERT INTO made WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < ?) "
               "SELECT ? + n, CASE WHEN n <= ? THEN ? ELSE ? + 1 + (n % ?) END, n FROM k", (count, root, companies, root, root, companies))
    copy_rows(db, "tenant", {"id": "m.id", "parent_id": "m.parent", "slug": "'bench-' || m.n", "name": "'Organisation ' || m.n",
                             "kind": f"CASE WHEN m.parent = {root} THEN 'company' ELSE 'site' END", "is_demo": "0"},
              "made m, tenant x", f"x.id = {root} ORDER BY m.id")
    db.execute("INSERT INTO tenant_tree SELECT id, id, 0 FROM made")
    db.execute(f"INSERT INTO tenant_tree SELECT {root}, id, CASE WHEN parent = {root} THEN 1 ELSE 2 END FROM made")
    db.execute(f"INSERT INTO tenant_tree SELECT parent, id, 1 FROM made WHERE parent <> {root}")


def make_templates(db, root):
    """A snapshot of the demo, answered in VARIANTS ways, with sums that agree."""
    chosen = random.Random(4)
    snapshot = db.execute("SELECT max(id) FROM evaluation_snapshot WHERE tenant_id = ?", (root,)).fetchone()[0]
    for table in ("evaluation_snapshot", "evaluation_snapshot_category", "evaluation_snapshot_service"):
        key = "id" if table == "evaluation_snapshot" else "snapshot_id"
        db.execute(f"CREATE TEMP TABLE t_{table} AS SELECT v.variant, x.* FROM {table} x, (SELECT 0 AS variant) v WHERE 0")
        for variant in range(VARIANTS):
            db.execute(f"INSERT INTO t_{table} SELECT {variant}, x.* FROM {table} x WHERE x.{key} = {snapshot}")
    rows = db.execute("SELECT rowid FROM t_evaluation_snapshot_service WHERE is_counted").fetchall()
    db.executemany("UPDATE t_evaluation_snapshot_service SET in_now = ?1, now_used = ?1 * 100, in_target = 4, target_used = 400, "
                   "evidence = ?2 * 100 WHERE rowid = ?3", [(chosen.randint(1, 5), chosen.randint(0, 5), r[0]) for r in rows])
    for table, same in (("t_evaluation_snapshot_category", "s.variant = o.variant AND s.category = o.category"),
                        ("t_evaluation_snapshot", "s.variant = o.variant")):
        sums = ", ".join(f"{f}_sum = (SELECT total({c}) FROM t_evaluation_snapshot_service s WHERE {same} AND is_counted), "
                         f"{f}_count = (SELECT count(*) FROM t_evaluation_snapshot_service s WHERE {same} AND is_counted AND {c} > 0)"
                         for f, c in (("now", "now_used"), ("target", "target_used"), ("evidence", "evidence")))
        db.execute(f"UPDATE {table} AS o SET {sums}")
    return snapshot


def make_rounds(db, root, first_round, first_snapshot):
    """Round r of organisation n has ids first + n * ROUNDS + r, thirty days apart, the last one a month ago."""
    now = int(time.time()) * 1_000_000
    db.execute("CREATE TEMP TABLE held (tenant INTEGER, k INTEGER, variant INTEGER, at INTEGER, PRIMARY KEY (tenant, k))")
    db.execute("INSERT INTO held WITH RECURSIVE r(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM r WHERE k < ?) "
               "SELECT m.id, m.n * ? + r.k, (m.n * 7 + r.k) % ?, ? - (? - r.k) * 30 * ? FROM made m, r",
               (ROUNDS - 1, ROUNDS, VARIANTS, now, ROUNDS, DAY))
    copy_rows(db, "evaluation_round", {"id": f"{first_round} + h.k", "tenant_id": "h.tenant", "name": "'Round ' || h.k", "start_at": f"h.at - 20 * {DAY}",
                                       "deadline_at": f"h.at + {DAY}", "signed_at": "h.at", "snapshot_id": f"{first_snapshot} + h.k"},
              "held h, evaluation_round x", f"x.id = (SELECT max(id) FROM evaluation_round WHERE tenant_id = {root} AND state = 'signed')")
    copy_rows(db, "evaluation_snapshot", {"id": f"{first_snapshot} + h.k", "tenant_id": "h.tenant", "round_id": f"{first_round} + h.k",
                                          "name": "'Round ' || h.k", "taken_at": "h.at"},
              "held h, t_evaluation_snapshot x", "x.variant = h.variant")
    for table in ("evaluation_snapshot_category", "evaluation_snapshot_service"):
        db.execute(f"CREATE INDEX temp.by_{table} ON t_{table} (variant)")
        copy_rows(db, table, {"tenant_id": "h.tenant", "snapshot_id": f"{first_snapshot} + h.k"},
                  f"held h CROSS JOIN t_{table} x", "x.variant = h.variant ORDER BY h.tenant, h.k, x.position")


def make_standings(db, first_snapshot):
    """The newest snapshot of each organisation, as signing writes it."""
    sums = {v: ";".join(" ".join(map(str, r)) for r in db.execute(
        "SELECT category, applicable, now_sum, now_count, target_sum, target_count, evidence_sum, evidence_count "
        "FROM t_evaluation_snapshot_category WHERE variant = ? ORDER BY position", (v,))) for v in range(VARIANTS)}
    db.executemany("INSERT INTO evaluation_standing SELECT tenant, 'x1060-2021', ? + k, at, ? FROM held WHERE variant = ? AND k % ? = ?",
                   [(first_snapshot, sums[v], v, ROUNDS, ROUNDS - 1) for v in range(VARIANTS)])


def make_states(db, root):
    same = {"tenant_id": "m.id", "in_now": "CASE WHEN x.in_now IS NULL THEN NULL ELSE 1 + (m.n + x.in_now) % 5 END"}
    copy_rows(db, "service_state", same, "made m, service_state x", f"x.tenant_id = {root}")
    copy_rows(db, "service_state_version", {**same, "version": "r.k"},
              "made m, service_state x, (WITH RECURSIVE r(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM r WHERE k < 12) SELECT k FROM r) r",
              f"x.tenant_id = {root}")
    copy_rows(db, "work_person", {"tenant_id": "m.id"}, "made m, work_person x", f"x.tenant_id = {root}")


def fill(path, count):
    """Bulk inserts through the real schema. The triggers that keep snapshots whole step aside while whole ones are laid in."""
    db = sqlite3.connect(path, isolation_level=None)
    for setting in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000"):
        db.execute(f"PRAGMA {setting}")
    db.execute("BEGIN")
    root = db.execute("SELECT id FROM tenant WHERE parent_id IS NULL").fetchone()[0]
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'evaluation_%'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    make_tenants(db, root, count)
    snapshot = make_templates(db, root)
    first_round = db.execute("SELECT max(id) FROM evaluation_round").fetchone()[0]
    make_rounds(db, root, first_round, snapshot)
    make_standings(db, snapshot)
    make_states(db, root)
    for _, sql in triggers:
        db.execute(sql)
    db.execute("COMMIT")
    rows = db.execute("SELECT count(*) FROM evaluation_snapshot_service").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return root, rows


# ---- measuring ----

def ask(line, cookie, path, times):
    """Milliseconds of each of `times` answers over one connection; ten before them are not counted."""
    taken, size = [], 0
    for i in range(times + 10):
        began = time.perf_counter()
        line.request("GET", path, headers={"Cookie": cookie})
        reply = line.getresponse()
        size = len(reply.read())
        if reply.status in (404, 405):
            return None, 0
        assert reply.status == 200, (path, reply.status)
        if i >= 10:
            taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken), size


def percentile(sorted_values, part):
    return sorted_values[min(len(sorted_values) - 1, int(part * len(sorted_values)))]


ELSEWHERE = ("/portfolio", "/build/catalogue", "/evaluate")


def ask_elsewhere(session, line, tenants, path):
    """The page of a different organisation each time, so that nothing of it was read before."""
    taken = []
    for tenant in tenants:
        session.page("/settings")
        reply = session.form("/session/tenant", {"tenant": tenant, "next": "/settings"})
        assert reply.status == 303, reply
        began = time.perf_counter()
        line.request("GET", path, headers={"Cookie": session.cookie})
        reply = line.getresponse()
        reply.read()
        taken.append((time.perf_counter() - began) * 1000)
        assert reply.status == 200, (path, reply.status)
    return sorted(taken)


def import_of(session):
    """Look and apply of a workbook in which all 64 rows are changed; the best of three, in milliseconds."""
    try:
        import openpyxl
    except ImportError:
        return None, 0
    taken = []
    for step in range(3):
        body = session.get("/api/v1/assessment/export?format=xlsx&lang=en").body
        book = openpyxl.load_workbook(io.BytesIO(body))
        sheet = book.worksheets[1]
        columns = {cell.value: cell.column for cell in sheet[1]}
        reason = next(v for k, v in columns.items() if k and "reason" in str(k))
        rows = 0
        for r in range(4, sheet.max_row + 1):
            if sheet.cell(r, 1).value:
                sheet.cell(r, reason).value = f"bench {step}"
                rows += 1
        out = io.BytesIO()
        book.save(out)
        began = time.perf_counter()
        found = session.request("POST", "/api/v1/assessment/imports?name=bench.xlsx&lang=en", out.getvalue(),
                                {"Content-Type": "application/octet-stream", "Accept": "application/json"})
        assert found.status == 201, found
        done = session.json("POST", f"/api/v1/assessment/imports/{found.json()['id']}/apply", {})
        taken.append((time.perf_counter() - began) * 1000)
        assert done.status == 200, done
    return min(taken), rows


def pdf_of(session, folder):
    """Milliseconds for PDF_PAGES pages: the report's own time, by its number of pages."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        reply = session.get("/api/v1/assessment/export?format=pdf&lang=ja")
        taken.append((time.perf_counter() - began) * 1000)
        assert reply.status == 200, reply
    path = os.path.join(folder, "report.pdf")
    with open(path, "wb") as f:
        f.write(reply.body)
    if not shutil.which("pdfinfo"):
        return min(taken), 0
    pages = int(re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout).group(1))
    return min(taken), pages


def measure(server, folder, root, db_path, times, goal):
    session = demo_session(server, "ciso")
    with sqlite3.connect(db_path) as db:
        names = {"round": db.execute("SELECT max(id) FROM evaluation_round WHERE tenant_id = ?", (root,)).fetchone()[0],
                 "snapshot": db.execute("SELECT max(id) FROM evaluation_snapshot WHERE tenant_id = ?", (root,)).fetchone()[0]}
    line = http.client.HTTPConnection("127.0.0.1", server.http)
    for page in PAGES + ("/evaluate/group",):
        taken, size = ask(line, session.cookie, page.format(**names), times)
        if taken is None:
            print(f"centre    {page}: this build has no such page", flush=True)
            continue
        limit = GROUP_GOAL_MS if page == "/evaluate/group" else PAGE_GOAL_MS
        goal(f"p99 {page}", limit, percentile(taken, .99), f"p50 {percentile(taken, .5):.1f} ms, {size / 1024:.0f} KiB")
    with sqlite3.connect(db_path) as db:
        tenants = [r[0] for r in db.execute("SELECT id FROM tenant WHERE id <> ? ORDER BY id * 7919 % 10007 LIMIT ?", (root, times))]
    for page in ELSEWHERE:
        taken = ask_elsewhere(session, line, tenants, page)
        goal(f"p99 {page}, another organisation each time", PAGE_GOAL_MS, percentile(taken, .99), f"p50 {percentile(taken, .5):.1f} ms")
    session.page("/settings")
    session.form("/session/tenant", {"tenant": root, "next": "/settings"})
    session.page("/settings")
    taken, rows = import_of(session)
    if taken is None:
        print("centre    import: openpyxl is missing, ./noroshi.sh test installs it")
    else:
        goal(f"import, look and apply, {rows} rows changed", IMPORT_GOAL_MS, taken, "best of 3")
    taken, pages = pdf_of(session, folder)
    goal(f"PDF, for {PDF_PAGES} pages", PDF_GOAL_MS, taken * PDF_PAGES / pages if pages else taken, f"best of 3; {pages} pages in {taken:.0f} ms")


def run(folder, row, count=TENANTS, times=200):
    server = program.Server(os.path.join(folder, "centre"), "demo").start()
    demo_session(server, "ciso")
    time.sleep(5)  # the demo's story has been told
    server.stop()
    path = os.path.join(server.data, "demo", "noroshi.db")
    began = time.monotonic()
    root, rows = fill(path, count)
    row("centre", "filling the database", f"{time.monotonic() - began:.0f}", "s", f"{count:,} organisations × 64 services × {ROUNDS} rounds")
    row("centre", "rows of answers in snapshots", f"{rows:,}", "")
    row("centre", "size of the database", f"{os.path.getsize(path) / 1e6:,.0f}", "MB")
    reached = []

    def goal(what, limit, value, note):
        reached.append((what, limit, value, note))
        row("centre", what, f"{value:.1f}", "ms", note)
    server.start()
    try:
        server.demo_session = None
        measure(server, folder, root, path, times, goal)
    finally:
        server.kill()
    print(f"\n{'goal of the centre':52} {'goal ms':>9} {'reached':>9} {'ratio':>6}")
    for what, limit, value, _ in reached:
        print(f"{what:52} {limit:9} {value:9.1f} {limit / value:6.2f}{'' if value <= limit else '  MISSED'}")
