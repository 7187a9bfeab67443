/// \file What holds of every program whose features do not move, whatever its optimizer: training is linear in the
/// changes of the weights, and all else is as it was at initialisation. Parts of such a program stand in modules of
/// their own, with the states that they need under the same names.
#pragma once

#include <string>
#include <vector>

#include "ir/tp/ir.h"
#include "passes/width/gaussian_families.h"
#include "passes/width/width_analysis.h"

namespace tpc::passes::kernel {

/// By ValueId: exponents at initialisation, symmetries included.
std::vector<ir::Exponent> initial_exponents(const ir::tp::Module& module, const ir::tp::Function& function);
std::vector<ir::Exponent> initial_exponents(const ir::tp::Module& module, const ir::tp::Function& function,
                                            const width::GaussianFamilies& families);

/// The output of `predict`.
const ir::tp::Instruction& output_of(const ir::tp::Module& module);

/// Whether f_0 is of order one.
bool starts_as_process(const ir::tp::Module& module, const WidthAnalysis& analysis);

/// f_0 is a Gaussian process if it is affine in the Gaussian states `linear` and what does not contain them vanishes.
/// Throws NoKernel.
void check_process(const ir::tp::Module& network, const std::vector<ir::StateId>& linear);

/// Gradient descent on the weights is one on f only where the loss sees nothing of the weights but f. Throws NoKernel.
void check_loss(const ir::tp::Module& module);

/// By ValueId of a function of the network: exponents while `module`, whose states of the same names it reads, is
/// trained. Growth is a matter of kinds, so the states of the whole program serve one output.
std::vector<ValueExponents> trained_exponents(const ir::tp::Module& module, const ir::tp::Module& network,
                                              ir::tp::Function function);

/// Training of `module` must not move `values` of a function of the network by as much as they are at initialisation:
/// the classification knows of hidden vectors, this of numbers too (a trained factor of the output, say).
/// `what`: the values in the message. Throws NoKernel.
void check_at_rest(const ir::tp::Module& module, const ir::tp::Module& network, const ir::tp::Function& function,
                   const std::vector<ir::ValueId>& values, const std::string& what);

/// The function of `source` on the states of `target` that have the same names and types. Throws NoKernel where it
/// reads another one; `what`: the function in the message.
ir::tp::Function on_states_of(const ir::tp::Module& target, const ir::tp::Module& source, ir::tp::Function function,
                              const std::string& what);

}  // namespace tpc::passes::kernel
