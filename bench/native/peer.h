// The loop of a peer in C; see ../peers/child.mjs for the lines that it reads and writes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOP 160
#define N_FFT 512
#define BINS (N_FFT / 2 + 1)
#define DISTINCT 16 /* frames that the transforms take again and again */
#define FIRST 32000 /* sample that the first of them starts at */

typedef struct {
  const char *name;
  void (*run)(int count);
  /* Writes numbers to compare and returns how many. */
  int (*values)(int count, float *out);
} Work;

/* Reads a file of float32; aligned for SIMD. NULL when there is none. */
static float *read_floats(const char *folder, const char *name, int *length) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.f32", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  long bytes = ftell(file);
  rewind(file);
  float *values = aligned_alloc(64, (size_t)(bytes + 63) / 64 * 64);
  *length = (int)(fread(values, 1, (size_t)bytes, file) / sizeof(float));
  fclose(file);
  return values;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int serve(const char *version, const Work *works, int n_works) {
  printf("%s", version);
  for (int w = 0; w < n_works; w++) printf(" %s", works[w].name);
  printf("\n");
  fflush(stdout);
  char line[256], verb[16], name[64];
  int count;
  while (fgets(line, sizeof line, stdin) && sscanf(line, "%15s %63s %d", verb, name, &count) == 3) {
    for (int w = 0; w < n_works; w++) {
      if (strcmp(works[w].name, name) != 0) continue;
      if (strcmp(verb, "run") == 0) {
        double start = now();
        works[w].run(count);
        printf("%.9f\n", now() - start);
      } else {
        static float out[1 << 20];
        int n = works[w].values(count, out);
        for (int i = 0; i < n; i++) printf("%s%.9g", i ? " " : "", (double)out[i]);
        printf("\n");
      }
      fflush(stdout);
    }
  }
  return 0;
}
