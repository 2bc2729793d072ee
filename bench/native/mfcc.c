// What a careful program in C does with pffft and the compiler's best options: window, FFT, power, sparse Slaney mel filters, decibels, DCT.
#define _GNU_SOURCE
#include <math.h>
#include "peer.h"
#include "pffft.h"

#define RATE 16000.0
#define WINDOW 400
#define MELS 40
#define MFCCS 13
#define UTTERANCES 200

static PFFFT_Setup *setup;
static float *signal;
static int n_signal;
static float *utterances[UTTERANCES];
static int lengths[UTTERANCES];
static float window[WINDOW], dct[MFCCS][MELS], weights[MELS][BINS];
static int first[MELS], last[MELS];
static float *frame, *spectrum, *work;
static float power[BINS + 7];

static double to_mel(double hz) { return hz < 1000 ? hz * 3 / 200 : 15 + 27 * log(hz / 1000) / log(6.4); }
static double to_hz(double mel) { return mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27); }

static void make_tables(void) {
  for (int i = 0; i < WINDOW; i++) window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * i / WINDOW));
  for (int m = 0; m < MELS; m++) {
    double step = to_mel(RATE / 2) / (MELS + 1);
    double low = to_hz(m * step), middle = to_hz((m + 1) * step), high = to_hz((m + 2) * step);
    first[m] = BINS;
    for (int k = 0; k < BINS; k++) {
      double hz = k * RATE / N_FFT;
      double weight = fmin((hz - low) / (middle - low), (high - hz) / (high - middle)) * 2 / (high - low);
      if (weight <= 0) continue;
      weights[m][k] = (float)weight;
      if (first[m] == BINS) first[m] = k;
      last[m] = k;
    }
  }
  for (int c = 0; c < MFCCS; c++) {
    for (int m = 0; m < MELS; m++) dct[c][m] = (float)(cos(M_PI * c * (m + 0.5) / MELS) * sqrt((c ? 2.0 : 1.0) / MELS));
  }
}

static void mfcc_frame(const float *x, float *out) {
  float mel[MELS];
  for (int i = 0; i < WINDOW; i++) frame[i] = x[i] * window[i];
  pffft_transform_ordered(setup, frame, spectrum, work, PFFFT_FORWARD);
  for (int k = 1; k < N_FFT / 2; k++) power[k] = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
  power[0] = spectrum[0] * spectrum[0];
  power[N_FFT / 2] = spectrum[1] * spectrum[1];
  for (int m = 0; m < MELS; m++) {
    float sum = 0;
    for (int k = first[m]; k <= last[m]; k++) sum += power[k] * weights[m][k];
    mel[m] = sum > 1e-10f ? sum : 1e-10f;
  }
  for (int m = 0; m < MELS; m++) mel[m] = 4.3429448f * logf(mel[m]);
  for (int c = 0; c < MFCCS; c++) {
    float sum = 0;
    for (int m = 0; m < MELS; m++) sum += dct[c][m] * mel[m];
    out[c] = sum;
  }
}

/* The coefficients of a whole signal, in memory of its own. */
static float *mfcc(const float *x, int length, int *frames) {
  *frames = 1 + (length - WINDOW) / HOP;
  float *out = malloc(sizeof(float) * MFCCS * (size_t)*frames);
  for (int t = 0; t < *frames; t++) mfcc_frame(x + t * HOP, out + t * MFCCS);
  return out;
}

static void run_batch(int count) {
  int frames;
  free(mfcc(signal, count, &frames));
}

static void run_utterances(int count) {
  int frames;
  for (int u = 0; u < count; u++) free(mfcc(utterances[u], lengths[u], &frames));
}

static int values(int count, float *to) {
  int frames;
  float *found = mfcc(signal, count, &frames);
  for (int t = 0; t < frames; t++) to[t] = found[t * MFCCS + 1];
  free(found);
  return frames;
}

static void run_fft(int count) {
  for (int i = 0; i < count; i++) {
    pffft_transform_ordered(setup, signal + FIRST + (i % DISTINCT) * N_FFT, spectrum, work, PFFFT_FORWARD);
  }
}

static int fft_values(int count, float *to) {
  run_fft(1);
  for (int k = 0; k < BINS - 1; k++) to[k] = spectrum[2 * k];
  to[BINS - 1] = spectrum[1];
  return BINS;
}

int main(int argc, char **argv) {
  signal = argc > 1 ? read_floats(argv[1], "signal", &n_signal) : NULL;
  if (!signal) return 1;
  for (int u = 0; u < UTTERANCES; u++) {
    char name[32];
    snprintf(name, sizeof name, "utterance%d", u);
    utterances[u] = read_floats(argv[1], name, &lengths[u]);
    if (!utterances[u]) return 1;
  }
  setup = pffft_new_setup(N_FFT, PFFFT_REAL);
  frame = pffft_aligned_malloc(sizeof(float) * N_FFT);
  spectrum = pffft_aligned_malloc(sizeof(float) * N_FFT);
  work = pffft_aligned_malloc(sizeof(float) * N_FFT);
  memset(frame, 0, sizeof(float) * N_FFT);
  make_tables();
  const Work works[] = {
    {"mfcc", run_batch, values},
    {"mfcc-utterances", run_utterances, values},
    {"fft", run_fft, fft_values},
    {"fft-abreast", run_fft, fft_values},
  };
  char version[64];
  snprintf(version, sizeof version, "gcc-%s", __VERSION__);
  *strchrnul(version, ' ') = 0;
  return serve(version, works, 4);
}
