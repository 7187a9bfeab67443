/// \file The limit equations for people: prints Limit IR as text, LaTeX and JSON (`tpc derive`).
/// Reads nothing but the Limit IR: what it prints is what is compiled.
#pragma once

#include <string>

#include "ir/limit/ir.h"

namespace tpc::passes {

std::string derive_text(const ir::limit::Module& module);
/// A complete document that pdflatex compiles (article, amsmath).
std::string derive_latex(const ir::limit::Module& module);
std::string derive_json(const ir::limit::Module& module);

}  // namespace tpc::passes
