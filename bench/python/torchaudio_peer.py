import torch
import torchaudio
from peer import HOP, MELS, MFCCS, RATE, WINDOW, read, read_utterances, serve
from torchaudio.compliance import kaldi

torch.set_num_threads(1)
signal = torch.from_numpy(read("signal"))
signal48k = torch.from_numpy(read("signal48k"))
utterances = [torch.from_numpy(utterance) for utterance in read_utterances()]


def mfcc(samples):
    return kaldi.mfcc(
        samples.reshape(1, -1),
        num_ceps=MFCCS,
        num_mel_bins=MELS,
        frame_length=1000 * WINDOW / RATE,
        frame_shift=1000 * HOP / RATE,
        sample_frequency=RATE,
    )


def fbank(samples):
    return kaldi.fbank(samples.reshape(1, -1), num_mel_bins=MELS, sample_frequency=RATE)


# The settings that torchaudio's documentation gives for the quality of resampy's "kaiser_best".
resample = torchaudio.transforms.Resample(
    48000,
    16000,
    resampling_method="kaiser_window",
    lowpass_filter_width=64,
    rolloff=0.9475937167399596,
    beta=14.769656459379492,
)

serve(
    torchaudio.__version__,
    {
        "mfcc": (lambda count: signal[:count], mfcc, lambda frames: frames[:, 1]),
        "mfcc-utterances": (
            lambda count: utterances[:count],
            lambda chosen: [mfcc(samples) for samples in chosen],
            lambda results: results[0][:, 1],
        ),
        "fbank": (lambda count: signal[:count], fbank, lambda frames: frames[:, 9]),
        "resample": (lambda count: signal48k[:count], resample, lambda samples: samples),
    },
)
