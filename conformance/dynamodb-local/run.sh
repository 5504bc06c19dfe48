#!/usr/bin/env bash
# In a network of its own: DynamoDB Local, and the tests on it. run.sh JARS REPORT SUITE…
set -euo pipefail
jars=$1 report=$2
shift 2
ip link set lo up
java -Xmx1g -Djava.library.path="$jars" -cp "$jars/*" com.amazonaws.services.dynamodbv2.local.main.ServerRunner \
  -inMemory -disableTelemetry -port 8000 >"$report.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 300); do
  if (exec 3<>/dev/tcp/127.0.0.1/8000) 2>/dev/null; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then cat "$report.log" >&2; exit 1; fi
  sleep 0.2
done
TRAILHOUND_DYNAMODB=http://127.0.0.1:8000 node node_modules/jest/bin/jest.js --maxWorkers=1 --json --outputFile="$report" "$@"
