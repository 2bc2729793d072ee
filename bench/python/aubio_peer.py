import aubio
import numpy as np
from peer import HOP, MELS, MFCCS, N_FFT, PITCH_FRAME, RATE, read, read_utterances, serve

signal = read("signal")
utterances = read_utterances()


def hops(samples):
    return samples[: len(samples) // HOP * HOP].reshape(-1, HOP)


# It takes a hop at a time: only the frames from here on are full.
FIRST_SPECTRUM = -(-N_FFT // HOP) - 1
FIRST_PITCH = -(-PITCH_FRAME // HOP) - 1


def mfcc(samples):
    vocoder = aubio.pvoc(N_FFT, HOP)
    cepstrum = aubio.mfcc(N_FFT, MELS, MFCCS, RATE)
    return [cepstrum(vocoder(hop)).copy() for hop in hops(samples)]


def yin(samples):
    pitch = aubio.pitch("yinfast", PITCH_FRAME, HOP, RATE)
    pitch.set_tolerance(0.1)
    return [pitch(hop)[0] for hop in hops(samples)]


def transforms(count):
    fft = aubio.fft(N_FFT)
    frames = signal[32000 : 32000 + 16 * N_FFT].reshape(16, N_FFT)
    for i in range(count):
        spectrum = fft(frames[i % 16])
    return fft(frames[0])


serve(
    aubio.version,
    {
        "mfcc": (lambda count: signal[:count], mfcc, lambda frames: [frame[1] for frame in frames[FIRST_SPECTRUM:]]),
        "mfcc-utterances": (
            lambda count: utterances[:count],
            lambda chosen: [mfcc(samples) for samples in chosen],
            lambda results: [frame[1] for frame in results[0][FIRST_SPECTRUM:]],
        ),
        "fft": (lambda count: count, transforms, lambda spectrum: spectrum.norm * np.cos(spectrum.phas)),
        "yin": (lambda count: signal[:count], yin, lambda found: found[FIRST_PITCH:]),
    },
)
