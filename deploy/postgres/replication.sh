#!/bin/sh
# Lets a replica copy this database; it logs in with the owner's password. Runs
# once, when the database is made: on one that is there already, add the line to
# pg_hba.conf by hand.
set -eu
echo "host replication $POSTGRES_USER samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
