#!/usr/bin/env bash
# What there is beside the socket: bash examples/curl.sh [http://host:port]
set -euo pipefail
origin=${1:-http://localhost:8000}

curl -fsS "$origin/health"
curl -fsS "$origin/ws/stats"
# An hour by the quarter, in bins of ten levels' width; named by its ETag, so asked for again it is not sent again.
series="$origin/liquidations/heatmap-timeseries?symbol=BTCUSDT&limit=4&price_bin_size=1000"
tag=$(curl -fsS -o /dev/null -D - "$series" | tr -d '\r' | sed -n 's/^ETag: //Ip')
curl -fsS -o /dev/null -w 'again: %{http_code}\n' -H "If-None-Match: $tag" "$series"
# The stream needs a WebSocket client: npx wscat -c ws://localhost:8000/ws/heatmap
curl -sS -o /dev/null -w 'stream without one: %{http_code}\n' "$origin/ws/heatmap"
