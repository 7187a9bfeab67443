/// \file The library of the language, read: what every program knows without declaring it.
#pragma once

#include <memory>
#include <vector>

#include "base/diag/diagnostic.h"
#include "frontend/ast/ast.h"

namespace tpc::grammar {

struct Library {
  std::shared_ptr<const std::vector<ast::Def>> definitions;
  std::vector<std::shared_ptr<const diag::Source>> sources;  ///< where their spans lie
};

/// Read once. Its spans lie beyond those of every program (limits.h).
const Library& library();

}  // namespace tpc::grammar
