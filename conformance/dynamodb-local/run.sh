#!/usr/bin/env bash
# In a network of its own: DynamoDB Local, the simulation on it, and the tests. run.sh JARS REPORT SEED SCHEDULES SECONDS SUITE…
set -euo pipefail
jars=$1 report=$2 seed=$3 schedules=$4 seconds=$5
shift 5
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
export TRAILHOUND_DYNAMODB=http://127.0.0.1:8000
node --import tsx conformance/dynamodb-local/simulation.ts "$seed" "$schedules" "$seconds" >"$report.simulation"
node node_modules/jest/bin/jest.js --maxWorkers=1 --json --outputFile="$report" "$@"
