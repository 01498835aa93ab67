# Sourced by noroshi.sh and its helpers: what has to be on the machine, and how it gets there. Every step first looks
# whether there is anything to do, so that a warm start costs milliseconds.

# "package", or "package=command" where a command of another origin does as well.
PACKAGES_RUN=(
	gcc=gcc libc6-dev meson=meson ninja-build=ninja pkg-config=pkg-config python3=python3 ca-certificates
	libevent-dev libssl-dev libsqlite3-dev libjansson-dev libyaml-dev libpcre2-dev libsodium-dev
	liboath-dev libzstd-dev zlib1g-dev libcurl4-openssl-dev libmd4c-dev libcmocka-dev
	libxlsxwriter-dev libarchive-dev libexpat1-dev libpango1.0-dev libcairo2-dev libseccomp-dev fonts-ipaexfont-gothic
	nodejs=node npm=npm
)
PACKAGES_TEST=(
	git=git python3-venv clang=clang clang-format=clang-format clang-tidy=clang-tidy llvm=llvm-symbolizer
	libclang-rt-14-dev cppcheck=cppcheck chromium=chromium fonts-noto-cjk wrk=wrk zstd=zstd
	poppler-utils=pdftotext libreoffice-calc-nogui=soffice
)

say()
{
	printf 'noroshi: %s\n' "$*" >&2
}

# Prints the packages among the arguments that are missing.
packages_missing()
{
	local item package command asked=() found
	for item in "$@"; do
		package="${item%%=*}"
		command="${item#*=}"
		if [ "$command" != "$item" ] && command -v "$command" >/dev/null; then
			continue
		fi
		asked+=("$package")
	done
	[ ${#asked[@]} -gt 0 ] || return 0
	found="$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${asked[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)"
	for package in "${asked[@]}"; do
		grep -qxF "$package" <<<"$found" || printf '%s\n' "$package"
	done
}

need_packages()
{
	local missing as_root=()
	missing="$(packages_missing "$@" | tr '\n' ' ')"
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		if ! command -v sudo >/dev/null; then
			say "these packages are missing; run this as root, then start again:"
			# shellcheck disable=SC2086
			echo "  apt-get update && apt-get install -y --no-install-recommends" $missing >&2
			exit 1
		fi
		as_root=(sudo)
	fi
	say "installing: $missing"
	"${as_root[@]}" apt-get update -qq
	# shellcheck disable=SC2086
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# Runs a command unless the stamp already holds the hash of the files that it depends on.
# once STAMP "FILES" COMMAND…
once()
{
	local stamp="$1" files="$2" now
	shift 2
	# shellcheck disable=SC2086
	now="$(cat $files | sha256sum)"
	[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
	"$@" && mkdir -p "$(dirname "$stamp")" && printf '%s\n' "$now" >"$stamp"
}

npm_install()
{
	say "fetching the browser assets that web/package-lock.json pins"
	(cd web && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null)
}

need_web_assets()
{
	[ -f web/package-lock.json ] || return 0
	once web/node_modules/.noroshi-stamp web/package-lock.json npm_install
}

venv_make()
{
	say "making the Python environment of the tests (.venv)"
	rm -rf .venv
	python3 -m venv .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check -r tests/requirements.txt
}

need_venv()
{
	once .venv/.noroshi-stamp tests/requirements.txt venv_make
}

# meson_folder FOLDER OPTIONS…: configures once; ninja itself notices later changes of meson.build.
meson_folder()
{
	local folder="$1"
	shift
	[ -f "$folder/build.ninja" ] || CC="${CC:-$(ccache_prefix)gcc}" meson setup "$folder" . "$@" >/dev/null
}

build_release()
{
	local log
	meson_folder build
	log="$(mktemp)"
	if ! ninja -C build noroshi >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		exit 1
	fi
	rm -f "$log"
}

# "ccache " when it is there: only a convenience for developers.
ccache_prefix()
{
	command -v ccache >/dev/null && printf 'ccache '
}
