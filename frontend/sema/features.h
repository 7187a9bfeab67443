/// \file Which hidden vectors a network's outputs are read from: the features that training is to be seen in.
#pragma once

#include "frontend/sema/program.h"

namespace tpc::sema {

/// Adds `gram(z)`, on no data set, for every vector z of the network that a readout contracts with its weights, V @ z,
/// and that is not observed yet; the text names what the program calls z. There are none in a program that adapts to
/// tasks, or where readouts meet values with more axes than the width. Shown by tests/lit/driver/report.test.
void observe_readouts(Program& program);

}  // namespace tpc::sema
