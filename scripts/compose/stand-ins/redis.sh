#!/bin/sh
# As the entrypoint of redis: runs the server as redis, in its data folder.
set -eu
chown redis:redis /data
cd /data
exec setpriv --reuid=redis --regid=redis --clear-groups "$@" --protected-mode no
