#!/bin/sh
# Writes deploy/.env (or the file named) with new random secrets for compose.yaml. A file that is there stays as it is.
set -eu
file="${1:-$(dirname "$0")/.env}"
if [ -e "$file" ]; then
  echo "$file is there already" >&2
  exit 0
fi
secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
# For a password inside a URL.
plain() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
umask 077
cat >"$file" <<END
# Made by deploy/make-env.sh. Keep it: JWT_SECRET signs tokens, and nothing encrypted is readable without ENCRYPTION_KEY.
JWT_SECRET=$(secret)
ENCRYPTION_KEY=$(secret)
METRICS_TOKEN=$(plain)
POSTGRES_PASSWORD=$(plain)
INFLUXDB_TOKEN=$(plain)
INFLUXDB_PASSWORD=$(plain)
GRAFANA_PASSWORD=$(plain)
# What the browser shows this server as, and any other variable of README.md's table:
CORS_ORIGINS=http://localhost:3000,http://localhost:5173
END
echo "$file is made"
