"""aubio's YIN of two synthetic voices: writes test/fixtures/references/yin.json.

    /usr/bin/python3 scripts/references/aubio_yin.py     # Debian's python3-aubio

aubio's "yin" is de Cheveigne and Kawahara's difference function over half a buffer, without librosa's zero padding; it takes the first trough below
its tolerance and refines it by a parabola. On a periodic signal the two agree in what they measure, not in the last digit.
"""
import aubio
import numpy as np

from reference import case, write

SR, BUFFER, HOP = 16000, 1024, 160


def voice(start, rise, seconds=0.5):
    """Five harmonics of amplitude 1/k; the phase is the running sum of the frequency."""
    frequency = start + rise * np.arange(int(seconds * SR)) / SR
    phase = 2 * np.pi * np.cumsum(frequency) / SR
    return sum(np.sin(k * phase) / k for k in range(1, 6)).astype(np.float32) / 4


def yin(samples, tolerance):
    """One value a frame; frame t is the BUFFER samples up to sample (t + 1) HOP."""
    pitch = aubio.pitch("yin", BUFFER, HOP, SR)
    pitch.set_unit("Hz")
    pitch.set_tolerance(tolerance)
    pitch.set_silence(-120)
    return [float(pitch(samples[i:i + HOP])[0]) for i in range(0, len(samples) - HOP + 1, HOP)]


FIRST = -(-BUFFER // HOP)  # the first frame that lies in the signal
cases = [
    case("voice", {"start": start, "rise": rise, "troughThreshold": tolerance}, yin(voice(start, rise), tolerance)[FIRST:])
    for start, rise in ((110.0, 0.0), (223.7, 0.0), (150.0, 60.0)) for tolerance in (0.1, 0.2)
]
about = f"aubio.pitch('yin', {BUFFER}, {HOP}, {SR}) of five harmonics from `start` Hz on, rising by `rise` Hz a second, 0.5 s"
write("yin", {"aubio": aubio.version}, about, cases, firstSample=(FIRST + 1) * HOP - BUFFER)
