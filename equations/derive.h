/// \file The limit equations for people: prints Limit IR as text, LaTeX, HTML and JSON (`tpc derive`).
/// Reads nothing but the Limit IR: what it prints is what is compiled.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ir/limit/ir.h"

namespace tpc::equations {

/// A number that equations show under a name: η, or σ_{W} of the initial entries of W.
struct NamedNumber {
  std::string symbol;  ///< "σ"
  std::string of;      ///< "W"; may be empty
  double value = 0.0;  ///< what the module has in its place
};

/// What the module itself does not say: what its functions observe, as written in the program; and how the functions of
/// two inputs of a kernel regime's module are evaluated.
struct Evaluation {
  std::map<ir::FunctionKey, std::string> observed;           ///< "gram(z2) on test"
  const ir::limit::Module* formulas = nullptr;               ///< the module with its expectations replaced by formulas
  std::map<ir::FunctionKey, std::string> sampled;            ///< functions without formulas, and why
  std::map<ir::FunctionKey, std::vector<ir::ValueId>> zero;  ///< by function: expectations known to vanish
  std::vector<NamedNumber> names;                            ///< of numbers that stand for others
};

/// What the equations of a module in the kernel regime are written of and this one lacks: the functions that
/// derive_kernel makes. Empty: nothing, or the module is of no kernel regime.
std::string missing_for_equations(const ir::limit::Module& module);

/// Precondition of the four: nothing is missing. `evaluation`: to head observations by what is observed and, of a
/// module in the kernel regime, to print what is compiled besides what it means.
std::string derive_text(const ir::limit::Module& module, const Evaluation& evaluation = {});
/// A complete document that pdflatex compiles (article, amsmath).
std::string derive_latex(const ir::limit::Module& module, const Evaluation& evaluation = {});
/// What stands in a page's body: an introduction and a <details> for each section, formulas as MathML (html.h).
std::string derive_html(const ir::limit::Module& module, const Evaluation& evaluation = {});
/// With every equation as text, as LaTeX and as MathML.
std::string derive_json(const ir::limit::Module& module, const Evaluation& evaluation = {});

}  // namespace tpc::equations
