"""corpora/: the same texts as pyarrow and the packers write them, for make.py."""
import gzip
import json

import pyarrow
import pyarrow.parquet

TEXTS = ["One text.", "Zwei Zeilen\nin einem Text", "", "日本語 😀", "a\tb \"quoted\"", None, "the last"]


def write(out):
    out.mkdir(parents=True, exist_ok=True)
    table = pyarrow.table({"id": range(len(TEXTS)), "text": TEXTS, "other": [str(i) for i in range(len(TEXTS))]})
    for codec in ("none", "snappy", "gzip", "zstd"):
        pyarrow.parquet.write_table(table, out / f"{codec}.parquet", compression=codec, row_group_size=3)
    records = [{"id": i, "text": t} for i, t in enumerate(TEXTS) if t is not None]
    lines = "".join(json.dumps(r, ensure_ascii=i % 2 == 0) + "\n" for i, r in enumerate(records)).encode()
    (out / "texts.jsonl").write_bytes(lines)
    (out / "texts.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
    with pyarrow.CompressedOutputStream(str(out / "texts.jsonl.zst"), "zstd") as packed:
        packed.write(lines)
