#!/bin/sh
# As the entrypoint of mysql: makes the database and root's password at the first start, then runs the server as mysql.
set -eu
data=/var/lib/mysql
password=${MYSQL_ROOT_PASSWORD:-$(cat "$MYSQL_ROOT_PASSWORD_FILE")}
chown mysql:mysql "$data"
mkdir -p /run/mysqld && chown mysql:mysql /run/mysqld
if [ ! -d "$data/mysql" ]; then
  rm -rf "$data"/* # what an interrupted first start left
  mysqld --no-defaults --user=mysql --datadir="$data" --initialize-insecure
  printf "CREATE USER root@'%%' IDENTIFIED BY '%s'; GRANT ALL ON *.* TO root@'%%' WITH GRANT OPTION; ALTER USER root@localhost IDENTIFIED BY '%s';\n" \
    "$password" "$password" >/tmp/first.sql
  chmod 644 /tmp/first.sql
  set -- "$@" --init-file=/tmp/first.sql
fi
exec setpriv --reuid=mysql --regid=mysql --clear-groups mysqld --no-defaults --datadir="$data" --socket=/run/mysqld/mysqld.sock --secure-file-priv=NULL "$@"
