#!/bin/sh
# Lays out the folder that Nginx runs from: prepare.sh DIR [local|compose|simple]
# Then: cd DIR && nginx -p "$PWD/" -e stderr -c nginx.conf -g 'daemon off;'
# The gateway's numbers are here alone; the environment overrides each of them.
set -eu

RATE_LIMIT=${RATE_LIMIT:-50} RATE_BURST=${RATE_BURST:-100}                   # requests a second and client address
AUTH_RATE_LIMIT=${AUTH_RATE_LIMIT:-5} AUTH_RATE_BURST=${AUTH_RATE_BURST:-10} # the same for login and registration
GUEST_CART_RATE_LIMIT=${GUEST_CART_RATE_LIMIT:-5} GUEST_CART_RATE_BURST=${GUEST_CART_RATE_BURST:-20} # for cart writes without a token
UPSTREAM_TIMEOUT=${UPSTREAM_TIMEOUT:-30}                                     # seconds until a silent service is a 504
GATEWAY_WORKERS=${GATEWAY_WORKERS:-2}
GATEWAY_PORT=${GATEWAY_PORT:-8080} GATEWAY_TLS_PORT=${GATEWAY_TLS_PORT:-8443}
HOST=${HOST:-127.0.0.1}
CORS_ORIGINS=${CORS_ORIGINS-http://localhost:3000}                           # comma separated, like the next
TRUSTED_PROXIES=${TRUSTED_PROXIES:-}                                         # their X-Forwarded-For is trusted
TLS_CERT=${TLS_CERT:-} TLS_KEY=${TLS_KEY:-}                                  # files; both or none
PUBLIC_HOST=${PUBLIC_HOST:-}                                                 # where HTTP redirects to; without it, to the Host that was asked for
WEB_DIR=${WEB_DIR:-}                                                         # the built pages: scripts/web.ts makes them

fail() { echo "gateway: $*" >&2; exit 1; }
numbers="RATE_LIMIT RATE_BURST AUTH_RATE_LIMIT AUTH_RATE_BURST GUEST_CART_RATE_LIMIT GUEST_CART_RATE_BURST UPSTREAM_TIMEOUT GATEWAY_WORKERS GATEWAY_PORT GATEWAY_TLS_PORT"
for name in $numbers; do
  eval "value=\$$name"
  case $value in '' | *[!0-9]*) fail "$name must be a number" ;; esac
done
case "$CORS_ORIGINS$TRUSTED_PROXIES$HOST$PUBLIC_HOST" in
  *[!A-Za-z0-9:/.,_\ -]*) fail "CORS_ORIGINS, TRUSTED_PROXIES, HOST and PUBLIC_HOST are plain lists: letters, digits and :/.,_-" ;;
esac
case "$TLS_CERT$TLS_KEY" in *[\"\$\;]*) fail "TLS_CERT and TLS_KEY must be plain paths" ;; esac
case "${TLS_CERT:+cert}${TLS_KEY:+key}" in cert | key) fail "TLS_CERT and TLS_KEY go together" ;; esac

case $WEB_DIR in '' | /*) ;; *) WEB_DIR=$PWD/$WEB_DIR ;; esac
case $TLS_CERT in '' | /*) ;; *) TLS_CERT=$PWD/$TLS_CERT ;; esac
case $TLS_KEY in '' | /*) ;; *) TLS_KEY=$PWD/$TLS_KEY ;; esac
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"

script=
for name in $numbers; do
  eval "value=\$$name"
  script="$script;s/\${$name}/$value/g"
done
sed "$script" "$here/nginx.conf" >nginx.conf
cp "$here/docs.html" docs.html
rm -rf docs
cp -R "$here/docs" docs
[ -z "$WEB_DIR" ] || ln -sfn "$WEB_DIR" pages
# Names are resolved by whichever server the container was given: Docker's, Podman's or a cluster's.
nameserver=$(sed -n 's/^nameserver \([0-9.]*\)$/\1/p' /etc/resolv.conf | head -n 1)
[ $# -lt 2 ] || sed "s/NAMESERVER/${nameserver:-127.0.0.11}/" "$here/upstreams/$2.conf" >upstreams.conf
case ${2:-local} in
  local) rm -f direct.conf ;;
  *)
    cp "$here/direct.conf" direct.conf
    ln -sf /dev/stdout access.log # a container logs to its standard output
    ;;
esac

list() { echo "$1" | tr ', ' '\n\n' | grep . || :; }
{
  echo 'map $http_origin $cors_origin {'
  echo '  default "";'
  list "$CORS_ORIGINS" | sed 's/.*/  "&" $http_origin;/'
  echo '}'
  list "$TRUSTED_PROXIES" | sed 's/.*/set_real_ip_from &;/'
  [ -z "$TRUSTED_PROXIES" ] || printf 'real_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n'
  [ -z "$TLS_CERT" ] || cat <<CONF
server {
  listen $HOST:$GATEWAY_PORT;
  server_name _;
  access_log access.log json buffer=64k flush=1s;
  add_header X-Request-Id \$rid always;
  location = /health { default_type application/json; return 200 '{"status":"ok"}'; }
  location / { return 308 https://${PUBLIC_HOST:-\$host}:$GATEWAY_TLS_PORT\$request_uri; }
}
CONF
} >lists.conf

if [ -z "$TLS_CERT" ]; then
  echo "listen $HOST:$GATEWAY_PORT;"
else
  cat <<CONF
listen $HOST:$GATEWAY_TLS_PORT ssl http2;
ssl_certificate "$TLS_CERT";
ssl_certificate_key "$TLS_KEY";
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:tls:2m;
ssl_session_timeout 1h;
ssl_session_tickets off;
error_page 497 =308 https://${PUBLIC_HOST:-\$host}:$GATEWAY_TLS_PORT\$request_uri;
CONF
fi >listen.conf
