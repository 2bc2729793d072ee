"""Kaldi's filterbanks and cepstra with every option, by torchaudio.compliance.kaldi (dither 0): writes test/fixtures/references/kaldi.json.

    /usr/bin/python3 scripts/references/kaldi.py     # Debian's python3-torchaudio
"""
import torch
import torchaudio
from torchaudio.compliance import kaldi

from reference import case, signal, write

LENGTH = 3000
NAMES = {"windowType": "window_type", "roundToPowerOfTwo": "round_to_power_of_two"}
samples = torch.from_numpy(signal("speech_m_16k", 8000)[8000 - LENGTH:] * 32768)[None]


def snake(key):
    return "".join("_" + c.lower() if c.isupper() else c for c in key)


def made(feature, **options):
    arguments = {snake(key): value for key, value in options.items()}
    shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    values = getattr(kaldi, feature)(samples, sample_frequency=16000, **arguments).numpy()
    return case(feature, options, values, f"kaldi.{feature}(y * 32768, sample_frequency=16000, {shown})")


cases = [
    *(made(feature, windowType=kind) for feature in ("fbank",) for kind in
      ("povey", "hanning", "hamming", "rectangular", "blackman")),
    made("fbank", windowType="blackman", blackmanCoeff=0.3),
    made("mfcc", windowType="blackman", blackmanCoeff=0.16),
    made("fbank", preemphasisCoefficient=0.0),
    made("fbank", preemphasisCoefficient=1.0),
    made("fbank", removeDcOffset=False),
    made("fbank", roundToPowerOfTwo=False),
    made("mfcc", roundToPowerOfTwo=False, frameLength=30.0),
    made("fbank", rawEnergy=False, useEnergy=True),
    made("mfcc", rawEnergy=False, useEnergy=True, energyFloor=0.0),
    made("mfcc", useEnergy=True, energyFloor=1e9),
    made("fbank", useEnergy=True, htkCompat=True),
    made("mfcc", htkCompat=True),
    made("mfcc", htkCompat=True, useEnergy=True),
    made("mfcc", cepstralLifter=0.0),
    made("mfcc", cepstralLifter=7.5, numCeps=20),
    made("fbank", useLogFbank=False),
    made("fbank", usePower=False),
    made("fbank", usePower=False, useLogFbank=False),
    made("fbank", lowFreq=0.0, highFreq=8000.0),
    made("fbank", lowFreq=300.0, highFreq=-1500.0, numMelBins=15),
    made("mfcc", lowFreq=64.0, highFreq=7600.0, numMelBins=40, numCeps=40),
    made("fbank", vtlnWarp=0.85),
    made("fbank", vtlnWarp=1.15),
    made("mfcc", vtlnWarp=0.9, vtlnLow=60.0, vtlnHigh=7200.0),
    made("fbank", vtlnWarp=1.3, vtlnLow=300.0, vtlnHigh=-1000.0, lowFreq=100.0, highFreq=-200.0),
    made("fbank", snipEdges=False),
    made("mfcc", snipEdges=False, frameShift=12.5, frameLength=20.0),
    made("fbank", subtractMean=True, useEnergy=True),
    made("mfcc", subtractMean=True),
    made("mfcc", frameLength=32.0, frameShift=16.0),
    # dither draws random numbers: 0 is the only value with one answer
    made("fbank", dither=0.0),
]
write(
    "kaldi",
    {"torchaudio": torchaudio.__version__, "torch": torch.__version__},
    f"samples {8000 - LENGTH} to 8000 of speech_m_16k; linear filterbanks are those of samples times 32,768",
    cases,
    signal="speech_m_16k",
    start=8000 - LENGTH,
    length=LENGTH,
)
