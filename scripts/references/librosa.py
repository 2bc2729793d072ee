"""The options of librosa's features: writes test/fixtures/references/librosa.json.

    /usr/bin/python3 scripts/references/librosa.py     # Debian's python3-scipy

Debian has no librosa. The values come from numpy and scipy in float64, by the formulas of librosa 0.11's documentation, with the very calls
that librosa makes where it makes any (scipy.signal.get_window, savgol_filter, lfilter, scipy.ndimage.median_filter, maximum_filter1d,
scipy.fft.dct, numpy.pad, numpy.polyfit). Defaults of librosa that this file shares with it are held by librosa's own vectors in
test/fixtures/oracle.
"""
import numpy as np
import scipy
import scipy.fft
import scipy.ndimage
import scipy.signal

from reference import case, signal, write

SR, N_FFT, WIN, HOP = 16000, 512, 400, 160
FRAME = 400
TINY = np.finfo(np.float32).tiny
y = signal("speech_m_16k", 8000)[4000:].astype(np.float64)
SER = {"nFft": N_FFT, "winLength": WIN, "hopLength": HOP, "frameLength": FRAME}


def frames_of(x, length, hop):
    return np.lib.stride_tricks.sliding_window_view(x, length)[::hop]


def stft(x, window="hann", pad_mode="constant", center=True):
    """Frames x bins."""
    fft_window = scipy.signal.get_window(window, WIN, fftbins=True)
    left = (N_FFT - WIN) // 2
    fft_window = np.pad(fft_window, (left, N_FFT - WIN - left))
    padded = np.pad(x, N_FFT // 2, mode=pad_mode) if center else x
    return np.fft.rfft(frames_of(padded, N_FFT, HOP) * fft_window)


S = np.abs(stft(y))
FREQUENCIES = np.fft.rfftfreq(N_FFT, 1 / SR)


def normalize(x, norm, axis):
    """librosa.util.normalize without a threshold of one's own."""
    if norm is None:
        return x
    if norm == np.inf:
        length = np.max(np.abs(x), axis=axis, keepdims=True)
    else:
        length = np.sum(np.abs(x) ** norm, axis=axis, keepdims=True) ** (1 / norm)
    return x / np.where(length < TINY, 1, length)


def mel_filters(n_mels=20, fmin=0.0, fmax=SR / 2, htk=False, norm="slaney"):
    step = 200 / 3
    log_step = np.log(6.4) / 27
    if htk:
        to_mel, to_hz = lambda f: 2595 * np.log10(1 + f / 700), lambda m: 700 * (10 ** (m / 2595) - 1)
    else:
        to_mel = lambda f: f / step if f < 1000 else 1000 / step + np.log(f / 1000) / log_step
        to_hz = lambda m: np.where(m < 1000 / step, m * step, 1000 * np.exp(log_step * (m - 1000 / step)))
    corners = to_hz(np.linspace(to_mel(fmin), to_mel(fmax), n_mels + 2))
    rises = (FREQUENCIES - corners[:-2, None]) / np.diff(corners)[:-1, None]
    falls = (corners[2:, None] - FREQUENCIES) / np.diff(corners)[1:, None]
    weights = np.maximum(0, np.minimum(rises, falls))
    if norm == "slaney":
        return weights * (2 / (corners[2:] - corners[:-2]))[:, None]
    return normalize(weights, norm, axis=-1)


def melspectrogram(magnitudes=S, power=2.0, **filters):
    return magnitudes**power @ mel_filters(**filters).T


def power_to_db(x, ref=1.0, amin=1e-10, top_db=80.0):
    reference = np.max(x) if ref == "max" else ref
    decibels = 10 * np.log10(np.maximum(amin, x)) - 10 * np.log10(np.maximum(amin, reference))
    return decibels if top_db is None else np.maximum(decibels, decibels.max() - top_db)


def mfcc(n_mfcc=13, dct_type=2, norm="ortho", lifter=0.0, decibels=None):
    decibels = power_to_db(melspectrogram()) if decibels is None else decibels
    cepstra = scipy.fft.dct(decibels, type=dct_type, norm=norm, axis=-1)[:, :n_mfcc]
    if lifter > 0:
        cepstra = cepstra * (1 + lifter / 2 * np.sin(np.pi * np.arange(1, n_mfcc + 1) / lifter))
    return cepstra


def delta(x, width, order, mode):
    return scipy.signal.savgol_filter(x, width, polyorder=order, deriv=order, axis=0, mode=mode)


def zero_crossing_rate(x, threshold=1e-10, zero_pos=True, pad=False):
    frames = frames_of(np.pad(x, FRAME // 2, mode="edge"), FRAME, HOP).copy()
    frames[np.abs(frames) <= threshold] = 0
    signs = np.signbit(frames) if zero_pos else np.sign(frames)
    crossings = np.concatenate([np.full((len(frames), 1), pad), signs[:, 1:] != signs[:, :-1]], axis=1)
    return crossings.mean(axis=1)


def spectral_bandwidth(norm=True, p=2.0):
    shares = normalize(S, 1, axis=-1)
    centroid = np.sum(shares * FREQUENCIES, axis=-1, keepdims=True)
    weights = shares if norm else S
    return np.sum(weights * np.abs(FREQUENCIES - centroid) ** p, axis=-1) ** (1 / p)


def spectral_flatness(amin=1e-10, power=2.0):
    x = np.maximum(amin, S**power)
    return np.exp(np.mean(np.log(x), axis=-1)) / np.mean(x, axis=-1)


def spectral_rolloff(roll_percent):
    total = np.cumsum(S, axis=-1)
    return FREQUENCIES[np.argmax(total >= roll_percent * total[:, -1:], axis=-1)]


def spectral_contrast(fmin=200.0, n_bands=6, quantile=0.02, linear=False):
    edges = np.concatenate([[0], fmin * 2.0 ** np.arange(n_bands + 1)])
    peaks, valleys = [], []
    for k, (low, high) in enumerate(zip(edges[:-1], edges[1:])):
        band = (FREQUENCIES >= low) & (FREQUENCIES <= high)
        inside = np.flatnonzero(band)
        if k > 0:
            band[inside[0] - 1] = True
        if k == n_bands:
            band[inside[-1] + 1:] = True
        part = S[:, band]
        if k < n_bands:
            part = part[:, :-1]
        count = int(np.maximum(np.rint(quantile * band.sum()), 1))
        part = np.sort(part, axis=-1)
        valleys.append(part[:, :count].mean(axis=-1))
        peaks.append(part[:, -count:].mean(axis=-1))
    peak, valley = np.stack(peaks, axis=-1), np.stack(valleys, axis=-1)
    return peak - valley if linear else power_to_db(peak) - power_to_db(valley)


def poly_features(order):
    return np.polyfit(FREQUENCIES, S.T, order).T


def onset_strength(lag=1, max_size=1, aggregate=np.mean, detrend=False, center=True):
    decibels = power_to_db(melspectrogram()).T
    reference = decibels if max_size == 1 else scipy.ndimage.maximum_filter1d(decibels, max_size, axis=0)
    rises = aggregate(np.maximum(0, decibels[:, lag:] - reference[:, :-lag]), axis=0)
    late = lag + (N_FFT // (2 * HOP) if center else 0)
    rises = np.pad(rises, (late, 0))
    if detrend:
        rises = scipy.signal.lfilter([1.0, -1.0], [1.0, -0.99], rises)
    return rises[: decibels.shape[1]]


def chroma_filters(n_chroma=12, tuning=0.0, ctroct=5.0, octwidth=2.0, base_c=True):
    octaves = np.log2(FREQUENCIES[1:] / (27.5 * 2 ** (tuning / n_chroma)))
    bins = n_chroma * octaves
    bins = np.concatenate([[bins[0] - 1.5 * n_chroma], bins, [0]])  # the last one has a width only
    # The widths are of the full spectrum; its upper half starts at half the rate.
    above = n_chroma * np.log2(SR / N_FFT * (N_FFT // 2 + 1) / (27.5 * 2 ** (tuning / n_chroma)))
    bins[-1] = above
    widths = np.maximum(np.diff(bins), 1)
    bins = bins[:-1]
    half = np.round(n_chroma / 2)
    distances = np.remainder(bins - np.arange(n_chroma)[:, None] + half + 10 * n_chroma, n_chroma) - half
    weights = normalize(np.exp(-0.5 * (2 * distances / widths) ** 2), 2, axis=0)
    if octwidth is not None:
        weights = weights * np.exp(-0.5 * ((bins / n_chroma - ctroct) / octwidth) ** 2)
    return np.roll(weights, -3 * (n_chroma // 12), axis=0) if base_c else weights


def chroma_stft(norm=np.inf, **filters):
    return normalize(S**2 @ chroma_filters(**filters).T, norm, axis=-1)


def tonnetz(**filters):
    chroma = normalize(chroma_stft(**filters), 1, axis=-1)
    n = chroma.shape[-1]
    dim = np.linspace(0, 12, n, endpoint=False)
    scale = np.array([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3])
    angles = np.multiply.outer(scale, dim)
    angles[::2] -= 0.5
    radius = np.array([1, 1, 1, 1, 0.5, 0.5])
    return chroma @ (radius[:, None] * np.cos(np.pi * angles)).T


def softmask(x, reference, power, split_zeros):
    if power == np.inf:
        return (x > reference).astype(float)
    larger = np.maximum(x, reference)
    bad = larger < TINY
    larger = np.where(bad, 1, larger)
    mask = (x / larger) ** power
    return np.where(bad, 0.5 if split_zeros else 0.0, mask / np.where(bad, 1, mask + (reference / larger) ** power))


def hpss_masks(kernel_size=(31, 31), power=2.0, margin=(1.0, 1.0), magnitudes=S):
    """S is frames x bins: the harmonic median runs along axis 0."""
    x = magnitudes.astype(np.float32)
    harmonic = scipy.ndimage.median_filter(x, size=(kernel_size[0], 1), mode="reflect").astype(np.float64)
    percussive = scipy.ndimage.median_filter(x, size=(1, kernel_size[1]), mode="reflect").astype(np.float64)
    split = margin[0] == 1 and margin[1] == 1
    return (
        softmask(harmonic, percussive * margin[0], power, split),
        softmask(percussive, harmonic * margin[1], power, split),
    )


def istft(spectra, length, center=True):
    window = np.pad(scipy.signal.get_window("hann", WIN), ((N_FFT - WIN) // 2, N_FFT - WIN - (N_FFT - WIN) // 2))
    total = N_FFT + HOP * (len(spectra) - 1)
    sums, squares = np.zeros(total), np.zeros(total)
    for t, frame in enumerate(np.fft.irfft(spectra, N_FFT)):
        sums[t * HOP:t * HOP + N_FFT] += frame * window
        squares[t * HOP:t * HOP + N_FFT] += window**2
    sums[squares > TINY] /= squares[squares > TINY]
    sums = sums[N_FFT // 2:] if center else sums
    return np.pad(sums, (0, max(0, length - len(sums))))[:length]


def with_ser(cases):
    return [case(feature, {**SER, **options}, values) for feature, options, values in cases]


mel = {"nMels": 20}
contrasts = {"contrastFMin": 150, "nBands": 4, "quantile": 0.1}
features = with_ser([
    *(("mel", {**mel, "padMode": mode}, melspectrogram(np.abs(stft(y, pad_mode=mode))))
      for mode in ("constant", "reflect", "edge", "symmetric")),
    ("rms", {"padMode": "symmetric"}, np.sqrt(np.mean(frames_of(np.pad(y, FRAME // 2, mode="symmetric"), FRAME, HOP) ** 2, axis=1))),
    ("mel", {**mel, "window": "kaiser", "windowParameter": 14}, melspectrogram(np.abs(stft(y, ("kaiser", 14))))),
    ("mel", {**mel, "window": "tukey"}, melspectrogram(np.abs(stft(y, "tukey")))),
    *(("mel", {**mel, "power": power}, melspectrogram(power=power)) for power in (1, 1.5, 3)),
    *(("mel", {**mel, "norm": "inf" if norm == np.inf else norm}, melspectrogram(norm=norm)) for norm in (None, 1, 2, 3.5, np.inf)),
    ("mel", {**mel, "norm": 1, "htk": True, "fMin": 100, "fMax": 4000}, melspectrogram(norm=1, htk=True, fmin=100.0, fmax=4000.0)),
    ("logmel", {**mel, "ref": "max"}, power_to_db(melspectrogram(), ref="max")),
    ("logmel", {**mel, "ref": "max", "topDb": 30}, power_to_db(melspectrogram(), ref="max", top_db=30.0)),
    ("logmel", {**mel, "ref": 0.01, "amin": 1e-3, "topDb": None}, power_to_db(melspectrogram(), ref=0.01, amin=1e-3, top_db=None)),
    ("mfcc", {**mel, "nMfcc": 13, "ref": "max"}, mfcc(decibels=power_to_db(melspectrogram(), ref="max"))),
    *(("mfcc", {**mel, "nMfcc": 13, "dctType": kind, "dctNorm": norm}, mfcc(dct_type=kind, norm=norm))
      for kind in (1, 2, 3) for norm in ("ortho", None)),
    ("mfcc", {**mel, "nMfcc": 20, "lifter": 12.5}, mfcc(n_mfcc=20, lifter=12.5)),
    *(("delta", {**mel, "nMfcc": 13, "deltaWidth": 7, "deltaMode": mode}, delta(mfcc(), 7, 1, mode))
      for mode in ("interp", "nearest", "mirror", "constant", "wrap")),
    *(("delta2", {**mel, "nMfcc": 13, "deltaMode": mode}, delta(mfcc(), 9, 2, mode)) for mode in ("mirror", "constant", "wrap")),
    ("zcr", {"zcrThreshold": 0.02}, zero_crossing_rate(y, threshold=0.02)),
    ("zcr", {"zcrPad": True}, zero_crossing_rate(y, pad=True)),
    ("zcr", {"zcrThreshold": 0.01, "zeroPos": False}, zero_crossing_rate(y, threshold=0.01, zero_pos=False)),
    ("bandwidth", {"bandwidthP": 1}, spectral_bandwidth(p=1.0)),
    ("bandwidth", {"bandwidthP": 3.5}, spectral_bandwidth(p=3.5)),
    ("bandwidth", {"bandwidthNorm": False}, spectral_bandwidth(norm=False)),
    ("bandwidth", {"bandwidthNorm": False, "bandwidthP": 1.5}, spectral_bandwidth(norm=False, p=1.5)),
    *(("flatness", {"flatnessPower": power}, spectral_flatness(power=power)) for power in (1, 0.5, 3)),
    ("flatness", {"flatnessPower": 1, "flatnessAmin": 0.1}, spectral_flatness(power=1.0, amin=0.1)),
    *(("rolloff", {"rollPercent": share}, spectral_rolloff(share)) for share in (0.01, 0.5, 0.99)),
    ("contrast", contrasts, spectral_contrast(150.0, 4, 0.1)),
    ("contrast", {**contrasts, "contrastLinear": True}, spectral_contrast(150.0, 4, 0.1, True)),
    *(("poly", {"polyOrder": order}, poly_features(order)) for order in (0, 2)),
    ("onset", {**mel, "onsetLag": 3}, onset_strength(lag=3)),
    ("onset", {**mel, "onsetMaxSize": 3}, onset_strength(max_size=3)),
    ("onset", {**mel, "onsetMaxSize": 4, "onsetLag": 2}, onset_strength(max_size=4, lag=2)),
    ("onset", {**mel, "onsetAggregate": "median"}, onset_strength(aggregate=np.median)),
    ("onset", {**mel, "onsetAggregate": "max"}, onset_strength(aggregate=np.max)),
    ("onset", {**mel, "onsetDetrend": True}, onset_strength(detrend=True)),
    ("onset", {**mel, "onsetCenter": False, "onsetDetrend": True}, onset_strength(center=False, detrend=True)),
    *(("chroma", {"tuning": 0, "chromaNorm": norm}, chroma_stft(norm=norm)) for norm in (1, 2, 3, None)),
    ("chroma", {"tuning": 0.2, "nChroma": 24}, chroma_stft(tuning=0.2, n_chroma=24)),
    ("chroma", {"tuning": 0, "octwidth": None}, chroma_stft(octwidth=None)),
    ("chroma", {"tuning": 0, "ctroct": 4, "octwidth": 0.7}, chroma_stft(ctroct=4.0, octwidth=0.7)),
    ("chroma", {"tuning": -0.3, "baseC": False}, chroma_stft(tuning=-0.3, base_c=False)),
    ("tonnetz", {"tuning": 0, "chromaNorm": None, "octwidth": None}, tonnetz(norm=None, octwidth=None)),
])

short = y[:1600]
spectra = stft(short)
bare = stft(short, center=False)
separations = []
for options, arguments in [
    ({"kernelSize": [9, 14]}, {"kernel_size": (9, 14)}),
    ({"kernelSize": 31, "power": 1}, {"power": 1.0}),
    ({"kernelSize": [8, 17], "power": "inf"}, {"kernel_size": (8, 17), "power": np.inf}),
    ({"kernelSize": [17, 17], "margin": [1, 5]}, {"kernel_size": (17, 17), "margin": (1.0, 5.0)}),
    ({"kernelSize": [5, 9], "margin": 2, "power": 1.5}, {"kernel_size": (5, 9), "margin": (2.0, 2.0), "power": 1.5}),
]:
    masks = hpss_masks(magnitudes=np.abs(spectra), **arguments)
    for part, mask in zip(("harmonic", "percussive"), masks):
        # Every seventh bin, to be short.
        separations.append(case(f"{part} mask", options, mask[:, ::7]))
        separations.append(case(part, options, istft(spectra * mask, len(short))))
mask = hpss_masks(magnitudes=np.abs(bare), kernel_size=(5, 5))[0]
separations.append(case("harmonic", {"kernelSize": 5, "center": False}, istft(bare * mask, len(short), center=False)))

transforms = []
voice = y[:1200]
for options, spectra in [
    ({}, stft(voice)),
    ({"center": False}, stft(voice, center=False)),
    ({"padMode": "reflect", "window": "kaiser", "windowParameter": 9}, stft(voice, ("kaiser", 9), pad_mode="reflect")),
]:
    # Every fifth bin, to be short; the last one is bin 255.
    for part in ("re", "im"):
        transforms.append(case(part, options, (spectra.real if part == "re" else spectra.imag)[:, ::5]))
    transforms.append(case("phase", options, np.exp(1j * np.angle(spectra)).imag[:, ::5]))
    transforms.append(case("magnitude", {**options, "power": 1.7}, (np.abs(spectra) ** 1.7)[:, ::5]))
# A spectrogram that is none of any signal: every second frame is doubled.
changed = stft(voice) * np.where(np.arange(len(stft(voice))) % 2 == 0, 2, 1)[:, None]
transforms.append(case("inverse", {"double": 2}, istft(changed, len(voice))))

NAMES = {
    "kaiser": ("kaiser", 8.6), "gaussian": ("gaussian", 3.5), "general_hamming": ("general_hamming", 0.7),
    "exponential": ("exponential", None, 2.5), "tukey": ("tukey", 0.3),
}
windows = []
for kind in ("hann", "hamming", "blackman", "bartlett", "boxcar", "blackmanharris", "cosine", "triang", "flattop", "nuttall", "parzen",
             "bohman", "barthann", "lanczos", "tukey", "kaiser", "gaussian", "general_hamming", "exponential"):
    for length in (1, 2, 16, 21):
        for periodic in (True, False):
            name = NAMES.get(kind, kind)
            if isinstance(name, tuple) and kind == "exponential":
                values = scipy.signal.windows.exponential(length, tau=name[-1], sym=not periodic)
            elif kind == "lanczos":
                values = scipy.signal.windows.lanczos(length, sym=not periodic)
            else:
                values = scipy.signal.get_window(name, length, fftbins=periodic)
            options = {"length": length, "periodic": periodic}
            windows.append(case(kind, {**options, "parameter": name[-1]} if isinstance(name, tuple) else options, values))
for length in (2, 16, 21):
    # Kaldi's, feat/feature-window.cc: sin(0.5 a i), a = 2 pi / (length - 1)
    windows.append(case("sine", {"length": length, "periodic": False}, np.sin(np.pi * np.arange(length) / (length - 1))))

# Fewer frames than the filter is wide, too: scipy mirrors and wraps as often as it takes.
table = np.round(np.cos(np.arange(24).reshape(12, 2) ** 1.7), 4)
deltas = [
    case("delta", {"frames": frames, "width": width, "order": order, "mode": mode}, delta(table[:frames], width, order, mode))
    for frames in (1, 3, 12) for width in (3, 9) for order in (1, 2) for mode in ("interp", "nearest", "mirror", "constant", "wrap")
    if mode != "interp" or frames >= width
]

tools = {"numpy": np.__version__, "scipy": scipy.__version__}
about = "librosa 0.11's definitions in numpy and scipy, float64; samples 4000 to 8000 of speech_m_16k"
write("librosa", tools, about, features, signal="speech_m_16k", start=4000, length=4000)
write("hpss", tools, "samples 4000 to 5600 of speech_m_16k; nFft 512, winLength 400, hopLength 160; masks: every seventh bin",
      separations, signal="speech_m_16k", start=4000, length=1600)
write("stft", tools, "samples 4000 to 5200 of speech_m_16k; nFft 512, winLength 400, hopLength 160; every fifth bin", transforms,
      signal="speech_m_16k", start=4000, length=1200)
write("windows", tools, "scipy.signal.get_window; sine is Kaldi's", windows)
write("deltas", tools, "scipy.signal.savgol_filter(x, width, polyorder=order, deriv=order, mode=mode)", deltas, table=table.tolist())
