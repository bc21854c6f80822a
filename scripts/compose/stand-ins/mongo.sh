#!/bin/sh
# As docker-entrypoint.sh of mongo: makes the root user at the first start, then runs the server as mongodb.
set -eu
[ "$1" = mongod ] || exec "$@"
chown mongodb:mongodb /data/db /data/configdb
as() { setpriv --reuid=mongodb --regid=mongodb --clear-groups "$@"; }
if [ -n "${MONGO_INITDB_ROOT_USERNAME:-}" ] && [ ! -e /data/db/WiredTiger ]; then
  as mongod --dbpath /data/db --bind_ip 127.0.0.1 --port 27099 --fork --logpath /tmp/first.log --pidfilepath /tmp/first.pid
  bun /opt/client/make-root.mjs mongodb://127.0.0.1:27099/?directConnection=true "$MONGO_INITDB_ROOT_USERNAME" "$(cat "$MONGO_INITDB_ROOT_PASSWORD_FILE")"
  as mongod --dbpath /data/db --shutdown
fi
shift # mongod
exec setpriv --reuid=mongodb --regid=mongodb --clear-groups mongod --dbpath /data/db "$@"
