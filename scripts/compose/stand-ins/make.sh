#!/bin/sh
# Images of the names that the compose files and the Dockerfile use, made from Debian's packages: make.sh FOLDER MONGOD BUN PROJECT
# FOLDER keeps the file systems between runs; MONGOD is a folder that mongod-from-pypi.sh filled; BUN is the program; PROJECT has the npm packages.
set -eu
folder=$1 mongod=$2 bun=$3 project=$4
here=$(dirname "$(readlink -f "$0")")
mirror=$(sed -nE 's/^URIs:[[:space:]]*(.*)/\1/p; s/^deb (\[[^]]*\] )?(http[^ ]*) .*/\2/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)
say() { printf '%s\n' "$*"; }

debian() { # NAME RELEASE PACKAGES...
  root=$folder/$1 release=$2
  shift 2
  [ ! -e "$root/.complete" ] || return 0
  say "a Debian $release with $*"
  rm -rf "$root"
  debootstrap --variant=minbase --include=ca-certificates "$release" "$root" "$mirror" >"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; exit 1; }
  cp -L --remove-destination /etc/resolv.conf /etc/hosts "$root/etc/"
  cp -rLT --remove-destination /etc/ssl/certs "$root/etc/ssl/certs"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod +x "$root/usr/sbin/policy-rc.d"
  unshare --mount sh -c "mount -t proc proc '$root/proc' && chroot '$root' env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $*" \
    >>"$folder/log" 2>&1 || { tail -n 20 "$folder/log"; exit 1; }
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/archives/*.deb
  touch "$root/.complete"
}

image() { podman image exists "$1"; }
import() { # ROOT NAME
  tar -C "$1" --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -c . | podman import --quiet - "$2" >/dev/null
}
derive() { # NAME OPTIONS...
  name=$1
  shift
  ! image "$name" || return 0
  container=$(buildah from --pull-never localhost/stand-in)
  buildah config "$@" "$container"
  buildah commit --quiet "$container" "$name" >/dev/null
  buildah rm "$container" >/dev/null
}

mkdir -p "$folder"
made_of=$(cat "$here"/* | sha256sum)
if [ "$(cat "$folder/made-of" 2>/dev/null)" != "$made_of" ]; then
  podman rmi --all --force >/dev/null 2>&1 || :
  echo "$made_of" >"$folder/made-of"
fi
if ! image localhost/stand-in; then
  debian servers sid mysql-server-core mysql-client-core redis-server rabbitmq-server nginx-light busybox libcurl4t64
  root=$folder/servers
  for user in mysql mongodb nginx; do chroot "$root" sh -c "id $user >/dev/null 2>&1 || useradd --system --no-create-home $user"; done
  mkdir -p "$root/opt/client/node_modules" "$root/opt/mongod" "$root/data/db" "$root/data/configdb" "$root/var/lib/mysql" "$root/etc/rabbitmq/conf.d"
  cp -rLT "$mongod" "$root/opt/mongod"
  cp "$bun" "$root/usr/local/bin/bun"
  for package in mongodb bson mongodb-connection-string-url whatwg-url tr46 webidl-conversions punycode @mongodb-js/saslprep sparse-bitfield memory-pager; do
    mkdir -p "$root/opt/client/node_modules/$package"
    cp -rLT "$project/node_modules/$package" "$root/opt/client/node_modules/$package"
  done
  cp "$here"/*.mjs "$root/opt/client/"
  cp "$here"/mysql.sh "$here"/redis.sh "$here"/rabbitmq.sh "$root/usr/local/bin/"
  cp "$here"/mongo.sh "$root/usr/local/bin/docker-entrypoint.sh"
  printf '#!/bin/sh\nexec bun /opt/client/mongosh.mjs\n' >"$root/usr/local/bin/mongosh"
  rm -f "$root/usr/local/bin/mongod"
  chmod +x "$root"/usr/local/bin/*
  ln -sf /opt/mongod/bin/mongod "$root/usr/local/bin/mongod"
  ln -sf busybox "$root/usr/bin/wget"
  say 'the image of the servers'
  import "$root" localhost/stand-in
fi
derive docker.io/library/mysql:9.7 --entrypoint '["mysql.sh"]' --cmd '' --volume /var/lib/mysql
derive docker.io/library/mongo:8.0 --entrypoint '["docker-entrypoint.sh"]' --cmd 'mongod'
derive docker.io/library/redis:8.0 --entrypoint '["redis.sh"]' --cmd 'redis-server'
derive docker.io/library/rabbitmq:4.3 --entrypoint '["rabbitmq.sh"]' --cmd ''
derive docker.io/library/nginx:1.30-alpine --entrypoint '[]' --cmd 'nginx'

if ! image docker.io/oven/bun:1.4.5; then
  debian bun bookworm libstdc++6
  root=$folder/bun
  chroot "$root" sh -c 'id bun >/dev/null 2>&1 || useradd --uid 1000 --create-home bun'
  cp "$bun" "$root/usr/local/bin/bun"
  import "$root" localhost/bun
  container=$(buildah from --pull-never localhost/bun)
  buildah config --workingdir /home/bun/app --cmd /usr/local/bin/bun "$container"
  buildah commit --quiet "$container" docker.io/oven/bun:1.4.5 >/dev/null
  buildah rm "$container" >/dev/null
fi
say 'the images are ready'
