// Forest inference over flat arrays as a careful C program does it, on the table and the forest that bench/tree-tables.mjs wrote.
#include "peer.h"

#define BLOCK 64 /* rows that go through a tree one after the other */

typedef struct {
  int column, right;
  float threshold;
  int leaf;
} Node;

typedef struct {
  int rows, columns, classes, trees;
  float *x;
  int *offsets;
  Node *nodes;
  double *leaves;
  double *out;
} Forest;

static Forest forests[4];

static void *take(FILE *file, size_t bytes) {
  void *data = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (fread(data, 1, bytes, file) != bytes) exit(1);
  return data;
}

static int open_forest(Forest *f, const char *folder, const char *name) {
  char path[4096];
  int head[3];
  snprintf(path, sizeof path, "%s/%s.table", folder, name);
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  if (fread(head, 4, 3, file) != 3) exit(1);
  f->rows = head[0], f->columns = head[1], f->classes = head[2];
  f->x = take(file, (size_t)f->rows * f->columns * 4);
  fclose(file);
  snprintf(path, sizeof path, "%s/%s.forest", folder, name);
  file = fopen(path, "rb");
  if (!file || fread(head, 4, 3, file) != 3) exit(1);
  f->trees = head[0];
  f->offsets = take(file, (head[0] + 1) * 4);
  int *column = take(file, head[1] * 4), *right = take(file, head[1] * 4);
  double *threshold = take(file, head[1] * 8);
  f->leaves = take(file, (size_t)head[2] * f->classes * 8);
  fclose(file);
  f->nodes = aligned_alloc(64, ((size_t)head[1] * sizeof(Node) + 63) / 64 * 64);
  for (int i = 0; i < head[1]; i++) {
    /* The largest float32 that is not above the threshold decides as it does. */
    float t = (float)threshold[i];
    if ((double)t > threshold[i]) {
      union { float f; int i; } bits = {t};
      bits.i += t > 0 ? -1 : 1;
      t = bits.f;
    }
    f->nodes[i] = (Node){column[i], right[i], t, column[i] < 0 ? right[i] : 0};
  }
  f->out = calloc((size_t)f->rows * f->classes, 8);
  return 1;
}

static void predict(const Forest *f, int from, int to) {
  const int k = f->classes;
  memset(f->out + (size_t)from * k, 0, (size_t)(to - from) * k * 8);
  for (int tree = 0; tree < f->trees; tree++) {
    const Node *root = f->nodes + f->offsets[tree];
    for (int row = from; row < to; row++) {
      const float *x = f->x + (size_t)row * f->columns;
      const Node *node = root;
      while (node->column >= 0) node = x[node->column] <= node->threshold ? node + 1 : root + node->right;
      const double *leaf = f->leaves + (size_t)node->leaf * k;
      double *sums = f->out + (size_t)row * k;
      for (int c = 0; c < k; c++) sums[c] += leaf[c];
    }
  }
  for (int i = from * k; i < to * k; i++) f->out[i] /= f->trees;
}

static void rows_of(const Forest *f, int count) {
  for (int i = 0; i < count; i++) predict(f, i % f->rows, i % f->rows + 1);
}

static void batch_of(const Forest *f, int count) {
  for (int i = 0; i < count; i++)
    for (int row = 0; row < f->rows; row += BLOCK) predict(f, row, row + BLOCK < f->rows ? row + BLOCK : f->rows);
}

static int values_of(const Forest *f, float *out) {
  batch_of(f, 1);
  int n = 500 * f->classes;
  for (int i = 0; i < n; i++) out[i] = (float)f->out[i];
  return n;
}

#define WORKS(i, name)                                             \
  static void row_##name(int n) { rows_of(&forests[i], n); }       \
  static void batch_##name(int n) { batch_of(&forests[i], n); }    \
  static int values_##name(int n, float *out) { return (void)n, values_of(&forests[i], out); }
WORKS(0, narrow)
WORKS(1, wide)
WORKS(2, words)
WORKS(3, digits)
#define ENTRIES(name) {"row-" #name, row_##name, values_##name}, {"batch-" #name, batch_##name, values_##name}

int main(int argc, char **argv) {
  (void)argc, (void)read_floats;
  static const Work all[] = {ENTRIES(narrow), ENTRIES(wide), ENTRIES(words), ENTRIES(digits)};
  static const char *names[] = {"narrow", "wide", "words", "digits"};
  Work works[8];
  int n = 0;
  for (int i = 0; i < 4; i++)
    if (open_forest(&forests[i], argv[1], names[i])) works[n++] = all[2 * i], works[n++] = all[2 * i + 1];
  return serve("gcc-" __VERSION__, works, n);
}
