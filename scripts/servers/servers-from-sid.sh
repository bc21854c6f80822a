#!/bin/sh
# Today's MySQL, Redis, RabbitMQ and Nginx in a folder of its own: servers-from-sid.sh TARGET_DIR
#
# The packages of Debian sid and the libraries they need are unpacked, never installed: no
# maintainer script runs, no user is made, no service starts. Every program is bound to the
# folder's own loader and libraries, so the system's version of libc does not matter, and
# programs they start (/bin/sh) keep the system's. No rights are needed. A second run only prints
# the versions. The folder cannot be moved: make it where it stays. REFRESH=1 builds it anew.
# Afterwards TARGET_DIR/bin holds drop-in mysqld, redis-server, rabbitmq-server, epmd and nginx.
set -eu

say() { printf 'servers: %s\n' "$*"; }
die() { printf 'servers: %s\n' "$*" >&2; exit 1; }

[ $# -eq 1 ] || die "usage: servers-from-sid.sh TARGET_DIR"
mkdir -p "$1"
target=$(cd "$1" && pwd -P)
case $target in *[[:space:]]*) die "the folder's path must have no blanks: $target" ;; esac

packages="mysql-server-core redis-server rabbitmq-server nginx"
# what the packages ask for that a server under its own care does not need
assumed="adduser debconf init-system-helpers logrotate lsb-base openssl passwd perl procps
         rabbitmqadmin-ng systemd"

works() {
  "$target/bin/mysqld" --version && "$target/bin/redis-server" --version &&
    "$target/bin/nginx" -v && "$target/bin/erl" -noshell -eval 'crypto:start(), halt(0).'
} >/dev/null 2>&1

versions() {
  {
    "$target/bin/mysqld" --version | sed 's/.*Ver \([0-9.]*\).*/MySQL \1/'
    "$target/bin/redis-server" --version | sed 's/.*v=\([0-9.]*\).*/Redis \1/'
    ls "$target/root/usr/lib/rabbitmq/lib" | sed 's/rabbitmq_server-/RabbitMQ /'
    "$target/bin/nginx" -v 2>&1 | sed 's,.*/,Nginx ,'
  } | paste -s -d , - | sed 's/,/, /g'
}

if [ -z "${REFRESH:-}" ] && works; then say "$(versions)"; exit 0; fi

command -v apt-get >/dev/null || die "this needs apt-get (Debian or a system made from it)"
work=$target/.work.$$
root=$work/root
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$root" "$work/lists/partial" "$work/cache/archives/partial"
log=$work/log
quiet() { "$@" >>"$log" 2>&1; }
why() { grep -E '^(E|W): ' "$log" | head -n 1 | cut -c 1-240; }

# --- apt with its own sources, lists, cache and status; the system's proxies and keys hold -------

mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 'Created-By: Packages' |
  grep -E '/debian/?$' | head -n 1)
[ -n "$mirror" ] || die "the system's apt sources name no Debian archive"
keys=/usr/share/keyrings/debian-archive-keyring.gpg
arch=$(dpkg --print-architecture)
printf 'deb [signed-by=%s] %s sid main\n' "$keys" "$mirror" >"$work/sources.list"
for package in $assumed; do
  printf 'Package: %s\nStatus: install ok installed\nVersion: 9999\nArchitecture: %s\nMulti-Arch: allowed\nMaintainer: -\nDescription: -\n\n' \
    "$package" "$arch"
done >"$work/status"
{
  apt-config dump | grep -E '^Acquire::(http|https|Retries|Check-Valid-Until|Check-Date)' || :
  cat <<CONF
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$work";
Dir::State::status "$work/status";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
} >"$work/apt.conf"
export APT_CONFIG="$work/apt.conf"

say "reading the package lists of sid"
if ! quiet apt-get update && grep -q 'is expired' "$log"; then
  say "the mirror lags behind sid; taking what it has (its signature is checked all the same)"
  echo 'Acquire::Check-Valid-Until "false";' >>"$work/apt.conf"
  : >"$log"
fi
quiet apt-get update || die "apt cannot read sid: $(why)"
say "fetching $packages and their libraries (about 100 MB)"
# shellcheck disable=SC2086
quiet apt-get install -y --download-only $packages patchelf || die "apt cannot fetch them: $(why)"

say "unpacking"
for deb in "$work"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$root"; done
rm -rf "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/usr/share/lintian
find "$root/usr/bin" -type f \( -name 'my*' -o -name 'ibd2sdi' -o -name 'innochecksum' -o -name 'perror' \) -delete

# --- bind every program to the folder's own loader and libraries ------------------------------------

say "binding the programs to their own libraries"
lib=$(dirname "$(find "$root/usr/lib" -name 'ld-linux*.so.*' -type f | head -n 1)")
loader=$(basename "$lib"/ld-linux*.so.*)
final=$target/root${lib#"$root"}
patchelf() { "$lib/$loader" --library-path "$lib" "$root/usr/bin/patchelf" "$@"; }
for program in "$root"/usr/sbin/mysqld "$root"/usr/sbin/nginx "$root"/usr/bin/redis-* \
  "$root"/usr/lib/erlang/erts-*/bin/* "$root"/usr/lib/erlang/lib/os_mon-*/priv/bin/*; do
  [ ! -L "$program" ] && quiet patchelf --print-interpreter "$program" || continue
  quiet patchelf --set-interpreter "$final/$loader" --force-rpath --set-rpath "$final" "$program" ||
    die "cannot bind $program: $(tail -n 1 "$log")"
done
for script in "$root"/usr/lib/erlang/bin/erl "$root"/usr/lib/erlang/bin/start "$root"/usr/lib/erlang/erts-*/bin/erl; do
  sed -i "s#=/usr/lib/erlang#=$target/root/usr/lib/erlang#" "$script"
done

# --- what the user calls ------------------------------------------------------------------------------

mkdir -p "$work/bin"
program() { cat >"$work/bin/$1"; chmod +x "$work/bin/$1"; }
usr=$target/root/usr
program mysqld <<TEXT
#!/bin/sh
[ "\$1" != --no-defaults ] || shift   # it is given here, and may be given once only
exec $usr/sbin/mysqld --no-defaults --basedir=$usr --lc-messages-dir=$usr/share/mysql --user="\$(id -un)" \\
  --character-sets-dir=$usr/share/mysql/charsets --plugin-dir=$usr/lib/mysql/plugin --secure-file-priv=NULL "\$@"
TEXT
forward() { printf '#!/bin/sh\nexec %s "$@"\n' "$2" | program "$1"; }
forward redis-server "$usr/bin/redis-server"
forward redis-cli "$usr/bin/redis-cli"
forward nginx "$usr/sbin/nginx"
forward erl "$usr/lib/erlang/bin/erl"
epmd=$(echo "$root"/usr/lib/erlang/erts-*/bin/epmd)
forward epmd "$target/root${epmd#"$root"}"
# upstream's scripts: Debian's own change the user and insist on /var/lib. They look for Erlang on the PATH
for name in rabbitmq-server rabbitmqctl; do
  printf '#!/bin/sh\nexport PATH=%s:$PATH\nexec %s "$@"\n' "$usr/lib/erlang/bin" "$usr/lib/rabbitmq/bin/$name" | program $name
done

mkdir -p "$target/bin"
rm -rf "$target/root"
mv "$root" "$target/root"
for name in "$work"/bin/*; do mv "$name" "$target/bin/"; done
unset APT_CONFIG
works || die "they were unpacked but do not run: $("$target/bin/mysqld" --version 2>&1 | head -n 1)"
say "$(versions)"
