#!/bin/sh
# Copies the primary once, then follows it and answers reads.
set -eu
: "${PRIMARY:?host of the primary}" "${PGPASSWORD:?}"
data="${PGDATA:-/var/lib/postgresql/data}"
if [ ! -s "$data/PG_VERSION" ]; then
  rm -rf "$data.new"
  pg_basebackup --host "$PRIMARY" --port "${PRIMARY_PORT:-5432}" --username "$PGUSER" --pgdata "$data.new" --wal-method stream --checkpoint fast --write-recovery-conf
  mkdir -p "$(dirname "$data")"
  rm -rf "$data"
  mv "$data.new" "$data" # whole or not at all: a copy that broke off is made anew
fi
exec postgres -D "$data" -c hot_standby=on -c hot_standby_feedback=on "$@"
