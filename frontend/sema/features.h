/// \file Which hidden vectors a network's outputs are read from: the features that training is to be seen in.
#pragma once

#include "frontend/sema/program.h"

namespace tpc::sema {

/// Adds `gram(z)`, on no data set, for every vector z of the network that a readout contracts with its weights, V @ z,
/// and that is not observed yet. There are none in a program that adapts to tasks, or whose readouts meet values with
/// more axes than the width. The text of each is "gram(" and what the program calls z. Shown by
/// tests/lit/driver/report.test.
void observe_readouts(Program& program);

}  // namespace tpc::sema
