/* Trains the infinite-width limit of mlp.tp on three examples and predicts two new ones.
 * Built by CMakeLists.txt here, or by hand:
 *   tpc compile ../mlp.tp -o mlp.o --header mlp.h && cc train.c mlp.o -ltpc_runtime -lm -o train
 */
#include <stdio.h>
#include <stdlib.h>

#include "mlp.h"

enum { inputs = 2, examples = 3, tests = 2, steps = 5 };

static const double x[examples * inputs] = {1.0, 0.3, -0.4, 0.8, 0.2, -1.1};
static const double y[examples] = {1.0, -1.0, 0.5};
static const double x_test[tests * inputs] = {0.5, 0.5, -1.0, -0.2};

static void check(int status) {
  if (status == TP_OK) return;
  fprintf(stderr, "error %d: %s\n", status, tp_last_error());
  exit(1);
}

static void print_predictions(mlp_state* state) {
  double f[tests], error[tests];
  check(mlp_predict(state, x_test, tests, f, error));
  for (int i = 0; i < tests; ++i) printf("f(x%d) = %.4f +- %.4f\n", i + 1, f[i], error[i]);
}

int main(void) {
  tp_options options;
  tp_default_options(&options);
  options.samples = 4096;
  options.replicas = 4;
  options.seed = 1;

  mlp_state* state = mlp_create(&options);
  if (state == NULL) check(TP_INTERNAL);
  for (int t = 0; t < steps; ++t) {
    double loss;
    check(mlp_step(state, x, y, examples, &loss));
    printf("step %d  loss %.4f\n", t, loss);
  }
  print_predictions(state);

  /* A saved state continues exactly where it was. */
  check(mlp_save(state, "mlp.state"));
  mlp_destroy(state);
  mlp_state* restored = mlp_load("mlp.state");
  if (restored == NULL) check(TP_FILE);
  puts("after saving and loading:");
  print_predictions(restored);
  mlp_destroy(restored);
  return 0;
}
