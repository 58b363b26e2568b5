#!/usr/bin/env bash
# Trains both networks from nothing and puts their weights where the programs
# embed them. Installs the Debian packages that it needs and says so.
set -euo pipefail
cd "$(dirname "$0")"

packages=(
  python3-torch python3-numpy python3-pil
  fonts-noto-cjk fonts-noto-cjk-extra fonts-arphic-uming fonts-arphic-ukai fonts-arphic-gbsn00lp fonts-arphic-gkai00mp
  fonts-wqy-zenhei fonts-wqy-microhei fonts-lxgw-wenkai fonts-ocr-b fonts-liberation fonts-dejavu fonts-freefont-ttf
  fonts-urw-base35
)
missing=()
for p in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$p")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "train: installing with apt-get: ${missing[*]}" >&2
  root=(); [ "$(id -u)" -eq 0 ] || root=(sudo)
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

export OMP_NUM_THREADS=1 # more threads change the order of sums, and so the weights
python=${PYTHON:-/usr/bin/python3} # Debian's, which sees the packages above
weights=../internal/reader/weights
mkdir -p out
# Side by side: each computes on one core, whatever the other does.
nice -n 5 "$python" train_numbers.py --out out/numbers.rnw --workers 2 > >(tee out/numbers.log) &
numbers=$!
trap 'kill "$numbers" 2>/dev/null || true' EXIT
nice -n 5 "$python" train_han.py --out out/han-first.rnw | tee out/han-first.log
nice -n 5 "$python" train_han.py --start out/han-first.rnw --rate 0.0008 --seed 20253 --steps 1150 --out out/han.rnw | tee out/han.log
wait "$numbers" # fails when it failed
cp out/numbers.rnw out/han.rnw "$weights"/
(cd "$weights" && sha256sum ./*.rnw | sed 's| \./| |' | tee SHA256SUMS)
