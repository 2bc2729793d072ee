"""The loop of a peer in Python; see child.mjs for the lines that it reads and writes."""

import os
import sys
import time

import numpy as np

RATE, WINDOW, HOP, N_FFT, MELS, MFCCS = 16000, 400, 160, 512, 40, 13
PITCH_FRAME = 1024


def read(name):
    return np.fromfile(os.path.join(sys.argv[1], name + ".f32"), dtype=np.float32)


def read_utterances():
    found = []
    while os.path.exists(os.path.join(sys.argv[1], "utterance%d.f32" % len(found))):
        found.append(read("utterance%d" % len(found)))
    return found


def serve(version, works):
    """works: name -> (prepare, compute, values). prepare(count) is not timed, compute(prepared) is; values(its result) are numbers to compare."""
    print(version, *works, flush=True)
    for line in sys.stdin:
        verb, work, count = line.split()
        prepare, compute, values = works[work]
        prepared = prepare(int(count))
        start = time.perf_counter()
        result = compute(prepared)
        seconds = time.perf_counter() - start
        print(*([seconds] if verb == "run" else [float(v) for v in values(result)]), flush=True)
