"""FAISS flat indexes behind stdin and stdout, for `Sosia.Bench search`.

Commands, one a line; each is answered by one line:
  load float|bits FILE DIMENSION   float32 rows, or rows of 256 bits  -> ok VERSION BLAS
  search FILE K REPEAT             queries from a file                -> WALL CPU (seconds a search), then the ids found
"""
import os
import sys
import time

import faiss
import numpy as np

faiss.omp_set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
kind, dimension, index = None, 0, None


def rows(path):
    if kind == "bits":
        return np.fromfile(path, dtype=np.uint8).reshape(-1, dimension // 8)
    return np.fromfile(path, dtype=np.float32).reshape(-1, dimension)


def blas():
    with open("/proc/self/maps") as maps:
        text = maps.read()
    return "reference BLAS" if "/blas/libblas" in text else "OpenBLAS" if "openblas" in text else "another BLAS"


for line in sys.stdin:
    command, *args = line.rstrip("\n").split("\t")
    if command == "load":
        kind, dimension = args[0], int(args[2])
        index = faiss.IndexBinaryFlat(dimension) if kind == "bits" else faiss.IndexFlatIP(dimension)
        index.add(rows(args[1]))
        print("ok", faiss.__version__, blas(), flush=True)
    else:
        queries, k, repeat = rows(args[0]), int(args[1]), int(args[2])
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(repeat):
            ids = index.search(queries, k)[1]
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(wall / repeat, cpu / repeat, *ids.ravel(), flush=True)
