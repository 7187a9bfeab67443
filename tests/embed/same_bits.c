/* Takes the steps of `tpc run mlp.tp` with the options that the header names, and prints what they lose, digit by
 * digit. An argument is the learning rate to set at first. */
#include <stdio.h>
#include <stdlib.h>

#include "mlp.h"

static const double x[] = {1.0, 0.3, -0.4, 0.8};
static const double y[] = {1.0, -1.0};

int main(int count, char** arguments) {
  tp_options options;
  tp_default_options(&options);
  options.samples = 2048;
  options.replicas = 4;
  options.seed = 7;
  options.threads = 2;
  mlp_state* state = mlp_create(&options);
  if (state == NULL || (count > 1 && mlp_set_learning_rate(state, atof(arguments[1])) != TP_OK)) return 1;
  for (int step = 0; step <= 5; ++step) {
    double loss = 0.0;
    if (mlp_step(state, x, y, 2, &loss) != TP_OK) return 1;
    printf("%s%.17g", step == 0 ? "" : ", ", loss);
  }
  mlp_destroy(state);
  return 0;
}
