#!/usr/bin/env python3
"""Embeds the files of folders into the binary: gen_embed.py NAME OUT.c OUT.bin DEPFILE [--gzip] ROOT...

Writes one blob with the bytes of every file (in byte order of their paths) and a C table
`const struct embedded NAME_files[]` with `NAME_files_count`; see src/craft/content/content.h for the struct.
--gzip adds a gzip copy of each file that shrinks by a tenth or more, for precompressed delivery.
The output depends on the files' bytes only (reproducible build).
"""
import gzip
import hashlib
import os
import sys

MIME = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json",
    ".yaml": "application/yaml", ".yml": "application/yaml", ".md": "text/markdown; charset=utf-8",
    ".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
    ".ndjson": "application/x-ndjson",
}


def files_of(root):
    """(name in the table, path on disk); a root that is a file is named by its base name, `root=name` renames it."""
    if "=" in os.path.basename(root):
        path, name = root.rsplit("=", 1)
        return [(name, path)]
    if os.path.isfile(root):
        return [(os.path.basename(root), root)]
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            if not name.startswith("."):
                path = os.path.join(folder, name)
                found.append((os.path.relpath(path, root), path))
    return found


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main():
    args = [a for a in sys.argv[1:] if a != "--gzip"]
    with_gzip = "--gzip" in sys.argv
    name, out_c, out_bin, depfile, roots = args[0], args[1], args[2], args[3], args[4:]
    absent = [root for root in roots if not os.path.exists(root.rsplit("=", 1)[0])]
    if absent:
        npm = any("node_modules" in root for root in absent)
        advice = "; fetch the browser assets first: ./noroshi.sh build, or (cd web && npm ci --ignore-scripts)"
        print(f"{', '.join(absent)}: not there{advice if npm else ''}", file=sys.stderr)
        return 1
    entries = sorted(entry for root in roots for entry in files_of(root))
    blob = bytearray()
    rows = []
    for key, path in entries:
        with open(path, "rb") as f:
            data = f.read()
        row = [key, len(blob), len(data)]
        blob += data
        packed = gzip.compress(data, 9, mtime=0) if with_gzip else b""
        if with_gzip and len(packed) * 10 <= len(data) * 9:
            row += [len(blob), len(packed)]
            blob += packed
        else:
            row += [0, 0]
        row += [hashlib.sha256(data).hexdigest()[:20], MIME.get(os.path.splitext(key)[1], "application/octet-stream")]
        rows.append(row)
    with open(out_bin, "wb") as f:
        f.write(bytes(blob) or b"\0")
    symbol = f"{name}_blob"
    with open(out_c, "w", encoding="utf-8") as f:
        f.write(f"/* Made by tools/gen_embed.py; do not edit. */\n#include \"craft/content/content.h\"\n\n")
        f.write(f'__asm__(".section .rodata\\n.balign 16\\n.globl {symbol}\\n{symbol}:\\n.incbin \\"{os.path.abspath(out_bin)}\\"\\n'
                f'.byte 0\\n.text\\n");\n')
        f.write(f"extern const char {symbol}[];\n\nconst struct embedded {name}_files[] = {{\n")
        for key, at, size, gz_at, gz_size, etag, mime in rows:
            gz = f"{{{symbol} + {gz_at}, {gz_size}}}" if gz_size else "{0}"
            f.write(f"\t{{{{{c_string(key)}, {len(key.encode())}}}, {{{symbol} + {at}, {size}}}, {gz}, \"{etag}\", {c_string(mime)}}},\n")
        if not rows:
            f.write("\t{{0}, {0}, {0}, 0, 0},\n")
        f.write(f"}};\nconst size_t {name}_files_count = {len(rows)};\n")
    with open(depfile, "w", encoding="utf-8") as f:
        # The folders too: their time changes when a file is added or removed.
        folders = [folder for root in roots if os.path.isdir(root) for folder, _, _ in os.walk(root)]
        paths = [path for _, path in entries] + folders
        f.write(f"{out_c} {out_bin}: " + " ".join(p.replace(" ", "\\ ") for p in paths) + "\n")


sys.exit(main())
