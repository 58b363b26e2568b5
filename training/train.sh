#!/usr/bin/env bash
# Trains both networks from nothing and puts their weights where the programs
# embed them. Needs the Debian packages named in README.md; takes about two
# hours of processor time. The same machine and seed give the same weights.
set -euo pipefail
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1
python=${PYTHON:-/usr/bin/python3}
out=../internal/reader/weights
mkdir -p out
nice -n 5 "$python" train_numbers.py --out out/numbers.rnw "$@" | tee out/numbers.log
nice -n 5 "$python" train_han.py --out out/han.rnw "$@" | tee out/han.log
cp out/numbers.rnw out/han.rnw "$out"/
sha256sum "$out"/*.rnw
