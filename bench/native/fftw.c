// FFTW 3, single precision, one thread, FFTW_MEASURE: real transforms of 512 one at a time, and sixteen in one plan.
#include <fftw3.h>
#include "peer.h"

static fftwf_plan one, many;
static float *in;
static fftwf_complex *out;

static void run_one(int count) {
  for (int i = 0; i < count; i++) fftwf_execute_dft_r2c(one, in + (i % DISTINCT) * N_FFT, out);
}

static void run_many(int count) {
  for (int i = 0; i < count; i += DISTINCT) fftwf_execute(many);
}

static int values(int count, float *to) {
  run_one(1);
  for (int k = 0; k < BINS; k++) to[k] = out[k][0];
  return BINS;
}

int main(int argc, char **argv) {
  int length;
  const int n = N_FFT;
  float *signal = argc > 1 ? read_floats(argv[1], "signal", &length) : NULL;
  if (!signal) return 1;
  in = fftwf_alloc_real(DISTINCT * N_FFT);
  out = fftwf_alloc_complex(DISTINCT * BINS);
  one = fftwf_plan_dft_r2c_1d(N_FFT, in, out, FFTW_MEASURE);
  many = fftwf_plan_many_dft_r2c(1, &n, DISTINCT, in, NULL, 1, N_FFT, out, NULL, 1, BINS, FFTW_MEASURE);
  memcpy(in, signal + FIRST, sizeof(float) * DISTINCT * N_FFT); /* after planning, which overwrites it */
  const Work works[] = {{"fft", run_one, values}, {"fft-abreast", run_many, values}};
  char version[64];
  sscanf(fftwf_version, "fftw-%63[0-9.]", version);
  return serve(version, works, 2);
}
