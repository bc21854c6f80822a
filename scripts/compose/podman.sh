#!/bin/sh
# Debian 12's podman, as podman-compose wants a newer one: it waits for health, and starts health checks by itself, which podman leaves to systemd.
real=/usr/bin/podman

healthy() {
  for _ in $(seq 600); do
    ready=yes
    for container; do
      case $($real inspect --format '{{if .State.Healthcheck}}{{.State.Healthcheck.Status}}{{end}} {{.State.Status}}' "$container" 2>/dev/null) in
        'healthy running' | ' running') ;;
        *exited* | *stopped*) echo "$container has ended" >&2; exit 1 ;;
        *) ready=no && $real healthcheck run "$container" >/dev/null 2>&1 ;;
      esac
    done
    [ $ready = no ] || exit 0
    sleep 0.3
  done
  echo "not healthy in time: $*" >&2
  exit 1
}

case "$1 ${2:-}" in
  '--version '*) echo 'podman version 4.9.0' ;;
  'wait --condition=healthy') shift 2 && healthy "$@" ;;
  'wait --condition=running') exit 0 ;;
  'create '* | 'run '*)
    command=$1
    shift
    # This podman has no interval of its own for the time of the start, and cannot start what requires a container that has ended.
    for argument; do
      shift
      case ${skip:-no}$argument in
        yes*) skip=no ;;
        no--health-startup-interval) skip=yes ;;
        no--requires=*) ;;
        *) set -- "$@" "$argument" ;;
      esac
    done
    exec $real "$command" --ulimit host "$@"
    ;;
  'network create')
    # Its internal networks have no names.
    for name; do :; done
    $real "$@" && sed -i 's/"dns_enabled": false/"dns_enabled": true/' "$NETWORKS/$name.json"
    ;;
  *) exec $real "$@" ;;
esac
